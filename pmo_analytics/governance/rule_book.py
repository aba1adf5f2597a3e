"""The rules that hold: those of the package, as the register `audit_rule` changes, drops and adds to them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pmo_analytics.errors import UsageError, nearest
from pmo_analytics.governance.audit_library import LIBRARY
from pmo_analytics.governance.audit_rules import AuditRule, audit_rule, is_off
from pmo_analytics.governance.register_rows import Row, rows_of

_COLUMNS = ("title", "perspective", "severity", "is_hard_gate")
_SHIPPED: dict[str, Mapping[str, Any]] = {str(rule["rule_id"]): rule for rule in LIBRARY}


@dataclass(frozen=True)
class RuleBook:
    """The rules by their identifiers, those switched off, and what is wrong with others: rule, finding, remedy."""

    rules: dict[str, AuditRule]
    off: frozenset[str]
    faults: list[tuple[str, str, str]]

    @property
    def known(self) -> set[str]:
        """Every rule that is or was stated."""
        return {*self.rules, *self.off, *(name for name, *_ in self.faults)}


def rule_book(stated: pd.DataFrame) -> RuleBook:
    """The shipped rules and those of the register `audit_rule`; one that cannot be read is told, the others go on."""
    rules = {name: audit_rule(given) for name, given in _SHIPPED.items()}
    off: set[str] = set()
    faults = []
    for row in rows_of(stated):
        name = row["rule_id"]
        if is_off(row["state"]):
            rules.pop(name, None)
            off.add(name)
            continue
        try:
            rules[name] = audit_rule(_merged(row))
        except UsageError as problem:
            faults.append((name, *_told(problem, name in _SHIPPED)))
    return RuleBook(rules, frozenset(off), faults)


def _merged(row: Row) -> dict[str, Any]:
    """A rule of the register as one table, over the shipped rule of the same identifier."""
    try:
        definition = json.loads(row["definition"] or "{}")
    except ValueError as problem:
        raise UsageError(
            "the definition is no JSON", found=f"{problem}", expected='such as {"source": "risk", "at_least": 1}',
        ) from None  # fmt: skip
    if not isinstance(definition, dict):
        raise UsageError("the definition is no table", found=repr(definition), expected="a JSON object")
    columns = {name: row[name] for name in _COLUMNS if row[name] is not None}
    shipped = dict(_SHIPPED.get(row["rule_id"], {}))
    if definition.keys() & {"expect", "at_least", "at_most", "newest_within_days"}:
        # What it expects replaces what the shipped rule did.
        for name in ("expect", "at_least", "at_most", "newest_within_days"):
            shipped.pop(name, None)
    if "source" in definition and definition["source"] != shipped.get("source"):
        shipped.pop("where", None)
    return shipped | definition | columns | {"rule_id": row["rule_id"]}


def _told(problem: UsageError, is_shipped: bool) -> tuple[str, str]:
    """What is wrong with a rule, and what to do."""
    found = "" if problem.found is None else f": found {problem.found}"
    expected = f", expected {problem.expected}" if problem.expected else ""
    kept = "; the shipped rule of this name goes on as it was" if is_shipped else "; the rule is left out"
    remedy = problem.hint or "correct the rule and load it anew"
    return f"{problem.message}{found}{expected}{kept}", remedy


def unknown_rule(name: str, book: RuleBook) -> str:
    """What is told of a rule that is named and not known, with the nearest name."""
    close = nearest(name, sorted(book.known))
    return f"there is no rule {name!r}" + (f"; did you mean {close!r}?" if close else "")
