"""The open tasks of all schedules and the ties that still bind them, as one network.

Done tasks are left out and what they tie is free; so are ties from the start of
a task that has begun. Ties of a circle are cut one after the other and counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from pmo_analytics.contracts.dependency_marts import OPEN
from pmo_analytics.contracts.dependency_marts import ScheduleActivity as Task
from pmo_analytics.contracts.dependency_marts import ScheduleTie as Tie
from pmo_analytics.errors import PmoError
from pmo_analytics.forecasting.quantile_scores import Floats
from pmo_analytics.forecasting.schedule_network import RELATIONS, Places, ScheduleNetwork, circles, placed_network

NOT_BEFORE = ("start_on", "start_no_earlier_than", "mandatory_start")


@dataclass(frozen=True)
class OpenSchedule:
    """Open tasks, and their network with lags in seconds as stated; `links` of the network are places in `ties`.

    `cut_count` is of ties that ran in a circle.
    """

    tasks: pd.DataFrame
    ties: pd.DataFrame
    network: ScheduleNetwork
    cut_count: int

    @property
    def waits(self) -> pd.Series:
        """Whether each task waits for another one."""
        found = np.zeros(len(self.tasks), dtype=np.bool_)
        found[self.network.successor] = True
        return pd.Series(found, index=self.tasks.index)

    def seconds(self) -> Floats:
        """Seconds left of each task; none where no duration is stated."""
        left: Floats = self.tasks[Task.remaining_duration_seconds].fillna(0.0).to_numpy(dtype=float)
        return left

    def not_before(self, start: str, constraint: str, *, is_every_start_kept: bool = False) -> pd.Series:
        """The instant that each task does not begin before, by these columns; NaT for none.

        It is its constraint's, and that of its scheduled start where it waits for
        nothing, or where every start is kept.
        """
        tasks = self.tasks
        is_to_come = tasks[Task.state] == "to_do"
        dates = tasks[start].where(is_to_come if is_every_start_kept else is_to_come & ~self.waits)
        held = tasks[constraint].where(is_to_come & tasks[Task.constraint_type].isin(NOT_BEFORE))
        found: pd.Series = dates.where(held.isna() | (dates >= held), held)
        return found


def open_schedule(schedule_activity: pd.DataFrame, schedule_tie: pd.DataFrame) -> OpenSchedule:
    """The network of what is not done, from the marts `schedule_activity` and `schedule_tie`."""
    tasks = schedule_activity[schedule_activity[Task.state] != "done"].reset_index(drop=True)
    ties = schedule_tie[schedule_tie[Tie.link_state] == OPEN]
    before, after = _places(tasks, ties)
    relation = places_among(RELATIONS, ties[Tie.relation])
    # What is no task stands behind the last one.
    has_begun = np.append((tasks[Task.state] == "in_progress").to_numpy(dtype=np.bool_), False)
    is_from_start = (relation == RELATIONS.index("SS")) | (relation == RELATIONS.index("SF"))
    binds = np.flatnonzero(~(has_begun[before] & is_from_start) & ((before != after) | (before < 0)))
    lag = ties[Tie.lag_seconds].to_numpy(dtype=float)
    names = tuple(range(len(tasks)))
    count = len(binds)
    while True:
        try:
            network = placed_network(names, before[binds], after[binds], relation=relation[binds], lag=lag[binds])
        except PmoError:
            pairs = before[binds].tolist(), after[binds].tolist()
            found = circles(names, *pairs)
            if not found:
                raise
            steps = {step for path in found for step in pairwise(path)}
            binds = binds[[step not in steps for step in zip(*pairs, strict=True)]]
            continue
        return OpenSchedule(tasks, ties.iloc[binds].reset_index(drop=True), network, count - len(binds))


def places_among(names: tuple[str, ...], column: pd.Series) -> Places:
    """The place of each value of a column among a few names, -1 for any other one or none."""
    codes, found = pd.factorize(column)
    # What is missing has the code -1, which is the last place.
    place: Places = np.append(pd.Index(names).get_indexer(pd.Index(found)), -1)[codes].astype(np.int64)
    return place


def _places(tasks: pd.DataFrame, ties: pd.DataFrame) -> tuple[Places, Places]:
    """Places of the tasks that each tie begins and ends at, -1 for what is not among them."""
    schedules = [tasks[Task.schedule_id], ties[Tie.predecessor_schedule_id], ties[Tie.schedule_id]]
    names = [tasks[Task.task_id], ties[Tie.predecessor_id], ties[Tie.successor_id]]
    schedule, _ = pd.factorize(pd.concat(schedules, ignore_index=True))
    name, known = pd.factorize(pd.concat(names, ignore_index=True))
    code = schedule * max(len(known), 1) + name
    found = pd.Index(code[: len(tasks)]).get_indexer(pd.Index(code[len(tasks) :])).astype(np.int64)
    return found[: len(ties)], found[len(ties) :]
