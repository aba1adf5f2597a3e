"""Numbers and dates as pages show them, in the organisation's locale: true minus, no-break spaces, a sign for missing.

The locale is that of `use`, which the shell calls, or of the environment that a
run hands its notebooks. Separators, digits' groups and the names of months are
CLDR's, by Babel; sentences stay in English.
"""

from __future__ import annotations

import os
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

import pandas as pd
from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal

from pmo_analytics.workspace import DEFAULT_LOCALE, LOCALE_VARIABLE

MISSING = "–"
NBSP = "\u00a0"
_MINUS = "\u2212"
_MILLION, _THOUSAND = 1e6, 1e3


def use(locale: str) -> None:
    """Write numbers and dates of this process, and of the notebooks that it runs, in this locale."""
    os.environ[LOCALE_VARIABLE] = locale


def locale_name() -> str:
    """The locale in use, such as `de_DE`."""
    return os.environ.get(LOCALE_VARIABLE) or DEFAULT_LOCALE


def chart_locale() -> tuple[dict[str, Any], dict[str, Any]] | None:
    """How charts write numbers and dates: D3's definitions of both; None in English, which charts write by themselves.

    They are made of the same CLDR data as `number` and `month` are.
    """
    name = locale_name()
    if name == DEFAULT_LOCALE:
        return None
    locale = _locale(name)
    symbols = locale.number_symbols["latn"]
    numbers = {"decimal": symbols["decimal"], "thousands": symbols["group"], "grouping": [3], "currency": ["", ""]}
    months, days = locale.months["stand-alone"], locale.days["stand-alone"]
    dates = {
        "dateTime": "%x, %X", "date": "%-d.%-m.%Y", "time": "%H:%M:%S", "periods": ["AM", "PM"],
        "days": [days["wide"][(day - 1) % 7] for day in range(7)],
        "shortDays": [days["abbreviated"][(day - 1) % 7] for day in range(7)],
        "months": [months["wide"][month] for month in range(1, 13)],
        "shortMonths": [months["abbreviated"][month] for month in range(1, 13)],
    }  # fmt: skip
    return numbers, dates


@lru_cache(maxsize=8)
def _locale(name: str) -> Locale:
    return Locale.parse(name)


def number(value: Any, decimals: int = 0) -> str:
    """A number with thousands separated; `–` where it is missing."""
    if value is None or pd.isna(value):
        return MISSING
    text = f"{abs(value):,.{decimals}f}"
    is_zero = not text.strip("0.,")
    if (name := locale_name()) != DEFAULT_LOCALE:
        # Rounded already, so that every locale shows the same number.
        pattern = f"#,##0.{'0' * decimals}" if decimals else "#,##0"
        text = format_decimal(Decimal(text.replace(",", "")), pattern, _locale(name), numbering_system="latn")
    return f"{_MINUS}{text}" if value < 0 and not is_zero else text


def signed(value: Any, decimals: int = 0) -> str:
    """A difference with its sign."""
    text = number(value, decimals)
    is_plain = text == MISSING or text.startswith(_MINUS) or not any(digit in text for digit in "123456789")
    return text if is_plain else f"+{text}"


def money(value: Any, currency: Any) -> str:
    """An amount in millions or thousands with its currency, such as `EUR 1.24 m`."""
    if value is None or pd.isna(value):
        return MISSING
    code = "" if currency is None or pd.isna(currency) else f"{currency}{NBSP}"
    if abs(value) >= _MILLION:
        return f"{code}{number(value / _MILLION, 2)}{NBSP}m"
    return f"{code}{number(value / _THOUSAND, 0)}{NBSP}k"


def hours(seconds: Any) -> str:
    """Seconds as hours."""
    return MISSING if seconds is None or pd.isna(seconds) else f"{number(seconds / 3600)}{NBSP}h"


def percent(ratio: Any, decimals: int = 0) -> str:
    """A ratio in per cent."""
    return MISSING if ratio is None or pd.isna(ratio) else f"{number(ratio * 100, decimals)}{NBSP}%"


def day(value: Any) -> str:
    """A date as `30 June 2026`."""
    return MISSING if value is None or pd.isna(value) else _written(_date(value), "day", locale_name())


def long_month(value: Any) -> str:
    """The month of a date as `June 2026`."""
    return MISSING if value is None or pd.isna(value) else _written(_date(value), "yMMMM", locale_name())


def month(value: Any) -> str:
    """The month of a date, short, as `Jun 2026`."""
    return MISSING if value is None or pd.isna(value) else _written(_date(value), "yMMM", locale_name())


def _date(value: Any) -> date:
    moment = pd.Timestamp(value)
    return date(moment.year, moment.month, moment.day)


@lru_cache(maxsize=4096)
def _written(moment: date, form: str, name: str) -> str:
    """A date in a locale, what belongs together kept together: the day and its month, or the month and its year."""
    if form != "day":
        return str(format_skeleton(form, moment, locale=_locale(name))).replace(" ", NBSP)
    # English here is that of most of the world: the day goes first.
    pattern = "d MMMM y" if name == DEFAULT_LOCALE else "long"
    return str(format_date(moment, pattern, locale=_locale(name))).replace(" ", NBSP, 1)
