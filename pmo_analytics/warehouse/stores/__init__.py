"""What is kept beside the loads: it advances no version, and no mart reads it."""
