"""Governance: methodologies, templates, audits and health checks."""
