"""Errors of single-figure estimates against outcomes; `quantile_scores` judges distributions.

Errors are in the unit of the outcomes. Sources: Shepperd and MacDonell,
"Evaluating prediction systems in software project estimation" (2012), for
MARp0 and standardised accuracy.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

_NORMAL_975 = 1.959963984540054


def _pairs(actual: ArrayLike, estimate: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    a, e = np.asarray(actual, dtype=float), np.asarray(estimate, dtype=float)
    if a.shape != e.shape or a.ndim != 1:
        raise ValueError(f"actual and estimate must be two sequences of one length, not {a.shape} and {e.shape}")
    return a, e


def mean_absolute_error(actual: ArrayLike, estimate: ArrayLike) -> float:
    """Mean of |actual - estimate|; NaN for no pairs."""
    a, e = _pairs(actual, estimate)
    return float(np.mean(np.abs(a - e))) if len(a) else math.nan


def median_absolute_error(actual: ArrayLike, estimate: ArrayLike) -> float:
    """Median of |actual - estimate|; NaN for no pairs."""
    a, e = _pairs(actual, estimate)
    return float(np.median(np.abs(a - e))) if len(a) else math.nan


def random_guessing_error(actual: ArrayLike) -> float:
    """MARp0: the exact mean of |y_i - y_j| over all i ≠ j, what guessing by another item's outcome errs.

    Exact in O(n log n): over the sorted outcomes, value k counts with weight
    2k - n + 1. NaN for fewer than two outcomes.
    """
    y = np.sort(np.asarray(actual, dtype=float))
    n = len(y)
    if n < 2:
        return math.nan
    weights = 2.0 * np.arange(n) - n + 1.0
    return float(2.0 * np.sum(weights * y) / (n * (n - 1)))


def standardised_accuracy(actual: ArrayLike, estimate: ArrayLike) -> float:
    """SA = 1 - MAE / MARp0: 1 is perfect, 0 no better than guessing, below 0 worse; NaN where MARp0 is 0."""
    guess = random_guessing_error(actual)
    if math.isnan(guess) or guess == 0:
        return math.nan
    return 1.0 - mean_absolute_error(actual, estimate) / guess


def median_interval(values: ArrayLike) -> tuple[float, float]:
    """Distribution-free interval of the median with at least 95 % coverage.

    Order statistics by the binomial distribution with p = 1/2 (normal
    approximation with continuity correction from 50 values on); the extremes
    where there are fewer than six values. NaN for no values.
    """
    y = np.sort(np.asarray(values, dtype=float))
    n = len(y)
    if n == 0:
        return math.nan, math.nan
    if n < 50:
        cumulative, low = 0.0, -1
        for k in range(n // 2):
            cumulative += math.comb(n, k) / 2.0**n
            if cumulative > 0.025:
                break
            low = k
        rank = max(low, 0)
    else:
        rank = max(math.floor((n - 1) / 2 - _NORMAL_975 * math.sqrt(n) / 2 - 0.5), 0)
    return float(y[rank]), float(y[n - 1 - rank])
