from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from tests.commands import Command
from tests.exports import Desk, toggl_row
from tests.test_cli_capacity import in_workspace

# Before schedules, and before scores, are loaded.
PLAIN, SCHEDULED = 9, 10


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ann and Bo know SQL and have 368 hours in July; A and B, due then, ask for 200 each; Ann is allocated to A."""
    desk = Desk(tmp_path_factory.mktemp("level"))
    days = pd.date_range("2026-01-01", "2026-12-31", freq="B")
    desk.register("project", "project_id,name,status_date,baseline_finish_date",
                  ["A", "Ferry", "2026-06-30", "2026-07-31"], ["B", "Bridge", "2026-06-30", "2026-07-31"])  # fmt: skip
    desk.register("project_alias", "source,external_key,project_id", ["toggl", "Bridge", "B"])
    desk.register("working_calendar", "calendar_id,calendar_date,duration_hours",
                  *[["C", f"{day:%Y-%m-%d}", 8] for day in days])  # fmt: skip
    desk.register("person", "person_id,status_date,fte_pct,calendar_id,joined_date",
                  *[[who, "2026-06-30", 100, "C", "2020-01-01"] for who in ("Ann", "Bo")])  # fmt: skip
    desk.register("skill", "skill_id,status_date,name", ["sql", "2026-06-30", "SQL"], ["ux", "2026-06-30", "UX"])
    desk.register("person_skill", "person_id,skill_id,assessed_on_date,level",
                  *[[who, "sql", "2026-01-01", 4] for who in ("Ann", "Bo")])  # fmt: skip
    desk.register("allocation", "person_id,project_id,period_month,status_date,allocated_hours",
                  ["Ann", "A", "2026-07-01", "2026-06-30", 100])  # fmt: skip
    desk.register("demand", "project_id,skill_id,period_month,status_date,demand_hours,level",
                  ["A", "sql", "2026-07-01", "2026-06-30", 200, 4], ["B", "sql", "2026-07-01", "2026-06-30", 200, 3],
                  ["B", "ux", "2026-08-01", "2026-06-30", 8, ""])  # fmt: skip
    desk.toggl(toggl_row("bo", day="2026-06-30", duration="04:00:00"))
    assert len(desk.loads()) == PLAIN
    desk.register("schedule_task", "schedule_id,task_id,status_date,project_id,name,duration_hours,start_at",
                  ["S", "t", "2026-06-30", "A", "Dig", 184, "2026-07-01"],
                  ["S", "u", "2026-06-30", "B", "Span", 160, "2026-07-06"])  # fmt: skip
    desk.register("criterion_score", "subject_id,criterion_id,assessor_id,status_date,score",
                  ["A", "worth", "Cy", "2026-06-30", 1], ["B", "worth", "Cy", "2026-06-30", 9])  # fmt: skip
    desk.register("criterion", "criterion_id,status_date,name,weight,direction",
                  ["worth", "2026-06-30", "Worth", 1, "benefit"])  # fmt: skip
    return desk.workspace.root


@pytest.fixture
def run(loaded: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return in_workspace(loaded, monkeypatch, capsys)


@pytest.fixture
def weighed(tmp_path: Path) -> Path:
    path = tmp_path / "weights.csv"
    path.write_text("project_id,weight\nA,2\nB,1\n")
    return path


def test_a_move_says_what_it_frees_what_for_and_what_it_delays(run: Command, weighed: Path) -> None:
    told = run("level", "--priorities", weighed, "--months", 2, "--version", PLAIN)
    assert told.code == 0, told.err
    lines = told.out.splitlines()
    assert lines[0] == "What moves: of 40 h short, 8.0 h are short once work has moved"
    assert lines[2].split()[:8] == "B sql 3 2026-07 2026-08 32 h 32".split()
    assert "32 h of sql (B) were short in 2026-07; A (priority 2) first" in lines[2]
    assert lines[2].endswith("B by 1 month, due in 2026-07")
    late = lines.index("Projects that end late for it")
    assert lines[late + 2].split() == ["B", "1", "2026-07-31", "2026-08", "2026-08", "1", "32", "h"]
    short = lines.index("Skills that are short, before and after")
    assert lines[short + 2].split() == "sql 2026-07 400 h 32 h 368 h 0 h 368 h".split()
    stays = lines.index("What stays short")
    assert lines[stays + 2].split() == "B ux any 2026-08 8.0 h nobody has ux".split()
    assert "Priorities: the weights of weights.csv, of 2 projects; any other weighs 1." in told.out


def test_weights_are_the_portfolios_own_unless_stated_and_else_even(run: Command) -> None:
    scored = json.loads(run("level", "--json").out)
    assert scored["priority_basis"] == "the weighted values of criterion_score"
    # 0 and 1 are the ends of the scale: a tenth over the mean of 0.55, and 1 over it.
    weights = {row["project_id"]: row["weight"] for row in scored["priorities"]}
    assert weights == pytest.approx({"A": 0.1 / 0.55, "B": 1 / 0.55})
    assert [(row["project_id"], row["moved_seconds"] / 3600) for row in scored["moves"]] == [("A", 32)]
    assert scored["projects"][0]["late_months"] == 1
    even = run("level", "--version", PLAIN)
    assert "Priorities: all projects weigh the same; `--priorities FILE`" in even.out


def test_scores_that_weigh_no_project_are_told(run: Command) -> None:
    told = json.loads(run("level", "--json", "--version", SCHEDULED + 1).out)
    assert told["priority_basis"].endswith("since no project has scores under criteria that have a weight")


def test_tasks_that_start_later_say_so_by_the_day(run: Command, weighed: Path) -> None:
    told = run("level", "--tasks", "--priorities", weighed, "--version", SCHEDULED)
    assert told.code == 0, told.err
    lines = told.out.splitlines()
    at = next(place for place, line in enumerate(lines) if line.startswith("Tasks: "))
    assert lines[at].startswith("Tasks: 1 of 2 open ones start later; of ")
    assert lines[at + 2].split()[:5] == ["S/u", "Span", "B", "2026-07-06", "2026-08-03"]
    assert "of sql in the week of" in lines[at + 2]
    assert "B ends" in lines[at + 2]
    none = run("level", "--tasks", "--version", PLAIN)
    assert "No schedule with an open task is loaded" in none.out
    assert json.loads(run("level", "--tasks", "--json", "--version", PLAIN).out)["tasks"] is None


def test_who_could_do_what_stands_in_order_of_projects_by_tokens(run: Command, weighed: Path) -> None:
    told = json.loads(run("level", "--assign", "--json", "--priorities", weighed, "--version", PLAIN).out)
    rows = [(row["project_id"], row["person_id"], row["assigned_seconds"] / 3600, row["assignment_basis"])
            for row in told["assignment"] if row["person_id"] and row["period_month"] == "2026-07-01"]  # fmt: skip
    assert rows == [("A", "P0001", 184, "kept"), ("A", "P0002", 16, "new"), ("B", "P0002", 168, "stays")]
    text = run("level", "--assign", "--version", PLAIN)
    assert "Persons are tokens, in order of projects" in text.out
    assert "Ann" not in text.out


def test_who_takes_over_from_a_leaver(run: Command, weighed: Path) -> None:
    told = run("level", "--leaver", "P0001", "--on", "2026-07-15", "--priorities", weighed, "--version", PLAIN)
    assert told.code == 0, told.err
    lines = told.out.splitlines()
    # Of 23 days in July Ann is there for 11.
    assert lines[0].startswith("Of 96 h to hand over, 96 h stay uncovered. Persons are tokens")
    assert [line.split()[:11] for line in lines[2:6]] == [
        "2026-07 A sql 4 P0001 leaves 184 h 88 h last".split(),
        "2026-07 A sql 4 P0002 does more 16 h 112 h".split(),
        "2026-07 B sql 3 P0002 does less 168 h 72 h".split(),
        "2026-07 B sql 3 nobody uncovered 0 h 96 h 1".split(),
    ]
    # The register's own identifier tells as well, and is not shown.
    named = run("level", "--leaver", "ANN", "--on", "2026-07-15", "--priorities", weighed, "--version", PLAIN)
    assert named.out == told.out
    plain = json.loads(run("level", "--leaver", "P0001", "--on", "2026-07-15", "--json", "--version", PLAIN).out)
    assert [row["plan_change"] for row in plain["replanning"]] == ["leaves", "uncovered"]
    assert plain["moves"] is None
    stays = run("level", "--leaver", "P0001", "--on", "2026-12-31", "--version", PLAIN)
    assert stays.out.startswith("Nothing changes: ")


def test_a_scenario_of_capacity_is_levelled(run: Command, loaded: Path) -> None:
    file = loaded / "more.toml"
    file.write_text(
        'name = "more"\n[[contractor]]\nskill = "sql"\nlevel = 4\nhours_a_month = 20\n'
        'from = "2026-07"\nto = "2026-07"\n'
        '[[hire]]\nskill = "ux"\nlevel = 3\ncount = 1\nfrom = "2026-08"\n'
    )
    told = json.loads(run("level", "--scenario", file, "--assign", "--json", "--version", PLAIN).out)
    assert [row["moved_seconds"] / 3600 for row in told["moves"]] == [12]
    assert {"bought of sql, 4", "hired for ux, 3, 2026-08, 1"} <= {row["person_id"] for row in told["assignment"]}
    assert told["uncovered"] == []
    assert "; scenario 'more'." in run("level", "--scenario", file, "--version", PLAIN).out
    file.write_text('name = "gone"\n[[project]]\nproject = "A"\ncancel = true\n')
    assert json.loads(run("level", "--scenario", file, "--json", "--version", PLAIN).out)["moves"] == []
    file.write_text('name = "half"\n[[leavers]]\nskill = "sql"\ncount = 1\nfrom = "2026-07"\n')
    fewer = json.loads(run("level", "--scenario", file, "--json", "--version", PLAIN).out)
    assert sum(row["moved_seconds"] for row in fewer["moves"]) / 3600 == 400 - 184
    file.write_text('name = "focus"\n[[focus]]\nfactor = 2\n')
    refused = run("level", "--scenario", file)
    assert (refused.code, "levelling cannot take in a change" in refused.err) == (2, True)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("project_id,weigth\nA,2\n", ["line 1: column 'weight' is missing", "is 'weigth' meant to be it?"]),
        ("project_id;weight\nA;2\nBB;1\n", ["line 3, column 'project_id': no project 'BB'", "did you mean 'B'?"]),
        ("project_id,weight\nA,0\n", ["line 2, column 'weight'", "found:    '0'", "a number above 0"]),
        ("project_id,weight\nA,nan\n", ["line 2, column 'weight'", "found:    'nan'"]),
        ("project_id,weight\nA,much\n", ["line 2, column 'weight'", "found:    'much'"]),
        ("project_id,weight\nA\n", ["line 2, column 'weight'", "found:    ''"]),
        ("project_id,weight\nA,1\n\nA,2\n", ["line 4", "weighed twice"]),
        ("project_id,weight\n", ["weighs no project"]),
        ("", ["column 'project_id' is missing", "an empty file"]),
        ("project_id,weight\nA," + "9" * 500, ["line 2, column 'weight'", f"found:    '{'9' * 40}'"]),
    ],
)
def test_a_file_of_priorities_that_cannot_be_read_says_where(
    run: Command, tmp_path: Path, text: str, told: list[str]
) -> None:
    path = tmp_path / "weights.csv"
    path.write_text(text)
    refused = run("level", "--priorities", path)
    assert refused.code == 2
    assert str(path) in refused.err
    for part in told:
        assert part in refused.err


def test_what_cannot_be_asked_is_told(run: Command, tmp_path: Path) -> None:
    assert "1 to 24" in run("level", "--months", 25).err
    assert "did you mean 'P0001'" in run("level", "--leaver", "P001").err
    assert "name the person with --leaver" in run("level", "--on", "2026-07-01").err
    assert "no such" in run("level", "--leaver", "P0001", "--on", "soon").err
    assert "found:    --tasks" in run("level", "--leaver", "P0001", "--tasks").err
    assert "as they are" in run("level", "--scenario", "x", "--tasks").err
    assert "no scenario 'x'" in run("level", "--scenario", "x").err
    missing = run("level", "--priorities", tmp_path / "none.csv")
    assert (missing.code, "cannot be read" in missing.err) == (2, True)
    (tmp_path / "bytes.csv").write_bytes(b"project_id,weight\n\xff,1\n")
    assert "is not in UTF-8" in run("level", "--priorities", tmp_path / "bytes.csv").err


def test_an_empty_warehouse_says_what_to_load(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = Desk(tmp_path)
    desk.toggl(toggl_row(day="2026-06-30"))
    command = in_workspace(desk.workspace.root, monkeypatch, capsys)
    told = command("level", "--tasks", "--assign")
    assert told.code == 0
    assert told.out.startswith("Nothing is asked for in the months to come, or nobody's time is known: load")
    assert "the register of persons, which is not loaded" in command("level", "--leaver", "P1").err
