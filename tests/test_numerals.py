from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from pmo_analytics import numerals


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


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("en", ["1,234.50", "\u22121,235", "+0.2", "12.3\u00a0%", "30\u00a0June 2026", "Jun\u00a02026"]),
        ("de_DE", ["1.234,50", "\u22121.235", "+0,2", "12,3\u00a0%", "30.\u00a0Juni 2026", "Juni\u00a02026"]),
        # A narrow space keeps the groups of digits together; Switzerland has an apostrophe, India groups by two.
        ("fr_FR", ["1\u202f234,50", "\u22121\u202f235", "+0,2", "12,3\u00a0%", "30\u00a0juin 2026", "juin\u00a02026"]),
        ("de_CH", ["1\u2019234.50", "\u22121\u2019235", "+0.2", "12.3\u00a0%", "30.\u00a0Juni 2026", "Juni\u00a02026"]),
    ],
)
def test_in_a_locale(locale: str, expected: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PMO_LOCALE", locale)
    shown = [
        numerals.number(1234.5, 2), numerals.number(-1235), numerals.signed(0.2, 1), numerals.percent(0.123, 1),
        numerals.day(date(2026, 6, 30)), numerals.month(pd.Timestamp("2026-06-30")),
    ]  # fmt: skip
    assert shown == expected


def test_a_locale_shows_the_number_that_english_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Halves are rounded once, and never again by another rule."""
    for value in (0.125, 2.5, 1234.675, -0.5, 99_999.995):
        english = numerals.number(value, 2)
        monkeypatch.setenv("PMO_LOCALE", "de_DE")
        assert numerals.number(value, 2).translate(str.maketrans(".,", ",.")) == english
        monkeypatch.delenv("PMO_LOCALE")


def test_signs_of_nothing_in_a_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PMO_LOCALE", "de_DE")
    assert (numerals.signed(0.0, 1), numerals.number(-0.004, 2)) == ("0,0", "0,00")


def test_charts_write_as_the_page_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PMO_LOCALE", raising=False)
    assert numerals.chart_locale() is None
    monkeypatch.setenv("PMO_LOCALE", "de_DE")
    found = numerals.chart_locale()
    assert found is not None
    assert (found[0]["decimal"], found[0]["thousands"]) == (",", ".")
    assert (found[1]["months"][2], found[1]["shortDays"][0], found[1]["days"][6]) == ("März", "So", "Samstag")
