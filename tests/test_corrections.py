"""Rejected rows go out as a workbook, are corrected there, and come back into their load's scope once."""

from __future__ import annotations

import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pmo_analytics.corrections import Corrections, write_corrections
from pmo_analytics.errors import PmoError, QuestionError, SourceError, UsageError
from pmo_analytics.ingest import IngestOptions
from tests.exports import TOGGL_HEADERS, Desk, balances, toggl_row, write_csv
from tests.workbooks import saved

HOURS = "SELECT CAST(sum(duration_seconds) / 3600 AS DECIMAL(9, 3)), count(*) FROM core.timesheet_entry"
DURATION = TOGGL_HEADERS.index("Duration") + 3


def out(desk: Desk, name: str = "out.xlsx", version: int | None = None) -> tuple[Path, list[Corrections]]:
    path = desk.folder / name
    return path, write_corrections(desk.workspace, path, desk.edges, version=version).sheets


def correct(path: Path, cells: dict[str, Any], title: str = "version 1") -> Path:
    """Change cells as a person does, and save."""
    book = openpyxl.load_workbook(path)
    for place, value in cells.items():
        book[title][place] = value
    book.save(path)
    return path


def at(column: int, row: int) -> str:
    return f"{openpyxl.utils.get_column_letter(column)}{row}"


@pytest.fixture
def rejected(desk: Desk) -> Desk:
    """Two sound hours, and two rows that break a rule on lines 3 and 5."""
    desk.toggl(
        toggl_row(), toggl_row(day="2026-03-03", duration="25:00:00"), toggl_row(day="2026-03-04"),
        toggl_row(day="2026-03-05", duration="an hour", description="=1+1"),
    )  # fmt: skip
    return desk


def test_a_sheet_holds_the_rows_as_they_were_what_is_wrong_and_marks_it(rejected: Desk) -> None:
    path, (sheet,) = out(rejected)
    assert (sheet.title, sheet.file, len(sheet.rows)) == ("version 1", "toggl.csv", 2)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["version 1", "pmo_corrections"]
    header, first, second = book["version 1"].rows
    assert [c.value for c in header] == ["rejected line", "what is wrong", *TOGGL_HEADERS]
    assert [c.value for c in first][:3] == ["3", "Duration: less_than_or_equal_to, expected at most 24 hours", "Ann"]
    assert [c.value or "" for c in second][2:] == toggl_row(day="2026-03-05", duration="an hour", description="=1+1")
    marked = [c.coordinate for row in (first, second) for c in row if c.fill.fill_type]
    assert marked == [at(DURATION, 2), at(DURATION, 3)]
    with zipfile.ZipFile(path) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_corrected_rows_are_added_to_what_was_loaded_and_once(rejected: Desk) -> None:
    path, _ = out(rejected)
    result = rejected.load(correct(path, {at(DURATION, 2): "02:30:00"}))
    assert (result.rows["added"], result.rows["rejected"], balances(result)) == (1, 1, True)
    assert [(r.source_line, r.column) for r in result.rejects] == [(5, "Duration")]
    assert rejected.query(HOURS) == [(Decimal("4.500"), 3)]
    assert rejected.load(path).state == "unchanged"
    again = rejected.load(correct(path, {"B2": "seen"}))
    assert (again.rows["unchanged"], again.rows["rejected"]) == (1, 1)
    assert rejected.query(HOURS) == [(Decimal("4.500"), 3)]


def test_a_correction_that_is_corrected_replaces_the_first(rejected: Desk) -> None:
    path, _ = out(rejected)
    rejected.load(correct(path, {at(DURATION, 2): "02:30:00", at(DURATION, 3): "01:00:00"}))
    result = rejected.load(correct(path, {at(DURATION, 2): "03:00:00"}))
    assert (result.rows["replacing"], result.rows["unchanged"]) == (1, 1)
    assert rejected.query(HOURS) == [(Decimal("6.000"), 4)]


def test_what_a_correction_leaves_wrong_can_be_corrected_again(rejected: Desk) -> None:
    path, _ = out(rejected)
    rejected.load(correct(path, {at(DURATION, 2): "02:00:00"}))
    second, (sheet,) = out(rejected, "second.xlsx", version=2)
    assert [row[0] for row in sheet.rows] == ["5"]
    rejected.load(correct(second, {at(DURATION, 2): "04:00:00"}, "version 2"))
    # The first workbook, corrected in the same way, speaks of the same lines.
    assert rejected.load(correct(path, {at(DURATION, 3): "04:00:00"})).rows["unchanged"] == 2
    assert rejected.query(HOURS) == [(Decimal("8.000"), 4)]


