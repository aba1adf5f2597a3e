"""The calendars of schedules: which one each task goes by, and what it works on each day.

A day is worked as its weekday is, or as an exception of its date says: a working
week of its own, days that recur, and days told by date, of which the later in
this list hold over the earlier and the first told of one kind over the others.
Times that end before they begin end on the next day. A task without a calendar,
or with one that the schedule does not hold or that cannot be read or has no
working time in its week, goes by the schedule's default, else by Monday to
Friday of eight hours; what was named in vain is told. Source: the calendars of
Microsoft Project XML and of Primavera XER as `sources.working_times` keeps them.

Worked example: a calendar of Monday to Thursday, 8 to 12 and 13 to 19, works 40
hours in a week of four days, so that a day of it has ten hours.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from pmo_analytics.contracts.schedule import ScheduleCalendar as Calendar
from pmo_analytics.forecasting.calendar_steps import Spans
from pmo_analytics.forecasting.schedule_network import Places
from pmo_analytics.performance.calendar_recurrence import recurring_days

DAY = 86_400
USUAL, UNREAD = "Monday to Friday, 8 hours", "exceptions of its calendar that cannot be read"
_TIME = re.compile(r"([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?")
Times = tuple[tuple[int, int], ...]
Week = tuple[Times, ...]


@dataclass(frozen=True)
class DatedWeek:
    """Working times by weekday, from Monday, of the days between two dates, or of those on which a rule recurs."""

    first: date
    last: date
    week: Week
    rule: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class WorkingPattern:
    """Working times by weekday, and days with others, of which later ones hold over earlier ones."""

    week: Week
    exceptions: tuple[DatedWeek, ...] = ()

    @property
    def day_seconds(self) -> float:
        """Working time of a usual day: that of the week over its worked days."""
        worked = [sum(end - begin for begin, end in times) for times in self.week if times]
        return sum(worked) / len(worked)

    def spans(self, first: date, days: int) -> Spans:
        """What is worked in so many days, as begins and ends in seconds from the first one's midnight on."""
        # Times of the day before may reach into the first one.
        dates = pd.date_range(first - timedelta(days=1), periods=days + 1)
        weeks = {self.week: 0}
        of_day = np.zeros(len(dates), dtype=np.int64)
        for exception in self.exceptions:
            of_day[_fallen(exception, dates)] = weeks.setdefault(exception.week, len(weeks))
        weekday = dates.day_of_week.to_numpy()
        begins, ends = [], []
        for week, number in weeks.items():
            for day, times in enumerate(week):
                midnights = (np.flatnonzero((of_day == number) & (weekday == day)) - 1) * DAY if times else weekday[:0]
                for begin, end in times:
                    begins.append(midnights + begin)
                    ends.append(midnights + end)
        return _joined(begins, ends, days * DAY)


def _joined(begins: list[Places], ends: list[Places], stop: int) -> Spans:
    """Spans in their order, those that touch or overlap as one, between 0 and `stop`."""
    nothing = np.zeros(0, dtype=np.int64)
    begin, end = np.concatenate([nothing, *begins]), np.concatenate([nothing, *ends])
    order = np.argsort(begin, kind="stable")
    begin, end = np.clip(begin[order], 0, stop), np.maximum.accumulate(np.clip(end[order], 0, stop))
    is_new = np.ones(len(begin), dtype=np.bool_)
    is_new[1:] = begin[1:] > end[:-1]
    first = np.flatnonzero(is_new)
    begin, end = begin[first], end[np.append(first[1:], len(end)) - 1] if len(first) else nothing
    return begin[end > begin], end[end > begin]


def _fallen(exception: DatedWeek, dates: pd.DatetimeIndex) -> slice | Places:
    """Places of the dates, which follow each other, that an exception holds on."""
    begin, last = dates[0].date(), min(exception.last, dates[-1].date())
    if not exception.rule:
        return slice(max((exception.first - begin).days, 0), max((last - begin).days + 1, 0))
    if exception.first > last:
        return slice(0)
    place = dates.get_indexer(recurring_days(dict(exception.rule), pd.date_range(exception.first, last)))
    return place[place >= 0].astype(np.int64)


_EIGHT_HOURS: Times = ((8 * 3600, 12 * 3600), (13 * 3600, 17 * 3600))
USUAL_PATTERN = WorkingPattern((*[_EIGHT_HOURS] * 5, (), ()))


