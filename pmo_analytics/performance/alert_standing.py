"""Where each alert stands on a day: open, acknowledged, decided, overdue or cleared, derived from its events.

An alert that was reopened is asked about anew: what was acknowledged and
decided before it was cleared stays among its events, and counts no more. An
event is seen from its own day on: what a look made from its reporting date,
an answer from the day that it was given. Source: this project's own rule.

Worked example: raised on 5 July, to be acknowledged by the 10th and decided by
the 25th. On the 10th it is open, on the 11th a day overdue; acknowledged on the
12th it is acknowledged until the 25th, and from the 26th on overdue until it is
decided or cleared.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pandas as pd

from pmo_analytics.contracts.alerts import ACKNOWLEDGED, CLEARED, DECIDED, RAISED, REOPENED, AlertEvent
from pmo_analytics.contracts.appended import columns_of
from pmo_analytics.contracts.base import Contract, Date, Number, Text, checked, optional, required
from pmo_analytics.performance.escalation import SEVERITIES, rows_as_known

OPEN, OVERDUE = "open", "overdue"
# The first to look at first.
STATES = (OVERDUE, OPEN, ACKNOWLEDGED, DECIDED, CLEARED)


class AlertStanding(Contract):
    """One row per alert that was raised by the day, overdue ones first, then the gravest, then as they are due.

    Key: alert_id. Figure, threshold, severity and reason are those that it was
    raised with. `due_date` is the next that is due, of the acknowledgement or
    else of the decision; `overdue_days` are those since, of an overdue one.
    `comment` is the last note, or why it was cleared.
    """

    alert_id: Text = required()
    alert_state: Text = required(isin=STATES)
    project_id: Text = required()
    name: Text = optional()
    portfolio: Text = optional()
    rule: Text = required()
    breach: Text = required()
    severity: Text = required(isin=SEVERITIES)
    figure: Number = required()
    threshold: Number = required()
    currency: Text = optional()
    reason: Text = required()
    breached_since_month: Date = required()
    status_date: Date = required()
    raised_on_date: Date = required()
    told_roles: Text = required()
    acknowledge_due_date: Date = required()
    decide_due_date: Date = required()
    due_date: Date = optional()
    overdue_days: Number = optional(gt=0)
    acknowledged_by: Text = optional()
    decided_by: Text = optional()
    decision: Text = optional()
    comment: Text = optional()
    figure_evidence: Text = optional()


def alert_standing(events: pd.DataFrame, day: date | pd.Timestamp) -> pd.DataFrame:
    """One row of `AlertStanding` per alert of these `AlertEvent` rows, in the order they were appended, on a day."""
    today = pd.Timestamp(day)
    seen = events[events[AlertEvent.status_date] <= today]
    rows = [_standing(rows_as_known(group), today) for _, group in seen.groupby(AlertEvent.alert_id, sort=False)]
    frame = pd.DataFrame([row for row in rows if row is not None], columns=columns_of(AlertStanding))
    frame = frame.assign(
        rank=frame[AlertStanding.alert_state].map({name: at for at, name in enumerate(STATES)}),
        gravity=frame[AlertStanding.severity].map({name: at for at, name in enumerate(SEVERITIES)}),
    ).sort_values(
        ["rank", "gravity", AlertStanding.due_date, AlertStanding.project_id, AlertStanding.rule], ignore_index=True
    )
    numbers = [AlertStanding.figure, AlertStanding.threshold, AlertStanding.overdue_days]
    frame[numbers] = frame[numbers].astype(float)
    kept: pd.DataFrame = checked(AlertStanding, frame[columns_of(AlertStanding)])
    return kept


def roles(told: str) -> list[str]:
    """The roles that an alert tells, from `told_roles`."""
    return [str(role) for role in json.loads(told)]


def _standing(events: list[dict[str, Any]], today: pd.Timestamp) -> dict[str, Any] | None:
    """One alert from its events; None where the day knows of an answer alone, and not of what was raised."""
    places = [place for place, event in enumerate(events) if event["kind"] in (RAISED, REOPENED)]
    if not places:
        return None
    opened, since = events[places[-1]], events[places[-1] + 1 :]
    last = {event["kind"]: event for event in since}
    acknowledged, settled, cleared = (last.get(kind) for kind in (ACKNOWLEDGED, DECIDED, CLEARED))
    due = opened["acknowledge_due_date"] if acknowledged is None else opened["decide_due_date"]
    is_asked = settled is None and cleared is None
    is_overdue = is_asked and due < today
    if cleared is not None:
        state = CLEARED
    elif settled is not None:
        state = DECIDED
    else:
        state = OVERDUE if is_overdue else OPEN if acknowledged is None else ACKNOWLEDGED
    notes = [event["comment"] for event in since if event["comment"] is not None]
    return {column: opened[column] for column in columns_of(AlertStanding) if column in opened} | {
        "alert_state": state,
        "raised_on_date": opened["made_on_date"],
        "due_date": due if is_asked else None,
        "overdue_days": (today - due).days if is_overdue else None,
        "acknowledged_by": None if acknowledged is None else acknowledged["stated_by"],
        "decided_by": None if settled is None else settled["stated_by"],
        "decision": None if settled is None else settled["decision"],
        "comment": notes[-1] if notes else None,
    }
