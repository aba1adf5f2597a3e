"""The command line as a person meets it: what is printed, and the exit code."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from tests.commands import Command, in_new_workspace
from tests.exports import JIRA_HEADERS, TOGGL_HEADERS, jira_row, toggl_row, write_csv


@pytest.fixture
def pmo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run a command in a fresh workspace `w`, which is the current folder."""
    return in_new_workspace(tmp_path, monkeypatch, capsys)


def toggl(*rows: list[str], name: str = "toggl.csv") -> Path:
    return write_csv(Path(name), TOGGL_HEADERS, rows)


def test_a_first_load_is_told_row_by_row_and_the_second_changes_nothing(pmo: Command) -> None:
    path = toggl(toggl_row(), toggl_row(duration="25:00:00"))
    first = pmo("ingest", path)
    assert first.code == 3
    assert "2 rows in = 1 added, 1 rejected" in first.out
    assert "rejected line 3, Duration: '25:00:00'" in first.out
    second = pmo("ingest", path)
    assert second.code == 0
    assert "nothing changes" in second.out


def test_rejects_go_to_a_workbook_and_come_back_corrected(pmo: Command) -> None:
    pmo("ingest", toggl(toggl_row(), toggl_row(duration="25:00:00")))
    pmo("ingest", toggl(toggl_row(day="2026-05-04", duration="26:00:00"), name="other.csv"))
    written = pmo("rejects", "1", "--xlsx", "out.xlsx")
    assert written.code == 0
    assert "version 1: 1 rejected rows of toggl.csv" in written.out
    assert "version 2" not in written.out
    assert "persons' names included" in written.out
    assert pmo("rejects", "--xlsx", "out.xlsx").code == 2
    assert [row["line"] for row in json.loads(pmo("rejects", "2", "--json").out)] == [2]
    book = openpyxl.load_workbook("out.xlsx")
    book["version 1"].cell(2, TOGGL_HEADERS.index("Duration") + 3).value = "02:00:00"
    book.save("out.xlsx")
    corrected = pmo("ingest", "out.xlsx")
    assert corrected.code == 0
    assert "out.xlsx/version 1: Toggl Track detailed report" in corrected.out
    assert "1 rows in = 1 added" in corrected.out


def test_rejects_name_file_line_column_value_rule_and_hint(pmo: Command) -> None:
    pmo("ingest", toggl(toggl_row(duration="25:00:00")))
    found = json.loads(pmo("rejects", "--json").out)
    assert found == [
        {
            "version": 1,
            "file": "toggl.csv",
            "line": 2,
            "column": "Duration",
            "value": "25:00:00",
            "rule": "less_than_or_equal_to",
            "expected": "at most 24 hours",
            "hint": "correct 'Duration' in the source system and export again",
        }
    ]


def test_a_cut_record_is_rejected_and_what_came_before_is_kept(pmo: Command) -> None:
    path = write_csv(Path("jira.csv"), JIRA_HEADERS, [jira_row("BR-1"), jira_row("BR-2", Summary="Lower the ramp")])
    kept = path.read_text().partition("Lower the ramp")[0]
    path.write_text(f'{kept}"Lower the')
    outcome = pmo("ingest", path)
    assert outcome.code == 3
    assert "'the file ends inside a quoted cell' (cut; expected a closing quote)" in outcome.out
    assert "1 added, 1 rejected" in outcome.out


@pytest.mark.parametrize("data", [b"", b"\x7fELF\x00\x01\x02\x00\x00" * 30])
def test_an_empty_or_binary_file_is_refused_with_one_message(pmo: Command, data: bytes) -> None:
    Path("export.csv").write_bytes(data)
    outcome = pmo("ingest", "export.csv")
    assert outcome.code == 1
    assert outcome.out == ""
    assert outcome.err.startswith("pmo: ")
    assert "export.csv" in outcome.err


def test_one_good_file_and_one_bad_is_done_in_part(pmo: Command) -> None:
    Path("empty.csv").write_bytes(b"")
    outcome = pmo("ingest", "empty.csv", toggl(toggl_row()))
    assert outcome.code == 4
    assert "1 rows in = 1 added" in outcome.out


