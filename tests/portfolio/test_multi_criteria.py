"""Weighted value, TOPSIS and PROMETHEE by hand and by the textbook; how sure an order is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from pmo_analytics.errors import UsageError
from pmo_analytics.portfolio.multi_criteria import net_flows, ranks, shares, swings, topsis, weighted_values
from pmo_analytics.portfolio.rank_stability import least_turn, rank_chances

# Hwang and Yoon's aircraft; the fourth criterion, price, is a cost.
AIRCRAFT = np.array(
    [
        [2.0, 1500, 20000, 5.5, 5, 9],
        [2.5, 2700, 18000, 6.5, 3, 5],
        [1.8, 2000, 21000, 4.5, 7, 7],
        [2.2, 1800, 20000, 5.0, 5, 5],
    ]
)
WEIGHTS = np.array([0.2, 0.1, 0.1, 0.1, 0.2, 0.3])
IS_COST = np.array([False, False, False, True, False, False])


def test_the_aircraft_of_hwang_and_yoon() -> None:
    assert topsis(AIRCRAFT, WEIGHTS, IS_COST).round(4).tolist() == [0.6433, 0.2684, 0.6135, 0.3123]


def test_the_worked_example() -> None:
    scores, is_cost = np.array([[10.0, 8.0], [0.0, 4.0]]), np.array([False, True])
    assert weighted_values(swings(scores, is_cost), np.array([3.0, 1.0])).tolist() == [0.75, 0.25]
    # The first is preferred with three quarters of the weight.
    assert net_flows(scores, np.array([3.0, 1.0]), is_cost).tolist() == [0.5, -0.5]


def test_a_criterion_under_which_all_are_alike_tells_nothing() -> None:
    scores, is_cost = np.array([[5.0, 1.0], [5.0, 2.0]]), np.array([False, False])
    assert swings(scores, is_cost).tolist() == [[0, 0], [0, 1]]
    assert topsis(np.ones((2, 2)), np.ones(2), is_cost).tolist() == [0.5, 0.5]


def test_weights_that_are_none_are_said() -> None:
    for wrong in ([0.0, 0.0], [-1.0, 2.0], [np.nan, 1.0]):
        with pytest.raises(UsageError, match="no shares of a whole"):
            shares(np.array(wrong))


@settings(max_examples=40)
@given(seed=st.integers(0, 10_000))
def test_flows_sum_to_nothing_and_a_better_subject_never_comes_later(seed: int) -> None:
    generator = np.random.default_rng(seed)
    scores, weights = generator.integers(0, 9, (5, 4)).astype(float), generator.uniform(0.1, 1, 4)
    is_cost = generator.random(4) < 0.5
    assert net_flows(scores, weights, is_cost).sum() == pytest.approx(0)
    better = scores.copy()
    better[0] = np.where(is_cost, scores.min(axis=0), scores.max(axis=0))
    for values in (
        weighted_values(swings(better, is_cost), weights), net_flows(better, weights, is_cost),
        topsis(better, weights, is_cost),
    ):  # fmt: skip
        assert values[0] >= values.max() - 1e-12
    assert ranks(np.array([0.5, 0.9, 0.5])).tolist() == [2, 1, 3]


def test_chances_of_ranks_by_hand() -> None:
    swung = np.array([[1.0, 0.0], [0.0, 1.0]])
    sure = rank_chances(swung, np.array([0.9, 0.1]), np.random.default_rng(0))
    assert sure[0, 0] > 0.99
    even = rank_chances(swung, np.array([1.0, 1.0]), np.random.default_rng(0))
    assert even[0, 0] == pytest.approx(0.5, abs=0.05)
    assert even.sum(axis=0) == pytest.approx([1, 1])
    assert even.sum(axis=1) == pytest.approx([1, 1])
    # What weighs nothing may not begin to weigh.
    assert rank_chances(swung, np.array([1.0, 0.0]), np.random.default_rng(0))[0, 0] == 1


def test_the_least_turn_by_hand() -> None:
    moved, made = least_turn(np.array([1.0, -1.0]), np.array([0.6, 0.4]))
    assert (moved, made.tolist()) == (pytest.approx(0.1), pytest.approx([0.5, 0.5]))
    assert np.isnan(least_turn(np.array([0.2, 0.1]), np.ones(2))[0])
    assert least_turn(np.array([-0.2, 0.1]), np.ones(2))[0] == 0


@settings(max_examples=40)
@given(seed=st.integers(0, 10_000))
def test_no_smaller_change_turns_the_pair(seed: int) -> None:
    generator = np.random.default_rng(seed)
    n = 5
    difference, weights = generator.normal(size=n), generator.dirichlet(np.ones(n))
    if difference @ weights < 0:
        difference = -difference
    moved, made = least_turn(difference, weights)
    # Weights w + u - v: the least sum of v with the lead gone.
    solved = linprog(
        np.concatenate([np.zeros(n), np.ones(n)]),
        A_ub=[np.concatenate([difference, -difference])], b_ub=[-float(difference @ weights)],
        A_eq=[np.concatenate([np.ones(n), -np.ones(n)])], b_eq=[0.0],
        bounds=[(0, None)] * n + [(0, w) for w in weights],
    )  # fmt: skip
    if np.isnan(moved):
        assert not solved.success
    else:
        assert moved == pytest.approx(solved.fun, abs=1e-9)
        assert made.sum() == pytest.approx(1)
        assert (made >= -1e-12).all()
        assert difference @ made == pytest.approx(0, abs=1e-9)