class ScheduleCalendars:
    """The calendars of all schedules by number, from 1 on; 1 is Monday to Friday of eight hours."""

    def __init__(self, schedule_calendar: pd.DataFrame) -> None:
        numbers = {USUAL_PATTERN: 1}
        # Schedules hold the same calendars word for word.
        read: dict[tuple[Any, Any], tuple[int | None, int]] = {}
        self._known: dict[tuple[str, str], int | None] = {}
        self._unread: dict[tuple[str, str], int] = {}
        self._default: dict[str, str] = {}
        columns = [
            Calendar.schedule_id, Calendar.calendar, Calendar.is_default, Calendar.working_week,
            Calendar.calendar_exceptions,
        ]  # fmt: skip
        ordered = schedule_calendar.sort_values([Calendar.schedule_id, Calendar.calendar])
        rows = zip(*(ordered[column].to_list() for column in columns), strict=True)
        for schedule, name, is_default, week, exceptions in rows:
            key = str(schedule), str(name)
            if (week, exceptions) not in read:
                pattern, unread = read_pattern(week, exceptions)
                number = None if pattern is None else numbers.setdefault(pattern, len(numbers) + 1)
                read[week, exceptions] = number, unread
            self._known[key], self._unread[key] = read[week, exceptions]
            if self._known[key] and not pd.isna(is_default) and is_default:
                self._default.setdefault(key[0], key[1])
        self.patterns = list(numbers)

    def default(self, schedule: str) -> int:
        """The number of the calendar of a schedule's tasks that name none."""
        return self._known.get((schedule, self._default.get(schedule, ""))) or 1

    def of(self, schedule: str, name: str | None) -> tuple[int, str, str | None]:
        """The number and name of the calendar that a task goes by, and what is to be said of it."""
        key = schedule, name or ""
        number = self._known.get(key)
        if number is not None:
            unread = self._unread[key]
            return number, key[1], f"{UNREAD}: {unread}" if unread else None
        used = self._default.get(schedule, USUAL)
        if not name:
            return self.default(schedule), used, None
        found = "has no working time that can be read" if key in self._known else "is not known"
        return self.default(schedule), used, f"its calendar {name} {found}"


def read_pattern(week: Any, exceptions: Any) -> tuple[WorkingPattern | None, int]:
    """The pattern of a calendar, None without a working week that can be read, and how many exceptions cannot be."""
    try:
        found = _week(_parsed(week))
    except (TypeError, ValueError):
        return None, 0
    if not any(found):
        return None, 0
    try:
        told = _parsed(exceptions)
    except ValueError:
        return WorkingPattern(found), 1
    dated: list[tuple[int, DatedWeek]] = []
    rows = list(told) if isinstance(told, list) else [told] if told else []
    for each in rows:
        try:
            dated.append(_exception(each))
        except (TypeError, ValueError):
            continue
    # Of one kind the first told holds: it stands last.
    dated.reverse()
    ordered = [each for _, each in sorted(dated, key=lambda pair: pair[0])]
    return WorkingPattern(found, tuple(ordered)), len(rows) - len(dated)


def _parsed(text: Any) -> Any:
    return json.loads(text) if isinstance(text, str) and text else None


def _week(told: Any) -> Week:
    if not isinstance(told, dict):
        raise TypeError("no week")
    return tuple(_times(told.get(str(day), [])) for day in range(1, 8))


def _times(told: Any) -> Times:
    if not isinstance(told, list):
        raise TypeError("no working times")
    return tuple(sorted(_spans(told)))


def _spans(told: list[Any]) -> Iterator[tuple[int, int]]:
    for each in told:
        if not (isinstance(each, list) and len(each) == 2):
            raise ValueError("no working time")
        begin, end = (_seconds(text) for text in each)
        yield begin, end if end > begin else end + DAY


def _seconds(text: Any) -> int:
    found = _TIME.fullmatch(text) if isinstance(text, str) else None
    if not found:
        raise ValueError("no time of day")
    seconds = int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3] or 0)
    if seconds > DAY:
        raise ValueError("no time of day")
    return seconds


def _exception(told: Any) -> tuple[int, DatedWeek]:
    """Days with other working times, behind their place among the kinds."""
    if not isinstance(told, dict):
        raise TypeError("no exception")
    first = date.fromisoformat(str(told.get("from")))
    last = date.fromisoformat(str(told.get("to") or told.get("from")))
    if "week" in told:
        return 0, DatedWeek(first, last, _week(told["week"]))
    times = _times(told.get("times"))
    rule = told.get("recurs")
    if rule is None:
        return 2, DatedWeek(first, last, (times,) * 7)
    if not isinstance(rule, dict):
        raise TypeError("no rule")
    named = {str(name): str(text) for name, text in rule.items()}
    recurring_days(named, pd.date_range(first, periods=1))
    return 1, DatedWeek(first, last, (times,) * 7, tuple(sorted(named.items())))
