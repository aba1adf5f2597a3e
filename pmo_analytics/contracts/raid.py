"""Contracts of the RAID log: risks, assumptions, issues, and what was escalated."""

from __future__ import annotations

from pmo_analytics.contracts.base import (
    CURRENCY,
    EVENT,
    REGISTER,
    Contract,
    Date,
    Number,
    Text,
    Whole,
    optional,
    required,
    table,
)


@table(key=["risk_id", "status_date"], clock=EVENT, clock_column="status_date", persons=["owner_id"], register=True)
class Risk(Contract):
    """One row per risk and reporting date.

    Key: risk_id, status_date. Every report up to `as_of` is seen, so that a
    risk's course shows. Amounts and days are what it would cost if it happened.
    """

    risk_id: Text = required()
    status_date: Date = required()
    project_id: Text = optional()
    title: Text = required()
    category: Text = optional()
    probability: Number = optional(ge=0, le=1)
    cost_low_amount: Number = optional()
    cost_most_likely_amount: Number = optional()
    cost_high_amount: Number = optional()
    currency: Text = optional(str_matches=CURRENCY)
    delay_low_days: Number = optional()
    delay_most_likely_days: Number = optional()
    delay_high_days: Number = optional()
    proximity_date: Date = optional()
    owner_id: Text = optional()
    response: Text = optional()
    state: Text = optional()
    driver: Text = optional()


@table(key=["raid_issue_id"], clock=REGISTER, persons=["owner_id"], register=True)
class RaidIssue(Contract):
    """One row per issue of the RAID log and date the log speaks of.

    Key: raid_issue_id, status_date. An issue of the work is in the table issue.
    """

    raid_issue_id: Text = required()
    status_date: Date = required()
    project_id: Text = optional()
    title: Text = required()
    raised_on_date: Date = optional()
    owner_id: Text = optional()
    severity: Text = optional()
    state: Text = optional()
    due_date: Date = optional()
    level: Whole = optional(ge=0)
    decided_on_date: Date = optional()
    decision: Text = optional()


@table(key=["assumption_id"], clock=REGISTER, persons=["owner_id"], register=True)
class Assumption(Contract):
    """One row per assumption and date the log speaks of.

    Key: assumption_id, status_date. Its severity is that of its being wrong, its
    decision whether it was held to be right.
    """

    assumption_id: Text = required()
    status_date: Date = required()
    project_id: Text = optional()
    title: Text = required()
    raised_on_date: Date = optional()
    owner_id: Text = optional()
    severity: Text = optional()
    state: Text = optional()
    due_date: Date = optional()
    level: Whole = optional(ge=0)
    decided_on_date: Date = optional()
    decision: Text = optional()


@table(key=["escalation_id"], clock=REGISTER, persons=["owner_id"], register=True)
class Escalation(Contract):
    """One row per escalation and date the log speaks of.

    Key: escalation_id, status_date. The due date is that of the decision asked for.
    """

    escalation_id: Text = required()
    status_date: Date = required()
    project_id: Text = optional()
    title: Text = required()
    raised_on_date: Date = optional()
    owner_id: Text = optional()
    severity: Text = optional()
    state: Text = optional()
    due_date: Date = optional()
    level: Whole = optional(ge=0)
    decided_on_date: Date = optional()
    decision: Text = optional()
