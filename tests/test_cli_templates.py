"""`pmo templates`: list, new, check."""

from __future__ import annotations

import json
import re
from pathlib import Path

import openpyxl
import pytest

from tests.commands import Command, in_new_workspace


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return in_new_workspace(tmp_path, monkeypatch, capsys)


def test_the_list_says_what_each_template_is_for(run: Command) -> None:
    told = run("templates", "list").out
    line = next(line for line in told.splitlines() if line.startswith("raid_log"))
    assert line.split()[:5] == ["raid_log", "workbook", "1", "xlsx", "csv"]
    assert line.rstrip().endswith("risk, assumption, raid_issue, dependency, escalation")
    found = {each["name"]: each for each in json.loads(run("templates", "list", "--json").out)}
    assert found["charter"]["formats"] == ["xlsx", "csv", "docx", "md"]
    assert found["charter"]["registers"] == ["document", "project", "contribution", "milestone"]
    assert found["charter"]["sections"][0] == "Purpose"
    assert found["lesson"]["version"] == 2


def test_a_new_charter_filled_in_loads(run: Command) -> None:
    told = run("templates", "new", "charter", "--format", "md", "--project", "PA-01")
    assert (told.code, told.out.splitlines()[0]) == (0, "wrote charter.md (charter, version 2)")
    text = Path("charter.md").read_text()
    assert "| Project id | PA-01 |" in text
    text = text.replace("| Document id |  |", "| Document id | D1 |").replace("| Name |  |", "| Name | Bridge |", 1)
    Path("charter.md").write_text(text.replace("| Status date |  |", "| Status date | 2026-03-31 |"))
    assert run("templates", "check", "charter.md").code == 0
    assert run("ingest", "charter.md").code == 0
    found = json.loads(run("sql", "SELECT project_id, name FROM core.project", "--format", "json").out)
    assert found == [{"project_id": "PA-01", "name": "Bridge"}]
    # What is known by then is filled in.
    run("templates", "new", "charter", "--out", "again.md", "--project", "PA-01")
    assert "| Name | Bridge |" in Path("again.md").read_text()


def test_a_checklist_for_a_project_names_what_its_method_asks_for(run: Command) -> None:
    Path("project.csv").write_text(
        "project_id,name,methodology,methodology_version,status_date\nPA-01,Bridge,hybrid,2,2026-01-31\n"
    )
    Path("gates.csv").write_text(
        "methodology_id,version,gate_id,position,name,status_date\n"
        "hybrid,2,G2,2,End,2026-01-31\nhybrid,2,G1,1,Start,2026-01-31\nhybrid,1,G0,0,Old,2026-01-31\n"
    )
    Path("asked.csv").write_text(
        "methodology_id,version,gate_id,artefact_kind,status_date\n"
        "hybrid,2,G2,review,2026-01-31\nhybrid,2,G1,charter,2026-01-31\nhybrid,1,G0,letter,2026-01-31\n"
    )
    assert run("ingest", "project.csv", "gates.csv", "asked.csv").code == 0
    assert run("templates", "new", "gate_checklist", "--project", "PA-01").code == 0
    book = openpyxl.load_workbook("gate_checklist.xlsx")
    assert [[c.value for c in row[:2]] for row in book["artefact"].iter_rows(min_row=2)] == [
        ["PA-01", "charter"], ["PA-01", "review"],
    ]  # fmt: skip
    assert [row[1].value for row in book["gate_review"].iter_rows(min_row=2)] == ["G1", "G2"]
    sheet = book["artefact"]
    for column, value in zip("CDG", ["1.0", "share/charter", "2026-02-28"], strict=True):
        sheet[f"{column}2"] = value
    book.save("gate_checklist.xlsx")
    told = run("ingest", "gate_checklist.xlsx")
    # What there is no evidence for yet is no error.
    assert told.code == 0, told.out
    assert "2 rows in = 1 added, 1 set aside" in told.out
    assert "2 rows in = 2 set aside" in told.out


def test_a_problem_is_told_with_its_place_and_nothing_is_loaded(run: Command) -> None:
    run("templates", "new", "dependency")
    book = openpyxl.load_workbook("dependency.xlsx")
    sheet = book["dependency"]
    headers = {cell.value: cell.column for cell in sheet[1]}
    given = {"dependency_id": "D", "predecessor_project_id": "A", "relation": "XX", "status_date": "2026-02-28"}
    for header, value in given.items():
        sheet.cell(2, headers[header], value)
    sheet.cell(1, len(headers) + 1, "ownerid")
    book.save("dependency.xlsx")
    told = run("templates", "check", "dependency.xlsx", "--json")
    assert told.code == 3
    (found,) = json.loads(told.out)
    assert (found["template"], found["version"], found["is_marked"]) == ("dependency", 1, True)
    assert found["rows"]["dependency"] == 0
    places = {(p["place"], p["row"], p["column"], p["found"]) for p in found["problems"]}
    assert places == {
        ("dependency", None, "ownerid", "ownerid"),
        ("dependency", 2, "relation", "XX"),
        ("dependency", 2, "successor_project_id", None),
    }
    hints = {p["column"]: (p["expected"], p["hint"]) for p in found["problems"]}
    assert hints["relation"][0] == "one of FS, SS, FF, SF"
    assert hints["ownerid"][1] == "is 'owner_id' meant?"
    shown = run("templates", "check", "dependency.xlsx")
    assert shown.code == 3
    assert "dependency.xlsx: template dependency, version 1" in shown.out
    assert "3 problems" in shown.out
    assert not Path("warehouse").exists()


def test_a_file_without_a_mark_is_known_by_its_headers(run: Command) -> None:
    Path("gates.csv").write_text("methodology_id,gate_id,position,name,status_date\nhybrid,G1,1,Start,2026-01-31\n")
    told = run("templates", "check", "gates.csv")
    assert told.code == 0
    assert "template stage_gate, version 1 of 2, known by its headers" in told.out
    assert "left empty, since stage_gate gained them later: version, stage" in told.out
    assert "1 of stage_gate" in told.out
    Path("x.csv").write_text("a,b\n1,2\n")
    assert run("templates", "check", "x.csv").code == 3


def test_settings_of_the_workspace_say_how_dates_are_written(run: Command) -> None:
    Path("r.csv").write_text("benefit_id,other_benefit_id,status_date\nB1,B2,03/04/2026\n")
    assert "--date-order" in run("templates", "check", "r.csv").out
    settings = Path("pmo.toml").read_text()
    Path("pmo.toml").write_text(re.sub(r"(?m)^\[reading\].*$", '[reading]\ndate_order = "dmy"', settings))
    assert run("templates", "check", "r.csv").code == 0
    Path("pmo.toml").write_text("[reading")
    assert "is not valid TOML" in run("templates", "check", "r.csv").err


def test_nothing_is_written_over_and_formats_are_named(run: Command) -> None:
    assert run("templates", "new", "risk").code == 0
    again = run("templates", "new", "risk")
    assert (again.code, "there is such a file already" in again.err) == (2, True)
    assert "xlsx or csv" in run("templates", "new", "risk", "--format", "md").err
    assert run("templates", "new", "risk", "--format", "odt").code == 2
    told = run("templates", "new", "lessons_log", "--format", "csv", "--json")
    assert json.loads(told.out)["files"] == ["lessons_log/lesson.csv", "lessons_log/lesson_use.csv"]
    assert run("templates", "check", "lessons_log").code == 0
    assert run("templates", "new", "charter", "--out", "c.md").code == 0
    assert Path("c.md").read_text().startswith("# Project charter")
