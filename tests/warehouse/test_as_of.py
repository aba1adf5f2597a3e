from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmo_analytics.errors import UsageError
from pmo_analytics.warehouse.as_of import last_month_end, month_end, parse_as_of


def test_a_month_means_its_last_day() -> None:
    assert parse_as_of("2026-02") == date(2026, 2, 28)
    assert parse_as_of(" 2024-02-29 ") == date(2024, 2, 29)
    assert parse_as_of(date(2026, 1, 5)) == date(2026, 1, 5)
    assert parse_as_of(datetime(2026, 1, 5, 7)) == date(2026, 1, 5)


@pytest.mark.parametrize("text", ["2026-13", "2026-02-30", "June", "", "2026", "06-2026"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="no such reporting date"):
        parse_as_of(text)


@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)))
def test_the_last_month_end_is_the_nearest_one_not_after(day: date) -> None:
    end = last_month_end(day)
    assert end <= day
    assert month_end(end) == end
    assert (day - end).days <= 30
    assert (end == day) == (month_end(day) == day)
