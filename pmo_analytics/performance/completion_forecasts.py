"""Cost and finish at completion of every running project under each assumption, and the record that they are shown by.

The forecasts are those of `completion_methods`, each month held against the
baseline then in force; how they did on this organisation's finished projects,
and which may be shown, is `completion_trial`'s. Below nine finished projects no
method is judged: the naive ones stand, the rest at plan for cost and for time,
and the verdict says how many projects are missing.
Sources: those two modules name them.

Worked example: five projects have finished. A sixth has spent 50 of a budget of
100 and earned 40. All five costs at completion are listed; the rest at plan, 110,
is the one shown, without a P80, and the verdict reads that five finished
projects do not bound P90 on one side, which takes nine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Flag, Number, Text, Whole, checked, optional, required
from pmo_analytics.forecasting.quantile_scores import Floats
from pmo_analytics.performance.completion_methods import (
    AT_PLAN,
    COST_ASSUMPTIONS,
    FINISH_ASSUMPTIONS,
    REST_PLANNED,
    cost_estimates,
    finish_estimates,
)
from pmo_analytics.performance.completion_trial import (
    LEVELS,
    MINIMUM_PROJECTS,
    THIRDS,
    ChampionSeries,
    CompletionTrial,
    champion_series,
    error_ratio,
    mean_project_error,
    project_means,
)
from pmo_analytics.performance.earned_value import EarnedValue

COST, FINISH = "cost", "finish"
CHAMPION, WHOLE = "champion", "all"
SEED = 20_060_711
_DAYS_A_MONTH = 365.25 / 12
_DONE = 1 - 1e-9


class CostAtCompletion(Contract):
    """One row per running project and assumption about the rest: what it comes to cost, in the project's currency.

    Key: project_id, assumption. `is_shown` marks the one that the record lets
    be shown; P50 and P80 stand beside it alone, and only where nine finished
    projects were known. Missing where an index is not known.
    """

    project_id: Text = required()
    assumption: Text = required(isin=COST_ASSUMPTIONS)
    currency: Text = optional()
    budget_at_completion_amount: Number = required()
    estimate_at_completion_amount: Number = optional()
    variance_at_completion_amount: Number = optional()
    p50_amount: Number = optional()
    p80_amount: Number = optional()
    is_shown: Flag = required()


class FinishAtCompletion(Contract):
    """One row per running project and assumption about the rest: its duration in months and the day it ends.

    Key: project_id, assumption. Months are since the baseline began. P50 and
    P80 as in `CostAtCompletion`.
    """

    project_id: Text = required()
    assumption: Text = required(isin=FINISH_ASSUMPTIONS)
    planned_duration_months: Number = required()
    time_estimate_at_completion_months: Number = optional()
    forecast_finish_date: Date = optional()
    p50_finish_date: Date = optional()
    p80_finish_date: Date = optional()
    is_shown: Flag = required()


class CompletionRecord(Contract):
    """How forecasts at completion did on finished projects: one row per target, assumption and third of completion.

    Key: target, assumption, third. `champion` is the series of methods chosen
    on the past alone. `mean_project_error_pct` is the mean over projects of
    their mean absolute percentage errors; `error_ratio` is that over the naive
    method's with a 95 % interval over projects, below 1 is better. Coverage is
    the mean over projects of the share of outcomes within P80, of the champion
    alone. `verdict` says which method is shown, and why.
    """

    target: Text = required(isin=[COST, FINISH])
    assumption: Text = required(isin=sorted({CHAMPION, *COST_ASSUMPTIONS, *FINISH_ASSUMPTIONS}))
    third: Text = required(isin=[WHOLE, *THIRDS])
    project_count: Whole = required(ge=0)
    forecast_count: Whole = required(ge=0)
    mean_project_error_pct: Number = optional(ge=0)
    error_ratio: Number = optional(ge=0)
    error_ratio_low: Number = optional(ge=0)
    error_ratio_high: Number = optional(ge=0)
    p80_coverage_pct: Number = optional(ge=0, le=100)
    is_naive: Flag = required()
    verdict: Text = required()


def _months(earned: pd.DataFrame) -> pd.DataFrame:
    """Months with a budget, progress and a clock, in order, with the outcome of projects that are done."""
    parts = [
        EarnedValue.budget_at_completion_amount, EarnedValue.earned_value_amount, EarnedValue.actual_time_months,
        EarnedValue.earned_schedule_months, EarnedValue.planned_duration_months,
    ]  # fmt: skip
    known = earned[earned[parts].notna().all(axis=1) & (earned[EarnedValue.budget_at_completion_amount] > 0)]
    rows = known.sort_values([EarnedValue.project_id, EarnedValue.period_month], ignore_index=True)
    rows["progress"] = rows[EarnedValue.earned_value_amount] / rows[EarnedValue.budget_at_completion_amount]
    done = rows[rows["progress"] >= _DONE].groupby(EarnedValue.project_id)
    outcome = pd.DataFrame({
        "final_cost": done[EarnedValue.actual_cost_amount].last().astype(float),
        "final_months": done[EarnedValue.actual_time_months].first().astype(float),
        "known_at": pd.to_datetime(done[EarnedValue.status_date].first()),
    })  # fmt: skip
    rows = rows.merge(outcome, left_on=EarnedValue.project_id, right_index=True, how="left")
    return rows[(rows["progress"] > 0) & (rows["progress"] < _DONE)].reset_index(drop=True)


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
    rows = _months(earned)
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


def finish_trial(earned: pd.DataFrame, *, leaves_one_out: bool = False) -> CompletionTrial:
    """The months of an `EarnedValue` frame, their duration forecast under each assumption.

    The class of a month is the median of what the projects known by then took
    of their plans; 1, the plan, where none was.
    """
    rows = _months(earned)
    now = EarnedValue.actual_time_months
    empty = _trial(rows, now, "final_months", {}, REST_PLANNED, leaves_one_out=leaves_one_out)
    taken = (rows["final_months"] / rows[EarnedValue.planned_duration_months]).to_numpy(dtype=float)
    ratios = np.ones(len(rows))
    for row in range(len(rows)):
        if (known := empty.known(row)).any():
            ratios[row] = np.median(project_means(taken[known], empty.projects[known]))
    forecasts = finish_estimates(
        rows[EarnedValue.planned_duration_months], rows[now], rows[EarnedValue.earned_schedule_months], ratios
    )
    return replace(empty, forecasts=forecasts)


def completion_verdict(trial: CompletionTrial, series: ChampionSeries) -> tuple[bool, str]:
    """Whether the champions may be shown, and the sentence that says so, from the scored rows of a trial."""
    scored = trial.is_scored
    finished = len(set(trial.projects[scored]))
    if finished < MINIMUM_PROJECTS:
        return False, (
            f"{trial.naive} is shown, and no method is judged: {finished} finished projects do not bound P90 on one "
            f"side, which takes {MINIMUM_PROJECTS}"
        )
    errors = np.abs(series.forecasts - trial.final) / trial.final
    ratio = error_ratio(
        errors[scored], trial.errors(trial.naive)[scored], trial.projects[scored], np.random.default_rng(SEED)
    )
    if ratio is None:
        return False, f"{trial.naive} is shown: it made no error"
    span = f"{ratio.value:.2f} times its error (95 % interval {ratio.low:.2f} to {ratio.high:.2f}, {ratio.n} projects)"
    if ratio.high < 1:
        return True, f"what is chosen on the past alone is shown, which is better than {trial.naive}: {span}"
    return False, f"{trial.naive} is shown, since no method is proven better: the one chosen made {span}"


def _record(target: str, trial: CompletionTrial) -> list[dict[str, object]]:
    series = champion_series(trial)
    _, verdict = completion_verdict(trial, series)
    scored = trial.is_scored
    thirds = np.minimum((trial.progress * 3).astype(int), 2)
    within = np.where(np.isfinite(series.quantiles[:, 1]), trial.final <= series.quantiles[:, 1], np.nan)
    tried = {name: trial.errors(name) for name in trial.forecasts}
    tried[CHAMPION] = np.abs(series.forecasts - trial.final) / trial.final
    naive, rows = tried[trial.naive], []
    for place, third in ((None, WHOLE), *enumerate(THIRDS)):
        members = scored if place is None else scored & (thirds == place)
        projects = trial.projects[members]
        for name, errors in tried.items():
            ratio = error_ratio(errors[members], naive[members], projects, np.random.default_rng(SEED))
            rows.append({
                CompletionRecord.target: target,
                CompletionRecord.assumption: name,
                CompletionRecord.third: third,
                CompletionRecord.project_count: len(set(projects[np.isfinite(errors[members])])),
                CompletionRecord.forecast_count: int(np.isfinite(errors[members]).sum()),
                CompletionRecord.mean_project_error_pct: 100 * mean_project_error(errors[members], projects),
                CompletionRecord.error_ratio: ratio.value if ratio else np.nan,
                CompletionRecord.error_ratio_low: ratio.low if ratio else np.nan,
                CompletionRecord.error_ratio_high: ratio.high if ratio else np.nan,
                CompletionRecord.p80_coverage_pct: 100 * mean_project_error(within[members], projects)
                if name == CHAMPION
                else np.nan,
                CompletionRecord.is_naive: name == trial.naive,
                CompletionRecord.verdict: verdict,
            })  # fmt: skip
    return rows


def completion_record(
    earned_value_as_baselined: pd.DataFrame, *, leaves_one_out: bool = False
) -> DataFrame[CompletionRecord]:
    """How cost and finish forecasts did on the finished projects of an `EarnedValue` frame, all thirds first.

    The origin rolls: a forecast uses the projects finished before its month,
    or with `leaves_one_out`, for projects of different years and firms, all others.
    """
    trials = {COST: cost_trial, FINISH: finish_trial}
    made = [
        row
        for target, trial in trials.items()
        for row in _record(target, trial(earned_value_as_baselined, leaves_one_out=leaves_one_out))
    ]
    told = [row for row in made if row[CompletionRecord.forecast_count]]
    return checked(CompletionRecord, pd.DataFrame(told, columns=list(CompletionRecord.to_schema().columns)))


def _shown(trial: CompletionTrial) -> tuple[list[int], NDArray[np.object_], Floats]:
    """Where the last month of each running project stands; by row, the method shown and its quantiles."""
    series = champion_series(trial)
    is_champion, _ = completion_verdict(trial, series)
    running = np.flatnonzero(~trial.is_scored)
    last = {str(trial.projects[place]): int(place) for place in running}
    if is_champion:
        return list(last.values()), series.methods, series.quantiles
    nothing = np.full((len(trial.projects), len(LEVELS)), np.nan)
    return list(last.values()), np.full(len(trial.projects), trial.naive, dtype=object), nothing


def _by_assumption(
    earned: pd.DataFrame, trial: CompletionTrial, told: Callable[[pd.Series, float, Floats], dict[str, object]]
) -> pd.DataFrame:
    last, methods, quantiles = _shown(trial)
    rows = {(row[EarnedValue.project_id], row[EarnedValue.status_date]): row for _, row in earned.iterrows()}
    made: list[dict[str, object]] = []
    for place in last:
        project = trial.projects[place]
        row = rows[project, pd.Timestamp(trial.asked_at[place])]
        for name, forecasts in trial.forecasts.items():
            is_shown = name == methods[place]
            told_of = quantiles[place] if is_shown else np.full(len(LEVELS), np.nan)
            made.append(
                {EarnedValue.project_id: project, "assumption": name, "is_shown": is_shown}
                | told(row, float(forecasts[place]), told_of)
            )
    return pd.DataFrame(made)


def cost_at_completion(earned_value_as_baselined: pd.DataFrame) -> DataFrame[CostAtCompletion]:
    """Every running project's cost at completion by assumption, at its last month with progress and cost."""

    def told(row: pd.Series, estimate: float, quantiles: Floats) -> dict[str, object]:
        budget = float(row[EarnedValue.budget_at_completion_amount])
        return {
            CostAtCompletion.currency: row[EarnedValue.currency],
            CostAtCompletion.budget_at_completion_amount: budget,
            CostAtCompletion.estimate_at_completion_amount: estimate,
            CostAtCompletion.variance_at_completion_amount: budget - estimate,
            CostAtCompletion.p50_amount: quantiles[0],
            CostAtCompletion.p80_amount: quantiles[1],
        }

    frame = _by_assumption(earned_value_as_baselined, cost_trial(earned_value_as_baselined), told)
    return checked(CostAtCompletion, frame.reindex(columns=list(CostAtCompletion.to_schema().columns)))


def finish_at_completion(earned_value_as_baselined: pd.DataFrame) -> DataFrame[FinishAtCompletion]:
    """Every running project's duration and end by assumption, at its last month with progress."""

    def told(row: pd.Series, months: float, quantiles: Floats) -> dict[str, object]:
        def day(duration: float) -> object:
            ahead = duration - float(row[EarnedValue.actual_time_months])
            if np.isnan(ahead):
                return pd.NaT
            return row[EarnedValue.status_date] + pd.Timedelta(days=round(ahead * _DAYS_A_MONTH))

        return {
            FinishAtCompletion.planned_duration_months: row[EarnedValue.planned_duration_months],
            FinishAtCompletion.time_estimate_at_completion_months: months,
            FinishAtCompletion.forecast_finish_date: day(months),
            FinishAtCompletion.p50_finish_date: day(quantiles[0]),
            FinishAtCompletion.p80_finish_date: day(quantiles[1]),
        }

    frame = _by_assumption(earned_value_as_baselined, finish_trial(earned_value_as_baselined), told)
    return checked(FinishAtCompletion, frame.reindex(columns=list(FinishAtCompletion.to_schema().columns)))
