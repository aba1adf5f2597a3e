"""The open tasks of all schedules as one network in which each task works by its own calendar.

A lag counts on the calendar that its link names: the predecessor's, the default
of the schedule that waits, or round the clock; on the successor's where it names
none, as Microsoft Project does. What is open begins on the day after the
reporting date; a task that has begun goes on at once. One that waits for nothing
does not begin before its scheduled start, nor one before a date that a
constraint names; other constraints are not held. Times are of the organisation's
zone, in which summer time moves nothing. Dates beyond the year 2261 stand at its
end. Sources: as `forecasting.calendar_path` and `performance.schedule_calendars`.

Worked example: on Friday a task of 16 hours by a calendar of Monday to Thursday,
ten hours a day, is open, and another by one of Monday to Friday, eight hours a
day: the first ends on Tuesday after six hours, the second at its end.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from pmo_analytics.contracts.dependency_marts import ScheduleActivity as Task
from pmo_analytics.contracts.dependency_marts import ScheduleTie as Tie
from pmo_analytics.forecasting.calendar_path import CalendarPath, calendar_path
from pmo_analytics.forecasting.calendar_steps import ELAPSED, CalendarSteps
from pmo_analytics.forecasting.open_schedule import OpenSchedule, open_schedule, places_among
from pmo_analytics.forecasting.quantile_scores import Floats
from pmo_analytics.forecasting.schedule_network import Places
from pmo_analytics.performance.schedule_calendars import DAY, ScheduleCalendars

_FIRST_DAYS, _TIMES_LONGER = 4 * 366, 4
# What a lag may count on but the successor's calendar.
_COUNTED_BY = ("elapsed", "predecessor", "project")
_LAST_DAY = pd.Timestamp("2261-12-31")
# Of a duration or lag, either way: a century, which no calendar has.
_MOST_SECONDS = 100 * 366 * DAY


@dataclass(frozen=True)
class CalendarAxis:
    """Open tasks and ties with the number of each one's calendar, in the order of `schedule`.

    `calendar_name` and `note` say which calendar a task goes by, and what is
    wrong with the one it names. Instants are seconds from `first`.
    """

    schedule: OpenSchedule
    calendars: ScheduleCalendars
    first: pd.Timestamp
    calendar: Places
    calendar_name: pd.Series
    note: pd.Series
    lag_calendar: Places

    @cached_property
    def path(self) -> CalendarPath:
        """Dates and floats of each task, over as many years as they need."""
        network = self.schedule.network
        seconds = np.minimum(np.round(self.schedule.seconds()), _MOST_SECONDS).astype(np.int64)
        lag = np.clip(np.round(network.lag), -_MOST_SECONDS, _MOST_SECONDS)
        not_before = self._not_before()
        most = (_LAST_DAY - self.first).days
        days = min(most, _FIRST_DAYS + int(not_before.max(initial=0)) // DAY)
        used = np.unique(np.concatenate([self.calendar, self.lag_calendar, [1]]))
        used = used[used != ELAPSED]
        # Calendars are numbered anew, those alone that something goes by.
        place = np.zeros(len(self.calendars.patterns) + 1, dtype=np.int64)
        place[used] = np.arange(1, len(used) + 1)
        given = replace(network, lag=lag)
        while True:
            spans = [self.calendars.patterns[number - 1].spans(self.first.date(), days) for number in used.tolist()]
            found = calendar_path(
                given, seconds, CalendarSteps.of(spans), calendar=place[self.calendar],
                lag_calendar=place[self.lag_calendar], not_before=not_before,
            )  # fmt: skip
            if found.is_whole or days == most:
                return found
            days = min(most, days * _TIMES_LONGER)

    def _not_before(self) -> Places:
        instants = self.schedule.not_before(Task.local_start_at, Task.local_constraint_at)
        seconds = (instants - self.first).dt.total_seconds().fillna(0.0).to_numpy(dtype=float)
        latest = (_LAST_DAY - self.first).total_seconds()
        found: Places = np.ceil(np.clip(seconds, 0.0, latest)).astype(np.int64)
        return found

    def days(self, instants: Places) -> pd.Series:
        """The days of instants."""
        latest = (_LAST_DAY - self.first).days
        days = np.minimum(instants // DAY, latest)
        return pd.Series(self.first.to_datetime64().astype("datetime64[ns]") + days.astype("timedelta64[D]"))

    def day_seconds(self) -> Floats:
        """Working time of a usual day of each task's calendar."""
        usual = np.array([each.day_seconds for each in self.calendars.patterns])
        found: Floats = usual[self.calendar - 1]
        return found


def calendar_axis(
    schedule_activity: pd.DataFrame,
    schedule_tie: pd.DataFrame,
    schedule_calendar: pd.DataFrame,
    status_date: pd.Timestamp,
) -> CalendarAxis:
    """The network of what is not done, from two marts and the register `schedule_calendar`."""
    schedule, calendars = open_schedule(schedule_activity, schedule_tie), ScheduleCalendars(schedule_calendar)
    tasks, network = schedule.tasks, schedule.network
    pairs = tasks[[Task.schedule_id, Task.calendar]]
    group = pairs.groupby([Task.schedule_id, Task.calendar], sort=False, dropna=False).ngroup().to_numpy()
    first_of, told = np.unique(group, return_index=True)[1], []
    for name, calendar in pairs.iloc[first_of].itertuples(index=False, name=None):
        told.append(calendars.of(str(name), None if pd.isna(calendar) else str(calendar)))
    number = np.array([each[0] for each in told], dtype=np.int64)[group]
    named = pd.Series([each[1] for each in told], dtype=object)
    note = pd.Series([each[2] for each in told], dtype=object)
    schedules = [str(name) for name in pairs[Task.schedule_id].iloc[first_of]]
    default = np.array([calendars.default(name) for name in schedules], dtype=np.int64)[group]
    counted_by = places_among(_COUNTED_BY, schedule.ties[Tie.lag_calendar])[network.links]
    lag_calendar = np.choose(
        counted_by + 1,
        [number[network.successor], np.full(len(network.links), ELAPSED), number[network.predecessor],
         default[network.successor]],
    )  # fmt: skip
    first = (status_date + pd.Timedelta(days=1)).floor("D")
    return CalendarAxis(
        schedule, calendars, first, number, named.iloc[group].reset_index(drop=True),
        note.iloc[group].reset_index(drop=True), lag_calendar,
    )  # fmt: skip
