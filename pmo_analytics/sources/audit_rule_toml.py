"""Rules of the audit in TOML as rows of the register `audit_rule`.

    valid_from = 2026-01-01

    [[rule]]
    id = "status-fresh"
    title = "A running project reports every month"
    severity = "major"

Whatever else a rule says is kept as JSON: what it means is judged by the audit,
rule by rule, so that one that is wrong keeps no other from being loaded.
"""

from __future__ import annotations

import json
from typing import Any

from pmo_analytics.sources.method_toml import DocumentTable
from pmo_analytics.sources.toml_text import cell, check_keys, tables_of

RULE = "rule"
# Keys that have a column of their own, and which.
_COLUMNS = {
    "id": "rule_id",
    "title": "title",
    "perspective": "perspective",
    "severity": "severity",
    "is_hard_gate": "is_hard_gate",
    "state": "state",
}


def is_rules(document: dict[str, Any]) -> bool:
    """Whether a TOML document holds rules of the audit."""
    return RULE in document


def rule_tables(document: dict[str, Any], file: str) -> list[DocumentTable]:
    """The rows of `audit_rule`. Raises SourceError where the file holds something else beside rules."""
    check_keys(document, {RULE, "valid_from"}, "the file", file=file)
    dated = ("status_date",) if "valid_from" in document else ()
    day = [cell(document["valid_from"])] if dated else []
    rows = []
    for rule in tables_of(document, RULE, file=file):
        rest = {name: value for name, value in rule.items() if name not in _COLUMNS}
        definition = json.dumps(rest, sort_keys=True, ensure_ascii=False, default=cell)
        rows.append([*(cell(rule.get(name)) for name in _COLUMNS), definition, *day])
    return [DocumentTable("rules", (*_COLUMNS.values(), "definition", *dated), rows)]
