"""The open tasks of all schedules as one network on one axis of working hours from the reporting date.

What is approximated: all tasks are worked Monday to Friday, eight hours a day,
whatever their own calendars say, and without days off but those that are given.
It is what levelling and draws go by, which count hours that all share; dates
and floats of single tasks go by their own calendars (`performance.calendar_axis`).
A task that has begun goes on at once. One that waits for nothing does not begin
before its scheduled start, nor one before a date that a constraint names; other
constraints are not held. A lag round the clock counts 40 of 168 hours.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from pmo_analytics.contracts.dependency_marts import ScheduleActivity as Task
from pmo_analytics.contracts.dependency_marts import ScheduleTie as Tie
from pmo_analytics.forecasting.open_schedule import open_schedule
from pmo_analytics.forecasting.quantile_scores import Floats
from pmo_analytics.forecasting.schedule_network import ScheduleNetwork
from pmo_analytics.forecasting.working_time import WorkingTime

HOUR = 3600.0
ELAPSED_SHARE = 40 / 168
_SPARE_DAYS = 30


@dataclass(frozen=True)
class ScheduleAxis:
    """Open tasks with their network, hours left and hours that they do not begin before, in one order.

    `cut_count` is of ties that ran in a circle.
    """

    tasks: pd.DataFrame
    network: ScheduleNetwork
    hours: Floats
    not_before: Floats
    cut_count: int
    days_off: Collection[date] = frozenset()

    def working_time(self, status_date: pd.Timestamp, finish: float) -> WorkingTime:
        """The axis from the day after the reporting date to well past `finish` hours."""
        first = status_date.date() + timedelta(days=1)
        last = first + timedelta(days=int(finish / 8 * 1.5) + _SPARE_DAYS + 2 * len(self.days_off))
        return WorkingTime(first, last, days_off=self.days_off)


def task_keys(schedules: pd.Series, tasks: pd.Series) -> pd.Series:
    """Names of tasks that are one in all schedules: schedule, / and task."""
    return schedules.astype(str).str.cat(tasks.astype(str), sep="/")


def schedule_axis(
    schedule_activity: pd.DataFrame,
    schedule_tie: pd.DataFrame,
    status_date: pd.Timestamp,
    *,
    days_off: Collection[date] = frozenset(),
    is_every_start_kept: bool = False,
) -> ScheduleAxis:
    """The network of what is not done, from the marts `schedule_activity` and `schedule_tie`.

    With `is_every_start_kept` tasks that wait for others do not begin before
    their scheduled start either.
    """
    schedule = open_schedule(schedule_activity, schedule_tie)
    lag = schedule.ties[Tie.lag_seconds] / HOUR
    hours: Floats = lag.where(schedule.ties[Tie.lag_calendar] != "elapsed", lag * ELAPSED_SHARE).to_numpy(dtype=float)
    network = replace(schedule.network, lag=hours[schedule.network.links])
    instants = schedule.not_before(Task.start_at, Task.constraint_at, is_every_start_kept=is_every_start_kept)
    start = _positions(instants, status_date, days_off)
    return ScheduleAxis(schedule.tasks, network, schedule.seconds() / HOUR, start, schedule.cut_count, days_off)


def _positions(instants: pd.Series, status_date: pd.Timestamp, days_off: Collection[date]) -> Floats:
    """Hours of the axis at these instants; 0 where there is none."""
    if instants.notna().sum() == 0:
        return np.zeros(len(instants))
    first = status_date.date() + timedelta(days=1)
    last = max(first, instants.max().date()) + timedelta(days=_SPARE_DAYS)
    axis = WorkingTime(first, last, days_off=days_off)
    found: Floats = np.nan_to_num(axis.positions(instants.to_numpy(dtype="datetime64[ns]")), nan=0.0)
    return found
