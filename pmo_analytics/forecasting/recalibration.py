"""Quantiles moved to where the outcomes of earlier forecasts fell: rolling conformal recalibration by size band.

At each level, the quantile is shifted by the quantile of that level of what
earlier forecasts of the same band missed by. Source: Romano, Patterson and
Candès (2019), "Conformalized quantile regression", one-sided and on the past
alone. The rank is the conformal one, ⌈(n + 1) level⌉ from the middle up and
⌊(n + 1) level⌋ below it, so that it errs to the wide side.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pmo_analytics.forecasting.backtest import Positions, TwoClocks, running_past
from pmo_analytics.forecasting.quantile_scores import Floats, checked_levels

WINDOW = 500
# Fewer residuals do not bound P90 on one side.
MINIMUM = 9


@cache
def residuals_needed(level: float) -> int:
    """Fewest residuals that bound a level on one side: 1 at 50 %, 4 at 80 %, 9 at 90 %.

    With n residuals the conformal rank ⌈(n + 1) level⌉ is at most n only from
    there on. Levels below a half are bounded from below and need as many as
    their mirror image.
    """
    outer = max(float(checked_levels(level)[0]), 1.0 - level)
    return math.ceil(outer / (1.0 - outer) - 1e-9)


def conformal_shift(residuals: Floats, levels: Floats) -> Floats:
    """What to add to each level's quantile, from residuals of shape (n, levels); 0 where n is too small."""
    n = len(residuals)
    shifts = np.zeros(len(levels))
    ordered = np.sort(residuals, axis=0)
    for k, level in enumerate(levels):
        if n >= residuals_needed(float(level)):
            place = (n + 1) * level
            rank = math.ceil(place - 1e-9) if level >= 0.5 else math.floor(place + 1e-9)
            shifts[k] = ordered[rank - 1, k]
    return shifts


def recalibrated(
    actual: ArrayLike,
    quantiles: Floats,
    levels: ArrayLike,
    *,
    size_bands: NDArray[np.str_],
    clocks: TwoClocks,
    positions: Positions,
    window: int = WINDOW,
    minimum: int = MINIMUM,
) -> Floats:
    """Quantiles of a backtest, each shifted by what the forecasts before it missed by; shape as `quantiles`.

    `actual`, `quantiles` and `size_bands` have one row per forecast, `positions`
    their items in `clocks`. Used are the last `window` outcomes of the same band
    that were known strictly before the forecast was asked for; below `minimum`
    those of all bands; below that nothing is shifted. Outcomes and quantiles are
    on the scale that misses are alike on, such as logarithms of effort.
    """
    tau = checked_levels(levels)
    missed = np.asarray(actual, dtype=float)[:, None] - quantiles
    shifted = quantiles.copy()
    is_done = np.zeros(len(quantiles), dtype=bool)
    names = sorted(set(size_bands.tolist()))
    for members in [*(np.flatnonzero(size_bands == name) for name in names), np.arange(len(quantiles))]:
        order, counts = running_past(clocks, positions[members])
        past = missed[members[order]]
        wanted = np.flatnonzero((counts >= minimum) & ~is_done[members])
        for count in np.unique(counts[wanted]):
            rows = members[wanted[counts[wanted] == count]]
            shifted[rows] += conformal_shift(past[max(count - window, 0) : count], tau)
            is_done[rows] = True
    rising: Floats = np.maximum.accumulate(shifted, axis=1)
    return rising
