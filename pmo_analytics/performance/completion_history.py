"""The months of projects as forecasts of cost and finish at completion, by every named assumption.

A project has ended where its last month has earned its whole budget: the day is
that of the first month of that run, the cost the last that is known. Source: the
forecasts are `completion_methods`', their trial is `completion_trial`'s. What
the project's manager reported by a month is one of the forecasts of its finish.

Worked example: a plan of 100 over ten months has earned 40 after five at a cost
of 50, and its manager forecasts the finish six months on. Cost comes to 110 with
the rest at plan; duration to 11 months with the rest at plan, 12.5 at SPI(t) and
11 as its manager reports.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from pmo_analytics.contracts.portfolio import ProjectStatus
from pmo_analytics.forecasting.quantile_scores import Floats
from pmo_analytics.performance.completion_methods import (
    AS_REPORTED,
    AT_PLAN,
    REST_PLANNED,
    cost_estimates,
    finish_estimates,
)
from pmo_analytics.performance.completion_trial import CompletionTrial, project_means
from pmo_analytics.performance.earned_value import EarnedValue
from pmo_analytics.performance.last_reports import last_reports

DAYS_A_MONTH = 365.25 / 12
_ALMOST = 1 - 1e-9
_CLOCK = [
    EarnedValue.actual_time_months, EarnedValue.earned_schedule_months, EarnedValue.planned_duration_months,
]  # fmt: skip


def is_done(earned: pd.DataFrame) -> pd.Series:
    """Whether each month of an `EarnedValue` frame has earned its whole budget."""
    budget = earned[EarnedValue.budget_at_completion_amount]
    done: pd.Series = (budget > 0) & (earned[EarnedValue.earned_value_amount] >= budget * _ALMOST)
    return done


def reported_finishes(rows: pd.DataFrame, project_status: pd.DataFrame) -> pd.DataFrame:
    """State and forecast finish as last reported by each row's `status_date`.

    Rows stay in their order; both are missing where nothing was reported.
    """
    keys = [ProjectStatus.project_id, ProjectStatus.status_date]
    told = [ProjectStatus.state, ProjectStatus.forecast_finish_date]
    reports = project_status[[*keys, *told]]
    asked = rows[keys].assign(place=np.arange(len(rows)))
    if rows.empty or reports.empty:
        found = asked.merge(reports.iloc[:0], on=keys, how="left")
    else:
        found = last_reports(asked, reports, asked_on=keys[1], told_on=keys[1], by=keys[:1])
    return found.sort_values("place")[told].set_index(rows.index)


def _months(earned: pd.DataFrame, parts: list[str]) -> pd.DataFrame:
    """Months of which these parts are known, in order, with the outcome of projects that are done."""
    needed = [EarnedValue.budget_at_completion_amount, EarnedValue.earned_value_amount, *parts]
    known = earned[earned[needed].notna().all(axis=1) & (earned[EarnedValue.budget_at_completion_amount] > 0)]
    rows = known.sort_values([EarnedValue.project_id, EarnedValue.period_month], ignore_index=True)
    rows["progress"] = rows[EarnedValue.earned_value_amount] / rows[EarnedValue.budget_at_completion_amount]
    project = rows[EarnedValue.project_id]
    # Open months from each row on; a project that was opened again has not ended.
    still_open = (~is_done(rows)).iloc[::-1].groupby(project.iloc[::-1]).cumsum().iloc[::-1]
    done = rows[still_open == 0].groupby(EarnedValue.project_id)
    outcome = pd.DataFrame({
        "final_cost": done[EarnedValue.actual_cost_amount].last().astype(float),
        "final_months": done[EarnedValue.actual_time_months].first().astype(float),
        "known_at": pd.to_datetime(done[EarnedValue.status_date].first()),
    })  # fmt: skip
    rows = rows.merge(outcome, left_on=EarnedValue.project_id, right_index=True, how="left")
    return rows[(rows["progress"] > 0) & ~is_done(rows)].reset_index(drop=True)


def _trial(
    rows: pd.DataFrame, now: str, final: str, forecasts: dict[str, Floats], naive: str, *, leaves_one_out: bool
) -> CompletionTrial:
    return CompletionTrial(
        projects=rows[EarnedValue.project_id].to_numpy(dtype=object),
        progress=rows["progress"].to_numpy(dtype=float),
        now=rows[now].to_numpy(dtype=float),
        final=rows[final].to_numpy(dtype=float),
        forecasts=forecasts,
        naive=naive,
        asked_at=rows[EarnedValue.status_date].to_numpy(dtype="datetime64[ns]"),
        known_at=rows["known_at"].to_numpy(dtype="datetime64[ns]"),
        leaves_one_out=leaves_one_out,
    )


def cost_trial(earned: pd.DataFrame, *, leaves_one_out: bool = False) -> CompletionTrial:
    """The months of an `EarnedValue` frame that have a cost, forecast to completion under each assumption."""
    rows = _months(earned, [EarnedValue.actual_cost_amount])
    rows = rows[rows[EarnedValue.actual_cost_amount] > 0].reset_index(drop=True)
    forecasts = cost_estimates(
        rows[EarnedValue.budget_at_completion_amount],
        rows[EarnedValue.planned_value_amount],
        rows[EarnedValue.earned_value_amount],
        rows[EarnedValue.actual_cost_amount],
        rows[EarnedValue.time_schedule_performance_index],
    )
    now = EarnedValue.actual_cost_amount
    return _trial(rows, now, "final_cost", forecasts, AT_PLAN, leaves_one_out=leaves_one_out)


def finish_trial(
    earned: pd.DataFrame, project_status: pd.DataFrame, *, leaves_one_out: bool = False
) -> CompletionTrial:
    """The months of an `EarnedValue` frame that have a clock, their duration forecast under each assumption.

    The class of a month is the median of what the projects known by then took
    of their plans; 1, the plan, where none was.
    """
    rows = _months(earned, _CLOCK)
    now = EarnedValue.actual_time_months
    empty = _trial(rows, now, "final_months", {}, REST_PLANNED, leaves_one_out=leaves_one_out)
    taken = (rows["final_months"] / rows[EarnedValue.planned_duration_months]).to_numpy(dtype=float)
    ratios = np.ones(len(rows))
    for places, known in empty.origins():
        if known.any():
            ratios[places] = np.median(project_means(taken[known], empty.codes[known]))
    forecasts = finish_estimates(
        rows[EarnedValue.planned_duration_months], rows[now], rows[EarnedValue.earned_schedule_months], ratios
    )
    declared = reported_finishes(rows, project_status)[ProjectStatus.forecast_finish_date]
    ahead = (pd.to_datetime(declared) - rows[EarnedValue.status_date]).dt.days.clip(lower=0)
    reported = (rows[now] + ahead / DAYS_A_MONTH).to_numpy(dtype=float)
    return replace(empty, forecasts={**forecasts, AS_REPORTED: reported})
