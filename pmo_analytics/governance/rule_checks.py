"""A rule held against the rows of each project: passed, failed, waived, without evidence, or not asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from pmo_analytics.governance.audit_rules import AT_LEAST, AT_MOST, EXPECT, AuditRule
from pmo_analytics.governance.audit_sources import SOURCES
from pmo_analytics.governance.audit_states import FAILED, NO_EVIDENCE, NOT_APPLICABLE, PASSED, WAIVED
from pmo_analytics.governance.register_rows import Row, by_project, last_rows, rows_of

# Of a project that has reported no state it is taken that it runs: that nothing is known of it is to be found.
ACTIVE = "active"


@dataclass(frozen=True)
class Waivers:
    """The waivers that lift a rule of a project, and what is to be told of those that do not: project, rule, note."""

    lifting: dict[tuple[str, str], Row]
    notes: list[tuple[str, str, str]]

    def note(self, project_id: str, rule_id: str) -> str | None:
        """What is told of the waivers of a project's rule that lift nothing."""
        found = [note for project, rule, note in self.notes if (project, rule) == (project_id, rule_id)]
        return "; ".join(found) or None


def waivers_of(waivers: list[Row], status_date: pd.Timestamp) -> Waivers:
    """Which waivers hold on a day: granted by then, and not past the day that they end."""
    lifting: dict[tuple[str, str], Row] = {}
    notes = []
    granted = [row for row in waivers if row["granted_on_date"] <= status_date]
    for row in sorted(granted, key=lambda row: row["granted_on_date"]):
        key, ends = (row["project_id"], row["rule_id"]), row["expires_on_date"]
        if ends is None:
            day = f"{row['granted_on_date']:%Y-%m-%d}"
            notes.append((*key, f"the waiver of {day} states no day of expiry and lifts nothing"))
        elif ends < status_date:
            notes.append((*key, f"a waiver expired on {ends:%Y-%m-%d}"))
        else:
            lifting[key] = row
    return Waivers(lifting, [note for note in notes if note[:2] not in lifting or "no day" in note[2]])


@dataclass
class Evidence:
    """The rows of every source by project, as rules look at them, read when they are first asked for."""

    frames: Mapping[str, pd.DataFrame]
    status_date: pd.Timestamp
    _by_project: dict[str, dict[str, list[Row]]] = field(default_factory=dict)

    def of(self, source: str, project_id: str) -> list[Row]:
        """The rows of a source that are of a project, of several reports the last."""
        if source not in self._by_project:
            shape, rows = SOURCES[source], rows_of(self.frames[source])
            if shape.last_by and shape.dated is not None:
                rows = last_rows(rows, shape.last_by, shape.dated, self.status_date)
            self._by_project[source] = by_project(rows)
        return self._by_project[source].get(project_id, [])


def checks_of(rules: Iterable[AuditRule], evidence: Evidence) -> list[dict[str, Any]]:
    """Rows of `AuditResults` of every project and rule."""
    waivers = waivers_of(rows_of(evidence.frames["waiver"]), evidence.status_date)
    held = list(rules)
    found = []
    for project in rows_of(evidence.frames["project"]):
        name = project["project_id"]
        status = evidence.of("project_status", name)
        state = status[-1]["state"] if status else ACTIVE
        for rule in held:
            found += _rows(project, rule, state, evidence, waivers)
    return found


def _rows(
    project: Row, rule: AuditRule, state: str, evidence: Evidence, waivers: Waivers
) -> list[dict[str, Any]]:  # fmt: skip
    """The rows of one project and rule: one for each item found, or one that says what the check is."""
    name = project["project_id"]
    check_state, looked_at, items = _checked(rule, state, evidence, name)
    row: dict[str, Any] = {
        "project_id": name, "name": project["name"], "portfolio": project["portfolio"], "rule_id": rule.rule_id,
        "title": rule.title, "perspective": rule.perspective, "severity": rule.severity,
        "is_hard_gate": rule.is_hard_gate, "check_state": check_state, "table_name": rule.source,
        "row_count": looked_at, "owner_role": rule.owner_role, "within_days": rule.within_days, "hint": rule.hint,
    }  # fmt: skip
    if check_state in {FAILED, NO_EVIDENCE}:
        waiver = waivers.lifting.get((name, rule.rule_id))
        if waiver is not None:
            row |= {column: waiver[column] for column in ("expires_on_date", "approver_id")}
            row["check_state"] = WAIVED
        row["quality_note"] = waivers.note(name, rule.rule_id)
    return [row | item for item in items] or [row]


def _checked(
    rule: AuditRule, state: str, evidence: Evidence, project_id: str
) -> tuple[str, int, list[dict[str, Any]]]:  # fmt: skip
    """The state of a check before waivers, the rows that it looked at, and what it found."""
    if state not in rule.applies_to:
        return NOT_APPLICABLE, 0, []
    rows = evidence.of(rule.source, project_id)
    words = rule.source.replace("_", " ")
    if not rows:
        if rule.when_absent != NO_EVIDENCE:
            return rule.when_absent, 0, []
        told = SOURCES[rule.source].absent or f"no row of {words} is of this project"
        return NO_EVIDENCE, 0, [{"reason": told}]
    day = evidence.status_date
    kept = [row for row in rows if all(each.is_met(row, day) for each in rule.where)]
    if not kept and rule.kind == EXPECT:
        return (
            rule.when_none_fits,
            0,
            [{"reason": f"no row of {words} can be checked"}] * (rule.when_none_fits == NO_EVIDENCE),
        )
    items = _found(rule, kept, day, words)
    return (FAILED if items else PASSED), len(kept), items


def _found(rule: AuditRule, rows: list[Row], day: pd.Timestamp, words: str) -> list[dict[str, Any]]:
    if rule.kind == EXPECT:
        found: dict[str | None, dict[str, Any]] = {}
        for row in rows:
            broken = [each.told(row, day) for each in rule.expect if not each.is_met(row, day)]
            if broken:
                item = _item(rule.source, row)
                found.setdefault(item, {"found_item": item, "reason": "; ".join(broken), "owner_id": _owner(row)})
        return list(found.values())
    if rule.kind in {AT_LEAST, AT_MOST}:
        is_met = len(rows) >= rule.number if rule.kind == AT_LEAST else len(rows) <= rule.number
        side = "at least" if rule.kind == AT_LEAST else "at most"
        return [] if is_met else [{"reason": f"{len(rows):,} rows of {words}, {side} {rule.number:,} are asked for"}]
    return _stale(rule, rows, day, words)


def _stale(rule: AuditRule, rows: list[Row], day: pd.Timestamp, words: str) -> list[dict[str, Any]]:
    dated = str(SOURCES[rule.source].dated)
    days = [row[dated] for row in rows if row[dated] is not None and row[dated] <= day]
    if not days:
        return [{"reason": f"no row of {words} has a date by the reporting date"}]
    age = (day - max(days)).days
    if age <= rule.number:
        return []
    return [{"reason": f"the newest row of {words} is of {max(days):%Y-%m-%d}, {age:,} days ago"}]


def _item(source: str, row: Row) -> str | None:
    """What names a row within its project; nothing for a source with one row a project."""
    parts = [row[name] for name in SOURCES[source].key if row[name] is not None]
    told = [f"{part:%Y-%m-%d}" if isinstance(part, pd.Timestamp) else str(part) for part in parts]
    return " ".join(told) or None


def _owner(row: Row) -> str | None:
    owner = row.get("owner_id")
    return None if owner is None else str(owner)
