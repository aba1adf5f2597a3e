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
PROJECT, YEAR_START, ORIGIN, YEAR_END = "project_id", "year_start", "origin", "year_end"
MONTHS_LEFT, YEAR_BUDGET, SPENT, OUTCOME = "months_left", "year_budget", "spent", "outcome"
COLUMNS = [PROJECT, "currency", YEAR_START, ORIGIN, YEAR_END, MONTHS_LEFT, YEAR_BUDGET, SPENT, OUTCOME, *METHODS]


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
) -> pd.DataFrame:
    """One row per project and past month's end within a fiscal year of which it had a budget then.

    Columns are `COLUMNS`: amounts in the project's currency, the outcome missing
    while the year is not over. Months that are not over have no row.
    """
    courses = _courses(budget, budget_by_project_month, planned_earned_actual, project_currency, status_date)
    if courses is None:
        return pd.DataFrame(columns=COLUMNS)
    start = start_month(budget_by_project_month[BudgetByProjectMonth.fiscal_year_start_date])
    made = [_at_month_end(courses, month, start, status_date) for month in _past_months(courses, status_date)]
    found = pd.concat(made, ignore_index=True) if made else pd.DataFrame(columns=COLUMNS)
    return found[found[YEAR_BUDGET] > 0].reset_index(drop=True)


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
    money = in_project_currency(months)
    is_own = money[BudgetByProjectMonth.to_currency].isna() & money[PROJECT].isin(projects)
    money = money[is_own & money["period_month"].notna() & (money["currency"] == money[PROJECT].map(homes))]
    if not projects:
        return None
    dates = [own[own[PROJECT].isin(projects)]["period_month"], money["period_month"]]
    first, last = (bound(each) for bound, each in ((min, pd.concat(dates)), (max, pd.concat(dates))))
    start = start_month(months[BudgetByProjectMonth.fiscal_year_start_date])
    begin = pd.Period(fiscal_year_start(pd.Timestamp(first), start), "M")
    end = pd.Period(fiscal_year_start(pd.Timestamp(last), start), "M") + MONTHS_A_YEAR
    shape = (len(projects), (end - begin).n)
    place_of = {project: place for place, project in enumerate(projects)}

    def laid(frame: pd.DataFrame, column: str, empty: float) -> Floats:
        grid: Floats = np.full(shape, empty)
        for project, month, value in frame[[PROJECT, "period_month", column]].itertuples(index=False):
            at = (pd.Period(month, "M") - begin).n
            if project in place_of and 0 <= at < shape[1] and not pd.isna(value):
                grid[place_of[project], at] = (0.0 if np.isnan(empty) else grid[place_of[project], at]) + value
        return grid

    def plan(rows: pd.DataFrame) -> Floats:
        grid = np.zeros(shape[1])
        at = [(pd.Period(month, "M") - begin).n for month in rows[Budget.period_month]]
        np.add.at(grid, at, rows[Budget.planned_value_amount].to_numpy(dtype=float))
        return grid

    return _Courses(
        projects,
        [str(homes[project]) for project in projects],
        begin,
        laid(money, BudgetByProjectMonth.actual_amount, 0.0),
        laid(course, Pea.percent_complete_pct, np.nan),
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
    common = {
        PROJECT: courses.projects, "currency": courses.currencies, YEAR_START: year.start_time, ORIGIN: day,
        YEAR_END: year_end, MONTHS_LEFT: left, YEAR_BUDGET: budget, SPENT: spent, OUTCOME: outcome,
    }  # fmt: skip
    return pd.DataFrame(common | forecasts)


def _run_rate(actual: Floats, plan: Floats) -> Floats:
    """Cost a month since the first one of the year with a plan or a cost; 0 before it."""
    is_active = (actual != 0) | (np.nan_to_num(plan) > 0)
    first = np.argmax(is_active, axis=1)
    months = np.where(is_active.any(axis=1), actual.shape[1] - first, 1)
    rate: Floats = actual.sum(axis=1) / months
    return rate
