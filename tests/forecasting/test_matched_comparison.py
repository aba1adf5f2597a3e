"""Matched comparison counts assignments exactly, and pairs of like sets are all that there are."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmo_analytics.forecasting.matched_comparison import matched_difference
from pmo_analytics.forecasting.similar_sets import similar_pairs


def test_one_stratum_by_hand() -> None:
    found = matched_difference([1.0, 2.0, 5.0, 6.0], [True, True, False, False], ["a"] * 4)
    assert (found.difference, found.first, found.others, found.strata) == (-4.0, 2, 2, 1)
    assert found.chance == pytest.approx(1 / 6)
    # Six assignments never reject at 5 %.
    assert (found.low, found.high) == (-math.inf, math.inf)


def test_two_strata_by_hand() -> None:
    # Differences 2 and 8 with weights 1 · 1 / 2 and 1 · 3 / 4, over their sum.
    found = matched_difference(
        [3.0, 1.0, 9.0, 0.0, 1.0, 2.0, 99.0],
        [True, False, True, False, False, False, True],
        ["a", "a", "b", "b", "b", "b", "alone"],
    )
    assert found.difference == pytest.approx((0.5 * 2 + 0.75 * 8) / 1.25)
    assert (found.first, found.others, found.strata) == (2, 4, 2)


def test_all_assignments_of_eight_against_eight() -> None:
    found = matched_difference([0.0] * 8 + [1.0] * 8, [True] * 8 + [False] * 8, ["a"] * 16)
    assert found.difference == -1.0
    assert found.chance == pytest.approx(1 / 12_870)


def test_strata_with_one_group_alone_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="both groups"):
        matched_difference([1.0, 2.0], [True, False], ["a", "b"])


@given(st.integers(0, 10_000))
def test_the_other_way_round_the_difference_turns_its_sign(seed: int) -> None:
    chosen = np.random.default_rng(seed)
    values, groups = chosen.normal(size=8), np.arange(8) % 2 == 0
    one = matched_difference(values.tolist(), groups.tolist(), ["a"] * 8)
    other = matched_difference(values.tolist(), (~groups).tolist(), ["a"] * 8)
    assert one.difference == pytest.approx(-other.difference)
    assert one.chance == pytest.approx(other.chance)
    assert one.low == pytest.approx(-other.high, abs=1e-6)


def test_a_shift_of_all_of_a_stratum_changes_nothing() -> None:
    chosen = np.random.default_rng(3)
    values, groups = chosen.normal(size=40), chosen.random(40) < 0.5
    strata = ["a"] * 20 + ["b"] * 20
    moved = values + np.repeat([0.0, 100.0], 20)
    one, other = (matched_difference(each.tolist(), groups.tolist(), strata) for each in (values, moved))
    assert one.difference == pytest.approx(other.difference)
    assert one.chance == pytest.approx(other.chance)


@given(
    st.lists(st.frozensets(st.sampled_from("abcdefgh"), max_size=6), max_size=14),
    st.sampled_from([0.3, 0.5, 0.6, 0.75, 1.0]),
)
def test_pairs_of_like_sets_are_those_of_every_pair(sets: list[frozenset[str]], least: float) -> None:
    every = {
        (one, other): len(sets[one] & sets[other]) / len(sets[one] | sets[other])
        for one, other in combinations(range(len(sets)), 2)
        if sets[one] and sets[other]
    }
    expected = [(*pair, likeness) for pair, likeness in sorted(every.items()) if likeness >= least]
    assert similar_pairs(sets, least=least) == expected
