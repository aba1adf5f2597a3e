"""Planned, earned and actual cost of several projects together, cumulative by month: the S-curve.

The three lines are sums over the same projects, or the gaps between them would
mean nothing. Source: PMI's performance measurement baseline and its S-curve.

Worked example: project A plans 10 and 20, earned 8 and spent 9 in its first
month, which is the status date; project B plans 5, 5 and has no cost. The curve
has A alone: PV 10, 20; EV 8; AC 9; one project counted, one left out.
"""

from __future__ import annotations

import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.marts import PlannedEarnedActual as Pea


class SCurve(Contract):
    """One row per month of the projects' common course in one currency, cumulative.

    Earned value and cost are missing after the status date. `projects_left_out`
    lack a plan, progress or cost, or count in another currency.
    """

    currency: Text = required()
    period_month: Date = required()
    budget_at_completion_amount: Number = required()
    planned_value_amount: Number = required()
    earned_value_amount: Number = optional()
    actual_cost_amount: Number = optional()
    projects_counted: Whole = required()
    projects_left_out: Whole = required()


def main_currency(planned_earned_actual: pd.DataFrame) -> str | None:
    """The currency that most projects are planned in, the first by name where two tie; None where none is known."""
    known = planned_earned_actual[planned_earned_actual[Pea.currency].notna()]
    counts = known.groupby(Pea.currency)[Pea.project_id].nunique()
    return None if counts.empty else str(counts.sort_index().idxmax())


def s_curve(planned_earned_actual: pd.DataFrame, *, status_date: pd.Timestamp) -> DataFrame[SCurve]:
    """The S-curve of the projects that have plan, progress and cost in the main currency.

    Takes the mart `planned_earned_actual`. A project counts 0 before its first
    figure and keeps its last one after its plan's end. Empty where no project
    has all three.
    """
    currency = main_currency(planned_earned_actual)
    parts = [Pea.planned_value_amount, Pea.earned_value_amount, Pea.actual_cost_amount]
    past = planned_earned_actual[planned_earned_actual[Pea.period_month] <= status_date]
    last = past.sort_values(Pea.period_month).groupby(Pea.project_id).tail(1)
    whole = last[last[parts].notna().all(axis="columns") & (last[Pea.currency] == currency)]
    if whole.empty:
        return checked(SCurve, pd.DataFrame(columns=list(SCurve.to_schema().columns)))
    rows = planned_earned_actual[planned_earned_actual[Pea.project_id].isin(whole[Pea.project_id])]
    months = pd.date_range(rows[Pea.period_month].min(), rows[Pea.period_month].max(), freq="MS", unit="ns")
    curve = pd.DataFrame({SCurve.currency: currency, SCurve.period_month: months})
    curve[SCurve.budget_at_completion_amount] = float(whole[Pea.budget_at_completion_amount].sum())
    for column in parts:
        by_project = rows.pivot(index=Pea.period_month, columns=Pea.project_id, values=column)  # noqa: PD010
        summed = by_project.reindex(months).ffill().fillna(0.0).sum(axis="columns")
        curve[column] = summed.to_numpy()
    is_future = curve[SCurve.period_month] > status_date
    for column in parts[1:]:
        curve[column] = curve[column].mask(is_future)
    curve[SCurve.projects_counted] = len(whole)
    curve[SCurve.projects_left_out] = planned_earned_actual[Pea.project_id].nunique() - len(whole)
    ordered = curve.reindex(columns=list(SCurve.to_schema().columns))
    return checked(SCurve, ordered)
