"""Contracts of cost: time-phased budgets, commitments, postings, and the rates of hours and currencies."""

from __future__ import annotations

from pmo_analytics.contracts.base import (
    CURRENCY,
    EVENT,
    PERSONAL,
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
    currency: Text = required(str_matches=CURRENCY)
    is_capital: Flag = optional()


@table(key=["commitment_id"], clock=REGISTER, register=True)
class Commitment(Contract):
    """One row per purchase order or accrual not yet posted, and date the list speaks of.

    Key: commitment_id, status_date. A list holds what was open on its date:
    what a later list no longer has was posted or given up.
    """

    commitment_id: Text = required()
    status_date: Date = required()
    project_key: Text = optional()
    project_id: Text = optional()
    document_number: Text = optional()
    vendor: Text = optional()
    committed_on_date: Date = optional()
    due_date: Date = optional()
    amount: Number = required()
    currency: Text = required(str_matches=CURRENCY)
    kind: Text = required(isin=["commitment", "accrual"])


@table(
    key=["ledger_entry_id"],
    clock=EVENT,
    clock_column="posting_date",
    persons=["posted_by_id"],
    register=True,
    bulk=True,
)
class LedgerEntry(Contract):
    """One row per posting.

    Key: ledger_entry_id. Negative amounts are credits and corrections. The same
    posting may stand in three currencies, which are never added to each other.
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
    currency: Text = required(str_matches=CURRENCY)
    reporting_amount: Number = optional()
    reporting_currency: Text = optional(str_matches=CURRENCY)
    local_amount: Number = optional()
    local_currency: Text = optional(str_matches=CURRENCY)
    quantity: Number = optional()
    quantity_unit: Text = optional()
    partner: Text = optional()
    document_type: Text = optional()
    document_number: Text = optional()
    vendor: Text = optional()
    description: Text = optional()
    posted_by_id: Text = optional()
    custom: Text = optional()


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
    currency: Text = required(str_matches=CURRENCY)


@table(key=["currency", "to_currency", "rate_date"], clock=EVENT, clock_column="rate_date", register=True)
class ExchangeRate(Contract):
    """One row per currency, currency it is changed into and day.

    Key: currency, to_currency, rate_date.
    """

    currency: Text = required(str_matches=CURRENCY)
    to_currency: Text = required(str_matches=CURRENCY)
    rate_date: Date = required()
    rate: Number = required(gt=0)
