"""Quantiles of a cycle time with the open items counted in: each has lasted so long and is not done.

Leaving open items out flatters, for the slow ones are still open. Source:
Kaplan and Meier (1958), through `scipy.stats.ecdf`; the interval of a quantile
is Brookmeyer and Crowley's (1982), from pointwise log-log bands of the curve.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from pmo_analytics.forecasting.quantile_scores import Floats, checked_levels


@dataclass(frozen=True)
class DurationQuantile:
    """The duration by which the share `level` of items is done; each None where the curve does not reach it.

    `value` and the ends of its 95 % interval are in the unit of the durations.
    """

    level: float
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class CycleTimes:
    """Quantiles of a cycle time, and how many finished and open items they rest on."""

    finished: int
    still_open: int
    quantiles: tuple[DurationQuantile, ...]

    def at(self, level: float) -> float | None:
        """The duration of one level that was asked for; KeyError for another."""
        for quantile in self.quantiles:
            if quantile.level == level:
                return quantile.value
        raise KeyError(level)


def _first(durations: Floats, shares: Floats, level: float) -> float | None:
    reached = np.flatnonzero(shares >= level - 1e-12)
    return float(durations[reached[0]]) if len(reached) else None


def cycle_times(durations: ArrayLike, is_open: ArrayLike, levels: Sequence[float] = (0.5, 0.85, 0.95)) -> CycleTimes:
    """Kaplan-Meier quantiles of durations, some of items that are still open, shape (n,) both.

    An open item is taken to go on like those that lasted as long as it, and a
    cancelled one is neither finished nor open: leave it out, and say so.
    ValueError where the lengths differ or a duration is negative or missing.
    """
    from scipy.stats import CensoredData, ecdf

    t, open_items = np.asarray(durations, dtype=float), np.asarray(is_open, dtype=bool)
    tau = checked_levels(levels)
    if t.shape != open_items.shape or t.ndim != 1:
        raise ValueError(f"durations and marks of open items must be of one length, not {t.shape}, {open_items.shape}")
    if np.any(~(t >= 0)):
        raise ValueError("a duration must be 0 or more")
    finished, still_open = int((~open_items).sum()), int(open_items.sum())
    if not finished:
        nothing = tuple(DurationQuantile(float(level), None, None, None) for level in tau)
        return CycleTimes(0, still_open, nothing)
    curve = ecdf(CensoredData(uncensored=t[~open_items], right=t[open_items])).cdf
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        # Where the curve is 0 or 1 the band is not defined, and no end is given there.
        warnings.simplefilter("ignore", RuntimeWarning)
        band: Any = curve.confidence_interval(confidence_level=0.95, method="log-log")
    upper = np.nan_to_num(band.high.probabilities, nan=0.0)
    lower = np.nan_to_num(band.low.probabilities, nan=0.0)
    found = tuple(
        DurationQuantile(
            float(level),
            _first(curve.quantiles, curve.probabilities, level),
            _first(curve.quantiles, upper, level),
            _first(curve.quantiles, lower, level),
        )
        for level in tau
    )
    return CycleTimes(finished, still_open, found)
