"""Contracts of the marts: what each SQL roll-up promises."""

from __future__ import annotations

from pmo_analytics.contracts.base import MARTS, Contract, Date, Number, Text, Whole, optional, required, table


@table(key=["person_id", "project_id", "period_month"], lake=MARTS)
class EffortByPersonMonth(Contract):
    """One row per person, project and month with time booked.

    Key: person_id, project_id, period_month. An empty project_id gathers the
    time on projects that no register or alias knows.
    """

    person_id: Text = required()
    project_id: Text = optional()
    period_month: Date = required()
    duration_seconds: Number = required()
    billable_seconds: Number = required()
    entry_count: Whole = required(ge=1)


@table(key=["person_id", "period_month"], lake=MARTS)
class AvailabilityByPersonMonth(Contract):
    """One row per registered person and month with working time up to the reporting date.

    Key: person_id, period_month.
    """

    person_id: Text = required()
    period_month: Date = required()
    calendar_seconds: Number = required(ge=0)
    absence_seconds: Number = required(ge=0)
    available_seconds: Number = required(ge=0)


@table(key=["project_id", "period_month", "currency"], lake=MARTS)
class CostByProjectMonth(Contract):
    """One row per project, month and currency of the time booked at dated rates.

    Key: project_id, period_month, currency. Time without a rate stands in a
    row without a currency, and costs nothing there: it is counted, not summed.
    """

    project_id: Text = optional()
    period_month: Date = required()
    currency: Text = optional()
    cost_amount: Number = required()
    costed_seconds: Number = required()
    uncosted_seconds: Number = required()


@table(key=["project_id", "period_month"], lake=MARTS)
class PlannedEarnedActual(Contract):
    """One row per project and month from the baseline's first month on, cumulative.

    Key: project_id, period_month. Months after the reporting date carry planned
    value alone. `status_date` is the month's last day, or the reporting date
    in its own month.
    """

    project_id: Text = required()
    period_month: Date = required()
    status_date: Date = required()
    currency: Text = optional()
    baseline_version: Text = optional()
    budget_at_completion_amount: Number = optional(ge=0)
    planned_value_amount: Number = optional(ge=0)
    earned_value_amount: Number = optional(ge=0)
    actual_cost_amount: Number = optional()
    percent_complete_pct: Number = optional(ge=0, le=100)
    reported_on_date: Date = optional()
    uncosted_seconds: Number = required()


@table(key=["item_id"], lake=MARTS)
class EstimateHistory(Contract):
    """One row per estimated item as it was known on the reporting date.

    Key: item_id. An item finished later is open here, without its actual.
    """

    item_id: Text = required()
    project_id: Text = optional()
    work_class: Text = optional()
    size: Number = optional()
    estimate_seconds: Number = required(ge=0)
    actual_seconds: Number = optional(ge=0)
    estimated_on_date: Date = optional()
    finished_on_date: Date = optional()
    state: Text = required(isin=["open", "finished", "cancelled"])
