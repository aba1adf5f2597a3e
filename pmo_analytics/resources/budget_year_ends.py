"""Past month ends and what their fiscal years came to, with every forecast that could have been made then.

At the end of a month a project has spent something of the year's budget, as it
was baselined by then; these forecasts of the year's cost are compared:

- the budget is spent: the year's budget, or what was spent where that is more;
- run rate: as much a month as in the year so far, since the project's first
  month in it with a plan or a cost;
- rest at plan: what was spent and the plan of the months to come;
- to go, by plan: what the progress leaves of the budget at completion, spread as
  the plan spreads the months to come; at the run rate where no plan is left;
- to go, at run rate: the same, spent at the run rate until it is used up.

Without a progress report the last two are the rest at plan. The first two are
naive: a usual practice each. Source: this project's own list, fixed before any
data were seen; the outcome is the year's cost as known on the reporting date.

Worked example: of a year's budget of 120, ten a month, 40 are spent by the end
of June. The budget is spent: 120. Run rate: 80. Rest at plan: 40 + 60 = 100. Of
150 at completion 60 % are done, so that 60 are to go, and of the plan's 90 to
come 60 lie in the year: 40 + 60 * 60 / 90 = 80; at the run rate 40 + 40 = 80.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.budget_marts import BudgetByProjectMonth, ProjectCurrency
from pmo_analytics.contracts.cost import Budget
from pmo_analytics.contracts.marts import PlannedEarnedActual as Pea
from pmo_analytics.forecasting.quantile_scores import Floats
from pmo_analytics.resources.budget_amounts import fiscal_year_start, in_project_currency, start_month
from pmo_analytics.resources.budget_moves import baselines

BUDGET, RUN_RATE = "the budget is spent", "run rate"
REST_AT_PLAN, TO_GO_BY_PLAN, TO_GO_AT_RATE = "rest at plan", "to go, by plan", "to go, at run rate"
NAIVE = (BUDGET, RUN_RATE)
METHODS = (*NAIVE, REST_AT_PLAN, TO_GO_BY_PLAN, TO_GO_AT_RATE)
MONTHS_A_YEAR = 12


class YearEnd(Contract):
    """One row per project and past month's end within a fiscal year that it had a budget for then.

    Key: project_id, month_end_date. `budget_amount` is the year's, as baselined
    by then, `actual_amount` what was spent of it, `outcome_amount` what the year
    came to, missing while it is not over; then what each method forecast.
    Amounts are in the project's currency.
    """

    project_id: Text = required()
    currency: Text = required()
    fiscal_year_start_date: Date = required()
    month_end_date: Date = required()
    year_end_date: Date = required()
    months_left: Whole = required(ge=0)
    budget_amount: Number = required(gt=0)
    actual_amount: Number = required()
    outcome_amount: Number = optional()
    budget_spent_amount: Number = required()
    run_rate_amount: Number = required()
    rest_at_plan_amount: Number = required()
    to_go_by_plan_amount: Number = required()
    to_go_at_rate_amount: Number = required()


FORECASTS = {
    BUDGET: YearEnd.budget_spent_amount, RUN_RATE: YearEnd.run_rate_amount, REST_AT_PLAN: YearEnd.rest_at_plan_amount,
    TO_GO_BY_PLAN: YearEnd.to_go_by_plan_amount, TO_GO_AT_RATE: YearEnd.to_go_at_rate_amount,
}  # fmt: skip


@dataclass(frozen=True)
class _Courses:
    """Projects by month: actual and percent complete, shape (projects, months); baselines with their days."""

    projects: list[str]
    currencies: list[str]
    first: pd.Period
    actual: Floats
    progress: Floats
    plans: list[list[tuple[pd.Timestamp, Floats]]]

    def at(self, month: pd.Period) -> int:
        """The column of a month."""
        return int((month - self.first).n)

    def plan(self, day: pd.Timestamp) -> Floats:
        """The baselines in force on a day; no number for a project without any."""
        nothing = np.full(self.actual.shape[1], np.nan)
        known = [[plan for approved, plan in plans if approved <= day] for plans in self.plans]
        return np.array([plans[-1] if plans else nothing for plans in known])


def year_ends(
    budget: pd.DataFrame,
    budget_by_project_month: pd.DataFrame,
    planned_earned_actual: pd.DataFrame,
    project_currency: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
) -> DataFrame[YearEnd]:
    """Every past month's end of every project with a budget of its year, and all forecasts that were possible then.

    From the register `budget` and three marts. Months that are not over have no row.
    """
    columns = list(YearEnd.to_schema().columns)
    courses = _courses(budget, budget_by_project_month, planned_earned_actual, project_currency, status_date)
    if courses is None:
        return checked(YearEnd, pd.DataFrame(columns=columns))
    start = start_month(budget_by_project_month[BudgetByProjectMonth.fiscal_year_start_date])
    made = [_at_month_end(courses, month, start, status_date) for month in _past_months(courses, status_date)]
    found = pd.concat(made, ignore_index=True) if made else pd.DataFrame(columns=columns)
    order = [YearEnd.month_end_date, YearEnd.project_id]
    known = found[found[YearEnd.budget_amount] > 0].sort_values(order, ignore_index=True)
    return checked(YearEnd, known.reindex(columns=columns))


def _past_months(courses: _Courses, status_date: pd.Timestamp) -> Iterator[pd.Period]:
    """The months of the courses that are over, from the first to the last."""
    for place in range(courses.actual.shape[1]):
        month = courses.first + place
        if month.end_time.normalize() <= status_date:
            yield month


def _courses(
    budget: pd.DataFrame, months: pd.DataFrame, course: pd.DataFrame, currency: pd.DataFrame, status_date: pd.Timestamp
) -> _Courses | None:
    homes = currency.dropna(subset=[ProjectCurrency.currency]).set_index(ProjectCurrency.project_id)["currency"]
    own = budget[budget[Budget.currency] == budget[Budget.project_id].map(homes)]
    plans = dict(baselines(own, status_date))
    projects = sorted(plans)
    if not projects:
        return None
    money = in_project_currency(months)
    is_home = money[BudgetByProjectMonth.currency] == money[BudgetByProjectMonth.project_id].map(homes)
    is_dated = money[BudgetByProjectMonth.period_month].notna()
    money = money[is_home & is_dated & money[BudgetByProjectMonth.project_id].isin(projects)]
    known = own[own[Budget.baselined_on_date] <= status_date]
    dates = pd.concat([known[Budget.period_month], money[BudgetByProjectMonth.period_month]])
    first, last = dates.min(), dates.max()
    start = start_month(months[BudgetByProjectMonth.fiscal_year_start_date])
    begin = pd.Period(fiscal_year_start(pd.Timestamp(first), start), "M")
    end = pd.Period(fiscal_year_start(pd.Timestamp(last), start), "M") + MONTHS_A_YEAR
    shape = (len(projects), (end - begin).n)
    place_of = {project: place for place, project in enumerate(projects)}

    def places(days: pd.Series) -> NDArray[np.int64]:
        found: NDArray[np.int64] = (days.dt.year * 12 + days.dt.month - begin.year * 12 - begin.month).to_numpy()
        return found

    def laid(frame: pd.DataFrame, column: str, grid: Floats) -> Floats:
        """Add the values of a column to a grid at their project and month."""
        rows = frame[frame[Pea.project_id].isin(projects) & frame[column].notna()]
        at = places(rows[Pea.period_month])
        inside = (at >= 0) & (at < shape[1])
        of = np.array([place_of[str(each)] for each in rows[Pea.project_id]], dtype=np.int64)[inside]
        np.add.at(grid, (of, at[inside]), rows[column].to_numpy(dtype=float)[inside])
        return grid

    def plan(rows: pd.DataFrame) -> Floats:
        grid = np.zeros(shape[1])
        np.add.at(grid, places(rows[Budget.period_month]), rows[Budget.planned_value_amount].to_numpy(dtype=float))
        return grid

    # What is reported of a month is one number: where none is, there is none.
    progress = laid(course, Pea.percent_complete_pct, np.zeros(shape))
    reported = course[course[Pea.percent_complete_pct].notna()].assign(told=1.0)
    is_told = laid(reported, "told", np.zeros(shape)) > 0
    return _Courses(
        projects,
        [str(homes[project]) for project in projects],
        begin,
        laid(money, BudgetByProjectMonth.actual_amount, np.zeros(shape)),
        np.where(is_told, progress, np.nan),
        [[(rows[Budget.baselined_on_date].max(), plan(rows)) for _, rows in plans[project]] for project in projects],
    )


def _at_month_end(courses: _Courses, month: pd.Period, start: int, status_date: pd.Timestamp) -> pd.DataFrame:
    """What each project's forecasts of the year were at the end of a month."""
    day = month.end_time.normalize()
    year = pd.Period(fiscal_year_start(day, start), "M")
    begin, now, end = courses.at(year), courses.at(month) + 1, courses.at(year) + MONTHS_A_YEAR
    plan, actual = courses.plan(day), courses.actual
    year_end = (year + MONTHS_A_YEAR - 1).end_time.normalize()
    spent, budget = actual[:, begin:now].sum(axis=1), plan[:, begin:end].sum(axis=1)
    rest, later = plan[:, now:end].sum(axis=1), plan[:, now:].sum(axis=1)
    rate = _run_rate(actual[:, begin:now], plan[:, begin:now])
    left = end - now
    to_go = plan.sum(axis=1) * (1 - courses.progress[:, now - 1] / 100)
    by_rate = np.clip(rate * left, None, to_go)
    by_plan = np.where(later > 0, to_go * np.divide(rest, later, out=np.zeros_like(rest), where=later > 0), by_rate)
    is_known = np.isfinite(to_go)
    forecasts = {
        BUDGET: np.maximum(budget, spent),
        RUN_RATE: spent + rate * left,
        REST_AT_PLAN: spent + rest,
        TO_GO_BY_PLAN: spent + np.where(is_known, by_plan, rest),
        TO_GO_AT_RATE: spent + np.where(is_known, by_rate, rest),
    }
    outcome = actual[:, begin:end].sum(axis=1) if year_end <= status_date else np.full(len(spent), np.nan)
    return pd.DataFrame({
        YearEnd.project_id: courses.projects, YearEnd.currency: courses.currencies,
        YearEnd.fiscal_year_start_date: year.start_time, YearEnd.month_end_date: day, YearEnd.year_end_date: year_end,
        YearEnd.months_left: left, YearEnd.budget_amount: budget, YearEnd.actual_amount: spent,
        YearEnd.outcome_amount: outcome,
    } | {FORECASTS[method]: amounts for method, amounts in forecasts.items()})  # fmt: skip


def _run_rate(actual: Floats, plan: Floats) -> Floats:
    """Cost a month since the first one of the year with a plan or a cost; 0 before it."""
    is_active = (actual != 0) | (np.nan_to_num(plan) > 0)
    first = np.argmax(is_active, axis=1)
    months = np.where(is_active.any(axis=1), actual.shape[1] - first, 1)
    rate: Floats = actual.sum(axis=1) / months
    return rate
