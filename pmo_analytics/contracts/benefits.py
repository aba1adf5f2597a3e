"""Contracts of benefits: what is to be gained, what was, and what leads to what."""

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


@table(key=["benefit_id"], clock=REGISTER, persons=["owner_id"], register=True)
class Benefit(Contract):
    """One row per benefit and date the register speaks of.

    Key: benefit_id, status_date.
    """

    benefit_id: Text = required()
    status_date: Date = required()
    project_id: Text = optional()
    name: Text = required()
    owner_id: Text = optional()
    measure: Text = optional()
    is_financial: Flag = optional()
    is_dis_benefit: Flag = optional()


@table(
    key=["benefit_id", "period_month", "kind", "status_date"], clock=EVENT, clock_column="status_date", register=True
)
class BenefitValue(Contract):
    """One row per benefit, month, kind of value and date the value was stated for.

    Key: benefit_id, period_month, kind, status_date. A value without a currency
    is in the unit of the benefit's measure.
    """

    benefit_id: Text = required()
    period_month: Date = required()
    kind: Text = required(isin=["planned", "forecast", "realised"])
    status_date: Date = required()
    value_amount: Number = required()
    currency: Text = optional(str_matches=CURRENCY)


@table(key=["benefit_id", "other_benefit_id"], clock=REGISTER, register=True)
class BenefitLink(Contract):
    """One row per benefit, benefit it leads to and date the map speaks of.

    Key: benefit_id, other_benefit_id, status_date.
    """

    benefit_id: Text = required()
    other_benefit_id: Text = required()
    status_date: Date = required()
