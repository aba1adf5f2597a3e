"""Knowledge: skills, coaching, lessons learned."""
