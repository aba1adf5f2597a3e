"""Calendars of schedules as JSON: working times by weekday, and the days that have others.

A week is an object from weekday, 1 for Monday to 7 for Sunday, to a list of
times from and to: `{"1": [["08:00", "12:00"], ["13:00", "17:00"]], "7": []}`.
Exceptions are a list of objects `{"from", "to", "times"}`, days included; one
that recurs, or a working week of its own, stands in them as its program has it.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

Week = dict[str, list[list[str]]]

_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")
_NODE = re.compile(r"\([0-9]+\|\|([^()]*)\(([^()]*)\)\(")
_BLANKS = re.compile(r"[\s\x7f]+")
_DAY_ZERO = date(1899, 12, 30)
_LAST_DAY = 2_958_465
_DEEPEST = 8

_Node = tuple[str, dict[str, str], list[Any]]


def iso_weekday(from_sunday: str) -> str:
    """The weekday counted from Monday as 1, of one that is counted from Sunday as 1; ValueError for others."""
    if from_sunday not in set("1234567"):
        raise ValueError(f"{from_sunday[:20]!r} is no weekday from 1 to 7")
    return str((int(from_sunday) + 5) % 7 + 1)


def period(start: str, finish: str) -> list[str]:
    """A working time as from and to; midnight at its end is 24:00. ValueError for what is no time of day."""
    begins, ends = _time(start), _time(finish)
    return [begins, "24:00" if ends == "00:00" else ends]


def _time(text: str) -> str:
    found = _TIME.fullmatch(text)
    if not found or int(found[1]) > 24 or int(found[2]) > 59:
        raise ValueError(f"{text[:20]!r} is no time of day")
    seconds = f":{found[3]}" if found[3] not in {None, "00"} else ""
    return f"{int(found[1]):02d}:{found[2]}{seconds}"


def primavera_calendar(text: str) -> tuple[Week, list[dict[str, Any]]]:
    """Week and exceptions of a calendar as Primavera writes it, nested brackets that start with `(0||CalendarData`.

    ValueError says what was found instead.
    """
    bare = _BLANKS.sub("", text)
    (name, _, parts), end = _node(bare, 0, 0)
    if name != "CalendarData" or end != len(bare):
        raise ValueError("there is not one calendar, and nothing behind it")
    week: Week = {}
    exceptions: list[dict[str, Any]] = []
    for part, _, children in parts:
        if part == "DaysOfWeek":
            week |= {iso_weekday(day): _times(periods) for day, _, periods in children}
        elif part == "Exceptions":
            for _, told, periods in children:
                day = _day(told.get("d", ""))
                exceptions.append({"from": day, "to": day, "times": _times(periods)})
    return week, sorted(exceptions, key=lambda each: str(each["from"]))


def _node(text: str, at: int, depth: int) -> tuple[_Node, int]:
    begins = _NODE.match(text, at)
    if not begins or depth > _DEEPEST:
        raise ValueError(f"no calendar bracket opens at character {at + 1}")
    told = begins[2].split("|")
    children, at = [], begins.end()
    while text.startswith("(", at):
        child, at = _node(text, at, depth + 1)
        children.append(child)
    if not text.startswith("))", at):
        raise ValueError(f"brackets do not close at character {at + 1}")
    return (begins[1], dict(zip(told[::2], told[1::2], strict=False)), children), at + 2


def _times(periods: list[_Node]) -> list[list[str]]:
    return sorted(period(told.get("s", ""), told.get("f", "")) for _, told, _ in periods)


def _day(number: str) -> str:
    if not (number.isdecimal() and number.isascii() and 0 < int(number) <= _LAST_DAY):
        raise ValueError(f"{number[:20]!r} is no number of a day")
    return (_DAY_ZERO + timedelta(days=int(number))).isoformat()
