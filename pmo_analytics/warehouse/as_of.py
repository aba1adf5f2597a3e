"""Reporting dates: how they are written and which one is meant by default."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from pmo_analytics.errors import UsageError

WEEK, MONTH, QUARTER = "week", "month", "quarter"
PERIODS = (WEEK, MONTH, QUARTER)


def parse_as_of(text: str | date) -> date:
    """A reporting date from `2026-06-30`, or from `2026-06`, which means its last day."""
    if isinstance(text, datetime):
        return text.date()
    if isinstance(text, date):
        return text
    match = re.fullmatch(r"(\d{4})-(\d{2})(?:-(\d{2}))?", text.strip())
    if match:
        year, month, day = int(match[1]), int(match[2]), match[3]
        try:
            first = date(year, month, 1)
            return first.replace(day=int(day)) if day else month_end(first)
        except ValueError:
            pass
    raise UsageError(
        "no such reporting date", found=repr(text), expected="a month such as 2026-06 or a day such as 2026-06-30"
    )


def local_day(column: str, time_zone: str) -> str:
    """SQL for the day of an instant: it ends at midnight in the workspace's zone, while instants are kept in UTC."""
    zone = time_zone.replace("'", "''")
    return f"CAST(timezone('{zone}', timezone('UTC', {column})) AS DATE)"


def month_end(day: date) -> date:
    """The last day of the month `day` lies in."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def last_month_end(latest: date) -> date:
    """The last month-end not after `latest`."""
    if month_end(latest) == latest:
        return latest
    year, month = (latest.year - 1, 12) if latest.month == 1 else (latest.year, latest.month - 1)
    return month_end(date(year, month, 1))


def period_end(every: str, day: date) -> date:
    """The last day of the week (a Sunday), month or quarter of the calendar that `day` lies in."""
    if every == WEEK:
        return day + timedelta(days=6 - day.weekday())
    return month_end(day if every == MONTH else date(day.year, (day.month + 2) // 3 * 3, 1))


def period_start(every: str, day: date) -> date:
    """The first day of the week, month or quarter that `day` lies in."""
    if every == WEEK:
        return day - timedelta(days=day.weekday())
    return date(day.year, day.month if every == MONTH else (day.month - 1) // 3 * 3 + 1, 1)


def last_whole_period(every: str, latest: date, working_days: Callable[[date, date], Sequence[date]]) -> date:
    """The last day of the last period that is whole: events reach its last working day.

    Friday's timesheets are the last of a week whose Saturday and Sunday nobody
    works. A period without a working day is whole when it is over.
    """
    start, end = period_start(every, latest), period_end(every, latest)
    last_worked = max(working_days(start, end), default=end)
    return end if latest >= last_worked else start - timedelta(days=1)


def period_ends(every: str, after: date, until: date) -> list[date]:
    """The last days of the periods that end behind `after` and not behind `until`, the oldest first."""
    found = []
    end = period_end(every, after + timedelta(days=1))
    while end <= until:
        found.append(end)
        end = period_end(every, end + timedelta(days=1))
    return found
