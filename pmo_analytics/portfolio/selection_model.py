"""The choice of projects as a mixed integer programme: its columns, rows and what each row stands for.

A column is an item that starts in a month, x = 1 where it does, and behind those
one for each synergy. Rows are built as arrays, whatever the number of items, and
multiplied by powers of two, which changes no digit, so that a solver's
tolerances mean the same in each. Sources: Weingartner (1966) for capital
budgeting with ties between projects; Nemhauser and Wolsey (1988) for products of
two choices as linear rows.

Worked example: A is worth 10 and costs 6, B 7 and 4, C 6 and 4, under a budget
of 8. B and C are chosen: 13. Of A and B 17 would cost 10.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import sparse

from pmo_analytics.forecasting.quantile_scores import Floats
from pmo_analytics.portfolio.selection_case import LEFT_OUT, Flags, SelectionCase, Spread, Wholes

ONCE, BUDGET, HOURS, REQUIRES, EXCLUDES, SYNERGY, MANDATORY, BARRED, LIMIT, CHANCE, ADDED = range(11)


@dataclass(frozen=True)
class Rows:
    """Rows of a model: low ≤ matrix · x ≤ high, with the kind and up to two places of what each stands for."""

    matrix: Any
    low: Floats
    high: Floats
    kind: Wholes
    first: Wholes
    second: Wholes

    def __len__(self) -> int:
        return len(self.low)


@dataclass(frozen=True)
class SelectionModel:
    """What is maximised, `gain` (columns,), under `rows`; `item` and `start` (options,) say what an option is.

    Columns beyond the options are those of synergies, then what was added. All
    lie between 0 and `upper`; `is_whole` are 0 or 1.
    """

    case: SelectionCase
    item: Wholes
    start: Wholes
    gain: Floats
    upper: Floats
    is_whole: Flags
    rows: Rows

    @property
    def columns(self) -> int:
        """How many unknowns there are."""
        return len(self.gain)

    def by_item(self, weights: Floats) -> Floats:
        """A row (columns,) that sums `weights` (items,) over what is chosen."""
        row = np.zeros(self.columns)
        row[: len(self.item)] = weights[self.item]
        return row

    def with_row(self, row: Floats, *, low: float = -np.inf, high: float = np.inf) -> SelectionModel:
        """The model under one more row."""
        more = _scaled(sparse.csr_array(row[None]), np.array([low]), np.array([high]), ADDED)
        return replace(self, rows=stacked([self.rows, more]))

    def with_forced(self, place: int, *, chosen: bool) -> SelectionModel:
        """The model in which an item is chosen, or is not."""
        if not chosen:
            upper = self.upper.copy()
            upper[: len(self.item)][self.item == place] = 0.0
            return replace(self, upper=upper)
        return self.with_row(self.by_item(np.arange(len(self.case.names)) == place), low=1.0)

    def with_gain(self, gain: Floats) -> SelectionModel:
        """The model with something else to be maximised."""
        return replace(self, gain=gain)

    def starts(self, x: Floats) -> Wholes:
        """The month each item starts in (items,), by the values of the columns."""
        chosen = np.flatnonzero(x[: len(self.item)] > 0.5)
        found = np.full(len(self.case.names), LEFT_OUT, dtype=np.int64)
        found[self.item[chosen]] = self.start[chosen]
        return found


def selection_model(case: SelectionCase) -> SelectionModel:
    """The model of a case."""
    n, links = len(case.names), case.links
    counts = np.maximum(case.last - case.first + 1, 0)
    item = np.repeat(np.arange(n), counts)
    start = case.first[item] + np.arange(len(item)) - np.repeat(np.cumsum(counts) - counts, counts)
    m, g = len(item), len(links.synergy)
    taken = sparse.csr_array((np.ones(m), (item, np.arange(m))), shape=(n, m + g))
    value = case.value[item] * (1.0 - case.value_lost) ** (start - case.first[item])
    blocks = [
        _once(counts, taken),
        _budget_rows(case, item, start, m + g),
        _hours_rows(case, item, start, m + g),
        *_link_rows(case, taken, m),
        *_forced_rows(case, taken),
    ]
    return SelectionModel(
        case, item, start, np.concatenate([value, links.synergy_value]), np.ones(m + g),
        np.arange(m + g) < m, stacked(blocks),
    )  # fmt: skip


def stacked(blocks: Sequence[Rows]) -> Rows:
    """All rows of the blocks that have any."""
    kept = [block for block in blocks if len(block)] or list(blocks[:1])
    return Rows(
        sparse.vstack([block.matrix for block in kept], format="csr"),
        *(
            np.concatenate([getattr(block, name) for block in kept])
            for name in ("low", "high", "kind", "first", "second")
        ),
    )


def picked(rows: Rows, which: Flags | Wholes) -> Rows:
    """Some of the rows."""
    return Rows(
        rows.matrix[which], *(getattr(rows, name)[which] for name in ("low", "high", "kind", "first", "second"))
    )


def spread_entries(spread: Spread, item: Wholes, start: Wholes) -> tuple[Wholes, Wholes, Wholes]:
    """Option, entry of `spread` and month, for every entry of every option's item."""
    counts = np.bincount(spread.item, minlength=int(item.max(initial=-1)) + 1)
    order = np.argsort(spread.item, kind="stable")
    begin = np.cumsum(counts) - counts
    each = counts[item]
    option = np.repeat(np.arange(len(item)), each)
    within = np.arange(len(option)) - np.repeat(np.cumsum(each) - each, each)
    entry = order[begin[item[option]] + within]
    return option, entry, start[option] + spread.offset[entry]


