from __future__ import annotations

import pandas as pd

from pmo_analytics.performance.s_curve import SCurve, main_currency, s_curve
from tests.frames import contract_frame, course


def curve(*courses: list[dict[str, object]], status: str) -> pd.DataFrame:
    rows = contract_frame("planned_earned_actual", [row for rows in courses for row in rows])
    return s_curve(rows, status_date=pd.Timestamp(status))


def test_worked_example_counts_the_same_projects_in_all_three_lines() -> None:
    result = curve(course("A", [10, 20], [8], [9]), course("B", [5, 5], [1]), status="2025-01-31")
    assert result[SCurve.planned_value_amount].to_list() == [10, 20]
    assert result[SCurve.earned_value_amount].fillna(-1).to_list() == [8, -1]
    assert result[SCurve.actual_cost_amount].fillna(-1).to_list() == [9, -1]
    assert result[[SCurve.projects_counted, SCurve.projects_left_out]].iloc[0].to_list() == [1, 1]


def test_a_project_counts_nothing_before_it_began_and_its_end_value_afterwards() -> None:
    early = course("early", [10, 20], [10, 20, 20], [10, 20, 20], months=3)
    late = course("late", [7], [7], [7], start="2025-03")
    result = curve(early, late, status="2025-03-31")
    assert result[SCurve.planned_value_amount].to_list() == [10, 20, 27]
    assert result[SCurve.earned_value_amount].to_list() == [10, 20, 27]


def test_another_currency_is_left_out_and_said() -> None:
    courses = [course("A", [10], [8], [9]), course("B", [10], [8], [9]), course("C", [10], [8], [9], currency="USD")]
    result = curve(*courses, status="2025-01-31")
    assert result[SCurve.currency].to_list() == ["EUR"]
    assert result[[SCurve.projects_counted, SCurve.projects_left_out]].iloc[0].to_list() == [2, 1]


def test_nothing_whole_gives_no_curve() -> None:
    assert curve(course("A", [10, 20]), status="2025-01-31").empty
    assert main_currency(contract_frame("planned_earned_actual", [])) is None
