from __future__ import annotations

import numpy as np
import pytest

from pmo_analytics.forecasting.block_bootstrap import block_sums, default_block_length, mean_interval, ratio_interval
from pmo_analytics.forecasting.skill import skill


def autocorrelated(n: int, persistence: float, generator: np.random.Generator) -> np.ndarray:
    values = np.zeros(n)
    for i, shock in enumerate(generator.normal(size=n)):
        values[i] = (persistence * values[i - 1] if i else 0.0) + shock
    return values


def test_blocks_close_to_a_ring_and_the_last_is_cut() -> None:
    # Blocks of 3 from 4 and from 1 over 0..4: 4 + 0 + 1, then 1 + 2.
    assert block_sums(np.arange(5.0), np.array([[4, 1]]), 3).tolist() == [8.0]


@pytest.mark.parametrize("is_circular", [True, False])
def test_a_block_as_long_as_the_series_leaves_nothing_to_chance(is_circular: bool) -> None:
    found = mean_interval([1, 2, 6], np.random.default_rng(1), block_length=3, is_circular=is_circular)
    assert (found.value, found.low, found.high) == (3.0, 3.0, 3.0)


def test_single_draws_agree_with_the_normal_interval() -> None:
    values = np.random.default_rng(5).normal(10, 2, 900)
    found = mean_interval(values, np.random.default_rng(1), block_length=1)
    half = 1.96 * values.std() / 30
    assert (found.low, found.high) == pytest.approx((values.mean() - half, values.mean() + half), abs=0.02)


def test_blocks_cover_the_mean_of_a_series_with_memory_where_single_draws_do_not() -> None:
    generator = np.random.default_rng(11)
    hits = {1: 0, 25: 0}
    for _ in range(120):
        series = autocorrelated(600, 0.7, generator)
        for length in hits:
            found = mean_interval(series, generator, block_length=length, draws=300)
            hits[length] += found.low <= 0 <= found.high
    assert hits[25] / 120 > 0.85
    assert hits[1] / 120 < 0.70


def test_a_ratio_is_of_sums_and_its_parts_are_drawn_together() -> None:
    bottom = np.random.default_rng(2).random(200) + 0.5
    found = ratio_interval(0.9 * bottom, bottom, np.random.default_rng(1))
    assert (found.value, found.low, found.high) == pytest.approx((0.9, 0.9, 0.9))
    assert (found.n, found.block_length) == (200, 15)


def test_skill_of_half_the_error_is_a_half_and_of_the_naive_itself_nothing() -> None:
    naive = np.random.default_rng(2).random(100)
    assert skill(naive / 2, naive, np.random.default_rng(1)).value == pytest.approx(0.5)
    itself = skill(naive, naive, np.random.default_rng(1))
    assert (itself.low, itself.value, itself.high) == (0.0, 0.0, 0.0)


def test_a_seed_gives_one_interval() -> None:
    values = np.arange(50.0)
    assert mean_interval(values, np.random.default_rng(7)) == mean_interval(values, np.random.default_rng(7))


def test_skill_lies_within_its_interval_in_the_right_order() -> None:
    generator = np.random.default_rng(4)
    naive = generator.random(300) + 1
    found = skill(naive * generator.uniform(0.6, 1.1, 300), naive, generator)
    assert 0 < found.low < found.value < found.high < 1


def test_what_does_not_fit_is_refused() -> None:
    generator = np.random.default_rng(1)
    assert default_block_length(0) == 1
    with pytest.raises(ValueError, match="one length"):
        mean_interval([], generator)
    with pytest.raises(ValueError, match="does not fit"):
        mean_interval([1, 2], generator, block_length=3)
    with pytest.raises(ValueError, match="more than 0"):
        skill([1.0], [0.0], generator)
