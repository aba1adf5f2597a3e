from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmo_analytics.performance.index_band import IndexBand, index_band, log_band

EARNED, COST = np.array([10.0, 20.0, 20.0, 10.0]), np.array([10.0, 25.0, 20.0, 12.5])


def frame(earned: list[float], cost: list[float], es: list[float], budget: float = 120.0) -> pd.DataFrame:
    n = len(earned)
    return pd.DataFrame(
        {
            "project_id": "P", "currency": "EUR", "period_month": pd.date_range("2026-01-01", periods=n, freq="MS"),
            "budget_at_completion_amount": budget, "earned_value_amount": np.cumsum(earned),
            "actual_cost_amount": np.cumsum(cost), "earned_schedule_months": np.cumsum(es),
            "actual_time_months": np.arange(1.0, n + 1), "planned_duration_months": 10.0,
        }
    )  # fmt: skip


def test_the_worked_example_of_four_months() -> None:
    found = log_band(EARNED, COST, 120.0)
    assert found is not None
    index, low, high, n = found
    assert (index, n) == (pytest.approx(60 / 67.5), 4)
    # By hand: deviations of ln(1) and ln(0.8) from ln(0.8889), t(0.975, 3) = 3.1824.
    above, below = math.log(1 / index), math.log(0.8 / index)
    deviation = math.sqrt((2 * above**2 + 2 * below**2) / 3)
    reach = 3.182446 * deviation / 2 * math.sqrt(60 / 105)
    assert (low, high) == (pytest.approx(index * math.exp(-reach)), pytest.approx(index * math.exp(reach)))
    assert (round(low, 3), round(high, 3)) == (0.761, 1.038)
    (row,) = index_band(frame(list(EARNED), list(COST), [0.8] * 4)).to_dict("records")
    assert round(row[IndexBand.cost_at_completion_low_amount], 1) == 115.6
    assert round(row[IndexBand.cost_at_completion_high_amount], 1) == 157.7
    # A clock that never scatters has a band of no width.
    assert row[IndexBand.time_schedule_performance_index_low] == pytest.approx(0.8)
    assert row[IndexBand.time_at_completion_high_months] == pytest.approx(12.5)


def test_three_periods_a_finished_project_and_still_months_carry_no_band() -> None:
    assert log_band(EARNED[:3], COST[:3], 120.0) is None
    assert log_band(EARNED, COST, 60.0) is None
    still = index_band(frame([10, 20, 0, 20, 10], [10, 25, 5, 20, 12], [1, 0, 0, 1, 1]))
    assert still[IndexBand.periods].to_list() == [4]
    assert still[IndexBand.time_schedule_performance_index].isna().all()


@given(
    st.lists(st.tuples(st.floats(0.1, 50), st.floats(0.1, 50)), min_size=4, max_size=30),
    st.floats(1.01, 3),
)
def test_the_band_holds_the_index_and_closes_as_the_work_ends(periods: list[tuple[float, float]], more: float) -> None:
    gained, spent = (np.array(each) for each in zip(*periods, strict=True))
    early, late = (log_band(gained, spent, float(gained.sum()) * factor) for factor in (more + 1, more))
    assert early is not None
    assert late is not None
    assert early[1] <= early[0] <= early[2]
    assert late[2] / late[1] <= early[2] / early[1] + 1e-9
