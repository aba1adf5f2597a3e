from __future__ import annotations

import math
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmo_analytics.forecasting.scoring import (
    mean_absolute_error,
    median_absolute_error,
    median_interval,
    random_guessing_error,
    standardised_accuracy,
)

VALUES = st.lists(st.integers(0, 10_000), min_size=2, max_size=25)


def test_errors_by_hand() -> None:
    assert mean_absolute_error([1, 5, 9], [2, 5, 5]) == pytest.approx(5 / 3)
    assert median_absolute_error([1, 5, 9], [2, 5, 5]) == 1.0
    assert random_guessing_error([2, 6, 2]) == pytest.approx(8 / 3)
    assert standardised_accuracy([2, 6, 2], [2, 4, 4]) == pytest.approx(0.5)


@given(VALUES)
def test_guessing_is_the_mean_over_all_ordered_pairs(values: list[int]) -> None:
    pairs = [abs(a - b) for a, b in permutations(values, 2)]
    assert random_guessing_error(values) == pytest.approx(sum(pairs) / len(pairs))


@given(VALUES)
def test_a_perfect_estimate_scores_one_where_guessing_errs(values: list[int]) -> None:
    expected = 1.0 if len(set(values)) > 1 else math.nan
    assert standardised_accuracy(values, values) == pytest.approx(expected, nan_ok=True)


def test_too_few_values_have_no_score() -> None:
    assert math.isnan(mean_absolute_error([], []))
    assert math.isnan(median_absolute_error([], []))
    assert math.isnan(random_guessing_error([1]))
    assert all(math.isnan(end) for end in median_interval([]))


def test_pairs_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="one length"):
        mean_absolute_error([1, 2], [1])


@pytest.mark.parametrize(("n", "rank"), [(6, 1), (10, 2), (20, 6), (49, 18)])
def test_the_interval_of_the_median_has_the_rank_of_the_binomial_table(n: int, rank: int) -> None:
    # Conover, Practical Nonparametric Statistics: the largest rank r with 2 P(X < r) <= 0.05.
    low, high = median_interval(range(1, n + 1))
    assert (low, high) == (rank, n + 1 - rank)


@given(st.integers(50, 400))
def test_the_interval_covers_at_least_95_per_cent(n: int) -> None:
    low, _ = median_interval(range(1, n + 1))
    below = sum(math.comb(n, k) for k in range(int(low))) / 2**n
    assert 2 * below <= 0.052


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60))
def test_the_interval_holds_the_median(values: list[float]) -> None:
    low, high = median_interval(values)
    assert low <= np.median(values) <= high
