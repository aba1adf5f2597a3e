"""What the commands of alerts print."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from pmo_analytics.contracts.recorded_events import Instant
    from pmo_analytics.performance.escalation_rules import Escalation
    from pmo_analytics.warehouse.stores.chained_tables import Appended
    from pmo_analytics.warehouse.stores.event_log import EventLog


def print_alerts(shown: pd.DataFrame, standing: pd.DataFrame, log: EventLog, day: date, *, as_json: bool) -> None:
    """Print alerts as they stand on a day; `standing` are all of them, `shown` those that were asked for."""
    from pmo_analytics.cli.application import complain
    from pmo_analytics.terminal import print_json, say

    if as_json:
        faults = [f"{place}: {text}" for place, text in log.faults]
        print_json({"as_of": day.isoformat(), "alerts": _opened(shown), "last_row": log.head, "faults": faults})
        return
    for place, text in log.faults:
        complain(f"{place}: {text}; `pmo warehouse check` tells all that is not as it was written")
    if not len(log.events):
        say("no alert was raised yet: pmo alerts raise")
        return
    _print_standing(shown)
    counts = standing["alert_state"].value_counts()
    told = ", ".join(f"{counts[state]:,} {state}" for state in counts.index)
    say(f"{_count(len(shown), 'alert')} of {len(standing):,}, as of {day}" + (f": {told}" if told else ""))


def print_raised(
    kept: Appended,
    checks: pd.DataFrame,
    standing: pd.DataFrame,
    settings: Escalation,
    wrong: list[str],
    day: date,
    instant: Instant,
    *,
    as_json: bool,
) -> None:
    """Print what a look raised and cleared, what is not known, and what the PMO's type makes of what is overdue."""
    from pmo_analytics.cli.application import complain
    from pmo_analytics.cli.evidence import records
    from pmo_analytics.terminal import print_json, say

    late = standing[standing["alert_state"] == "overdue"]
    states = {str(name): int(number) for name, number in checks["check_state"].value_counts(sort=False).items()}
    if as_json:
        print_json(
            {
                "as_of": day.isoformat(), "version": instant.warehouse_version, "pmo_type": settings.pmo_type,
                "rules": [rule.text for rule in settings.rules], "are_default_rules": settings.are_defaults,
                "rules_that_fit_nothing": wrong, "checks": states, "events": records(kept.rows),
                "overdue": late["alert_id"].to_list(), "upgrades": kept.upgrades,
            }
        )  # fmt: skip
        return
    for step in kept.upgrades:
        say(f"the warehouse was upgraded, {step}")
    if settings.are_defaults:
        say("pmo.toml states no rule in [escalation], so these hold:")
        for rule in settings.rules:
            told = f"acknowledged in {rule.within_days} days, decided in {rule.decide_within_days}"
            say(f"  {rule.text}: tells {', '.join(rule.tell)}; {told}")
    for told in wrong:
        complain(told)
    _print_events(kept.rows, standing)
    by_kind = kept.rows["kind"].value_counts()
    done = ", ".join(f"{by_kind.get(kind, 0):,} {kind}" for kind in ("raised", "reopened", "cleared"))
    known = states.get("breached", 0) - int(by_kind.get("raised", 0)) - int(by_kind.get("reopened", 0))
    say(f"{done}, {known:,} raised before; as of {day}, version {instant.warehouse_version}")
    _print_unknown(checks)
    _print_late(late, settings)


def print_answered(kept: Appended, standing: pd.DataFrame, *, as_json: bool) -> None:
    """Print what an answer made of its alert."""
    from pmo_analytics.terminal import print_json, say

    if as_json:
        print_json({"added": len(kept.rows), "alerts": _opened(standing), "upgrades": kept.upgrades})
        return
    for step in kept.upgrades:
        say(f"the warehouse was upgraded, {step}")
    (row,) = _rows(standing)
    due = f", due {row['due_date']}" if row["due_date"] is not None else ""
    said = "" if len(kept.rows) else "said before, nothing added; "
    say(f"{row['alert_id']}, {_project(row)}: {said}{row['alert_state']}{due}")
    if len(kept.rows):
        say("a label is kept for good: a role's or a group's, never a person's name, which is personal data")


