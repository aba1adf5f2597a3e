"""Choices none of which can be bettered in one goal without losing in the other: value against cost, or another sum.

The best choice comes first, of several the one that does best in the other goal;
then the best that does better there by a step at least, and so on. A step is the
largest amount that all items are whole multiples of, so that no point lies
between two. Sources: Haimes, Lasdon and Wismer (1971) for the ε-constraint;
Bérubé, Gendreau and Potvin (2009) for when it finds all.

Worked example: A is worth 10 and costs 6, B 7 and 4, C 6 and 4, under a budget
of 8. The frontier is B and C (13 for 8), A (10 for 6), B (7 for 4) and nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pmo_analytics.forecasting.quantile_scores import Floats
from pmo_analytics.portfolio.selection_case import Wholes, kept_conditions
from pmo_analytics.portfolio.selection_model import SelectionModel
from pmo_analytics.portfolio.selection_solve import OPTIMAL, SECONDS, Choice, best_choice

_DIGITS = 4


@dataclass(frozen=True)
class FrontierPoint:
    """A choice of the frontier: its gain, the other goal, and whether it is proven and keeps every condition."""

    start: Wholes
    gain: float
    other: float
    is_proven: bool
    is_sound: bool


@dataclass(frozen=True)
class Frontier:
    """Points, the largest gain first; `is_whole` says that no other point lies between, before or after them."""

    points: tuple[FrontierPoint, ...]
    is_whole: bool


def frontier(
    model: SelectionModel, weights: Floats, *, constant: float = 0.0, points: int | None = None,
    seconds: float = SECONDS, sound: Callable[[Wholes], bool] | None = None,
) -> Frontier:  # fmt: skip
    """Gain against `weights` (items,) over what is chosen plus `constant`, of which less is better.

    With `points` about so many are found, as far apart in the other goal as can be,
    each of them on the frontier. `sound` says of a choice whether it keeps what it
    is to keep; the case's conditions where it is not given.
    """
    step = _step(weights)
    row = model.by_item(weights)
    least = best_choice(model.with_gain(-row), gap=0.0, seconds=seconds)
    if not least.is_found:
        return Frontier((), is_whole=False)
    floor = _other(least.start, weights, constant)
    found: list[FrontierPoint] = []
    limit, stride = np.inf, step
    while True:
        point = _point(model, row, limit - constant, seconds)
        if point is None:
            return Frontier(tuple(found), is_whole=False)
        choice, is_proven = point
        other = _other(choice.start, weights, constant)
        is_sound = not kept_conditions(model.case, choice.start) if sound is None else sound(choice.start)
        if not found or other <= found[-1].other - step / 2:
            found.append(FrontierPoint(choice.start, choice.gain, other, is_proven, is_sound))
        if points is not None and len(found) == 1:
            stride = max(step, (other - floor) / max(1, points - 1))
        if other <= floor + step / 2:
            return Frontier(tuple(found), points is None and all(each.is_proven for each in found))
        # At the last of evenly placed limits the least of all is asked for.
        limit = max(min(other, limit) - stride, floor)


def _point(model: SelectionModel, row: Floats, limit: float, seconds: float) -> tuple[Choice, bool] | None:
    """The best choice under a limit of the other goal and, of several, that which takes least of it."""
    held = model if np.isinf(limit) else model.with_row(row, high=limit)
    best = best_choice(held, gap=0.0, seconds=seconds)
    if not best.is_found:
        return None
    near = 1e-9 * max(1.0, abs(best.gain))
    kept = held.with_row(model.gain, low=best.gain - near)
    least = best_choice(kept.with_gain(-row), gap=0.0, seconds=seconds)
    if not least.is_found:
        return best, False
    gain = float(model.gain @ least.columns)
    is_proven = best.status == OPTIMAL and least.status == OPTIMAL
    return Choice(least.status, least.start, gain, least.value, least.cost, best.bound, least.columns), is_proven


def _other(start: Wholes, weights: Floats, constant: float) -> float:
    return float(weights[start >= 0].sum() + constant)


def _step(weights: Floats) -> float:
    """The largest amount that all weights are whole multiples of, to four digits after the point."""
    whole = np.abs(np.round(weights * 10**_DIGITS)).astype(np.int64)
    common = int(np.gcd.reduce(whole)) if len(whole) else 0
    return float(max(common, 1) / 10**_DIGITS)
