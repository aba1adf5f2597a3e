"""Choices of projects against HiGHS alone on the same model, and how long a large model takes to build.

The baseline is SciPy's call of HiGHS on the finished arrays, with the same gap
and limit of time; ours builds them from proposals first and reads the choice
afterwards. Wall seconds, of each the least of three turns that alternate.
`PMO_BENCH_PROPOSALS` sets the size of the large model.
"""

from __future__ import annotations

import os
import time
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from pmo_analytics.portfolio.selection_case import Links, SelectionCase, Spread, kept_conditions
from pmo_analytics.portfolio.selection_model import selection_model
from pmo_analytics.portfolio.selection_solve import GAP, best_choice

TURNS, MOST, SECONDS, HARD = 3, 1.3, 120.0, 30.0
LARGE = int(os.environ.get("PMO_BENCH_PROPOSALS", "5000"))


def proposals(
    n: int, *, months: int = 36, skills: int = 12, links: int = 60, scarce: int = 3, seed: int = 9
) -> SelectionCase:
    """Proposals of 3 to 18 months with two or three skills each, under budgets that pay for half of them.

    `scarce` skills have 0.7 of what all would ask for on average, others twice of it.
    """
    dice = np.random.default_rng(seed)
    length = dice.integers(3, 19, size=n)
    item = np.repeat(np.arange(n), length)
    offset = np.arange(len(item)) - np.repeat(np.cumsum(length) - length, length)
    cost = np.round(dice.lognormal(5.0, 0.8, size=n), 2)
    value = np.round(cost * dice.lognormal(0.4, 0.35, size=n), 2)
    own = np.array([dice.choice(skills, size=3, replace=False) for _ in range(n)])
    count = dice.integers(2, 4, size=n)
    hours = dice.uniform(20, 160, size=(n, 3))
    parts = [np.flatnonzero(count[item] > place) for place in range(3)]
    demand = Spread(
        np.concatenate([item[part] for part in parts]),
        np.concatenate([offset[part] for part in parts]),
        np.concatenate([np.round(hours[item[part], place], 1) for place, part in enumerate(parts)]),
        np.concatenate([own[item[part], place] for place, part in enumerate(parts)]),
    )
    first = dice.integers(0, 19, size=n)
    pairs = np.sort(np.array([dice.choice(n, size=2, replace=False) for _ in range(links)]), axis=1)
    a, b = links // 3, 2 * links // 3
    asked = np.bincount(demand.line, weights=demand.amount, minlength=skills) / months
    none = np.zeros(n, dtype=bool)
    room = np.where(np.arange(skills) < scarce, 0.7, 2.0)
    return SelectionCase(
        names=tuple(f"P{place:04d}" for place in range(n)), value=value, first=first, last=first + 3,
        cost=Spread(item, offset, cost[item] / length[item], np.zeros(len(item), dtype=np.int64)), demand=demand,
        month_budget=np.arange(months) // 12, budget=cost.sum() * np.array([0.15, 0.2, 0.15]),
        capacity=np.repeat((asked * room)[:, None], months, axis=1), budget_names=("2026", "2027", "2028"),
        skill_names=tuple(f"S{place:02d}" for place in range(skills)),
        month_names=tuple(f"M{place:02d}" for place in range(months)), exit_cost=np.zeros(n), is_mandatory=none,
        is_barred=none, links=Links(pairs[:a], pairs[a:b], pairs[b:], np.round(dice.uniform(10, 80, links - b), 2)),
        value_lost=0.01,
    )  # fmt: skip


def alone(model: Any, seconds: float) -> tuple[float, Any]:
    solve: Any = milp
    began = time.perf_counter()
    found = solve(
        -model.gain, integrality=model.is_whole.astype(int), bounds=Bounds(0, model.upper),
        constraints=LinearConstraint(model.rows.matrix, model.rows.low, model.rows.high),
        options={"mip_rel_gap": GAP, "time_limit": seconds},
    )  # fmt: skip
    return time.perf_counter() - began, found


def ours(case: SelectionCase, seconds: float) -> tuple[float, Any]:
    began = time.perf_counter()
    found = best_choice(selection_model(case), gap=GAP, seconds=seconds)
    return time.perf_counter() - began, found


def test_five_hundred_proposals_against_highs_alone() -> None:
    case = proposals(500)
    model = selection_model(case)
    plain, own = [], []
    for _ in range(TURNS):
        plain.append(alone(model, SECONDS))
        own.append(ours(case, SECONDS))
    best, base = min(seconds for seconds, _ in own), min(seconds for seconds, _ in plain)
    found = own[0][1]
    print(
        f"\n500 proposals, 36 months, 12 skills, 60 links: {model.columns:,} columns, {len(model.rows):,} rows, "
        f"{model.rows.matrix.nnz:,} entries\n  HiGHS alone {base:.2f} s, with building {best:.2f} s, "
        f"ratio {best / base:.2f}; {found.status}, gap {100 * found.gap:.4f} %"
    )
    scarcer = proposals(500, scarce=12)
    _, hard = ours(scarcer, HARD)
    _, plainly = alone(selection_model(scarcer), HARD)
    print(
        f"  with all 12 skills scarce, in {HARD:g} s: {hard.status}, gap {100 * hard.gap:.4f} %; "
        f"HiGHS alone {100 * plainly.mip_gap:.4f} %"
    )
    assert kept_conditions(case, found.start) == []
    assert kept_conditions(scarcer, hard.start) == []
    assert found.gap <= GAP
    assert best / base <= MOST


def test_a_large_model_is_built_in_seconds_and_has_a_bound() -> None:
    case = proposals(LARGE, links=600)
    began = time.perf_counter()
    model = selection_model(case)
    built = time.perf_counter() - began
    _, found = ours(case, 60.0)
    print(
        f"\n{LARGE:,} proposals: {model.columns:,} columns, {model.rows.matrix.nnz:,} entries built in {built:.2f} s; "
        f"in a minute {found.status}, gap {100 * found.gap:.4f} %"
    )
    assert built < 10
    assert np.isfinite(found.bound)
    assert not found.is_found or kept_conditions(case, found.start) == []
