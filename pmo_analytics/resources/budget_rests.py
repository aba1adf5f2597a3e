"""What is to come of budgets: at completion by earned value's estimate, and a year's among its kinds of expenditure.

Source: the estimate at completion less the actual cost (ETC, PMI), under the
assumption that the record of such estimates lets be shown: the one forecast at
completion that all pages show, which comes from another domain as a frame. The
split by kind is this project's own rule.

Worked example: a project has cost 50 and is estimated at 110 at completion, with
a P80 of 130: 60 are to come, at P80 80. Another has no plan: it has no estimate,
and the reason says so.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Number, Text, checked, optional, required
from pmo_analytics.contracts.budget_marts import BudgetByProjectYear as Year
from pmo_analytics.contracts.completion import CompletionEstimate as Estimate
from pmo_analytics.contracts.marts import PlannedEarnedActual as Pea
from pmo_analytics.resources.budget_amounts import amount_of, units
from pmo_analytics.resources.budget_forecast import YearEndForecast


class EstimateToComplete(Contract):
    """One row per project with a plan, a report or a cost: what is to come until it is complete.

    Key: project_id. Missing where `reason` says why; `cost_assumption` is the
    one about the rest that the estimate makes. P80 stands where it has a record.
    """

    project_id: Text = required()
    currency: Text = optional()
    estimate_to_complete_amount: Number = optional(ge=0)
    p80_amount: Number = optional(ge=0)
    cost_assumption: Text = optional()
    reason: Text = required()


def estimate_to_complete(
    planned_earned_actual: pd.DataFrame, completion_outlook: pd.DataFrame, *, status_date: pd.Timestamp
) -> DataFrame[EstimateToComplete]:
    """What is to come of each project of the mart: the estimate that is shown less the cost it was made from.

    `completion_outlook` is made of all projects, whose record decides what is
    shown; of each the last month up to the reporting date counts.
    """
    past = planned_earned_actual[planned_earned_actual[Pea.period_month] <= status_date]
    last = past.sort_values(Pea.period_month).groupby(Pea.project_id, as_index=False).tail(1)
    outlook = completion_outlook[completion_outlook[Estimate.period_month] <= status_date]
    now = outlook.sort_values(Estimate.period_month).groupby(Estimate.project_id, as_index=False).tail(1)
    told = {"cost": Estimate.actual_cost_amount, "estimate": Estimate.estimate_at_completion_amount,
            "high": Estimate.p80_amount, "assumption": Estimate.cost_assumption}  # fmt: skip
    named = now[[Estimate.project_id, *told.values()]].rename(columns={column: name for name, column in told.items()})
    rows = last.merge(named, on=Pea.project_id, how="left").sort_values(Pea.project_id, ignore_index=True)
    spent, estimate, high = (rows[name].astype(float) for name in ("cost", "estimate", "high"))
    reasons = [
        (rows[Pea.budget_at_completion_amount].isna(), "no budget is known"),
        (rows[Pea.planned_value_amount].isna(), "its budget is not planned by month"),
        (rows[Pea.earned_value_amount].isna(), "no progress is reported"),
        (rows[Pea.earned_value_amount] == 0, "nothing is earned yet"),
        (rows[Pea.actual_cost_amount].isna(), "no cost is known"),
        ((estimate - spent).isna(), "no estimate at completion is known"),
    ]
    why = np.full(len(rows), "", dtype=object)
    for is_so, reason in reversed(reasons):
        why[is_so.to_numpy(dtype=bool)] = reason
    is_known = why == ""
    found = rows.assign(
        estimate_to_complete_amount=(estimate - spent).clip(lower=0).round(4).where(is_known),
        p80_amount=(high - spent).clip(lower=0).round(4).where(is_known),
        cost_assumption=rows["assumption"].where(is_known),
        reason=why,
    )
    return checked(EstimateToComplete, found[list(EstimateToComplete.to_schema().columns)])


def split_by_plan(rows: pd.DataFrame, forecast: Mapping[str, pd.Series], is_asked: pd.Series) -> pd.Series:
    """What each line of a project's year has to go beyond its actual, accrual and orders, 0 where nothing is asked.

    `forecast` holds by row the cost of the project's whole year. Its lines
    share what is to go as the plan of the months to come does, or else the plan
    of the year.
    """
    expected = forecast[YearEndForecast.forecast_spend_amount]
    shares = pd.Series(0.0, index=rows.index)
    owed = rows[Year.actual_amount] + rows[Year.accrual_amount] + rows[Year.commitment_amount]
    asked = rows[is_asked]
    for _, of_year in asked.groupby([Year.project_id, Year.fiscal_year, Year.currency]):
        at = of_year.index
        left = max(0, units(expected[at[0]]) - sum(units(each) for each in owed[at]))
        planned = of_year[Year.budget_amount] - of_year[Year.budget_to_date_amount]
        weights = planned if planned.sum() > 0 else of_year[Year.budget_amount]
        ends = (weights.cumsum() / weights.sum() * left).round().astype("int64").to_list()
        parts = [end - begin for begin, end in zip([0, *ends], ends, strict=False)]
        shares.loc[at] = np.array([amount_of(part) for part in parts])
    return shares
