"""Contracts of the marts: what each SQL roll-up promises."""

from __future__ import annotations

from pmo_analytics.contracts.base import MARTS, Contract, Date, Flag, Number, Text, Whole, optional, required, table


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
    `actual_source` says what the actual rests on: the register of estimates
    with outcomes, or for a finished Jira issue timesheets or Jira's time spent.
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
    actual_source: Text = required(isin=["register", "timesheets", "time_spent"])


@table(key=["project_id", "period_month", "cost_element", "currency"], lake=MARTS)
class LedgerByProjectMonth(Contract):
    """One row per project, month of posting, cost element and currency of the ledger.

    Key: project_id, period_month, cost_element, currency. Each posting counts
    once, in the currency of the timesheets' cost where one of its own, local or
    reporting amount is in it, else in its own; nothing is converted. `is_labour`
    is empty where `pmo.toml` does not say which cost elements are labour.
    """

    project_id: Text = optional()
    period_month: Date = required()
    cost_element: Text = optional()
    currency: Text = required()
    is_labour: Flag = optional()
    ledger_amount: Number = required()
    posting_count: Whole = required(ge=1)


@table(key=["project_id", "period_month", "currency"], lake=MARTS)
class TimesheetLedgerReconciliation(Contract):
    """One row per project, month and currency with timesheet cost at dated rates or postings.

    Key: project_id, period_month, currency. Time without a rate stands in a row
    without a currency. `difference_amount` is timesheet cost less ledger labour;
    it, labour and other cost are empty where `pmo.toml` does not say which cost
    elements are labour. The ledger's month is that of the posting date.
    """

    project_id: Text = optional()
    period_month: Date = required()
    currency: Text = optional()
    cost_amount: Number = required()
    costed_seconds: Number = required()
    uncosted_seconds: Number = required()
    ledger_amount: Number = required()
    labour_amount: Number = optional()
    other_amount: Number = optional()
    difference_amount: Number = optional()
    posting_count: Whole = required(ge=0)


@table(key=["issue_key"], lake=MARTS)
class IssueTimeReconciliation(Contract):
    """One row per issue that timesheet entries name or that Jira holds time spent on.

    Key: issue_key. `state` says what is known of the issue at the reporting
    date: known, withheld (changed later, and no history tells what it was),
    unknown (its Jira project is loaded, it is not) or not_loaded (nothing of
    its Jira project is). Time spent is empty where the export states none.
    """

    issue_key: Text = required()
    project_id: Text = optional()
    state: Text = required(isin=["known", "withheld", "unknown", "not_loaded"])
    time_spent_seconds: Number = optional()
    duration_seconds: Number = required()
    difference_seconds: Number = required()
    entry_count: Whole = required(ge=0)


@table(key=["person_id", "period_month"], lake=MARTS)
class CalendarReconciliation(Contract):
    """One row per person and month with time booked or available.

    Key: person_id, period_month. What is available, and with it the difference,
    is empty for a person or month that no register or calendar knows.
    """

    person_id: Text = required()
    period_month: Date = required()
    duration_seconds: Number = required()
    available_seconds: Number = optional(ge=0)
    difference_seconds: Number = optional()


@table(key=["source", "table_name", "external_key", "currency"], lake=MARTS)
class UnmappedCode(Contract):
    """One row per source, table, project code that no register or alias knows, and currency of its money.

    Key: source, table_name, external_key, currency. An empty external_key
    gathers the rows that name no project at all. `name` is what the source calls
    the project beside its code, where an export says so.
    """

    source: Text = required()
    table_name: Text = required(isin=["commitment", "issue", "ledger_entry", "timesheet_entry"])
    external_key: Text = optional()
    name: Text = optional()
    row_count: Whole = required(ge=1)
    duration_seconds: Number = optional()
    amount: Number = optional()
    currency: Text = optional()
    first_month: Date = required()
    last_month: Date = required()


