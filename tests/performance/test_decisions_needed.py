from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from pmo_analytics.performance.decisions_needed import DecisionNeeded, decisions_needed
from pmo_analytics.performance.health import ProjectHealth
from tests.frames import contract_frame

STATUS = pd.Timestamp("2026-06-30")
D = pd.Timestamp


def health(*rows: dict[str, Any]) -> pd.DataFrame:
    """Projects on plan and on budget but for what a row says."""
    whole = [
        {
            "name": f"Project {row['project_id']}", "state": "active", "computed_rag": "green", "rag_status": "green",
            "currency": "EUR", "budget_at_completion_amount": 100.0, "estimate_at_completion_amount": 100.0,
            "actual_cost_amount": 50.0, "baseline_finish_date": D("2026-12-31"), "finish_delay_days": 0.0,
            "quality_note": "",
        } | row
        for row in rows
    ]  # fmt: skip
    columns = list(ProjectHealth.to_schema().columns)
    frame: pd.DataFrame = ProjectHealth.validate(pd.DataFrame(whole).reindex(columns=columns))
    return frame


def needed(
    projects: pd.DataFrame,
    escalations: list[dict[str, Any]] | None = None,
    decisions: list[dict[str, Any]] | None = None,
    **options: Any,
) -> pd.DataFrame:
    given = (contract_frame("escalation", escalations or []), contract_frame("portfolio_decision", decisions or []))
    return decisions_needed(projects, *given, status_date=STATUS, **options)


def test_the_worked_example() -> None:
    found = needed(
        health(
            {"project_id": "A", "estimate_at_completion_amount": 120.0, "finish_delay_days": 90.0},
            {"project_id": "B", "estimate_at_completion_amount": 105.0},
            {
                "project_id": "C", "budget_at_completion_amount": None, "estimate_at_completion_amount": None,
                "actual_cost_amount": 30.0,
            },
        )
    )  # fmt: skip
    assert found[["subject_id", "decision_kind", "further_kinds", "stake_amount"]].to_numpy().tolist() == [
        ["A", "over_budget", "late", 20.0],
        ["C", "no_baseline", "", 30.0],
    ]


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ({"estimate_at_completion_amount": 110.0}, None),
        ({"estimate_at_completion_amount": 110.01}, "over_budget"),
        ({"finish_delay_days": 60.0}, None),
        ({"finish_delay_days": 61.0}, "late"),
        ({"computed_rag": "red"}, "status_differs"),
        ({"computed_rag": "red", "rag_status": "amber"}, None),
        ({"finish_delay_days": 400.0, "state": "complete"}, None),
        ({"finish_delay_days": 400.0, "state": "cancelled"}, None),
        ({"actual_cost_amount": 0.0, "budget_at_completion_amount": None}, None),
    ],
)
def test_tolerances(row: dict[str, Any], kind: str | None) -> None:
    found = needed(health({"project_id": "P"} | row, {"project_id": "on plan"}))
    assert found[DecisionNeeded.decision_kind].to_list() == ([] if kind is None else [kind])


def test_a_tolerance_is_the_organisations() -> None:
    row = {"project_id": "P", "estimate_at_completion_amount": 106.0, "finish_delay_days": 40.0}
    assert needed(health(row)).empty
    found = needed(health(row), cost_tolerance=0.05, delay_tolerance_days=30)
    assert found[["decision_kind", "further_kinds"]].to_numpy().tolist() == [["over_budget", "late"]]


def test_where_no_project_has_a_plan_none_is_told_to_lack_it() -> None:
    bare = {"budget_at_completion_amount": None, "estimate_at_completion_amount": None, "baseline_finish_date": None}
    assert needed(health({"project_id": "P"} | bare)).empty


def escalation(name: str, **values: Any) -> dict[str, Any]:
    return {"escalation_id": name, "status_date": D("2026-06-01"), "title": f"Title {name}", "state": "open"} | values


def test_escalations_until_they_are_decided_by_deadline_before_all_others() -> None:
    found = needed(
        health({"project_id": "P", "estimate_at_completion_amount": 300.0}),
        [
            escalation("late", project_id="P", due_date=D("2026-07-20")),
            escalation("soon", project_id="P", due_date=D("2026-07-02")),
            escalation("decided", project_id="P", decided_on_date=D("2026-06-10")),
            escalation("closed", project_id="P", state=" Closed"),
            escalation("elsewhere", project_id="Q"),
            escalation("nobody's"),
        ],
    )
    assert found[DecisionNeeded.subject_id].to_list() == ["soon", "late", "nobody's", "P"]
    assert needed(health({"project_id": "P"}), [escalation("nobody's")], is_whole=False).empty


def test_a_review_is_due_from_a_month_before_until_it_is_decided_again() -> None:
    def decided(day: str, decision: str, review: str | None) -> dict[str, Any]:
        return {
            "subject_id": "P", "decided_on_date": D(day), "decision": decision, "reason": "no money",
            "review_date": None if review is None else D(review),
        }  # fmt: skip

    projects = health({"project_id": "P"})
    (row,) = needed(projects, decisions=[decided("2026-01-10", "deferred", "2026-07-31")]).to_dict("records")
    assert (row["decision_kind"], row["due_date"], row["decision"]) == ("review_due", D("2026-07-31"), "deferred")
    assert needed(projects, decisions=[decided("2026-01-10", "deferred", "2026-08-01")]).empty
    again = [decided("2026-01-10", "deferred", "2026-06-01"), decided("2026-06-02", "continued", None)]
    assert needed(projects, decisions=again).empty
