"""What is written reads back as it was, by the reader that ingestion uses and by the writer's own."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from pmo_analytics.contracts import registers
from pmo_analytics.errors import UsageError
from pmo_analytics.exchange import register_xlsx, template


def cells(path: Path) -> list[list[Any]]:
    """The first sheet as it is read in, headers apart; what was left empty is an empty text."""
    return CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python(skip_empty_area=False)[1:]


def roundtrip(folder: Path, *values: object) -> list[Any]:
    path = folder / "values.xlsx"
    register_xlsx.write(path, ["first", *(f"c{i}" for i in range(len(values)))], [["x", *values]])
    return cells(path)[0][1:]


def sheet(path: Path) -> Any:
    return openpyxl.load_workbook(path).worksheets[0]


def test_text_stays_the_text_it_is(tmp_path: Path) -> None:
    hostile = ["=1+1", "+49 30", "-", "@x", "#N/A", "007", "1e5", "TRUE", "3-4", " lead ", "a\r\nb\tc", "_x0041_"]
    assert roundtrip(tmp_path, *hostile) == hostile
    row = list(sheet(tmp_path / "values.xlsx").rows)[1]
    assert {cell.data_type for cell in row} == {"s"}
    assert {cell.number_format for cell in row} == {"@"}
    # Marked so that it stays text when someone edits the cell.
    assert [cell.quotePrefix for cell in row[1:]] == [True, True, True, True, *[False] * 8]


def test_no_cell_of_the_file_is_a_formula(tmp_path: Path) -> None:
    roundtrip(tmp_path, "=HYPERLINK(0)", "+1", "=cmd|' /C calc'!A0")
    with zipfile.ZipFile(tmp_path / "values.xlsx") as archive:
        assert b"<f" not in archive.read("xl/worksheets/sheet1.xml").replace(b"<formula1", b"")


def test_dates_are_dates_and_what_a_spreadsheet_dates_wrongly_is_text(tmp_path: Path) -> None:
    assert roundtrip(tmp_path, date(2026, 6, 30), date(1900, 3, 1), date(1900, 2, 28), date(1850, 1, 1)) == [
        date(2026, 6, 30), date(1900, 3, 1), "1900-02-28", "1850-01-01",
    ]  # fmt: skip


def test_instants_are_dates_with_a_time_and_a_zone_is_never_dropped(tmp_path: Path) -> None:
    berlin = timezone(timedelta(hours=2))
    assert roundtrip(
        tmp_path,
        datetime(2026, 6, 30, 14, 5, 9),
        datetime(2026, 6, 30, 14, 5, 9, 120_000),
        datetime(2026, 6, 30, 14, 5, 9, tzinfo=berlin),
        datetime(2026, 6, 30, 14, 5, 9, tzinfo=UTC),
    ) == [datetime(2026, 6, 30, 14, 5, 9), "2026-06-30 14:05:09.120000", "2026-06-30T12:05:09Z", "2026-06-30T14:05:09Z"]


def test_a_number_is_a_number_only_where_its_digits_survive(tmp_path: Path) -> None:
    kept = [Decimal("1234567890.1234"), 123_456_789_012_345, -0.1, Decimal("1E+3"), 0]
    assert roundtrip(tmp_path, *kept) == [1234567890.1234, 123456789012345, -0.1, 1000, 0]
    text = [Decimal("1234567890123456.7891"), 1_234_567_890_123_456, float("inf"), Decimal("1E+400")]
    assert roundtrip(tmp_path, *text) == ["1234567890123456.7891", "1234567890123456", "inf", "1E+400"]


def test_what_is_missing_is_an_empty_cell(tmp_path: Path) -> None:
    assert roundtrip(tmp_path, None, "", float("nan"), pd.NA, pd.NaT, Decimal("NaN"), "end") == [*[""] * 6, "end"]


def test_values_of_frames_are_written_as_those_of_the_language(tmp_path: Path) -> None:
    given = [np.int64(3), np.float64(2.5), np.bool_(True), False, pd.Timestamp("2026-06-30 08:00")]
    assert roundtrip(tmp_path, *given) == [3, 2.5, True, False, datetime(2026, 6, 30, 8)]


TEXTS = st.text(max_size=40).filter(bool)
VALUES = st.one_of(
    TEXTS,
    st.booleans(),
    st.integers(-(10**15) + 1, 10**15 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.dates(date(1900, 3, 1)),
    st.datetimes(datetime(1900, 3, 1), datetime(9999, 12, 31)).map(lambda moment: moment.replace(microsecond=0)),
)


@given(rows=st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=5))
def test_values_survive(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[Any, Any]]) -> None:
    path = tmp_path_factory.mktemp("xlsx") / "r.xlsx"
    register_xlsx.write(path, ["a", "b"], rows)
    assert [tuple(row) for row in cells(path)] == rows


@given(number=st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**16), max_value=10**16))
def test_no_digit_of_money_is_lost(tmp_path_factory: pytest.TempPathFactory, number: Decimal) -> None:
    (found,) = roundtrip(tmp_path_factory.mktemp("xlsx"), number)
    assert Decimal(str(found)) == number


def test_the_same_rows_are_the_same_bytes_and_carry_no_clock(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        register_xlsx.write(tmp_path / name / "risk.xlsx", ["risk_id", "probability"], [["R1", 0.5]])
    first, second = ((tmp_path / name / "risk.xlsx").read_bytes() for name in ("one", "two"))
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.read("docProps/core.xml").count(b">2000-01-01T00:00:00Z<") == 2


def test_every_register_has_a_template_that_explains_itself(tmp_path: Path) -> None:
    written = register_xlsx.write_templates(tmp_path, registers())
    assert [path.stem for path in written] == sorted(registers())
    for path in written:
        found = sheet(path)
        register = registers()[path.stem]
        (header,) = found.rows
        assert [cell.value for cell in header] == template.headers(register)
        assert all(cell.comment for cell in header)
        assert (found.title, found.freeze_panes) == (path.stem, "A2")
    assert sheet(tmp_path / "risk.xlsx")["F1"].comment.text == "Chance that it happens, 0 to 1."


def test_a_register_offers_the_values_its_contract_allows(tmp_path: Path) -> None:
    register_xlsx.write_templates(tmp_path, ["project_status"])
    offers = sheet(tmp_path / "project_status.xlsx").data_validations.dataValidation
    assert [(str(offer.sqref), offer.formula1, offer.type) for offer in offers] == [
        ("D2:D1048576", '"proposed,active,on_hold,complete,cancelled"', "list"),
        ("E2:E1048576", '"red,amber,green"', "list"),
    ]


def test_a_typed_code_keeps_its_zeros_since_its_column_is_text(tmp_path: Path) -> None:
    register_xlsx.write_templates(tmp_path, ["absence"])
    columns = sheet(tmp_path / "absence.xlsx").column_dimensions
    assert [columns[letter].number_format for letter in "ABCD"] == ["@", "General", "General", "@"]


def test_a_filled_template_is_kept(tmp_path: Path) -> None:
    (tmp_path / "absence.xlsx").write_text("mine")
    assert "absence" not in {path.stem for path in register_xlsx.write_templates(tmp_path)}
    assert (tmp_path / "absence.xlsx").read_text() == "mine"


def test_sheets_stand_in_order_under_titles_a_spreadsheet_takes(tmp_path: Path) -> None:
    rows: Sequence[Sequence[object]] = [["x"]]
    titles = ["jira: BR/1?", "a" * 40, "A" * 40, "", "risk"]
    register_xlsx.write_workbook(tmp_path / "book.xlsx", [(title, ["a"], rows) for title in titles])
    book = CalamineWorkbook.from_path(tmp_path / "book.xlsx")
    assert book.sheet_names == ["jira_ BR_1_", "a" * 31, f"{'A' * 29}_2", "sheet", "risk"]


def test_what_a_sheet_cannot_hold_is_refused_by_place(tmp_path: Path) -> None:
    register_xlsx.write(tmp_path / "r.xlsx", ["a"], [["x" * 32_767]])
    with pytest.raises(UsageError) as caught:
        register_xlsx.write(tmp_path / "s.xlsx", ["a", "b"], [["x", "x"], ["x", "x" * 32_768]])
    assert (caught.value.row, caught.value.column, caught.value.found) == (3, "b", "32,768 characters")
    assert not (tmp_path / "s.xlsx").exists()
