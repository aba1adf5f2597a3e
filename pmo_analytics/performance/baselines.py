"""Baselines kept apart: what each promised, and earned value against the one that was in force in each month.

A rebaseline erases variance: against the last plan a project looks as good as
that plan made it. So each month is held here against the baseline that was
approved by then, and every baseline is listed with what it changed. Source:
PMI's practice standard for earned value; GAO-16-89G on baseline control.

Worked example: a first plan of 100 until June, approved in January, gives way in
April to one of 130 until August. In March 30 % earns 30 of 100; in April, 30 %
earns 39 of 130. The second row says 30 more and 62 days later.
"""

from __future__ import annotations

import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Number, Text, checked, optional, required
from pmo_analytics.contracts.cost import Budget
from pmo_analytics.contracts.marts import PlannedEarnedActual as Pea
from pmo_analytics.contracts.portfolio import Project
from pmo_analytics.performance.earned_value import EarnedValue, earned_value

_BETWEEN = "\x1f"


class BaselineHistory(Contract):
    """One row per project and baseline known at the reporting date, in the order of their approval.

    Key: project_id, baseline_version. Changes are against the baseline before
    it, and missing for the first. `baseline_finish_date` is the last day of the
    last month with planned value.
    """

    project_id: Text = required()
    baseline_version: Text = required()
    baselined_on_date: Date = required()
    currency: Text = required()
    budget_at_completion_amount: Number = required(ge=0)
    baseline_finish_date: Date = required()
    budget_change_amount: Number = optional()
    finish_change_days: Number = optional()


def baseline_history(budget: pd.DataFrame, *, status_date: pd.Timestamp) -> DataFrame[BaselineHistory]:
    """What each baseline promised and changed, from the register `budget`, of those approved by `status_date`."""
    known = budget[budget[Budget.baselined_on_date] <= status_date]
    planned = known[known[Budget.planned_value_amount] > 0]
    keys = [Budget.project_id, Budget.baseline_version]
    rows = planned.groupby(keys, as_index=False).agg(
        baselined_on_date=(Budget.baselined_on_date, "max"),
        currency=(Budget.currency, "max"),
        budget_at_completion_amount=(Budget.planned_value_amount, "sum"),
        baseline_finish_date=(Budget.period_month, "max"),
    )
    rows[BaselineHistory.budget_at_completion_amount] = rows[BaselineHistory.budget_at_completion_amount].astype(float)
    rows[BaselineHistory.baseline_finish_date] += pd.offsets.MonthEnd(0)
    rows = rows.sort_values([Budget.project_id, Budget.baselined_on_date, Budget.baseline_version], ignore_index=True)
    by_project = rows.groupby(Budget.project_id)
    rows[BaselineHistory.budget_change_amount] = by_project[BaselineHistory.budget_at_completion_amount].diff()
    moved = by_project[BaselineHistory.baseline_finish_date].diff()
    rows[BaselineHistory.finish_change_days] = moved.dt.days.astype(float)
    return checked(BaselineHistory, rows.reindex(columns=list(BaselineHistory.to_schema().columns)))


def earned_value_as_baselined(
    planned_earned_actual: pd.DataFrame, budget: pd.DataFrame, *, status_date: pd.Timestamp
) -> DataFrame[EarnedValue]:
    """Earned value of each month against the baseline in force at its end, from the mart and the register `budget`.

    Months before the first approval are held against the first baseline.
    Projects without a budget by month are not in it.
    """
    history = baseline_history(budget, status_date=status_date)
    if history.empty:
        return checked(EarnedValue, pd.DataFrame(columns=list(EarnedValue.to_schema().columns)))
    is_past = planned_earned_actual[Pea.period_month] <= status_date
    courses = [
        _course(
            planned_earned_actual[is_past & (planned_earned_actual[Pea.project_id] == row.project_id)], plan, str(key)
        )
        for row in history.itertuples()
        for key, plan in [(f"{row.project_id}{_BETWEEN}{row.baseline_version}", _plan(budget, row))]
    ]
    whole = pd.concat(courses, ignore_index=True)
    nothing = pd.DataFrame({Project.project_id: pd.Series(dtype=str)})
    earned = earned_value(whole, nothing, status_date=status_date)
    names = earned[EarnedValue.project_id].str.split(_BETWEEN, n=1, expand=True)
    earned = earned.assign(**{EarnedValue.project_id: names[0], "version": names[1]})
    in_force = _in_force(earned[[EarnedValue.project_id, EarnedValue.status_date]].drop_duplicates(), history)
    keys = [EarnedValue.project_id, EarnedValue.status_date, "version"]
    kept = earned.merge(in_force, on=keys).sort_values([EarnedValue.project_id, EarnedValue.period_month])
    return checked(EarnedValue, kept.reindex(columns=list(EarnedValue.to_schema().columns)).reset_index(drop=True))


def _plan(budget: pd.DataFrame, baseline: object) -> pd.DataFrame:
    """The cumulative plan of one baseline by month."""
    is_of = (budget[Budget.project_id] == getattr(baseline, Budget.project_id)) & (
        budget[Budget.baseline_version] == getattr(baseline, Budget.baseline_version)
    )
    rows = budget[is_of].sort_values(Budget.period_month)
    cumulative = rows.groupby(Budget.period_month)[Budget.planned_value_amount].sum().astype(float).cumsum()
    months = pd.date_range(cumulative.index.min(), cumulative.index.max(), freq="MS")
    plan: pd.DataFrame = cumulative.reindex(months).ffill().rename_axis(Pea.period_month).reset_index()
    return plan


def _course(past: pd.DataFrame, plan: pd.DataFrame, key: str) -> pd.DataFrame:
    """The course of a project as the mart tells it, against one plan; months ahead carry planned value alone."""
    rows = past.drop(columns=[Pea.planned_value_amount]).merge(plan, on=Pea.period_month, how="outer")
    budget = float(plan[Pea.planned_value_amount].iloc[-1])
    is_beyond = rows[Pea.period_month] > plan[Pea.period_month].iloc[-1]
    rows[Pea.project_id] = key
    rows[Pea.status_date] = rows[Pea.status_date].fillna(rows[Pea.period_month] + pd.offsets.MonthEnd(0))
    rows[Pea.planned_value_amount] = rows[Pea.planned_value_amount].mask(is_beyond, budget)
    rows[Pea.budget_at_completion_amount] = budget
    rows[Pea.earned_value_amount] = rows[Pea.percent_complete_pct].astype(float) * budget / 100
    rows[Pea.uncosted_seconds] = rows[Pea.uncosted_seconds].fillna(0.0)
    return rows


def _in_force(months: pd.DataFrame, history: pd.DataFrame) -> pd.DataFrame:
    """The version in force at each month's end: the last approved by then, or else the first."""
    versions = history.rename(columns={BaselineHistory.baseline_version: "version"})
    pairs = months.merge(versions[[EarnedValue.project_id, "version", Budget.baselined_on_date]], on=Budget.project_id)
    first = pairs.groupby(Budget.project_id)[Budget.baselined_on_date].transform("min")
    is_known = (pairs[Budget.baselined_on_date] <= pairs[EarnedValue.status_date]) | (
        pairs[Budget.baselined_on_date] == first
    )
    ordered = pairs[is_known].sort_values([Budget.baselined_on_date, "version"])
    keys = [EarnedValue.project_id, EarnedValue.status_date]
    return ordered.groupby(keys, as_index=False).tail(1)[[*keys, "version"]]
