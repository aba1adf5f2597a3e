"""Real Jira and Toggl exports through the command line to a page."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow


class Shell:
    """The command line in one workspace."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def pmo(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-W", "error", "-m", "pmo_analytics.cli", *map(str, arguments)]
        return subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)

    def data(self, *arguments: object) -> Any:
        done = self.pmo(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture(scope="module")
def files(real_data: Path) -> list[Path]:
    return [
        real_data / "jira" / "server_export.csv",
        real_data / "jira" / "cloud_export.csv",
        real_data / "timesheets" / "toggl.csv",
    ]


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory, files: list[Path]) -> Shell:
    folder = tmp_path_factory.mktemp("real")
    Shell(folder).pmo("init", "w")
    shell = Shell(folder / "w")
    done = shell.pmo("ingest", *files)
    assert done.returncode == 0, done.stderr
    return shell


def test_issues_are_found_among_blank_rows(shell: Shell) -> None:
    loads = {row["file"]: row for row in shell.data("loads")}
    assert (loads["server_export.csv"]["added"], loads["server_export.csv"]["set_aside"]) == (1, 739)
    assert loads["cloud_export.csv"]["added"] == 23


def test_every_timesheet_row_is_there_and_their_hours_are_the_files_own_sum(shell: Shell, files: list[Path]) -> None:
    with files[2].open(encoding="utf-8-sig", newline="") as file:
        durations = [row["Duration"] for row in csv.DictReader(file)]
    seconds = sum(int(h) * 3600 + int(m) * 60 + int(s) for h, m, s in (d.split(":") for d in durations))
    found = shell.data("sql", "select count(*) n, sum(duration_seconds)/3600 h from core.timesheet_entry")
    assert found[0]["n"] == len(durations)
    assert found[0]["h"] == pytest.approx(seconds / 3600, abs=1e-9)


def test_loading_again_changes_nothing(shell: Shell, files: list[Path]) -> None:
    before = shell.data("loads")
    again = shell.pmo("ingest", *files)
    assert again.returncode == 0
    assert again.stdout.count("nothing changes") == len(files)
    assert shell.data("loads") == before


def test_a_page_of_that_data_alone_names_what_is_missing(shell: Shell) -> None:
    drafted = shell.pmo("init", "--from-data")
    assert drafted.returncode == 0, drafted.stderr
    done = shell.pmo("run", "monthly")
    assert done.returncode == 0, done.stderr
    path = Path(re.findall(r": (/.*\.html)$", done.stdout, re.MULTILINE)[0])
    text = path.read_text(encoding="utf-8")
    for subject in (
        "No time-phased budget",
        "No progress reports",
        "No register of estimates with outcomes",
        "no rate holds",
    ):
        assert subject in text


def test_the_month_of_the_timesheets_shows_their_hours(shell: Shell) -> None:
    month = shell.data("sql", "select strftime(max(work_date), '%Y-%m') as m from core.timesheet_entry")[0]["m"]
    done = shell.pmo("report", "portfolio_review", "--as-of", month)
    assert done.returncode == 0, done.stderr
    text = Path(done.stdout.strip().split(": ", 1)[1]).read_text(encoding="utf-8")
    assert 'data-spec="spec-1"' in text
    assert "of the hours of" in text


@pytest.mark.parametrize("cut", [100_000, 40_000])
def test_a_real_export_that_was_cut_loses_no_whole_row(tmp_path: Path, files: list[Path], cut: int) -> None:
    Shell(tmp_path).pmo("init", "w")
    shell = Shell(tmp_path / "w")
    text = files[1].read_text(encoding="utf-8-sig")
    Path(tmp_path / "w" / "cut.csv").write_text(text[: min(cut, len(text) - 200)], encoding="utf-8")
    done = shell.pmo("ingest", "cut.csv")
    assert done.returncode in {0, 3}, done.stderr
    row = shell.data("loads")[0]
    assert row["rows_in"] == row["added"] + row["rejected"] + row["set_aside"]
