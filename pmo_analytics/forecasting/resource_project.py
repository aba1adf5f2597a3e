"""Tasks that share what is scarce: the resource-constrained project, and schedules of it by serial generation.

Each task lasts whole periods and asks for the same of each resource in every
one of them; links bound its start from below, and no resource is asked for more
than its capacity of the period. Serial generation takes the tasks in an order
that the links allow and gives each the earliest periods in which all it asks
for is left: always a schedule, and with the right order a shortest one. Sources:
Pritsker, Watters and Wolfe (1969); Kolisch (1996), serial generation.

Worked example: A takes 2 periods and asks for 2 of 3, B takes 1 and asks for
2, C takes 1 and asks for 1. A begins, C beside it, and B after A: 3 periods.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from pmo_analytics.errors import UsageError
from pmo_analytics.forecasting.critical_path import CriticalPath, critical_path, link_weights
from pmo_analytics.forecasting.schedule_network import Places, ScheduleNetwork


@dataclass(frozen=True)
class ResourceProject:
    """Tasks in the order of the network, all numbers whole.

    `demands` has a row a task and a column a resource, `capacities` a row a
    resource and a column a period; after the last one its column holds on. No
    task starts before its `not_before`.
    """

    network: ScheduleNetwork
    durations: Places
    demands: Places
    capacities: Places
    not_before: Places

    @cached_property
    def weights(self) -> Places:
        """How long after its predecessor's start each link lets its successor start."""
        return np.ceil(link_weights(self.network, self.durations.astype(float)) - 1e-9).astype(np.int64)

    @cached_property
    def unlevelled(self) -> CriticalPath:
        """The schedule by links and dates alone, as if nothing were scarce."""
        return critical_path(self.network, self.durations, not_before=self.not_before)

    @cached_property
    def planned(self) -> Places:
        """The start of each task in `unlevelled`."""
        return np.ceil(self.unlevelled.earliest_start - 1e-9).astype(np.int64)

    @cached_property
    def horizon(self) -> int:
        """Periods that any schedule without a needless wait ends within."""
        waits = int(np.maximum(self.weights, 0).sum())
        return int(self.capacities.shape[1] + self.not_before.max(initial=0) + self.durations.sum()) + waits

    def capacity_by_period(self, periods: int) -> Places:
        """Capacities of the first `periods`, the last known one held on."""
        known = self.capacities[:, :periods]
        return np.pad(known, ((0, 0), (0, periods - known.shape[1])), mode="edge")


def resource_project(
    network: ScheduleNetwork,
    durations: ArrayLike,
    demands: ArrayLike,
    capacities: ArrayLike,
    *,
    not_before: ArrayLike | None = None,
) -> ResourceProject:
    """The project of a network; `capacities` may be one number a resource where they never change.

    UsageError where numbers are not whole or below 0, their shapes do not fit,
    or a task asks for more than the last known capacity, which holds on: such a
    task might never begin.
    """
    count = len(network.task_ids)
    duration, demand = _whole(durations, "durations"), _whole(demands, "demands")
    capacity = _whole(capacities, "capacities")
    capacity = capacity[:, None] if capacity.ndim == 1 else capacity
    begin = np.zeros(count, dtype=np.int64) if not_before is None else _whole(not_before, "dates not to start before")
    shapes = (duration.shape, demand.shape, begin.shape)
    if shapes != ((count,), (count, len(capacity)), (count,)) or capacity.ndim != 2 or capacity.shape[1] == 0:
        raise UsageError(
            "tasks, demands and capacities do not fit each other",
            found=f"shapes {duration.shape}, {demand.shape} and {capacity.shape}",
            expected="a duration and a row of demands a task, a column of them a resource",
        )
    over = (demand > capacity[:, -1]) & (duration > 0)[:, None]
    if over.any():
        task, resource = (int(place) for place in np.argwhere(over)[0])
        raise UsageError(
            f"task {network.task_ids[task]} asks for more of a resource than there is in the end",
            found=f"{demand[task, resource]} of resource {resource}",
            expected=f"at most {capacity[resource, -1]}",
            hint="let it take longer and ask for less at a time",
        )
    return ResourceProject(network, duration, demand, capacity, begin)


def serial_schedule(project: ResourceProject, priority: ArrayLike) -> Places:
    """Starts by serial generation: of tasks whose predecessors are placed, the one of the least number goes next."""
    net, durations = project.network, project.durations.tolist()
    rank = np.asarray(priority, dtype=float).tolist()
    left = project.capacity_by_period(project.horizon)
    onward: list[list[tuple[int, int]]] = [[] for _ in durations]
    waiting = [0] * len(durations)
    for before, after, weight in zip(
        net.predecessor.tolist(), net.successor.tolist(), project.weights.tolist(), strict=True
    ):
        onward[before].append((after, weight))
        waiting[after] += 1
    earliest, start = project.not_before.tolist(), [0] * len(durations)
    ready = [(rank[task], task) for task, count in enumerate(waiting) if not count]
    heapq.heapify(ready)
    while ready:
        _, task = heapq.heappop(ready)
        start[task] = _first_fit(left, project.demands[task], earliest[task], durations[task])
        left[:, start[task] : start[task] + durations[task]] -= project.demands[task][:, None]
        for after, weight in onward[task]:
            earliest[after] = max(earliest[after], start[task] + weight)
            waiting[after] -= 1
            if not waiting[after]:
                heapq.heappush(ready, (rank[after], after))
    return np.array(start, dtype=np.int64)


def _first_fit(left: Places, demand: Places, earliest: int, duration: int) -> int:
    """The first period from `earliest` on from which all that is asked for is left as long as the task lasts."""
    asked = np.flatnonzero(demand)
    if not duration or not len(asked):
        return earliest
    is_short = (left[asked, earliest:] < demand[asked, None]).any(axis=0)
    short = np.concatenate([[0], np.cumsum(is_short)])
    fits = short[duration:] == short[:-duration]
    return earliest + int(np.argmax(fits))


def _whole(values: ArrayLike, what: str) -> Places:
    found = np.asarray(values)
    if found.size and (not np.isfinite(found).all() or (found != np.floor(found)).any() or (found < 0).any()):
        raise UsageError(f"{what} are not all whole numbers from 0 on", expected="whole numbers, in one unit")
    return found.astype(np.int64)
