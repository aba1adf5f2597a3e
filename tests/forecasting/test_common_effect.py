"""What groups have in common: by hand, without groups that differ, and with some that plainly do."""

from __future__ import annotations

import numpy as np
import pytest

from pmo_analytics.forecasting.common_effect import common_effect


def mean_spread(values: list[float], group: list[int]) -> float:
    found = common_effect(np.array(values), np.array(group))
    return float(found.chances @ found.spreads)


def test_the_worked_example() -> None:
    found = common_effect(np.array([1.0, 3.0, 5.0, 7.0]), np.array([0, 0, 1, 1]))
    assert found.mean == pytest.approx(4.0)
    # Deviations of 1 with two degrees of freedom for four members: √2 times as wide.
    assert found.members == pytest.approx(np.sqrt(2) * np.array([-1, 1, -1, 1]))
    assert mean_spread([1, 3, 1, 3], [0, 0, 1, 1]) < mean_spread([1, 3, 5, 7], [0, 0, 1, 1])


def test_the_posterior_is_the_prior_times_the_likelihood() -> None:
    found = common_effect(np.array([1.0, 3.0, 5.0, 7.0]), np.array([0, 0, 1, 1]))
    within = 2.0
    tau = found.spreads
    # The difference of two means, 4, is normal with variance 2(τ² + 2/2); prior half-normal with scale √(2/3).
    variance = 2 * (tau**2 + within / 2)
    expected = np.exp(-(4.0**2) / (2 * variance)) / np.sqrt(variance) * np.exp(-(tau**2) / (2 * within / 3))
    assert found.chances == pytest.approx(expected / expected.sum(), rel=1e-6)


def test_one_group_says_nothing_beyond_the_prior() -> None:
    found = common_effect(np.array([0.0, 2.0, 4.0]), np.array([0, 0, 0]))
    prior = np.exp(-0.5 * found.spreads**2 / (4.0 / 3))
    assert found.chances == pytest.approx(prior / prior.sum(), rel=1e-6)
    assert found.members == pytest.approx(np.sqrt(1.5) * np.array([-2, 0, 2]))


def test_values_without_spread_have_none() -> None:
    found = common_effect(np.zeros(6), np.array([0, 0, 0, 1, 1, 1]))
    assert found.draws(3, np.random.default_rng(0), draws=50).any() == np.False_
    apart = common_effect(np.array([0.0, 0.0, 1.0, 1.0]), np.array([0, 0, 1, 1]))
    assert float(np.std(apart.draws(1, np.random.default_rng(0), draws=4_000))) > 0.3


def test_new_groups_of_a_draw_share_the_doubt_about_the_mean() -> None:
    values = np.array([1.0, 3.0, 5.0, 7.0])
    drawn = common_effect(values, np.array([0, 0, 1, 1])).draws(2, np.random.default_rng(1), draws=60_000)
    # Var τ²(1 + 1/2), covariance τ²/2: a correlation of a third, whatever τ.
    assert np.corrcoef(drawn.T)[0, 1] == pytest.approx(1 / 3, abs=0.03)
    assert drawn.mean() == pytest.approx(0.0, abs=0.03)


def test_groups_must_fit_values() -> None:
    with pytest.raises(ValueError, match="0 values"):
        common_effect(np.empty(0), np.empty(0, dtype=np.int64))
