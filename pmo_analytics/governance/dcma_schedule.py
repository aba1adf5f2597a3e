"""The last state of each schedule as its assessment looks at it: activities, links, and the length of a usual day."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pmo_analytics.contracts.dependency_marts import SCHEDULE, ScheduleActivity, ScheduleTie
from pmo_analytics.contracts.schedule import ScheduleCalendar
from pmo_analytics.governance.register_rows import Row, rows_of

USUAL_DAY = 8 * 3600.0
DONE = "done"


@dataclass(frozen=True)
class Schedule:
    """One schedule: its activities and the links that lead to one of them, as rows, and the frames they stand in."""

    name: str
    project: str | None
    status_date: pd.Timestamp
    activities: list[Row]
    links: list[Row]
    day_seconds: dict[str | None, float]
    activity_frame: pd.DataFrame
    tie_frame: pd.DataFrame

    @property
    def names(self) -> dict[str, str | None]:
        """What each activity is called."""
        return {row["task_id"]: row["name"] for row in self.activities}

    @property
    def open_activities(self) -> list[Row]:
        """The activities that are not done."""
        return [row for row in self.activities if row["state"] != DONE]

    def days(self, row: Row, seconds: float) -> float:
        """Working time as usual days of the activity's calendar."""
        return seconds / self.day_seconds.get(row["calendar"], self.day_seconds.get(None, USUAL_DAY))


def schedules(
    schedule_activity: pd.DataFrame, schedule_tie: pd.DataFrame, schedule_calendar: pd.DataFrame
) -> Iterator[Schedule]:
    """Every schedule with activities, by its identifier; links of the register of dependencies are not its own."""
    own = schedule_tie[schedule_tie[ScheduleTie.origin] == SCHEDULE]
    days = _day_lengths(rows_of(schedule_calendar))
    rows, links = _grouped(rows_of(schedule_activity), "schedule_id"), rows_of(own)
    ties: dict[str, list[Row]] = {}
    places: dict[str, list[int]] = {}
    for place, row in enumerate(links):
        # A tie of two schedules is one of both.
        for name in {row["schedule_id"], row["predecessor_schedule_id"]}:
            ties.setdefault(name, []).append(row)
            places.setdefault(name, []).append(place)
    for name, activities in schedule_activity.groupby(ScheduleActivity.schedule_id, sort=True):
        of = rows[str(name)]
        project = next((row["project_id"] for row in of if row["project_id"] is not None), None)
        yield Schedule(
            str(name), project, max(row["status_date"] for row in of), of, ties.get(str(name), []),
            days.get(str(name), {}), activities, own.iloc[places.get(str(name), [])],
        )  # fmt: skip


def _grouped(rows: list[Row], column: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row[column], []).append(row)
    return found


def _day_lengths(calendars: list[Row]) -> dict[str, dict[str | None, float]]:
    """Seconds of a usual day by schedule and calendar: the week's over the days worked; None is the default's."""
    found: dict[str, dict[str | None, float]] = {}
    for row in calendars:
        seconds = _usual_day(row[ScheduleCalendar.working_week])
        if seconds is not None:
            of = found.setdefault(row["schedule_id"], {})
            of[row["calendar"]] = seconds
            if row[ScheduleCalendar.is_default]:
                of[None] = seconds
    return found


def _usual_day(week: Any) -> float | None:
    """Working time of a usual day of a week as the register keeps it; None where that cannot be read."""
    try:
        days = [sum(_span(*times) for times in day) for day in json.loads(week or "{}").values()]
    except (TypeError, ValueError, AttributeError):
        return None
    worked = [seconds for seconds in days if seconds > 0]
    return sum(worked) / len(worked) if worked else None


def _span(begin: str, end: str) -> float:
    first, last = (_clock(text) for text in (begin, end))
    return last - first if last > first else last + 86_400 - first


def _clock(text: str) -> float:
    parts = [int(part) for part in text.split(":")]
    return sum(part * unit for part, unit in zip(parts, (3600, 60, 1), strict=False))
