"""Flows and yes-or-no choices with several goals, each kept while the next is improved.

Source: lexicographic goal programming (Ignizio 1976). Unknowns are amounts that
flow from sources to needs, whose programme has whole numbers at its corners
(Hoffman and Kruskal 1956), and choices, 0 or 1, that allow what is 0 without
them. Goals before the first that counts choices are linear programmes with all
of them made, each held to the best face of the one before: what a dual price
holds at a bound stays there (complementary slackness), so that nothing is lost
by rounding. From the first goal that counts choices on each is a mixed-integer
programme with a row that keeps those before; then the choices stand, and
amounts are found by linear programmes again.

HiGHS works in one thread and its limit counts nodes, not seconds: the same
programme gives the same answer. A goal that ran into the limit says so.

Worked example: x and y are at most 3 and together at most 4. First x + y is to
be large, 4; of the ways to reach it the one with the largest y: x = 1, y = 3.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pmo_analytics.errors import PmoError
from pmo_analytics.forecasting.quantile_scores import Floats

NODES = 500
# Prices of whole costs are whole, and so are amounts.
_HALF = 0.5
_SOLVED = 0
Terms = dict[int, int]
Wholes = NDArray[np.int64]


@dataclass
class GoalProgramme:
    """Unknowns from 0 to a bound each, rows of sums of them that stay at or below a bound, and goals in their order.

    With `stand_after` choices stand once so many goals are reached, and later
    goals move amounts alone: much quicker where many choices are as good. With
    `is_scarce` rows hold choices back, so that not all of them can be made at
    once: every goal is then a mixed-integer programme, those of amounts too.
    """

    upper: list[int] = field(default_factory=list)
    choices: list[int] = field(default_factory=list)
    rows: list[tuple[Terms, int]] = field(default_factory=list)
    goals: list[Terms] = field(default_factory=list)
    stand_after: int | None = None
    is_scarce: bool = False

    def amount(self, upper: int) -> int:
        """The place of a further amount, from 0 to `upper`."""
        self.upper.append(upper)
        return len(self.upper) - 1

    def choice(self) -> int:
        """The place of a further choice."""
        self.choices.append(self.amount(1))
        return self.choices[-1]

    def at_most(self, terms: Terms, most: int) -> None:
        """Keep a sum of unknowns, by their places, at or below `most`."""
        self.rows.append((terms, most))

    def minimise(self, terms: Terms) -> None:
        """Let a sum be the next goal; what is to be large has negative factors."""
        self.goals.append(terms)


@dataclass(frozen=True)
class GoalAnswer:
    """The unknowns, and of each goal its value and whether it is proven."""

    amounts: Wholes
    reached: tuple[int, ...]
    is_proven: tuple[bool, ...]


def ordered_goals(programme: GoalProgramme, *, nodes: int = NODES) -> GoalAnswer:
    """The best answer, goal by goal, `nodes` limiting the search of each; PmoError where no answer keeps all rows."""
    if not programme.upper:
        return GoalAnswer(np.zeros(0, dtype=np.int64), (0,) * len(programme.goals), (True,) * len(programme.goals))
    goals = [_costs(programme, terms) for terms in programme.goals]
    choices = np.array(programme.choices, dtype=np.int64)
    counting = [place for place, costs in enumerate(goals) if costs[choices].any()]
    if programme.is_scarce and programme.choices:
        counting.insert(0, 0)
    lead, is_proven = (counting[0] if counting else len(goals)), [True] * len(goals)
    face = _Face(programme)
    face.lower[choices] = 1
    amounts = face.narrowed(goals[:lead])
    if counting:
        face.free(choices)
        asked = goals[lead : programme.stand_after]
        chosen, is_proven[lead : lead + len(asked)] = _chosen(face, choices, asked, nodes)
        face.lower[choices] = face.upper[choices] = chosen
        amounts = face.narrowed(goals[lead:])
    return GoalAnswer(amounts, tuple(int(costs @ amounts) for costs in goals), tuple(is_proven))


class _Face:
    """Bounds and tight rows that all the best answers by the goals so far share."""

    def __init__(self, programme: GoalProgramme) -> None:
        from scipy.sparse import csr_array

        entries = [(row, place, by) for row, (terms, _) in enumerate(programme.rows) for place, by in terms.items()]
        rows, columns, factors = np.array(entries, dtype=np.int64).reshape(-1, 3).T
        shape = (len(programme.rows), len(programme.upper))
        self.matrix: Any = csr_array((factors.astype(float), (rows, columns)), shape=shape)
        self.most = np.array([most for _, most in programme.rows], dtype=float)
        self.is_tight = np.zeros(len(self.most), dtype=bool)
        self.lower: Floats = np.zeros(len(programme.upper))
        self.upper: Floats = np.array(programme.upper, dtype=float)

    def narrowed(self, goals: list[Floats]) -> Wholes:
        """The amounts of the last goal, each goal narrowing what the next may choose from."""
        from scipy.optimize import linprog

        solve: Any = linprog
        amounts = self.lower
        for place, costs in enumerate(goals):
            if place and not costs.any():
                continue
            loose = np.flatnonzero(~self.is_tight)
            found = solve(
                costs, A_ub=self.matrix[loose], b_ub=self.most[loose], A_eq=self.matrix[self.is_tight],
                b_eq=self.most[self.is_tight], bounds=np.column_stack([self.lower, self.upper]), method="highs-ds",
            )  # fmt: skip
            if found.x is None:
                raise _none(found.message)
            amounts = found.x
            is_high, is_low = found.upper.marginals < -_HALF, found.lower.marginals > _HALF
            self.lower, self.upper = np.where(is_high, self.upper, self.lower), np.where(is_low, self.lower, self.upper)
            self.is_tight[loose[found.ineqlin.marginals < -_HALF]] = True
        return np.round(amounts).astype(np.int64)

    def free(self, choices: Wholes) -> None:
        """Let choices be made anew, but for those that a tight row needs."""
        needed = np.zeros(len(self.lower), dtype=bool)
        needed[self.matrix[self.is_tight].indices] = True
        self.lower[choices], self.upper[choices] = needed[choices], 1


def _chosen(face: _Face, choices: Wholes, goals: list[Floats], nodes: int) -> tuple[Floats, list[bool]]:
    """The choices of the best answer, and which goals are proven."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    solve: Any = milp
    is_choice = np.zeros(len(face.lower), dtype=np.int64)
    is_choice[choices] = 1
    kept = [LinearConstraint(face.matrix, np.where(face.is_tight, face.most, -np.inf), face.most)]
    options = {"node_limit": nodes, "mip_rel_gap": 0.0}
    found, is_proven = face.upper, [True] * len(goals)
    for place, costs in enumerate(goals):
        if costs.any():
            answer = solve(
                costs, integrality=is_choice, bounds=Bounds(face.lower, face.upper), constraints=kept, options=options
            )
            is_proven[place] = answer.status == _SOLVED
            found = found if answer.x is None else answer.x
        # Whole in the end, so that this leaves room for rounding and for nothing else.
        kept.append(LinearConstraint(costs[None], -np.inf, np.array([np.round(costs @ found) + _HALF])))
    return np.round(found[choices]), is_proven


def _costs(programme: GoalProgramme, terms: Terms) -> Floats:
    costs = np.zeros(len(programme.upper))
    costs[list(terms)] = list(terms.values())
    return costs


def _none(message: str) -> PmoError:
    return PmoError("no answer keeps all that is asked", found=str(message))
