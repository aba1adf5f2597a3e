"""What projects told of a month, by hand."""

from __future__ import annotations

import pandas as pd

from pmo_analytics.performance.month_reports import month_reports

DAY = pd.Timestamp("2026-06-30")


def told(
    statuses: list[tuple[str, str, str]], texts: list[tuple[str, str, str, str]], *projects: tuple[str, str]
) -> dict[str, dict[str, object]]:
    project = pd.DataFrame(
        [{"project_id": name, "name": f"Project {name}", "project_manager_id": "P1",
          "baseline_start_date": pd.Timestamp(start)} for name, start in projects],
        columns=["project_id", "name", "project_manager_id", "baseline_start_date"],
    )  # fmt: skip
    status = pd.DataFrame(statuses, columns=["project_id", "status_date", "state"]).assign(
        status_date=lambda rows: pd.to_datetime(rows["status_date"])
    )
    commentary = pd.DataFrame(texts, columns=["subject_kind", "subject_id", "period_month", "section"]).assign(
        period_month=lambda rows: pd.to_datetime(rows["period_month"])
    )
    found = month_reports(project, status, commentary, status_date=DAY)
    return {row["project_id"]: row for row in found.to_dict("records")}


def test_the_last_report_s_age_and_the_month_s_sections_are_counted() -> None:
    found = told(
        [("A", "2026-05-20", "active"), ("A", "2026-07-02", "active"), ("B", "2026-06-30", "active")],
        [("project", "A", "2026-06-01", "summary"), ("project", "A", "2026-05-01", "cost"),
         ("portfolio", "B", "2026-06-01", "summary")],
        ("A", "2026-01-01"), ("B", "2026-01-01"),
    )  # fmt: skip
    assert (found["A"]["status_age_days"], found["A"]["is_reported"], found["A"]["commentary_count"]) == (41, False, 1)
    assert (found["B"]["status_age_days"], found["B"]["is_reported"], found["B"]["commentary_count"]) == (0, True, 0)


def test_what_ended_before_or_has_not_begun_is_asked_for_nothing() -> None:
    statuses = [("A", "2026-05-31", "complete"), ("B", "2026-06-15", "complete"), ("C", "2026-05-31", "cancelled")]
    found = told(statuses, [], ("A", "2026-01-01"), ("B", "2026-01-01"), ("C", "2026-01-01"), ("D", "2026-09-01"),
                 ("E", "2026-06-15"))  # fmt: skip
    assert list(found) == ["B", "E"]
    assert pd.isna(found["E"]["status_age_days"])


def test_without_projects_there_is_no_row() -> None:
    assert told([], []) == {}
