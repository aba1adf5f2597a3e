from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmo_analytics.performance.task_plan import TaskPlan

PLAN = TaskPlan(
    begin=np.array([0.0, 16.0]), end=np.array([8.0, 24.0]), fixed=np.array([20.0, 0.0]), spread=np.array([60.0, 100.0])
)


def test_the_worked_example_of_two_tasks_and_a_rest() -> None:
    assert PLAN.planned_value([0, 4, 8, 12, 20, 24]).tolist() == [0, 50, 80, 80, 130, 180]
    assert (PLAN.budget, PLAN.duration) == (180, 24)
    assert PLAN.earned_schedule(80, 10) == 10
    assert PLAN.earned_schedule(80, 20) == 16
    assert PLAN.earned_schedule(80, 4) == 8


def test_earned_schedule_between_knots_at_a_jump_and_at_the_end() -> None:
    assert PLAN.earned_schedule(50, 30) == 4
    assert PLAN.earned_schedule(10, 30) == 0
    assert PLAN.earned_schedule(0, 30) == 0
    assert PLAN.earned_schedule(180, 30) == 24
    assert PLAN.earned_schedule(500, 30) == 24


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(1, 20), st.integers(0, 50), st.integers(0, 50)), min_size=1),
    st.floats(0.01, 0.99),
)
def test_the_plan_had_the_earned_value_at_the_earned_schedule(
    tasks: list[tuple[int, int, int, int]], share: float
) -> None:
    begin, length, fixed, spread = (np.array(each, dtype=float) for each in zip(*tasks, strict=True))
    plan = TaskPlan(begin, begin + length, fixed, spread + 1)
    earned = share * plan.budget
    found = plan.earned_schedule(earned, 0)
    before, after = plan.planned_value([found - 1e-6, found + 1e-6])
    assert before - 1e-3 <= earned <= after + 1e-3


def test_a_task_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="must not end before it begins"):
        TaskPlan(np.array([2.0]), np.array([1.0]), np.array([0.0]), np.array([1.0]))
