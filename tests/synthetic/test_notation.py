from __future__ import annotations

from datetime import date

import pytest

from pmo_analytics.synthetic.notation import AMERICAN, BRITISH, GERMAN, ISO, Notation


@pytest.mark.parametrize(
    ("notation", "cents", "text"),
    [
        (GERMAN, 123_456, "1.234,56"),
        (GERMAN, -123_456, "1.234,56-"),
        (GERMAN, 5, "0,05"),
        (AMERICAN, -123_456_789, "-1,234,567.89"),
        (ISO, -50, "-0.50"),
        (ISO, 100_000_000, "1000000.00"),
    ],
)
def test_money(notation: Notation, cents: int, text: str) -> None:
    assert notation.money(cents) == text


@pytest.mark.parametrize(
    ("seconds", "iso", "german"),
    [
        (27_000, "7.5", "7,5"),
        (1_200, "0.33333333", "0,33333333"),
        (28_800, "8", "8"),
        (0, "0", "0"),
        (36_000, "10", "10"),
    ],
)
def test_hours(seconds: int, iso: str, german: str) -> None:
    assert (ISO.hours(seconds), GERMAN.hours(seconds)) == (iso, german)


def test_quantities_have_three_decimals_and_the_locale_s_minus() -> None:
    assert GERMAN.quantity(4_500_900) == "1.250,250"
    assert GERMAN.quantity(-3_600) == "1,000-"
    assert AMERICAN.quantity(-3_600) == "-1.000"


def test_days() -> None:
    day = date(2026, 3, 4)
    assert [n.day(day) for n in (ISO, GERMAN, AMERICAN, BRITISH)] == [
        "2026-03-04",
        "04.03.2026",
        "03/04/2026",
        "04/03/2026",
    ]
