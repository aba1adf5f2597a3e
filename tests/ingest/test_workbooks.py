"""Workbooks go in sheet by sheet, and end in the warehouse as the same rows in CSV would."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pmo_analytics.errors import PmoError, QuestionError, SourceError
from pmo_analytics.exchange import register_xlsx
from pmo_analytics.ingest import IngestOptions, LoadResult, export_files, ingest_files
from pmo_analytics.synthetic.company import write_company_exports
from pmo_analytics.synthetic.portfolio import simulate
from pmo_analytics.warehouse import archive
from tests.exports import TOGGL_HEADERS, Desk, balances, toggl_row, write_csv
from tests.workbooks import HEAD, TAIL, saved, saved_book, with_sheet

PROJECT = ["project_id", "name", "budget_at_completion_amount", "currency", "status_date"]
STORED = "SELECT project_id, name, source_line FROM core.project ORDER BY ALL"
RISK = ["risk_id", "project_id", "title", "probability", "status_date"]
TEMPO = ["Issue Key", "Hours", "Work date", "Username", "Project Key"]


def load(desk: Desk, path: Path, **options: Any) -> list[LoadResult | PmoError]:
    return list(ingest_files(desk.workspace, [path], IngestOptions(**options), desk.edges))


def tempo(path: Path, *hours: Any) -> Path:
    return saved(path, [TEMPO, *(["A-1", h, date(2026, 3, n), "ann", "A"] for n, h in enumerate(hours, start=2))])


def hours_of(desk: Desk) -> list[float]:
    rows = desk.query("SELECT duration_seconds / 3600 FROM core.timesheet_entry ORDER BY work_date")
    return [float(str(row[0])) for row in rows]


def test_each_known_sheet_is_a_load_and_the_others_are_named(desk: Desk, tmp_path: Path) -> None:
    path = saved_book(
        tmp_path / "pmo.xlsx",
        {
            "Cover": [["Registers of the PMO"]],
            "Projects": [[], ["As of June"], [], PROJECT, ["P1", "Bridge", 1000.5, "EUR", date(2026, 6, 30)]],
            "Risks": [RISK, ["R1", "P1", "Flood", (0.05, "0%"), date(2026, 6, 30)]],
            "Notes": [],
        },
    )
    first, second = load(desk, path)
    assert isinstance(first, LoadResult)
    assert isinstance(second, LoadResult)
    assert (first.file, first.table, second.file, second.table) == (
        "pmo.xlsx/Projects", "project", "pmo.xlsx/Risks", "risk",
    )  # fmt: skip
    assert (first.rows_in, first.rows["added"], first.rows["set_aside"]) == (2, 1, 1)
    assert balances(first)
    assert "sheets without a known header, not read: Cover, Notes" in first.assumptions
    assert desk.query(STORED) == [("P1", "Bridge", 5)]
    assert desk.query("SELECT probability FROM core.risk") == [(0.05,)]
    assert desk.loads() == ["pmo.xlsx/Projects", "pmo.xlsx/Risks"]
    (digest,) = {str(row[0]) for row in desk.query("SELECT sha256 FROM meta.load")}
    kept = archive.restore(digest, desk.workspace.warehouse / "archive", tmp_path / "kept")
    assert kept.read_bytes() == path.read_bytes()
    assert {r.state for r in load(desk, path) if isinstance(r, LoadResult)} == {"unchanged"}


def test_two_sheets_of_one_register_are_both_loaded(desk: Desk, tmp_path: Path) -> None:
    day = date(2026, 6, 30)
    sheets = {title: [PROJECT, [title, title, None, None, day]] for title in ("North", "South")}
    assert len(load(desk, saved_book(tmp_path / "two.xlsx", sheets))) == 2
    assert desk.query(STORED) == [("North", "North", 2), ("South", "South", 2)]
    with pytest.raises(SourceError, match="several tables"):
        desk.load(tmp_path / "two.xlsx")


def test_a_workbook_of_nothing_known_is_refused_with_what_it_holds(desk: Desk, tmp_path: Path) -> None:
    (problem,) = load(desk, saved_book(tmp_path / "odd.xlsx", {"A": [["Colour", "Weight"]], "B": []}))
    assert isinstance(problem, SourceError)
    assert "A: Colour, Weight" in str(problem.found)
    assert desk.loads() == []


def test_a_rejected_row_is_told_by_its_row_and_kept_as_a_line(desk: Desk, tmp_path: Path) -> None:
    rows: list[Sequence[Any]] = [TOGGL_HEADERS, toggl_row(description="one\ntwo"), toggl_row(duration="25:00:00")]
    result = desk.load(saved(tmp_path / "toggl.xlsx", rows))
    (reject,) = result.rejects
    assert (result.rows["added"], reject.source_line, reject.value) == (1, 3, "25:00:00")
    lines = desk.query("SELECT source_line, line FROM personal.main.reject_line")
    assert lines == [(3, ",".join(toggl_row(duration="25:00:00")) + "\n")]


def test_typed_cells_are_read_as_the_texts_of_a_csv_are(desk: Desk, tmp_path: Path) -> None:
    row: list[Any] = list(toggl_row())
    for header, value in {
        "Start date": date(2026, 3, 2), "Start time": time(9), "Duration": (0.0625, "[h]:mm:ss"), "Billable": True,
        "Amount (EUR)": 12.5,
    }.items():  # fmt: skip
        row[TOGGL_HEADERS.index(header)] = value
    assert desk.load(saved(tmp_path / "toggl.xlsx", [TOGGL_HEADERS, row])).rows["added"] == 1
    texts = toggl_row(duration="01:30:00")
    texts[TOGGL_HEADERS.index("Amount (EUR)")] = "12.50"
    assert desk.load(write_csv(tmp_path / "toggl.csv", TOGGL_HEADERS, [texts])).rows["unchanged"] == 1


def test_an_error_below_a_header_rejects_its_row_and_one_beside_says_so(desk: Desk, tmp_path: Path) -> None:
    def row(number: int, cell: str) -> str:
        text = 't="inlineStr"><is><t>'
        return f'<row r="{number}"><c {text}P{number}</t></is></c>{cell}</row>'

    header = "".join(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in ("project_id", "name"))
    name = '<c t="inlineStr"><is><t>Bridge</t></is></c>'
    rows = [
        row(2, name),
        row(3, '<c t="e"><v>#REF!</v></c>'),
        row(4, f"{name}<c><v>1</v></c>"),
        row(5, "<c><f>1</f></c>"),
    ]
    path = with_sheet(tmp_path / "e.xlsx", f'{HEAD}<row r="1">{header}</row>{"".join(rows)}{TAIL}')
    result = desk.load(path, IngestOptions(status_date=date(2026, 6, 30)))
    assert (result.rows["added"], result.rows["rejected"], balances(result)) == (1, 3, True)
    assert [(r.source_line, r.rule, r.value) for r in result.rejects] == [
        (3, "error", "#REF! in B3"),
        (4, "beside", "a cell beside the columns of the header"),
        (5, "error", "a formula without a stored value in B5"),
    ]


def test_numbers_have_a_point_and_texts_the_mark_that_they_prove(desk: Desk, tmp_path: Path) -> None:
    result = desk.load(tempo(tmp_path / "mixed.xlsx", 1.125, "2,5", "1,250", 0.1))
    assert result.rows["added"] == 4
    assert hours_of(desk) == [1.125, 2.5, 1.25, 0.1]
    assert "some numbers are text, with a decimal comma; the others are read as the numbers they are" in (
        result.assumptions
    )


def test_a_text_that_nothing_decides_is_asked_about_however_many_numbers_there_are(desk: Desk, tmp_path: Path) -> None:
    path = tempo(tmp_path / "open.xlsx", 1.5, 2.25, "1,250")
    with pytest.raises(QuestionError, match="decimal or thousands"):
        desk.load(path)
    assert desk.load(path, IngestOptions(decimal_mark="comma")).rows["added"] == 3
    assert hours_of(desk) == [1.5, 2.25, 1.25]


def test_numbers_alone_leave_nothing_to_ask(desk: Desk, tmp_path: Path) -> None:
    assert desk.load(tempo(tmp_path / "typed.xlsx", 1.125, 2.375)).rows["added"] == 2
    assert hours_of(desk) == [1.125, 2.375]


def test_the_users_mark_speaks_of_text_alone(desk: Desk, tmp_path: Path) -> None:
    path = tempo(tmp_path / "typed.xlsx", 1.125, "2,5")
    assert desk.load(path, IngestOptions(decimal_mark="comma")).rows["added"] == 2
    assert hours_of(desk) == [1.125, 2.5]


def test_a_percentage_is_what_it_shows(desk: Desk, tmp_path: Path) -> None:
    headers = ["person_id", "fte_pct", "status_date"]
    day = date(2026, 6, 30)
    rows = [["E1", (0.5, "0%"), day], ["E2", "80%", day], ["E3", 75, day], ["E4", "12,5 %", day]]
    result = desk.load(saved(tmp_path / "person.xlsx", [headers, *rows]), IngestOptions(source="person"))
    assert result.rows["added"] == 4
    found = desk.query("SELECT fte_pct FROM core.person ORDER BY source_line")
    assert [row[0] for row in found] == [Decimal(50), Decimal(80), Decimal(75), Decimal("12.5")]


def test_a_percentage_whose_mark_nothing_decides_is_asked_about(desk: Desk, tmp_path: Path) -> None:
    rows = [["E1", "12,500 %", "2026-06-30"]]
    path = write_csv(tmp_path / "person.csv", ["person_id", "fte_pct", "status_date"], rows)
    with pytest.raises(QuestionError, match="decimal or thousands"):
        desk.load(path, IngestOptions(source="person"))


def test_a_code_under_a_format_of_zeros_keeps_them(desk: Desk, tmp_path: Path) -> None:
    rows = [["project_id", "name", "status_date"], [(4711, "00000000"), "Bridge", date(2026, 6, 30)]]
    desk.load(saved(tmp_path / "project.xlsx", rows))
    assert desk.query(STORED) == [("00004711", "Bridge", 2)]


def test_a_template_that_was_filled_in_is_read(desk: Desk, tmp_path: Path) -> None:
    (path,) = register_xlsx.write_templates(tmp_path, ["risk"])
    assert desk.load(path).rows_in == 0


def test_a_mapped_source_may_be_a_sheet(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    settings = desk.workspace.root / "pmo.toml"
    settings.write_text(
        settings.read_text()
        + '\n[source.house]\ntable = "ledger_entry"\n[source.house.fields]\nposting_date = "Booked"\n'
        'amount = "Sum"\ncurrency = { value = "EUR" }\nproject_key = "Job"\n'
    )
    desk.workspace = type(desk.workspace).find(desk.workspace.root)
    path = saved(tmp_path / "house.xlsx", [["Booked", "Sum", "Job"], [datetime(2026, 3, 2), 0.1, "J1"]])
    assert desk.load(path).source == "house"
    assert desk.query("SELECT amount FROM core.ledger_entry") == [(Decimal("0.1"),)]


def test_a_workbook_in_a_zip_file_is_read_and_an_open_one_beside_it_is_not(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    saved(folder / "risk.xlsx", [RISK, ["R1", "P1", "Flood", 0.5, date(2026, 6, 30)]])
    (folder / "~$risk.xlsx").write_bytes(b"owner")
    assert [p.name for p in export_files([folder])] == ["risk.xlsx"]
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as container:
        container.write(folder / "risk.xlsx", "deep/risk.xlsx")
    (result,) = load(desk, tmp_path / "all.zip")
    assert isinstance(result, LoadResult)
    assert result.file == "all.zip/deep/risk.xlsx/Sheet"


def test_an_old_xls_file_that_is_text_is_still_read(desk: Desk, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "toggl.xls", TOGGL_HEADERS, [toggl_row()])
    assert desk.load(path).rows["added"] == 1


def typed(header: str, text: str) -> Any:
    """A cell of the line items as SAP's own export to a spreadsheet types it; what nothing reads stays text."""
    if header in {"Value TranCurr", "Value in Obj. Crcy", "Val.in RC"}:
        return Decimal(text.replace(",", ""))
    return datetime.strptime(text, "%m/%d/%Y").date() if header in {"Postg Date", "Doc. Date"} else text


def test_line_items_of_sap_are_the_same_as_a_sheet_and_as_csv(tmp_path: Path) -> None:
    write_company_exports(simulate(4), tmp_path / "exports", months=4)
    exported = tmp_path / "exports" / "cji3_line_items.csv"
    with exported.open(encoding="utf-8", newline="") as file:
        headers, *rows = csv.reader(file)
    typed_rows = [[typed(h, text) for h, text in zip(headers, row, strict=True)] for row in rows]
    register_xlsx.write(tmp_path / "cji3.xlsx", headers, typed_rows)
    found = []
    for name, path in (("one", exported), ("other", tmp_path / "cji3.xlsx")):
        desk = Desk(tmp_path / name)
        result = desk.load(path)
        stored = desk.query("SELECT * EXCLUDE (load_id) FROM core.ledger_entry ORDER BY source_line")
        found.append((result.rows, result.totals, stored))
    assert found[0][0]["added"] == len(rows) > 100
    assert found[0] == found[1]
