"""What each project comes to cost and when it finishes, by month: the one forecast that all pages and alerts show.

Cost is the forecast that `completion_gate` lets be shown at that month, by what
was known then; so is the finish. What is wholly earned costs what it has cost.
Without a plan by month, or before anything is earned, the finish is what the
project's manager reported; it is too when the project is reported complete. The other
named forecasts are those of `completion_forecasts`. Source: the gate is this
project's own rule, `completion_gate` names what it rests on.

Worked example: of a budget of 100 a project has earned 40 for 50, and nobody has
finished anything yet: it comes to 110, the rest at plan. Its manager reports the
end of October. The plan of ten months has earned four after five: the rest of
six at plan, from the end of May, ends on 30 November, which is shown; October
stands beside it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Number, Text, checked, optional, required
from pmo_analytics.contracts.portfolio import ProjectStatus
from pmo_analytics.performance.completion_gate import shown_series
from pmo_analytics.performance.completion_history import (
    DAYS_A_MONTH,
    cost_trial,
    finish_trial,
    is_done,
    reported_finishes,
)
from pmo_analytics.performance.completion_methods import AS_REPORTED, AT_PLAN, estimate_at_completion
from pmo_analytics.performance.completion_trial import CompletionTrial
from pmo_analytics.performance.earned_value import EarnedValue

ALL_EARNED = "all work is earned"
NOTHING_EARNED, NO_CLOCK = "nothing is earned yet", "no plan by month and progress is known"
REPORTED_COMPLETE = "it is reported complete"
_KEY = [EarnedValue.project_id, EarnedValue.status_date]
_COMPLETE = "complete"
_REPORTED = ProjectStatus.forecast_finish_date


class CompletionOutlook(Contract):
    """One row per project and month up to the reporting date that has figures or a report.

    Key: project_id, period_month. Each month tells what was known at its end,
    against the baseline then in force. Where a forecast is missing, so are its
    assumption and reason. P10 to P90 are made from what such forecasts missed
    by on other projects, and missing below nine finished ones; the forecast
    itself need not be their median. `expected_finish_date` is the finish that is
    shown, `forecast_finish_date` what the project's manager had reported by then.
    """

    project_id: Text = required()
    period_month: Date = required()
    status_date: Date = required()
    currency: Text = optional()
    budget_at_completion_amount: Number = optional()
    actual_cost_amount: Number = optional()
    estimate_at_completion_amount: Number = optional()
    variance_at_completion_amount: Number = optional()
    cost_assumption: Text = optional()
    cost_assumption_reason: Text = optional()
    p10_amount: Number = optional()
    p50_amount: Number = optional()
    p80_amount: Number = optional()
    p90_amount: Number = optional()
    expected_finish_date: Date = optional()
    finish_assumption: Text = optional()
    finish_assumption_reason: Text = optional()
    forecast_finish_date: Date = optional()
    p10_finish_date: Date = optional()
    p50_finish_date: Date = optional()
    p80_finish_date: Date = optional()
    p90_finish_date: Date = optional()


AMOUNTS = [
    CompletionOutlook.p10_amount, CompletionOutlook.p50_amount, CompletionOutlook.p80_amount,
    CompletionOutlook.p90_amount,
]  # fmt: skip
FINISHES = [
    CompletionOutlook.p10_finish_date, CompletionOutlook.p50_finish_date, CompletionOutlook.p80_finish_date,
    CompletionOutlook.p90_finish_date,
]  # fmt: skip


def completion_outlook(
    earned_value_as_baselined: pd.DataFrame, project_status: pd.DataFrame, *, status_date: pd.Timestamp
) -> DataFrame[CompletionOutlook]:
    """What each project comes to and when it finishes, from an `EarnedValue` frame and the register of reports.

    The record that the gate goes by is that of all projects of the frame: give
    it whole, and pick rows of what it returns.
    """
    reports = project_status[project_status[ProjectStatus.status_date] <= status_date]
    earned = earned_value_as_baselined[earned_value_as_baselined[EarnedValue.status_date] <= status_date]
    rows = _grid(earned, reports, status_date)
    rows[["state", _REPORTED]] = reported_finishes(rows, reports)
    rows = _with_cost(rows, cost_trial(earned))
    rows = _with_finish(rows, finish_trial(earned, reports))
    for column in (_REPORTED, CompletionOutlook.expected_finish_date, *FINISHES):
        rows[column] = pd.to_datetime(rows[column])
    rows = rows.sort_values([CompletionOutlook.project_id, CompletionOutlook.period_month], ignore_index=True)
    return checked(CompletionOutlook, rows.reindex(columns=list(CompletionOutlook.to_schema().columns)))


def latest_outlook(completion_outlook: pd.DataFrame, status_date: pd.Timestamp) -> pd.DataFrame:
    """The last month of each project of a `CompletionOutlook` frame up to a day, in order of project."""
    past = completion_outlook[completion_outlook[CompletionOutlook.status_date] <= status_date]
    rows = past.sort_values(CompletionOutlook.period_month).groupby(CompletionOutlook.project_id).tail(1)
    return rows.sort_values(CompletionOutlook.project_id, ignore_index=True)


def _grid(earned: pd.DataFrame, reports: pd.DataFrame, status_date: pd.Timestamp) -> pd.DataFrame:
    """The months of the frame, and for each project those from its first report to the reporting date."""
    first = reports.groupby(ProjectStatus.project_id)[ProjectStatus.status_date].min()
    last = status_date.normalize().replace(day=1)
    told = pd.DataFrame(
        [
            (project, month)
            for project, day in first.items()
            for month in pd.date_range(day.normalize().replace(day=1), last, freq="MS")
        ],
        columns=[EarnedValue.project_id, EarnedValue.period_month],
    ).astype(
        {EarnedValue.project_id: reports[ProjectStatus.project_id].dtype, EarnedValue.period_month: "datetime64[ns]"}
    )
    columns = [
        *told.columns, EarnedValue.status_date, EarnedValue.currency, EarnedValue.budget_at_completion_amount,
        EarnedValue.earned_value_amount, EarnedValue.actual_cost_amount,
    ]  # fmt: skip
    rows = earned[columns].merge(told, on=[*told.columns], how="outer")
    ends = rows[EarnedValue.period_month] + pd.offsets.MonthEnd(0)
    ends = ends.where(ends < status_date, status_date.normalize())
    rows[EarnedValue.status_date] = rows[EarnedValue.status_date].fillna(ends)
    return rows


def _places(rows: pd.DataFrame, trial: CompletionTrial) -> np.ndarray:
    """For each row its place in the trial, -1 where it is not in it."""
    asked = pd.MultiIndex.from_arrays([trial.projects, pd.DatetimeIndex(trial.asked_at)])
    found: np.ndarray = asked.get_indexer(pd.MultiIndex.from_frame(rows[_KEY]))
    return found


def _with_cost(rows: pd.DataFrame, trial: CompletionTrial) -> pd.DataFrame:
    budget, earned, spent = (
        rows[name].astype(float)
        for name in (
            EarnedValue.budget_at_completion_amount,
            EarnedValue.earned_value_amount,
            EarnedValue.actual_cost_amount,
        )
    )
    # Work that cost nothing is work whose cost is not known.
    is_known = (budget > 0) & earned.notna() & ((spent > 0) | ((spent == 0) & (earned == 0)))
    done = is_known & is_done(rows)
    estimate = pd.Series(estimate_at_completion(budget, earned, spent), index=rows.index).where(~done, spent)
    assumption = pd.Series(np.where(done, ALL_EARNED, AT_PLAN), index=rows.index, dtype=object)
    reason = pd.Series(np.where(done, "", NOTHING_EARNED), index=rows.index, dtype=object)
    shown, places = shown_series(trial), _places(rows, trial)
    tried = (places >= 0) & ~done.to_numpy()
    quantiles = np.full((len(rows), len(AMOUNTS)), np.nan)
    estimate[tried], assumption[tried] = shown.forecasts[places[tried]], shown.methods[places[tried]]
    reason[tried], quantiles[tried] = shown.reasons[places[tried]], shown.quantiles[places[tried]]
    rows[CompletionOutlook.estimate_at_completion_amount] = estimate.where(is_known)
    rows[CompletionOutlook.variance_at_completion_amount] = budget - estimate.where(is_known)
    rows[CompletionOutlook.cost_assumption] = assumption.where(is_known, None)
    rows[CompletionOutlook.cost_assumption_reason] = reason.where(is_known, None)
    rows[AMOUNTS] = quantiles
    return rows


def _with_finish(rows: pd.DataFrame, trial: CompletionTrial) -> pd.DataFrame:
    done = is_done(rows)
    first_done = rows[EarnedValue.status_date].where(done).groupby(rows[EarnedValue.project_id]).transform("min")
    is_complete = (rows["state"] == _COMPLETE).fillna(False).astype(bool)
    shown, places = shown_series(trial), _places(rows, trial)
    tried = (places >= 0) & ~(is_complete | done).to_numpy()
    finish = rows[_REPORTED].where(~(done & rows[_REPORTED].isna()), first_done)
    assumption = pd.Series(np.where(done, ALL_EARNED, AS_REPORTED), index=rows.index, dtype=object)
    begun = rows[EarnedValue.earned_value_amount].fillna(0.0) > 0
    why = np.select([done, is_complete, begun], ["", REPORTED_COMPLETE, NO_CLOCK], NO_CLOCK)
    reason = pd.Series(why, index=rows.index, dtype=object)
    ahead = shown.forecasts - trial.now
    finish[tried] = _days(trial, ahead)[places[tried]]
    assumption[tried], reason[tried] = shown.methods[places[tried]], shown.reasons[places[tried]]
    rows[CompletionOutlook.expected_finish_date] = finish
    rows[CompletionOutlook.finish_assumption] = assumption.where(finish.notna(), None)
    rows[CompletionOutlook.finish_assumption_reason] = reason.where(finish.notna(), None)
    for place, column in enumerate(FINISHES):
        days = pd.Series(pd.NaT, index=rows.index, dtype="datetime64[ns]")
        days[tried] = _days(trial, shown.quantiles[:, place] - trial.now)[places[tried]]
        rows[column] = days
    return rows


def _days(trial: CompletionTrial, ahead: np.ndarray) -> np.ndarray:
    """The day so many months after each row's own; missing where they are."""
    days = pd.to_timedelta(np.round(ahead * DAYS_A_MONTH), unit="D")
    found: np.ndarray = (pd.DatetimeIndex(trial.asked_at) + days).to_numpy(dtype="datetime64[ns]")
    return found
