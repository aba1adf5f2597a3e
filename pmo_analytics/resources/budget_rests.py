"""What is to come of budgets: at completion by earned value's estimate, and a year's among its kinds of expenditure.

Source: the estimate at completion less the actual cost (ETC, PMI), under the
assumption that the record of such estimates lets be shown; it comes from another
domain, as a frame. The split by kind is this project's own rule.

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
from pmo_analytics.contracts.completion import CompletionEstimate
from pmo_analytics.contracts.marts import PlannedEarnedActual as Pea
from pmo_analytics.resources.budget_amounts import amount_of, units
from pmo_analytics.resources.budget_forecast import YearEndForecast


class EstimateToComplete(Contract):
    """One row per project with a plan, a report or a cost: what is to come until it is complete.

    Key: project_id. Missing where `reason` says why; `assumption` is the one
    about the rest that the estimate makes. P80 stands where it has a record.
    """

    project_id: Text = required()
    currency: Text = optional()
    estimate_to_complete_amount: Number = optional(ge=0)
    p80_amount: Number = optional(ge=0)
    assumption: Text = optional()
    reason: Text = required()


def estimate_to_complete(
    planned_earned_actual: pd.DataFrame, cost_at_completion: pd.DataFrame, *, status_date: pd.Timestamp
) -> DataFrame[EstimateToComplete]:
    """What is to come of each project of the mart: the estimate that is shown less the cost it was made from.

    `cost_at_completion` is a frame of all running projects, made on the same date.
    """
    past = planned_earned_actual[planned_earned_actual[Pea.period_month] <= status_date]
    last = past.sort_values(Pea.period_month).groupby(Pea.project_id, as_index=False).tail(1)
    shown = cost_at_completion[cost_at_completion[CompletionEstimate.is_shown].astype(bool)]
    names = [
        CompletionEstimate.project_id, CompletionEstimate.assumption, CompletionEstimate.estimate_at_completion_amount,
        CompletionEstimate.p80_amount,
    ]  # fmt: skip
    rows = last.merge(shown[names], on=Pea.project_id, how="left").sort_values(Pea.project_id, ignore_index=True)
    spent = rows[Pea.actual_cost_amount].astype(float)
    estimate = rows[CompletionEstimate.estimate_at_completion_amount].astype(float)
    reasons = [
        (rows[Pea.budget_at_completion_amount].isna(), "no budget is known"),
        (rows[Pea.planned_value_amount].isna(), "its budget is not planned by month"),
        (rows[Pea.earned_value_amount].isna(), "no progress is reported"),
        (rows[Pea.earned_value_amount] == 0, "nothing is earned yet"),
        (spent.isna(), "no cost is known"),
        (estimate.isna(), "no estimate at completion is known"),
    ]
    told = np.full(len(rows), "", dtype=object)
    for is_so, reason in reversed(reasons):
        told[is_so.to_numpy(dtype=bool)] = reason
    is_known = told == ""
    rows = rows.assign(
        estimate_to_complete_amount=(estimate - spent).clip(lower=0).round(4).where(is_known),
        p80_amount=(rows[CompletionEstimate.p80_amount].astype(float) - spent).clip(lower=0).round(4).where(is_known),
        assumption=rows[CompletionEstimate.assumption].where(is_known),
        reason=told,
    )
    return checked(EstimateToComplete, rows[list(EstimateToComplete.to_schema().columns)])


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
