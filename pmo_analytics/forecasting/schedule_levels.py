"""A network walked level by level: all tasks of a level at once, where a network is wide.

The level of a task is the most links on a way to it. Levels are walked with
arrays of shape (tasks of the level, draws), so that a link costs no call of its
own. Source: by the usual definition of levels in a graph without circles. The
results are those of the walk task by task.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pmo_analytics.forecasting.critical_path import ROUNDING
from pmo_analytics.forecasting.quantile_scores import Floats
from pmo_analytics.forecasting.schedule_network import Flags, Places, ScheduleNetwork

# Tasks a level from which on this is faster than to go task by task.
WIDE = 16


def levels(network: ScheduleNetwork) -> Places:
    """The level of each task, 0 for those that wait for nothing."""
    found = [0] * len(network.task_ids)
    for before, after in zip(network.predecessor.tolist(), network.successor.tolist(), strict=True):
        if found[before] >= found[after]:
            found[after] = found[before] + 1
    return np.array(found, dtype=np.int64)


def is_wide(network: ScheduleNetwork) -> bool:
    """Whether a level has many tasks on average."""
    return len(network.task_ids) >= WIDE * (int(levels(network).max(initial=0)) + 1)


@dataclass(frozen=True)
class _Ties:
    """Links of one level, places in the order of levels.

    In each round there is one link a task at most: the links `links` of the round are those of the tasks `tasks`, a
    slice where they are neighbours. So no call is made for a link, and none of the reductions that are slow.
    """

    predecessor: Places
    successor: Places
    from_start: Places
    to_finish: Places
    lag: Floats
    rounds: list[tuple[slice, slice | Places]]


class LevelWalk:
    """The network with its tasks in order of level; arrays of shape (tasks, draws) are in the network's own order."""

    def __init__(self, network: ScheduleNetwork, not_before: Floats) -> None:
        level = levels(network)
        self._order = np.argsort(level, kind="stable")
        self._place = np.empty_like(self._order)
        self._place[self._order] = np.arange(len(self._order))
        self._bounds = np.searchsorted(level[self._order], np.arange(int(level.max(initial=0)) + 2))
        self._not_before = not_before[self._order]
        before, after = self._place[network.predecessor], self._place[network.successor]
        self._into = self._by_level(network, before, after, after)
        self._onward = self._by_level(network, before, after, before)
        self._start: Floats = np.empty((0, 0))
        self._finish, self._duration, self._end = self._start, self._start, self._start

    def _by_level(self, network: ScheduleNetwork, before: Places, after: Places, by: Places) -> list[_Ties]:
        order = np.argsort(by, kind="stable")
        cuts = np.searchsorted(by[order], self._bounds)
        return [self._ties(network, before, after, by, order[a:b]) for a, b in pairwise(cuts.tolist())]

    @staticmethod
    def _ties(network: ScheduleNetwork, before: Places, after: Places, by: Places, links: Places) -> _Ties:
        _, first, counts = np.unique(by[links], return_index=True, return_counts=True)
        rank = np.arange(len(links)) - np.repeat(first, counts)
        links = links[np.argsort(rank, kind="stable")]
        cuts = np.concatenate([[0], np.cumsum(np.bincount(rank))]).tolist()
        rounds = [(slice(a, b), _neighbours(by[links[a:b]])) for a, b in pairwise(cuts)]
        return _Ties(
            before[links], after[links], np.flatnonzero(~network.from_finish[links]),
            np.flatnonzero(network.to_finish[links]), network.lag[links], rounds,
        )  # fmt: skip

    def forward(self, duration: Floats) -> Floats:
        """The last finish of each draw."""
        if self._duration.shape != duration.shape:
            # Kept from batch to batch: to ask for as much memory anew costs as much as the walk.
            self._duration, self._start, self._finish = (np.empty_like(duration) for _ in range(3))
        np.take(duration, self._order, axis=0, out=self._duration, mode="clip")
        self._start[:] = self._not_before[:, None]
        for ties, begin, stop in zip(self._into, self._bounds, self._bounds[1:], strict=False):
            if ties.rounds:
                least = self._least(ties)
                for links, tasks in ties.rounds:
                    self._start[tasks] = np.maximum(self._start[tasks], least[links], out=least[links])
            np.add(self._start[begin:stop], self._duration[begin:stop], out=self._finish[begin:stop])
        self._end = self._finish.max(axis=0, initial=0.0)
        return self._end

    def _least(self, ties: _Ties) -> Floats:
        """Starts that links allow at the earliest, shape (links, draws)."""
        least: Floats = self._finish[ties.predecessor]
        if len(ties.from_start):
            least[ties.from_start] = self._start[ties.predecessor[ties.from_start]]
        least += ties.lag[:, None]
        if len(ties.to_finish):
            least[ties.to_finish] -= self._duration[ties.successor[ties.to_finish]]
        return least

    def finishes(self, places: Places) -> Floats:
        """Finishes of tasks in each draw of the last `forward`, shape (places, draws)."""
        found: Floats = self._finish[self._place[places]]
        return found

    def count_critical(self, _: Floats, count: NDArray[np.int64]) -> None:
        """Adds, for each task, the draws of the last `forward` in which its end hangs on it."""
        rounding = ROUNDING * np.maximum(self._end, 1.0)
        critical: Flags = self._finish >= self._end - rounding
        for ties in reversed(self._onward):
            if ties.rounds:
                slack = self._start[ties.successor]
                slack -= self._least(ties)
                binds = slack <= rounding
                binds &= critical[ties.successor]
                for links, tasks in ties.rounds:
                    critical[tasks] |= binds[links]
        count[self._order] += np.count_nonzero(critical, axis=1)


def _neighbours(tasks: Places) -> slice | Places:
    """Rising places, as a slice where none lies between them."""
    begin, stop = int(tasks[0]), int(tasks[-1]) + 1
    return slice(begin, stop) if stop - begin == len(tasks) else tasks
