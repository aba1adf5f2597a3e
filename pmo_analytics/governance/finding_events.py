"""The life of findings: events that are appended, and the state that follows from them.

A finding is of a project, a rule and an item. An audit that is recorded appends
what is found, waived, cleared and found again; nothing is added for what goes on as
it was. It is due so many days after the day it was recorded as its rule says,
until somebody assigns another. Source: this project's own convention, that of
its alerts.

Worked example: RISK-OWNED finds risk R1 of project A on 5 July, for the project
manager within 30 days: it is open and due on 4 August. Assigned to the sponsor
for the 20th it is overdue from the 21st. When the next audit finds an owner it is
cleared; lost again in September it is found again, due 30 days after that.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pandas as pd

from pmo_analytics.contracts.appended import columns_of
from pmo_analytics.contracts.base import checked
from pmo_analytics.contracts.findings import ASSIGNED, CLEARED, FOUND, FOUND_AGAIN, FindingEvent
from pmo_analytics.contracts.findings import WAIVED as WAIVED_EVENT
from pmo_analytics.contracts.recorded_events import Instant, beginning_so, group_label, no_later_look
from pmo_analytics.errors import UsageError
from pmo_analytics.governance.audit_states import NO_EVIDENCE, NOT_APPLICABLE, WAIVED
from pmo_analytics.governance.register_rows import rows_of

_LOOKED = (FOUND, FOUND_AGAIN, WAIVED_EVENT, CLEARED)
_OF_FINDING = (
    "finding_id", "project_id", "rule_id", "found_item", "title", "severity", "first_found_on_date",
)  # fmt: skip


def no_findings() -> pd.DataFrame:
    """Findings before the first event."""
    return _events([])


def events_of_audit(
    events: pd.DataFrame,
    audit_findings: pd.DataFrame,
    audit_checks: pd.DataFrame,
    status_date: date,
    instant: Instant,
) -> pd.DataFrame:
    """What an audit of the reporting date adds to the events: found, found again, waived and cleared.

    A check that has no evidence now clears nothing that it found before. Raises
    UsageError for a date earlier than one that was recorded.
    """
    looked = events.loc[events[FindingEvent.kind].isin(_LOOKED), FindingEvent.status_date]
    no_later_look(looked, status_date, told="an audit of a later date was recorded already")
    stamp = instant.stamp(status_date)
    last = _last_looks(events)
    added = []
    now = {row["finding_id"]: row for row in rows_of(audit_findings)}
    for name, row in now.items():
        kind = _kind(row, last.get(name))
        if kind is not None:
            added.append(_found(row, kind, last.get(name), instant) | stamp)
    checks = {(row["project_id"], row["rule_id"]): row for row in rows_of(audit_checks)}
    projects = {project for project, _ in checks}
    for name, before in last.items():
        if name in now or before["kind"] == CLEARED or before["project_id"] not in projects:
            continue
        why = _over(checks.get((before["project_id"], before["rule_id"])))
        if why is not None:
            kept = {column: before[column] for column in _OF_FINDING}
            added.append(kept | {"kind": CLEARED, "comment": why} | stamp)
    return _events(added)


def assignment(
    events: pd.DataFrame,
    identifier: str,
    *,
    owner: str,
    owner_id: str | None,
    due: date | None,
    by: str,
    instant: Instant,
) -> pd.DataFrame:
    """The event that a finding is given to a role, or to a person by token, until a day; none where it was before.

    Without a day the finding keeps the one it had. Raises UsageError for a
    finding that is not known or was cleared, and for a label that may be a person's name.
    """
    label, role = _label(by), _label(owner)
    name = found_finding(events, identifier)
    of = [row for row in rows_of(events) if row["finding_id"] == name]
    last = [row for row in of if row["kind"] in _LOOKED][-1]
    if last["kind"] == CLEARED:
        raise UsageError(
            "the finding was cleared", found=f"{name}, on {last['made_on_date']:%Y-%m-%d}: {last['comment']}",
            expected="a finding that is open",
        )  # fmt: skip
    until = pd.Timestamp(due) if due is not None else _due(of)
    said = {"owner_role": role, "owner_id": owner_id, "due_date": until, "stated_by": label}
    given = [row for row in of if row["kind"] == ASSIGNED]
    if given and all(given[-1][column] == value for column, value in said.items()):
        return no_findings()
    kept = {column: last[column] for column in _OF_FINDING}
    return _events([kept | said | {"kind": ASSIGNED} | instant.stamp(instant.made_on)])


def found_finding(events: pd.DataFrame, identifier: str) -> str:
    """The finding whose identifier begins so. Raises UsageError where none does, or more than one."""
    return beginning_so(
        events[FindingEvent.finding_id], identifier, thing="finding", listed_by="pmo audit --history",
        made_by="pmo audit --record",
    )  # fmt: skip


def _kind(row: Mapping[str, Any], before: Mapping[str, Any] | None) -> str | None:
    """What is to be told of a finding that an audit has: nothing where it stands as it did."""
    is_waived = row["check_state"] == WAIVED
    if before is None:
        return WAIVED_EVENT if is_waived else FOUND
    if is_waived:
        return None if before["kind"] == WAIVED_EVENT else WAIVED_EVENT
    return FOUND_AGAIN if before["kind"] in {CLEARED, WAIVED_EVENT} else None


def _found(
    row: Mapping[str, Any], kind: str, before: Mapping[str, Any] | None, instant: Instant
) -> dict[str, Any]:  # fmt: skip
    until = pd.Timestamp(instant.made_on + timedelta(days=int(row["within_days"])))
    is_new = before is None or (kind == FOUND_AGAIN and before["kind"] == CLEARED)
    told = {column: row[column] for column in _OF_FINDING if column in row}
    return told | {
        "kind": kind, "reason": row["reason"], "owner_role": row["owner_role"], "owner_id": row["owner_id"],
        "due_date": row["expires_on_date"] if kind == WAIVED_EVENT else until,
        "first_found_on_date": None if before is None or is_new else before["first_found_on_date"],
    }  # fmt: skip


def _over(check: Mapping[str, Any] | None) -> str | None:
    """Why a finding is over, in words; None where it is not, or nobody knows."""
    if check is None:
        return "the rule holds no more"
    if check["check_state"] == NO_EVIDENCE:
        return None
    if check["check_state"] == NOT_APPLICABLE:
        return "the rule does not apply any more"
    return "it is not found any more"


def _due(events: list[dict[str, Any]]) -> Any:
    days = [row["due_date"] for row in events if row["due_date"] is not None]
    return days[-1] if days else None


def _last_looks(events: pd.DataFrame) -> dict[str, dict[str, Any]]:
    return {row["finding_id"]: row for row in rows_of(events[events[FindingEvent.kind].isin(_LOOKED)])}


def _events(rows: list[dict[str, Any]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows).reindex(columns=columns_of(FindingEvent))
    # A new finding was first found on the day of its audit.
    first = frame["first_found_on_date"].where(frame["first_found_on_date"].notna(), frame["status_date"])
    kept: pd.DataFrame = checked(FindingEvent, frame.assign(first_found_on_date=first))
    return kept


def _label(label: str) -> str:
    return group_label(
        label, told="a finding is given to a role, by a role or a group",
        such_as="--owner 'project manager' --by PMO", kept="findings are kept",
    )  # fmt: skip
