from __future__ import annotations

import numpy as np
import pytest

from pmo_analytics.errors import ContractError
from pmo_analytics.forecasting.throughput import items_within, periods_until

HISTORY = [0, 2, 3, 1, 0, 4, 2, 5, 1, 2]


def generator() -> np.random.Generator:
    return np.random.default_rng(2026)


def exact_totals(periods: int) -> np.ndarray:
    """Probabilities of 0, 1, 2 … items in so many independent periods, by convolution."""
    one = np.bincount(HISTORY) / len(HISTORY)
    total = np.array([1.0])
    for _ in range(periods):
        total = np.convolve(total, one)
    return total


def test_when_of_the_worked_history() -> None:
    found = periods_until(40, HISTORY, generator(), block_length=1, draws=40_000)
    assert found.values == (20, 24, 27)
    for level, periods in zip(found.levels, found.values, strict=True):
        assert periods is not None
        assert exact_totals(periods)[40:].sum() >= level > exact_totals(periods - 1)[40:].sum()


def test_how_many_of_the_worked_history() -> None:
    found = items_within(10, HISTORY, generator(), block_length=1, draws=40_000)
    assert found.values == (20, 15, 12)
    for level, items in zip(found.levels, found.values, strict=True):
        assert items is not None
        assert exact_totals(10)[items:].sum() >= level > exact_totals(10)[items + 1 :].sum()


def test_blocks_keep_a_rhythm_that_single_periods_lose() -> None:
    weekly = [0, 0, 0, 0, 7] * 4
    assert items_within(5, weekly, generator(), block_length=5).values == (7, 7, 7)
    assert items_within(5, weekly, generator(), block_length=1).values[2] == 0


def test_work_that_comes_in_lengthens_and_may_never_end() -> None:
    steady = [2] * 10
    assert periods_until(10, steady, generator(), block_length=1).values == (5, 5, 5)
    assert periods_until(10, steady, generator(), block_length=1, arrivals=[1] * 10).values == (10, 10, 10)
    assert periods_until(10, steady, generator(), block_length=1, arrivals=[2] * 10).values == (None,) * 3
    assert periods_until(0, steady, generator(), block_length=1).values == (0, 0, 0)


def test_what_is_too_thin_or_does_not_fit_is_refused() -> None:
    with pytest.raises(ContractError, match="8 periods"):
        periods_until(5, HISTORY[:8], generator(), block_length=1)
    with pytest.raises(ContractError, match="below 0"):
        items_within(5, [-1, *HISTORY], generator(), block_length=1)
    with pytest.raises(ContractError, match="blocks of 11"):
        items_within(5, HISTORY, generator(), block_length=11)