def _print_standing(shown: pd.DataFrame) -> None:
    from pmo_analytics.terminal import print_table

    if shown.empty:
        return
    print_table(
        ["alert", "state", "due", "project", "severity", "breach when raised", "told", "answer"],
        [
            (
                row["alert_id"],
                row["alert_state"] + (f" {row['overdue_days']:.0f} days" if row["overdue_days"] else ""),
                row["due_date"], row["project_id"], row["severity"], row["reason"], _told(row), _answer(row),
            )
            for row in _rows(shown)
        ],
    )  # fmt: skip


def _print_events(events: pd.DataFrame, standing: pd.DataFrame) -> None:
    from pmo_analytics.terminal import print_table, say

    opened = set(events.loc[events["kind"].isin(("raised", "reopened")), "alert_id"])
    rows = [row for row in _rows(standing) if row["alert_id"] in opened]
    if rows:
        print_table(
            ["alert", "project", "severity", "breach", "told", "acknowledge by", "decide by"],
            [
                (row["alert_id"], row["project_id"], row["severity"], row["reason"], _told(row),
                 row["acknowledge_due_date"], row["decide_due_date"])
                for row in rows
            ],
        )  # fmt: skip
    for row in _rows(events[events["kind"] == "cleared"]):
        say(f"{row['alert_id']}, {_project(row)}, cleared: {row['rule']}: {row['comment']}")


def _print_unknown(checks: pd.DataFrame) -> None:
    """What could not be held against its rule, by what is missing."""
    from pmo_analytics.terminal import say

    unknown = checks[checks["check_state"] == "unknown"]
    for (breach, note), rows in unknown.groupby(["breach", "quality_note"], sort=True):
        say(f"not known: {breach} of {_count(len(rows), 'project')}: {note}")


def _print_late(late: pd.DataFrame, settings: Escalation) -> None:
    """What overdue alerts mean under the PMO's type: advice, a warning, or a stop."""
    from pmo_analytics.cli.application import complain
    from pmo_analytics.terminal import say

    if late.empty:
        return
    oldest = _rows(late)[0]
    told = f"{_count(len(late), 'alert')} overdue and not decided, such as {oldest['alert_id']} of {_project(oldest)}"
    if settings.pmo_type == "supportive":
        say(f"{told}: pmo alerts --state overdue")
    else:
        word = "blocked" if settings.pmo_type == "directive" else "warning"
        complain(f"{word}: {told}: pmo alerts --state overdue")


def _project(row: dict[str, Any]) -> str:
    return str(row["project_id"]) if row["name"] is None else f"{row['name']} ({row['project_id']})"


def _told(row: dict[str, Any]) -> str:
    from pmo_analytics.performance.alert_standing import roles

    return ", ".join(roles(row["told_roles"]))


def _answer(row: dict[str, Any]) -> str | None:
    if row["alert_state"] == "cleared":
        return row["comment"] and str(row["comment"])
    if row["decision"] is not None:
        return f"{row['decision']} ({row['decided_by']})"
    note = f": {row['comment']}" if row["comment"] else ""
    return None if row["acknowledged_by"] is None else f"{row['acknowledged_by']}{note}"


def _opened(standing: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows whose roles are data, not text."""
    from pmo_analytics.cli.evidence import records
    from pmo_analytics.performance.alert_standing import roles

    return [row | {"told_roles": roles(row["told_roles"])} for row in records(standing)]


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    from pmo_analytics.cli.evidence import tuples

    return [dict(zip(map(str, frame.columns), row, strict=True)) for row in tuples(frame)]


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" + ("" if number == 1 else "s")
