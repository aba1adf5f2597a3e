"""Quantiles from trees: forest leaf weights, and boosting with an atom apart.

Both take features, shape (n, features), and outcomes of which many may be
exactly 0 (the logarithm of a ratio of 1). Sources: Meinshausen (2006),
"Quantile regression forests"; Friedman (2001) for gradient boosting, with the
pinball loss; the atom as the middle part of a three-part mixture. Defaults are
stated, not tuned; the same seed gives the same trees.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pmo_analytics.forecasting.quantile_scores import Floats, checked_levels
from pmo_analytics.forecasting.weighted_quantiles import weighted_quantiles

TREES = 100
LEAF = 20
# The levels that a side of the atom is learned at; between them it is interpolated.
_GRID = np.array([0.05, 0.15, 0.3, 0.5, 0.7, 0.85, 0.95])


def leaf_weights(trained: NDArray[np.int64], asked: NDArray[np.int64]) -> Floats:
    """Meinshausen's weights from each tree's leaves, shapes (n, trees) and (m, trees): shape (m, n), rows sum to 1."""
    weights = np.zeros((len(asked), len(trained)))
    for tree in range(trained.shape[1]):
        is_same = asked[:, tree][:, None] == trained[:, tree][None, :]
        weights += is_same / is_same.sum(axis=1, keepdims=True)
    averaged: Floats = weights / trained.shape[1]
    return averaged


def forest_quantiles(features: Floats, outcomes: Floats, asked: Floats, levels: ArrayLike, *, seed: int) -> Floats:
    """Quantiles of each row of `asked`, shape (asked, levels); the atom is the leaves' own share of exact values."""
    from sklearn.ensemble import RandomForestRegressor  # type: ignore[import-untyped]

    forest = RandomForestRegressor(TREES, min_samples_leaf=LEAF, max_features=0.5, random_state=seed, n_jobs=1)
    forest.fit(features, outcomes)
    return weighted_quantiles(outcomes, leaf_weights(forest.apply(features), forest.apply(asked)), levels)


def mixture_quantiles(sides: Floats, shares: Floats, levels: ArrayLike) -> Floats:
    """Quantiles of a mixture of below 0, exactly 0 and above 0, shape (n, levels).

    `shares`, shape (n, 3), are the three parts' probabilities; `sides`, shape
    (2, n, grid), are the quantiles of the outcomes below and above 0 at `_GRID`.
    """
    tau = checked_levels(levels)
    found = np.zeros((len(shares), len(tau)))
    for row, (below, exact, above) in enumerate(shares):
        is_low, is_high = tau < below, tau > below + exact
        found[row, is_low] = np.interp(tau[is_low] / max(below, 1e-12), _GRID, sides[0, row])
        found[row, is_high] = np.interp((tau[is_high] - below - exact) / max(above, 1e-12), _GRID, sides[1, row])
    return found


def _boosted_shares(features: Floats, part: NDArray[np.int64], asked: Floats, seed: int) -> Floats:
    from sklearn.ensemble import HistGradientBoostingClassifier

    shares = np.zeros((len(asked), 3))
    present = np.unique(part)
    if len(present) == 1:
        shares[:, present[0] + 1] = 1.0
        return shares
    classifier = HistGradientBoostingClassifier(
        max_iter=60, learning_rate=0.05, max_leaf_nodes=8, min_samples_leaf=LEAF, random_state=seed
    )
    shares[:, present + 1] = classifier.fit(features, part).predict_proba(asked)
    return shares


def _boosted_side(features: Floats, outcomes: Floats, asked: Floats, seed: int) -> Floats:
    from sklearn.ensemble import HistGradientBoostingRegressor

    if len(outcomes) < 2 * LEAF:
        plain = np.quantile(outcomes, _GRID) if len(outcomes) else np.zeros(len(_GRID))
        return np.tile(plain, (len(asked), 1))
    columns = []
    for level in _GRID:
        model = HistGradientBoostingRegressor(
            loss="quantile",
            quantile=float(level),
            max_iter=60,
            learning_rate=0.05,
            max_leaf_nodes=8,
            min_samples_leaf=LEAF,
            random_state=seed,
        )
        columns.append(model.fit(features, outcomes).predict(asked))
    rising: Floats = np.sort(np.stack(columns, axis=1), axis=1)
    return rising


def boosted_quantiles(features: Floats, outcomes: Floats, asked: Floats, levels: ArrayLike, *, seed: int) -> Floats:
    """Quantiles of each row of `asked`, shape (asked, levels): boosted shares of the parts, and quantiles in each.

    A part of fewer than two leaves' items has its plain quantiles, and one
    without any is never drawn. One thread only, so that sums are added in one
    order.
    """
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    part = np.sign(outcomes).astype(np.int64)
    with threadpool_limits(limits=1, user_api="openmp"):
        shares = _boosted_shares(features, part, asked, seed)
        below, above = (_boosted_side(features[part == sign], outcomes[part == sign], asked, seed) for sign in (-1, 1))
    return mixture_quantiles(np.stack([np.minimum(below, 0.0), np.maximum(above, 0.0)]), shares, levels)
