"""Why an item is chosen or not: what the opposite is worth, what stands in its way, what one more unit is worth.

The opposite is solved, not guessed: an item that was left out is forced in, a
chosen one is kept out, and the best choice under that is held against the best
of all. Items whose opposite a linear relaxation already rules out need no solving:
by weak duality nothing with it is worth more than the relaxation less its
reduced cost. Core is chosen in every choice worth nearly the best, rejected in none,
marginal in some and not in others. A unit is worth what the best choice with it
is worth more. Sources: Liesiö, Mild and Salo (2007) for core, borderline and
exterior projects; Dantzig and Wolfe's duality as in Bertsimas and Tsitsiklis (1997)
for the bound by reduced costs.

Worked example: A is worth 10 and costs 6, B 7 and 4, C 6 and 4, under a budget
of 8. B and C are chosen, 13; with A forced in the best is 10: A costs 3. With 2
more money A and B are chosen, 17: a unit is worth 2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import sparse

from pmo_analytics.forecasting.quantile_scores import Floats
from pmo_analytics.portfolio.selection_case import Breach, SelectionCase, Wholes, is_over, used_budget, used_hours
from pmo_analytics.portfolio.selection_model import ONCE, SelectionModel, selection_model
from pmo_analytics.portfolio.selection_solve import GAP, NO_CHOICE, OPTIMAL, SECONDS, Choice, best_choice

CORE, MARGINAL, REJECTED, NOT_PROVEN = "core", "marginal", "rejected", "not proven"
# Gaps that rounding leaves.
_PROVEN = 1e-7


@dataclass(frozen=True)
class Opposites:
    """For each item, the best choice in which it is the other way round than in the best of all.

    `gain` (items,) is missing where it was not solved, minus infinity where no
    choice is left; none is worth more than `bound` (items,). `found` are the
    choices that were solved, by item.
    """

    gain: Floats
    bound: Floats
    found: dict[int, Choice]


@dataclass(frozen=True)
class UnitWorth:
    """What more of a budget or skill is worth: between `low` and `high` a unit, which are one where both are proven."""

    kind: str
    name: str
    unit: float
    low: float
    high: float


def opposites(
    model: SelectionModel, best: Choice, *, most: int = 200, gap: float = GAP, seconds: float = SECONDS
) -> Opposites:
    """The opposite of each item, solved for up to `most`, those first that a relaxation leaves nearest to the best.

    `seconds` are for each. Of the others the relaxation's bound is told.
    """
    taken = best.start >= 0
    bound = np.minimum(_relaxed(model, taken), best.bound)
    gain = np.full(len(taken), np.nan)
    found: dict[int, Choice] = {}
    for place in np.argsort(-bound, kind="stable")[:most]:
        choice = best_choice(model.with_forced(int(place), chosen=not taken[place]), gap=gap, seconds=seconds)
        bound[place] = min(bound[place], choice.bound)
        if choice.is_found:
            gain[place], found[int(place)] = choice.gain, choice
            bound[place] = max(bound[place], choice.gain)
        elif choice.status == NO_CHOICE:
            gain[place] = bound[place] = -np.inf
    return Opposites(gain, bound, found)


def standings(best: Choice, others: Opposites, *, near: float = 0.01) -> list[str]:
    """Core, marginal or rejected, by item: what holds in every choice worth at least 1 - `near` of the best."""
    least = best.gain - near * abs(best.gain)
    found = []
    for taken, gain, bound in zip(best.start >= 0, others.gain, others.bound, strict=True):
        if not np.isnan(gain) and gain >= least:
            found.append(MARGINAL)
        elif bound < least:
            found.append(CORE if taken else REJECTED)
        else:
            found.append(NOT_PROVEN)
    return found


def hindrances(case: SelectionCase, start: Wholes) -> list[list[Breach]]:
    """By item, what adding it to a choice would break, in the month where that is least; empty for chosen ones."""
    taken = start >= 0
    spent, hours = used_budget(case, start), used_hours(case, start)
    return [[] if taken[place] else _least_breaches(case, start, place, (spent, hours)) for place in range(len(taken))]


def changed(case: SelectionCase, best: Choice, other: Choice, place: int) -> str:
    """What leaves and what enters where an item is the other way round, in words."""
    before, after = best.start >= 0, other.start >= 0
    parts = []
    for word, which in (("leaves", before & ~after), ("enters", after & ~before)):
        names = [case.names[each] for each in np.flatnonzero(which) if each != place]
        if names:
            parts.append(f"{_listed(names)} {word if len(names) == 1 else word.removesuffix('s')}")
    return ", ".join(parts) or "nothing else changes"


def unit_worths(
    case: SelectionCase, best: Choice, *, money: float, hours: float, gap: float = GAP, seconds: float = SECONDS,
    made: Callable[[SelectionCase], SelectionModel] = selection_model,
) -> list[UnitWorth]:  # fmt: skip
    """What `money` more of each budget and `hours` more of each skill and month are worth a unit, by solving anew.

    `made` gives the model of a case: that by which `best` was found.
    """
    found = []
    for place, name in enumerate(case.budget_names):
        if np.isfinite(case.budget[place]):
            budget = case.budget + money * (np.arange(len(case.budget)) == place)
            more = best_choice(made(replace(case, budget=budget)), gap=gap, seconds=seconds)
            found.append(_worth("budget", name, money, best, more))
    for place, name in enumerate(case.skill_names):
        if np.isfinite(case.capacity[place]).any():
            capacity = case.capacity + hours * (np.arange(len(case.capacity)) == place)[:, None]
            more = best_choice(made(replace(case, capacity=capacity)), gap=gap, seconds=seconds)
            found.append(_worth("hours", name, hours, best, more))
    return found


def _worth(kind: str, name: str, unit: float, best: Choice, more: Choice) -> UnitWorth:
    # What is had without the unit is there with it.
    gain = max(more.gain, best.gain) if more.is_found else best.gain
    limit = max(more.bound, gain)
    if best.status == OPTIMAL and more.status == OPTIMAL and max(best.gap, more.gap) <= _PROVEN:
        least = max(0.0, gain - best.gain)
        return UnitWorth(kind, name, unit, least / unit, least / unit)
    return UnitWorth(kind, name, unit, max(0.0, gain - best.bound) / unit, max(0.0, limit - best.gain) / unit)


def _relaxed(model: SelectionModel, taken: Any) -> Floats:
    """By item, what no choice with its opposite is worth more than, from one linear programme."""
    from scipy.optimize import linprog

    rows, m = model.rows, len(model.item)
    if not model.columns:
        return np.full(len(taken), np.inf)
    above, below = np.isfinite(rows.high), np.isfinite(rows.low)
    matrix = sparse.vstack([rows.matrix[above], -rows.matrix[below]], format="csr")
    solve: Any = linprog
    found = solve(
        -model.gain, A_ub=matrix, b_ub=np.concatenate([rows.high[above], -rows.low[below]]),
        bounds=np.column_stack([np.zeros(model.columns), model.upper]), method="highs",
    )  # fmt: skip
    n = len(model.case.names)
    if found.status != 0:
        return np.full(n, np.inf)
    limit = -found.fun
    # In: one of its months is, and the relaxation falls by at least that month's reduced cost.
    inside = np.full(n, -np.inf)
    np.maximum.at(inside, model.item, limit - np.maximum(found.lower.marginals[:m], 0.0))
    # Out: the row that it starts once, or the bound of its only month, becomes 0.
    outside = np.full(n, limit)
    np.minimum.at(outside, model.item, limit + np.where(_alone(model), np.minimum(found.upper.marginals[:m], 0.0), 0.0))
    kinds, first = rows.kind[above], rows.first[above]
    once = np.flatnonzero(kinds == ONCE)
    outside[first[once]] = limit + np.minimum(found.ineqlin.marginals[once], 0.0)
    return np.where(taken, outside, inside)


def _alone(model: SelectionModel) -> Any:
    counts = np.bincount(model.item, minlength=len(model.case.names))
    return counts[model.item] == 1


def _least_breaches(case: SelectionCase, start: Wholes, place: int, used: tuple[Floats, Floats]) -> list[Breach]:
    months = range(int(case.first[place]), int(case.last[place]) + 1)
    tried = [_breaches(case, place, month, used) for month in months]
    ties = _ties(case, start, place)
    if not tried:
        return [Breach("start", "no month to start in is left", np.nan, np.nan), *ties]
    return [*min(tried, key=_excess), *ties]


def _excess(breaches: list[Breach]) -> float:
    return sum((breach.used - breach.limit) / max(1.0, abs(breach.limit)) for breach in breaches)


def _breaches(case: SelectionCase, place: int, month: int, used: tuple[Floats, Floats]) -> list[Breach]:
    spent, hours = used[0].copy(), used[1].copy()
    at = case.cost.item == place
    when = month + case.cost.offset[at]
    lines = np.append(case.month_budget, -1)[np.minimum(when, case.months)]
    np.add.at(spent, lines[lines >= 0], case.cost.amount[at][lines >= 0])
    if case.months and case.month_budget[0] >= 0:
        spent[case.month_budget[0]] -= case.exit_cost[place]
    asked = case.demand.item == place
    when = month + case.demand.offset[asked]
    inside = when < case.months
    np.add.at(hours, (case.demand.line[asked][inside], when[inside]), case.demand.amount[asked][inside])
    found = [
        Breach("budget", case.budget_names[each], float(spent[each]), float(case.budget[each]))
        for each in np.flatnonzero(is_over(spent, case.budget) & (spent > used[0]))
    ]
    over = is_over(hours, case.capacity) & (hours > used[1])
    return found + [
        Breach("hours", f"{case.skill_names[skill]} {case.month_names[when]}", float(hours[skill, when]),
               float(case.capacity[skill, when]))
        for skill, when in np.argwhere(over)
    ]  # fmt: skip


def _ties(case: SelectionCase, start: Wholes, place: int) -> list[Breach]:
    """What links, bars and limits of groups say against adding an item to a choice."""
    taken, names = start >= 0, case.names
    found = [Breach("kept out", "it is kept out by the scenario", np.nan, np.nan)] if case.is_barred[place] else []
    for one, other in case.links.requires:
        if one == place and not taken[other]:
            found.append(Breach("requires", f"it needs {names[other]}, which is left out", np.nan, np.nan))
    for one, other in case.links.excludes:
        against = other if one == place else one if other == place else -1
        if against >= 0 and taken[against]:
            found.append(Breach("excludes", f"{names[against]} is chosen", np.nan, np.nan))
    for limit in case.limits:
        total = float(limit.weights[taken].sum() + limit.weights[place])
        if is_over(total, limit.high):
            found.append(Breach("at most", limit.name, total, limit.high))
    return found


def _listed(names: list[str], most: int = 5) -> str:
    shown = names[:most] + ([f"{len(names) - most} more"] if len(names) > most else [])
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
