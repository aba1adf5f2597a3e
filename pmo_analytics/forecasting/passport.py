"""The passport of a forecast: how such forecasts did on this organisation's own history, or why there is none.

A forecast is shown with its passport or not at all. Source of the rules: this
project's own; the scores are those of `quantile_scores`, `coverage` and `skill`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from pmo_analytics.contracts.base import Contract, Date, Flag, Number, Text, Whole, optional, required
from pmo_analytics.forecasting.block_bootstrap import Interval
from pmo_analytics.forecasting.coverage import Coverage, coverage
from pmo_analytics.forecasting.quantile_scores import Floats, checked_levels
from pmo_analytics.forecasting.recalibration import residuals_needed
from pmo_analytics.forecasting.skill import skill

ALL_SIZES = "all"
EVENT_DATES = "event dates"
VERSIONS = "versions"
# The clocks of histories without dates: a ticket knows those created before it, a project all the others.
ORDER_OF_CREATION = "order of creation"
LEAVE_ONE_OUT = "leave one out"
CLOCKS = (EVENT_DATES, VERSIONS, ORDER_OF_CREATION, LEAVE_ONE_OUT)
DRIFT_MINIMUM = 30


class ForecastPassport(Contract):
    """One row per method, size band and level of a backtest, all sizes first; one row without a level where refused.

    `forecast_count` is how many forecasts of the band were scored between the
    two window dates, on `clock`: event dates, versions, or without window dates
    order of creation or leave one out. Leave one out also uses what was known
    later, and flatters where work changed. Coverage is the share
    of outcomes at or below the quantile, 0 to 100, with Clopper and Pearson's
    95 % band, which takes outcomes as independent. `skill` is 1 - score / naive
    over all sizes with its block-bootstrap interval: above 0 is better than
    `naive_method`. `drift` is the score of the last third over that of the first
    two: above 1 is worse of late; empty below 30 forecasts and without an order.
    Do not use a
    forecast of which `is_refused` holds; `verdict` says why and what is missing.
    """

    method: Text = required()
    naive_method: Text = required()
    clock: Text = required(isin=list(CLOCKS))
    size_band: Text = required()
    level_pct: Number = optional(gt=0, lt=100)
    forecast_count: Whole = required(ge=0)
    window_start_date: Date = optional()
    window_finish_date: Date = optional()
    coverage_pct: Number = optional(ge=0, le=100)
    coverage_low_pct: Number = optional(ge=0, le=100)
    coverage_high_pct: Number = optional(ge=0, le=100)
    skill: Number = optional(le=1)
    skill_low: Number = optional(le=1)
    skill_high: Number = optional(le=1)
    drift: Number = optional(ge=0)
    is_refused: Flag = required()
    verdict: Text = required()


@dataclass(frozen=True)
class Passport:
    """How a method did in a backtest; `ForecastPassport` says what each part means.

    `coverage_by_band` holds, per size band in the order given, one `Coverage`
    per level; `ALL_SIZES` is first. `skill` is None and `refusal` says why where
    the history carries no forecast.
    """

    method: str
    naive_method: str
    clock: str
    levels: tuple[float, ...]
    n: int
    window: tuple[pd.Timestamp, pd.Timestamp] | None
    coverage_by_band: dict[str, tuple[Coverage, ...]]
    skill: Interval | None
    drift: float
    refusal: str = ""

    @property
    def is_refused(self) -> bool:
        """Whether the forecast may not be shown."""
        return bool(self.refusal)

    @property
    def verdict(self) -> str:
        """One sentence for a reader: the refusal, or by how much the naive forecast was beaten."""
        if self.refusal or self.skill is None:
            return f"refused: {self.refusal}"
        gain, low, high = (100 * share for share in (self.skill.value, self.skill.low, self.skill.high))
        worst = min(self.coverage_by_band[ALL_SIZES], key=lambda found: found.share - found.level)
        return (
            f"{gain:.1f} % better than {self.naive_method} (95 % interval {low:.1f} to {high:.1f} %, "
            f"{self.n:,} forecasts); P{100 * worst.level:.0f} held {100 * worst.share:.1f} %"
        )

    def refused(self, reason: str) -> Passport:
        """The same record, refused for `reason`."""
        return Passport(
            self.method,
            self.naive_method,
            self.clock,
            self.levels,
            self.n,
            self.window,
            self.coverage_by_band,
            self.skill,
            self.drift,
            reason,
        )

    def frame(self) -> pd.DataFrame:
        """The passport under the contract `ForecastPassport`."""
        common: dict[str, object] = {
            ForecastPassport.method: self.method,
            ForecastPassport.naive_method: self.naive_method,
            ForecastPassport.clock: self.clock,
            ForecastPassport.window_start_date: self.window[0] if self.window else pd.NaT,
            ForecastPassport.window_finish_date: self.window[1] if self.window else pd.NaT,
            ForecastPassport.skill: self.skill.value if self.skill else math.nan,
            ForecastPassport.skill_low: self.skill.low if self.skill else math.nan,
            ForecastPassport.skill_high: self.skill.high if self.skill else math.nan,
            ForecastPassport.drift: self.drift,
            ForecastPassport.is_refused: self.is_refused,
            ForecastPassport.verdict: self.verdict,
        }
        rows: list[dict[str, object]] = [
            common
            | {
                ForecastPassport.size_band: band,
                ForecastPassport.level_pct: 100 * found.level,
                ForecastPassport.forecast_count: found.n,
                ForecastPassport.coverage_pct: 100 * found.share,
                ForecastPassport.coverage_low_pct: 100 * found.low,
                ForecastPassport.coverage_high_pct: 100 * found.high,
            }
            for band, levels in self.coverage_by_band.items()
            for found in levels
        ]
        if not rows:
            rows = [common | {ForecastPassport.size_band: ALL_SIZES, ForecastPassport.forecast_count: self.n}]
        frame = pd.DataFrame(rows).reindex(columns=list(ForecastPassport.to_schema().columns))
        checked: pd.DataFrame = ForecastPassport.validate(frame)
        return checked


@dataclass(frozen=True)
class ScoredForecasts:
    """Forecasts of a backtest with their outcomes, one per row, in the order they were asked.

    `quantiles` has the shape (n, levels), in the unit of `actual`; `scores` are
    one per forecast, less is better. Forecasts whose outcome is not known are
    left out before.
    """

    actual: Floats
    quantiles: Floats
    scores: Floats
    size_bands: NDArray[np.str_]
    asked_at: NDArray[np.datetime64]


def drift(scores: ArrayLike) -> float:
    """Mean score of the last third of the forecasts over that of the first two; NaN below 30 or where those are 0."""
    x = np.asarray(scores, dtype=float)
    cut = len(x) - len(x) // 3
    if len(x) < DRIFT_MINIMUM or not x[:cut].mean() > 0:
        return math.nan
    return float(x[cut:].mean() / x[:cut].mean())


def too_few(n: int, levels: ArrayLike) -> str:
    """Why `n` residuals do not bound the outermost level on one side, and how many are missing; else empty."""
    level = max(checked_levels(levels), key=lambda tau: max(tau, 1 - tau))
    needed = residuals_needed(float(level))
    if n >= needed:
        return ""
    return (
        f"{n} forecasts with a known outcome do not bound P{100 * level:.0f} on one side, "
        f"which takes {needed}: {needed - n} more are missing"
    )


def passport(
    forecasts: ScoredForecasts,
    naive_scores: ArrayLike,
    levels: Sequence[float],
    generator: np.random.Generator,
    *,
    method: str,
    naive_method: str,
    clock: str,
    block_length: int | None = None,
) -> Passport:
    """The passport of `forecasts` against the naive scores of the same items, in the same order.

    Refused where the outcomes are too few for the outermost level. It does not
    judge the skill: `champion_gate` does. `asked_at` is read where `clock` has
    dates, and there is no drift where it has no order.
    """
    has_dates = clock in (EVENT_DATES, VERSIONS)
    n = len(forecasts.actual)
    tau = tuple(float(level) for level in checked_levels(levels))
    bands = {ALL_SIZES: np.ones(n, dtype=bool)}
    bands |= {name: forecasts.size_bands == name for name in dict.fromkeys(forecasts.size_bands.tolist())}
    reason = too_few(n, tau)
    covered: dict[str, tuple[Coverage, ...]] = {}
    if n:
        for name, members in bands.items():
            covered[name] = tuple(coverage(forecasts.actual[members], forecasts.quantiles[members], tau))
    return Passport(
        method,
        naive_method,
        clock,
        tau,
        n,
        (pd.Timestamp(forecasts.asked_at.min()), pd.Timestamp(forecasts.asked_at.max())) if n and has_dates else None,
        covered,
        None if reason else skill(forecasts.scores, naive_scores, generator, block_length=block_length),
        math.nan if clock == LEAVE_ONE_OUT else drift(forecasts.scores),
        reason,
    )
