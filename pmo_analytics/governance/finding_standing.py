"""Where each recorded finding stands on a day, derived from its events, and how many were open by month."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from pmo_analytics.contracts.appended import columns_of
from pmo_analytics.contracts.base import Contract, Date, Text, Whole, checked, optional, required
from pmo_analytics.contracts.findings import ASSIGNED, CLEARED, FOUND, FOUND_AGAIN, WAIVED, FindingEvent
from pmo_analytics.governance.register_rows import rows_of

OPEN, OVERDUE = "open", "overdue"
FINDING_STATES = (OVERDUE, OPEN, WAIVED, CLEARED)


class FindingStanding(Contract):
    """One row per finding that was recorded by a day: overdue ones first, then as they are due.

    Key: finding_id. `due_date` and owner are those last assigned since it was found, else the rule's;
    of a waived finding the day that its waiver ends. `age_days` are from the day it was first
    found to the day asked about, or to its clearing.
    """

    finding_id: Text = required()
    finding_state: Text = required(isin=FINDING_STATES)
    project_id: Text = required()
    rule_id: Text = required()
    found_item: Text = optional()
    title: Text = optional()
    severity: Text = optional()
    reason: Text = optional()
    owner_role: Text = optional()
    owner_id: Text = optional()
    due_date: Date = optional()
    first_found_on_date: Date = required()
    cleared_on_date: Date = optional()
    age_days: Whole = required(ge=0)
    comment: Text = optional()


def finding_standing(events: pd.DataFrame, day: date | pd.Timestamp) -> pd.DataFrame:
    """One row of `FindingStanding` per finding of these `FindingEvent` rows, in the order appended, on a day."""
    today = pd.Timestamp(day)
    seen = events[events[FindingEvent.status_date] <= today]
    found = [_standing(rows_of(group), today) for _, group in seen.groupby("finding_id", sort=False)]
    frame = pd.DataFrame([row for row in found if row is not None], columns=columns_of(FindingStanding))
    rank = frame["finding_state"].map({name: at for at, name in enumerate(FINDING_STATES)})
    ordered = frame.assign(rank=rank).sort_values(
        ["rank", "due_date", "project_id", "rule_id", "found_item"], ignore_index=True
    )
    kept: pd.DataFrame = checked(FindingStanding, ordered[frame.columns])
    return kept


def _standing(events: list[dict[str, Any]], today: pd.Timestamp) -> dict[str, Any] | None:
    """One finding from its events; None where the day knows of an assignment alone."""
    places = [place for place, event in enumerate(events) if event["kind"] in (FOUND, FOUND_AGAIN, WAIVED)]
    if not places:
        return None
    found, since = events[places[-1]], events[places[-1] + 1 :]
    given = [event for event in since if event["kind"] == ASSIGNED]
    cleared = next((event for event in since if event["kind"] == CLEARED), None)
    owned = given[-1] if given and found["kind"] != WAIVED else found
    if cleared is not None:
        state = CLEARED
    elif found["kind"] == WAIVED:
        state = WAIVED
    else:
        state = OVERDUE if owned["due_date"] is not None and owned["due_date"] < today else OPEN
    until = cleared["status_date"] if cleared is not None else today
    return {column: found[column] for column in columns_of(FindingStanding) if column in found} | {
        "finding_state": state, "owner_role": owned["owner_role"], "owner_id": owned["owner_id"],
        "due_date": owned["due_date"], "cleared_on_date": None if cleared is None else cleared["status_date"],
        "age_days": max(0, (until - found["first_found_on_date"]).days),
        "comment": None if cleared is None else cleared["comment"],
    }  # fmt: skip
