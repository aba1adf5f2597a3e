"""What a choice of projects is made from, as arrays, and whether a choice keeps every condition.

A case holds proposals and running projects alike: each has a value, a cost and
hours by month from its start, months it may start in, and what leaving it out
costs. `kept_conditions` walks over a choice month by month and shares no code
with the model, so that what a solver returns is checked by something else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pmo_analytics.errors import UsageError
from pmo_analytics.forecasting.quantile_scores import Floats

Wholes = NDArray[np.int64]
Flags = NDArray[np.bool_]

LEFT_OUT = -1
# What rounding may leave of a limit, as a part of it.
NEAR = 1e-7
_NONE = np.zeros(0, dtype=np.int64)
_NO_PAIRS = np.zeros((0, 2), dtype=np.int64)


@dataclass(frozen=True)
class Spread:
    """Amounts by item and month from its start; `line` says which budget or skill takes them, 0 where there is one."""

    item: Wholes = field(default_factory=lambda: _NONE)
    offset: Wholes = field(default_factory=lambda: _NONE)
    amount: Floats = field(default_factory=lambda: np.zeros(0))
    line: Wholes = field(default_factory=lambda: _NONE)


@dataclass(frozen=True)
class Links:
    """Pairs of items: the first requires or excludes the second; a synergy adds its value where both are chosen."""

    requires: Wholes = field(default_factory=lambda: _NO_PAIRS)
    excludes: Wholes = field(default_factory=lambda: _NO_PAIRS)
    synergy: Wholes = field(default_factory=lambda: _NO_PAIRS)
    synergy_value: Floats = field(default_factory=lambda: np.zeros(0))


@dataclass(frozen=True)
class GroupLimit:
    """A sum over chosen items that has a least or a most: `weights` (items,)."""

    name: str
    weights: Floats
    low: float = -np.inf
    high: float = np.inf


@dataclass(frozen=True)
class SelectionCase:
    """Items (n) to choose from over months (t), with budgets (y) and hours of skills (s, t).

    An item starts in one of the months `first` to `last`; each month later
    than the first takes `value_lost` of its value. `exit_cost` is paid from the
    budget of the first month where the item is not chosen. `month_budget` (t,)
    says which budget pays a month, -1 none; an infinite budget or capacity
    holds nobody. What falls after the last month is held by nothing.
    """

    names: tuple[str, ...]
    value: Floats
    first: Wholes
    last: Wholes
    cost: Spread
    demand: Spread
    month_budget: Wholes
    budget: Floats
    capacity: Floats
    budget_names: tuple[str, ...]
    skill_names: tuple[str, ...]
    month_names: tuple[str, ...]
    exit_cost: Floats
    is_mandatory: Flags
    is_barred: Flags
    links: Links = field(default_factory=Links)
    limits: tuple[GroupLimit, ...] = ()
    value_lost: float = 0.0

    def __post_init__(self) -> None:
        circle = _circle(self.links.requires, len(self.names))
        if circle:
            raise UsageError(
                "proposals require each other in a circle",
                found=" requires ".join(self.names[place] for place in circle),
                expected="what is required does not require, in the end, what requires it",
                hint="make one proposal of them, or take a link out of registers/proposal_link.csv",
            )

    @property
    def months(self) -> int:
        """How many months the case covers."""
        return len(self.month_names)

    @cached_property
    def total_cost(self) -> Floats:
        """What each item costs in all (items,), whatever month it starts in."""
        summed = np.bincount(self.cost.item, weights=self.cost.amount, minlength=len(self.names))
        return np.asarray(summed, dtype=float)

    def worth(self, start: Wholes) -> float:
        """The value of a choice, synergies included; `start` (items,) is a month, or `LEFT_OUT`."""
        taken = start >= 0
        kept = (1.0 - self.value_lost) ** np.maximum(start - self.first, 0)
        pairs = self.links.synergy
        together = taken[pairs].all(axis=1) if len(pairs) else np.zeros(0, dtype=bool)
        return float((self.value * kept)[taken].sum() + self.links.synergy_value[together].sum())

    def spent(self, start: Wholes) -> float:
        """The cost of a choice over all months, exits included."""
        taken = start >= 0
        return float(self.total_cost[taken].sum() + self.exit_cost[~taken].sum())


@dataclass(frozen=True)
class Breach:
    """A condition that a choice does not keep: what it is, what is used of it, and how much there is."""

    kind: str
    name: str
    used: float
    limit: float

    @property
    def words(self) -> str:
        """The breach in a sentence's part."""
        if np.isnan(self.used):
            return f"{self.kind}: {self.name}"
        return f"{self.kind} {self.name}: {self.used:,.2f} of {self.limit:,.2f}"


