"""The best choice: published and hand-made answers, every kind of condition, and agreement with trying all."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmo_analytics.errors import UsageError
from pmo_analytics.portfolio.selection_case import GroupLimit, Links, Spread, kept_conditions
from pmo_analytics.portfolio.selection_model import selection_model
from pmo_analytics.portfolio.selection_solve import NO_CHOICE, OPTIMAL, best_choice
from tests.portfolio.selection_cases import best_of_all, case_of, pairs, random_case

# OR-Library, mknap1, the first problem: its optimum is 3800.
PROFITS = [100, 600, 1200, 2400, 500, 2000]
WEIGHTS = [
    [8, 12, 13, 64, 22, 41], [8, 12, 13, 75, 22, 41], [3, 6, 4, 18, 6, 4], [5, 10, 8, 32, 6, 12],
    [5, 13, 8, 42, 6, 20], [5, 13, 8, 48, 6, 20], [0, 0, 0, 0, 8, 0], [3, 0, 4, 0, 8, 0], [3, 2, 4, 0, 8, 4],
    [3, 2, 4, 8, 8, 4],
]  # fmt: skip
CAPACITIES = [80, 96, 20, 36, 44, 48, 10, 18, 22, 24]


def test_a_published_knapsack() -> None:
    rows = np.array(WEIGHTS, dtype=float)
    skill, item = np.nonzero(rows)
    asked = Spread(item, np.zeros_like(item), rows[skill, item], skill)
    case = case_of(
        PROFITS, [0] * 6, 0, demand=asked, capacity=np.array(CAPACITIES, dtype=float)[:, None],
        skill_names=tuple(f"S{place}" for place in range(10)),
    )  # fmt: skip
    found = best_choice(selection_model(case), gap=0.0)
    assert (found.status, found.value) == (OPTIMAL, 3800)
    assert found.bound == pytest.approx(3800)


def test_the_worked_example() -> None:
    found = best_choice(selection_model(case_of([10, 7, 6], [6, 4, 4], 8)))
    assert (found.value, found.cost, found.start.tolist()) == (13, 8, [-1, 0, 0])


def test_links_change_what_is_chosen() -> None:
    # Alone B and C are best; C needs A, and with A nothing else is paid for.
    needs = case_of([10, 7, 6], [6, 4, 4], 8, links=Links(requires=pairs((2, 0))))
    assert best_choice(selection_model(needs)).value == 10
    apart = case_of([10, 7, 6], [6, 4, 4], 20, links=Links(excludes=pairs((0, 1))))
    assert best_choice(selection_model(apart)).value == 16
    gain = case_of([10, 7, 6], [6, 4, 4], 10, links=Links(synergy=pairs((0, 2)), synergy_value=np.array([2.0])))
    assert best_choice(selection_model(gain)).value == 18
    loss = case_of([10, 7, 6], [6, 4, 4], 20, links=Links(synergy=pairs((0, 1)), synergy_value=np.array([-8.0])))
    assert best_choice(selection_model(loss)).value == 16


def test_leaving_a_running_project_is_paid_for() -> None:
    # To go on costs 5 more, to leave 4: what leaving frees is 1, not 5.
    running = case_of([3, 8], [5, 5], 8, exit_cost=np.array([4.0, 0.0]))
    found = best_choice(selection_model(running))
    assert (found.value, found.cost) == (3, 5)
    assert best_choice(selection_model(case_of([3, 8], [5, 5], 9, exit_cost=np.array([4.0, 0.0])))).value == 8


def test_a_later_start_finds_room_and_loses_value() -> None:
    asked = Spread(np.array([0, 1]), np.array([0, 0]), np.array([80.0, 80.0]), np.array([0, 0]))
    case = case_of(
        [10, 10], [0, 0], 0, months=2, demand=asked, capacity=np.full((1, 2), 100.0), skill_names=("java",),
        last=np.array([0, 1]), value_lost=0.1,
    )  # fmt: skip
    found = best_choice(selection_model(case), gap=0.0)
    assert found.start.tolist() == [0, 1]
    assert found.value == pytest.approx(19)


def test_mandatory_barred_and_group_limits() -> None:
    values, costs = [10.0, 7.0, 6.0], [6.0, 4.0, 4.0]
    must = case_of(values, costs, 8, is_mandatory=np.array([True, False, False]))
    assert best_choice(selection_model(must)).value == 10
    barred = case_of(values, costs, 20, is_barred=np.array([True, False, False]))
    assert best_choice(selection_model(barred)).value == 13
    fewest = case_of(values, costs, 20, limits=(GroupLimit("at most one", np.ones(3), high=1.0),))
    assert best_choice(selection_model(fewest)).value == 10
    none = case_of(values, costs, 8, is_mandatory=np.array([True, True, False]))
    found = best_choice(selection_model(none))
    assert found.status == NO_CHOICE
    assert not found.is_found


def test_nothing_to_choose_from_is_a_choice() -> None:
    found = best_choice(selection_model(case_of([], [], 8)))
    assert (found.status, found.value) == (OPTIMAL, 0)


def test_a_circle_of_requirements_is_named() -> None:
    with pytest.raises(UsageError, match="circle") as told:
        case_of([1, 1, 1], [1, 1, 1], 3, links=Links(requires=pairs((0, 1), (1, 2), (2, 1))))
    assert told.value.found == "P1 requires P2 requires P1"


@pytest.mark.parametrize("seed", range(12))
def test_no_choice_of_all_is_better(seed: int) -> None:
    case = random_case(seed, most=10)
    best, found = best_of_all(case), best_choice(selection_model(case), gap=0.0)
    if np.isnan(best):
        assert found.status == NO_CHOICE
    else:
        assert found.value == pytest.approx(best, abs=1e-6)
        assert found.bound >= found.value - 1e-9
        assert kept_conditions(case, found.start) == []


@given(st.integers(0, 10_000), st.floats(0, 50))
@settings(max_examples=25)
def test_more_money_or_hours_never_cost_value(seed: int, more: float) -> None:
    case = random_case(seed, most=8)
    before = best_choice(selection_model(case), gap=0.0)
    richer = best_choice(selection_model(replace(case, budget=case.budget + more)), gap=0.0)
    freer = best_choice(selection_model(replace(case, capacity=case.capacity + more)), gap=0.0)
    if before.is_found:
        assert richer.value >= before.value - 1e-6
        assert freer.value >= before.value - 1e-6


@given(st.integers(0, 10_000), st.sampled_from([0.001, 7.0, 1e6]))
@settings(max_examples=25)
def test_the_unit_of_money_does_not_matter(seed: int, unit: float) -> None:
    case = random_case(seed, most=8)
    priced = replace(
        case, cost=replace(case.cost, amount=case.cost.amount * unit), budget=case.budget * unit,
        exit_cost=case.exit_cost * unit, value=case.value * unit,
        links=replace(case.links, synergy_value=case.links.synergy_value * unit),
    )  # fmt: skip
    one, other = (best_choice(selection_model(each), gap=0.0) for each in (case, priced))
    assert one.status == other.status
    if one.is_found:
        assert other.value == pytest.approx(one.value * unit, rel=1e-6, abs=1e-6 * unit)
