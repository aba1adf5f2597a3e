"""`pmo`: parse, one library call, print. Each module of this package holds the commands of one kind."""

from __future__ import annotations

from pmo_analytics.cli import (
    alerts,
    audit,
    bridge,
    capacity,
    close,
    estimates,
    evidence,
    ledger,
    lessons,
    levelling,
    loads,
    methodology,
    people,
    prioritisation,
    queries,
    reports,
    schedules,
    selection,
    templates,
    warehouse,
    workspaces,
)
from pmo_analytics.cli.application import app, main

__all__ = [
    "alerts",
    "app",
    "audit",
    "bridge",
    "capacity",
    "close",
    "estimates",
    "evidence",
    "ledger",
    "lessons",
    "levelling",
    "loads",
    "main",
    "methodology",
    "people",
    "prioritisation",
    "queries",
    "reports",
    "schedules",
    "selection",
    "templates",
    "warehouse",
    "workspaces",
]
