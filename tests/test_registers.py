"""Drafted calendars: public holidays, and a year ahead for plans of capacity."""

from __future__ import annotations

import csv
from pathlib import Path

from pmo_analytics.registers import draft
from pmo_analytics.workspace import Workspace
from tests.exports import Desk, toggl_row


def test_a_drafted_calendar_leaves_out_public_holidays_and_goes_on_for_a_year(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.toggl(toggl_row(day="2026-05-13"))
    desk.workspace.settings_file.write_text('[working_time]\nholidays = "DE-BE"\n')
    with desk.warehouse.everything() as view:
        draft(Workspace.find(desk.workspace.root), view)
    with (desk.workspace.registers / "working_calendar.csv").open(encoding="utf-8-sig") as file:
        days = [row["calendar_date"] for row in csv.DictReader(file)]
    # Ascension is a holiday in Berlin, Corpus Christi is not; the third of October 2026 is a Saturday anyway.
    assert [day for day in days if day.startswith("2026-05-1")] == [
        "2026-05-11", "2026-05-12", "2026-05-13", "2026-05-15", "2026-05-18", "2026-05-19",
    ]  # fmt: skip
    assert "2026-06-04" in days
    assert "2026-12-25" not in days
    assert (days[0], days[-1]) == ("2026-05-04", "2027-05-31")
