from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from pmo_analytics.reporting import numerals


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (numerals.number(1234.5), "1,234"),
        (numerals.number(-0.004, 2), "0.00"),
        (numerals.number(-3.2, 1), "\u22123.2"),
        (numerals.number(None), "–"),
        (numerals.number(float("nan"), 2), "–"),
        (numerals.signed(0.2, 1), "+0.2"),
        (numerals.signed(-0.2, 1), "\u22120.2"),
        (numerals.signed(0.0, 1), "0.0"),
        (numerals.money(1_234_567, "EUR"), "EUR\u00a01.23\u00a0m"),
        (numerals.money(-45_600, "EUR"), "EUR\u00a0\u221246\u00a0k"),
        (numerals.money(900, None), "1\u00a0k"),
        (numerals.money(None, "EUR"), "–"),
        (numerals.hours(3_188_866), "886\u00a0h"),
        (numerals.percent(0.856), "86\u00a0%"),
        (numerals.day(date(2026, 6, 30)), "30\u00a0June 2026"),
        (numerals.month(pd.Timestamp("2026-06-30")), "Jun\u00a02026"),
        (numerals.month(pd.NaT), "–"),
    ],
)
def test_numbers_as_a_page_shows_them(shown: str, expected: str) -> None:
    assert shown == expected
