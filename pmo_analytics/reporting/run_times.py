"""When a pipeline is to run: `Monday at 06:30`, `day 3 at 06:30`, `working day 3 at 06:30`, in a zone.

A run reports on a period that is over, so that its days are counted from the
first day of the next one: of the next week, of the next month, or of the first
month of the next quarter. Working days are counted by a function that is
passed in. A time that clocks leave out when they are set forward is the one
that they show instead.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from pmo_analytics.errors import UsageError
from pmo_analytics.warehouse.as_of import WEEK, period_end, period_start

WorkingDays = Callable[[date, date], Sequence[date]]
# Every month has it, so that no run falls out.
LAST_DAY = 28
MOST_WORKING_DAYS = 15
# Public holidays that may lie before a working day of a month.
_HOLIDAYS = 5
_WEEKDAYS = [name.lower() for name in calendar.day_name]
_FORM = re.compile(
    r"(?:(?P<weekday>[a-z]+)|(?P<working>working )?day (?P<day>\d{1,2})) at (?P<hour>\d\d):(?P<minute>\d\d)"
)
_EXPECTED = {WEEK: "such as 'Monday at 06:30'"}
_EXPECTED_OF_MONTHS = (
    f"'day 3 at 06:30', from 1 to {LAST_DAY}, or 'working day 3 at 06:30', from 1 to {MOST_WORKING_DAYS}"
)


@dataclass(frozen=True)
class RunTime:
    """A day behind the end of a period, and a time. `day` is a weekday, Monday being 0, where periods are weeks."""

    every: str
    day: int
    at: time
    is_working_day: bool = False

    def __str__(self) -> str:
        if self.every == WEEK:
            return f"{_WEEKDAYS[self.day].capitalize()} at {self.at:%H:%M}"
        return f"{'working ' if self.is_working_day else ''}day {self.day} at {self.at:%H:%M}"

    def due(self, end: date, zone: ZoneInfo, working_days: WorkingDays) -> datetime:
        """When the report on the period that ended on `end` is due, in the zone."""
        first = end + timedelta(days=1)
        if self.every == WEEK:
            return self._instant(first + timedelta(days=self.day), zone)
        if not self.is_working_day:
            return self._instant(first.replace(day=self.day), zone)
        last = first.replace(day=LAST_DAY)
        worked = working_days(first, last)
        return self._instant(worked[self.day - 1] if len(worked) >= self.day else last, zone)

    def calls(self, end: date, zone: ZoneInfo, weekdays: int) -> list[datetime]:
        """When a timer is to call after `end`: on each day that can be the due one, of `weekdays` worked in a week.

        A timer knows no working days, so that the run itself ends at once where nothing is due yet.
        """
        first = end + timedelta(days=1)
        if self.every == WEEK:
            return [self._instant(first + timedelta(days=self.day), zone)]
        days = range(self.day, self.last_call_day(weekdays) + 1)
        return [self._instant(first.replace(day=day), zone) for day in days]

    def last_call_day(self, weekdays: int) -> int:
        """The last day of a month that can be the due one."""
        if not self.is_working_day:
            return self.day
        free = (7 - weekdays) * ceil(self.day / max(weekdays, 1))
        return min(LAST_DAY, self.day + free + _HOLIDAYS)

    def last_due(self, now: datetime, zone: ZoneInfo, working_days: WorkingDays) -> date:
        """The last day of the last period whose report is due by `now`, an instant with a zone."""
        end = period_start(self.every, now.astimezone(zone).date()) - timedelta(days=1)
        while self.due(end, zone, working_days) > now:
            end = period_start(self.every, end) - timedelta(days=1)
        return end

    def next_due(self, now: datetime, zone: ZoneInfo, working_days: WorkingDays) -> datetime:
        """When the next report is due after `now`, an instant with a zone."""
        last = self.last_due(now, zone, working_days)
        return self.due(period_end(self.every, last + timedelta(days=1)), zone, working_days)

    def _instant(self, day: date, zone: ZoneInfo) -> datetime:
        # By way of UTC, so that an hour which the zone leaves out is another one.
        return datetime.combine(day, self.at, zone).astimezone(ZoneInfo("UTC")).astimezone(zone)


def parse_run_time(text: object, every: str) -> RunTime:
    """A run's time from its text; UsageError where the text says none that fits the period."""
    match = _FORM.fullmatch(text.strip().lower()) if isinstance(text, str) else None
    if match:
        named = [at for at, name in enumerate(_WEEKDAYS) if match["weekday"] in {name, name[:3]}]
        is_working = bool(match["working"])
        most = MOST_WORKING_DAYS if is_working else LAST_DAY
        day = int(match["day"] or 0)
        fits = bool(named) if every == WEEK else 1 <= day <= most
        if fits and int(match["hour"]) < 24 and int(match["minute"]) < 60:
            at = time(int(match["hour"]), int(match["minute"]))
            return RunTime(every, named[0] if named else day, at, is_working)
    raise UsageError(
        f"schedule is no time of a pipeline of every {every}", found=repr(text),
        expected=_EXPECTED.get(every, _EXPECTED_OF_MONTHS), hint="in the time zone of the workspace",
    )  # fmt: skip
