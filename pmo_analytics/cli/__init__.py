"""`pmo`: parse, one library call, print. Each module of this package holds the commands of one kind."""

from __future__ import annotations

from pmo_analytics.cli import (
    alerts,
    capacity,
    estimates,
    evidence,
    ledger,
    lessons,
    levelling,
    loads,
    prioritisation,
    queries,
    reports,
    selection,
    warehouse,
    workspaces,
)
from pmo_analytics.cli.application import app, main

__all__ = [
    "alerts",
    "app",
    "capacity",
    "estimates",
    "evidence",
    "ledger",
    "lessons",
    "levelling",
    "loads",
    "main",
    "prioritisation",
    "queries",
    "reports",
    "selection",
    "warehouse",
    "workspaces",
]
