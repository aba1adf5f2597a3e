"""Rolling-origin backtests of items that have two clocks.

An item was asked for on one day (`asked_at`, when it was estimated) and its
outcome became known on another (`known_at`, when it was finished). A forecast
may use what was known strictly before it was asked, and nothing else. Source:
Tashman (2000), "Out-of-sample tests of forecasting accuracy"; the two clocks
are this project's own rule.

What a forecast was made from depends only on how many outcomes were known: the
past is kept in order of knowledge, and a model is made anew each time another
`refit_every` outcomes have come in. Adding items that became known later
changes no earlier forecast.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pmo_analytics.errors import ContractError
from pmo_analytics.forecasting.quantile_scores import Floats

Positions = NDArray[np.int64]


class Forecaster(Protocol):
    """Gives the quantiles of what is asked, one row each and one column per level, from what was known."""

    def __call__(self, known: pd.DataFrame, asked: pd.DataFrame) -> Floats:
        """`known` holds outcomes, in order of knowledge; `asked` does not."""
        ...


@dataclass(frozen=True)
class TwoClocks:
    """When each item was asked for, and when its outcome was known (NaT: not yet); naive instants, one per item."""

    asked_at: NDArray[np.datetime64]
    known_at: NDArray[np.datetime64]

    @property
    def known_order(self) -> Positions:
        """Positions of the items with an outcome, by `known_at`; those of one instant stay in their order."""
        order: Positions = np.argsort(self.known_at, kind="stable")
        return order[~np.isnat(self.known_at[order])]

    @property
    def known_count(self) -> Positions:
        """How many outcomes were known strictly before each item was asked for, shape (n,)."""
        return np.searchsorted(self.known_at[self.known_order], self.asked_at, side="left").astype(np.int64)


@dataclass(frozen=True)
class Origin:
    """A model's past and what it is asked: both are positions of items."""

    known: Positions
    asked: Positions


@dataclass(frozen=True)
class Backtest:
    """Quantiles forecast in a rolling origin, one row per item that was asked with enough past, in order of asking.

    `positions` are the items' places in the frame, `quantiles` has the shape
    (forecasts, levels), `origins` counts how often a model was made.
    """

    positions: Positions
    quantiles: Floats
    origins: int


def two_clocks(items: pd.DataFrame, *, asked_at: str, known_at: str) -> TwoClocks:
    """The clocks of `items` from two columns of instants.

    ContractError where an item was not asked for on any day, or where its
    outcome was known before that.
    """
    asked = items[asked_at].to_numpy(dtype="datetime64[us]")
    known = items[known_at].to_numpy(dtype="datetime64[us]")
    for is_wrong, found, expected in (
        (np.isnat(asked), "no instant", "when the forecast was asked for"),
        (known < asked, "an outcome known before it was asked for", f"an instant not before {asked_at!r}"),
    ):
        if is_wrong.any():
            raise ContractError(
                f"{int(is_wrong.sum())} of {len(items)} items have clocks that no backtest can use",
                row=int(np.flatnonzero(is_wrong)[0]) + 1,
                column=asked_at if found == "no instant" else known_at,
                found=found,
                expected=expected,
                hint="leave such items out and count them",
            )
    return TwoClocks(asked, known)


def rolling_origins(clocks: TwoClocks, *, minimum_known: int, refit_every: int) -> Iterator[Origin]:
    """The origins in their order: each has the first so many known outcomes, and the items asked until the next.

    Items asked for with fewer than `minimum_known` outcomes known are in none.
    ValueError where either number is below 1.
    """
    if minimum_known < 1 or refit_every < 1:
        raise ValueError("minimum_known and refit_every must be 1 or more")
    order, counts = clocks.known_order, clocks.known_count
    asked: Positions = np.argsort(clocks.asked_at, kind="stable")
    asked = asked[counts[asked] >= minimum_known]
    steps = (counts[asked] - minimum_known) // refit_every
    for step in np.unique(steps):
        yield Origin(order[: minimum_known + int(step) * refit_every], asked[steps == step])


def backtest(
    items: pd.DataFrame,
    forecaster: Forecaster,
    *,
    outcome: str,
    asked_at: str,
    known_at: str,
    minimum_known: int,
    refit_every: int,
) -> Backtest:
    """Run `forecaster` over every origin; it is handed the outcomes of the known items alone.

    Columns of `items` beside the outcome and `known_at` must themselves be known
    when the item is asked for. ValueError where a forecast is not finite or its
    quantiles fall.
    """
    clocks = two_clocks(items, asked_at=asked_at, known_at=known_at)
    questions = items.drop(columns=[outcome, known_at])
    positions: list[Positions] = []
    quantiles: list[Floats] = []
    for origin in rolling_origins(clocks, minimum_known=minimum_known, refit_every=refit_every):
        given = forecaster(items.iloc[origin.known], questions.iloc[origin.asked])
        if len(given) != len(origin.asked) or not np.all(np.isfinite(given)) or np.any(np.diff(given, axis=1) < 0):
            raise ValueError("a forecaster must give finite quantiles that do not fall, one row per question")
        positions.append(origin.asked)
        quantiles.append(given)
    if not positions:
        return Backtest(np.empty(0, dtype=np.int64), np.empty((0, 0)), 0)
    return Backtest(np.concatenate(positions), np.concatenate(quantiles), len(positions))


def running_past(clocks: TwoClocks, positions: Positions) -> tuple[Positions, Positions]:
    """Which of the forecasts `positions` had an outcome, by when it was known, and how many of these each could use.

    The first array holds places within `positions`; the second, shape
    (forecasts,), says how many of its first entries were known strictly before
    each forecast was asked for.
    """
    known_at = clocks.known_at[positions]
    order: Positions = np.argsort(known_at, kind="stable")
    order = order[~np.isnat(known_at[order])]
    counts = np.searchsorted(known_at[order], clocks.asked_at[positions], side="left").astype(np.int64)
    return order, counts
