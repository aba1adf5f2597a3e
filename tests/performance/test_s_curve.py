from __future__ import annotations

import pandas as pd
import pytest

from pmo_analytics.performance.completion_outlook import CompletionOutlook
from pmo_analytics.performance.s_curve import SCurve, main_currency, s_curve
from tests.frames import contract_frame, course, outlook_of


def curve(*courses: list[dict[str, object]], status: str) -> pd.DataFrame:
    rows = contract_frame("planned_earned_actual", [row for rows in courses for row in rows])
    day = pd.Timestamp(status)
    return s_curve(rows, outlook_of(rows, status_date=day), status_date=day)


def outlook(finish: str, **values: float) -> pd.DataFrame:
    """What project A comes to, as the worked example has it."""
    row = {
        "project_id": "A", "period_month": pd.Timestamp("2025-01-01"), "status_date": pd.Timestamp("2025-01-31"),
        "currency": "EUR", "budget_at_completion_amount": 20.0, "actual_cost_amount": 9.0,
        "estimate_at_completion_amount": 21.0, "cost_assumption": "rest at plan", "cost_assumption_reason": "so",
        "expected_finish_date": pd.Timestamp(finish),
    } | values  # fmt: skip
    columns = list(CompletionOutlook.to_schema().columns)
    frame: pd.DataFrame = CompletionOutlook.validate(pd.DataFrame([row]).reindex(columns=columns))
    return frame


CONE = {"p10_amount": 15.0, "p50_amount": 21.0, "p80_amount": 25.0, "p90_amount": 29.0}


def test_worked_example_counts_the_same_projects_in_all_three_lines() -> None:
    result = curve(course("A", [10, 20], [8], [9]), course("B", [5, 5], [1]), status="2025-01-31")
    # 1.2 months are left at plan: the curve goes on to March.
    assert result[SCurve.planned_value_amount].to_list() == [10, 20, 20]
    assert result[SCurve.earned_value_amount].fillna(-1).to_list() == [8, -1, -1]
    assert result[SCurve.actual_cost_amount].fillna(-1).to_list() == [9, -1, -1]
    assert result[SCurve.estimate_at_completion_amount].to_list() == [21, 21, 21]
    assert result[[SCurve.projects_counted, SCurve.projects_left_out]].iloc[0].to_list() == [1, 1]


def test_what_is_left_is_spent_evenly_and_a_cone_has_the_same_share_of_its_ends() -> None:
    rows = contract_frame("planned_earned_actual", course("A", [10, 20], [8], [9]))
    day = pd.Timestamp("2025-01-31")
    found = s_curve(rows, outlook("2025-03-28", **CONE), status_date=day)
    assert found[SCurve.expected_amount].to_list() == [9, 15, 21]
    assert found[SCurve.p80_amount].to_list() == [9, 17, 25]
    assert found[[SCurve.p10_amount, SCurve.p50_amount, SCurve.p90_amount]].iloc[-1].to_list() == [15, 21, 29]
    assert set(found[SCurve.quality_note]) == {""}
    late = outlook("2025-03-28", **CONE).assign(p10_finish_date=day, p90_finish_date=pd.Timestamp("2025-05-10"))
    further = s_curve(rows, late, status_date=day)
    # As far as nine in ten finish by; what it comes to stays.
    assert further[SCurve.period_month].iloc[-1] == pd.Timestamp("2025-05-01")
    assert further[SCurve.expected_amount].to_list() == [9, 15, 21, 21, 21]


def test_without_a_record_there_is_no_cone_and_the_reason_stands_there() -> None:
    rows = contract_frame("planned_earned_actual", course("A", [10, 20], [8], [9]))
    found = s_curve(rows, outlook("2025-03-28"), status_date=pd.Timestamp("2025-01-31"))
    assert found[[SCurve.p10_amount, SCurve.p90_amount]].isna().all(axis=None)
    assert set(found[SCurve.quality_note]) == {"so"}


def test_costs_of_several_add_up_and_their_cones_do_not() -> None:
    result = curve(course("A", [10, 20], [8], [9]), course("B", [10, 20], [10], [10]), status="2025-01-31")
    assert result[SCurve.estimate_at_completion_amount].iloc[0] == 21 + 20
    # B has 30 days to go and A 37, of which 28 have passed at the end of February.
    assert result[SCurve.expected_amount].to_list() == pytest.approx([19, 10 + 10 * 28 / 30 + 9 + 12 * 28 / 37, 41])
    assert set(result[SCurve.quality_note]) == {"P80s of several projects do not add up"}


def test_a_finish_that_is_past_is_no_end_of_the_curve_and_a_distant_one_no_endless_curve() -> None:
    rows = contract_frame("planned_earned_actual", course("A", [10, 20], [8], [9]))
    day = pd.Timestamp("2025-01-31")
    past = s_curve(rows, outlook("2025-01-10"), status_date=day)
    assert past[SCurve.expected_amount].to_list() == [9, 21]
    assert len(s_curve(rows, outlook("2190-01-01"), status_date=day)) == 241


def test_a_project_counts_nothing_before_it_began_and_its_end_value_afterwards() -> None:
    early = course("early", [10, 20], [10, 20, 20], [10, 20, 20], months=3)
    late = course("late", [7], [7], [7], start="2025-03")
    result = curve(early, late, status="2025-03-31")
    assert result[SCurve.planned_value_amount].to_list() == [10, 20, 27]
    assert result[SCurve.expected_amount].fillna(-1).to_list() == [-1, -1, 27]
    assert result[SCurve.earned_value_amount].to_list() == [10, 20, 27]


def test_another_currency_is_left_out_and_said() -> None:
    courses = [course("A", [10], [8], [9]), course("B", [10], [8], [9]), course("C", [10], [8], [9], currency="USD")]
    result = curve(*courses, status="2025-01-31")
    assert set(result[SCurve.currency]) == {"EUR"}
    assert result[[SCurve.projects_counted, SCurve.projects_left_out]].iloc[0].to_list() == [2, 1]


def test_nothing_whole_gives_no_curve() -> None:
    assert curve(course("A", [10, 20]), status="2025-01-31").empty
    assert main_currency(contract_frame("planned_earned_actual", [])) is None
