"""Why no choice keeps all conditions: a set of them that cannot be kept together, none of which can be spared.

Every condition may be broken at a price; those that a cheapest break touches are
held in the next round, until what is held cannot be kept. Of that each
condition is left out in turn, and stays out where the rest still conflicts. Sources:
Chinneck and Dravnieks (1991) for the deletion and elastic filters; Guieu and
Chinneck (1999) for whole numbers.

Worked example: A and B must be chosen and cost 6 and 4 under a budget of 8,
which C, at 1, has nothing to do with. The conflict is the budget, A and B:
without any one of them the other two can be kept.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from pmo_analytics.portfolio.selection_case import Flags, SelectionCase, Wholes
from pmo_analytics.portfolio.selection_model import (
    BARRED,
    BUDGET,
    CHANCE,
    EXCLUDES,
    HOURS,
    LIMIT,
    MANDATORY,
    ONCE,
    REQUIRES,
    SYNERGY,
    SelectionModel,
    picked,
    stacked,
)  # fmt: skip
from pmo_analytics.portfolio.selection_solve import NO_CHOICE, SECONDS, best_choice

# What is no condition of anybody's, but what the words mean.
_KEPT = (ONCE, SYNERGY, CHANCE)


@dataclass(frozen=True)
class Conflict:
    """Conditions that cannot be kept together, in words; `is_proven` says that none of them can be spared."""

    conditions: tuple[str, ...]
    is_proven: bool


def conflict(model: SelectionModel, *, seconds: float = SECONDS) -> Conflict:
    """The conflict of a model that has no choice, none where it has one; `seconds` are for each step."""
    rows, is_proven = conflicting_rows(model, seconds=seconds)
    return Conflict(tuple(dict.fromkeys(_words(model, row) for row in rows)), is_proven)


def conflicting_rows(model: SelectionModel, *, seconds: float = SECONDS) -> tuple[list[int], bool]:
    """Rows that cannot be kept together beside those that only say what words mean, and whether each is needed."""
    whole = replace(model, gain=np.zeros(model.columns))
    given = best_choice(whole, seconds=seconds)
    if given.status != NO_CHOICE:
        return [], given.is_found
    firm = np.isin(model.rows.kind, _KEPT)
    held, is_proven = _filtered(whole, firm, seconds), True
    left = held.tolist()
    for row in held.tolist():
        rest = np.array([each for each in left if each != row], dtype=np.int64)
        tried = best_choice(_with(whole, firm, rest), gap=1.0, seconds=seconds)
        if tried.status == NO_CHOICE:
            left.remove(row)
        elif not tried.is_found:
            is_proven = False
    return left, is_proven


def _with(model: SelectionModel, firm: Flags, rows: Wholes) -> SelectionModel:
    which = np.union1d(np.flatnonzero(firm), rows)
    return replace(model, rows=picked(model.rows, which))


def _filtered(model: SelectionModel, firm: Flags, seconds: float) -> Wholes:
    """Rows that hold a conflict: those that cheapest breaks touch, round by round."""
    soft = np.flatnonzero(~firm)
    held = np.zeros(0, dtype=np.int64)
    while len(held) < len(soft):
        loose = np.setdiff1d(soft, held)
        elastic = _elastic(_with(model, firm, held), model, loose)
        tried = best_choice(elastic, gap=1e-3, seconds=seconds)
        if tried.status == NO_CHOICE:
            return held
        if not tried.is_found:
            break
        slack = tried.columns[model.columns :]
        touched = loose[(slack[: len(loose)] > 1e-6) | (slack[len(loose) :] > 1e-6)]
        if not len(touched):
            break
        held = np.union1d(held, touched)
    return soft


def _elastic(strict: SelectionModel, model: SelectionModel, loose: Wholes) -> SelectionModel:
    """The model with `loose` rows that may be broken: two columns each, above and below, as few as can be."""
    k, rows = len(loose), picked(model.rows, loose)
    slack = sparse.hstack([-sparse.eye_array(k), sparse.eye_array(k)])
    made = replace(rows, matrix=sparse.hstack([rows.matrix, slack], format="csr"))
    wide = sparse.csr_array((len(strict.rows), 2 * k))
    fixed = replace(strict.rows, matrix=sparse.hstack([strict.rows.matrix, wide], format="csr"))
    return replace(
        strict,
        gain=np.concatenate([np.zeros(model.columns), np.full(2 * k, -1.0)]),
        upper=np.concatenate([model.upper, np.full(2 * k, np.inf)]),
        is_whole=np.concatenate([model.is_whole, np.zeros(2 * k, dtype=bool)]),
        rows=stacked([fixed, made]),
    )


def _words(model: SelectionModel, row: int) -> str:
    case, rows = model.case, model.rows
    kind, first, second = int(rows.kind[row]), int(rows.first[row]), int(rows.second[row])
    if kind == LIMIT:
        return _limit_words(case, first)
    if kind in {REQUIRES, EXCLUDES}:
        one, other = (case.links.requires if kind == REQUIRES else case.links.excludes)[first]
        return f"{case.names[one]} {'requires' if kind == REQUIRES else 'excludes'} {case.names[other]}"
    told = {
        BUDGET: lambda: f"the budget {case.budget_names[first]} is {case.budget[first]:,.2f}",
        HOURS: lambda: f"{case.skill_names[first]} has {case.capacity[first, second]:,.0f} hours in "
                       f"{case.month_names[second]}",
        MANDATORY: lambda: f"{case.names[first]} must be chosen",
        BARRED: lambda: f"{case.names[first]} is kept out",
    }  # fmt: skip
    return told[kind]() if kind in told else "a condition that was added"


def _limit_words(case: SelectionCase, place: int) -> str:
    limit = case.limits[place]
    parts = [f"at least {limit.low:,.2f}"] if np.isfinite(limit.low) else []
    parts += [f"at most {limit.high:,.2f}"] if np.isfinite(limit.high) else []
    return f"{limit.name}: {' and '.join(parts)}"
