"""Which sources are exports of one system: they share its keys of persons and its codes of projects."""

from __future__ import annotations

SYSTEMS = {"jira_rest_issue": "jira", "jira_rest_change": "jira"}


def system_of(source: str) -> str:
    """The system that a source is an export of; a source by itself is its own."""
    return SYSTEMS.get(source, source)
