from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmo_analytics.performance.completion_methods import (
    AS_PLANNED,
    AT_CPI,
    AT_CPI_SPI,
    AT_CPI_SPI_T,
    AT_PLAN,
    AT_SPI_T,
    BY_PROGRESS,
    REST_PLANNED,
    WITH_CLASS,
    cost_estimates,
    finish_estimates,
)


def test_the_worked_example_of_cost() -> None:
    found = cost_estimates([100], [50], [40], [50], [0.5])
    assert found[AT_PLAN] == pytest.approx([110])
    assert found[AT_CPI] == pytest.approx([125])
    assert found[BY_PROGRESS] == pytest.approx([50 + 60 / 0.8**0.4])
    assert found[AT_CPI_SPI] == pytest.approx([50 + 60 / 0.64])
    assert found[AT_CPI_SPI_T] == pytest.approx([50 + 60 / 0.4])


def test_the_worked_example_of_time() -> None:
    found = finish_estimates([10], [5], [4], [1.2])
    assert {name: float(value[0]) for name, value in found.items()} == pytest.approx(
        {AS_PLANNED: 10, REST_PLANNED: 11, AT_SPI_T: 12.5, WITH_CLASS: 11.25}
    )


def test_the_published_late_finish_is_forecast_at_its_earned_schedule() -> None:
    # Lipke: planned for 12 periods, after 15 all 12 are earned: SPI(t) 0.8, IEAC(t) 15.
    assert finish_estimates([12.0], [15.0], [12.0], [1.0])[AT_SPI_T] == pytest.approx([15.0])


def test_an_unknown_index_gives_no_figure_and_no_warning() -> None:
    found = cost_estimates([100.0, 100.0], [0.0, 50.0], [10.0, 40.0], [0.0, 50.0], [np.nan, 0.0])
    assert np.isnan(found[AT_CPI]).tolist() == [True, False]
    assert np.isnan(found[AT_CPI_SPI]).tolist() == [True, False]
    assert np.isnan(found[AT_CPI_SPI_T]).tolist() == [True, True]
    assert np.isfinite(found[AT_PLAN]).all()
    assert np.isnan(finish_estimates([10.0], [5.0], [0.0], [1.0])[AT_SPI_T]).all()


@given(st.floats(1, 1e6), st.floats(0.01, 1), st.floats(0.2, 5))
def test_by_progress_lies_between_plan_and_cpi(budget: float, share: float, cpi: float) -> None:
    earned = budget * share
    found = cost_estimates([budget], [earned], [earned], [earned / cpi], [1.0])
    low, high = sorted((found[AT_PLAN][0], found[AT_CPI][0]))
    assert low - 1e-6 * budget <= found[BY_PROGRESS][0] <= high + 1e-6 * budget


@given(st.floats(1, 60), st.floats(0.1, 90), st.floats(0, 1), st.floats(0.5, 3))
def test_no_finish_lies_before_now(plan: float, now: float, share: float, ratio: float) -> None:
    found = finish_estimates([plan], [now], [plan * share], [ratio])
    for name in (AS_PLANNED, REST_PLANNED, WITH_CLASS):
        assert found[name][0] >= now - 1e-9
