"""What the move of a task frees, which shortage it is for, and what it delays, in words.

This project's own wording. A move frees what the task asks for in the weeks that
it leaves. It is for what was short there of the skills it asks for, or of others
that the same people have; or it follows a task that moves; or it makes room for
one. What it delays is its project, where that ends later, and the tasks of other
projects that wait for it and move.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
import pandas as pd

from pmo_analytics.contracts.dependency_marts import ScheduleActivity as Task
from pmo_analytics.forecasting.critical_path import link_weights
from pmo_analytics.forecasting.quantile_scores import Floats
from pmo_analytics.forecasting.schedule_network import Places
from pmo_analytics.resources.assignment_reasons import hours
from pmo_analytics.resources.levelled_tasks import LevelledTasks, Placed, uncovered
from pmo_analytics.resources.task_needs import overlap

_SHOWN = 3
_HOUR, _MINUTE, _DAY = 3600.0, 60.0, 8


class TaskMoveReasons:
    """Words for each task of a levelled plan, by its place on the axis."""

    def __init__(self, plan: LevelledTasks) -> None:
        self._plan = plan
        self._tasks = plan.axis.tasks
        self._projects = self._tasks[Task.project_id]
        self._is_moved = plan.levelled.start > plan.planned.start

    def freed_seconds(self, task: int) -> float:
        """Seconds that the task asks for no longer in weeks that it leaves."""
        return float(self._freed[task].sum()) if self._is_moved[task] else 0.0

    def freed(self, task: int) -> str | None:
        """What is freed by skill and week; None where nothing is."""
        if not self.freed_seconds(task):
            return None
        told = []
        for kind, (skill, _) in enumerate(self._plan.needs.kinds):
            weeks = [
                f"{hours(seconds / _MINUTE)} in the week of {monday:%Y-%m-%d}"
                for monday, seconds in zip(self._weeks, self._freed[task, kind], strict=True)
                if seconds
            ]
            if weeks:
                rest = f" and {len(weeks) - _SHOWN} weeks more" if len(weeks) > _SHOWN else ""
                told.append(f"{skill}: {', '.join(weeks[:_SHOWN])}{rest}")
        return "; ".join(told)

    def resolved(self, task: int) -> str | None:
        """The shortage that the move is for, the task it follows, or that it makes room; None for what stays."""
        if not self._is_moved[task]:
            return None
        needs, left = self._plan.needs, self._freed[task].sum(axis=0) > 0
        own = self._freed[task].sum(axis=1) > 0
        near = needs.groups[needs.groups[:, own].any(axis=1)].any(axis=0) & ~own
        for kinds, others in ((own, ""), (near, ", and the same people can do it")):
            told = [
                f"{hours(self._short[kind, week] / _MINUTE)} of {needs.kinds[kind][0]} "
                f"in the week of {self._weeks[week]:%Y-%m-%d}"
                for kind in np.flatnonzero(kinds).tolist()
                for week in np.flatnonzero(left & (self._short[kind] > 0)).tolist()
            ]
            if told:
                rest = f" and {len(told) - _SHOWN} more" if len(told) > _SHOWN else ""
                return f"{', '.join(told[:_SHOWN])}{rest} were short{others}"
        followed = self._followed(task)
        return f"follows {followed}" if followed else "makes room for what moves there"

    def delayed(self, task: int) -> str | None:
        """What the move delays; None for what stays."""
        if not self._is_moved[task]:
            return None
        plan, name = self._plan, self._projects.iloc[task]
        told = []
        if isinstance(name, str):
            mine = (self._projects == name).to_numpy()
            later = int(plan.levelled.finish[mine].max() - plan.planned.finish[mine].max())
            is_last = plan.levelled.finish[task] == plan.levelled.finish[mine].max()
            if later > 0 and is_last:
                late = max(0, int(plan.levelled.finish[mine].max()) - plan.due[name])
                told.append(f"{name} ends {_days(later)} later, " + (f"{_days(late)} too late" if late else "in time"))
        told += [f"{self._name(other)} moves with it" for other in self._followers(task)[:_SHOWN]]
        if told:
            return "; ".join(told)
        return f"nothing: {name} ends as planned" if isinstance(name, str) else "nothing"

    @property
    def _weeks(self) -> pd.DatetimeIndex:
        return self._plan.needs.spans.monday.unique()

    @cached_property
    def _freed(self) -> Floats:
        """Seconds by task, kind and week that are planned and not done there any more."""
        plan = self._plan

        def by_span(placed: Placed) -> Floats:
            runs = overlap(placed.start, placed.duration, plan.needs.spans)
            found: Floats = runs[:, None, :] * placed.units[:, :, None]
            return found

        gone = np.maximum(by_span(plan.planned) - by_span(plan.levelled), 0.0)
        return _summed(gone, self._weeks.get_indexer(plan.needs.spans.monday), len(self._weeks))

    @cached_property
    def _short(self) -> Floats:
        """Seconds by kind and week that nobody covers in the plan as it is."""
        needs = self._plan.needs
        hour_week = np.repeat(self._weeks.get_indexer(needs.spans.monday), needs.spans.hours)
        units = uncovered(needs, self._plan.planned)[0] + needs.short_fixed
        return _summed(units.astype(float), hour_week, len(self._weeks))

    def _followed(self, task: int) -> str | None:
        """A task that moves and that this one begins right after."""
        for before, after, weight in self._links:
            if after == task and self._is_moved[before] and self._start[after] == self._start[before] + weight:
                return self._name(before)
        return None

    def _followers(self, task: int) -> list[int]:
        """Tasks of other projects that wait for this one and begin when it lets them."""
        return sorted(
            after
            for before, after, weight in self._links
            if before == task
            and self._is_moved[after]
            and self._projects.iloc[after] != self._projects.iloc[task]
            and self._start[after] == self._start[before] + weight
        )

    @property
    def _start(self) -> Places:
        return self._plan.levelled.start

    @cached_property
    def _links(self) -> list[tuple[int, int, int]]:
        net = self._plan.axis.network
        weight = np.ceil(link_weights(net, self._plan.levelled.duration.astype(float)) - 1e-9).astype(np.int64)
        return list(zip(net.predecessor.tolist(), net.successor.tolist(), weight.tolist(), strict=True))

    def _name(self, task: int) -> str:
        row = self._tasks.iloc[task]
        return f"{row[Task.schedule_id]}/{row[Task.task_id]}"


def _summed(values: Floats, places: np.ndarray, count: int) -> Floats:
    """The last axis summed by place."""
    found = np.zeros((*values.shape[:-1], count))
    np.add.at(np.moveaxis(found, -1, 0), places, np.moveaxis(values, -1, 0))
    return found


def _days(working_hours: int) -> str:
    days = working_hours / _DAY
    return "1 working day" if days == 1 else f"{days:,.1f} working days".replace(".0 ", " ")
