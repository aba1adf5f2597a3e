"""Marts of time worked and available, by hand, and the identities that hold to the last digit."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tests.exports import Desk, toggl_row

HOUR = 3600
MARCH = pd.Timestamp("2026-03-01")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Ann works half days from Monday to Wednesday; Bo has no calendar."""
    desk = Desk(tmp_path)
    desk.register(
        "project", "project_id,name,status_date", ["Bridge", "Bridge", "2026-01-01"], ["Quay", "Quay", "2026-01-01"]
    )
    desk.register(
        "person",
        "person_id,name,email,calendar_id,fte_pct,status_date",
        ["ann@example.test", "Ann Berg", "ann@example.test", "c", "50", "2026-01-01"],
        ["bo@example.test", "Bo Dahl", "bo@example.test", "", "100", "2026-01-01"],
    )
    days = ["2026-03-02", "2026-03-03", "2026-03-04"]
    desk.register("working_calendar", "calendar_id,calendar_date,duration_hours", *(["c", day, "8"] for day in days))
    desk.register(
        "absence", "person_id,absence_date,duration_hours,kind", ["ann@example.test", "2026-03-04", "4", "leave"]
    )
    return desk


def test_what_is_booked_beyond_a_day_and_on_free_days(desk: Desk) -> None:
    desk.toggl(
        toggl_row("ann", project="Bridge", day="2026-03-02", duration="03:00:00"),
        toggl_row("ann", project="Quay", day="2026-03-02", duration="03:00:00"),
        toggl_row("ann", project="Nobody knows", day="2026-03-03", duration="01:00:00"),
        toggl_row("ann", project="Quay", day="2026-03-07", duration="02:00:00"),
        toggl_row("bo", project="Quay", day="2026-03-07", duration="09:00:00"),
    )
    with desk.warehouse.at("2026-03") as view:
        rows = view.table("work_pattern_by_person_month")
        assert len(rows) == 1
        row = rows.iloc[0]
        # Monday 6 of 4 hours, Saturday 2 of none.
        assert row["overtime_seconds"] == 4 * HOUR
        assert row["free_day_seconds"] == 2 * HOUR
        assert (row["worked_day_count"], row["project_count"], row["period_month"]) == (3, 2, MARCH)
        # Hours by person, project and month sum to the timesheet, capacity and absence to the calendar: exactly.
        assert view.rows(
            "SELECT (SELECT sum(duration_seconds) FROM marts.effort_by_person_month) "
            "- (SELECT sum(duration_seconds) FROM core.timesheet_entry)"
        )[1] == [(0,)]
        assert view.rows(
            "SELECT sum(available_seconds + absence_seconds - calendar_seconds), sum(absence_seconds) / 3600 "
            "FROM marts.availability_by_person_month"
        )[1] == [(0, 4)]
