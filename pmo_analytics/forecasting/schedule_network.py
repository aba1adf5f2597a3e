"""Activity-on-node networks: tasks and the links that tie their ends, in an order that can be walked.

A link ties the finish or start of its predecessor to the start or finish of its
successor: FS, SS, FF or SF, with a lag in working time; a negative lag is an
overlap. A network that runs in a circle has no schedule: its circles are the
strongly connected components (Tarjan 1972), and one path of each is named. Source
of the relations: Elmaghraby (1977), generalised precedence; GAO-16-89G.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import repeat

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pmo_analytics.errors import PmoError, UsageError
from pmo_analytics.forecasting.quantile_scores import Floats

RELATIONS = ("FS", "SS", "FF", "SF")
FROM_FINISH = np.array([True, False, True, False])
TO_FINISH = np.array([False, False, True, True])
SHOWN = 5
LONGEST_PATH_SHOWN = 12
# Tasks from which on levels are walked as arrays, and the width of a level that this takes.
MANY, WIDE_WAVE = 4096, 64

Places = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class ScheduleNetwork:
    """Tasks in the order given, and their links, sorted so that each link stands after all links into its predecessor.

    `order` holds the places of the tasks, predecessors first. `predecessor` and
    `successor` are places of tasks; `from_finish` says whether a link begins at
    the predecessor's finish, `to_finish` whether it ends at the successor's.
    `lag` is in the unit of the durations. `links` are the places of these links
    among those given, `outside` those of links with an end that is no task here:
    they tie nothing and are for the caller to name.
    """

    task_ids: tuple[Hashable, ...]
    order: Places
    predecessor: Places
    successor: Places
    from_finish: Flags
    to_finish: Flags
    lag: Floats
    outside: Places
    links: Places


def schedule_network(
    task_ids: Sequence[Hashable],
    predecessors: Sequence[Hashable],
    successors: Sequence[Hashable],
    relations: Sequence[str] | None = None,
    lags: ArrayLike | None = None,
) -> ScheduleNetwork:
    """The network of tasks by their identifiers; links are FS without a lag where nothing else is said.

    UsageError for a task given twice, a relation that is none of the four, a lag
    that is no number, or columns of unequal length. PmoError where links run in a
    circle, with a path of each.
    """
    tasks = {task: place for place, task in enumerate(task_ids)}
    if len(tasks) < len(task_ids):
        twice = [task for place, task in enumerate(task_ids) if tasks[task] != place]
        raise UsageError(
            "a task stands twice in its network", found=", ".join(map(str, twice[:SHOWN])), expected="each task once"
        )
    count = len(predecessors)
    lag = np.zeros(count) if lags is None else np.asarray(lags, dtype=float)
    if len(successors) != count or lag.shape != (count,) or (relations is not None and len(relations) != count):
        raise UsageError(
            "the columns of the links differ in length", expected="a predecessor, successor, relation and lag a link"
        )
    relation = _relation_codes(relations, count)
    return placed_network(
        tuple(tasks), _places(tasks, predecessors), _places(tasks, successors), relation=relation, lag=lag
    )


def placed_network(
    task_ids: tuple[Hashable, ...], before: Places, after: Places, *, relation: Places, lag: Floats
) -> ScheduleNetwork:
    """The network of links between places of tasks, -1 for what is no task; `relation` are places in `RELATIONS`.

    UsageError for a lag that is no number, PmoError where links run in a circle.
    """
    if not np.isfinite(lag).all():
        raise UsageError("a lag is no number", found=lag[~np.isfinite(lag)][0], expected="a number, 0 for none")
    is_outside = (before < 0) | (after < 0)
    kept = np.flatnonzero(~is_outside)
    order, by_position = _walked(len(task_ids), before[kept], after[kept], task_ids)
    links = kept[by_position]
    return ScheduleNetwork(
        task_ids,
        order,
        before[links],
        after[links],
        FROM_FINISH[relation[links]],
        TO_FINISH[relation[links]],
        lag[links],
        np.flatnonzero(is_outside),
        links,
    )


def circles(
    task_ids: Sequence[Hashable], predecessors: Sequence[Hashable], successors: Sequence[Hashable]
) -> list[list[Hashable]]:
    """One closed path of each group of tasks that wait for each other, its first task again at its end; [] for none."""
    tasks = {task: place for place, task in enumerate(task_ids)}
    before, after = _places(tasks, predecessors), _places(tasks, successors)
    inside = (before >= 0) & (after >= 0)
    return _circles(before[inside], after[inside], tuple(tasks))


def _relation_codes(relations: Sequence[str] | None, count: int) -> Places:
    if relations is None:
        return np.zeros(count, dtype=np.int64)
    codes = {name: code for code, name in enumerate(RELATIONS)}
    found = np.array([codes.get(name, -1) for name in relations], dtype=np.int64)
    if (found < 0).any():
        raise UsageError(
            "a link's relation is unknown",
            found=str(relations[int(np.argmax(found < 0))]),
            expected=", ".join(RELATIONS),
        )
    return found


def _places(tasks: dict[Hashable, int], names: Sequence[Hashable]) -> Places:
    return np.fromiter(map(tasks.get, names, repeat(-1)), dtype=np.int64, count=len(names))


def _walked(tasks: int, before: Places, after: Places, names: tuple[Hashable, ...]) -> tuple[Places, Places]:
    """Tasks with predecessors first (Kahn 1962), level by level, and links by the position of their predecessor."""
    by_predecessor = np.argsort(before, kind="stable")
    starts = np.searchsorted(before[by_predecessor], np.arange(tasks + 1))
    targets, waiting = after[by_predecessor], np.bincount(after, minlength=tasks)
    order = _in_waves(starts, targets, waiting.copy()) if tasks >= MANY else None
    if order is None:
        order = _one_by_one(starts.tolist(), targets.tolist(), waiting.tolist())
    if len(order) < tasks:
        found = _circles(before, after, names)
        shown = "; ".join(_path_text(path) for path in found[:SHOWN])
        rest = f"; and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
        raise PmoError(
            "links run in a circle: no task of it can begin",
            found=shown + rest,
            expected="links that lead from earlier to later tasks",
            hint="remove or turn one link of each circle",
        )
    position = np.empty(tasks, dtype=np.int64)
    position[order] = np.arange(tasks)
    return order, np.argsort(position[before], kind="stable")


def _one_by_one(starts: list[int], targets: list[int], waiting: list[int]) -> Places:
    """Lists, not arrays: a chain of n tasks has n levels, and an array a level costs more than all its links."""
    order = [task for task, count in enumerate(waiting) if not count]
    # It grows while it is walked.
    for task in order:
        for target in targets[starts[task] : starts[task + 1]]:
            waiting[target] -= 1
            if not waiting[target]:
                order.append(target)
    return np.array(order, dtype=np.int64)


def _in_waves(starts: Places, targets: Places, waiting: Places) -> Places | None:
    """All tasks of a level at once, where levels are wide; None where they turn out not to be."""
    wave, waves = np.flatnonzero(waiting == 0), []
    found = 0
    while len(wave):
        waves.append(wave)
        found += len(wave)
        if found < WIDE_WAVE * len(waves):
            return None
        counts = starts[wave + 1] - starts[wave]
        ends = np.cumsum(counts)
        reached = targets[np.arange(ends[-1]) + np.repeat(starts[wave] - ends + counts, counts)]
        np.subtract.at(waiting, reached, 1)
        wave = np.unique(reached[waiting[reached] == 0])
    return np.concatenate([wave, *waves])


def _circles(before: Places, after: Places, names: tuple[Hashable, ...]) -> list[list[Hashable]]:
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    tasks = len(names)
    if not len(before):
        return []
    graph = csr_array((np.ones(len(before), dtype=np.int8), (before, after)), shape=(tasks, tasks))
    _, group = connected_components(graph, directed=True, connection="strong")
    # Within a group every task has a link onward that stays in it: walking must close.
    within = group[before] == group[after]
    onward = dict(zip(before[within][::-1].tolist(), after[within][::-1].tolist(), strict=True))
    found, seen = [], set()
    for first in sorted(onward):
        if group[first] in seen:
            continue
        seen.add(group[first])
        path, met = [first], {first: 0}
        while (task := onward[path[-1]]) not in met:
            met[task] = len(path)
            path.append(task)
        closed = [*path[met[task] :], task]
        found.append([names[place] for place in closed])
    return found


def _path_text(path: Sequence[Hashable]) -> str:
    if len(path) <= LONGEST_PATH_SHOWN:
        return " → ".join(map(str, path))
    ends = LONGEST_PATH_SHOWN // 2
    between = f"… {len(path) - 2 * ends} more …"
    return " → ".join([*map(str, path[:ends]), between, *map(str, path[-ends:])])