@table(key=["issue_key", "position"], lake=MARTS)
class IssueStatusHistory(Contract):
    """One row per issue and stay in a status, up to the reporting date.

    Key: issue_key, position. The stay that an issue is in has no `left_at` and
    lasts to the end of the reporting date. `entered_at` and the duration are
    empty where no history tells when the stay began.
    """

    issue_key: Text = required()
    position: Whole = required(ge=1)
    project_id: Text = optional()
    status: Text = required()
    status_category: Text = optional(isin=["to_do", "in_progress", "done"])
    entered_at: Date = optional()
    left_at: Date = optional()
    duration_seconds: Number = optional(ge=0)


@table(key=["project_id", "start_date"], lake=MARTS)
class OpenIssuesByProject(Contract):
    """One row per project and span of days at whose ends the same number of issues was open.

    Key: project_id, start_date. An issue is open until it has a resolution; the
    last span ends on the reporting date. Issues that are withheld are in no
    number.
    """

    project_id: Text = optional()
    start_date: Date = required()
    end_date: Date = required()
    open_count: Whole = required(ge=0)


@table(key=["project_id", "milestone_id", "status_date"], lake=MARTS)
class MilestoneSlip(Contract):
    """One row per project, milestone and report of it up to the reporting date.

    Key: project_id, milestone_id, status_date. Slip is in calendar days, later
    is positive, of the day reached or else the forecast; empty where a report
    states neither, or there is nothing to hold it against.
    """

    project_id: Text = required()
    milestone_id: Text = required()
    status_date: Date = required()
    name: Text = optional()
    baseline_date: Date = optional()
    first_baseline_date: Date = optional()
    forecast_date: Date = optional()
    actual_date: Date = optional()
    slip_days: Number = optional()
    slip_from_first_baseline_days: Number = optional()
    slip_since_report_days: Number = optional()


@table(key=["benefit_id", "period_month", "currency"], lake=MARTS)
class BenefitByMonth(Contract):
    """One row per benefit, month and currency, or the unit of its measure where there is none.

    Key: benefit_id, period_month, currency. The four amounts are views of one
    value, never added together; one is empty where nothing is stated. The
    baseline is the plan as it was first stated, the plan as it was last.
    """

    benefit_id: Text = required()
    project_id: Text = optional()
    period_month: Date = required()
    currency: Text = optional()
    baseline_amount: Number = optional()
    planned_amount: Number = optional()
    forecast_amount: Number = optional()
    realised_amount: Number = optional()
    is_financial: Flag = optional()
    is_dis_benefit: Flag = optional()


@table(key=["skill_id", "level", "period_month"], lake=MARTS)
class CapacityBySkillMonth(Contract):
    """One row per skill, assessed level and month of the working calendar, months to come included.

    Key: skill_id, level, period_month. Levels of a skill may be added, skills
    may not: a person's time is there for each skill they have.
    """

    skill_id: Text = required()
    level: Whole = required()
    period_month: Date = required()
    person_count: Whole = required(ge=1)
    capacity_seconds: Number = required(ge=0)


@table(key=["skill_id", "level", "period_month"], lake=MARTS)
class DemandBySkillMonth(Contract):
    """One row per skill, level asked for and month, as last planned by the reporting date.

    Key: skill_id, level, period_month. An empty level gathers what any level
    can do.
    """

    skill_id: Text = required()
    level: Whole = optional()
    period_month: Date = required()
    project_count: Whole = required(ge=1)
    demand_seconds: Number = required(ge=0)
    expected_seconds: Number = required(ge=0)


@table(key=["project_id", "period_month", "currency"], lake=MARTS)
class CostSourcesByProjectMonth(Contract):
    """One row per project, month and currency of what each record of cost states.

    Key: project_id, period_month, currency. Ledger, accruals and commitments may
    be added; timesheet cost is the ledger's labour once more and is added to
    none of them.
    """

    project_id: Text = optional()
    period_month: Date = required()
    currency: Text = required()
    timesheet_amount: Number = required()
    ledger_amount: Number = required()
    accrual_amount: Number = required()
    commitment_amount: Number = required()
