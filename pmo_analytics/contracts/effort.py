"""Contracts of effort: time worked, time absent, working time, estimates."""

from __future__ import annotations

from pmo_analytics.contracts.base import (
    CURRENCY,
    EVENT,
    REGISTER,
    Contract,
    Date,
    Flag,
    Number,
    Text,
    optional,
    required,
    table,
)

SECONDS_A_DAY = 86_400


@table(key=["entry_id"], clock=EVENT, clock_column="work_date", persons=["person_id"], register=True, bulk=True)
class TimesheetEntry(Contract):
    """One row per timesheet entry.

    Key: entry_id. Negative durations are corrections; no entry exceeds a day.
    """

    entry_id: Text = required()
    person_id: Text = required()
    project_key: Text = optional()
    project_id: Text = optional()
    issue_key: Text = optional()
    work_date: Date = required()
    started_at: Date = optional()
    ended_at: Date = optional()
    duration_seconds: Number = required(ge=-SECONDS_A_DAY, le=SECONDS_A_DAY)
    account: Text = optional()
    activity: Text = optional()
    is_billable: Flag = optional()
    billable_amount: Number = optional()
    currency: Text = optional(str_matches=CURRENCY)
    description: Text = optional()
    custom: Text = optional()


@table(
    key=["person_id", "absence_date"], clock=EVENT, clock_column="absence_date", persons=["person_id"], register=True
)
class Absence(Contract):
    """One row per person and day of absence.

    Key: person_id, absence_date.
    """

    person_id: Text = required()
    absence_date: Date = required()
    duration_seconds: Number = required(gt=0, le=SECONDS_A_DAY)
    kind: Text = optional()


@table(key=["calendar_id", "calendar_date"], register=True)
class WorkingCalendar(Contract):
    """One row per calendar and day that has working time.

    Key: calendar_id, calendar_date. A day without a row is not worked.
    """

    calendar_id: Text = required()
    calendar_date: Date = required()
    duration_seconds: Number = required(ge=0, le=SECONDS_A_DAY)


@table(
    key=["item_id", "estimated_on_date", "estimator_id"],
    clock=EVENT,
    clock_column="estimated_on_date",
    persons=["estimator_id"],
    register=True,
)
class Estimate(Contract):
    """One row per work item, day and person that estimated it.

    Key: item_id, estimated_on_date, estimator_id. A single figure is the most
    likely one.
    """

    item_id: Text = required()
    estimated_on_date: Date = required()
    estimator_id: Text = required()
    project_id: Text = optional()
    work_class: Text = optional()
    size: Number = optional(ge=0)
    low_seconds: Number = optional(ge=0)
    most_likely_seconds: Number = optional(ge=0)
    high_seconds: Number = optional(ge=0)
    stated_confidence_pct: Number = optional(ge=0, le=100)


@table(key=["item_id"], clock=REGISTER, register=True)
class EstimateOutcome(Contract):
    """One row per finished, open or cancelled item with its estimate, and status date.

    Key: item_id, status_date.
    """

    item_id: Text = required()
    status_date: Date = required()
    project_id: Text = optional()
    work_class: Text = optional()
    description: Text = optional()
    size: Number = optional(ge=0)
    estimate_seconds: Number = required(ge=0)
    actual_seconds: Number = optional(ge=0)
    estimated_on_date: Date = optional()
    finished_on_date: Date = optional()
    state: Text = required(isin=["open", "finished", "cancelled"])