def test_sql_as_json_csv_and_table_with_exact_numbers(pmo: Command) -> None:
    pmo("ingest", toggl(toggl_row(duration="01:30:00"), toggl_row(duration="00:20:00")))
    query = "select count(*) n, sum(duration_seconds)/3600 h from core.timesheet_entry"
    rows = json.loads(pmo("sql", query, "--format", "json").out)
    assert rows[0]["n"] == 2
    assert rows[0]["h"] == pytest.approx(11 / 6)
    assert pmo("sql", "select 1 as a, 'x,y' as b", "--format", "csv").out == 'a,b\n1,"x,y"\n'
    assert "1 rows" in pmo("sql", "select 1 as a").out


def test_sql_reads_no_file_and_writes_nothing(pmo: Command) -> None:
    pmo("ingest", toggl(toggl_row()))
    wrong = pmo("sql", "delete from lake.core.timesheet_entry")
    assert wrong.code == 2
    assert json.loads(pmo("sql", "select count(person_id) as n from core.timesheet_entry", "--json").out) == [{"n": 1}]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["sql", "select 1", "--as-of", "2026-13"], "no such reporting date"),
        (["sql", "select 1", "--format", "xml"], "--format is not one of its values"),
        (["run", "monthli"], "did you mean 'monthly'"),
        (["report", "portfolio_revue"], "did you mean 'portfolio_review'"),
        (["report", "portfolio_review", "-p", "as_off=2026-06"], "did you mean 'as_of'"),
        (["report", "portfolio_review", "-p", "as_of=2026-06"], "use --as-of"),
        (["report", "portfolio_review", "-p", "portfolio"], "name=value"),
        (["ingst"], "No such command"),
        (["sql"], "Missing argument"),
    ],
)
def test_wrong_use_is_told_and_ends_with_two(pmo: Command, arguments: list[str], told: str) -> None:
    pmo("ingest", toggl(toggl_row()))
    outcome = pmo(*arguments)
    assert outcome.code == 2
    assert told in outcome.err


def test_an_empty_warehouse_says_what_to_do(pmo: Command) -> None:
    outcome = pmo("status")
    assert outcome.code == 1
    assert "pmo ingest" in outcome.err


def test_status_and_loads(pmo: Command) -> None:
    pmo("ingest", toggl(toggl_row()))
    text = pmo("status").out
    assert "1 rows in = 1 added" in text
    assert "No project register" in text
    about = json.loads(pmo("status", "--json").out)
    assert about["tables"] == {"timesheet_entry": 1}
    assert json.loads(pmo("loads", "--json").out)[0]["source"] == "toggl"


def test_registers_are_drafted_from_what_was_loaded_and_then_nothing_is_unknown(pmo: Command) -> None:
    pmo("ingest", toggl(toggl_row("ann", "Bridge"), toggl_row("bo", "Quay")))
    assert pmo("init", "--from-data").code == 0
    rows = json.loads(pmo("sql", "select name from core.project order by name", "--json").out)
    assert [row["name"] for row in rows] == ["Bridge", "Quay"]
    assert "every code is mapped" in pmo("map").out


def test_unknown_codes_go_out_to_a_sheet_and_come_back_as_aliases(pmo: Command) -> None:
    pmo("ingest", toggl(toggl_row(project="Brigde")))
    register = write_csv(Path("p.csv"), ["project_id", "name", "status_date"], [["B", "Bridge", "2026-01-01"]])
    pmo("ingest", register)
    pmo("map")
    sheet = Path("registers/unknown_projects.csv")
    assert "Brigde,,B,Bridge" in sheet.read_text()
    sheet.write_text(sheet.read_text().replace("Brigde,,B,Bridge", "Brigde,B,B,Bridge"))
    assert pmo("ingest", sheet).code == 0
    assert json.loads(pmo("sql", "select project_id from core.timesheet_entry", "--json").out) == [{"project_id": "B"}]


def test_control_characters_of_exports_never_reach_the_terminal(pmo: Command) -> None:
    pmo("ingest", toggl(toggl_row(project="\x1b[31mred", duration="99:00:00"), toggl_row(description="\x1b]0;x\x07")))
    for arguments in (["sql", "select description from core.timesheet_entry"], ["map"], ["status"], ["rejects"]):
        assert "\x1b" not in pmo(*arguments).out


