"""The workbook of a page: what it is stands in front, every table has a sheet, and no text becomes a formula."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from pmo_analytics.reporting import blocks
from pmo_analytics.reporting.page_tables import MIME, PageTable
from pmo_analytics.reporting.page_workbook import AboutPage, page_workbook
from pmo_analytics.reporting.pipeline import run_report
from tests.exports import Desk
from tests.pages import COSTS, HOSTILE, cost_figure, page_workspace, write_notebook

ABOUT = AboutPage(Path("page.html"), HOSTILE, date(2026, 6, 30), 14, "pmo report page -p x='=1+1'")


def opened(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content))


def rows_of(sheet: Any) -> list[list[Any]]:
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def test_the_first_sheet_says_what_it_is_and_the_last_what_columns_mean() -> None:
    table = PageTable(
        "Projects", ["project_id", "actual_cost_amount", "currency"], [["A", 1.5, "EUR"]], "worst first", 7
    )
    book = opened(page_workbook([table, table], ABOUT))
    assert book.sheetnames == ["About", "Projects", "Projects_2", "Columns"]
    about = dict(rows_of(book["About"])[1:])
    assert about["page"] == HOSTILE
    assert (about["as_of"], about["version"]) == (datetime(2026, 6, 30), 14)
    assert about["made again by"] == "pmo report page -p x='=1+1'"
    assert about["sheet Projects"] == "Projects: 1 row; 7 more are left out. worst first"
    assert rows_of(book["Projects"]) == [["project_id", "actual_cost_amount", "currency"], ["A", 1.5, "EUR"]]
    assert book["Projects"]["B2"].number_format == "#,##0.00"
    meanings = {(sheet, column): unit for sheet, column, unit, _ in rows_of(book["Columns"])[1:]}
    assert meanings["Projects", "actual_cost_amount"] == "currency"
    assert book["Projects"]["B1"].comment.text == "Cost of the work done. Unit: currency."


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", '=HYPERLINK("http://x")', HOSTILE, "=cmd|' /C calc'!A0"])
def test_text_of_exports_is_no_formula_anywhere(text: str) -> None:
    content = page_workbook([PageTable(text, [text], [[text]], text)], ABOUT)
    sheet = opened(content).worksheets[1]
    assert rows_of(sheet) == [[text], [text]]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} == {"s"}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheets = [archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
        assert not [part for part in sheets if b"<f>" in part or b"<f " in part or b"<hyperlink" in part]


def test_the_same_tables_are_the_same_bytes() -> None:
    table = PageTable("T", ["a"], [[1]])
    assert page_workbook([table], ABOUT) == page_workbook([table], ABOUT)


def test_key_figures_stand_with_their_value_and_their_months() -> None:
    now, then = blocks.key_figures(cost_figure(1e6, 2e6)).tables
    assert now["rows"] == [["Cost", "EUR 2,000,000", 2e6, "EUR", "+1", "of all"]]
    assert then["rows"] == [["Cost", "2026-02-01", 1e6, "EUR"], ["Cost", "2026-03-01", 2e6, "EUR"]]


def test_it_stands_beside_its_page_which_links_it_and_goes_with_its_tables(desk: Desk) -> None:
    workspace = page_workspace(desk)
    path = write_notebook(workspace, "review", COSTS, runs=("whole", "portfolio"))
    page = run_report("review", {"portfolio": "North"}, workspace=workspace, as_of="2026-03").path
    book = page.with_suffix(".xlsx")
    assert f'<a class="workbook" href="{book.name}">Tables as a workbook</a>' in page.read_text()
    about = dict(rows_of(opened(book.read_bytes())["About"])[1:])
    assert about["made again by"] == "pmo report review --as-of 2026-03-31 --version 2 -p portfolio=North"
    before = book.read_bytes()
    path.write_text(path.read_text().replace("import blocks", "import blocks; raise ValueError"))
    assert run_report("review", {"portfolio": "North"}, workspace=workspace, as_of="2026-03").error
    assert (book.read_bytes(), page.is_file()) == (before, True)
    write_notebook(workspace, "review", "'text alone'", runs=("whole", "portfolio"))
    run_report("review", {"portfolio": "North"}, workspace=workspace, as_of="2026-03")
    assert not book.exists()
    assert "workbook" not in page.read_text().partition("</style>")[2]


def test_a_page_whose_tables_cannot_be_read_fails_alone(desk: Desk) -> None:
    workspace = page_workspace(desk)
    data = {"text/html": "x", MIME: {}}
    shown = f"from IPython.display import display\ndisplay({data!r}, raw=True)"
    write_notebook(workspace, "review", shown)
    done = run_report("review", {}, workspace=workspace, as_of="2026-03")
    assert "tables that cannot be read" in str(done.error)
    assert [path.name for path in done.path.parent.iterdir()] == ["review.failed.html"]


def test_frames_are_not_changed_by_what_carries_them() -> None:
    frame = pd.DataFrame({"subject": ["x"], "finding": ["y"], "rows": [1], "duration_seconds": [60.0], "remedy": ["z"]})
    before = frame.copy(deep=True)
    blocks.findings(frame)
    pd.testing.assert_frame_equal(frame, before)
