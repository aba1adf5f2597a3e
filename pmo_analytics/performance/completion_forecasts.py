"""Cost and finish at completion of every running project under each assumption, and the record that they are shown by.

The forecasts are those of `completion_methods` and, of the finish, the manager's,
each month held against the baseline then in force; how they did on this
organisation's finished projects is `completion_trial`'s, which is shown
`completion_gate`'s. Below nine finished projects no method is judged: the naive
ones stand, the rest at plan for cost and for time, and the verdict says how many
projects are missing. Sources: those modules name them.

Worked example: five projects have finished. A sixth has spent 50 of a budget of
100 and earned 40. All five costs at completion are listed; the rest at plan, 110,
is the one shown, without a P80, and the verdict reads that five finished
projects do not bound P90 on one side, which takes nine.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Flag, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.portfolio import ProjectStatus
from pmo_analytics.forecasting.quantile_scores import Floats
from pmo_analytics.performance.completion_gate import SEED, completion_verdict, shown_series
from pmo_analytics.performance.completion_history import DAYS_A_MONTH, cost_trial, finish_trial, reported_finishes
from pmo_analytics.performance.completion_methods import COST_ASSUMPTIONS, FINISH_ASSUMPTIONS
from pmo_analytics.performance.completion_trial import (
    LEVELS,
    P80,
    THIRDS,
    ChampionSeries,
    CompletionTrial,
    champion_series,
    error_ratio,
    mean_project_error,
    naive_series,
)
from pmo_analytics.performance.earned_value import EarnedValue

COST, FINISH = "cost", "finish"
CHAMPION, WHOLE = "champion", "all"
_P50 = LEVELS.index(0.5)


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
    expected_finish_date: Date = optional()
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
    and of the naive method: one of these two is shown. `verdict` says which, and why.
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


def _within(trial: CompletionTrial, series: ChampionSeries) -> Floats:
    """1 where an outcome was within its P80, 0 where it was not, NaN where there was none."""
    p80 = series.quantiles[:, P80]
    found: Floats = np.where(np.isfinite(p80), trial.final <= p80, np.nan)
    return found


def _record(target: str, trial: CompletionTrial) -> list[dict[str, object]]:
    series = champion_series(trial)
    verdict = completion_verdict(trial, series).sentence
    within = {CHAMPION: _within(trial, series), trial.naive: _within(trial, naive_series(trial))}
    unknown = np.full(len(trial.codes), np.nan)
    tried = {name: trial.errors(name) for name in trial.forecasts}
    tried[CHAMPION] = np.abs(series.forecasts - trial.final) / trial.final
    naive, rows = tried[trial.naive], []
    for place, third in ((None, WHOLE), *enumerate(THIRDS)):
        members = trial.is_scored if place is None else trial.is_scored & (trial.third == place)
        projects = trial.codes[members]
        for name, errors in tried.items():
            ratio = error_ratio(errors[members], naive[members], projects, np.random.default_rng(SEED))
            rows.append({
                CompletionRecord.target: target,
                CompletionRecord.assumption: name,
                CompletionRecord.third: third,
                CompletionRecord.project_count: len(np.unique(projects[np.isfinite(errors[members])])),
                CompletionRecord.forecast_count: int(np.isfinite(errors[members]).sum()),
                CompletionRecord.mean_project_error_pct: 100 * mean_project_error(errors[members], projects),
                CompletionRecord.error_ratio: ratio.value if ratio else np.nan,
                CompletionRecord.error_ratio_low: ratio.low if ratio else np.nan,
                CompletionRecord.error_ratio_high: ratio.high if ratio else np.nan,
                CompletionRecord.p80_coverage_pct: 100
                * mean_project_error(within.get(name, unknown)[members], projects),
                CompletionRecord.is_naive: name == trial.naive,
                CompletionRecord.verdict: verdict,
            })  # fmt: skip
    return rows


def completion_record(
    earned_value_as_baselined: pd.DataFrame, project_status: pd.DataFrame, *, leaves_one_out: bool = False
) -> DataFrame[CompletionRecord]:
    """How cost and finish forecasts did on the finished projects of an `EarnedValue` frame, all thirds first.

    The origin rolls: a forecast uses the projects finished before its month,
    or with `leaves_one_out`, for projects of different years and firms, all others.
    """
    earned = earned_value_as_baselined
    trials = {
        COST: cost_trial(earned, leaves_one_out=leaves_one_out),
        FINISH: finish_trial(earned, project_status, leaves_one_out=leaves_one_out),
    }
    made = [row for target, trial in trials.items() for row in _record(target, trial)]
    told = [row for row in made if row[CompletionRecord.forecast_count]]
    return checked(CompletionRecord, pd.DataFrame(told, columns=list(CompletionRecord.to_schema().columns)))


def _by_assumption(earned: pd.DataFrame, trial: CompletionTrial) -> tuple[pd.DataFrame, Floats]:
    """The last month of each running project under each assumption, and the quantiles of what is shown, NaN elsewhere.

    `forecast` and `now` are in the trial's unit; the other columns are the month's own in `earned`.
    """
    shown = shown_series(trial)
    running = pd.Series(np.flatnonzero(~trial.is_scored)).groupby(trial.codes[~trial.is_scored])
    last = running.last().to_numpy(dtype=np.int64)
    places, names = (
        np.repeat(last, len(trial.forecasts)),
        np.tile(np.array(list(trial.forecasts), dtype=object), len(last)),
    )
    told = pd.DataFrame({
        EarnedValue.project_id: trial.projects[places],
        EarnedValue.status_date: trial.asked_at[places],
        "assumption": names,
        "is_shown": shown.methods[places] == names,
        "now": trial.now[places],
        "forecast": np.array([each[last] for each in trial.forecasts.values()]).T.ravel(),
    })  # fmt: skip
    quantiles = np.where(told[["is_shown"]].to_numpy(dtype=bool), shown.quantiles[places], np.nan)
    keys = [EarnedValue.project_id, EarnedValue.status_date]
    columns = [
        *keys, EarnedValue.currency, EarnedValue.budget_at_completion_amount, EarnedValue.planned_duration_months,
    ]  # fmt: skip
    return told.merge(earned[columns].drop_duplicates(keys), on=keys, how="left"), quantiles


def cost_at_completion(earned_value_as_baselined: pd.DataFrame) -> DataFrame[CostAtCompletion]:
    """Every running project's cost at completion by assumption, at its last month with progress and cost.

    Takes an `EarnedValue` frame of all projects, whose record decides which is shown.
    """
    rows, quantiles = _by_assumption(earned_value_as_baselined, cost_trial(earned_value_as_baselined))
    frame = rows.assign(
        estimate_at_completion_amount=rows["forecast"],
        variance_at_completion_amount=rows[EarnedValue.budget_at_completion_amount] - rows["forecast"],
        p50_amount=quantiles[:, _P50],
        p80_amount=quantiles[:, P80],
    )
    return checked(CostAtCompletion, frame.reindex(columns=list(CostAtCompletion.to_schema().columns)))


def finish_at_completion(
    earned_value_as_baselined: pd.DataFrame, project_status: pd.DataFrame
) -> DataFrame[FinishAtCompletion]:
    """Every running project's duration and end by assumption, at its last month with progress.

    Takes an `EarnedValue` frame of all projects and the register of reports; one reported complete does not run.
    """
    rows, quantiles = _by_assumption(earned_value_as_baselined, finish_trial(earned_value_as_baselined, project_status))

    def day(months: pd.Series | Floats) -> pd.Series:
        ahead = ((months - rows["now"]) * DAYS_A_MONTH).round()
        return pd.to_datetime(rows[EarnedValue.status_date]) + pd.to_timedelta(ahead, unit="D")

    frame = rows.assign(
        time_estimate_at_completion_months=rows["forecast"],
        expected_finish_date=day(rows["forecast"]),
        p50_finish_date=day(quantiles[:, _P50]),
        p80_finish_date=day(quantiles[:, P80]),
    )
    is_over = (reported_finishes(rows, project_status)[ProjectStatus.state] == "complete").fillna(False)
    kept = frame[~is_over.astype(bool)].reindex(columns=list(FinishAtCompletion.to_schema().columns))
    return checked(FinishAtCompletion, kept.reset_index(drop=True))
