"""Frontiers: by hand, and the same points as among all choices, each keeping every condition."""

from __future__ import annotations

import numpy as np
import pytest

from pmo_analytics.portfolio.selection_frontier import frontier
from pmo_analytics.portfolio.selection_model import selection_model
from tests.portfolio.selection_cases import case_of, every_choice, random_case


def test_the_worked_example() -> None:
    case = case_of([10, 7, 6], [6, 4, 4], 8)
    found = frontier(selection_model(case), case.total_cost)
    assert [(point.gain, point.other) for point in found.points] == [(13, 8), (10, 6), (7, 4), (0, 0)]
    assert found.is_whole


def test_another_goal_of_which_more_is_better() -> None:
    case = case_of([10, 7, 6], [1, 1, 1], 1)
    found = frontier(selection_model(case), np.array([-1.0, -2.0, -5.0]))
    assert [(point.gain, -point.other) for point in found.points] == [(10, 1), (7, 2), (6, 5)]


def test_a_few_points_are_on_the_whole_frontier_and_have_both_ends() -> None:
    case = random_case(3, most=10)
    model = selection_model(case)
    weights, constant = case.total_cost - case.exit_cost, float(case.exit_cost.sum())
    whole = [(round(p.gain, 6), round(p.other, 6)) for p in frontier(model, weights, constant=constant).points]
    few = frontier(model, weights, constant=constant, points=4)
    told = [(round(p.gain, 6), round(p.other, 6)) for p in few.points]
    assert 2 <= len(told) <= 5 < len(whole)
    assert set(told) <= set(whole)
    assert (told[0], told[-1]) == (whole[0], whole[-1])
    assert not few.is_whole


@pytest.mark.parametrize("seed", [3, 5, 8, 13, 21])
def test_it_is_the_frontier_of_all_choices(seed: int) -> None:
    case = random_case(seed, most=8)
    found = frontier(
        selection_model(case), case.total_cost - case.exit_cost, constant=float(case.exit_cost.sum())
    )  # fmt: skip
    both = sorted({(case.worth(start), case.spent(start)) for start in every_choice(case)}, key=lambda p: (p[1], -p[0]))
    expected: list[tuple[float, float]] = []
    for value, cost in both:
        if not expected or value > expected[-1][0] + 1e-6:
            expected.append((value, cost))
    assert [(p.gain, p.other) for p in found.points[::-1]] == [
        (pytest.approx(value, abs=1e-6), pytest.approx(cost, abs=1e-6)) for value, cost in expected
    ]
    assert all(point.is_sound for point in found.points)
