"""Sheets of a workbook as records of text: by row number, without loss, in bounded memory."""

from __future__ import annotations

import contextlib
import tracemalloc
import zipfile
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from python_calamine import CalamineWorkbook

from pmo_analytics.errors import SourceError
from pmo_analytics.exchange import register_xlsx
from pmo_analytics.sources.delimited import layout
from pmo_analytics.sources.export import Record
from pmo_analytics.sources.workbook import Sheet, sheets
from tests.workbooks import HEAD, TAIL, saved, with_sheet


def first(path: Path) -> Sheet:
    return sheets(path)[0]


def texts(tmp_path: Path, *values: Any) -> list[str]:
    (record,) = first(saved(tmp_path / "book.xlsx", [[*values, "end"]])).records()
    assert record.cells[-1] == "end"
    return record.cells[:-1]


def test_numbers_are_their_digits(tmp_path: Path) -> None:
    values = [5, 5.0, 0.1, 1e-7, 1e20, -0.25, 12345678, 123456789012345, 0]
    assert texts(tmp_path, *values) == [
        "5", "5", "0.1", "0.0000001", "100000000000000000000", "-0.25", "12345678", "123456789012345", "0",
    ]  # fmt: skip


def test_dates_times_and_durations_are_iso_texts(tmp_path: Path) -> None:
    values = [
        date(2026, 3, 1), datetime(2026, 3, 1, 9, 30, 15), time(9, 30), timedelta(hours=25, minutes=30),
        (0.25, "[h]:mm"), (46082, "dd/mm/yyyy"), (46082.5, 'dddd" the "d'),
    ]  # fmt: skip
    assert texts(tmp_path, *values) == [
        "2026-03-01", "2026-03-01 09:30:15", "09:30:00", "25:30:00", "06:00:00", "2026-03-01", "2026-03-01 12:00:00",
    ]  # fmt: skip


