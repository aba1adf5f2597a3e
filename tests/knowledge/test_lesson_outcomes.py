"""What projects came to beside what their reviews say, and what goes with applying lessons."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from pmo_analytics.knowledge.lesson_effect import lesson_effect
from pmo_analytics.knowledge.review_outcomes import NO_REVIEW, NOT_FINISHED, review_outcomes
from tests.frames import contract_frame, course, project_row

DAY = pd.Timestamp("2026-06-30")
MARTS = ("milestone_slip", "planned_earned_actual", "estimate_history", "benefit_by_month")


def report(day: str, state: str) -> dict[str, Any]:
    return {"project_id": "A", "status_date": pd.Timestamp(day), "state": state}


def outcomes(
    *reports: dict[str, Any], words: dict[str, str] | None = None, **marts: list[dict[str, Any]]
) -> pd.DataFrame:
    review = [] if words is None else [{"project_id": "A", "review_date": pd.Timestamp("2026-06-30")} | words]
    return review_outcomes(
        contract_frame("project", [project_row("A", baseline_finish_date=pd.Timestamp("2026-05-31"))]),
        contract_frame("project_status", reports),
        contract_frame("post_project_review", review),
        **{name: contract_frame(name, marts.get(name, [])) for name in MARTS},
        status_date=DAY,
    )


DONE = (report("2026-05-31", "active"), report("2026-06-30", "complete"))
COST = course("A", [50, 100], [50, 100], [60, 110], start="2026-05")


def test_the_worked_example() -> None:
    found = outcomes(
        *DONE, words={"time_outcome": "Finished on time", "cost_outcome": "10 % over"}, planned_earned_actual=COST
    )
    row = found.iloc[0]
    assert (row["finish_after_plan_days"], round(row["cost_over_budget_pct"], 6)) == (30.0, 10.0)
    assert row["reason"] == "finish: “Finished on time”, found 30 days after the plan"
    assert row["quality_note"] == "benefits not known"


@pytest.mark.parametrize(
    ("said", "differs"),
    [
        ("a month late", False), ("not on time", False), ("early", True), ("as planned", True), ("no comment", False),
        ("late in the north, early in the south", False), ("=HYPERLINK(1) on time", True),
    ],
)  # fmt: skip
def test_words_are_held_against_the_finish_where_they_tell_a_direction(said: str, differs: bool) -> None:
    assert bool(outcomes(*DONE, words={"time_outcome": said})["reason"].iloc[0]) == differs


def test_a_finished_project_without_a_review_is_named_and_a_running_one_is_not() -> None:
    assert outcomes(*DONE)["quality_note"].to_list() == [NO_REVIEW]
    assert outcomes(DONE[0]).empty
    assert outcomes(DONE[0], words={})["quality_note"].iloc[0].startswith(NOT_FINISHED)


def test_the_finish_is_the_first_report_of_the_last_run_of_complete() -> None:
    found = outcomes(report("2026-03-31", "complete"), report("2026-04-30", "active"), report("2026-05-31", "complete"),
                     report("2026-06-30", "complete"))  # fmt: skip
    assert found["finished_on_date"].to_list() == [pd.Timestamp("2026-05-31")]
    assert found["finish_after_plan_days"].to_list() == [0.0]


def test_a_cancelled_project_has_no_delay_and_no_share_of_benefits() -> None:
    found = outcomes(report("2026-06-30", "cancelled"), planned_earned_actual=COST).iloc[0]
    assert found["state"] == "cancelled"
    assert pd.isna(found["finish_after_plan_days"])
    assert found["cost_over_budget_pct"] == pytest.approx(10)


def test_estimates_milestones_and_benefits_by_hand() -> None:
    items = [
        {"item_id": f"I{n}", "project_id": "A", "estimate_seconds": estimate, "actual_seconds": actual,
         "finished_on_date": DAY, "state": state, "actual_source": "register"}
        for n, (estimate, actual, state) in enumerate(
            [(100, 150, "finished"), (300, 330, "finished"), (50, None, "open")]
        )
    ]  # fmt: skip
    slips = [
        {"project_id": "A", "milestone_id": f"M{n}", "status_date": DAY, "actual_date": DAY if n else None,
         "slip_from_first_baseline_days": slip}
        for n, slip in enumerate([99, 10, 20])
    ]  # fmt: skip
    months = [
        {"benefit_id": f"B{n}", "project_id": "A", "period_month": pd.Timestamp("2026-06-01"), "currency": "EUR",
         "planned_amount": 100.0, "realised_amount": value, "is_financial": True, "is_dis_benefit": dis}
        for n, (value, dis) in enumerate([(70.0, False), (90.0, False), (None, False), (500.0, True)])
    ]  # fmt: skip
    row = outcomes(*DONE, estimate_history=items, milestone_slip=slips, benefit_by_month=months).iloc[0]
    assert (row["effort_ratio"], row["finished_item_count"]) == (pytest.approx(480 / 400), 2)
    assert (row["reached_milestone_count"], row["median_slip_days"]) == (2, 15.0)
    assert row["benefit_realised_pct"] == pytest.approx(80)


def effect(applied: list[bool], recurred: list[bool], **bands: str) -> pd.DataFrame:
    names = [f"P{n:02d}" for n in range(len(applied))]
    uses = [
        {
            "lesson_id": "L1",
            "project_id": name,
            "shown_on_date": pd.Timestamp("2026-01-01"),
            "applied": a,
            "recurred": r,
        }
        for name, a, r in zip(names, applied, recurred, strict=True)
    ]
    projects = [project_row(name, size_band=bands.get(name, "small")) for name in names]
    outcome = outcomes(DONE[0]).reset_index(drop=True)
    return lesson_effect(
        contract_frame("lesson_use", uses), contract_frame("project", projects), outcome, status_date=DAY
    ).set_index("effect_measure")


def test_eight_against_eight_by_hand() -> None:
    row = effect([True] * 8 + [False] * 8, [False] * 8 + [True] * 8).loc["recurrence"]
    assert (row["applied_mean"], row["other_mean"], row["mean_difference"]) == (0.0, 1.0, -1.0)
    assert row["chance_probability"] == pytest.approx(1 / 12_870)
    assert row["quality_note"] == ""


def test_thin_evidence_is_refused_with_its_counts() -> None:
    found = effect([True] * 7 + [False] * 8, [False] * 15)
    row = found.loc["recurrence"]
    assert pd.isna(row["mean_difference"])
    assert row["quality_note"] == (
        "too few projects to compare: 7 that applied lessons and 8 like them; 8 of each are needed"
    )
    assert found["mean_difference"].isna().all()


def test_projects_unlike_the_others_are_not_compared() -> None:
    row = effect([True] * 9 + [False] * 8, [False] * 9 + [True] * 8, P00="large").loc["recurrence"]
    assert (row["applied_project_count"], row["other_project_count"], row["unmatched_count"]) == (8, 8, 1)
