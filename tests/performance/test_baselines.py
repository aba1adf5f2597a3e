from __future__ import annotations

import pandas as pd
import pytest

from pmo_analytics.performance.baselines import (
    BaselineHistory,
    RebaselinedProject,
    baseline_history,
    earned_value_as_baselined,
    rebaselined_projects,
)
from pmo_analytics.performance.earned_value import EarnedValue, earned_value
from tests.frames import contract_frame, course, project_row

STATUS = pd.Timestamp("2026-04-30")


def budget() -> pd.DataFrame:
    """100 from January to June approved in January; 130 until August approved in April."""
    first = [("1", "2026-01-10", month, 100 / 6) for month in range(1, 7)]
    second = [("2", "2026-04-05", month, 130 / 8) for month in range(1, 9)]
    return contract_frame(
        "budget",
        [
            {
                "project_id": "P", "baseline_version": version, "baselined_on_date": pd.Timestamp(on),
                "period_month": pd.Timestamp(2026, month, 1), "planned_value_amount": amount, "currency": "EUR",
            }
            for version, on, month, amount in first + second
        ],
    )  # fmt: skip


def mart() -> pd.DataFrame:
    rows = [
        {
            "project_id": "P", "period_month": pd.Timestamp(2026, month, 1),
            "status_date": pd.Timestamp(2026, month, 1) + pd.offsets.MonthEnd(0), "currency": "EUR",
            "baseline_version": "2", "budget_at_completion_amount": 130.0, "planned_value_amount": 130 / 8 * month,
            "earned_value_amount": 1.3 * 10 * month if month <= 3 else 39.0 if month == 4 else None,
            "actual_cost_amount": 12.0 * month if month <= 4 else None,
            "percent_complete_pct": 10.0 * month if month <= 3 else 30.0 if month == 4 else None,
            "reported_on_date": pd.Timestamp(2026, min(month, 4), 28) if month <= 4 else None, "uncosted_seconds": 0.0,
        }
        for month in range(1, 9)
    ]  # fmt: skip
    return contract_frame("planned_earned_actual", rows)


def test_the_worked_example_of_a_rebaseline() -> None:
    frame = baseline_history(budget(), status_date=STATUS)
    assert frame[BaselineHistory.baseline_version].to_list() == ["1", "2"]
    assert frame[BaselineHistory.budget_at_completion_amount].to_list() == pytest.approx([100, 130])
    assert frame[BaselineHistory.budget_change_amount].to_list()[1] == pytest.approx(30)
    # From the last of June to the last of August.
    assert frame[BaselineHistory.finish_change_days].to_list()[1] == 62
    early = baseline_history(budget(), status_date=pd.Timestamp("2026-03-31"))
    assert early[BaselineHistory.baseline_version].to_list() == ["1"]


def test_each_month_is_held_against_the_baseline_of_its_time() -> None:
    frame = earned_value_as_baselined(mart(), budget(), status_date=STATUS).set_index(EarnedValue.period_month)
    march, april = frame.loc["2026-03-01"], frame.loc["2026-04-01"]
    assert march[EarnedValue.earned_value_amount] == pytest.approx(30)
    assert march[EarnedValue.planned_value_amount] == pytest.approx(50)
    assert march[EarnedValue.planned_duration_months] == 6
    assert march[EarnedValue.earned_schedule_months] == pytest.approx(1.8)
    assert april[EarnedValue.earned_value_amount] == pytest.approx(39)
    assert april[EarnedValue.planned_value_amount] == pytest.approx(65)
    assert april[EarnedValue.planned_duration_months] == 8
    assert list(frame.index) == list(pd.date_range("2026-01-01", "2026-04-01", freq="MS"))


def test_with_one_baseline_it_is_earned_value_itself() -> None:
    plan = budget()
    plan = plan[plan["baseline_version"] == "2"].assign(baselined_on_date=pd.Timestamp("2026-01-01"))
    found = earned_value_as_baselined(mart(), plan, status_date=STATUS)
    project = contract_frame("project", [{"project_id": "P", "name": "P", "status_date": STATUS}])
    expected = earned_value(mart(), project, status_date=STATUS)
    pd.testing.assert_frame_equal(found, expected, check_dtype=False)


def test_what_was_rebaselined_is_told_against_the_first_baseline() -> None:
    third = budget().query("baseline_version == '2'").assign(
        baseline_version="3", baselined_on_date=pd.Timestamp("2026-04-20"), planned_value_amount=140 / 8
    )  # fmt: skip
    once = budget().query("baseline_version == '1'").assign(project_id="Q")
    history = baseline_history(pd.concat([budget(), third, once], ignore_index=True), status_date=STATUS)
    (row,) = rebaselined_projects(history, contract_frame("project", [project_row("P", name="Pier")])).to_dict(
        "records"
    )
    assert (row[RebaselinedProject.project_id], row[RebaselinedProject.name]) == ("P", "Pier")
    assert row[RebaselinedProject.baseline_change_count] == 2
    assert row[RebaselinedProject.baselined_on_date] == pd.Timestamp("2026-04-20")
    assert row[RebaselinedProject.first_budget_amount] == pytest.approx(100)
    assert row[RebaselinedProject.budget_growth_pct] == pytest.approx(40)
    assert row[RebaselinedProject.finish_growth_days] == 62


def test_a_project_without_a_budget_by_month_is_as_the_mart_has_it() -> None:
    bare = contract_frame("planned_earned_actual", course("Z", [], [], [5.0], start="2026-01"))
    both = pd.concat([mart(), bare], ignore_index=True)
    found = earned_value_as_baselined(both, budget(), status_date=STATUS)
    assert found.loc[found["project_id"] == "Z", "actual_cost_amount"].to_list() == [5.0]
    alone = found[found["project_id"] == "P"].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, earned_value_as_baselined(mart(), budget(), status_date=STATUS))