def _scaled(
    matrix: Any, low: Floats, high: Floats, kind: int, *places: Wholes
) -> Rows:  # fmt: skip
    """Rows whose largest entry lies between 512 and 1024."""
    held = sparse.csr_array(matrix)
    held.sum_duplicates()
    size = np.asarray(abs(held).max(axis=1).todense()).ravel() if held.nnz else np.zeros(held.shape[0])
    factor = np.exp2(10.0 - np.ceil(np.log2(np.where(size > 0, size, 1024.0))))
    held.data = held.data * np.repeat(factor, np.diff(held.indptr))
    none = np.full(len(low), -1, dtype=np.int64)
    first, second = (*places, none, none)[:2]
    return Rows(held, low * factor, high * factor, np.full(len(low), kind, dtype=np.int64), first, second)


def _once(counts: Wholes, taken: Any) -> Rows:
    """An item starts once; one with a single month needs no row."""
    several = np.flatnonzero(counts > 1)
    k = len(several)
    return _scaled(taken[several], np.full(k, -np.inf), np.ones(k), ONCE, several)


def _budget_rows(case: SelectionCase, item: Wholes, start: Wholes, columns: int) -> Rows:
    option, entry, month = spread_entries(case.cost, item, start)
    line = np.append(case.month_budget, -1)[np.minimum(month, case.months)]
    kept = line >= 0
    row, column, amount = line[kept], option[kept], case.cost.amount[entry[kept]]
    limit = case.budget.astype(float).copy()
    exits = case.exit_cost[item]
    if case.months and case.month_budget[0] >= 0 and case.exit_cost.any():
        at = int(case.month_budget[0])
        limit[at] -= case.exit_cost.sum()
        leaving = np.flatnonzero(exits)
        row = np.concatenate([row, np.full(len(leaving), at)])
        column, amount = np.concatenate([column, leaving]), np.concatenate([amount, -exits[leaving]])
    matrix = sparse.csr_array((amount, (row, column)), shape=(len(limit), columns))
    held = np.flatnonzero(np.isfinite(limit))
    return _scaled(matrix[held], np.full(len(held), -np.inf), limit[held], BUDGET, held)


def _hours_rows(case: SelectionCase, item: Wholes, start: Wholes, columns: int) -> Rows:
    option, entry, month = spread_entries(case.demand, item, start)
    kept = month < case.months
    row = case.demand.line[entry[kept]] * case.months + month[kept]
    matrix = sparse.csr_array(
        (case.demand.amount[entry[kept]], (row, option[kept])), shape=(case.capacity.size, columns)
    )
    limit = case.capacity.ravel()
    held = np.flatnonzero(np.isfinite(limit) & (np.diff(matrix.indptr) > 0))
    return _scaled(
        matrix[held], np.full(len(held), -np.inf), limit[held], HOURS, held // max(case.months, 1),
        held % max(case.months, 1),
    )  # fmt: skip


def _pairs(taken: Any, pairs: Wholes, signs: tuple[float, float]) -> Any:
    k = len(pairs)
    n = taken.shape[0]
    rows = np.tile(np.arange(k), 2)
    made = sparse.csr_array((np.repeat(signs, k), (rows, pairs.T.ravel())), shape=(k, n))
    return made @ taken


def _link_rows(case: SelectionCase, taken: Any, m: int) -> list[Rows]:
    links, columns = case.links, taken.shape[1]
    one = np.arange(len(links.requires)), np.arange(len(links.excludes))
    r, e, g = len(links.requires), len(links.excludes), len(links.synergy)
    found = [
        _scaled(_pairs(taken, links.requires, (1.0, -1.0)), np.full(r, -np.inf), np.zeros(r), REQUIRES, one[0]),
        _scaled(_pairs(taken, links.excludes, (1.0, 1.0)), np.full(e, -np.inf), np.ones(e), EXCLUDES, one[1]),
    ]
    if not g:
        return found
    place = np.arange(g)
    both = sparse.csr_array((np.ones(g), (place, m + place)), shape=(g, columns))
    gains, losses = np.flatnonzero(links.synergy_value > 0), np.flatnonzero(links.synergy_value < 0)
    for side in (0, 1):
        single = np.column_stack([links.synergy[:, side], links.synergy[:, side]])
        # A gain counts where both are chosen: it is at most each of them.
        held = (both - _pairs(taken, single, (0.5, 0.5)))[gains]
        found.append(_scaled(held, np.full(len(gains), -np.inf), np.zeros(len(gains)), SYNERGY, gains))
    # A loss counts as soon as both are chosen.
    held = (_pairs(taken, links.synergy, (1.0, 1.0)) - both)[losses]
    found.append(_scaled(held, np.full(len(losses), -np.inf), np.ones(len(losses)), SYNERGY, losses))
    return found


def _forced_rows(case: SelectionCase, taken: Any) -> list[Rows]:
    inside, outside = np.flatnonzero(case.is_mandatory), np.flatnonzero(case.is_barred)
    found = [
        _scaled(taken[inside], np.ones(len(inside)), np.full(len(inside), np.inf), MANDATORY, inside),
        _scaled(taken[outside], np.full(len(outside), -np.inf), np.zeros(len(outside)), BARRED, outside),
    ]
    if case.limits:
        weights = sparse.csr_array(np.array([limit.weights for limit in case.limits]))
        low = np.array([limit.low for limit in case.limits])
        high = np.array([limit.high for limit in case.limits])
        found.append(_scaled(weights @ taken, low, high, LIMIT, np.arange(len(low))))
    return found
