"""Inner loops of the schedule simulation, in the plain Python that numba compiles.

Each does what the array code of `score_quantiles` and `schedule_simulation` does,
operation by operation: sums, products and comparisons come out bit for bit the
same, exponentials to the last digit or two. Not compiled they run too, slowly,
which is how the tests hold them where numba is missing. Arrays are of shape
(tasks, draws); the innermost loop runs over draws, so that it is vectorised.
"""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pmo_analytics.forecasting.score_quantiles import (
    BETA,
    CELLS,
    CELLS_PER_UNIT,
    EXPONENTIAL,
    LIMIT,
    LINEAR,
    TRIANGLE,
)

TILE = 16
LAST = CELLS - 1


def independent_scores(drawn: Any, own: float, common: Any, scores: Any) -> None:
    """Writes own × drawn + common, turned from (draws, tasks) to (tasks, draws), in tiles that stay in the cache."""
    draws, tasks = drawn.shape
    for first in range(0, draws, TILE):
        last = min(first + TILE, draws)
        for task in range(tasks):
            for draw in range(first, last):
                scores[task, draw] = drawn[draw, task] * own + common[draw]


def fill_values(kind: Any, parameters: Any, table: Any, tables: Any, scores: Any) -> None:
    """Replaces scores by values, as ScoredLines.fill_values."""
    tasks, draws = scores.shape
    for task in range(tasks):
        a, b = parameters[task, 0], parameters[task, 1]
        if kind[task] == LINEAR:
            for draw in range(draws):
                scores[task, draw] = a + b * scores[task, draw]
        elif kind[task] == EXPONENTIAL:
            for draw in range(draws):
                scores[task, draw] = a * math.exp(b * scores[task, draw])
        elif kind[task] in (TRIANGLE, BETA):
            left, right, mode = parameters[task, 2], parameters[task, 3], parameters[task, 4]
            is_triangle = kind[task] == TRIANGLE
            cells = tables[0 if is_triangle else table[task]]
            for draw in range(draws):
                z = scores[task, draw]
                base, slope = a, b
                if is_triangle:
                    base, slope = (a, left) if z < mode else (b, right)
                    z = z if z < mode else -z
                place = min(max((z + LIMIT) * CELLS_PER_UNIT, 0.0), float(CELLS))
                cell = min(int(place), LAST)
                x = place - cell
                value = ((cells[cell, 3] * x + cells[cell, 2]) * x + cells[cell, 1]) * x + cells[cell, 0]
                scores[task, draw] = base + slope * value


def fill_finishes(  # noqa: PLR0917 - numba takes arrays, not objects
    order: Any, first_link: Any, successor: Any, from_finish: Any, to_finish: Any, lag: Any,
    duration: Any, start: Any, finish: Any, end: Any,
) -> None:  # fmt: skip
    """Replaces starts, which hold the earliest allowed, by starts; writes finishes and the last finish of each draw."""
    tasks, draws = duration.shape
    for draw in range(draws):
        end[draw] = 0.0
    for place in range(tasks):
        task = order[place]
        for draw in range(draws):
            finish[task, draw] = start[task, draw] + duration[task, draw]
            end[draw] = max(end[draw], finish[task, draw])
        for link in range(first_link[place], first_link[place + 1]):
            after = successor[link]
            tied = finish if from_finish[link] else start
            length = lag[link]
            if to_finish[link]:
                for draw in range(draws):
                    least = tied[task, draw] + length - duration[after, draw]
                    start[after, draw] = max(start[after, draw], least)
            else:
                for draw in range(draws):
                    start[after, draw] = max(start[after, draw], tied[task, draw] + length)


def add_critical(  # noqa: PLR0917
    order: Any, first_link: Any, successor: Any, from_finish: Any, to_finish: Any, lag: Any,
    duration: Any, start: Any, finish: Any, end: Any, rounding: Any, critical: Any, count: Any,
) -> None:  # fmt: skip
    """Marks tasks that the end hangs on in each draw, and adds to `count` in how many."""
    tasks, draws = duration.shape
    for place in range(tasks - 1, -1, -1):
        task = order[place]
        for draw in range(draws):
            critical[task, draw] = end[draw] - finish[task, draw] <= rounding[draw]
        for link in range(first_link[place], first_link[place + 1]):
            after = successor[link]
            tied = finish if from_finish[link] else start
            length = lag[link]
            for draw in range(draws):
                least = tied[task, draw] + length
                if to_finish[link]:
                    least -= duration[after, draw]
                binds = start[after, draw] - least <= rounding[draw]
                critical[task, draw] |= critical[after, draw] & binds
        found = 0
        for draw in range(draws):
            found += critical[task, draw]
        count[task] += found


@dataclass(frozen=True)
class Kernels:
    """The loops of this module, compiled."""

    independent_scores: Callable[..., None]
    fill_values: Callable[..., None]
    fill_finishes: Callable[..., None]
    add_critical: Callable[..., None]


PLAIN = Kernels(independent_scores, fill_values, fill_finishes, add_critical)


def can_compile() -> bool:
    """Whether numba is installed; it is the extra `fast`."""
    return importlib.util.find_spec("numba") is not None


@lru_cache(maxsize=1)
def compiled() -> Kernels:
    """The loops compiled by numba, which keeps what it compiled beside this file or in the user's cache."""
    import numba

    def compiled_loop(function: Any) -> Any:
        try:
            return numba.njit(nogil=True, cache=True)(function)
        except RuntimeError:  # No folder to keep it in.
            return numba.njit(nogil=True)(function)

    loops = (independent_scores, fill_values, fill_finishes, add_critical)
    return Kernels(*(compiled_loop(loop) for loop in loops))
