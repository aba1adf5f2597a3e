"""What open tasks ask for of skills, and what people can give, on one axis of working hours.

Schedules state no skills, registers of demand no tasks. A project's demand of a
month is divided among its tasks that are planned to run in the month, by the
hours that they run in it; a task asks for the same in every hour. Demand of a
project or month without such tasks, and that of tasks that have begun, stays
where it is. This project's own convention; PMI's Practice Standard for
Scheduling calls the result resource loading.

What people can give is their time of each week, of what lies in it of a month,
divided by the hours that the week works. Units are seconds an hour: 3,600 is a
person at full time. All is in the order of the axis.

Worked example: in July, of 184 hours, P asks for 92 hours of SQL. Its one task
runs for 46 hours in July: it asks for two persons for as long as it runs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from pmo_analytics.contracts.dependency_marts import ScheduleActivity as Task
from pmo_analytics.contracts.effort import WorkingCalendar
from pmo_analytics.contracts.people import Person
from pmo_analytics.forecasting.quantile_scores import Floats
from pmo_analytics.forecasting.schedule_axis import ScheduleAxis
from pmo_analytics.forecasting.schedule_network import Flags, Places
from pmo_analytics.forecasting.skill_cover import cover
from pmo_analytics.forecasting.working_time import WorkingTime
from pmo_analytics.resources.availability import AvailabilityToCome, working_days
from pmo_analytics.resources.staffing import MINUTE, Staffing

FULL = 3600
Kind = tuple[str, int]


@dataclass(frozen=True)
class Spans:
    """The axis in spans of days of one week and one month: where each begins, in working hours and as a day.

    `begin` has one more than there are spans: the end of the last.
    """

    begin: Places
    first: pd.DatetimeIndex
    month: pd.DatetimeIndex

    @property
    def monday(self) -> pd.DatetimeIndex:
        """The Monday of each span's week."""
        return self.first - pd.to_timedelta(self.first.day_of_week, unit="D")

    @property
    def hours(self) -> Places:
        """Working hours of each span."""
        return np.diff(self.begin)


@dataclass(frozen=True)
class TaskNeeds:
    """Skills and levels asked for (`kinds`), and who can give what.

    `asked` are the seconds a task asks for in all, a row a task and a column a
    kind; `fixed` the units that stay where they are, a row a kind and a column an
    hour. `groups` says which kinds each group of people can work on, `capacity`
    its units by hour. `short_fixed` are the units of what stays that nobody can
    cover, which are not in `fixed`.
    """

    kinds: tuple[Kind, ...]
    spans: Spans
    asked: Floats
    fixed: Places
    groups: Flags
    capacity: Places
    short_fixed: Places


def days_off(person: pd.DataFrame, working_calendar: pd.DataFrame) -> frozenset[date]:
    """Weekdays between the first and the last day of people's calendars on which none of them works."""
    used = working_calendar[WorkingCalendar.calendar_id].isin(person[Person.calendar_id].dropna().unique())
    days = working_calendar.loc[
        used & (working_calendar[WorkingCalendar.duration_seconds] > 0), WorkingCalendar.calendar_date
    ]
    if days.empty:
        return frozenset()
    off = pd.bdate_range(days.min(), days.max()).difference(pd.DatetimeIndex(days.unique()))
    return frozenset(day.date() for day in off)


def spans_of(time: WorkingTime, months: Collection[pd.Timestamp]) -> Spans:
    """The spans of the months planned for, on the axis from its first day on."""
    first, last = max(min(months), pd.Timestamp(time.first)), max(months) + pd.offsets.MonthEnd(0)
    days = pd.date_range(first, last)
    monday = days - pd.to_timedelta(days.day_of_week, unit="D")
    month = days.to_period("M").start_time
    is_first = np.concatenate([[True], (monday[1:] != monday[:-1]) | (month[1:] != month[:-1])])
    starts = days[is_first]
    ends = time.positions(np.append(starts.to_numpy(), np.datetime64(last + pd.Timedelta(days=1), "ns")))
    begin = np.round(ends).astype(np.int64)
    kept = np.flatnonzero(np.diff(begin) > 0)
    return Spans(np.append(begin[kept], begin[-1]), starts[kept], month[is_first][kept])


def overlap(start: Places, duration: Places, spans: Spans) -> Floats:
    """Hours that each task runs in each span: a row a task."""
    first = np.maximum(start[:, None], spans.begin[None, :-1])
    last = np.minimum((start + duration)[:, None], spans.begin[None, 1:])
    found: Floats = np.maximum(last - first, 0).astype(float)
    return found


