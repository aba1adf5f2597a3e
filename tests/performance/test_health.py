from __future__ import annotations

import pandas as pd
import pytest

from pmo_analytics.performance.earned_value import earned_value
from pmo_analytics.performance.health import ProjectHealth, live, project_health
from tests.frames import contract_frame, course, outlook_of, project_row

STATUS = pd.Timestamp("2025-02-28")


def health(courses: list[list[dict[str, object]]], statuses: list[dict[str, object]]) -> pd.DataFrame:
    rows = [row for rows in courses for row in rows]
    projects = contract_frame(
        "project",
        [
            project_row(name, baseline_finish_date=pd.Timestamp("2025-06-30"))
            for name in sorted({str(r["project_id"]) for r in [*rows, *statuses]})
        ],
    )
    months, reports = contract_frame("planned_earned_actual", rows), contract_frame("project_status", statuses)
    earned, outlook = (
        earned_value(months, projects, status_date=STATUS),
        outlook_of(months, reports, status_date=STATUS),
    )
    return project_health(earned, outlook, projects, reports, status_date=STATUS)


def status(project: str, rag: str, date: str = "2025-02-28", **values: object) -> dict[str, object]:
    return {"project_id": project, "status_date": pd.Timestamp(date), "state": "active", "rag_status": rag} | values


@pytest.mark.parametrize(
    ("earned", "actual", "expected"),
    [
        # PV 100, 200: CPI = EV/AC, SPI(t) = ES/AT.
        ([100, 200], [100, 200], "green"),
        ([100, 200], [100, 212], "amber"),
        ([100, 200], [100, 230], "red"),
        ([100, 184], [100, 184], "amber"),
        ([100, 170], [100, 170], "red"),
    ],
)
def test_computed_status_by_tolerance(earned: list[float], actual: list[float], expected: str) -> None:
    result = health([course("P", [100, 200, 300], earned, actual)], [status("P", "green")])
    assert result[ProjectHealth.computed_rag].to_list() == [expected]


def test_a_bad_index_alone_is_enough_for_red_and_a_good_one_alone_for_nothing() -> None:
    bad, good = course("bad", [100, 200], [50, 100], [100, 200]), course("good", [100, 200], [100, 200], [90, 180])
    for row in [*bad, *good]:
        row["planned_value_amount"] = None
    result = health([bad, good], [])
    assert dict(zip(result["project_id"], result[ProjectHealth.computed_rag], strict=True)) == {
        "bad": "red",
        "good": "unknown",
    }


def test_cancelled_projects_compute_no_status_and_keep_their_figures() -> None:
    result = health([course("P", [100, 200], [50, 100], [100, 200])], [status("P", "red", state="cancelled")])
    assert result.iloc[0][ProjectHealth.computed_rag] == "unknown"
    assert result.iloc[0][ProjectHealth.cost_performance_index] == 0.5
    assert pd.isna(result.iloc[0][ProjectHealth.estimate_at_completion_amount])
    assert pd.isna(result.iloc[0][ProjectHealth.cost_assumption])
    assert live(result).empty


def test_the_last_report_by_the_status_date_counts_and_delay_is_positive_when_late() -> None:
    reports = [
        status("P", "red", "2025-01-31", forecast_finish_date=pd.Timestamp("2025-12-31")),
        status("P", "green", "2025-02-28", forecast_finish_date=pd.Timestamp("2025-07-10"), comment="nearly there"),
        status("P", "amber", "2025-03-31", forecast_finish_date=pd.Timestamp("2026-01-31")),
    ]
    bare = [row | {"planned_value_amount": None} for row in course("P", [100, 200, 300], [100, 200], [100, 200])]
    row = health([bare], reports).iloc[0]
    assert (row[ProjectHealth.rag_status], row[ProjectHealth.comment]) == ("green", "nearly there")
    # Without a plan by month the manager's day is the one expected.
    assert row[ProjectHealth.finish_assumption] == "as its manager reports"
    assert row[ProjectHealth.finish_delay_days] == 10


def test_with_a_plan_by_month_the_finish_is_reckoned_and_the_managers_day_stands_beside_it() -> None:
    # A plan of six months has earned one after two: five are left at plan, from the end of February.
    report = status("P", "green", forecast_finish_date=pd.Timestamp("2025-07-10"))
    row = health([course("P", [100, 200, 300, 400, 500, 600], [50, 100], [60, 120])], [report]).iloc[0]
    assert row[ProjectHealth.expected_finish_date] == STATUS + pd.Timedelta(days=round(5 * 365.25 / 12))
    assert row[ProjectHealth.finish_assumption] == "rest at plan"
    assert row[ProjectHealth.forecast_finish_date] == pd.Timestamp("2025-07-10")
    assert row[ProjectHealth.finish_delay_days] == 30
    assert row[ProjectHealth.estimate_at_completion_amount] == 120 + 500
    assert row[ProjectHealth.cost_assumption_reason] == ("0 finished projects; it takes 9 to prove another better")


def test_worst_first() -> None:
    result = health(
        [
            course("fine", [100, 200], [100, 200], [100, 200]),
            course("worst", [100, 200], [100, 200], [100, 400]),
            course("bad", [100, 200], [100, 200], [100, 250]),
            course("dark", [100, 200]),
        ],
        [],
    )
    assert result["project_id"].to_list() == ["worst", "bad", "fine", "dark"]
