from __future__ import annotations

import pandas as pd

from pmo_analytics.resources.effort import UNMAPPED, ProjectEffort, effort_by_project
from tests.frames import contract_frame, project_row


def row(project: str | None, month: str, hours: float, person: str = "a") -> dict[str, object]:
    return {
        "person_id": person, "project_id": project, "period_month": pd.Timestamp(month),
        "duration_seconds": hours * 3600, "billable_seconds": 0.0, "entry_count": 1,
    }  # fmt: skip


def run(*rows: dict[str, object]) -> pd.DataFrame:
    return effort_by_project(
        contract_frame("effort_by_person_month", rows),
        contract_frame("project", [project_row("P", name="Pier")]),
        status_date=pd.Timestamp("2026-06-15"),
    )


def test_worked_example_against_the_three_months_before() -> None:
    months = zip(("2026-03", "2026-04", "2026-05", "2026-06"), (30, 36, 24, 40), strict=True)
    result = run(*(row("P", month, hours) for month, hours in months), row("P", "2026-02", 99)).iloc[0]
    assert result[ProjectEffort.name] == "Pier"
    assert result[ProjectEffort.duration_seconds] == 40 * 3600
    assert result[ProjectEffort.average_before_seconds] == 30 * 3600


def test_a_month_without_time_counts_as_zero_and_later_months_are_not_seen() -> None:
    result = run(row("P", "2026-05", 30), row("P", "2026-06", 1), row("P", "2026-07", 500)).iloc[0]
    assert result[ProjectEffort.average_before_seconds] == 10 * 3600
    assert result[ProjectEffort.duration_seconds] == 3600


def test_unmapped_time_is_one_row_and_an_unregistered_project_keeps_its_identifier() -> None:
    result = run(row(None, "2026-06", 5), row(None, "2026-06", 3, "b"), row("X", "2026-06", 4))
    assert result[ProjectEffort.name].to_list() == [UNMAPPED, "X"]
    assert result[ProjectEffort.duration_seconds].to_list() == [8 * 3600, 4 * 3600]


def test_nothing_booked_gives_no_rows() -> None:
    assert run().empty
