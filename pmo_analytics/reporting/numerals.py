"""Numbers as a page shows them: true minus, no-break spaces, one rule for missing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

MISSING = "–"
NBSP = "\u00a0"
_MILLION, _THOUSAND = 1e6, 1e3


def number(value: Any, decimals: int = 0) -> str:
    """A number with thousands separated; `–` where it is missing."""
    if value is None or pd.isna(value):
        return MISSING
    text = f"{abs(value):,.{decimals}f}"
    is_zero = not text.strip("0.,")
    return f"\u2212{text}" if value < 0 and not is_zero else text


def signed(value: Any, decimals: int = 0) -> str:
    """A difference with its sign."""
    text = number(value, decimals)
    return text if text == MISSING or text.startswith("\u2212") or not text.strip("0.,") else f"+{text}"


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
    if value is None or pd.isna(value):
        return MISSING
    moment = value if isinstance(value, date) else pd.Timestamp(value)
    return f"{moment.day}{NBSP}{moment.strftime('%B %Y')}"


def long_month(value: Any) -> str:
    """The month of a date as `June 2026`."""
    return MISSING if value is None or pd.isna(value) else f"{pd.Timestamp(value).strftime('%B')}{NBSP}{value.year}"


def month(value: Any) -> str:
    """The month of a date, short, as `Jun 2026`."""
    return MISSING if value is None or pd.isna(value) else f"{pd.Timestamp(value).strftime('%b')}{NBSP}{value.year}"
