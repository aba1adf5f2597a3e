"""One condition of a rule: a column, an operator of a list and a value, held against a row.

What is not known does not count as being so: an empty column meets `is missing`,
`is not` and `is not one of` alone, and nothing is held against an empty other column.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pmo_analytics.errors import UsageError, nearest
from pmo_analytics.governance.register_rows import folded
from pmo_analytics.vocabulary import DATE, FLAG, INSTANT, TERMS, TEXT

STATUS_DATE = "status date"
_OF_NOTHING = frozenset({"is missing", "is not", "is not one of"})
_MOST_DAYS, _MOST = 36_500, 1e18
_NOTHING, _VALUE, _LIST, _DAYS, _ORDERED = "nothing", "value", "list", "days", "ordered"


@dataclass(frozen=True)
class Operator:
    """What an operator takes, how it holds, and how a row that does not meet it is told of."""

    takes: str
    holds: Callable[[Any, Any], bool]
    broken: str


def _has_headings(text: Any, headings: Any) -> bool:
    lines = {folded(line.strip().strip("#").strip(":")) for line in str(text).splitlines()}
    return all(folded(each) in lines for each in headings)


OPERATORS: dict[str, Operator] = {
    "is given": Operator(_NOTHING, lambda *_: True, "is missing"),
    "is missing": Operator(_NOTHING, lambda *_: False, "is {found}, and should not be given"),
    "is": Operator(_VALUE, lambda value, asked: value == asked, "is {found}, not {asked}"),
    "is not": Operator(_VALUE, lambda value, asked: value != asked, "is {found}"),
    "is one of": Operator(_LIST, lambda value, asked: value in asked, "is {found}, none of {asked}"),
    "is not one of": Operator(_LIST, lambda value, asked: value not in asked, "is {found}"),
    "is above": Operator(_ORDERED, lambda value, asked: value > asked, "is {found}, not above {asked}"),
    "is below": Operator(_ORDERED, lambda value, asked: value < asked, "is {found}, not below {asked}"),
    "is at least": Operator(_ORDERED, lambda value, asked: value >= asked, "is {found}, below {asked}"),
    "is at most": Operator(_ORDERED, lambda value, asked: value <= asked, "is {found}, above {asked}"),
    "is before": Operator(_ORDERED, lambda value, asked: value < asked, "is {found}, not before {asked}"),
    "is after": Operator(_ORDERED, lambda value, asked: value > asked, "is {found}, not after {asked}"),
    "is not before": Operator(_ORDERED, lambda value, asked: value >= asked, "is {found}, before {asked}"),
    "is not after": Operator(_ORDERED, lambda value, asked: value <= asked, "is {found}, after {asked}"),
    "is within days": Operator(_DAYS, lambda value, asked: value >= asked, "is {found}, more than {days} days ago"),
    "is older than days": Operator(_DAYS, lambda value, asked: value < asked, "is {found}, within {days} days"),
    "has headings": Operator(_LIST, _has_headings, "lacks a heading of {asked}"),
}


@dataclass(frozen=True)
class Condition:
    """A condition on `column`: `value` as its operator takes it, or the value of another column of the row."""

    column: str
    operator: str
    value: Any = None
    other: str | None = None

    def is_met(self, row: Mapping[str, Any], status_date: pd.Timestamp) -> bool:
        """Whether a row meets it."""
        value = _plain(row[self.column])
        if value is None:
            return self.operator in _OF_NOTHING
        asked = self._asked(row, status_date)
        if asked is None and OPERATORS[self.operator].takes != _NOTHING:
            return False
        return OPERATORS[self.operator].holds(value, asked)

    def told(self, row: Mapping[str, Any], status_date: pd.Timestamp) -> str:
        """What is wrong with a row that does not meet it, in words."""
        words, value = self.column.removesuffix("_id").replace("_", " "), row[self.column]
        if value is None:
            return f"{words} is missing"
        asked = self._asked(row, status_date)
        if self.other is not None and asked is None:
            return f"{words} is {_shown(value)}, and {self.other.replace('_', ' ')} is missing"
        text = OPERATORS[self.operator].broken.format(found=_shown(value), asked=_shown(asked), days=self.value)
        return f"{words} {text}"

    def _asked(self, row: Mapping[str, Any], status_date: pd.Timestamp) -> Any:
        if self.other is not None:
            return _plain(row[self.other])
        if OPERATORS[self.operator].takes == _DAYS:
            return status_date - pd.Timedelta(days=self.value)
        return status_date if self.value == STATUS_DATE else self.value


def condition(given: Mapping[str, Any], columns: Sequence[str]) -> Condition:
    """A condition from its table, on one of these columns. Raises UsageError that names the nearest there is."""
    names_only(given, ("column", "operator", "value", "other"))
    column, operator, value, other = (given.get(name) for name in ("column", "operator", "value", "other"))
    for name in (column, *([] if other is None else [other])):
        if name not in columns:
            raise UsageError(
                "no such column", found=repr(name), expected=", ".join(columns), hint=_meant(str(name), columns)
            )
    if not isinstance(operator, str) or operator not in OPERATORS:
        raise UsageError(
            "no such operator", found=repr(operator), expected=", ".join(OPERATORS),
            hint=_meant(str(operator), OPERATORS),
        )  # fmt: skip
    takes = OPERATORS[operator].takes
    if (other is not None) + (value is not None) != (0 if takes == _NOTHING else 1):
        expected = "no value" if takes == _NOTHING else "value, or the name of another column as other"
        raise UsageError(f"{operator!r} of {column} takes {expected}", found=repr(value if other is None else other))
    if other is not None:
        _same_kind(takes, str(column), operator, str(other))
    if takes == _NOTHING or other is not None:
        return Condition(str(column), operator, None, other)
    return Condition(str(column), operator, _value(takes, str(column), operator, value))


def names_only(given: Mapping[str, Any], known: Sequence[str]) -> None:
    """UsageError where a table has a name that is none of the known ones."""
    for name in given:
        if name not in known:
            raise UsageError(
                f"unknown key {name!r}", found=repr(name), expected=", ".join(known),
                hint=_meant(str(name), known) or "remove it",
            )  # fmt: skip


def _value(takes: str, column: str, operator: str, value: Any) -> Any:
    sql_type = TERMS[column].sql_type if column in TERMS else TEXT
    if takes == _DAYS:
        if sql_type not in {DATE, INSTANT} or not _is_days(value):
            raise UsageError(f"{operator!r} of {column} takes a date's column and whole days", found=repr(value))
        return value
    if takes == _LIST:
        if sql_type != TEXT or not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise UsageError(f"{operator!r} of {column} takes a list of texts", found=repr(value))
        return tuple(value) if operator == "has headings" else tuple(folded(each) for each in value)
    if takes == _ORDERED and sql_type in {TEXT, FLAG}:
        raise UsageError(f"{operator!r} holds for numbers and dates", found=f"{column}, a {sql_type}")
    return _typed(sql_type, column, value)


def _same_kind(takes: str, column: str, operator: str, other: str) -> None:
    """UsageError where one column cannot be held against another."""
    if takes in {_LIST, _DAYS}:
        raise UsageError(f"{operator!r} of {column} takes no other column", found=repr(other))
    kinds = [_kind(name) for name in (column, other)]
    if kinds[0] != kinds[1] or (takes == _ORDERED and kinds[0] in {TEXT, FLAG}):
        raise UsageError(
            f"{operator!r} cannot hold {column} against {other}", found=f"a {kinds[0]} and a {kinds[1]}",
            expected="two dates or two numbers" if takes == _ORDERED else "two columns of one kind",
        )  # fmt: skip


def _kind(column: str) -> str:
    """What a column holds: a text, a flag, a date, or a number."""
    sql_type = TERMS[column].sql_type if column in TERMS else TEXT
    if sql_type in {TEXT, FLAG}:
        return sql_type
    return DATE if sql_type in {DATE, INSTANT} else "number"


def _is_days(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST_DAYS


def _is_number(value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and abs(value) <= _MOST


def _typed(sql_type: str, column: str, value: Any) -> Any:
    """A value as the column holds it."""
    if sql_type in {DATE, INSTANT}:
        if value == STATUS_DATE:
            return value
        try:
            return pd.Timestamp(pd.Timestamp(str(value)).date())
        except ValueError:
            expected = f"a day such as 2026-06-30, or {STATUS_DATE!r}"
            raise UsageError(f"{column} is a date", found=repr(value), expected=expected) from None
    if sql_type == FLAG:
        if not isinstance(value, bool):
            raise UsageError(f"{column} is true or false", found=repr(value), expected="true or false")
        return value
    if sql_type == TEXT:
        if not isinstance(value, str):
            raise UsageError(f"{column} is a text", found=repr(value), expected="a text")
        return folded(value)
    if not _is_number(value):
        raise UsageError(f"{column} is a number", found=repr(value), expected="a number")
    return float(value)


def _plain(value: Any) -> Any:
    """A value of a row as conditions compare it: text without case and outer blanks, but for its lines."""
    if isinstance(value, str):
        return value if "\n" in value else folded(value) or None
    return value


def _shown(value: Any) -> str:
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,.6g}" if isinstance(value, float) else str(value)


def _meant(name: str, known: Iterable[str]) -> str | None:
    close = nearest(name, known)
    return f"did you mean {close!r}?" if close else None
