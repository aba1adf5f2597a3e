"""What each project's fiscal year comes to cost, with the record of such forecasts on the years that are over.

The methods are `budget_year_ends`'s; `budget_trial` tries them and lets the
champion gate say which is shown. Where it is too thin to judge anything, the
budget stands, without an interval. Sources: those two modules name them.

Worked example: of a year's budget of 120 a project has spent 40 by June, and no
year is over yet. The budget stands: 120, and the verdict says why.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Flag, Number, Text, Whole, checked, optional, required
from pmo_analytics.resources.budget_amounts import fiscal_year_name, fiscal_year_start, start_month
from pmo_analytics.resources.budget_trial import LEVELS, YearEndTrial, finished_at, pooled, year_end_trial
from pmo_analytics.resources.budget_year_ends import FORECASTS, METHODS, NAIVE, YearEnd


class YearEndForecast(Contract):
    """One row per project with a budget by month in the fiscal year of the reporting date.

    Key: project_id. `forecast_spend_amount` is the year's cost in the project's
    currency, P80 stays empty where the history is thin; `is_refused` then holds,
    the budget stands, and `verdict` says why. `months_left` are those after the
    last month that is over.
    """

    project_id: Text = required()
    fiscal_year: Text = required()
    currency: Text = required()
    months_left: Whole = required(ge=0)
    budget_amount: Number = required()
    forecast_spend_amount: Number = required()
    p80_amount: Number = optional()
    method: Text = required(isin=METHODS)
    is_refused: Flag = required()
    verdict: Text = required()


class YearEndRecord(Contract):
    """How forecasts of a fiscal year's cost did on finished years: one row per method and distance from the end.

    Key: months_left, method. Each finished year of a project with a budget
    counts once. Errors are in per cent of the year's budget: the mean of their
    sizes, and that of all money together, above 0 where years cost more than was
    forecast. Of the distance that is asked for now, `skill` is a candidate's own
    against the naive forecast that it beats least, `p80_held_pct` the share of
    years within the P80 of what the gate chose on the past alone, beside the
    method used. `verdict` says which is used and why; it is empty elsewhere.
    """

    months_left: Whole = required(ge=1)
    method: Text = required(isin=METHODS)
    year_count: Whole = required(ge=1)
    mean_budget_error_pct: Number = required(ge=0)
    pooled_budget_error_pct: Number = required()
    skill: Number = optional(le=1)
    skill_low: Number = optional(le=1)
    skill_high: Number = optional(le=1)
    p80_held_pct: Number = optional(ge=0, le=100)
    is_naive: Flag = required()
    is_asked: Flag = required()
    is_used: Flag = required()
    verdict: Text = required()


def _now(year_ends: pd.DataFrame, status_date: pd.Timestamp) -> pd.DataFrame:
    """The rows of the last month that is over, of the year of the reporting date."""
    year = fiscal_year_start(status_date, start_month(year_ends[YearEnd.fiscal_year_start_date]))
    of_year = year_ends[year_ends[YearEnd.fiscal_year_start_date] == year]
    is_last = of_year[YearEnd.month_end_date] == of_year[YearEnd.month_end_date].max()
    last: pd.DataFrame = of_year[is_last].reset_index(drop=True)
    return last


def year_end_forecast(year_ends: pd.DataFrame, *, status_date: pd.Timestamp) -> DataFrame[YearEndForecast]:
    """The cost of the running fiscal year of every project with a budget in it, from a `YearEnd` frame of all projects.

    The record that the gate goes by is that of all projects of the frame.
    """
    rows = _now(year_ends, status_date)
    columns = list(YearEndForecast.to_schema().columns)
    left = int(rows[YearEnd.months_left].iloc[0]) if len(rows) else 0
    if not left:
        return checked(YearEndForecast, pd.DataFrame(columns=columns))
    trial = year_end_trial(year_ends, left)
    quantiles = trial.quantiles(rows)
    spent = rows[YearEnd.actual_amount].to_numpy(dtype=float)
    found = pd.DataFrame({
        YearEndForecast.project_id: rows[YearEnd.project_id],
        YearEndForecast.fiscal_year: [fiscal_year_name(day) for day in rows[YearEnd.fiscal_year_start_date]],
        YearEndForecast.currency: rows[YearEnd.currency],
        YearEndForecast.months_left: left,
        YearEndForecast.budget_amount: rows[YearEnd.budget_amount].round(4),
        YearEndForecast.method: trial.method,
        YearEndForecast.is_refused: quantiles is None,
        YearEndForecast.verdict: trial.verdict,
    })  # fmt: skip
    # What is spent stays spent.
    bare = rows[FORECASTS[trial.method]].to_numpy(dtype=float)
    cost = bare if quantiles is None else quantiles[:, LEVELS.index(0.5)]
    p80 = np.full(len(rows), np.nan) if quantiles is None else quantiles[:, LEVELS.index(0.8)]
    found[YearEndForecast.forecast_spend_amount] = np.maximum(cost, spent).round(4)
    found[YearEndForecast.p80_amount] = np.maximum(p80, spent).round(4)
    return checked(YearEndForecast, found[columns])


def year_end_record(year_ends: pd.DataFrame, *, status_date: pd.Timestamp) -> DataFrame[YearEndRecord]:
    """How each method did on finished years at every distance from their end, the distance asked for now first.

    Takes a `YearEnd` frame of all projects.
    """
    rows = _now(year_ends, status_date)
    asked = int(rows[YearEnd.months_left].iloc[0]) if len(rows) else 0
    over = year_ends.loc[year_ends[YearEnd.outcome_amount].notna(), YearEnd.months_left]
    distances = sorted(set(over.astype(int)) - {0}, key=lambda left: (left != asked, left))
    made = [row for left in distances for row in _rows(year_ends, left, is_asked=left == asked)]
    return checked(YearEndRecord, pd.DataFrame(made, columns=list(YearEndRecord.to_schema().columns)))


def _rows(ends: pd.DataFrame, left: int, *, is_asked: bool) -> Iterator[dict[str, object]]:
    finished = finished_at(ends, left)
    trial = year_end_trial(ends, left) if is_asked else None
    for method in METHODS:
        error = pooled(finished, method)
        yield {
            YearEndRecord.months_left: left,
            YearEndRecord.method: method,
            YearEndRecord.year_count: len(finished),
            YearEndRecord.mean_budget_error_pct: 100 * error["mean"],
            YearEndRecord.pooled_budget_error_pct: 100 * error["pooled"],
            YearEndRecord.is_naive: method in NAIVE,
            YearEndRecord.is_asked: is_asked,
            YearEndRecord.is_used: trial is not None and method == trial.method,
            YearEndRecord.verdict: "" if trial is None else trial.verdict,
        } | ({} if trial is None else _judged(trial, method))


def _judged(trial: YearEndTrial, method: str) -> dict[str, object]:
    """The skill of a candidate, and of the method used how often its P80 held."""
    found: dict[str, object] = {}
    if trial.gate is None:
        return found
    if method in trial.gate.skills:
        skill = trial.gate.skills[method]
        found |= {"skill": skill.value, "skill_low": skill.low, "skill_high": skill.high}
    if method == trial.method:
        held = trial.gate.passport.coverage_by_band["all"][LEVELS.index(0.8)]
        found[YearEndRecord.p80_held_pct] = 100 * held.share
    return found