def test_days_count_from_1904_where_the_workbook_says_so(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    book.active.append([date(2026, 3, 1)])
    book.save(tmp_path / "mac.xlsx")
    (record,) = first(tmp_path / "mac.xlsx").records()
    assert record.cells == ["2026-03-01"]


def test_truth_percentages_and_codes_are_what_a_person_sees(tmp_path: Path) -> None:
    values = [True, False, (0.5, "0%"), (0.125, "0.00%"), (0.07, "0%"), (123, "00000"), (1.5, '0.0" %"')]
    assert texts(tmp_path, *values) == ["TRUE", "FALSE", "50%", "12.5%", "7%", "00123", "1.5"]


def test_text_is_kept_whatever_it_looks_like(tmp_path: Path) -> None:
    hostile = ["=1+1", "+49", "007", "1e5", "TRUE", " lead ", "a\r\nb\tc", "_x0041_", "#N/A", "50%", "x" * 32_767]
    register_xlsx.write(tmp_path / "r.xlsx", ["n", *"abcdefghijk"], [["1", *hostile]])
    assert list(first(tmp_path / "r.xlsx").records())[1].cells == ["1", *hostile]


def test_an_error_and_a_formula_without_a_value_are_told_by_their_cell(tmp_path: Path) -> None:
    cells = (
        '<row r="7"><c r="A7" t="inlineStr"><is><t>x</t></is></c><c r="B7" t="e"><f>A9</f><v>#REF!</v></c>'
        '<c r="C7"><f>1+1</f></c><c r="D7"><f>1+1</f><v>2</v></c><c r="E7" t="str"><f>""</f><v></v></c>'
        '<c r="F7" t="str"><f>"a"</f><v>a</v></c></row>'
    )
    (record,) = first(with_sheet(tmp_path / "e.xlsx", HEAD + cells + TAIL)).records()
    assert (record.line, record.cells) == (7, ["x", "#REF!", "a formula without a stored value", "2", "", "a"])
    assert record.errors == ((1, "#REF! in B7"), (2, "a formula without a stored value in C7"))


def test_a_date_before_there_are_any_is_an_error(tmp_path: Path) -> None:
    path = saved(tmp_path / "d.xlsx", [["x", (-5, "yyyy-mm-dd")]])
    (record,) = first(path).records()
    assert record.errors == ((1, "-5, which is no value of its kind, in B1"),)


def test_a_row_is_known_by_its_number_and_one_without_a_value_is_none(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["B3"] = "two\nlines"
    book.active["A1048576"] = "last"
    book.save(tmp_path / "far.xlsx")
    sheet = first(tmp_path / "far.xlsx")
    assert [(r.line, r.last_line, r.cells) for r in sheet.records()] == [
        (3, 3, ["", "two\nlines"]),
        (1048576, 1048576, ["last"]),
    ]
    assert sheet.verbatim({3: 3}) == {3: ',"two\nlines"\n'}


def test_a_header_merged_over_rows_counts_down_to_the_header(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["key", "money", None], [None, "amount", "currency"], ["a", 1, "EUR"], [None, 2, "EUR"]):
        book.active.append(row)
    for cells in ("A1:A2", "B1:C1", "A3:A4"):
        book.active.merge_cells(cells)
    book.save(tmp_path / "m.xlsx")
    sheet = first(tmp_path / "m.xlsx").with_merged(100).down_to(2, 3)
    assert [r.cells for r in sheet.records()] == [
        ["key", "money"], ["key", "amount", "currency"], ["a", "1", "EUR"], ["", "2", "EUR"],
    ]  # fmt: skip


def test_charts_are_no_sheets_and_hidden_ones_are_told(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.create_chartsheet("picture")
    book.create_sheet("Lists").sheet_state = "hidden"
    book.save(tmp_path / "c.xlsx")
    assert [(s.name, s.described) for s in sheets(tmp_path / "c.xlsx", "told.xlsx")] == [
        ("told.xlsx/Sheet", "sheet 'Sheet'"),
        ("told.xlsx/Lists", "hidden sheet 'Lists'"),
    ]


VALUES = st.one_of(
    st.text(st.characters(exclude_categories=("Cs",)), max_size=20).filter(lambda t: bool(t.strip())),
    st.booleans(),
    st.integers(-(10**15) + 1, 10**15 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.dates(date(1900, 3, 1)),
    st.datetimes(datetime(1900, 3, 1), datetime(9999, 12, 31)).map(lambda moment: moment.replace(microsecond=0)),
)


def expected(value: Any) -> object:
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd")
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime):
        return value.isoformat(sep=" ") if value.time() != time() else value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else Decimal(repr(value))


@given(rows=st.lists(st.lists(VALUES, min_size=3, max_size=3), min_size=1, max_size=5))
def test_typed_cells_come_back_to_the_last_digit(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[Any]]
) -> None:
    path = tmp_path_factory.mktemp("typed") / "r.xlsx"
    register_xlsx.write(path, ["a", "b", "c"], rows)
    for record, row in zip(list(first(path).records())[1:], rows, strict=True):
        found = [
            Decimal(text) if isinstance(expected(value), Decimal) else text
            for text, value in zip(record.cells, row, strict=True)
        ]
        assert found == [expected(value) for value in row]
        assert not record.errors


@given(number=st.floats(-1e300, 1e300))
def test_a_number_is_what_another_reader_reads(tmp_path_factory: pytest.TempPathFactory, number: float) -> None:
    path = saved(tmp_path_factory.mktemp("number") / "n.xlsx", [["x", number]])
    (record,) = first(path).records()
    assert float(record.cells[1]) == CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()[0][1]


def test_a_sheet_that_declares_every_cell_takes_no_memory(tmp_path: Path) -> None:
    head = HEAD.replace("<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>')
    cells = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    sheet = first(with_sheet(tmp_path / "huge.xlsx", head + cells + TAIL))
    tracemalloc.start()
    found = [(r.line, len(r.cells)) for r in sheet.records()]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found == [(1, 1), (1048576, 16384)]
    assert peak < 8 << 20


def test_a_text_that_many_cells_repeat_is_refused_before_it_fills_memory(tmp_path: Path) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for _ in range(250):
        sheet.append(["x" * 32_000] * 10)
    book.save(tmp_path / "bomb.xlsx")
    with pytest.raises(SourceError, match="grows beyond"):
        sum(len(r.cells) for r in first(tmp_path / "bomb.xlsx").records())


def test_a_header_at_the_far_edge_does_not_widen_every_row(tmp_path: Path) -> None:
    rows = "".join(f'<row r="{n}"><c><v>1</v></c></row>' for n in range(2, 1_000))
    head = f'{HEAD}<row r="1"><c r="XFD1"><v>1</v></c></row>'
    sheet = first(with_sheet(tmp_path / "wide.xlsx", head + rows + TAIL))
    with pytest.raises(SourceError, match="grows beyond"):
        list(sheet.down_to(1, 16_384).records())


def test_a_part_that_unpacks_to_far_more_is_refused(tmp_path: Path) -> None:
    path = with_sheet(tmp_path / "bomb.xlsx", HEAD + " " * (80 << 20) + TAIL)
    with pytest.raises(SourceError, match="grows beyond"):
        list(first(path).records())


@pytest.mark.parametrize(
    "cells",
    [
        '<row r="2"/><row r="2"/>',
        '<row r="1048577"/>',
        '<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>1</v></c></row>',
        '<row r="1"><c r="ZZZ1"><v>1</v></c></row>',
        '<row r="1"><c r="A1" t="s"><v>99</v></c></row>',
        '<row r="1"><c r="A1"><v>1</c></row>',
    ],
)
def test_a_sheet_that_is_no_sheet_is_damaged(tmp_path: Path, cells: str) -> None:
    path = with_sheet(tmp_path / "d.xlsx", HEAD + cells + TAIL)
    with pytest.raises(SourceError, match="damaged"):
        list(first(path).records())


@given(at=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=6))
def test_whatever_is_broken_is_told(tmp_path_factory: pytest.TempPathFactory, at: list[tuple[float, int]]) -> None:
    path = saved(tmp_path_factory.mktemp("broken") / "b.xlsx", [["a", 1.5, date(2026, 3, 1)]])
    data = bytearray(path.read_bytes())
    for place, byte in at:
        data[int(place * len(data))] = byte
    path.write_bytes(data)
    with contextlib.suppress(SourceError):
        for sheet in sheets(path):
            assert all(any(record.cells) for record in sheet.with_merged(100).records())


def test_entities_are_not_unfolded(tmp_path: Path) -> None:
    laugh = '<!DOCTYPE w [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;">]>' + HEAD
    path = with_sheet(tmp_path / "l.xlsx", f'{laugh}<row r="1"><c r="A1" t="str"><v>&b;</v></c></row>{TAIL}')
    with pytest.raises(SourceError, match="document type"):
        list(first(path).records())


def test_what_is_cut_locked_or_binary_is_told(tmp_path: Path) -> None:
    whole = saved(tmp_path / "whole.xlsx", [["x"]]).read_bytes()
    cut = tmp_path / "cut.xlsx"
    cut.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(SourceError, match="damaged"):
        sheets(cut)
    old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    (tmp_path / "locked.xlsx").write_bytes(old + "EncryptedPackage".encode("utf-16-le") + bytes(64))
    with pytest.raises(SourceError, match="locked by a password"):
        layout(tmp_path / "locked.xlsx")
    (tmp_path / "old.xls").write_bytes(old + "Workbook".encode("utf-16-le") + bytes(64))
    with pytest.raises(SourceError, match="save it as XLSX") as caught:
        layout(tmp_path / "old.xls")
    assert caught.value.found == "an old Excel or Word file"
    with zipfile.ZipFile(tmp_path / "b.xlsb", "w") as archive:
        archive.writestr("xl/workbook.bin", b"")
    with pytest.raises(SourceError, match="a binary workbook"):
        sheets(tmp_path / "b.xlsb")


def test_records_of_a_sheet_hold_what_is_a_number_and_what_is_text(tmp_path: Path) -> None:
    (record,) = first(saved(tmp_path / "r.xlsx", [["1,5", 1.5, 2]])).records()
    assert record == Record(1, 1, ["1,5", "1.5", "2"], decimals=(1,))
