from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmo_analytics.forecasting.working_time import WorkingTime

MONDAY = date(2026, 1, 5)
WEEKS = WorkingTime(MONDAY, date(2026, 1, 30), days_off={date(2026, 1, 14)})


def test_the_worked_example_of_a_week() -> None:
    assert WEEKS.position(datetime(2026, 1, 5, 8)) == 0
    assert WEEKS.position(datetime(2026, 1, 9, 16)) == 39
    assert WEEKS.instant(40) == datetime(2026, 1, 9, 17)
    assert WEEKS.instant(41) == datetime(2026, 1, 12, 9)


def test_rest_counts_nothing_and_a_day_off_is_skipped() -> None:
    assert WEEKS.position(datetime(2026, 1, 5, 3)) == 0
    assert WEEKS.position(datetime(2026, 1, 5, 12, 30)) == WEEKS.position(datetime(2026, 1, 5, 13)) == 4
    assert WEEKS.position(datetime(2026, 1, 11)) == 40
    assert WEEKS.position(datetime(2026, 1, 14, 12)) == WEEKS.position(datetime(2026, 1, 15, 8)) == 56
    assert WEEKS.position(datetime(2026, 1, 5, 8, 15)) == 0.25


@given(st.floats(0, 19 * 8, allow_nan=False))
def test_an_instant_of_a_position_has_that_position(position: float) -> None:
    assert WEEKS.position(WEEKS.instant(position)) == pytest.approx(position, abs=1e-6)


def test_time_that_is_not_worked_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing is worked"):
        WorkingTime(date(2026, 1, 3), date(2026, 1, 4))
    with pytest.raises(ValueError, match="not worked"):
        WEEKS.instant(1000)
