"""Contracts of the marts of budgets: what is planned, spent, accrued and ordered, by month and by fiscal year."""

from __future__ import annotations

from pmo_analytics.contracts.base import (
    CURRENCY,
    MARTS,
    Contract,
    Date,
    Flag,
    Number,
    Text,
    Whole,
    optional,
    required,
    table,
)

LEDGER, TIMESHEETS, BOTH = "ledger", "timesheets", "ledger and timesheets"


@table(key=["commitment_id"], lake=MARTS)
class OpenCommitment(Contract):
    """One row per order or accrual that is open on the reporting date, by its system's latest list.

    Key: commitment_id. `amount` is as listed. `received_amount` is the part of
    an order that accruals under its document number, in its project and
    currency, hold. `open_amount` is what counts: the amount, less the part
    received where `pmo.toml` says that orders are listed gross.
    """

    commitment_id: Text = required()
    project_id: Text = optional()
    kind: Text = required(isin=["commitment", "accrual"])
    document_number: Text = optional()
    vendor: Text = optional()
    committed_on_date: Date = optional()
    due_date: Date = optional()
    status_date: Date = required()
    currency: Text = required(str_matches=CURRENCY)
    amount: Number = required()
    received_amount: Number = required(ge=0)
    open_amount: Number = required()


@table(key=["project_id", "period_month", "currency", "is_capital"], lake=MARTS)
class BudgetInForce(Contract):
    """One row per project, month, currency and kind of expenditure of the baseline approved last.

    Key: project_id, period_month, currency, is_capital.
    """

    project_id: Text = required()
    period_month: Date = required()
    currency: Text = required(str_matches=CURRENCY)
    is_capital: Flag = optional()
    baseline_version: Text = required()
    baselined_on_date: Date = required()
    budget_amount: Number = required(ge=0)


@table(key=["project_id"], lake=MARTS)
class ProjectCurrency(Contract):
    """One row per project: the currency that its money is told in, and the kind of its expenditure.

    Key: project_id. The currency is missing where the budget has several and
    the register none; the kind where months differ or do not say it.
    """

    project_id: Text = required()
    currency: Text = optional()
    is_capital: Flag = optional()
    has_budget_by_month: Flag = required()


@table(key=["project_id", "period_month", "currency"], lake=MARTS)
class SpendByProjectMonth(Contract):
    """One row per project, month and currency of what was spent, by the ledger or by timesheets at dated rates.

    Key: project_id, period_month, currency. `actual_amount` is the ledger's,
    and timesheets' in months that it does not cover or where it holds none of
    the project's labour; `ledger_amount` and `timesheet_amount` are each
    record's whole. No source stands where timesheets do not count and the ledger
    has nothing in their currency. Time without a rate, where timesheets count,
    stands in a row without a currency.
    """

    project_id: Text = optional()
    period_month: Date = required()
    currency: Text = optional()
    actual_amount: Number = required()
    spent_source: Text = optional(isin=[LEDGER, TIMESHEETS, BOTH])
    ledger_amount: Number = required()
    timesheet_amount: Number = required()
    uncosted_seconds: Number = required()
    posting_count: Whole = required(ge=0)


@table(key=["project_id", "period_month", "currency", "is_capital"], lake=MARTS)
class BudgetByProjectMonth(Contract):
    """One row per project, month, currency and kind of expenditure: budget, actual, accrued, ordered.

    Key: project_id, period_month, currency, is_capital. A row without a month
    gathers orders without a due date, and a budget stated in one sum; a row
    without a project gathers what no register or alias maps. `overdue_amount`
    is the part of the orders that was due before the reporting date,
    `status_date` the earliest list that accruals and orders are of. Amounts are
    in `currency`; where that is not the project's, `to_currency` names the
    project's, and `rate` the last one known, if any.
    """

    project_id: Text = optional()
    fiscal_year: Text = optional()
    fiscal_year_start_date: Date = optional()
    period_month: Date = optional()
    currency: Text = optional()
    is_capital: Flag = optional()
    baseline_version: Text = optional()
    budget_amount: Number = required(ge=0)
    actual_amount: Number = required()
    spent_source: Text = optional(isin=[LEDGER, TIMESHEETS, BOTH])
    ledger_amount: Number = required()
    timesheet_amount: Number = required()
    uncosted_seconds: Number = required()
    accrual_amount: Number = required()
    commitment_amount: Number = required()
    received_amount: Number = required()
    overdue_amount: Number = required()
    status_date: Date = optional()
    to_currency: Text = optional()
    rate: Number = optional(gt=0)
    rate_date: Date = optional()


@table(key=["project_id", "fiscal_year", "currency", "is_capital"], lake=MARTS)
class BudgetByProjectYear(Contract):
    """One row per project, fiscal year, currency and kind of expenditure, what a dated rate converts among it.

    Key: project_id, fiscal_year, currency, is_capital. A row without a year
    gathers what has no month. `budget_to_date_amount` is that of the months
    begun by the reporting date. `converted_amount` is what of actual, accrual
    and commitment came from another currency. A row with `to_currency` is money
    for which no rate into the project's currency is known: it is in no other sum.
    """

    project_id: Text = optional()
    fiscal_year: Text = optional()
    fiscal_year_start_date: Date = optional()
    currency: Text = optional()
    is_capital: Flag = optional()
    budget_amount: Number = required(ge=0)
    budget_to_date_amount: Number = required(ge=0)
    actual_amount: Number = required()
    accrual_amount: Number = required()
    commitment_amount: Number = required()
    received_amount: Number = required()
    overdue_amount: Number = required()
    converted_amount: Number = required()
    uncosted_seconds: Number = required()
    status_date: Date = optional()
    to_currency: Text = optional()
