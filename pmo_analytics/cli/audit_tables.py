"""What the command of the audit prints."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from pmo_analytics.governance.rule_book import RuleBook
    from pmo_analytics.reporting.audit_run import Audit
    from pmo_analytics.warehouse.stores.chained_tables import Appended
    from pmo_analytics.warehouse.stores.event_log import EventLog

_KINDS = ("found", "found again", "waived", "cleared")


def print_audit(
    found: Audit,
    standing: pd.DataFrame,
    kept: Appended | None,
    day: date,
    version: int,
    only: str | None,
    *,
    as_json: bool,
) -> None:
    """Print verdicts, findings with owner and day, and what was recorded; of one project where `only` names it."""
    from pmo_analytics.cli.application import complain
    from pmo_analytics.cli.evidence import records
    from pmo_analytics.terminal import print_json, say

    verdicts, checks, findings = (_of(each, only) for each in (found.standing, found.checks, found.findings))
    known = {row["finding_id"]: row for row in _rows(standing)}
    if as_json:
        told = [row | {"recorded": _recorded(known.get(row["finding_id"]))} for row in records(findings)]
        print_json(
            {
                "as_of": day.isoformat(), "version": version, "verdicts": records(verdicts),
                "checks": records(checks), "findings": told, "faults": records(found.faults),
                "events": [] if kept is None else records(kept.rows),
                "upgrades": [] if kept is None else kept.upgrades,
            }
        )  # fmt: skip
        return
    for step in [] if kept is None else kept.upgrades:
        say(f"the warehouse was upgraded, {step}")
    for row in _rows(found.faults):
        of = f" of {row['project_id']}" if row["project_id"] else ""
        complain(f"rule {row['rule_id']}{of}: {row['finding']}; do: {row['remedy']}")
    if verdicts.empty:
        say("no project is in the register of projects: nothing to audit")
        return
    _print_verdicts(verdicts)
    _print_findings(findings, known)
    is_waived = findings["check_state"] == "waived"
    say(
        f"{_count(int((~is_waived).sum()), 'finding')}, {int(is_waived.sum()):,} waived, of "
        f"{_count(int((checks['check_state'] != 'not applicable').sum()), 'check')}; as of {day}, version {version}"
    )
    if kept is not None:
        by_kind = kept.rows["kind"].value_counts()
        say("recorded: " + ", ".join(f"{by_kind.get(kind, 0):,} {kind}" for kind in _KINDS))


def print_assigned(kept: Appended, standing: pd.DataFrame, *, as_json: bool) -> None:
    """Print where a finding stands after it was given to an owner."""
    from pmo_analytics.cli.evidence import records
    from pmo_analytics.terminal import print_json, say

    if as_json:
        print_json({"added": len(kept.rows), "findings": records(standing), "upgrades": kept.upgrades})
        return
    for step in kept.upgrades:
        say(f"the warehouse was upgraded, {step}")
    (row,) = _rows(standing)
    said = "" if len(kept.rows) else "said before, nothing added; "
    say(
        f"{row['finding_id']}, {_what(row)} of {row['project_id']}: {said}{row['finding_state']}, "
        f"{_owner(row)}, due {row['due_date']}"
    )
    if len(kept.rows):
        say("a label is kept for good: a role's or a group's, never a person's name, which is personal data")


def print_history(events: pd.DataFrame, standing: pd.DataFrame, log: EventLog, *, as_json: bool) -> None:
    """Print the events of findings in their order, and how many stand how."""
    from pmo_analytics.cli.application import complain
    from pmo_analytics.cli.evidence import records
    from pmo_analytics.terminal import print_json, print_table, say

    if as_json:
        faults = [f"{place}: {text}" for place, text in log.faults]
        print_json({"events": records(events), "findings": records(standing), "last_row": log.head, "faults": faults})
        return
    for place, text in log.faults:
        complain(f"{place}: {text}; `pmo warehouse check` tells all that is not as it was written")
    if events.empty:
        say("no finding was recorded yet: pmo audit --record")
        return
    print_table(
        ["audited", "recorded", "finding", "event", "project", "rule", "item", "owner", "due", "by", "note"],
        [
            (row["status_date"], row["made_on_date"], row["finding_id"], row["kind"], row["project_id"],
             row["rule_id"], row["found_item"], _owner(row), row["due_date"], row["stated_by"],
             row["comment"] or row["reason"])
            for row in _rows(events)
        ],
    )  # fmt: skip
    counts = standing["finding_state"].value_counts()
    told = ", ".join(f"{counts[state]:,} {state}" for state in counts.index)
    say(f"{_count(len(events), 'event')} of {_count(len(standing), 'finding')}: {told}")


def print_rules(book: RuleBook, faults: pd.DataFrame, *, as_json: bool) -> None:
    """Print the rules that hold, those that are off, and those that cannot be read."""
    from pmo_analytics.cli.application import complain
    from pmo_analytics.cli.evidence import records
    from pmo_analytics.terminal import print_json, print_table, say

    rows = [
        {
            "rule_id": rule.rule_id, "title": rule.title, "perspective": rule.perspective, "severity": rule.severity,
            "is_hard_gate": rule.is_hard_gate, "source": rule.source, "owner_role": rule.owner_role,
            "within_days": rule.within_days,
        }
        for rule in book.rules.values()
    ]  # fmt: skip
    if as_json:
        print_json({"rules": rows, "off": sorted(book.off), "faults": records(faults)})
        return
    for row in _rows(faults):
        complain(f"rule {row['rule_id']}: {row['finding']}; do: {row['remedy']}")
    print_table(
        ["rule", "severity", "perspective", "looks at", "asks", "owner", "days"],
        [
            (row["rule_id"], _gravity(row), row["perspective"], row["source"], row["title"], row["owner_role"],
             row["within_days"])
            for row in rows
        ],
    )  # fmt: skip
    off = f", {len(book.off):,} off: {', '.join(sorted(book.off))}" if book.off else ""
    say(f"{_count(len(rows), 'rule')}{off}")


def _print_verdicts(verdicts: pd.DataFrame) -> None:
    from pmo_analytics.terminal import print_table

    names = ("hard_gate", "failed", "no_evidence", "waived", "passed", "open_finding")
    print_table(
        ["project", "name", "verdict", "hard gates", "failed", "no evidence", "waived", "passed", "findings"],
        [
            (row["project_id"], row["name"], row["verdict"], *(row[f"{name}_count"] for name in names))
            for row in _rows(verdicts)
            if row["verdict"] != "not audited"
        ],
    )  # fmt: skip


def _print_findings(findings: pd.DataFrame, known: dict[str, dict[str, Any]]) -> None:
    from pmo_analytics.terminal import print_table

    if findings.empty:
        return
    lines = []
    for row in _rows(findings):
        recorded = known.get(row["finding_id"])
        is_known = recorded is not None and recorded["finding_state"] != "cleared"
        if row["check_state"] == "waived":
            due = f"waived until {row['expires_on_date']}" + (f" by {row['approver_id']}" if row["approver_id"] else "")
        elif recorded is not None and is_known:
            due = f"{recorded['due_date']}" + (" overdue" if recorded["finding_state"] == "overdue" else "")
        else:
            due = f"{row['within_days']} days"
        owner = _owner(recorded if recorded is not None and is_known else row)
        lines.append(
            (row["finding_id"], _gravity(row), row["project_id"], row["rule_id"], row["found_item"], row["reason"],
             owner, due)
        )  # fmt: skip
    print_table(["finding", "severity", "project", "rule", "item", "found", "owner", "due"], lines)


def _gravity(row: dict[str, Any]) -> str:
    return f"{row['severity']}, hard gate" if row["is_hard_gate"] else str(row["severity"])


def _recorded(row: dict[str, Any] | None) -> dict[str, Any] | None:
    if row is None:
        return None
    names = ("finding_state", "owner_role", "owner_id", "due_date", "first_found_on_date", "age_days")
    return {
        name: row[name].isoformat() if isinstance(row[name], date) else row[name] for name in names
    }  # fmt: skip


def _owner(row: dict[str, Any]) -> str | None:
    return f"{row['owner_role']} ({row['owner_id']})" if row["owner_id"] else row["owner_role"]


def _what(row: dict[str, Any]) -> str:
    return f"{row['rule_id']} {row['found_item']}" if row["found_item"] else str(row["rule_id"])


def _of(frame: pd.DataFrame, project: str | None) -> pd.DataFrame:
    return frame if project is None else frame[frame["project_id"] == project].reset_index(drop=True)


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    from pmo_analytics.cli.evidence import tuples

    return [dict(zip(map(str, frame.columns), row, strict=True)) for row in tuples(frame)]


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" + ("" if number == 1 else "s")