def used_budget(case: SelectionCase, start: Wholes) -> Floats:
    """What a choice takes of each budget, shape (budgets,), exits included."""
    used = np.zeros(len(case.budget))
    for item, offset, amount in zip(case.cost.item, case.cost.offset, case.cost.amount, strict=True):
        month = start[item] + offset
        if start[item] >= 0 and month < case.months and case.month_budget[month] >= 0:
            used[case.month_budget[month]] += amount
    if case.months and case.month_budget[0] >= 0:
        used[case.month_budget[0]] += case.exit_cost[start < 0].sum()
    return used


def used_hours(case: SelectionCase, start: Wholes, factors: Floats | None = None) -> Floats:
    """What a choice takes of each skill and month, shape (skills, months); `factors` (items,) multiply demand."""
    used = np.zeros(case.capacity.shape)
    demand = case.demand
    for item, offset, skill, amount in zip(demand.item, demand.offset, demand.line, demand.amount, strict=True):
        month = start[item] + offset
        if start[item] >= 0 and month < case.months:
            used[skill, month] += amount if factors is None else amount * factors[item]
    return used


def kept_conditions(case: SelectionCase, start: Wholes, *, hours: bool = True) -> list[Breach]:
    """The conditions that a choice breaks; none where it is sound. `hours` says whether skills are asked about."""
    taken = start >= 0
    found = [
        Breach("budget", case.budget_names[place], float(used), float(case.budget[place]))
        for place, used in enumerate(used_budget(case, start))
        if is_over(used, case.budget[place])
    ]
    if hours:
        used = used_hours(case, start)
        found += [
            Breach("hours", f"{case.skill_names[skill]} {case.month_names[month]}", float(used[skill, month]),
                   float(case.capacity[skill, month]))
            for skill, month in np.argwhere(is_over(used, case.capacity))
        ]  # fmt: skip
    found += [
        Breach("requires", f"{case.names[one]} needs {case.names[other]}", np.nan, np.nan)
        for one, other in case.links.requires
        if taken[one] and not taken[other]
    ]
    found += [
        Breach("excludes", f"{case.names[one]} and {case.names[other]}", np.nan, np.nan)
        for one, other in case.links.excludes
        if taken[one] and taken[other]
    ]
    for place, name in enumerate(case.names):
        if case.is_mandatory[place] and not taken[place]:
            found.append(Breach("mandatory", f"{name} is left out", np.nan, np.nan))
        if case.is_barred[place] and taken[place]:
            found.append(Breach("kept out", f"{name} is chosen", np.nan, np.nan))
        if taken[place] and not case.first[place] <= start[place] <= case.last[place]:
            found.append(Breach("start", f"{name} starts outside its months", np.nan, np.nan))
    for limit in case.limits:
        total = float(limit.weights[taken].sum())
        if is_over(total, limit.high):
            found.append(Breach("at most", limit.name, total, limit.high))
        if is_over(-total, -limit.low):
            found.append(Breach("at least", limit.name, total, limit.low))
    return found


def is_over(used: Floats | float, limit: Floats | float) -> Flags:
    """Whether what is used lies above a limit by more than rounding leaves."""
    finite = np.where(np.isfinite(limit), limit, 0.0)
    over: Flags = np.asarray(used) > np.asarray(limit) + NEAR * np.maximum(1.0, np.abs(finite))
    return over


def _circle(requires: Wholes, n: int) -> list[int]:
    """Items of a circle of requirements, the first again at its end; none without one."""
    after: list[list[int]] = [[] for _ in range(n)]
    for one, other in requires:
        after[one].append(int(other))
    # Items without an open requirement go; what is left can only be circles and what leads into them.
    open_count = np.array([len(others) for others in after])
    before: list[list[int]] = [[] for _ in range(n)]
    for one, other in requires:
        before[other].append(int(one))
    ready = [place for place in range(n) if not open_count[place]]
    while ready:
        for one in before[ready.pop()]:
            open_count[one] -= 1
            if not open_count[one]:
                ready.append(one)
    left = np.flatnonzero(open_count > 0)
    if not len(left):
        return []
    walked = [int(left[0])]
    while walked[-1] not in walked[:-1]:
        walked.append(next(other for other in after[walked[-1]] if open_count[other] > 0))
    return walked[walked.index(walked[-1]) :]
