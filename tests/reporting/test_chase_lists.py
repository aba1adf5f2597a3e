"""Lists for those who are asked: one file an owner, text alone whatever exports hold; and the form for commentary."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook

from pmo_analytics.errors import UsageError
from pmo_analytics.performance.close_items import BLOCKS, CloseItem
from pmo_analytics.reporting.chase_lists import commentary_form, write_chase_lists
from pmo_analytics.terminal import clean

HOSTILE = '=HYPERLINK("http://x")\x1b[31m<script>'


def item(subject: str, identifier: str, value: float = 5400.0, unit: str = "seconds") -> CloseItem:
    return CloseItem(
        "timesheets", subject, identifier, "team lead", "", "hours are missing", BLOCKS, pd.Timestamp("2026-07-02"),
        value, unit, "gaps", (("team", subject),), "missing_seconds",
    )  # fmt: skip


ITEMS = [item(HOSTILE, "../A"), item("Bridge", "B", float("nan"), "days"), item("Again", "../A", 2.0, "rows")]


def test_a_workbook_holds_text_as_text_and_amounts_as_numbers(tmp_path: Path) -> None:
    written = write_chase_lists(tmp_path / "c", "2026-06", ITEMS, "xlsx", clean=clean)
    assert list(written) == ["team lead, ../A", "team lead, B"]
    assert {path.parent for path in written.values()} == {tmp_path / "c"}
    sheet = load_workbook(written["team lead, ../A"]).active
    assert sheet is not None
    assert (sheet.cell(2, 1).data_type, str(sheet.cell(2, 1).value)[:10]) == ("s", "=HYPERLINK")
    assert [sheet.cell(row, 4).value for row in (2, 3)] == [1.5, 2]


def test_csv_has_no_formula_and_a_letter_nothing_that_steers_a_terminal(tmp_path: Path) -> None:
    of_csv = write_chase_lists(tmp_path / "csv", "2026-06", ITEMS, "csv", clean=clean)["team lead, ../A"]
    assert "'=HYPERLINK" in of_csv.read_text(encoding="utf-8")
    letters = write_chase_lists(tmp_path / "text", "2026-06", ITEMS, "text", clean=clean)
    text = letters["team lead, ../A"].read_text(encoding="utf-8")
    assert "\x1b" not in text
    assert "hours are missing, 1.5 hours\n  blocks the close, due 02 July 2026; book the hours" in text
    assert "(B): hours are missing\n" in letters["team lead, B"].read_text(encoding="utf-8")


def test_what_stands_in_a_folder_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="something in this folder already"):
        write_chase_lists(tmp_path, "2026-06", ITEMS, "text", clean=clean)


def test_a_form_repeats_what_was_said_and_asks_the_others_for_a_summary() -> None:
    said = pd.DataFrame(
        [("project", "A", pd.Timestamp("2026-06-01"), "cost", "dear", "P1")],
        columns=["subject_kind", "subject_id", "period_month", "section", "text", "author_id"],
    )
    found = commentary_form("2026-06", pd.DataFrame({"project_id": ["A", "B"]}), said, ["North"])["commentary"]
    assert [(row["subject_id"], row["section"], row.get("text")) for row in found] == [
        ("A", "cost", "dear"), ("North", "summary", None), ("B", "summary", None),
    ]  # fmt: skip
    assert {row["period_month"] for row in found} == {date(2026, 6, 1)}
