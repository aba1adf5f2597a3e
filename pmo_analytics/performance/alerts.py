"""The life of alerts: events that are appended, and the state that follows from them.

An alert is of a project, a rule and the month in which this run of the breach
began; a breach that ended and comes back is another alert. Where the history is
restated and the run now seems to have begun in another month, it stays the
alert that it was, as long as the breach lasts since before it was raised. What
is due counts in calendar days from the day the alert was raised by the real
clock, since nobody was told before. Source: management by exception, PRINCE2;
what an alert is, and when it ends, is this project's own convention.

Worked example: a forecast 12 % above a budget since March is raised on 5 July,
to be acknowledged within 5 days and decided within 20. On 10 July it is open,
on 11 July overdue; acknowledged on 12 July it is acknowledged, and on 26 July,
undecided, overdue again. Raised once more in August nothing is added; when the
forecast is within tolerance, the alert is cleared.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pandas as pd

from pmo_analytics.contracts.alerts import ACKNOWLEDGED, CLEARED, DECIDED, RAISED, REOPENED, AlertEvent
from pmo_analytics.contracts.appended import columns_of, sha256_of
from pmo_analytics.contracts.base import checked
from pmo_analytics.contracts.recorded_events import Instant, beginning_so, group_label, no_later_look
from pmo_analytics.errors import UsageError
from pmo_analytics.performance.escalation import BREACHED, NOT_WATCHED, WITHIN, rows_as_known
from pmo_analytics.performance.escalation_rules import Rule

_LONGEST_TEXT = 2000
_OPENING = (RAISED, REOPENED)
_LOOKED = (RAISED, REOPENED, CLEARED)
# What every event of an alert says again, so that each can be read by itself.
_OF_ALERT = (
    AlertEvent.alert_id, AlertEvent.project_id, AlertEvent.name, AlertEvent.portfolio, AlertEvent.rule,
    AlertEvent.breach, AlertEvent.breached_since_month,
)  # fmt: skip
_OF_CHECK = (
    AlertEvent.project_id, AlertEvent.name, AlertEvent.portfolio, AlertEvent.rule, AlertEvent.breach,
    AlertEvent.figure, AlertEvent.threshold, AlertEvent.currency, AlertEvent.severity, AlertEvent.reason,
    AlertEvent.figure_evidence,
)  # fmt: skip


def no_events() -> pd.DataFrame:
    """Alerts before the first event."""
    return _events([])


def alert_id(project_id: str, rule: str, since: pd.Timestamp) -> str:
    """The identifier of an alert."""
    return sha256_of([project_id, rule, f"{since:%Y-%m}"])[:12]


def events_of_look(
    events: pd.DataFrame, tolerance_checks: pd.DataFrame, rules: Sequence[Rule], status_date: date, instant: Instant
) -> pd.DataFrame:
    """What a look at the reporting date adds: alerts that are raised, reopened and cleared.

    `tolerance_checks` is a `ToleranceCheck` frame of `rules`. A breach whose
    figure is not known, or whose project is no longer in the register, stays
    as it is. Raises UsageError for a date earlier than one that was looked at.
    """
    looked = events.loc[events[AlertEvent.kind].isin(_LOOKED), AlertEvent.status_date]
    no_later_look(looked, status_date, told="alerts were raised for a later date already")
    stamp = instant.stamp(status_date)
    known = _last_looks(events)
    added: list[dict[str, Any]] = []
    going_on = set()
    by_text = {rule.text: rule for rule in rules}
    checks = rows_as_known(tolerance_checks)
    for check in checks:
        if check["check_state"] != BREACHED:
            continue
        rule, since = by_text[check["rule"]], check["breached_since_month"]
        last = _same_run(known.values(), check)
        name = last["alert_id"] if last else alert_id(check["project_id"], rule.text, since)
        going_on.add(name)
        if last is None or last["kind"] == CLEARED:
            kind = RAISED if last is None else REOPENED
            first = since if last is None else last["breached_since_month"]
            added.append(_opened(check, rule, instant) | stamp | {
                "alert_id": name, "kind": kind, "breached_since_month": first,
            })  # fmt: skip
    states = {(check["project_id"], check["rule"]): check for check in checks}
    projects = {check["project_id"] for check in checks}
    for name, last in known.items():
        if name in going_on or last["kind"] == CLEARED:
            continue
        why = _over(states.get((last["project_id"], last["rule"])), last["project_id"] in projects)
        if why is not None:
            added.append({column: last[column] for column in _OF_ALERT} | stamp | {"kind": CLEARED, "comment": why})
    return _events(added)


def acknowledgement(
    events: pd.DataFrame, identifier: str, *, by: str, comment: str | None, instant: Instant
) -> pd.DataFrame:
    """The event that a role has taken note of an alert; none where it has said the same before."""
    return _answer(events, identifier, ACKNOWLEDGED, by=by, comment=comment, decision=None, instant=instant)


def decided(events: pd.DataFrame, identifier: str, *, by: str, decision: str, instant: Instant) -> pd.DataFrame:
    """The event that an alert was decided on; none where the same was decided before. The last decision stands."""
    return _answer(events, identifier, DECIDED, by=by, comment=None, decision=decision, instant=instant)


def found_alert(events: pd.DataFrame, identifier: str) -> str:
    """The alert whose identifier begins so. Raises UsageError where none does, or more than one."""
    return beginning_so(
        events[AlertEvent.alert_id], identifier, thing="alert", listed_by="pmo alerts", made_by="pmo alerts raise"
    )


def _answer(
    events: pd.DataFrame, identifier: str, kind: str, *, by: str, comment: str | None, decision: str | None,
    instant: Instant,
) -> pd.DataFrame:  # fmt: skip
    label = group_label(
        by, told="an alert is answered by a role or a group, under a label", such_as="--by 'portfolio board'",
        kept="alerts are kept",
    )  # fmt: skip
    said = {"stated_by": label, "comment": _checked_text(comment), "decision": _checked_text(decision)}
    name = found_alert(events, identifier)
    of = rows_as_known(events[events[AlertEvent.alert_id] == name])
    last = [row for row in of if row["kind"] in _LOOKED][-1]
    if last["kind"] == CLEARED:
        raise UsageError(
            "the alert was cleared", found=f"{name}, on {last['made_on_date']:%Y-%m-%d}: {last['comment']}",
            expected="an alert whose breach goes on",
        )  # fmt: skip
    since = of[max(place for place, row in enumerate(of) if row["kind"] in _OPENING) :]
    earlier = [row for row in since if row["kind"] == kind]
    # The last decision stands, so an earlier one can be taken again; an acknowledgement is the same however early.
    earlier = earlier[-1:] if kind == DECIDED else earlier
    if any(all(row[column] == value for column, value in said.items()) for row in earlier):
        return no_events()
    row = {column: last[column] for column in _OF_ALERT} | instant.stamp(instant.made_on) | said | {"kind": kind}
    return _events([row])


def _last_looks(events: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Of each alert the last event that a look made, with the latest reporting date it was opened for."""
    known: dict[str, dict[str, Any]] = {}
    for row in rows_as_known(events[events[AlertEvent.kind].isin(_LOOKED)]):
        before = known.get(row["alert_id"])
        opened = row["status_date"] if row["kind"] in _OPENING or before is None else before["opened_for"]
        known[row["alert_id"]] = row | {"opened_for": opened}
    return known


