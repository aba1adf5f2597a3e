"""Reporting dates: how they are written and which one is meant by default."""

from __future__ import annotations

import calendar
import re
from datetime import date, datetime

from pmo_analytics.errors import UsageError


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
