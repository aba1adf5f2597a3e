"""How often outcomes fall where a forecast said: coverage with its band, and the probability integral transform.

Sources: Clopper and Pearson (1934) for the band; Czado, Gneiting and Held
(2009) for the transform of forecasts with atoms, which is drawn at random
within the atom so that it is uniform where the forecast is right.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from pmo_analytics.forecasting.quantile_scores import Floats, checked_levels


@dataclass(frozen=True)
class Coverage:
    """Share of outcomes at or below the quantile of one level, with the 95 % band of a binomial share.

    `level`, `share`, `low` and `high` are shares, 0 to 1; without outcomes
    `share` is NaN and the band is 0 to 1.
    """

    level: float
    n: int
    share: float
    low: float
    high: float

    @property
    def holds_level(self) -> bool:
        """Whether the band holds the level that was promised."""
        return self.low <= self.level <= self.high


def clopper_pearson(hits: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """Exact band of a share of `hits` in `n`: it never covers less than `confidence`; (0, 1) for n = 0."""
    from scipy.special import betaincinv

    if not 0 <= hits <= n:
        raise ValueError(f"{hits} hits in {n}")
    tail = (1.0 - confidence) / 2.0
    low = float(betaincinv(hits, n - hits + 1, tail)) if hits else 0.0
    high = float(betaincinv(hits + 1, n - hits, 1.0 - tail)) if hits < n else 1.0
    return low, high


def coverage(actual: ArrayLike, quantiles: ArrayLike, levels: ArrayLike) -> list[Coverage]:
    """Coverage at each level of `quantiles`, shape (n, levels); an outcome equal to the quantile is covered.

    The band is Clopper and Pearson's at 95 %. It takes outcomes as independent:
    where errors come in runs it is too narrow. Where the forecast has an atom,
    levels inside it are covered by more than their share; `randomised_pit`
    judges those.
    """
    tau = checked_levels(levels)
    y, q = np.asarray(actual, dtype=float), np.asarray(quantiles, dtype=float)
    if q.shape != (len(y), len(tau)):
        raise ValueError(f"{len(y)} outcomes at {len(tau)} levels need quantiles of that shape, not {q.shape}")
    found = []
    for k, level in enumerate(tau):
        hits = int(np.sum(y <= q[:, k]))
        low, high = clopper_pearson(hits, len(y))
        found.append(Coverage(float(level), len(y), hits / len(y) if len(y) else math.nan, low, high))
    return found


def randomised_pit(below: ArrayLike, at_or_below: ArrayLike, generator: np.random.Generator) -> Floats:
    """F(y-) + V (F(y) - F(y-)) with V uniform: uniform on 0 to 1 where the forecasts are right, atoms or not.

    `below` is the forecast probability of less than the outcome, `at_or_below`
    that of the outcome or less; ValueError where the first is above the second.
    """
    lower, upper = np.asarray(below, dtype=float), np.asarray(at_or_below, dtype=float)
    if lower.shape != upper.shape or np.any(~((lower >= 0) & (lower <= upper) & (upper <= 1))):
        raise ValueError("probabilities must be pairs in 0 to 1, the first not above the second")
    drawn: Floats = lower + generator.random(lower.shape) * (upper - lower)
    return drawn


def pit_of_sample(actual: float, sample: ArrayLike) -> tuple[float, float]:
    """F(y-) and F(y) of one outcome in the empirical distribution of `sample`, for `randomised_pit`."""
    x = np.asarray(sample, dtype=float)
    if not len(x):
        raise ValueError("a sample must hold a value")
    return float(np.mean(x < actual)), float(np.mean(x <= actual))
