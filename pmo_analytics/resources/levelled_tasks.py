"""The schedule of open tasks in which no skill is asked for more than there is: how it is reckoned.

A resource-constrained project over working hours. Every kind of need, a skill
from a level on, is a resource; its capacity is the time of all who can do it
less what stays where it is. People with several skills count for each, so that
each schedule is held against people (`forecasting.skill_cover`): kinds that
together ask for too much become one more resource, and the schedule is made
again, until people can cover every hour of it (cut generation, as Benders 1962).
A task that asks for more at a time than there ever is takes longer and asks for
less. This project's own arrangement of known parts.

Worked example: Ann alone has SQL and UX. A task that asks for all of SQL and one
that asks for all of UX may run side by side by each skill's own capacity; a
resource for both together lets them run one after the other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pmo_analytics.contracts.dependency_marts import ScheduleActivity as Task
from pmo_analytics.contracts.portfolio import Project
from pmo_analytics.forecasting.quantile_scores import Floats
from pmo_analytics.forecasting.resource_project import resource_project
from pmo_analytics.forecasting.resource_schedule import Goal, Lateness, resource_schedule
from pmo_analytics.forecasting.schedule_axis import ScheduleAxis
from pmo_analytics.forecasting.schedule_network import Places
from pmo_analytics.forecasting.skill_cover import cover
from pmo_analytics.forecasting.working_time import WorkingTime
from pmo_analytics.resources.staffing import EVEN
from pmo_analytics.resources.task_needs import TaskNeeds, columns_of

_MOST_ROUNDS = 50
KindSet = frozenset[int]


@dataclass(frozen=True)
class Placed:
    """A start, a duration and units an hour of each kind, for each task in the order of the axis."""

    start: Places
    duration: Places
    units: Places

    @property
    def finish(self) -> Places:
        """When each task ends."""
        return self.start + self.duration


@dataclass(frozen=True)
class LevelledTasks:
    """The plan as it is and as it is levelled, in working hours of the axis.

    `due` is the hour that each project is due, `unmeetable` the kinds, by task,
    that nobody has any time for: they are asked for in vain and left out.
    """

    axis: ScheduleAxis
    time: WorkingTime
    needs: TaskNeeds
    planned: Placed
    levelled: Placed
    due: dict[str, int]
    unmeetable: tuple[tuple[int, int], ...]
    goals: tuple[Goal, ...]

    @property
    def is_proven(self) -> bool:
        """Whether no schedule is better by any goal."""
        return all(goal.is_proven for goal in self.goals)

    def load(self, placed: Placed) -> Places:
        """Units of each kind asked for in each working hour planned for, what stays left out."""
        hours = int(self.needs.spans.begin[-1])
        return loads(placed, hours)


def unlevelled(axis: ScheduleAxis) -> tuple[Places, Places]:
    """Start and duration of each task by ties and scheduled starts alone, in whole hours."""
    duration = np.ceil(axis.hours - 1e-9).astype(np.int64)
    given = resource_project(
        axis.network, duration, np.zeros((len(duration), 0)), np.zeros((0, 1)), not_before=_not_before(axis)
    )
    return given.planned, duration


def level_tasks(
    axis: ScheduleAxis,
    time: WorkingTime,
    needs: TaskNeeds,
    planned: Placed,
    *,
    project: pd.DataFrame,
    weight: dict[str, float],
    limit: float,
) -> LevelledTasks:
    """The levelled schedule of the tasks of an axis. `planned` asks for what `needs` divides among the tasks."""
    names = axis.tasks[Task.project_id]
    due = _due(names, time, planned, project)
    lateness = _lateness(names, due, weight)
    not_before = _not_before(axis)
    most = _most_at_once(needs)
    in_vain = (needs.asked > 0) & (most == 0)
    asked = np.where(in_vain, 0.0, needs.asked)
    sets: list[KindSet] = [frozenset([kind]) for kind in np.flatnonzero(asked.sum(axis=0) > 0).tolist()]
    singles = len(sets)
    for _ in range(_MOST_ROUNDS):
        capacity = _capacity(needs, sets)
        limits = np.concatenate([most[[min(kinds) for kinds in sets[:singles]]], capacity[singles:, -1]])
        placed = _stretched(planned, asked, sets, limits)
        given = resource_project(
            axis.network, placed.duration, _by_set(placed.units, sets), capacity, not_before=not_before
        )
        found = resource_schedule(given, lateness, limit=limit)
        further = uncovered(needs, Placed(found.start, placed.duration, placed.units))[1] - set(sets)
        if not further:
            break
        sets += sorted(further, key=sorted)
    levelled = Placed(found.start, placed.duration, units_of(needs.asked, placed.duration))
    unmeetable = tuple((int(task), int(kind)) for task, kind in np.argwhere(in_vain))
    return LevelledTasks(axis, time, needs, planned, levelled, due, unmeetable, found.goals)


def loads(placed: Placed, hours: int) -> Places:
    """Units of each kind in each of the first hours: a row a kind."""
    steps = np.zeros((hours + 1, placed.units.shape[1]), dtype=np.int64)
    np.add.at(steps, np.minimum(placed.start, hours), placed.units)
    np.subtract.at(steps, np.minimum(placed.finish, hours), placed.units)
    return np.cumsum(steps[:hours], axis=0).T


def uncovered(needs: TaskNeeds, placed: Placed) -> tuple[Places, set[KindSet]]:
    """Units of each kind and hour that nobody covers beside what stays, and the sets that ask for too much."""
    asked = loads(placed, int(needs.spans.begin[-1]))
    short, found = np.zeros_like(asked), set()
    for hours, total, there in columns_of(asked + needs.fixed, needs.capacity):
        if asked[:, hours].any():
            answer = cover(total, there, needs.groups)
            if answer.too_much:
                short[:, hours] = (np.array(total) - answer.covered)[:, None]
                found.add(answer.too_much)
    return short, found


def _capacity(needs: TaskNeeds, sets: list[KindSet]) -> Places:
    """Units by set of kinds and hour, and in the last column the most there is at any time."""
    rows = [_of_set(needs, kinds) for kinds in sets]
    by_hour = np.array(rows, dtype=np.int64).reshape(len(sets), int(needs.spans.begin[-1]))
    return np.column_stack([by_hour, by_hour.max(axis=1, initial=0)])


def _of_set(needs: TaskNeeds, kinds: KindSet) -> Places:
    members = sorted(kinds)
    able = needs.groups[:, members].any(axis=1)
    left: Places = needs.capacity[able].sum(axis=0) - needs.fixed[members].sum(axis=0)
    return left


def _by_set(units: Places, sets: list[KindSet]) -> Places:
    columns = [units[:, sorted(kinds)].sum(axis=1) for kinds in sets]
    return np.array(columns, dtype=np.int64).reshape(len(sets), len(units)).T


def _most_at_once(needs: TaskNeeds) -> Places:
    """The most units of each kind that people ever have beside what stays: 0 where nobody has the skill or any time."""
    found = np.zeros(len(needs.kinds), dtype=np.int64)
    for _, stays, there in columns_of(needs.fixed, needs.capacity):
        for kind in range(len(needs.kinds)):
            asked = [units + (sum(there) if place == kind else 0) for place, units in enumerate(stays)]
            left = int(cover(asked, there, needs.groups).covered.sum()) - sum(stays)
            found[kind] = max(found[kind], left)
    return found


def _stretched(planned: Placed, asked: Floats, sets: list[KindSet], most: Places) -> Placed:
    """The tasks with as much time as they need to ask at no time for more than there ever is."""
    duration = planned.duration.copy()
    for kinds, limit in zip(sets, most.tolist(), strict=True):
        seconds = asked[:, sorted(kinds)].sum(axis=1)
        is_over = seconds > limit * np.maximum(duration, 1)
        duration = np.where(is_over, np.ceil(seconds / max(limit, 1)), duration).astype(np.int64)
    return Placed(planned.start, duration, units_of(asked, duration))


def units_of(asked: Floats, duration: Places) -> Places:
    """Seconds as units an hour, rounded down so that what just fits does."""
    found: Places = np.floor(asked / np.maximum(duration, 1)[:, None] + 1e-6).astype(np.int64)
    return found


def _not_before(axis: ScheduleAxis) -> Places:
    found: Places = np.floor(axis.not_before + 1e-9).astype(np.int64)
    return found


def _due(names: pd.Series, time: WorkingTime, planned: Placed, project: pd.DataFrame) -> dict[str, int]:
    """The hour that each project's baseline ends, or its plan where that is later."""
    known = project.dropna(subset=[Project.baseline_finish_date])
    ends = dict(zip(known[Project.project_id], known[Project.baseline_finish_date], strict=True))
    due: dict[str, int] = {}
    for name, finish in zip(names, planned.finish.tolist(), strict=True):
        if isinstance(name, str):
            day = ends.get(name)
            end = 0 if day is None else int(time.position((day + pd.Timedelta(days=1)).to_pydatetime()))
            due[name] = max(finish, due.get(name, end))
    return due


def _lateness(names: pd.Series, due: dict[str, int], weight: dict[str, float]) -> Lateness:
    order = sorted(due)
    place = {name: number for number, name in enumerate(order)}
    given = [weight.get(name, EVEN) for name in order]
    least = min(given, default=1.0)
    return Lateness(
        np.array([place.get(name, -1) for name in names], dtype=np.int64),
        np.array([due[name] for name in order], dtype=np.int64),
        np.array([round(100 * value / least) for value in given], dtype=np.int64),
    )
