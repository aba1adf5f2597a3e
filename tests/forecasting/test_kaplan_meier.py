from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmo_analytics.forecasting.kaplan_meier import cycle_times

# Freireich et al. (1963), weeks in remission under 6-MP: 9 ended, 12 went on.
ENDED = [6, 6, 6, 7, 10, 13, 16, 22, 23]
WENT_ON = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]


def test_the_published_median_and_where_the_curve_ends() -> None:
    marks = [False] * len(ENDED) + [True] * len(WENT_ON)
    found = cycle_times(ENDED + WENT_ON, marks, levels=(0.14, 0.3, 0.5, 0.85))
    # Survival after 6 is .857, after 13 .690, after 22 .538, after 23 .448, and no lower.
    assert [q.value for q in found.quantiles] == [6.0, 13.0, 23.0, None]
    assert (found.finished, found.still_open) == (9, 12)
    median = found.quantiles[2]
    assert median.low == 13.0
    assert median.high is None


@given(st.lists(st.integers(0, 50), min_size=1, max_size=40))
def test_without_open_items_the_quantiles_are_those_of_the_sample(durations: list[int]) -> None:
    found = cycle_times(durations, [False] * len(durations), levels=(0.5, 0.85))
    assert [q.value for q in found.quantiles] == [
        np.quantile(durations, level, method="inverted_cdf") for level in (0.5, 0.85)
    ]


def test_open_items_lengthen_what_finished_ones_alone_flatter() -> None:
    generator = np.random.default_rng(3)
    true, age = generator.exponential(10, 4_000), generator.uniform(0, 20, 4_000)
    is_open = true > age
    with_open = cycle_times(np.minimum(true, age), is_open, levels=(0.5,)).at(0.5)
    alone = cycle_times(true[~is_open], np.zeros((~is_open).sum(), dtype=bool), levels=(0.5,)).at(0.5)
    assert with_open == pytest.approx(10 * np.log(2), rel=0.06)
    assert alone is not None
    assert alone < 0.75 * 10 * np.log(2)


def test_nothing_finished_reaches_no_level() -> None:
    assert cycle_times([3.0, 4.0], [True, True]).at(0.5) is None
    assert cycle_times([], []).finished == 0
    with pytest.raises(KeyError):
        cycle_times([1.0], [False]).at(0.6)
    with pytest.raises(ValueError, match="0 or more"):
        cycle_times([-1.0], [False])
    with pytest.raises(ValueError, match="one length"):
        cycle_times([1.0], [])
