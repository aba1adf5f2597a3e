"""Which date order, date formats and decimal mark a file is written in.

Decided from the file's own values or by the user's word, never guessed: what
no value decides ends in a question that names the option to answer it with.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from pmo_analytics.errors import QuestionError

_FIXED_DATES = (
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%d/%b/%y",
    "%d/%b/%Y",
    "%d-%b-%y",
    "%d-%b-%Y",
    "%d %b %y",
    "%d %b %Y",
    "%d %B %Y",
    "%b %d, %Y",
    "%B %d, %Y",
    "%d.%b.%y",
    "%d.%b.%Y",
    "%d. %b %Y",
    "%d de %b de %Y",
    "%d.%m.%y",
    "%d.%m.%Y",
)
_DMY_DATES = ("%d/%m/%y", "%d/%m/%Y", "%d-%m-%y", "%d-%m-%Y")
_MDY_DATES = ("%m/%d/%y", "%m/%d/%Y", "%m-%d-%y", "%m-%d-%Y")
_TIMES = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", " %I:%M %p", " %I:%M:%S %p")
_ISO_TIMES = ("T%H:%M", "T%H:%M:%S", "T%H:%M:%S.%f", "T%H:%M:%SZ", "T%H:%M:%S.%fZ")
_MONTHS = ("%Y-%m", "%m/%Y", "%b %Y", "%B %Y", "%b-%y")

# A numeric date whose year is not in front: the order of day and month is open.
NUMERIC_DATE = r"^([0-9]{1,2})[/-]([0-9]{1,2})[/-]([0-9]{4}|[0-9]{2})(?:[^0-9].*)?$"
# The first word of a date that can name a month.
MONTH_WORD = r"(\pL{3,})"
PLAIN_NUMBER = r"^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)$"
# What SQL folds to reach the same shape as `shape` below.
SHAPE_STEPS = (("[A-Za-z]+", "b"), ("[0-9]{4,}", "Y"), ("[0-9]+", "9"))


@dataclass(frozen=True)
class OrderEvidence:
    """Counts over all numeric dates of a file: day-first proofs, month-first proofs, undecided."""

    day_first: int
    month_first: int
    undecided: int
    example: str | None = None


@dataclass(frozen=True)
class MarkEvidence:
    """Counts over all numbers of a file: proofs of a decimal comma, of a decimal point, undecided."""

    comma: int
    point: int
    undecided: int
    example: str | None = None


def date_order(evidence: OrderEvidence, *, file: str, option: str | None, configured: str | None) -> str:
    """`dmy` or `mdy`; QuestionError where neither file nor user decides.

    The option of this call goes before the file, the file before the setting.
    """
    if option:
        return option
    if evidence.day_first and evidence.month_first:
        raise QuestionError(
            "some dates are only valid day first, others only month first",
            file=file,
            found=f"{evidence.day_first} and {evidence.month_first} dates, e.g. {evidence.example}",
            hint="say which it is with --date-order dmy or --date-order mdy; the other rows will be rejected",
        )
    if evidence.day_first or not (evidence.month_first or evidence.undecided):
        return "dmy"
    if evidence.month_first:
        return "mdy"
    if configured:
        return configured
    raise QuestionError(
        "day or month first? No row of the file decides it",
        file=file,
        found=f"{evidence.undecided} dates like {evidence.example}",
        hint='answer with --date-order dmy or mdy, or with date_order = "dmy" under [reading] in pmo.toml',
    )


def decimal_mark(evidence: MarkEvidence, *, file: str, option: str | None, configured: str | None) -> str:
    """`point` or `comma`; QuestionError where neither file nor user decides."""
    if option:
        return option
    if evidence.comma and evidence.point:
        raise QuestionError(
            "some numbers have a decimal comma, others a decimal point",
            file=file,
            found=f"{evidence.comma} and {evidence.point} numbers, e.g. {evidence.example}",
            hint="say which it is with --decimal-mark comma or point; the other rows will be rejected",
        )
    if evidence.point or not (evidence.comma or evidence.undecided):
        return "point"
    if evidence.comma:
        return "comma"
    if configured:
        return configured
    raise QuestionError(
        "decimal or thousands comma? No row of the file decides it",
        file=file,
        found=f"{evidence.undecided} numbers like {evidence.example}",
        hint='answer with --decimal-mark comma or point, or with decimal_mark = "comma" under [reading] in pmo.toml',
    )


def shape(text: str) -> str:
    """`25/Feb/2026 10:17 PM` as `9/b/Y 9:9 b`: a year of four digits is told from one of two."""
    for pattern, replacement in SHAPE_STEPS:
        text = re.sub(pattern, replacement, text)
    return text


@cache
def _shapes_of_format(date_format: str) -> frozenset[str]:
    """The shapes that texts of a format have; fractions of a second come in any length."""
    text = re.sub("%[bBp]", "b", re.sub("%[mdyHIMS]", "9", date_format.replace("%Y", "2026")))
    return frozenset(shape(text.replace("%f", digits)) for digits in ("9", "999999"))


def date_formats(shapes: Iterable[str], order: str, *, with_time: bool, months: bool = False) -> list[str]:
    """The formats that values of these shapes may have, most specific first.

    A two-digit year is tried before a four-digit one, since the latter would
    take `26`, or the day in front, for the year 26.
    """
    found = set(shapes)
    dates = (*_FIXED_DATES, *(_MDY_DATES if order == "mdy" else _DMY_DATES))
    joined = [date + time for date in dates for time in (*_TIMES, *(_ISO_TIMES if date == "%Y-%m-%d" else ()))]
    known = [*joined, *(_MONTHS if months else ())]
    fitting = [known_format for known_format in known if _shapes_of_format(known_format) & found]
    fitting.sort(key=lambda known_format: "%y" not in known_format)
    return fitting or ["%Y-%m-%d %H:%M:%S" if with_time else "%Y-%m-%d"]