def test_help_starts_at_once_and_names_every_command() -> None:
    command = [sys.executable, "-m", "pmo_analytics.cli", "--help"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    for name in ("demo", "init", "ingest", "map", "status", "check", "rejects", "loads", "sql", "run", "report", "lab"):
        assert f"  {name} " in printed


def test_how_a_file_would_be_read_is_told_column_by_column_and_nothing_is_stored(pmo: Command) -> None:
    told = pmo("ingest", "--explain", toggl(toggl_row(duration="1:30:00")))
    assert told.code == 0
    assert "nothing was changed (dry run)" in told.out
    (line,) = [line for line in told.out.splitlines() if line.startswith("duration_seconds  ")]
    assert line.split() == ["duration_seconds", "Duration", "1:30:00", "5400.000"]
    assert pmo("loads").code == 1


def test_months_that_two_languages_share_are_answered_by_an_option(pmo: Command) -> None:
    path = write_csv(Path("j.csv"), JIRA_HEADERS, [jira_row("BR-1", "05/lip/26 9:00 AM", Created="05/lip/26 9:00 AM")])
    asked = pmo("ingest", path)
    assert asked.code == 1
    assert "--month-language" in asked.err
    assert pmo("ingest", "--month-language", "xx", path).code == 2
    assert pmo("ingest", "--month-language", "pl", path).code == 0
    assert "2026-07-05" in pmo("sql", "SELECT updated_at FROM core.issue", "--format", "csv").out


def test_a_load_report_is_written_where_it_is_asked_for(pmo: Command) -> None:
    assert pmo("ingest", toggl(toggl_row()), "--report", "load.html").code == 0
    assert "1 file with 1 row read" in Path("load.html").read_text(encoding="utf-8")
    # A wrong name is told before anything is loaded.
    assert pmo("ingest", toggl(toggl_row(person="ben"), name="other.csv"), "--report", "load.pdf").code == 2
    assert len(json.loads(pmo("loads", "--json").out)) == 1


def test_the_template_of_any_register_is_written_as_a_workbook(pmo: Command) -> None:
    assert pmo("init", ".", "--register", "risk", "--xlsx").code == 0
    assert Path("registers/risk.xlsx").exists()
    assert "did you mean 'risk'" in pmo("init", ".", "--register", "riks").err


def test_a_ledgers_codes_go_out_to_the_sheet_with_their_money_and_what_another_source_knows(pmo: Command) -> None:
    pmo("ingest", write_csv(Path("p.csv"), ["project_id", "name", "status_date"], [["B", "Bridge", "2026-01-01"]]))
    pmo("ingest", write_csv(Path("a.csv"), ["source", "external_key", "project_id"], [["toggl", "D-7", "B"]]))
    columns = ["ledger_entry_id", "project_key", "posting_date", "amount", "currency"]
    rows = [["1", "d-7", "2026-03-02", "5.25", "EUR"], ["2", "d-7", "2026-03-03", "2", "GBP"]]
    pmo("ingest", write_csv(Path("l.csv"), columns, rows))
    pmo("map")
    sheet = Path("registers/unknown_projects.csv").read_text().splitlines()
    assert sheet[1] == "ledger_entry,d-7,,B,Bridge,,EUR 5.25; GBP 2.00,2,"
    # A ledger's codes make no projects of their own.
    assert "d-7" not in pmo("init", "--from-data").out
    assert json.loads(pmo("sql", "select project_id from core.project", "--json").out) == [{"project_id": "B"}]


def test_rules_between_tables_are_told_with_places_and_a_rejecting_one_sets_the_exit_code(pmo: Command) -> None:
    pmo("ingest", write_csv(Path("p.csv"), ["project_id", "name", "status_date"], [["B", "Bridge", "2026-01-01"]]))
    assert "check unknown_project, 1 row" in pmo("ingest", toggl(toggl_row(project="\x1b[31mQuay"))).out
    told = pmo("check")
    assert told.code == 0
    assert "unknown_project, timesheet_entry (warn), 1 row: a project that no register or alias knows" in told.out
    assert "in toggl.csv:2" in told.out
    assert "\x1b" not in told.out
    assert "not checked: unknown_person: no person is loaded" in told.out
    with Path("pmo.toml").open("a") as settings:
        settings.write("\n[checks.more]\n")
    assert pmo("check").code == 2
    Path("pmo.toml").write_text('[checks]\nunknown_project = "reject"\n')
    strict = pmo("check", "--json")
    assert strict.code == 3
    assert [f["rows"] for f in json.loads(strict.out) if f["rule"] == "unknown_project"] == [1]
