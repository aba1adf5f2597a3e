"""Quantiles of one sample under many sets of weights: what classes, neighbours and forest leaves forecast."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from pmo_analytics.forecasting.quantile_scores import Floats, checked_levels


def weighted_quantiles(values: ArrayLike, weights: Floats, levels: ArrayLike) -> Floats:
    """Quantiles of `values`, shape (n,), under each row of `weights`, shape (m, n): shape (m, levels).

    The least value whose share of the weight reaches the level (the inverse of
    the empirical distribution), so that an atom stays where it is. ValueError
    where a row's weights are negative or sum to nothing.
    """
    tau = checked_levels(levels)
    given = np.asarray(values, dtype=float)
    if weights.ndim != 2 or weights.shape[1] != len(given) or np.any(weights < 0):
        raise ValueError(f"{len(given)} values need weights of 0 or more, one row each, not {weights.shape}")
    order = np.argsort(given, kind="stable")
    reached = np.cumsum(weights[:, order], axis=1)
    if np.any(~(reached[:, -1:] > 0)):
        raise ValueError("each row's weights must sum to more than 0")
    reached /= reached[:, -1:]
    short = np.asarray(tau) - 1e-9
    places = np.array([row.searchsorted(short) for row in reached]).reshape(len(reached), len(short))
    found: Floats = given[order][np.minimum(places, len(given) - 1)]
    return found
