"""Typed cells of a spreadsheet as text, without loss: numbers by their digits, dates in ISO, shares as percentages.

A number of a spreadsheet is a double; its text is the shortest that reads back
as the same one. A format of zeros alone is a code with leading zeros.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache

_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
_WHOLE = re.compile("-?[0-9]+")
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class NumberFormat:
    """What the format of a cell makes of its number: a date, a duration, a percentage, or a code of so many digits."""

    is_date: bool = False
    is_duration: bool = False
    is_percent: bool = False
    digits: int = 0


PLAIN = NumberFormat()


def number_format(code: str) -> NumberFormat:
    """What a format code says."""
    from openpyxl.styles.numbers import is_date_format, is_timedelta_format

    if is_date_format(code):
        return NumberFormat(is_date=True, is_duration=bool(is_timedelta_format(code)))
    first = _LITERAL.sub("", code.partition(";")[0])
    if "%" in first:
        return NumberFormat(is_percent=True)
    return NumberFormat(digits=len(code)) if len(code) > 1 and set(code) == {"0"} else PLAIN


@lru_cache(maxsize=1 << 16)
def number_text(raw: str) -> str:
    """The stored number without exponent or needless zeros; ValueError where it is none."""
    if _WHOLE.fullmatch(raw):
        return str(int(raw))
    return _positional(_double(raw))


@lru_cache(maxsize=1 << 14)
def percent_text(raw: str) -> str:
    """A stored share as a percentage: 0.125 is `12.5%`."""
    return f"{_positional(_double(raw) * 100)}%"


@lru_cache(maxsize=1 << 16)
def date_text(raw: str, *, is_1904: bool, is_duration: bool) -> str:
    """A stored date, time of day or duration in ISO notation, hours of a duration beyond 24.

    ValueError or OverflowError where the number is no date.
    """
    from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

    number = float(raw)
    if not math.isfinite(number) or (number < 0 and not is_duration):
        raise ValueError(raw)
    found = from_excel(number, MAC_EPOCH if is_1904 else WINDOWS_EPOCH, timedelta=is_duration)
    if isinstance(found, timedelta):
        return _duration(found)
    if isinstance(found, time):
        return found.isoformat()
    return iso_text(found)


def iso_text(moment: datetime) -> str:
    """A date, with its time where it has one."""
    return moment.date().isoformat() if moment.time() == time() else moment.isoformat(sep=" ")


def unescaped(text: str) -> str:
    """Text of a workbook as it was before what XML cannot hold was written as _xHHHH_."""
    if "_x" in text:
        text = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    if "\x00" in text:
        text = text.replace("\x00", "\ufffd")
    if _SURROGATE.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def padded(text: str, digits: int) -> str:
    """A whole number as the code that its format shows: 123 under 00000 is `00123`."""
    return text.zfill(digits) if text.isdigit() else text


def _double(raw: str) -> Decimal:
    number = float(raw)
    if not math.isfinite(number):
        raise ValueError(raw)
    return Decimal(repr(number))


def _positional(number: Decimal) -> str:
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _duration(found: timedelta) -> str:
    sign, length = ("-", -found) if found < timedelta() else ("", found)
    seconds, rest = divmod(length, timedelta(seconds=1))
    text = f"{sign}{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{text}.{rest.microseconds:06}" if rest else text
