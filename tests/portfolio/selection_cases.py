"""Small cases of choice, random ones with every kind of condition, and the best choice by trying all."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from pmo_analytics.portfolio.selection_case import GroupLimit, Links, SelectionCase, Spread, Wholes


def case_of(
    value: Sequence[float], cost: Sequence[float], budget: float, *, names: Sequence[str] | None = None, **others: Any
) -> SelectionCase:
    """Items that cost all in their first month, under one budget; nothing asks for hours."""
    n = len(value)
    months = others.pop("months", 1)
    given: dict[str, Any] = {
        "names": tuple(names or (f"P{place}" for place in range(n))),
        "value": np.array(value, dtype=float),
        "first": np.zeros(n, dtype=np.int64),
        "last": np.zeros(n, dtype=np.int64),
        "cost": Spread(np.arange(n), np.zeros(n, dtype=np.int64), np.array(cost, dtype=float), np.zeros(n, np.int64)),
        "demand": Spread(),
        "month_budget": np.zeros(months, dtype=np.int64),
        "budget": np.array([budget], dtype=float),
        "capacity": np.zeros((0, months)),
        "budget_names": ("2026",),
        "skill_names": (),
        "month_names": tuple(f"2026-{place + 1:02d}" for place in range(months)),
        "exit_cost": np.zeros(n),
        "is_mandatory": np.zeros(n, dtype=bool),
        "is_barred": np.zeros(n, dtype=bool),
    }
    return SelectionCase(**given | others)


def pairs(*given: tuple[int, int]) -> Wholes:
    return np.array(given, dtype=np.int64).reshape(-1, 2)


def random_case(seed: int, *, most: int = 18) -> SelectionCase:
    """Up to `most` items with budgets, hours, starts, links, exits, mandatory and barred ones, and group limits.

    Of many items one month each, of few several: at most about 2¹⁸ choices.
    """
    dice = np.random.default_rng(seed)
    n = int(dice.integers(2, most + 1))
    months, skills = 6, int(dice.integers(1, 4))
    width = 1 if n > 11 else int(dice.integers(1, 4)) if n <= 8 else int(dice.integers(1, 3))
    first = dice.integers(0, 3, size=n)
    lengths = dice.integers(1, 4, size=n)
    item = np.repeat(np.arange(n), lengths)
    offset = np.concatenate([np.arange(length) for length in lengths])
    asked = dice.random((len(item), skills)) < 0.6
    entry, skill = np.nonzero(asked)
    hours = np.round(dice.uniform(10, 100, size=len(entry)), 1)
    amounts = np.round(dice.uniform(1, 60, size=len(item)), 2)
    share = dice.uniform(0.25, 0.9)
    many = [(int(a), int(b)) for a, b in dice.integers(0, n, size=(n, 2)) if a < b]
    kinds = dice.integers(0, 3, size=len(many))
    of = [pairs(*{pair for pair, kind in zip(many, kinds, strict=True) if kind == each}) for each in range(3)]
    mandatory, barred = dice.random(n) < 0.05, dice.random(n) < 0.05
    weights = dice.integers(0, 2, size=n).astype(float)
    limits = (
        (GroupLimit("some of the group", weights, low=1.0, high=float(max(1, n // 2))),) if dice.random() < 0.5 else ()
    )
    total = np.bincount(entry * 0 + skill, weights=hours, minlength=skills)
    return SelectionCase(
        names=tuple(f"P{place}" for place in range(n)),
        value=np.round(dice.uniform(-5, 100, size=n), 2),
        first=first,
        last=first + width - 1,
        cost=Spread(item, offset, amounts, np.zeros(len(item), dtype=np.int64)),
        demand=Spread(item[entry], offset[entry], hours, skill),
        month_budget=np.array([0, 0, 0, 1, 1, -1]),
        budget=np.array([share * amounts.sum() * 0.6, share * amounts.sum() * 0.4]),
        capacity=np.repeat(total[:, None] * share / 2.5, months, axis=1),
        budget_names=("2026", "2027"),
        skill_names=tuple(f"S{place}" for place in range(skills)),
        month_names=tuple(f"M{place}" for place in range(months)),
        exit_cost=np.where(dice.random(n) < 0.2, np.round(dice.uniform(0, 30, size=n), 2), 0.0),
        is_mandatory=mandatory,
        is_barred=barred & ~mandatory,
        links=Links(of[0], of[1], of[2], np.round(dice.uniform(-20, 30, size=len(of[2])), 2)),
        limits=limits,
        value_lost=float(dice.choice([0.0, 0.05])),
    )


def every_choice(case: SelectionCase) -> Any:
    """The choices that keep every condition, shape (choices, items), as months or -1."""
    ways = [[-1, *range(int(low), int(high) + 1)] for low, high in zip(case.first, case.last, strict=True)]
    chosen = np.array(list(itertools.product(*ways)), dtype=np.int64)
    taken = chosen >= 0
    is_kept = ~(taken & case.is_barred).any(axis=1) & (taken | ~case.is_mandatory).all(axis=1)
    for one, other in case.links.requires:
        is_kept &= ~taken[:, one] | taken[:, other]
    for one, other in case.links.excludes:
        is_kept &= ~(taken[:, one] & taken[:, other])
    for limit in case.limits:
        total = taken @ limit.weights
        is_kept &= (total >= limit.low - 1e-9) & (total <= limit.high + 1e-9)
    chosen, taken = chosen[is_kept], taken[is_kept]
    used = np.zeros((len(chosen), len(case.budget)))
    used[:, case.month_budget[0]] += ~taken @ case.exit_cost
    for item, offset, amount in zip(case.cost.item, case.cost.offset, case.cost.amount, strict=True):
        month = chosen[:, item] + offset
        for line in range(len(case.budget)):
            pays = np.isin(month, np.flatnonzero(case.month_budget == line)) & taken[:, item]
            used[:, line] += amount * pays
    kept = (used <= case.budget + 1e-7).all(axis=1)
    chosen, taken = chosen[kept], taken[kept]
    hours = np.zeros((len(chosen), *case.capacity.shape))
    demand = case.demand
    for item, offset, skill, amount in zip(demand.item, demand.offset, demand.line, demand.amount, strict=True):
        month = chosen[:, item] + offset
        at = np.flatnonzero(taken[:, item] & (month < case.months))
        hours[at, skill, month[at]] += amount
    return chosen[(hours <= case.capacity + 1e-7).all(axis=(1, 2))]


def best_of_all(case: SelectionCase) -> float:
    """The most that any choice is worth; NaN where none keeps all conditions."""
    chosen = every_choice(case)
    if not len(chosen):
        return float("nan")
    taken = chosen >= 0
    value = (case.value * (1 - case.value_lost) ** np.maximum(chosen - case.first, 0) * taken).sum(axis=1)
    for (one, other), amount in zip(case.links.synergy, case.links.synergy_value, strict=True):
        value = value + amount * (taken[:, one] & taken[:, other])
    return float(value.max())
