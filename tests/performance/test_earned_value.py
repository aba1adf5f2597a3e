from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmo_analytics.performance.earned_value import (
    EarnedValue,
    earned_schedule,
    earned_value,
    latest,
)
from tests.frames import contract_frame, course, project_row

# A published late-finish example of earned schedule: planned for 12 periods, finished after 15.
LATE_PLAN = [105, 200, 515, 845, 1175, 1475, 1805, 2135, 2435, 2665, 2760, 2823]
LATE_EARNED = [95, 180, 470, 770, 1065, 1315, 1610, 1900, 2150, 2275, 2425, 2555, 2695, 2770, 2823]


def run(rows: list[dict[str, object]], status: str, projects: list[str] | None = None) -> pd.DataFrame:
    names = projects or sorted({str(row["project_id"]) for row in rows})
    return earned_value(
        contract_frame("planned_earned_actual", rows),
        contract_frame("project", [project_row(name) for name in names]),
        status_date=pd.Timestamp(status),
    )


def test_late_finish_example_keeps_its_lateness_to_the_end() -> None:
    rows = course("L", LATE_PLAN, LATE_EARNED, LATE_EARNED)
    last = latest(run(rows, "2026-03-31")).iloc[0]
    assert last[EarnedValue.schedule_performance_index] == 1.0
    assert last[EarnedValue.earned_schedule_months] == 12.0
    assert last[EarnedValue.actual_time_months] == 15.0
    assert last[EarnedValue.time_schedule_performance_index] == pytest.approx(0.8)


def test_the_clock_stops_when_all_is_earned() -> None:
    rows = course("L", LATE_PLAN, [*LATE_EARNED, 2823, 2823], [*LATE_EARNED, 2823, 2823])
    last = latest(run(rows, "2026-05-31")).iloc[0]
    assert last[EarnedValue.actual_time_months] == 15.0
    assert last[EarnedValue.time_schedule_performance_index] == pytest.approx(0.8)


def test_figures_of_one_month_by_hand() -> None:
    # BAC 1000; after month 2: PV 500, EV 400, AC 500.
    last = latest(run(course("P", [200, 500, 1000], [150, 400], [180, 500]), "2025-02-28")).iloc[0]
    assert last[EarnedValue.cost_variance_amount] == -100
    assert last[EarnedValue.schedule_variance_amount] == -100
    assert last[EarnedValue.cost_performance_index] == pytest.approx(0.8)
    assert last[EarnedValue.schedule_performance_index] == pytest.approx(0.8)
    assert last[EarnedValue.to_complete_performance_index] == pytest.approx(600 / 500)
    # 400 was planned after 1 + (400 - 200) / 300 months.
    assert last[EarnedValue.earned_schedule_months] == pytest.approx(1 + 2 / 3)
    assert last[EarnedValue.quality_note] == ""


def test_a_part_of_a_month_counts_by_its_days() -> None:
    rows = course("P", [310, 620], [100], [100])
    rows[0]["status_date"] = pd.Timestamp("2025-01-10")
    only = run(rows, "2025-01-10").iloc[0]
    assert only[EarnedValue.actual_time_months] == pytest.approx(10 / 31)


def test_what_is_missing_is_named_not_dropped() -> None:
    rows = [*course("bare", [], [], [5.0], currency="EUR"), *course("plan", [10.0, 20.0])]
    result = run(rows, "2025-01-31", ["bare", "plan", "silent"])
    notes = dict(zip(result[EarnedValue.project_id], result[EarnedValue.quality_note], strict=True))
    assert notes == {
        "bare": "no time-phased budget; no progress report",
        "plan": "no progress report; no cost",
        "silent": "no time-phased budget; no progress report; no cost",
    }


def test_nothing_at_all_gives_empty_frames() -> None:
    empty = earned_value(
        contract_frame("planned_earned_actual", []),
        contract_frame("project", []),
        status_date=pd.Timestamp("2025-01-31"),
    )
    assert len(empty) == 0


@pytest.mark.parametrize(
    ("planned", "earned", "expected"),
    [
        ([100, 300, 600], [80, 250, 450], [0.8, 1.75, 2.5]),
        # The plan stands still in its second period: having earned 100 means having reached period 2.
        ([100, 100, 200], [100, 150], [2.0, 2.5]),
        ([100, 200, 200], [200], [2.0]),
        ([100], [-5, 130], [0.0, 1.0]),
    ],
)
def test_earned_schedule_by_hand(planned: list[float], earned: list[float], expected: list[float]) -> None:
    assert earned_schedule(planned, earned) == pytest.approx(expected)


def test_earned_schedule_without_a_plan_is_missing_and_a_falling_plan_is_refused() -> None:
    assert math.isnan(earned_schedule([], [1.0])[0])
    assert math.isnan(earned_schedule([0.0, 0.0], [1.0])[0])
    with pytest.raises(ValueError, match="falls"):
        earned_schedule([10.0, 5.0], [1.0])


STEPS = st.lists(st.integers(0, 1000), min_size=1, max_size=24).filter(lambda steps: sum(steps) > 0)


@given(STEPS)
def test_on_plan_earned_schedule_is_the_time_at_which_the_plan_last_stood_there(steps: list[int]) -> None:
    plan = np.cumsum(steps).astype(float).tolist()
    complete = next(i for i, value in enumerate(plan, start=1) if value == plan[-1])
    for period, found in enumerate(earned_schedule(plan, plan), start=1):
        assert period - 1e-9 <= found <= len(plan) or found == complete


@given(STEPS, st.lists(st.floats(0, 3000), min_size=2, max_size=10))
def test_more_earned_is_never_earlier(steps: list[int], earned: list[float]) -> None:
    found = earned_schedule(np.cumsum(steps).astype(float).tolist(), sorted(earned))
    assert all(a <= b for a, b in pairwise(found))


@settings(max_examples=12)
@given(STEPS, st.integers(1, 12))
def test_rows_after_the_status_date_change_nothing_but_the_plan(steps: list[int], cut: int) -> None:
    plan = np.cumsum(steps).astype(float).tolist()
    cut = min(cut, len(plan))
    status = (pd.Timestamp("2025-01") + pd.DateOffset(months=cut - 1) + pd.offsets.MonthEnd(0)).strftime("%Y-%m-%d")
    known = run(course("P", plan, plan[:cut], plan[:cut]), status)
    later = run(course("P", plan, plan, plan), status)
    pd.testing.assert_frame_equal(known, later)
