"""Proper scores of forecasts that are distributions: quantiles, samples, normals.

A score is in the unit of the outcome, and less is better. Sources: Koenker and
Bassett (1978) for the pinball loss; Gneiting and Raftery (2007), "Strictly
proper scoring rules", for the continuous ranked probability score (CRPS), which
is twice the pinball loss averaged over all levels.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def checked_levels(levels: ArrayLike) -> Floats:
    """Quantile levels as an array, or a ValueError where they do not rise strictly between 0 and 1."""
    given = np.atleast_1d(np.asarray(levels, dtype=float))
    if given.ndim != 1 or not len(given) or not (np.all(given > 0) and np.all(given < 1)):
        raise ValueError(f"levels must lie between 0 and 1, not {given}")
    if np.any(np.diff(given) <= 0):
        raise ValueError(f"levels must rise strictly, not {given}")
    return given


def _matrix(actual: ArrayLike, quantiles: ArrayLike, levels: Floats) -> tuple[Floats, Floats]:
    y, q = np.asarray(actual, dtype=float), np.asarray(quantiles, dtype=float)
    if y.ndim != 1 or q.shape != (len(y), len(levels)):
        raise ValueError(f"{y.shape} outcomes at {len(levels)} levels need quantiles of that shape, not {q.shape}")
    return y, q


def pinball_loss(actual: ArrayLike, quantiles: ArrayLike, levels: ArrayLike) -> Floats:
    """Loss of each outcome at each level, shape (n, levels), in the unit of the outcome.

    An outcome above the quantile costs `level` times the distance, one below it
    `1 - level` times. ValueError where the shapes or the levels do not fit.
    """
    tau = checked_levels(levels)
    y, q = _matrix(actual, quantiles, tau)
    excess = y[:, None] - q
    loss: Floats = np.maximum(tau * excess, (tau - 1.0) * excess)
    return loss


def mean_pinball(actual: ArrayLike, quantiles: ArrayLike, levels: ArrayLike) -> Floats:
    """Pinball loss of each outcome, averaged over the levels with equal weight, shape (n,)."""
    averaged: Floats = pinball_loss(actual, quantiles, levels).mean(axis=1)
    return averaged


def crps_of_quantiles(actual: ArrayLike, quantiles: ArrayLike, levels: ArrayLike) -> Floats:
    """CRPS of each outcome against quantiles, shape (n,): twice the pinball loss over the levels' own cells.

    A level stands for the cell that ends half-way to its neighbours, the first
    and last for all that is left to 0 and 1. For the levels (k - 1/2) / m it is
    exactly the CRPS of a sample of m values; for a few levels an approximation
    that knows nothing of the tails.
    """
    tau = checked_levels(levels)
    edges = np.concatenate([[0.0], (tau[1:] + tau[:-1]) / 2.0, [1.0]])
    summed: Floats = 2.0 * pinball_loss(actual, quantiles, tau) @ np.diff(edges)
    return summed


def crps_of_sample(actual: float, sample: ArrayLike) -> float:
    """CRPS of one outcome against the empirical distribution of `sample`: E|X - y| - E|X - X'| / 2.

    NaN for an empty sample. O(m log m).
    """
    x = np.sort(np.asarray(sample, dtype=float))
    m = len(x)
    if m == 0:
        return math.nan
    weights = 2.0 * np.arange(m) - m + 1.0
    return float(np.mean(np.abs(x - actual)) - np.sum(weights * x) / m**2)


def crps_of_normal(actual: ArrayLike, mean: ArrayLike, standard_deviation: ArrayLike) -> Floats:
    """CRPS of outcomes against normal distributions, in closed form; shape as the inputs broadcast.

    Gneiting and Raftery (2007), equation 21. ValueError where a standard
    deviation is not above 0.
    """
    from scipy.special import ndtr

    sigma = np.asarray(standard_deviation, dtype=float)
    if np.any(~(sigma > 0)):
        raise ValueError("a standard deviation must be above 0")
    z = (np.asarray(actual, dtype=float) - np.asarray(mean, dtype=float)) / sigma
    density = np.exp(-0.5 * z**2) / math.sqrt(2.0 * math.pi)
    score: Floats = sigma * (z * (2.0 * ndtr(z) - 1.0) + 2.0 * density - 1.0 / math.sqrt(math.pi))
    return score


def brier_score(happened: ArrayLike, probability: ArrayLike) -> float:
    """Mean squared distance of stated probabilities from what happened (0 or 1); NaN for none.

    Brier (1950). 0 is perfect; always saying 1/2 scores 0.25. ValueError where a
    probability lies outside 0 to 1 or the lengths differ.
    """
    o, p = np.asarray(happened, dtype=float), np.asarray(probability, dtype=float)
    if o.shape != p.shape or o.ndim != 1:
        raise ValueError(f"outcomes and probabilities must be of one length, not {o.shape} and {p.shape}")
    if np.any(~((p >= 0) & (p <= 1))) or np.any((o != 0) & (o != 1)):
        raise ValueError("probabilities lie in 0 to 1, and outcomes are 0 or 1")
    return float(np.mean((p - o) ** 2)) if len(o) else math.nan
