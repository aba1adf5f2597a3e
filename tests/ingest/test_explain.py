"""`--explain` tells how each column would be read, and changes nothing."""

from __future__ import annotations

from pathlib import Path

from pmo_analytics.ingest import IngestOptions
from tests.exports import Desk, jira_row, toggl_row, write_csv

DRY = IngestOptions(dry_run=True)


def test_each_column_with_its_header_and_its_first_value(desk: Desk, tmp_path: Path) -> None:
    headers = ["Bearbeiter", "Projekt", "Arbeitsdatum", "Stunden"]
    desk.workspace.settings["source"] = {
        "hours": {
            "table": "timesheet_entry",
            "fields": dict(zip(["person_id", "project_key", "work_date", "duration_seconds"], headers, strict=True)),
        }
    }
    desk.workspace.settings["source"]["hours"]["fields"]["duration_seconds"] = {"headers": "Stunden", "kind": "hours"}
    rows = [["", "A", "", "1,5"], ["Ann", "A", "02. März 2026", "0,25"]]
    result = desk.load(write_csv(tmp_path / "h.csv", headers, rows), DRY)
    told = {c.column: (c.header, c.found, c.read_as) for c in result.columns}
    assert told["work_date"] == ("Arbeitsdatum", "02. März 2026", "2026-03-02")
    assert told["duration_seconds"] == ("Stunden", "1,5", "5400.000")
    assert told["person_id"] == ("Bearbeiter", None, "a person")
    assert "months are named in de (märz)" in result.assumptions
    assert desk.loads() == []


def test_a_load_that_is_kept_tells_no_columns(desk: Desk) -> None:
    assert desk.toggl(toggl_row()).columns == []


def test_a_later_month_in_the_same_language_is_read_as_well(desk: Desk) -> None:
    days = ["25/Mai/26 10:17 PM", "25/Okt/26 10:17 PM"]
    desk.jira(jira_row("BR-1", days[0], Created=days[0]), jira_row("BR-2", days[1], Created=days[0]))
    stored = desk.query("SELECT CAST(updated_at AS VARCHAR) FROM core.issue ORDER BY issue_key")
    assert stored == [("2026-05-25 22:17:00",), ("2026-10-25 22:17:00",)]