def test_the_export_corrected_at_its_source_replaces_both(rejected: Desk) -> None:
    path, _ = out(rejected)
    rejected.load(correct(path, {at(DURATION, 2): "02:30:00"}))
    result = rejected.toggl(
        toggl_row(), toggl_row(day="2026-03-03", duration="02:00:00"), toggl_row(day="2026-03-04"),
        toggl_row(day="2026-03-05", duration="01:00:00"), name="corrected.csv",
    )  # fmt: skip
    assert result.rows == {"added": 1, "replacing": 1, "unchanged": 2, "rejected": 0, "set_aside": 0}
    assert rejected.query(HOURS) == [(Decimal("5.000"), 4)]
    with pytest.raises(QuestionError, match="later export"):
        rejected.load(correct(path, {at(DURATION, 3): "01:00:00"}))
    assert rejected.query(HOURS) == [(Decimal("5.000"), 4)]


def test_rows_with_a_key_are_merged_by_it(desk: Desk) -> None:
    headers = "project_id,name,budget_at_completion_amount,currency"
    path = write_csv(
        desk.folder / "p.csv", headers.split(","), [["P1", "Rail", "1.234,5", "EUR"], ["P2", "Road", "x", "EUR"]]
    )
    desk.load(path, IngestOptions(status_date=date(2026, 6, 30)))
    book, _ = out(desk)
    result = desk.load(correct(book, {"E2": "1,250"}))
    assert (result.table, result.rows["added"]) == ("project", 1)
    # The comma is the decimal mark of the file that is corrected.
    rows = desk.query("SELECT project_id, budget_at_completion_amount, status_date FROM core.project ORDER BY 1")
    assert rows == [("P1", Decimal("1234.5"), date(2026, 6, 30)), ("P2", Decimal("1.25"), date(2026, 6, 30))]


def test_rejects_of_a_sheet_and_of_a_transposed_file_come_back(desk: Desk) -> None:
    day = date(2026, 6, 30)
    sheet = [["project_id", "name", "status_date"], ["P1", None, day], ["P2", "Road", day]]
    desk.load(saved(desk.folder / "sheet.xlsx", sheet))
    rows = [["name", "", "Tram"], ["status_date", "2026-06-30", "2026-06-30"]]
    desk.load(write_csv(desk.folder / "side.csv", ["project_id", "P3", "P4"], rows))
    path, found = out(desk)
    assert [(s.file, s.rows[0][0]) for s in found] == [("sheet.xlsx/Sheet", "2"), ("side.csv", "2")]
    correct(correct(path, {"D2": "Rail"}), {"D2": "Bus"}, "version 2")
    results = [r for r in desk.load_all(path) if not isinstance(r, PmoError)]
    assert [r.rows["added"] for r in results] == [1, 1]
    names = desk.query("SELECT project_id, name, source_line FROM core.project ORDER BY 1")
    assert names == [("P1", "Rail", 2), ("P2", "Road", 3), ("P3", "Bus", 2), ("P4", "Tram", 3)]


@pytest.mark.parametrize("change", [{"A2": "4"}, {"A2": ""}, {"A3": "3"}, {"A1": "line"}])
def test_a_row_that_corrects_none_is_refused(rejected: Desk, change: dict[str, str]) -> None:
    path, _ = out(rejected)
    with pytest.raises(SourceError, match="corrects"):
        rejected.load(correct(path, {at(DURATION, 2): "02:30:00", at(DURATION, 3): "01:00:00"} | change))
    assert rejected.query(HOURS) == [(Decimal("2.000"), 2)]


def test_corrections_of_another_workspace_are_refused(rejected: Desk, tmp_path: Path) -> None:
    path, _ = out(rejected)
    other = Desk(tmp_path / "other")
    other.jira()
    with pytest.raises(SourceError, match="none that was rejected here"):
        other.load(correct(path, {at(DURATION, 2): "02:30:00"}))


def test_a_file_is_never_written_over_and_none_is_written_for_nothing(rejected: Desk) -> None:
    path, _ = out(rejected)
    before = path.read_bytes()
    with pytest.raises(UsageError, match="already"):
        out(rejected)
    assert path.read_bytes() == before
    with pytest.raises(UsageError, match="no row was rejected in version 7"):
        out(rejected, "none.xlsx", version=7)
    assert not (rejected.folder / "none.xlsx").exists()


def test_a_load_whose_original_is_gone_is_told_and_the_others_are_written(rejected: Desk) -> None:
    rejected.toggl(toggl_row(day="2026-05-05", duration="30:00:00"), name="other.csv")
    (digest,) = rejected.query("SELECT sha256 FROM meta.load WHERE version = 1")[0]
    folder = rejected.workspace.warehouse / "archive"
    next(folder.rglob(f"{digest}*")).unlink()
    written = write_corrections(rejected.workspace, rejected.folder / "some.xlsx", rejected.edges)
    assert [sheet.title for sheet in written.sheets] == ["version 2"]
    assert "version 1" in written.left_out[0]
    assert "archive lacks an original" in written.left_out[0]
