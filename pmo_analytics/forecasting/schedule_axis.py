"""The open tasks of all schedules as one network on one axis of working hours from the reporting date.

What is approximated: all tasks are worked Monday to Friday, eight hours a day,
whatever their own calendars say, and without days off but those that are given. Done tasks are left out
and what they tie is free; so are ties from the start of a task that has begun.
A task that has begun goes on at once. One that waits for nothing does not begin
before its scheduled start, nor one before a date that a constraint names; other
constraints are not held. A lag round the clock counts 40 of 168 hours. Ties of
a circle are cut one after the other and counted.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pmo_analytics.contracts.dependency_marts import OPEN
from pmo_analytics.contracts.dependency_marts import ScheduleActivity as Task
from pmo_analytics.contracts.dependency_marts import ScheduleTie as Tie
from pmo_analytics.errors import PmoError
from pmo_analytics.forecasting.quantile_scores import Floats
from pmo_analytics.forecasting.schedule_network import ScheduleNetwork, circles, schedule_network
from pmo_analytics.forecasting.working_time import WorkingTime

HOUR = 3600.0
ELAPSED_SHARE = 40 / 168
_NOT_BEFORE = ("start_on", "start_no_earlier_than", "mandatory_start")
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
    tasks = schedule_activity[schedule_activity[Task.state] != "done"].reset_index(drop=True)
    keys = task_keys(tasks[Task.schedule_id], tasks[Task.task_id])
    has_begun = set(keys[tasks[Task.state] == "in_progress"])
    ties = schedule_tie[schedule_tie[Tie.link_state] == OPEN]
    before = task_keys(ties[Tie.predecessor_schedule_id], ties[Tie.predecessor_id])
    after = task_keys(ties[Tie.schedule_id], ties[Tie.successor_id])
    is_free = ~(before.isin(has_begun) & ties[Tie.relation].isin(["SS", "SF"])) & (before != after)
    lag = ties[Tie.lag_seconds] / HOUR
    lag = lag.where(ties[Tie.lag_calendar] != "elapsed", lag * ELAPSED_SHARE)
    kept = pd.DataFrame({"before": before, "after": after, "relation": ties[Tie.relation], "lag": lag})[is_free]
    network, cut = _network(keys.to_list(), kept)
    waits = np.zeros(len(tasks), dtype=bool)
    if not is_every_start_kept:
        waits[network.successor] = True
    start = _not_before(tasks, waits, status_date, days_off)
    return ScheduleAxis(tasks, network, _hours(tasks), start, cut, days_off)


def _network(keys: list[str], ties: pd.DataFrame) -> tuple[ScheduleNetwork, int]:
    """The network, and how many ties were cut since they ran in a circle."""
    count = len(ties)
    while True:
        before, after = ties["before"].to_list(), ties["after"].to_list()
        try:
            network = schedule_network(keys, before, after, ties["relation"].to_list(), ties["lag"].to_numpy())
        except PmoError:
            found = circles(keys, before, after)
            if not found:
                raise
            steps = {step for path in found for step in pairwise(path)}
            ties = ties[[step not in steps for step in zip(before, after, strict=True)]]
            continue
        return network, count - len(ties)


def _hours(tasks: pd.DataFrame) -> Floats:
    """Hours left of each task; none where no duration is stated."""
    found: Floats = tasks[Task.remaining_duration_seconds].fillna(0.0).to_numpy(dtype=float) / HOUR
    return found


def _not_before(
    tasks: pd.DataFrame, waits: NDArray[np.bool_], status_date: pd.Timestamp, days_off: Collection[date]
) -> Floats:
    """Hours that each task does not begin before: its constraint's, and of one that waits for nothing its start's."""
    is_to_come = tasks[Task.state] == "to_do"
    dates = tasks[Task.start_at].where(is_to_come & ~waits)
    constraint = tasks[Task.constraint_at].where(is_to_come & tasks[Task.constraint_type].isin(_NOT_BEFORE))
    latest = pd.concat([dates, constraint], axis=1).max(axis=1)
    if latest.notna().sum() == 0:
        return np.zeros(len(tasks))
    first = status_date.date() + timedelta(days=1)
    last = max(first, latest.max().date()) + timedelta(days=_SPARE_DAYS)
    axis = WorkingTime(first, last, days_off=days_off)
    found: Floats = np.nan_to_num(axis.positions(latest.to_numpy(dtype="datetime64[ns]")), nan=0.0)
    return found
