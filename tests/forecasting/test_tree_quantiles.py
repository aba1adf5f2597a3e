from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from pmo_analytics.forecasting.tree_quantiles import (
    boosted_quantiles,
    forest_quantiles,
    leaf_weights,
    mixture_quantiles,
)

LEVELS = (0.1, 0.5, 0.8, 0.9)
Model = Callable[..., np.ndarray]


def history(n: int, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A feature of 0 or 1: with 0, 60 % are exactly 0 and the rest small; with 1, none are and all lie about 2."""
    feature = generator.integers(0, 2, n)
    calm = np.where(generator.random(n) < 0.6, 0.0, generator.normal(0, 0.5, n))
    return feature[:, None].astype(float), np.where(feature == 0, calm, 2 + generator.normal(0, 1, n))


@pytest.mark.parametrize("model", [forest_quantiles, boosted_quantiles])
def test_each_group_has_its_own_quantiles_and_the_atom_stays_one(model: Model) -> None:
    generator = np.random.default_rng(1)
    features, outcomes = history(2_000, generator)
    calm, wild = model(features, outcomes, np.array([[0.0], [1.0]]), LEVELS, seed=1)
    assert calm[1] == 0.0
    assert calm[0] < 0 < calm[3]
    assert wild == pytest.approx([2 - 1.28, 2, 2.84, 3.28], abs=0.25)


@pytest.mark.slow
@pytest.mark.parametrize("model", [forest_quantiles, boosted_quantiles])
def test_levels_cover_their_share_of_new_outcomes(model: Model) -> None:
    generator = np.random.default_rng(2)
    features, outcomes = history(3_000, generator)
    asked, later = history(3_000, generator)
    found = model(features, outcomes, asked, LEVELS, seed=1)
    share = (later[:, None] <= found).mean(axis=0)
    assert share[[2, 3]] == pytest.approx([0.8, 0.9], abs=0.03)
    assert np.all(np.diff(found, axis=1) >= 0)


@pytest.mark.parametrize("model", [forest_quantiles, boosted_quantiles])
@pytest.mark.parametrize("outcome", [0.0, 0.7])
def test_a_history_without_spread_is_forecast_as_it_is(model: Model, outcome: float) -> None:
    features = np.arange(60.0)[:, None]
    assert model(features, np.full(60, outcome), features[:3], LEVELS, seed=1) == pytest.approx(outcome)


def test_a_seed_gives_one_forest() -> None:
    features, outcomes = history(300, np.random.default_rng(3))
    first, second = (forest_quantiles(features, outcomes, features[:5], LEVELS, seed=4) for _ in range(2))
    assert first.tolist() == second.tolist()


def test_leaf_weights_by_hand() -> None:
    # Tree 1 puts the question with the first two, tree 2 with the last.
    found = leaf_weights(np.array([[1, 1], [1, 1], [2, 5]]), np.array([[1, 5]]))
    assert found.tolist() == [[0.25, 0.25, 0.5]]


def test_a_mixture_by_hand() -> None:
    grid = np.array([0.05, 0.15, 0.3, 0.5, 0.7, 0.85, 0.95])
    sides = np.stack([grid[None] - 1, grid[None]])
    # Half below, a quarter exactly 0, a quarter above: 0.25 is the middle of the lower half.
    found = mixture_quantiles(sides, np.array([[0.5, 0.25, 0.25]]), [0.25, 0.5, 0.6, 0.875])
    assert found[0] == pytest.approx([-0.5, 0.0, 0.0, 0.5])
