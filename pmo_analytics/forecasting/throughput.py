"""When so many items are done, and how many by then, from past throughput drawn again in blocks.

Throughput is how many items were finished in each period of one length, empty
periods included. Blocks of neighbouring periods are drawn whole, so that weekly
rhythm and dry spells stay; a block length of 1 draws periods independently.
Source: the circular block bootstrap of Politis and Romano (1992), with the
service levels of the Kanban Guide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from pmo_analytics.errors import ContractError
from pmo_analytics.forecasting.quantile_scores import Floats, checked_levels

LEVELS = (0.5, 0.85, 0.95)
MINIMUM_PERIODS = 9
DRAWS = 10_000


@dataclass(frozen=True)
class ThroughputForecast:
    """What is sure to so many levels: periods needed, or items done at least.

    `values` has one figure per level: None where more than the longest horizon
    is needed. `periods` is how many periods of history were drawn from.
    """

    levels: tuple[float, ...]
    values: tuple[int | None, ...]
    periods: int
    block_length: int
    draws: int


def _history(throughput: ArrayLike, arrivals: ArrayLike | None, block_length: int) -> Floats:
    done = np.asarray(throughput, dtype=float)
    come = np.zeros_like(done) if arrivals is None else np.asarray(arrivals, dtype=float)
    if done.ndim != 1 or done.shape != come.shape or np.any(~(done >= 0)) or np.any(~(come >= 0)):
        raise ContractError(
            "throughput and arrivals are counts of the same periods",
            found=f"shapes {done.shape} and {come.shape}, or a count below 0",
            expected="one count of 0 or more per period",
            hint="count every period, empty ones as 0",
        )
    if len(done) < MINIMUM_PERIODS or not 1 <= block_length <= len(done):
        raise ContractError(
            "the history is too thin to draw from",
            found=f"{len(done)} periods, blocks of {block_length}",
            expected=f"at least {MINIMUM_PERIODS} periods and blocks of 1 to so many",
            hint="use shorter periods, or wait for more of them",
        )
    net: Floats = done - come
    return net


def periods_until(
    items: int,
    throughput: ArrayLike,
    generator: np.random.Generator,
    *,
    block_length: int,
    levels: Sequence[float] = LEVELS,
    arrivals: ArrayLike | None = None,
    longest: int = 1_000,
    draws: int = DRAWS,
) -> ThroughputForecast:
    """Periods until `items` are done, at each level: in that share of the draws they were done by then.

    `arrivals` are items that came in during the same periods and add to the
    work. ContractError below nine periods of history or where counts do not fit.
    """
    net = _history(throughput, arrivals, block_length)
    tau = checked_levels(levels)
    left = np.full(draws, float(items))
    needed = np.full(draws, longest + 1)
    needed[left <= 0] = 0
    starts = np.zeros(draws, dtype=np.int64)
    for period in range(1, longest + 1):
        place = (period - 1) % block_length
        if place == 0:
            starts = generator.integers(0, len(net), size=draws)
        left -= net[(starts + place) % len(net)]
        needed[(left <= 0) & (needed > longest)] = period
        if needed.max() <= longest:
            break
    found = np.quantile(needed, tau, method="inverted_cdf")
    values = tuple(None if value > longest else int(value) for value in found)
    return ThroughputForecast(tuple(float(t) for t in tau), values, len(net), block_length, draws)


def items_within(
    periods: int,
    throughput: ArrayLike,
    generator: np.random.Generator,
    *,
    block_length: int,
    levels: Sequence[float] = LEVELS,
    draws: int = DRAWS,
) -> ThroughputForecast:
    """Items done at least within `periods`, at each level: in that share of the draws it was so many or more.

    ContractError below nine periods of history or where counts do not fit.
    """
    history = _history(throughput, None, block_length)
    tau = checked_levels(levels)
    done = np.zeros(draws)
    starts = np.zeros(draws, dtype=np.int64)
    for period in range(periods):
        place = period % block_length
        if place == 0:
            starts = generator.integers(0, len(history), size=draws)
        done += history[(starts + place) % len(history)]
    most_first = np.quantile(-done, tau, method="inverted_cdf")
    values = tuple(int(-value) for value in most_first)
    return ThroughputForecast(tuple(float(t) for t in tau), values, len(history), block_length, draws)
