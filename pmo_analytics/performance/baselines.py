"""Baselines kept apart: what each promised, and earned value against the one that was in force in each month.

A rebaseline erases variance: against the last plan a project looks as good as
that plan made it. So each month is held here against the baseline that was
approved by then, and every baseline is listed with what it changed. Source:
PMI's practice standard for earned value; GAO-16-89G on baseline control.

Worked example: a first plan of 100 until June, approved in January, gives way in
April to one of 130 until August. In March 30 % earns 30 of 100; in April, 30 %
earns 39 of 130. The second row says 30 more and 62 days later; so does the project's one
row, of one change and 30 % more.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.cost import Budget
from pmo_analytics.contracts.marts import PlannedEarnedActual as Pea
from pmo_analytics.contracts.portfolio import Project
from pmo_analytics.performance.earned_value import EarnedValue, earned_months

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


class RebaselinedProject(Contract):
    """One row per project that was rebaselined: what its last baseline adds to its first, the largest budget first.

    Key: project_id. `baselined_on_date` is the day of the last approval.
    """

    project_id: Text = required()
    name: Text = optional()
    baseline_change_count: Whole = required(ge=1)
    baselined_on_date: Date = required()
    currency: Text = required()
    first_budget_amount: Number = required(ge=0)
    budget_at_completion_amount: Number = required(ge=0)
    budget_growth_pct: Number = optional()
    finish_growth_days: Number = required()


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


def rebaselined_projects(baseline_history: pd.DataFrame, project: pd.DataFrame) -> DataFrame[RebaselinedProject]:
    """The projects of a `BaselineHistory` frame with more than one baseline, the largest growth of budget first."""
    rows = baseline_history.sort_values([BaselineHistory.project_id, BaselineHistory.baselined_on_date])
    by_project = rows.groupby(BaselineHistory.project_id)
    first, last = by_project.first(), by_project.last()
    found = last.assign(
        baseline_change_count=by_project.size() - 1,
        first_budget_amount=first[BaselineHistory.budget_at_completion_amount],
    )
    budget = found[BaselineHistory.budget_at_completion_amount]
    begun = found[RebaselinedProject.first_budget_amount]
    found[RebaselinedProject.budget_growth_pct] = 100 * (budget / begun.where(begun > 0) - 1)
    moved = last[BaselineHistory.baseline_finish_date] - first[BaselineHistory.baseline_finish_date]
    found[RebaselinedProject.finish_growth_days] = moved.dt.days.astype(float)
    found = found[found[RebaselinedProject.baseline_change_count] > 0].reset_index()
    names = project.drop_duplicates(Project.project_id, keep="last")[[Project.project_id, Project.name]]
    found = found.merge(names, on=Project.project_id, how="left")
    order = [RebaselinedProject.budget_growth_pct, RebaselinedProject.finish_growth_days, RebaselinedProject.project_id]
    found = found.sort_values(order, ascending=[False, False, True], ignore_index=True)
    return checked(RebaselinedProject, found.reindex(columns=list(RebaselinedProject.to_schema().columns)))


def earned_value_as_baselined(
    planned_earned_actual: pd.DataFrame, budget: pd.DataFrame, *, status_date: pd.Timestamp
) -> DataFrame[EarnedValue]:
    """Earned value of each month against the baseline in force at its end, from the mart and the register `budget`.

    Months before the first approval are held against the first baseline.
    Projects without a budget by month are as the mart has them.
    """
    history = baseline_history(budget, status_date=status_date)
    is_past = planned_earned_actual[Pea.period_month] <= status_date
    is_planned = planned_earned_actual[Pea.project_id].isin(history[Budget.project_id])
    rows = planned_earned_actual[~is_planned]
    if len(history):
        courses = _courses(planned_earned_actual[is_past & is_planned], _plans(budget, history))
        rows = pd.concat([courses, rows]) if len(rows) else courses
    earned = earned_months(rows, status_date=status_date)
    names = earned[EarnedValue.project_id].str.split(_BETWEEN, n=1)
    earned = earned.assign(**{EarnedValue.project_id: names.str[0], "version": names.str[1]})
    in_force = _in_force(earned[[EarnedValue.project_id, EarnedValue.status_date]].drop_duplicates(), history)
    keys = [EarnedValue.project_id, EarnedValue.status_date]
    held = earned.merge(in_force.rename(columns={"version": "in_force"}), on=keys, how="left")
    kept = held[held["version"].isna() | (held["version"] == held["in_force"])]
    kept = kept.sort_values([EarnedValue.project_id, EarnedValue.period_month], ignore_index=True)
    return checked(EarnedValue, kept.reindex(columns=list(EarnedValue.to_schema().columns)))


def _plans(budget: pd.DataFrame, history: pd.DataFrame) -> pd.DataFrame:
    """The cumulative plan of each baseline by month, none left out, with its last month and its budget."""
    keys = [Budget.project_id, Budget.baseline_version]
    rows = budget.merge(history[keys], on=keys)
    amounts = rows.groupby([*keys, Budget.period_month], as_index=False)[Budget.planned_value_amount].sum()
    by_plan = amounts.groupby(keys)
    amounts[Budget.planned_value_amount] = by_plan[Budget.planned_value_amount].cumsum().astype(float)
    ends = by_plan.agg(
        first=(Budget.period_month, "min"), last=(Budget.period_month, "max"),
        budget=(Budget.planned_value_amount, "last"),
    ).reset_index()  # fmt: skip
    begun, ended = (ends[name].dt.year * 12 + ends[name].dt.month for name in ("first", "last"))
    lengths = (ended - begun + 1).to_numpy()
    grid = ends.loc[ends.index.repeat(lengths)].reset_index(drop=True)
    ahead = np.arange(len(grid)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    month = np.repeat(begun.to_numpy(), lengths) + ahead - 1
    grid[Budget.period_month] = pd.to_datetime({"year": month // 12, "month": month % 12 + 1, "day": 1})
    grid = grid.merge(amounts, on=[*keys, Budget.period_month], how="left")
    grid[Budget.planned_value_amount] = grid.groupby(keys)[Budget.planned_value_amount].ffill()
    return grid


def _courses(past: pd.DataFrame, plans: pd.DataFrame) -> pd.DataFrame:
    """The course of projects as the mart tells it, against each plan; months ahead carry planned value alone.

    The project's name is that of project and plan.
    """
    keys = [Budget.project_id, Budget.baseline_version]
    own = [Pea.planned_value_amount, Pea.baseline_version, Pea.budget_at_completion_amount]
    ends = plans.drop_duplicates(keys)[[*keys, "last", "budget"]]
    months = past.drop(columns=own).merge(ends[keys], on=Pea.project_id)
    planned = plans[[*keys, Budget.period_month, Budget.planned_value_amount]]
    rows = months.merge(planned, on=[*keys, Pea.period_month], how="outer").merge(ends, on=keys)
    is_beyond = rows[Pea.period_month] > rows["last"]
    rows[Pea.project_id] = rows[Pea.project_id] + _BETWEEN + rows[Budget.baseline_version]
    rows[Pea.status_date] = rows[Pea.status_date].fillna(rows[Pea.period_month] + pd.offsets.MonthEnd(0))
    rows[Pea.planned_value_amount] = rows[Pea.planned_value_amount].mask(is_beyond, rows["budget"])
    rows[Pea.budget_at_completion_amount] = rows["budget"]
    rows[Pea.earned_value_amount] = rows[Pea.percent_complete_pct].astype(float) * rows["budget"] / 100
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
