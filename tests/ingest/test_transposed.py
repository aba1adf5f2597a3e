"""Registers that lie on their side: read where nothing else is known, told as what they are."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from pmo_analytics.errors import PmoError, SourceError
from pmo_analytics.ingest import IngestOptions, LoadResult, ingest_files
from tests.exports import TOGGL_HEADERS, Desk, balances, toggl_row, write_csv
from tests.workbooks import saved, saved_book

PORTFOLIO = [
    ["Government portfolio 2026"],
    ["project_id", "GMPP-1", "GMPP-2", "GMPP-3"],
    ["name", "Rail", "Road, north", ""],
    ["budget_at_completion_amount", "1000.5", "a lot", "3"],
    ["currency", "GBP", "GBP", "GBP"],
    ["status_date", "2026-06-30", "2026-06-30", "2026-06-30"],
]
STORED = "SELECT project_id, name, budget_at_completion_amount, source_line FROM core.project ORDER BY ALL"
TOLD = "transposed: a column is a row; line n is column n"


def padded(rows: list[list[str]]) -> list[list[str]]:
    return [row + [""] * (4 - len(row)) for row in rows]


def test_a_column_is_a_row_and_a_rejected_one_is_told_by_its_number(desk: Desk, tmp_path: Path) -> None:
    head, *rows = padded(PORTFOLIO)
    result = desk.load(write_csv(tmp_path / "portfolio.csv", head, rows))
    assert TOLD in result.assumptions[0]
    assert (result.rows_in, result.rows["added"], result.rows["rejected"], balances(result)) == (3, 1, 2, True)
    assert [(r.source_line, r.column, r.value, r.rule) for r in result.rejects] == [
        (3, "budget_at_completion_amount", "a lot", "format"),
        (4, "name", None, "required"),
    ]
    assert desk.query(STORED) == [("GMPP-1", "Rail", Decimal("1000.5"), 2)]
    with desk.warehouse.everything() as view:
        lines = view.rows("SELECT source_line, line FROM personal.main.reject_line ORDER BY ALL")[1]
    assert lines[0] == (3, ',GMPP-2,"Road, north",a lot,GBP,2026-06-30\n')


def test_a_sheet_may_lie_on_its_side_with_typed_cells(desk: Desk, tmp_path: Path) -> None:
    rows = [
        ["project_id", "P1", "P2"], [], ["name", "Rail", "Road"], ["budget_at_completion_amount", 0.125, "1,5"],
        ["currency", "EUR", "EUR"], ["status_date", date(2026, 6, 30), date(2026, 6, 30)],
    ]  # fmt: skip
    result = desk.load(saved(tmp_path / "p.xlsx", rows))
    assert (result.file, result.rows["added"]) == ("p.xlsx/Sheet", 2)
    assert desk.query(STORED) == [("P1", "Rail", Decimal("0.125"), 2), ("P2", "Road", Decimal("1.5"), 3)]


def test_a_sheet_that_lists_a_registers_columns_beside_it_is_no_register(desk: Desk, tmp_path: Path) -> None:
    day = date(2026, 6, 30)
    path = saved_book(
        tmp_path / "p.xlsx",
        {
            "project": [["project_id", "name", "status_date"], ["P1", "Rail", day]],
            "Columns": [["project_id", "Key of the project"], ["name", "What it is called"], ["status_date", "When"]],
        },
    )
    (result,) = list(ingest_files(desk.workspace, [path], IngestOptions(), desk.edges))
    assert isinstance(result, LoadResult)
    assert "sheets without a known header, not read: Columns" in result.assumptions
    assert desk.query(STORED) == [("P1", "Rail", None, 2)]


def test_a_vendors_export_is_never_looked_for_on_its_side(desk: Desk, tmp_path: Path) -> None:
    row = toggl_row()
    path = write_csv(tmp_path / "t.csv", ["x", "y"], [[h, c] for h, c in zip(TOGGL_HEADERS, row, strict=True)])
    with pytest.raises(SourceError, match="no known export"):
        desk.load(path)


def test_a_long_file_of_nothing_known_is_still_refused(desk: Desk, tmp_path: Path) -> None:
    rows = [["project_id", "P"], ["name", "N"], *([str(n), "x"] for n in range(2_000))]
    with pytest.raises(PmoError, match="no known export"):
        desk.load(write_csv(tmp_path / "long.csv", ["Colour", "Weight"], rows))