def _same_run(known: Any, check: dict[str, Any]) -> dict[str, Any] | None:
    """The alert of the run that a check finds: one opened for a day since which the breach lasts, the latest."""
    since = check["breached_since_month"]
    same = [
        last
        for last in known
        if (last["project_id"], last["rule"]) == (check["project_id"], check["rule"])
        and (last["opened_for"] >= since or last["breached_since_month"] == since)
    ]
    return max(same, key=lambda last: (last["kind"] != CLEARED, last["opened_for"])) if same else None


def _over(check: dict[str, Any] | None, is_known: bool) -> str | None:
    """Why an alert is over, in words; None where it is not, or nobody knows."""
    if check is None:
        return "no rule of pmo.toml says so any more" if is_known else None
    if check["check_state"] == BREACHED:
        return f"this run of the breach is over; another began in {check['breached_since_month']:%Y-%m}"
    if check["check_state"] == WITHIN:
        return f"within tolerance, at {check['figure']:,.6g}"
    return check["quality_note"] if check["check_state"] == NOT_WATCHED else None


def _opened(check: dict[str, Any], rule: Rule, instant: Instant) -> dict[str, Any]:
    return {column: check[column] for column in _OF_CHECK} | {
        "told_roles": json.dumps(list(rule.tell), ensure_ascii=False),
        "acknowledge_due_date": pd.Timestamp(instant.made_on + timedelta(days=rule.within_days)),
        "decide_due_date": pd.Timestamp(instant.made_on + timedelta(days=rule.decide_within_days)),
    }


def _events(rows: list[dict[str, Any]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows).reindex(columns=columns_of(AlertEvent))
    kept: pd.DataFrame = checked(AlertEvent, frame)
    return kept


def _checked_text(text: str | None) -> str | None:
    if text is None:
        return None
    if not text.strip() or len(text) > _LONGEST_TEXT or not _is_text(text):
        raise UsageError(
            "a note or a decision is empty, too long or not UTF-8", found=repr(text[:60]),
            expected=f"1 to {_LONGEST_TEXT:,} characters",
        )  # fmt: skip
    return text.strip()


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text
