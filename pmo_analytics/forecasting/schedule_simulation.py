"""Monte Carlo of a schedule: durations drawn together, each draw led through the network.

The finish of a network is late more often than the sum of its critical path says,
since where paths meet the latest counts (merge bias). The criticality index of a
task is the share of draws in which it has no float. Draws are those of
`monte_carlo.draws_in_batches` for the same generator, whatever the batch; their
values come from `score_quantiles`, so that they agree with those of the lines'
own quantiles within its `TABLE_ERROR`. With numba installed (the extra `fast`)
large runs go through compiled loops, with the same results but for the last
digits of exponentials. Sources: Van Slyke (1963); GAO-16-89G, best practice 8.

Worked example: two tasks of 10 ± 1 days beside each other are both done after
10.56 days on average, and each is critical in half of the draws.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pmo_analytics.forecasting.critical_path import ROUNDING
from pmo_analytics.forecasting.input_distributions import InputDistribution, Normal
from pmo_analytics.forecasting.monte_carlo import Correlation, Driver, check_draws, correlation_of, driver_factors
from pmo_analytics.forecasting.quantile_scores import Floats
from pmo_analytics.forecasting.schedule_kernels import Kernels, can_compile, compiled
from pmo_analytics.forecasting.schedule_levels import LevelWalk, is_wide
from pmo_analytics.forecasting.schedule_network import ScheduleNetwork
from pmo_analytics.forecasting.score_quantiles import ScoredLines, scored_lines

BATCH = 1_024
# Durations drawn from which on compiling, a second or two where it was not kept, is worth it.
COMPILED_FROM = 10_000_000


@dataclass(frozen=True)
class ScheduleSimulation:
    """What the draws came to.

    `finish`: the project's finish in each draw, in the unit of the durations from
    the project's start. `criticality_index`: for each task, in the order of the
    network, the share of draws in which the finish hangs on it, 0 to 1; None where
    it was not asked for. `watched`: the finishes of the tasks that were to be
    watched, shape (tasks, draws).
    """

    finish: Floats
    criticality_index: Floats | None
    watched: Floats = field(default_factory=lambda: np.empty((0, 0)))

    def probability_by(self, time: float) -> float:
        """Share of draws that finish by a time."""
        return float(np.mean(self.finish <= time))

    def finish_at(self, shares: ArrayLike) -> Floats:
        """Times by which these shares of draws finish: 0.5, 0.8 and 0.9 give P50, P80 and P90."""
        found: Floats = np.quantile(self.finish, np.asarray(shares, dtype=float))
        return found


def simulated_schedule(
    network: ScheduleNetwork,
    durations: Sequence[InputDistribution | float],
    draws: int,
    generator: np.random.Generator,
    *,
    correlation: float | NDArray[np.float64] = 0.0,
    drivers: Sequence[Driver] = (),
    is_criticality_wanted: bool = True,
    batch: int = BATCH,
    is_compiled: bool | None = None,
    watched: Sequence[int] = (),
    not_before: ArrayLike | None = None,
) -> ScheduleSimulation:
    """Finishes and criticality of a network whose tasks take `durations`, one a task and in its order.

    A number is a duration that is certain. Durations drawn below 0 count as 0.
    `correlation` and `drivers` as for `draws_in_batches`, by the tasks' places. No
    more than `batch` draws are propagated and as many drawn ahead at a time.
    `is_compiled` says whether to use numba; left open, large runs do where it is
    installed. `watched` are places of tasks whose finishes are kept;
    `not_before` gives each task a time that it does not start before, 0 for none.
    ValueError for what `draws_in_batches` refuses.
    """
    if len(durations) != len(network.task_ids):
        raise ValueError(f"{len(network.task_ids)} tasks need as many durations, not {len(durations)}")
    check_draws(len(durations), draws, drivers, batch)
    lines = [Normal(float(d), 0.0) if isinstance(d, int | float) else d for d in durations]
    if is_compiled is None:
        is_compiled = can_compile() and draws * len(lines) >= COMPILED_FROM
    kernels = compiled() if is_compiled else None
    values, together = scored_lines(lines), correlation_of(correlation, len(lines))
    begin = np.zeros(len(lines)) if not_before is None else np.asarray(not_before, dtype=float)
    is_by_level = kernels is None and is_wide(network)
    walk = LevelWalk(network, begin) if is_by_level else _Walk(network, kernels, begin)
    finish, at = np.empty(draws), 0
    seen, places = np.empty((len(watched), draws)), np.array(watched, dtype=np.int64)
    count = np.zeros(len(lines), dtype=np.int64)
    for independent, factors in _drawn_ahead(len(lines), draws, generator, drivers, batch):
        drawn = _durations(independent, together, values, kernels)
        for driver, factor in zip(drivers, factors, strict=True):
            drawn[list(driver.lines)] *= factor
        np.maximum(drawn, 0.0, out=drawn)
        end = walk.forward(drawn)
        finish[at : at + len(end)] = end
        seen[:, at : at + len(end)] = walk.finishes(places)
        at += len(end)
        if is_criticality_wanted:
            walk.count_critical(drawn, count)
    return ScheduleSimulation(finish, count / draws if is_criticality_wanted else None, seen)


def _drawn_ahead(
    lines: int, draws: int, generator: np.random.Generator, drivers: Sequence[Driver], batch: int
) -> Iterator[tuple[Floats, Floats]]:
    """Independent scores (draws, lines) and factors (drivers, draws); the next are drawn while these are worked on."""
    for_lines, for_drivers = generator.spawn(2)
    sizes = [min(batch, draws - start) for start in range(0, draws, batch)]

    def drawn(size: int) -> tuple[Floats, Floats]:
        return for_lines.standard_normal((size, lines)), driver_factors(drivers, size, for_drivers)

    with ThreadPoolExecutor(1) as ahead:
        coming = ahead.submit(drawn, sizes[0])
        for size in sizes[1:]:
            here, coming = coming, ahead.submit(drawn, size)
            yield here.result()
        yield coming.result()


def _durations(independent: Floats, together: Correlation, values: ScoredLines, kernels: Kernels | None) -> Floats:
    """Durations of shape (tasks, draws)."""
    if kernels is None or together.root is not None:
        scores = together.scores(independent)
    else:
        scores = np.empty(independent.T.shape)
        common = together.shared * independent.sum(axis=1)
        kernels.independent_scores(independent, together.own, common, scores)
    values.fill_others(scores)
    if kernels is None:
        values.fill_values(scores)
    else:
        kernels.fill_values(values.kind, values.parameters, values.table, values.tables, scores)
    return scores


class _Walk:
    """The network walked with arrays of shape (tasks, draws), by compiled loops where there are any."""

    def __init__(self, network: ScheduleNetwork, kernels: Kernels | None, not_before: Floats) -> None:
        self._kernels, self._not_before = kernels, not_before
        counts = np.bincount(network.predecessor, minlength=len(network.order))
        first = np.concatenate([[0], np.cumsum(counts[network.order])])
        self._arrays = (
            network.order, first, network.successor, network.from_finish, network.to_finish, network.lag,
        )  # fmt: skip
        order, links = network.order.tolist(), zip(*(column.tolist() for column in self._arrays[2:]), strict=True)
        tied = list(links)
        self._tasks = [(task, tied[first[k] : first[k + 1]]) for k, task in enumerate(order)]
        self._start: Floats = np.empty((0, 0))
        self._finish, self._end = self._start, self._start

    def forward(self, duration: Floats) -> Floats:
        """The last finish of each draw."""
        finish = np.empty_like(duration)
        start = np.repeat(self._not_before[:, None], duration.shape[1], axis=1)
        end: Floats = np.zeros(duration.shape[1])
        if self._kernels is not None:
            self._kernels.fill_finishes(*self._arrays, duration, start, finish, end)
        else:
            for task, links in self._tasks:
                np.add(start[task], duration[task], out=finish[task])
                np.maximum(end, finish[task], out=end)
                for after, from_finish, to_finish, lag in links:
                    least = (finish if from_finish else start)[task] + lag
                    if to_finish:
                        least -= duration[after]
                    np.maximum(start[after], least, out=start[after])
        self._start, self._finish, self._end = start, finish, end
        return end

    def finishes(self, places: NDArray[np.int64]) -> Floats:
        """Finishes of tasks in each draw of the last `forward`, shape (places, draws)."""
        found: Floats = self._finish[places]
        return found

    def count_critical(self, duration: Floats, count: NDArray[np.int64]) -> None:
        """Adds, for each task, the draws of the last `forward` in which its end hangs on it."""
        start, finish, end = self._start, self._finish, self._end
        rounding = ROUNDING * np.maximum(end, 1.0)
        critical = np.empty(duration.shape, dtype=bool)
        if self._kernels is not None:
            self._kernels.add_critical(*self._arrays, duration, start, finish, end, rounding, critical, count)
            return
        for task, links in reversed(self._tasks):
            is_critical = end - finish[task] <= rounding
            for after, from_finish, to_finish, lag in links:
                least = (finish if from_finish else start)[task] + lag
                if to_finish:
                    least -= duration[after]
                is_critical |= critical[after] & (start[after] - least <= rounding)
            critical[task] = is_critical
            count[task] += np.count_nonzero(is_critical)
