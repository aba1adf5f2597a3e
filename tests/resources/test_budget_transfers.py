from __future__ import annotations

from collections import Counter
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow

from pmo_analytics.resources.budget_transfers import MOST_TRIED, fewest_transfers

AMOUNTS = st.lists(st.integers(0, 30), max_size=3)


def is_sound(available: list[int], needed: list[int]) -> int:
    """How many transfers were made; they move all that can be, and nobody gives or gets too much."""
    found = fewest_transfers(available, needed)
    given_by, got_by = Counter[int](), Counter[int]()
    for giver, taker, count in found:
        assert count > 0
        given_by[giver] += count
        got_by[taker] += count
    assert all(given_by[place] <= amount for place, amount in enumerate(available))
    assert all(got_by[place] <= amount for place, amount in enumerate(needed))
    assert sum(given_by.values()) == min(sum(available), sum(needed))
    assert len({each[:2] for each in found}) == len(found)
    assert found == sorted(found)
    return len(found)


def fewest_by_flow(available: list[int], needed: list[int]) -> int:
    """The fewest pairs over which the largest sum flows, by trying all sets of pairs."""
    givers, takers = len(available), len(needed)
    pairs, goal = list(product(range(givers), range(takers))), min(sum(available), sum(needed))
    for size in range(len(pairs) + 1):
        for chosen in combinations(pairs, size):
            capacity = np.zeros((givers + takers + 2,) * 2, dtype=np.int32)
            capacity[0, 1 : 1 + givers] = available
            capacity[1 + givers : 1 + givers + takers, -1] = needed
            for giver, taker in chosen:
                capacity[1 + giver, 1 + givers + taker] = 10**6
            if maximum_flow(csr_array(capacity), 0, givers + takers + 1).flow_value == goal:
                return size
    raise AssertionError


def test_the_worked_example_and_nothing_to_move() -> None:
    assert fewest_transfers([30, 20], [20, 10, 15]) == [(0, 1, 10), (0, 2, 15), (1, 0, 20)]
    assert fewest_transfers([], [5]) == fewest_transfers([5], []) == fewest_transfers([0], [0]) == []
    with pytest.raises(ValueError, match="0 or more"):
        fewest_transfers([-1], [1])


def test_where_money_is_short_the_takers_that_take_few_transfers_are_chosen() -> None:
    # The third takes all of it.
    assert fewest_transfers([10], [4, 3, 10]) == [(0, 2, 10)]


@settings(max_examples=40)
@given(AMOUNTS, AMOUNTS)
def test_no_fewer_transfers_move_as_much(available: list[int], needed: list[int]) -> None:
    assert is_sound(available, needed) == fewest_by_flow(available, needed)


@given(st.lists(st.integers(0, 10**12), max_size=20), st.lists(st.integers(0, 10**12), max_size=20))
def test_many_members_are_served_with_at_most_one_transfer_fewer_than_there_are(
    available: list[int], needed: list[int]
) -> None:
    count = is_sound(available, needed)
    members = sum(each > 0 for each in (*available, *needed))
    assert count <= max(0, members - 1)


def test_above_the_limit_equal_amounts_are_paired_first() -> None:
    amounts = [100 + place for place in range(MOST_TRIED)]
    assert fewest_transfers(amounts, amounts[::-1]) == [
        (place, MOST_TRIED - 1 - place, 100 + place) for place in range(MOST_TRIED)
    ]
