from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmo_analytics.resources.budget_amounts import (
    exact_sum,
    exact_sums,
    fiscal_year_name,
    fiscal_year_start,
    in_project_currency,
    start_month,
)
from tests.budgets import month_row, months


@given(st.lists(st.decimals(-(10**10), 10**10, places=4), max_size=30))
def test_sums_are_exact_where_floats_are_not(amounts: list[Decimal]) -> None:
    whole = sum(amounts, Decimal(0))
    assert Decimal(repr(exact_sum([float(each) for each in amounts]))) == Decimal(repr(float(whole)))


def test_a_tenth_ten_times_is_one_and_missing_amounts_are_left_out() -> None:
    assert sum([0.1] * 10) != 1
    assert exact_sum([*[0.1] * 10, float("nan")]) == 1
    frame = pd.DataFrame({"by": ["x", "x", None], "a": [0.1, 0.2, 7.0]})
    assert exact_sums(frame, ["by"], ["a"])["a"].to_list() == [0.3, 7.0]


@pytest.mark.parametrize(
    ("day", "month", "first", "name"),
    [
        ("2026-01-01", 1, "2026-01-01", "2026"),
        ("2026-03-31", 4, "2025-04-01", "2025/26"),
        ("2026-04-01", 4, "2026-04-01", "2026/27"),
        ("2099-08-15", 7, "2099-07-01", "2099/00"),
    ],
)
def test_fiscal_years_are_those_of_the_marts(day: str, month: int, first: str, name: str) -> None:
    start = fiscal_year_start(pd.Timestamp(day), month)
    assert (start, fiscal_year_name(start)) == (pd.Timestamp(first), name)
    assert start_month(pd.Series([pd.NaT, start])) == month
    assert start_month(pd.Series([pd.NaT])) == 1


def test_only_money_with_a_rate_is_told_in_the_projects_currency() -> None:
    frame = months(
        month_row("A", "2026-01-01", actual_amount=10, currency="USD", to_currency="EUR", rate=0.9),
        month_row("A", "2026-01-01", actual_amount=10, currency="SEK", to_currency="EUR"),
    )
    before = frame.copy()
    told = in_project_currency(frame).set_index("currency")
    assert told["actual_amount"].to_dict() == {"EUR": 9, "SEK": 10}
    assert told["to_currency"].isna().to_dict() == {"EUR": True, "SEK": False}
    pd.testing.assert_frame_equal(frame, before)