def task_needs(  # noqa: PLR0917 - what an axis is told by
    axis: ScheduleAxis, start: Places, duration: Places, spans: Spans, staff: Staffing, time_of_groups: GroupTime
) -> TaskNeeds:
    """What tasks that start and last so ask for, and what is there for it."""
    kinds = tuple(sorted({(need.skill_id, need.level) for need in staff.needs}))
    place = {kind: number for number, kind in enumerate(kinds)}
    runs = overlap(start, duration, spans)
    project = axis.tasks[Task.project_id].fillna("").astype(str).to_numpy()
    has_begun = (axis.tasks[Task.state] == "in_progress").to_numpy()
    asked = np.zeros((len(start), len(kinds)))
    fixed = np.zeros((len(kinds), int(spans.begin[-1])))
    hour_month = np.repeat(spans.month, spans.hours)
    for need in staff.needs:
        of_month = spans.month == need.month
        if not of_month.any():
            continue
        kind, seconds = place[need.skill_id, need.level], need.minutes * MINUTE
        rows = np.flatnonzero(project == need.project_id)
        in_month = runs[np.ix_(rows, of_month)]
        if not in_month.sum():
            # It has no task to move with: the month's hours carry it evenly.
            fixed[kind, hour_month == need.month] += seconds / spans.hours[of_month].sum()
            continue
        share = in_month * seconds / in_month.sum()
        begun = has_begun[rows]
        asked[rows[~begun], kind] += share[~begun].sum(axis=1)
        for row, own in zip(rows[begun], share[begun].sum(axis=1), strict=True):
            fixed[kind, start[row] : start[row] + duration[row]] += own / duration[row]
    stays = np.floor(fixed + 1e-6).astype(np.int64)
    can, capacity = time_of_groups.of(kinds, staff, spans)
    covered = np.zeros_like(stays)
    for hours, asked_for, there in columns_of(stays, capacity):
        covered[:, hours] = cover(asked_for, there, can).covered[:, None]
    return TaskNeeds(kinds, spans, asked, covered, can, capacity, stays - covered)


def columns_of(asked: Places, capacity: Places) -> Iterator[tuple[Flags, list[int], list[int]]]:
    """Hours in which the same is asked for of the same people, with what is asked for and what is there."""
    found, place = np.unique(np.vstack([asked, capacity]), axis=1, return_inverse=True)
    for number, column in enumerate(found.T.tolist()):
        yield place.ravel() == number, column[: len(asked)], column[len(asked) :]


@dataclass(frozen=True)
class GroupTime:
    """Working time of each person and day to come, as `working_days` gives it, beside what the month has in all."""

    days: pd.DataFrame
    available: dict[tuple[str, pd.Timestamp], float]

    @classmethod
    def of_registers(
        cls, person: pd.DataFrame, working_calendar: pd.DataFrame, absence: pd.DataFrame, spans: Spans
    ) -> GroupTime:
        """The time of everybody in the months of the spans."""
        last = spans.month[-1] + pd.offsets.MonthEnd(0)
        days = working_days(person, working_calendar, absence, spans.month[0], last)
        month = days[WorkingCalendar.calendar_date].dt.to_period("M").dt.start_time
        sums = days.groupby([days[Person.person_id], month])[AvailabilityToCome.available_seconds].sum()
        keys = [(str(who), when) for who, when in sums.index]
        return cls(days.assign(month=month), dict(zip(keys, sums.to_list(), strict=True)))

    def of(self, kinds: tuple[Kind, ...], staff: Staffing, spans: Spans) -> tuple[Flags, Places]:
        """Who can work on what, people who can on the same together, and their units by span."""
        can: dict[tuple[bool, ...], Floats] = {}
        span = np.searchsorted(spans.first, self.days[WorkingCalendar.calendar_date].to_numpy(), side="right") - 1
        rows = self.days.assign(span=span)[span >= 0]
        for who, own in rows.groupby(Person.person_id):
            able = tuple(staff.level_of(str(who), skill) >= level for skill, level in kinds)
            if not any(able):
                continue
            share = [self._share(str(who), month, staff) for month in own["month"]]
            seconds = own[AvailabilityToCome.available_seconds].to_numpy(dtype=float) * np.array(share)
            by_span = np.bincount(own["span"], weights=seconds, minlength=len(spans.hours)) / spans.hours
            can[able] = can.get(able, np.zeros(len(spans.hours))) + by_span
        flags: Flags = np.array(list(can), dtype=np.bool_).reshape(len(can), len(kinds))
        capacity = np.array(list(can.values())).reshape(len(can), len(spans.hours))
        units: Places = np.repeat(np.ceil(capacity - 1e-6).astype(np.int64), spans.hours, axis=1)
        return flags, units

    def _share(self, who: str, month: pd.Timestamp, staff: Staffing) -> float:
        """What is left of a person's month for projects that ask for skills."""
        seconds = self.available.get((who, month), 0.0)
        elsewhere = sum(staff.elsewhere.get((who, month), {}).values()) * MINUTE
        return max(0.0, 1 - elsewhere / seconds) if seconds else 0.0
