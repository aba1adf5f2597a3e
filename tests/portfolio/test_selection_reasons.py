"""Why an item lost, what stands in its way, what is core, what a unit is worth: by hand, and against all choices."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pmo_analytics.portfolio.selection_case import Links, SelectionCase, Spread
from pmo_analytics.portfolio.selection_model import selection_model
from pmo_analytics.portfolio.selection_reasons import (
    CORE,
    MARGINAL,
    REJECTED,
    changed,
    hindrances,
    opposites,
    standings,
    unit_worths,
)  # fmt: skip
from pmo_analytics.portfolio.selection_solve import best_choice
from tests.portfolio.selection_cases import best_of_all, case_of, pairs, random_case

EXAMPLE = case_of([10, 7, 6], [6, 4, 4], 8, names="ABC")


def test_the_worked_example() -> None:
    model = selection_model(EXAMPLE)
    best = best_choice(model, gap=0.0)
    other = opposites(model, best, gap=0.0)
    assert (best.gain - other.gain).tolist() == [3, 3, 3]
    assert changed(EXAMPLE, best, other.found[0], 0) == "B and C leave"
    assert changed(EXAMPLE, best, other.found[1], 1) == "C leaves, A enters"
    (worth,) = unit_worths(EXAMPLE, best, money=2.0, hours=1.0, gap=0.0)
    assert (worth.kind, worth.name, worth.low, worth.high) == ("budget", "2026", 2.0, 2.0)


def test_core_marginal_and_rejected() -> None:
    # A is far the best for its cost, B and C are all but equal, D is worth little.
    case = case_of([100, 10, 9.9, 1], [5, 5, 5, 5], 10, names="ABCD")
    model = selection_model(case)
    best = best_choice(model, gap=0.0)
    assert standings(best, opposites(model, best, gap=0.0), near=0.01) == [CORE, MARGINAL, MARGINAL, REJECTED]
    # Without solving, the relaxation alone already tells what is far off.
    assert standings(best, opposites(model, best, most=0), near=0.01)[0] == CORE


def test_what_stands_in_the_way_is_told_for_the_month_where_it_is_least() -> None:
    asked = Spread(np.array([0, 1]), np.array([0, 0]), np.array([80.0, 90.0]), np.array([0, 0]))
    case = case_of(
        [10, 5], [1, 1], 9, months=2, demand=asked, capacity=np.array([[100.0, 60.0]]), skill_names=("java",),
        last=np.array([0, 1]), names="AB",
    )  # fmt: skip
    found = hindrances(case, np.array([0, -1]))
    assert found[0] == []
    assert [breach.words for breach in found[1]] == ["hours java 2026-02: 90.00 of 60.00"]
    tied = case_of([10, 7], [1, 1], 9, links=Links(requires=pairs((1, 0)), excludes=pairs((0, 1))), names="AB")
    assert [breach.words for breach in hindrances(tied, np.array([-1, -1]))[1]] == [
        "requires: it needs A, which is left out"
    ]
    assert [breach.words for breach in hindrances(tied, np.array([0, -1]))[1]] == ["excludes: A is chosen"]


def forced(case: SelectionCase, place: int, *, chosen: bool) -> SelectionCase:
    which = np.arange(len(case.names)) == place
    if chosen:
        return replace(case, is_mandatory=case.is_mandatory | which)
    return replace(case, is_barred=case.is_barred | which)


@pytest.mark.parametrize("seed", [1, 2, 4, 5])
def test_opposites_are_what_trying_all_finds_and_no_bound_lies_below_them(seed: int) -> None:
    case = random_case(seed, most=8)
    model = selection_model(case)
    best = best_choice(model, gap=0.0)
    solved, relaxed = opposites(model, best, gap=0.0), opposites(model, best, most=0)
    for place in range(len(case.names)):
        true = best_of_all(forced(case, place, chosen=best.start[place] < 0))
        if np.isnan(true):
            assert solved.gain[place] == -np.inf
        else:
            assert solved.gain[place] == pytest.approx(true, abs=1e-6)
            assert relaxed.bound[place] >= true - 1e-6


@pytest.mark.parametrize("seed", [1, 4])
def test_a_unit_is_worth_what_trying_all_with_it_finds(seed: int) -> None:
    case = random_case(seed, most=8)
    best = best_choice(selection_model(case), gap=0.0)
    for worth in unit_worths(case, best, money=25.0, hours=40.0, gap=0.0):
        if worth.kind == "budget":
            more = replace(case, budget=case.budget + 25.0 * (np.array(case.budget_names) == worth.name))
        else:
            more = replace(
                case, capacity=case.capacity + 40.0 * (np.array(case.skill_names) == worth.name)[:, None]
            )  # fmt: skip
        assert worth.low == worth.high
        assert worth.low * worth.unit == pytest.approx(best_of_all(more) - best.value, abs=1e-6)
