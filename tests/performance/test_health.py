from __future__ import annotations

import pandas as pd
import pytest

from pmo_analytics.performance.earned_value import earned_value
from pmo_analytics.performance.health import ProjectHealth, live, project_health
from tests.frames import contract_frame, course, project_row

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
    earned = earned_value(contract_frame("planned_earned_actual", rows), projects, status_date=STATUS)
    return project_health(earned, projects, contract_frame("project_status", statuses), status_date=STATUS)


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
    assert live(result).empty


def test_the_last_report_by_the_status_date_counts_and_delay_is_positive_when_late() -> None:
    reports = [
        status("P", "red", "2025-01-31", forecast_finish_date=pd.Timestamp("2025-12-31")),
        status("P", "green", "2025-02-28", forecast_finish_date=pd.Timestamp("2025-07-10"), comment="nearly there"),
        status("P", "amber", "2025-03-31", forecast_finish_date=pd.Timestamp("2026-01-31")),
    ]
    row = health([course("P", [100, 200], [100, 200], [100, 200])], reports).iloc[0]
    assert (row[ProjectHealth.rag_status], row[ProjectHealth.comment]) == ("green", "nearly there")
    assert row[ProjectHealth.finish_delay_days] == 10


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
