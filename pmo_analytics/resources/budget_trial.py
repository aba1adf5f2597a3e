"""Forecasts of a fiscal year's cost tried on the years that are over, and what the champion gate leaves of them.

Each finished year of a project is asked once, at the month's end that has as
many months of the year left as there are now: forecasts of one year are
far from independent, and one that has a month to go is easy. Quantiles are made
of what the same method missed by in years that were over before, in shares of
the year's budget; scores are the pinball loss over P10 to P90 on that scale.
Nine years must be known before one can be forecast with its quantiles, and nine
forecast so before they are judged; below that the budget stands, and the verdict
says how many are missing. The bare forecasts of the first years help to choose.
Sources: `forecasting.backtest`, `recalibration` and `champion_gate` name theirs;
asking a year once is this project's own rule.

Worked example: four projects had budgets in the year that is over. None was
known before it, so nothing is judged, and the verdict says: 4 finished.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pmo_analytics.forecasting.backtest import Backtest, Forecaster, backtest, two_clocks
from pmo_analytics.forecasting.champion_gate import Contest, Gate, cautious_gate
from pmo_analytics.forecasting.passport import ALL_SIZES
from pmo_analytics.forecasting.quantile_scores import Floats, mean_pinball
from pmo_analytics.forecasting.recalibration import conformal_shift, residuals_needed
from pmo_analytics.resources.budget_year_ends import BUDGET, FORECASTS, METHODS, NAIVE, YearEnd

LEVELS = (0.1, 0.5, 0.8, 0.9)
NEEDED = residuals_needed(max(LEVELS))
SEED = 19_740_401
_TINY = 1e-9


@dataclass(frozen=True)
class YearEndTrial:
    """The finished years at one distance from their end, in shares of their budgets, and what the gate left.

    `gate` is None where the history is too thin to judge anything.
    """

    finished: pd.DataFrame
    gate: Gate | None
    verdict: str

    @property
    def method(self) -> str:
        """The method that is used now."""
        return BUDGET if self.gate is None else self.gate.method

    def quantiles(self, asked: pd.DataFrame) -> Floats | None:
        """Quantiles of the costs of running years, shape (rows, levels), in their currency; None where thin."""
        if self.gate is None:
            return None
        shares = _forecaster(self.method)(self.finished, _in_shares(asked))
        costs: Floats = shares * asked[YearEnd.budget_amount].to_numpy(dtype=float)[:, None]
        return costs


def finished_at(year_ends: pd.DataFrame, months_left: int) -> pd.DataFrame:
    """The rows of years that are over with so many months left, in shares of their budgets."""
    rows = year_ends[year_ends[YearEnd.outcome_amount].notna() & (year_ends[YearEnd.months_left] == months_left)]
    return _in_shares(rows.sort_values([YearEnd.month_end_date, YearEnd.project_id], ignore_index=True))


def _in_shares(rows: pd.DataFrame) -> pd.DataFrame:
    names = [*FORECASTS.values(), YearEnd.outcome_amount]
    shares = rows[names].astype(float).div(rows[YearEnd.budget_amount].astype(float), axis=0)
    return rows.assign(**{name: shares[name] for name in names})


def _forecaster(method: str) -> Forecaster:
    def forecast(known: pd.DataFrame, asked: pd.DataFrame) -> Floats:
        missed = (known[YearEnd.outcome_amount] - known[FORECASTS[method]]).to_numpy(dtype=float)
        shift = conformal_shift(np.repeat(missed[:, None], len(LEVELS), axis=1), np.asarray(LEVELS))
        rising: Floats = np.maximum.accumulate(asked[FORECASTS[method]].to_numpy(dtype=float)[:, None] + shift, axis=1)
        return rising

    return forecast


def year_end_trial(year_ends: pd.DataFrame, months_left: int) -> YearEndTrial:
    """Try all methods on the finished years with so many months left."""
    finished = finished_at(year_ends, months_left)
    if not len(finished):
        return YearEndTrial(finished, None, _thin(0, 0, months_left))
    clocks = two_clocks(finished, asked_at=YearEnd.month_end_date, known_at=YearEnd.year_end_date)
    scored = np.sort(np.flatnonzero(clocks.known_count >= NEEDED))
    if len(scored) < NEEDED:
        return YearEndTrial(finished, None, _thin(len(finished), len(scored), months_left))
    tests = {
        method: backtest(
            finished, _forecaster(method), outcome=YearEnd.outcome_amount, asked_at=YearEnd.month_end_date,
            known_at=YearEnd.year_end_date, minimum_known=NEEDED, refit_every=1,
        )
        for method in METHODS
    }  # fmt: skip
    actual = finished[YearEnd.outcome_amount].to_numpy(dtype=float)
    quantiles = {method: _with_bare(finished, method, test) for method, test in tests.items()}
    scores = {method: mean_pinball(actual, each, LEVELS) for method, each in quantiles.items()}
    if min(float(scores[name][scored].sum()) for name in NAIVE) < _TINY:
        return YearEndTrial(finished, None, f"the budget stands: a naive forecast made no error in {len(scored)} years")
    is_judged = np.isin(np.arange(len(finished)), scored)
    contest = Contest(
        quantiles=quantiles, scores=scores, naive=NAIVE, levels=LEVELS, actual=actual, clocks=clocks,
        size_bands=np.full(len(actual), ALL_SIZES), positions=np.arange(len(finished)), is_judged=is_judged,
    )  # fmt: skip
    gate = cautious_gate(contest, SEED, minimum_scored=NEEDED)
    told = gate.passport.verdict.removeprefix("refused: ")
    if gate.passport.is_refused:
        told = f"{gate.method} is shown, the best of what is usual: {told}"
    return YearEndTrial(finished, gate, told)


def _with_bare(finished: pd.DataFrame, method: str, test: Backtest) -> Floats:
    """The quantiles of all finished years: where too few were known before, the bare forecast at each level."""
    found: Floats = np.repeat(finished[FORECASTS[method]].to_numpy(dtype=float)[:, None], len(LEVELS), axis=1)
    found[test.positions] = test.quantiles
    return found


def _thin(finished: int, scored: int, months_left: int) -> str:
    return (
        f"the budget stands, since no forecast of a year is judged here: {finished} finished years of projects can be "
        f"asked with {months_left} months left, {scored} of them with {NEEDED} known before; it takes {NEEDED} of these"
    )


def pooled(finished: pd.DataFrame, method: str) -> Mapping[str, float]:
    """How a method did on finished years, in shares of their budgets: mean absolute error, and what all missed by."""
    weights = finished[YearEnd.budget_amount].to_numpy(dtype=float)
    missed = (finished[YearEnd.outcome_amount] - finished[FORECASTS[method]]).to_numpy(dtype=float)
    return {"mean": float(np.abs(missed).mean()), "pooled": float((missed * weights).sum() / weights.sum())}
