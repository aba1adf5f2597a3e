"""Earned value with earned schedule, by project and month.

Earned value follows PMI and ISO 21508; earned schedule follows Lipke
("Schedule is different", 2003): the time at which the plan had earned what is
earned now, so that, unlike SPI, a late project stays late to its end.

Worked example: the plan earns 100, 200 and 300 in its three months. After the
first month 80 is earned, which the plan had after 0.8 months.

>>> planned, earned = [100.0, 300.0, 600.0], [80.0, 250.0, 450.0]
>>> earned_schedule(planned, earned)
[0.8, 1.75, 2.5]
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Number, Text, checked, optional, required
from pmo_analytics.contracts.marts import PlannedEarnedActual as Pea
from pmo_analytics.contracts.portfolio import Project

_DAYS_UNTIL_STALE = 31


class EarnedValue(Contract):
    """One row per project and month up to the status date, cumulative; a project without data has one row.

    Variances are negative when unfavourable, indices below 1 are. An empty
    figure has its reason in `quality_note`. Times are months since the baseline
    began. What it all comes to is `completion_outlook`'s, since that takes an assumption.
    """

    project_id: Text = required()
    period_month: Date = required()
    status_date: Date = required()
    currency: Text = optional()
    budget_at_completion_amount: Number = optional()
    planned_value_amount: Number = optional()
    earned_value_amount: Number = optional()
    actual_cost_amount: Number = optional()
    cost_variance_amount: Number = optional()
    schedule_variance_amount: Number = optional()
    cost_performance_index: Number = optional()
    schedule_performance_index: Number = optional()
    to_complete_performance_index: Number = optional()
    earned_schedule_months: Number = optional()
    actual_time_months: Number = optional()
    planned_duration_months: Number = optional()
    time_schedule_performance_index: Number = optional()
    reported_on_date: Date = optional()
    quality_note: Text = required()


def earned_schedule(planned_value: Sequence[float], earned_value: Sequence[float]) -> list[float]:
    """Earned schedule ES in periods for each earned value, given the whole cumulative plan.

    ES = C + (EV - PV_C) / (PV_{C+1} - PV_C), where C is the last period whose
    planned value EV has reached and PV_0 = 0. EV at or beyond the plan's end
    is the plan's end: the first period at which the plan is complete. NaN
    where EV is missing or there is no plan. Raises ValueError for a plan that
    falls.
    """
    plan = [0.0, *(float(v) for v in planned_value)]
    if any(later < earlier for earlier, later in pairwise(plan)):
        raise ValueError("cumulative planned value falls from one period to the next")
    complete = next((i for i, v in enumerate(plan) if v == plan[-1]), 0)
    found = []
    for earned in earned_value:
        if math.isnan(earned) or plan[-1] <= 0:
            found.append(math.nan)
        elif earned >= plan[-1]:
            found.append(float(complete))
        else:
            # Where the plan stands still, its last period with that value counts as reached.
            reached = bisect_right(plan, max(earned, 0.0)) - 1
            step = plan[reached + 1] - plan[reached]
            found.append(reached + (max(earned, 0.0) - plan[reached]) / step)
    return found


def _ratio(numerator: pd.Series, denominator: pd.Series) -> pd.Series:
    """The ratio, missing where the denominator is zero or either is missing."""
    return numerator / denominator.where(denominator != 0)


def _elapsed_months(begin: pd.Series, dates: pd.Series) -> pd.Series:
    """Months from the begin of the months `begin`; a part of a month counts by its days."""
    whole: pd.Series = (dates.dt.year - begin.dt.year) * 12 + (dates.dt.month - begin.dt.month)
    elapsed: pd.Series = whole + dates.dt.day / dates.dt.days_in_month
    return elapsed


def _with_clocks(months: pd.DataFrame, status_date: pd.Timestamp) -> pd.DataFrame:
    """The past months of every project, in order, with earned schedule, its clock and its planned duration."""
    rows = months.sort_values([Pea.project_id, Pea.period_month], ignore_index=True)
    plan = rows[rows[Pea.planned_value_amount].notna()]
    by_project = plan.groupby(Pea.project_id)
    total = by_project[Pea.planned_value_amount].last().astype(float)
    is_short = plan[Pea.planned_value_amount] < by_project[Pea.planned_value_amount].transform("last")
    past = rows[rows[Pea.period_month] <= status_date].copy()
    project = past[Pea.project_id]
    if plan.empty or past.empty:
        return past.assign(actual_time_months=np.nan, planned_duration_months=np.nan, earned_schedule_months=np.nan)
    begin = pd.to_datetime(project.map(by_project[Pea.period_month].first()))
    elapsed = _elapsed_months(begin, pd.to_datetime(past[Pea.status_date]))
    # The clock of a project stops when all its work is earned.
    done = past[Pea.earned_value_amount].astype(float) >= project.map(total).astype(float)
    stopped = elapsed.where(done).groupby(project).transform("min")
    elapsed = elapsed.where(~(elapsed > stopped), stopped)
    past[EarnedValue.actual_time_months] = elapsed.where(elapsed > 0)
    past[EarnedValue.planned_duration_months] = project.map(is_short.groupby(plan[Pea.project_id]).sum() + 1.0)
    past[EarnedValue.earned_schedule_months] = _earned_schedules(plan, past)
    return past


def _earned_schedules(plan: pd.DataFrame, past: pd.DataFrame) -> np.ndarray:
    """Earned schedule of past months, from the planned ones; both in order of project and month."""
    found = np.full(len(past), np.nan)
    planned = plan[Pea.planned_value_amount].astype(float).to_list()
    earned = past[Pea.earned_value_amount].astype(float).to_list()
    rows = past.groupby(Pea.project_id).indices
    for project, months in plan.groupby(Pea.project_id).indices.items():
        if project in rows:
            own = rows[project]
            found[own] = earned_schedule([planned[at] for at in months], [earned[at] for at in own])
    return found


def earned_value(
    planned_earned_actual: pd.DataFrame, project: pd.DataFrame, *, status_date: pd.Timestamp
) -> DataFrame[EarnedValue]:
    """Earned value of every project and month up to `status_date`.

    Takes the mart `planned_earned_actual` and the register `project`; returns
    `EarnedValue`. Projects without a plan, progress or cost are named in
    `quality_note`, not dropped; one without any month has a single row at
    `status_date`. Months after `status_date` are read for the plan alone.
    """
    past = _with_clocks(planned_earned_actual, status_date)
    return checked(EarnedValue, _figures(_with_silent(past, project, status_date)))


def earned_months(planned_earned_actual: pd.DataFrame, *, status_date: pd.Timestamp) -> pd.DataFrame:
    """The months of `earned_value`, of the projects of the mart alone and not checked: who calls it does that."""
    return _figures(_with_clocks(planned_earned_actual, status_date))


def _with_silent(past: pd.DataFrame, project: pd.DataFrame, status_date: pd.Timestamp) -> pd.DataFrame:
    """The months, and a row for each project of the register that has none."""
    silent = sorted(set(project[Project.project_id]) - set(past[Pea.project_id]))
    if silent:
        month = status_date.replace(day=1).normalize()
        empty = pd.DataFrame(
            {Pea.project_id: silent, Pea.period_month: month, Pea.status_date: status_date, Pea.uncosted_seconds: 0.0}
        )
        past = pd.concat([past.dropna(axis="columns", how="all"), empty]) if len(past) else empty
    return past


def _figures(past: pd.DataFrame) -> pd.DataFrame:
    """Variances and indices of every month, in order of project and month."""
    result = past.reindex(columns=[*EarnedValue.to_schema().columns, Pea.uncosted_seconds, Pea.percent_complete_pct])
    numbers = [c for c in result.columns if c.endswith(("_amount", "_months", "_index", "_pct", "_seconds"))]
    result[numbers] = result[numbers].astype(float)
    for column in (Pea.period_month, Pea.status_date, Pea.reported_on_date):
        result[column] = pd.to_datetime(result[column])
    budget, planned, earned, actual = (
        result[c]
        for c in (
            Pea.budget_at_completion_amount,
            Pea.planned_value_amount,
            Pea.earned_value_amount,
            Pea.actual_cost_amount,
        )
    )
    cpi = _ratio(earned, actual)
    spi_t = _ratio(result[EarnedValue.earned_schedule_months], result[EarnedValue.actual_time_months])
    result[EarnedValue.cost_variance_amount] = earned - actual
    result[EarnedValue.schedule_variance_amount] = earned - planned
    result[EarnedValue.cost_performance_index] = cpi
    result[EarnedValue.schedule_performance_index] = _ratio(earned, planned)
    left = budget - actual
    result[EarnedValue.to_complete_performance_index] = _ratio(budget - earned, left.where(left > 0))
    result[EarnedValue.time_schedule_performance_index] = spi_t
    result[EarnedValue.quality_note] = _notes(result)
    result = result[list(EarnedValue.to_schema().columns)]
    return result.sort_values([EarnedValue.project_id, EarnedValue.period_month], ignore_index=True)


def _notes(result: pd.DataFrame) -> list[str]:
    """Why figures are missing or to be read with care, by row."""
    conditions = [
        (result[Pea.planned_value_amount].isna(), "no time-phased budget"),
        (result[Pea.earned_value_amount].isna() & result[Pea.reported_on_date].isna(), "no progress report"),
        (result[Pea.actual_cost_amount].isna(), "no cost"),
        (result[Pea.uncosted_seconds] > 0, "some hours have no rate in the project's currency"),
        (
            # What is wholly earned needs no further report.
            ((result[Pea.status_date] - result[Pea.reported_on_date]).dt.days > _DAYS_UNTIL_STALE)
            & ~(result[Pea.earned_value_amount] >= result[Pea.budget_at_completion_amount]),
            f"progress reported more than {_DAYS_UNTIL_STALE} days before",
        ),
    ]
    flags = pd.DataFrame({text: condition.to_numpy(dtype=bool) for condition, text in conditions})
    return ["; ".join(flags.columns[row]) for row in flags.to_numpy(dtype=bool)]


def latest(earned: pd.DataFrame) -> pd.DataFrame:
    """The latest month of each project of an `EarnedValue` frame, in order of project."""
    rows = earned.sort_values(EarnedValue.period_month).groupby(EarnedValue.project_id).tail(1)
    return rows.sort_values(EarnedValue.project_id, ignore_index=True)
