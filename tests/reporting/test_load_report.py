from __future__ import annotations

import json
from pathlib import Path

import pytest

from pmo_analytics.errors import SourceError, UsageError
from pmo_analytics.reporting.load_report import load_report, write_load_report
from tests.exports import Desk, toggl_row

PROBLEM = SourceError("the file is <empty>", file="x<y.csv", row=3, hint="export it again")


def test_the_page_tells_rows_by_fate_what_to_correct_and_what_failed(desk: Desk, tmp_path: Path) -> None:
    result = desk.toggl(toggl_row(), toggl_row(day="<b>never</b>"), name="a&b.csv")
    write_load_report(tmp_path / "load.html", [result], [PROBLEM])
    page = (tmp_path / "load.html").read_text(encoding="utf-8")
    assert "1 file with 2 rows read, 1 row to correct, 1 file could not be read" in page
    assert "a&amp;b.csv" in page
    assert "&lt;b&gt;never&lt;/b&gt;" in page
    assert "x&lt;y.csv, line 3: the file is &lt;empty&gt;" in page
    assert "<b>never" not in page


def test_the_fragment_holds_no_page_of_its_own(desk: Desk) -> None:
    html = load_report([desk.toggl(toggl_row())], []).html
    assert html.startswith("<section")
    assert "none refused" in html


def test_the_data_holds_every_reject_and_every_total_exactly(desk: Desk, tmp_path: Path) -> None:
    result = desk.toggl(toggl_row(), toggl_row(day="never"))
    write_load_report(tmp_path / "load.json", [result], [PROBLEM])
    data = json.loads((tmp_path / "load.json").read_text(encoding="utf-8"))
    (load,) = data["loads"]
    assert load["rows"] == result.rows
    assert [reject["source_line"] for reject in load["rejects"]] == [r.source_line for r in result.rejects]
    assert {total["total"] for total in load["totals"]} == {str(total.total) for total in result.totals}
    assert data["problems"][0]["file"] == "x<y.csv"


def test_another_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="load report"):
        write_load_report(tmp_path / "load.pdf", [], [])
