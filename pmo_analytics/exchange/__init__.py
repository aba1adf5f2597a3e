"""Registers out to files and back: templates, drafts and sheets, safe against formulas."""
