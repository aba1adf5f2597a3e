"""Earned value of all projects together, by currency and month.

Indices are ratios of sums, so that a large project weighs more than a small
one; costs at completion add up, since each is the one forecast that
`completion_outlook` shows. Their P80s do not. Source: PMI's practice standard
for earned value management.

Worked example: one project earned 40 for 50 and comes to 110, another 90 for 80
and comes to 150, each of a budget in euros of 100 and 160. Together CPI is
130 / 130 = 1.00, and 260 is what both come to, as their budgets do.
"""

from __future__ import annotations

import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Number, Text, Whole, checked, optional, required
from pmo_analytics.performance.completion_outlook import CompletionOutlook
from pmo_analytics.performance.earned_value import EarnedValue


class PortfolioEarnedValue(Contract):
    """One row per currency and month: sums over the projects that have plan, progress and cost.

    Key: currency, period_month. Indices are ratios of sums, never means of
    ratios. The estimate at completion is missing where one of these projects
    has none. Schedule variance in time is not summed: projects have clocks of
    their own. Budgets are the last ones, estimates were made against those then in force.
    """

    currency: Text = required()
    period_month: Date = required()
    budget_at_completion_amount: Number = required()
    planned_value_amount: Number = required()
    earned_value_amount: Number = required()
    actual_cost_amount: Number = required()
    cost_performance_index: Number = optional()
    schedule_performance_index: Number = optional()
    estimate_at_completion_amount: Number = optional()
    projects_counted: Whole = required()
    projects_left_out: Whole = required()


_PARTS = [EarnedValue.planned_value_amount, EarnedValue.earned_value_amount, EarnedValue.actual_cost_amount]
_SUMS = [EarnedValue.budget_at_completion_amount, *_PARTS]


def portfolio_earned_value(
    earned_value: pd.DataFrame, completion_outlook: pd.DataFrame
) -> DataFrame[PortfolioEarnedValue]:
    """`EarnedValue` rolled up by currency and month as ratios of sums, with what it all comes to.

    Only project months with plan, progress and cost are summed; the others
    with a budget are counted in `projects_left_out`. A project whose plan has
    not begun or that has no currency is in neither.
    """
    keys = [EarnedValue.project_id, EarnedValue.period_month]
    estimate = CompletionOutlook.estimate_at_completion_amount
    known = earned_value[earned_value[EarnedValue.currency].notna()]
    known = known.merge(completion_outlook[[*keys, estimate]], on=keys, how="left")
    known["is_counted"] = known[_PARTS].notna().all(axis="columns")
    known["is_left_out"] = ~known["is_counted"]
    known["lacks_estimate"] = known["is_counted"] & known[estimate].isna()
    for column in [*_SUMS, estimate]:
        known[column] = known[column].where(known["is_counted"], 0.0)
    flags = ["is_counted", "is_left_out", "lacks_estimate"]
    grouped = known.groupby([EarnedValue.currency, EarnedValue.period_month], as_index=False)[
        [*_SUMS, estimate, *flags]
    ].sum()
    grouped[estimate] = grouped[estimate].mask(grouped["lacks_estimate"] > 0)
    grouped = grouped.rename(columns={"is_counted": "projects_counted", "is_left_out": "projects_left_out"})
    earned, spent, planned = (
        grouped[name]
        for name in (EarnedValue.earned_value_amount, EarnedValue.actual_cost_amount, EarnedValue.planned_value_amount)
    )
    grouped[PortfolioEarnedValue.cost_performance_index] = earned / spent.where(spent != 0)
    grouped[PortfolioEarnedValue.schedule_performance_index] = earned / planned.where(planned != 0)
    return checked(PortfolioEarnedValue, grouped.reindex(columns=list(PortfolioEarnedValue.to_schema().columns)))
