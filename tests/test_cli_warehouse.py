"""The commands that keep a warehouse, as a person meets them: what is printed, and the exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pmo_analytics.warehouse.connection import connect
from pmo_analytics.warehouse.lakes import attach
from pmo_analytics.workspace import Workspace
from tests.commands import Command, in_new_workspace
from tests.exports import TOGGL_HEADERS, toggl_row, write_csv


@pytest.fixture
def pmo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run a command in a workspace `w`, which is the current folder, with one export of forty rows loaded."""
    run = in_new_workspace(tmp_path, monkeypatch, capsys)
    rows = [toggl_row(f"p{n % 3}", day=f"2026-03-{1 + n % 28:02d}") for n in range(40)]
    assert run("ingest", write_csv(Path("toggl.csv"), TOGGL_HEADERS, rows)).code == 0
    return run


def test_check_is_clean_or_names_what_is_damaged_and_ends_with_one(pmo: Command) -> None:
    sound = pmo("warehouse", "check")
    assert (sound.code, sound.out) == (0, "1 loads, 1 data files and 1 originals: all is as it was written\n")
    path = next(Path("warehouse").glob("core/core/timesheet_entry/*.parquet"))
    stray = path.with_name("killed.parquet")
    stray.write_bytes(b"half")
    assert pmo("warehouse", "check").code == 1
    removed = pmo("warehouse", "check", "--remove-orphans")
    assert removed.code == 0
    assert f"removed {stray}" in removed.out
    path.unlink()
    broken = pmo("warehouse", "check")
    assert broken.code == 1
    assert "the data file is missing" in broken.out
    assert "pmo warehouse restore" in broken.out
    told = json.loads(pmo("warehouse", "check", "--json").out)
    assert told["is_clean"] is False
    assert told["findings"][0]["subject"] == str(path)


def test_an_earlier_warehouse_is_upgraded_once_and_a_later_one_is_refused(pmo: Command) -> None:
    set_schema(1)
    told = pmo("warehouse", "upgrade")
    assert told.code == 0
    assert told.out.startswith("schema version 1 to 2: tables and columns")
    assert "schema version 2 to 3: the decision ledger" in told.out
    assert "schema version 3 to 4: calendars of schedules" in told.out
    assert pmo("warehouse", "upgrade").out == "schema version 4: nothing to do\n"
    assert json.loads(pmo("warehouse", "upgrade", "--json").out) == {"before": 4, "after": 4, "steps": []}
    set_schema(99)
    for command in (["status"], ["warehouse", "check"], ["warehouse", "upgrade"], ["sql", "select 1"], ["loads"]):
        refused = pmo(*command)
        assert refused.code == 1
        assert "schema version 99" in refused.err
        assert "at most 4" in refused.err


def set_schema(version: int) -> None:
    with connect() as connection:
        attach(connection, Workspace.find(Path.cwd()))
        connection.execute(f"UPDATE lake.meta.counter SET schema_version = {version}")


def test_a_backup_is_written_once_and_restored_elsewhere_with_the_same_rows(pmo: Command, tmp_path: Path) -> None:
    query = ("sql", "select * from core.timesheet_entry order by all", "--format", "csv")
    before = pmo(*query).out
    made = pmo("warehouse", "backup", tmp_path / "pmo.zip")
    assert made.code == 0
    assert "persons' names" in made.out
    assert pmo("warehouse", "backup", tmp_path / "pmo.zip").code == 2
    assert pmo("warehouse", "restore", tmp_path / "pmo.zip").code == 2
    assert pmo("warehouse", "restore", tmp_path / "pmo.zip", tmp_path / "again").code == 0
    assert pmo("warehouse", "restore", tmp_path / "toggl.csv", tmp_path / "none").code == 1
    assert pmo("--workspace", tmp_path / "again", "warehouse", "check").code == 0
    assert pmo("--workspace", tmp_path / "again", *query).out == before


def test_compact_tells_files_and_bytes_before_and_after(pmo: Command) -> None:
    rows = [toggl_row(f"p{n % 3}", day=f"2026-04-{1 + n % 28:02d}") for n in range(40)]
    assert pmo("ingest", write_csv(Path("april.csv"), TOGGL_HEADERS, rows)).code == 0
    before = pmo("loads", "--format", "csv").out
    made = pmo("warehouse", "compact")
    assert made.code == 0
    assert [line.split()[:4] for line in made.out.splitlines()[:2]] == [
        ["before", "2", "data", "files"],
        ["after", "1", "data", "files"],
    ]
    assert "all 2 versions" in made.out
    assert pmo("loads", "--format", "csv").out == before
    assert json.loads(pmo("warehouse", "compact", "--json").out)["after"]["files"] == 1
    assert pmo("warehouse", "check").code == 0


def test_every_command_tells_of_a_lost_data_file_in_words(pmo: Command) -> None:
    next(Path("warehouse").glob("core/core/timesheet_entry/*.parquet")).unlink()
    for command in (["status"], ["loads"], ["report", "portfolio_review"], ["ingest", again()]):
        told = pmo(*command)
        assert told.code == 1, command
        assert "pmo warehouse check" in told.err


def again() -> Path:
    return write_csv(Path("again.csv"), TOGGL_HEADERS, [toggl_row(day="2026-03-02", duration="03:00:00")])


def test_a_moved_workspace_and_a_run_from_another_folder_read_the_same(
    pmo: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = ("sql", "select * from core.timesheet_entry order by all", "--format", "csv")
    before = pmo(*query).out
    monkeypatch.chdir(tmp_path)
    assert pmo("--workspace", "w", *query).out == before
    (tmp_path / "far").mkdir()
    (tmp_path / "w").rename(tmp_path / "far" / "moved")
    monkeypatch.chdir(tmp_path / "far")
    assert pmo("--workspace", "moved", *query).out == before
    monkeypatch.chdir(tmp_path / "far" / "moved" / "inbox")
    assert pmo("warehouse", "check").code == 0
    assert pmo("warehouse", "compact").code == 0
    assert pmo(*query).out == before
