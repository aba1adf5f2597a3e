"""Schedules of a resource-constrained project with the least makespan or the least weighted lateness, and their proof.

The constraint programme that textbooks give: an interval a task, a cumulative
constraint a resource, an inequality a link (Baptiste, Le Pape and Nuijten 2001),
solved by CP-SAT. Before it stand what is cheap: the critical path and the work
asked of each resource bound the result from below, serial schedules in a few
orders from above; where they meet nothing is left to be solved. Without linear
relaxations it is several times as quick here as by CP-SAT's own choice.

With `Lateness` three goals go one after the other, each kept while the next is
improved: the weighted lateness of groups of tasks past their due periods, then
the number of tasks that start later than links and dates ask for, then by how
much. What is not proven comes with the bound that is.

The same project gives the same schedule: one worker, a fixed seed, and a limit
that counts steps, not seconds. With several workers only the value of a proven
goal is sure to be the same.

Worked example: two tasks of 2 periods ask for all of one resource; the first is
due after 2 periods and weighs 1, the other too and weighs 3. The other goes
first, the first starts 2 periods later: weighted lateness 2, one move.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from pmo_analytics.forecasting.quantile_scores import Floats
from pmo_analytics.forecasting.resource_project import ResourceProject, serial_schedule
from pmo_analytics.forecasting.schedule_network import Places

if TYPE_CHECKING:
    from ortools.sat.python.cp_model import CpModel, IntervalVar, IntVar, LinearExprT

MAKESPAN, LATENESS, MOVES, SHIFT = "makespan", "lateness", "moves", "shift"
SEED = 20_260_630
# Of CP-SAT's deterministic time: a unit took three to ten seconds.
LIMIT = 60.0


@dataclass(frozen=True)
class Lateness:
    """What each group of tasks is late by: `group` has a place a task, -1 for none; `due` and `weight` one a group.

    A group is late by the periods that its last task ends past `due`. Numbers are whole.
    """

    group: Places
    due: Places
    weight: Places

    def of(self, project: ResourceProject, start: Places) -> int:
        """The weighted lateness of a schedule."""
        finish = np.full(len(self.due), -1, dtype=np.int64)
        is_member = self.group >= 0
        np.maximum.at(finish, self.group[is_member], (start + project.durations)[is_member])
        return int((self.weight * np.maximum(finish - self.due, 0)).sum())


@dataclass(frozen=True)
class Goal:
    """A goal as it was reached; `bound` is what no schedule is below, given the goals before it."""

    name: str
    value: int
    bound: int

    @property
    def is_proven(self) -> bool:
        """Whether no schedule does better."""
        return self.bound >= self.value


@dataclass(frozen=True)
class ResourceSchedule:
    """A start for each task in the order of the network, and the goals in their order."""

    start: Places
    goals: tuple[Goal, ...]

    @property
    def is_proven(self) -> bool:
        """Whether every goal is."""
        return all(goal.is_proven for goal in self.goals)


def resource_schedule(
    project: ResourceProject,
    lateness: Lateness | None = None,
    *,
    workers: int = 1,
    seed: int = SEED,
    limit: float = LIMIT,
) -> ResourceSchedule:
    """The best schedule found; the least makespan, or with `lateness` the least lateness, moves and shift.

    `limit` is in CP-SAT's deterministic time, for each goal.
    """
    if lateness is None:
        return _shortest(project, workers, seed, limit)
    return _least_late(project, lateness, workers, seed, limit)


def _shortest(project: ResourceProject, workers: int, seed: int, limit: float) -> ResourceSchedule:
    path = project.unlevelled
    start = _best_serial(project, (path.latest_start, path.latest_finish), lambda found: _makespan(project, found))
    most, least = _makespan(project, start), max(int(np.ceil(path.finish - 1e-9)), _least_by_work(project))
    if most > least:
        model = _Model(project, np.floor(path.latest_start + most - path.finish + 1e-9).astype(np.int64))
        end = model.cp.new_int_var(least, most, "")
        for task, duration in enumerate(project.durations.tolist()):
            model.cp.add(model.starts[task] + duration <= end)
        model.hint(start)
        model.cp.minimize(end)
        solver = _solver(workers, seed, limit)
        if model.is_solved(solver):
            start = model.read(solver)
        least = max(least, int(np.ceil(solver.best_objective_bound - 1e-6)))
    return ResourceSchedule(start, (Goal(MAKESPAN, _makespan(project, start), least),))


def _least_late(
    project: ResourceProject, lateness: Lateness, workers: int, seed: int, limit: float
) -> ResourceSchedule:
    planned = project.planned
    start = _best_serial(project, _orders(project, lateness), lambda found: lateness.of(project, found))
    least = lateness.of(project, planned)
    if (start == planned).all():
        return ResourceSchedule(start, (Goal(LATENESS, least, least), Goal(MOVES, 0, 0), Goal(SHIFT, 0, 0)))
    latest = np.full(len(start), project.horizon, dtype=np.int64) - project.durations
    model, goals = _Model(project, latest), []
    for name, expression, measure in model.goals_of(lateness, planned):
        model.hint(start)
        bound = least if name == LATENESS else 0
        if measure(start) > bound:
            model.cp.minimize(expression)
            solver = _solver(workers, seed, limit)
            if model.is_solved(solver):
                start = model.read(solver)
            bound = max(bound, int(np.ceil(solver.best_objective_bound - 1e-6)))
        goals.append(Goal(name, measure(start), bound))
        model.cp.add(expression <= measure(start))
    return ResourceSchedule(start, tuple(goals))


def _orders(project: ResourceProject, lateness: Lateness) -> tuple[Floats, ...]:
    """Orders of tasks: heavy groups first, by what is due first, and as planned."""
    latest = project.unlevelled.latest_start
    weight = np.where(lateness.group >= 0, lateness.weight[lateness.group], 0) if len(lateness.weight) else latest * 0
    due = np.where(lateness.group >= 0, lateness.due[lateness.group], project.horizon) if len(lateness.due) else latest
    scale = float(project.horizon + 1)
    planned = project.planned.astype(float)
    return (planned - weight * scale, planned + due * scale, planned, latest)


def _best_serial(project: ResourceProject, orders: Sequence[Floats], cost: Callable[[Places], int]) -> Places:
    """The best of the serial schedules in these orders, the first of equals."""
    return min((serial_schedule(project, order) for order in orders), key=cost)


def _makespan(project: ResourceProject, start: Places) -> int:
    return int((start + project.durations).max(initial=0))


def _least_by_work(project: ResourceProject) -> int:
    """The first period by whose end each resource could have done all that is asked of it."""
    work = project.durations @ project.demands
    there = np.cumsum(project.capacity_by_period(project.horizon), axis=1)
    ends = (int(np.searchsorted(row, asked)) + 1 for row, asked in zip(there, work, strict=True) if asked)
    return max(ends, default=0)


class _Model:
    """The constraint programme: a start and an interval a task."""

    def __init__(self, project: ResourceProject, latest: Places) -> None:
        from ortools.sat.python import cp_model

        self.cp: CpModel = cp_model.CpModel()
        self._project = project
        durations = project.durations.tolist()
        bounds = list(zip(project.planned.tolist(), latest.tolist(), strict=True))
        self.starts: list[IntVar] = [self.cp.new_int_var(low, high, "") for low, high in bounds]
        intervals = [
            self.cp.new_fixed_size_interval_var(start, duration, "")
            for start, duration in zip(self.starts, durations, strict=True)
        ]
        net = project.network
        for before, after, weight in zip(
            net.predecessor.tolist(), net.successor.tolist(), project.weights.tolist(), strict=True
        ):
            self.cp.add(self.starts[after] >= self.starts[before] + weight)
        for resource in range(len(project.capacities)):
            self._add_resource(resource, intervals)

    def _add_resource(self, resource: int, intervals: list[IntervalVar]) -> None:
        project = self._project
        asked = project.demands[:, resource]
        tasks = np.flatnonzero((asked > 0) & (project.durations > 0)).tolist()
        capacity = project.capacities[resource]
        most = int(capacity.max())
        if not tasks:
            return
        used, demands = [intervals[task] for task in tasks], [int(asked[task]) for task in tasks]
        # What is missing to the most there ever is stands as work in its place, a run of periods at a time.
        edges = [0, *(np.flatnonzero(np.diff(capacity)) + 1).tolist(), len(capacity)]
        for first, end in pairwise(edges):
            if missing := most - int(capacity[first]):
                length = end - first if end < len(capacity) else project.horizon - first
                used.append(self.cp.new_fixed_size_interval_var(first, length, ""))
                demands.append(missing)
        self.cp.add_cumulative(used, demands, most)

    def goals_of(self, lateness: Lateness, planned: Places) -> list[tuple[str, LinearExprT, Callable[[Places], int]]]:
        """Lateness, moves and shift: each as an expression, and as what measures it in a schedule."""
        project, late, moved = self._project, [], []
        for place, (due, weight) in enumerate(zip(lateness.due.tolist(), lateness.weight.tolist(), strict=True)):
            by = self.cp.new_int_var(0, project.horizon, "")
            for task in np.flatnonzero(lateness.group == place).tolist():
                self.cp.add(by >= self.starts[task] + int(project.durations[task]) - due)
            late.append(weight * by)
        for task, start in enumerate(self.starts):
            is_moved = self.cp.new_bool_var("")
            self.cp.add(start <= int(planned[task])).only_enforce_if(is_moved.negated())
            moved.append(is_moved)
        total: Any = sum
        return [
            (LATENESS, total(late), lambda start: lateness.of(project, start)),
            (MOVES, total(moved), lambda start: int((start > planned).sum())),
            (SHIFT, total(self.starts) - int(planned.sum()), lambda start: int((start - planned).sum())),
        ]

    def hint(self, start: Places) -> None:
        """Begin the search at a schedule."""
        self.cp.clear_hints()
        for variable, value in zip(self.starts, start.tolist(), strict=True):
            self.cp.add_hint(variable, value)

    def is_solved(self, solver: Any) -> bool:
        """Whether the solver found a schedule within its limit."""
        from ortools.sat.python import cp_model

        return solver.solve(self.cp) in (cp_model.OPTIMAL, cp_model.FEASIBLE)

    def read(self, solver: Any) -> Places:
        """The starts that the solver found."""
        return np.array([solver.value(start) for start in self.starts], dtype=np.int64)


def _solver(workers: int, seed: int, limit: float) -> Any:
    from ortools.sat.python import cp_model

    solver = cp_model.CpSolver()
    solver.parameters.num_workers = workers
    solver.parameters.random_seed = seed
    solver.parameters.max_deterministic_time = limit
    solver.parameters.linearization_level = 0
    return solver
