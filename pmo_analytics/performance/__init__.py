"""Performance: earned value, flow, dependencies, risk, early warning, escalation."""
