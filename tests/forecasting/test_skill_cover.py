from __future__ import annotations

from itertools import chain, combinations

import numpy as np
import pytest

from pmo_analytics.forecasting.skill_cover import cover


def test_the_worked_example() -> None:
    both = np.array([[True, True]])
    assert cover([5, 0], [8], both).too_much == frozenset()
    found = cover([5, 5], [8], both)
    assert found.covered.sum() == 8
    assert found.too_much == {0, 1}


def test_a_kind_that_nobody_can_work_on_asks_for_too_much() -> None:
    found = cover([3, 4], [10], np.array([[True, False]]))
    assert found.covered.tolist() == [3, 0]
    assert found.too_much == {1}


def test_nobody_covers_nothing() -> None:
    assert cover([2], [], np.zeros((0, 1), dtype=bool)).covered.tolist() == [0]


@pytest.mark.parametrize("seed", range(30))
def test_by_halls_theorem(seed: int) -> None:
    chance = np.random.default_rng(seed)
    loads, capacities = chance.integers(0, 9, 4), chance.integers(0, 9, 3)
    can = chance.random((3, 4)) < 0.5
    found = cover(loads.tolist(), capacities.tolist(), can)

    def lack(kinds: tuple[int, ...]) -> int:
        return int(loads[list(kinds)].sum() - capacities[can[:, list(kinds)].any(axis=1)].sum())

    worst = max(lack(kinds) for kinds in chain.from_iterable(combinations(range(4), n) for n in range(5)))
    assert loads.sum() - found.covered.sum() == max(0, worst)
    assert (lack(tuple(found.too_much)) > 0) == (worst > 0)
