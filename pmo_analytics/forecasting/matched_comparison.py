"""Two groups compared within strata of like units, with an exact test of chance and an interval.

The difference is that of the groups' means in each stratum, weighted by m (n − m) / n
for m of n units in the first group. Under chance, every assignment of the groups
within strata is as likely as the one seen: all of them are counted where there are
at most 20,000, else 9,999 are drawn, seeded. Equal differences count by half (the
mid-p value), so that a test at 5 % is near 5 % for outcomes of few values too. The
interval holds those shifts that the test does not reject. Nothing here makes a
difference an effect: units chose their group themselves. Sources: Fisher (1935) and
Rosenbaum (2002) for the test and its inversion; Lancaster (1961) for mid-p; weights of
Mantel and Haenszel (1959).

Worked example: in one stratum the first group has 1 and 2, the other 5 and 6. The
difference is −4. Of 6 assignments 2 differ by as much: the chance is
(0 + 0.5 · 2) / 6 = 0.1667.

>>> found = matched_difference([1.0, 2.0, 5.0, 6.0], [True, True, False, False], ["a"] * 4)
>>> found.difference, round(found.chance, 4)
(-4.0, 0.1667)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray

from pmo_analytics.forecasting.quantile_scores import Floats

LEVEL = 0.05
_MOST_EXACT, _DRAWS, _STEPS = 20_000, 9_999, 50
_SEED = 20_260_630
_EQUAL = 1e-9

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class MatchedDifference:
    """Mean of the first group less that of the other, and how often chance gives as much.

    `low` and `high` are the ends of the 95 % interval, infinite where the test
    rejects no shift on that side. Counts are of the units in strata with both groups.
    """

    difference: float
    low: float
    high: float
    chance: float
    first: int
    others: int
    strata: int


def matched_difference(
    outcome: Sequence[float], is_first: Sequence[bool], stratum: Sequence[str], *, seed: int = _SEED
) -> MatchedDifference:
    """Compare units by their outcome; those in strata with one group alone are left out. ValueError without any."""
    values, groups = np.asarray(outcome, dtype=float), np.asarray(is_first, dtype=bool)
    names = np.asarray(stratum, dtype=object)
    strata = [
        (values[own], groups[own])
        for own in (names == name for name in dict.fromkeys(stratum))
        if 0 < groups[own].sum() < own.sum()
    ]
    if not strata:
        raise ValueError("no stratum holds both groups")
    outcomes, shifts = _differences(strata, seed)
    # The first assignment is the one seen, whose own shift is 1.
    difference = float(outcomes[0])

    def chance(shift: float) -> float:
        spread = np.abs(outcomes - shift * shifts)
        seen = abs(difference - shift)
        slack = _EQUAL * max(1.0, seen)
        return float(np.mean(spread > seen + slack) + 0.5 * np.mean(np.abs(spread - seen) <= slack))

    reach = float(np.ptp(np.concatenate([own for own, _ in strata]))) or 1.0
    low, high = (_end(chance, difference, side * reach) for side in (-1, 1))
    first = int(sum(group.sum() for _, group in strata))
    return MatchedDifference(
        difference, low, high, chance(0.0), first, sum(len(group) for _, group in strata) - first, len(strata)
    )


def _end(chance: Callable[[float], float], difference: float, reach: float) -> float:
    """The shift on one side of the difference beyond which the test rejects."""
    outside = difference + 2 * reach
    for _ in range(8):
        if chance(outside) < LEVEL:
            break
        outside = difference + 2 * (outside - difference)
    else:
        return math.inf if reach > 0 else -math.inf
    inside = difference
    for _ in range(_STEPS):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if chance(middle) >= LEVEL else (inside, middle)
    return inside


def _differences(strata: list[tuple[Floats, Flags]], seed: int) -> tuple[Floats, Floats]:
    """The weighted difference of each assignment, in the outcome and in the groups themselves; the one seen first."""
    weights = np.array([group.sum() * (~group).sum() / len(group) for _, group in strata])
    weights /= weights.sum()
    ways = math.prod(math.comb(len(group), int(group.sum())) for _, group in strata)
    if ways <= _MOST_EXACT:
        parts = [_every(own, group) for own, group in strata]
        chosen = list(product(*(range(len(part)) for part in parts)))
        stacked = np.array([[parts[s][place] for s, place in enumerate(each)] for each in chosen])
        seen = np.array([_one(own, group, group) for own, group in strata])
        # Every assignment is counted once; the one seen is put first in place of itself.
        at = int(np.argmin(np.abs(stacked - seen[None]).sum(axis=(1, 2))))
        stacked[[0, at]] = stacked[[at, 0]]
    else:
        generator = np.random.default_rng(seed)
        stacked = np.stack([_drawn(own, group, generator) for own, group in strata], axis=1)
    summed = np.einsum("dsk,s->kd", stacked, weights)
    return summed[0], summed[1]


def _one(own: Floats, group: Flags, first: Flags) -> tuple[float, float]:
    return (
        float(own[first].mean() - own[~first].mean()),
        float(group[first].mean() - group[~first].mean()),
    )


def _every(own: Floats, group: Flags) -> list[tuple[float, float]]:
    found = []
    for places in combinations(range(len(own)), int(group.sum())):
        first = np.zeros(len(own), dtype=bool)
        first[list(places)] = True
        found.append(_one(own, group, first))
    return found


def _drawn(own: Floats, group: Flags, generator: np.random.Generator) -> Floats:
    """The assignment seen, then draws: shape (draws + 1, 2)."""
    count, size = int(group.sum()), len(own)
    order = np.argsort(generator.random((_DRAWS, size)), axis=1)
    seen = np.argsort(~group, kind="stable")[None, :]
    places = np.vstack([seen, order])
    found = []
    for values in (own, group.astype(float)):
        laid = values[places]
        found.append(laid[:, :count].mean(axis=1) - laid[:, count:].mean(axis=1))
    drawn: Floats = np.stack(found, axis=1)
    return drawn
