"""Choices whose demand for skills is uncertain: all of it fits, in every skill and month, with a stated chance.

Demand is drawn; a binary for each draw says whether the choice may break it, and
at most a share α of them may, exactly. Draws that a choice was fitted to
flatter it, so that it is replayed on others: where it breaks more than α of those,
fewer are allowed, until it does not. What projects take of their plans is drawn as
past ones did: an item's own luck, and a year's that all share. Sources: Luedtke and
Ahmed (2008) for sampled chance constraints and smaller α; `common_effect` for a
year's luck.

Worked example: A and B ask for 50 hours each of 100, and take 40, 50 or 60 of
them with equal chances. Both together break 3 of 9 pairs: allowed at α of 1/3,
not below.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from pmo_analytics.forecasting.common_effect import common_effect
from pmo_analytics.forecasting.discrete_risks import stream
from pmo_analytics.forecasting.quantile_scores import Floats
from pmo_analytics.portfolio.selection_case import NEAR, SelectionCase, Wholes
from pmo_analytics.portfolio.selection_model import CHANCE, HOURS, Rows, SelectionModel, picked, stacked
from pmo_analytics.portfolio.selection_solve import GAP, SECONDS, Choice, best_choice

FEWEST_PROJECTS, SEED = 9, 20_261_129
DRAWS, REPLAYS, _ROUNDS = 100, 10_000, 6


@dataclass(frozen=True)
class ChanceChoice:
    """The best choice that keeps a chance, and what became of it in replays that it was not fitted to.

    `allowed` of `draws` may be broken; `breach_share` is that of the replays,
    missing without a choice; `is_kept` says whether it is at most α.
    """

    choice: Choice
    allowed: int
    draws: int
    breach_share: float
    is_kept: bool


def with_chance(model: SelectionModel, factors: Floats, allowed: int) -> SelectionModel:
    """The model whose hours are kept in all but `allowed` of the draws; `factors` (draws, items) multiply demand."""
    is_hours = model.rows.kind == HOURS
    held, draws = picked(model.rows, is_hours), len(factors)
    rest = picked(model.rows, ~is_hours)
    blocks, limits, draw, kinds = [], [], [], []
    for place, factor in enumerate(factors):
        matrix = held.matrix.copy()
        matrix.data = matrix.data * factor[model.item[matrix.indices]]
        most = _most(matrix, model.item, len(model.case.names))
        # What cannot be broken whatever is chosen is no condition.
        can = np.flatnonzero(most > held.high * (1 + 1e-12))
        blocks.append(_switched(matrix[can], (most - held.high)[can], place, draws))
        limits.append(held.high[can])
        draw.append(np.full(len(can), place))
        kinds.append(can)
    wide = sparse.csr_array((len(rest), draws))
    count = sparse.csr_array(np.concatenate([np.zeros(model.columns), np.ones(draws)])[None])
    high = np.concatenate([*limits, [float(allowed)]])
    k = len(high)
    rows = Rows(
        sparse.vstack([*blocks, count], format="csr"), np.full(k, -np.inf), high, np.full(k, CHANCE),
        np.concatenate([*draw, [-1]]).astype(np.int64), np.concatenate([*kinds, [-1]]).astype(np.int64),
    )  # fmt: skip
    fixed = replace(rest, matrix=sparse.hstack([rest.matrix, wide], format="csr"))
    return replace(
        model, gain=np.concatenate([model.gain, np.zeros(draws)]), rows=stacked([fixed, rows]),
        upper=np.concatenate([model.upper, np.ones(draws)]),
        is_whole=np.concatenate([model.is_whole, np.ones(draws, dtype=bool)]),
    )  # fmt: skip


def _switched(matrix: Any, excess: Floats, place: int, draws: int) -> Any:
    """Rows with the binary of their draw, which lifts them by what may be too much."""
    k = len(excess)
    lift = sparse.csr_array((-excess, (np.arange(k), np.full(k, place))), shape=(k, draws))
    return sparse.hstack([matrix, lift], format="csr")


def _most(matrix: Any, item: Wholes, n: int) -> Floats:
    """The largest sum of each row where every item takes the month that adds most."""
    row = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    best = np.zeros(matrix.shape[0] * n)
    np.maximum.at(best, row * n + item[matrix.indices], matrix.data)
    summed: Floats = best.reshape(matrix.shape[0], n).sum(axis=1)
    return summed


def breach_share(case: SelectionCase, start: Wholes, factors: Floats) -> float:
    """In how many of the draws a choice asks for more than there is of any skill in any month, as a share."""
    demand, months = case.demand, case.months
    taken = start[demand.item] >= 0
    when = start[demand.item] + demand.offset
    kept = taken & (when < months)
    row = demand.line[kept] * months + when[kept]
    n = len(case.names)
    hours = sparse.csr_array((demand.amount[kept], (row, demand.item[kept])), shape=(case.capacity.size, n))
    asked = np.unique(row)
    limit = case.capacity.ravel()[asked]
    used = (hours[asked] @ factors.T).T
    return float((used > limit * (1 + NEAR)).any(axis=1).mean()) if len(asked) else 0.0


def chance_choice(
    model: SelectionModel, drawn: Callable[[int, int], Floats], *, alpha: float, draws: int = DRAWS,
    replays: int = REPLAYS, gap: float = GAP, seconds: float = SECONDS,
) -> ChanceChoice:  # fmt: skip
    """The best choice whose demand fits with a chance of 1 - `alpha`, in its draws and in replays.

    `drawn` takes a number of draws and a seed. Fewer draws may be broken, and
    in the end more are drawn, until the replays keep `alpha` too.
    """
    tried, allowed = draws, int(np.floor(alpha * draws + 1e-9))
    replayed = drawn(replays, 2)
    found = None
    for _ in range(_ROUNDS):
        choice = best_choice(with_chance(model, drawn(tried, 1), allowed), gap=gap, seconds=seconds)
        if not choice.is_found:
            return ChanceChoice(choice, allowed, tried, np.nan, is_kept=False)
        share = breach_share(model.case, choice.start, replayed)
        found = ChanceChoice(choice, allowed, tried, share, share <= alpha)
        if found.is_kept:
            break
        if allowed:
            allowed = min(allowed - 1, int(allowed * alpha / share))
        else:
            tried *= 2
    assert found is not None
    return found


def demand_factors(project_effort_ratio: pd.DataFrame, n: int) -> Callable[[int, int], Floats] | None:
    """Draws of what `n` items take of their plans, from the analysis of this name; None below nine past projects."""
    rows = project_effort_ratio
    if rows["project_id"].nunique() < FEWEST_PROJECTS:
        return None
    year = pd.factorize(rows["finish_year"], use_na_sentinel=False)[0].astype(np.int64)
    past = common_effect(np.log(rows["pooled_ratio"].to_numpy(dtype=float)), year)

    def drawn(draws: int, seed: int) -> Floats:
        generator = stream(SEED, "demand of a choice", str(seed))
        own = past.members[generator.integers(0, len(past.members), size=(draws, n))]
        made: Floats = np.exp(past.mean + own + past.draws(1, generator, draws=draws))
        return made

    return drawn
