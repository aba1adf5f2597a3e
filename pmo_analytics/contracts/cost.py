"""Contracts of cost: time-phased budgets, hourly rates and postings."""

from __future__ import annotations

from pmo_analytics.contracts.base import EVENT, PERSONAL, Contract, Date, Flag, Number, Text, optional, required, table


@table(
    key=["project_id", "baseline_version", "period_month"],
    clock=EVENT,
    clock_column="baselined_on_date",
    register=True,
)
class Budget(Contract):
    """One row per project, baseline version and month of the time-phased plan.

    Key: project_id, baseline_version, period_month. Known from the day the
    baseline was approved.
    """

    project_id: Text = required()
    baseline_version: Text = required()
    period_month: Date = required()
    baselined_on_date: Date = required()
    planned_value_amount: Number = required(ge=0)
    currency: Text = required(str_matches=r"^(?:[A-Z]{3})$")
    is_capital: Flag = optional()


@table(
    key=["role_or_person_id", "valid_from_date"],
    lake=PERSONAL,
    clock=EVENT,
    clock_column="valid_from_date",
    register=True,
)
class Rate(Contract):
    """One row per role or person and first day of an hourly rate.

    Key: role_or_person_id, valid_from_date. A person's own rate goes before
    the role's.
    """

    role_or_person_id: Text = required()
    valid_from_date: Date = required()
    hourly_amount: Number = required(ge=0)
    currency: Text = required(str_matches=r"^(?:[A-Z]{3})$")


@table(key=["ledger_entry_id"], clock=EVENT, clock_column="posting_date", persons=["posted_by_id"])
class LedgerEntry(Contract):
    """One row per posting of a ledger.

    Key: ledger_entry_id. A posting may stand in three currencies; `amount` and
    `currency` are those it was made in. Credits are negative.
    """

    ledger_entry_id: Text = required()
    project_key: Text = optional()
    project_id: Text = optional()
    wbs_element: Text = optional()
    cost_element: Text = optional()
    account: Text = optional()
    posting_date: Date = required()
    document_date: Date = optional()
    fiscal_year: Text = optional()
    period: Text = optional()
    amount: Number = required()
    currency: Text = required(str_matches=r"^(?:[A-Z]{3})$")
    local_amount: Number = optional()
    local_currency: Text = optional(str_matches=r"^(?:[A-Z]{3})$")
    reporting_amount: Number = optional()
    reporting_currency: Text = optional(str_matches=r"^(?:[A-Z]{3})$")
    document_type: Text = optional()
    document_number: Text = optional()
    vendor: Text = optional()
    partner: Text = optional()
    description: Text = optional()
    posted_by_id: Text = optional()
    custom: Text = optional()
