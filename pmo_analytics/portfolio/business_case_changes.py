"""Versions of business cases: what each changed, and which one a board decided on.

The version that a board decided on is the last one handed in by the day of its
last decision. Source: by the usual definition of a change log; PRINCE2 keeps the
business case as a product with versions.

Worked example: version 1 of A costs 100 and is worth 300, version 2, handed in
after the board approved version 1, costs 150: the cost rose by 50, by half, since the
decision.
"""

from __future__ import annotations

import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Flag, Number, Text, checked, optional, required
from pmo_analytics.contracts.selection import BusinessCase, PortfolioDecision

_AMOUNTS = ("cost_amount", "value_amount", "benefit_amount")


class BusinessCaseChange(Contract):
    """One row per proposal and version of its business case, in the order in which they were handed in.

    Key: proposal_id, version. Changes are against the version before, in its
    currency, and missing where the currency is another one. `cost_growth` is the
    cost over that of the version that was decided on.
    """

    proposal_id: Text = required()
    version: Text = required()
    submitted_on_date: Date = optional()
    currency: Text = optional()
    cost_amount: Number = optional()
    value_amount: Number = optional()
    benefit_amount: Number = optional()
    cost_change_amount: Number = optional()
    value_change_amount: Number = optional()
    is_decided_on: Flag = required()
    cost_growth: Number = optional()


def business_case_changes(
    business_case: pd.DataFrame, portfolio_decision: pd.DataFrame
) -> DataFrame[BusinessCaseChange]:
    """Versions by proposal, from the registers of business cases and of boards' decisions."""
    proposal, day = BusinessCase.proposal_id, BusinessCase.submitted_on_date
    rows = business_case.sort_values([proposal, day, BusinessCase.version], ignore_index=True)
    before = rows.groupby(proposal)[[*_AMOUNTS, BusinessCase.currency]].shift()
    is_same = rows[BusinessCase.currency] == before[BusinessCase.currency]
    for name in ("cost", "value"):
        change = rows[f"{name}_amount"] - before[f"{name}_amount"]
        rows[f"{name}_change_amount"] = change.where(is_same)
    last = portfolio_decision.groupby(PortfolioDecision.subject_id)[PortfolioDecision.decided_on_date].max()
    decided_on = pd.to_datetime(rows[proposal].map(last.to_dict()))
    is_before = rows[day].notna() & (rows[day] <= decided_on)
    rows[BusinessCaseChange.is_decided_on] = is_before & ~rows[is_before].duplicated(proposal, keep="last").reindex(
        rows.index, fill_value=True
    )
    base = rows[rows[BusinessCaseChange.is_decided_on]].set_index(proposal)
    cost = rows[proposal].map(base[BusinessCase.cost_amount].to_dict()).astype(float)
    is_comparable = (rows[proposal].map(base[BusinessCase.currency].to_dict()) == rows[BusinessCase.currency]) & (
        cost > 0
    )
    rows[BusinessCaseChange.cost_growth] = (rows[BusinessCase.cost_amount] / cost).where(is_comparable)
    return checked(BusinessCaseChange, rows.reindex(columns=list(BusinessCaseChange.to_schema().columns)))
