"""A load that is killed at any moment leaves the warehouse at a whole version, and runs through when asked again."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from pmo_analytics.ingest import IngestOptions, LoadResult, ingest_file
from pmo_analytics.system import edges
from pmo_analytics.warehouse import Warehouse, archive
from pmo_analytics.workspace import Workspace
from tests.exports import JIRA_HEADERS, TOGGL_HEADERS, jira_row, toggl_row, write_csv

KILLS = int(os.environ.get("PMO_KILLS", "100"))
ROWS = 4_000
COMMAND = [sys.executable, "-m", "pmo_analytics.cli"]
# `pmo`, telling when it has started: what is killed is to be the load, not Python's start.
CHILD = """
import pandas, pandera.pandas
import pmo_analytics.ingest
from pmo_analytics.cli import main
print("ready", flush=True)
main()
"""
# What a load leaves, told without the ids and the moment that differ from run to run.
HOURS = """
SELECT l.version, count(t.load_id), sum(t.duration_seconds), count(DISTINCT t.person_id), sum(t.source_line)
FROM core.timesheet_entry AS t JOIN meta.load AS l USING (load_id) GROUP BY ALL ORDER BY ALL
"""
ISSUES = """
SELECT l.version, count(i.load_id), sum(i.time_spent_seconds), count(DISTINCT i.assignee_id), sum(i.source_line)
FROM core.issue AS i JOIN meta.load AS l USING (load_id) GROUP BY ALL ORDER BY ALL
"""
LOADS = """
SELECT version, sha256, rows_in, rows_added, rows_replacing, rows_unchanged, rows_rejected, rows_set_aside
FROM meta.load ORDER BY version
"""
TOTALS = """
SELECT l.version, c.column_name, c.fate, c.row_count, c.total
FROM meta.control_total AS c JOIN meta.load AS l USING (load_id) ORDER BY ALL
"""
PERSONS = """
SELECT a.source, a.external_key, count(DISTINCT a.person_id) FROM personal_view.given_person_alias AS a
GROUP BY ALL ORDER BY ALL
"""
REJECTED = "SELECT source_line, column_name, value, rule FROM meta.reject ORDER BY ALL"


@dataclass(frozen=True)
class Case:
    """A prepared workspace, the file to load into it, and what an undisturbed load makes of it."""

    workspace: Path
    file: Path
    before: object
    after: object
    seconds: float


def state(folder: Path) -> object:
    with Warehouse(Workspace.find(folder)).everything() as view:
        return [view.rows(query)[1] for query in (LOADS, HOURS, ISSUES, TOTALS, PERSONS, REJECTED)]


@contextmanager
def loading(workspace: Path, file: Path) -> Iterator[subprocess.Popen[str]]:
    """`pmo ingest` in a process of its own, about to begin."""
    command = [sys.executable, "-c", CHILD, "--workspace", str(workspace), "ingest", "--accept-removals", str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as run:
        assert run.stdout
        assert run.stdout.readline() == "ready\n"
        yield run
        run.stdout.read()


def load(workspace: Path, file: Path) -> LoadResult:
    return ingest_file(Workspace.find(workspace), file, IngestOptions(accept_removals=True), edges())


def hours(n: int, minutes: int) -> list[list[str]]:
    rows = [
        toggl_row(f"person{i % 40}", f"Project {i % 5}", f"2026-0{1 + i % 6}-{1 + i % 28:02d}", f"00:{minutes}:00")
        for i in range(n)
    ]
    return [*rows, toggl_row("last", duration="25:00:00"), toggl_row("other", day="2026-02-30")]


def issues(n: int, month: str) -> list[list[str]]:
    return [
        jira_row(f"BR-{i}", f"0{1 + i % 8}/{month}/26 9:15 AM", Assignee_Id=f"acc-{i % 30}", Time_Spent=str(60 * i))
        for i in range(1, n)
    ]


def prepared(folder: Path, kind: str) -> tuple[Path, Path]:
    """A workspace and a file: `new` is written straight from the file, the others meet what is stored."""
    workspace = Workspace.create(folder / "prepared")
    loaded = [write_csv(folder / "first_issues.csv", JIRA_HEADERS, issues(500, "Feb"))]
    file = write_csv(folder / "hours.csv", TOGGL_HEADERS, hours(ROWS, 20))
    if kind == "scope":
        loaded.append(write_csv(folder / "first_hours.csv", TOGGL_HEADERS, hours(ROWS // 2, 10)))
    if kind == "key":
        file = write_csv(folder / "issues.csv", JIRA_HEADERS, issues(ROWS, "Mar"))
    for path in loaded:
        ingest_file(workspace, path, IngestOptions(), edges())
    return workspace.root, file


@pytest.fixture(scope="module", params=["new", "scope", "key"])
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Case:
    folder = tmp_path_factory.mktemp(request.param)
    workspace, file = prepared(folder, request.param)
    took = []
    for n in range(2):
        shutil.copytree(workspace, folder / f"undisturbed{n}")
        with loading(folder / f"undisturbed{n}", file) as run:
            begun = time.monotonic()
            run.wait()
        assert run.returncode in {0, 3}
        took.append(time.monotonic() - begun)
    return Case(workspace, file, state(workspace), state(folder / "undisturbed0"), max(took))


def is_kept(folder: Path, file: Path) -> bool:
    """Whether the archive gives back the file as it was."""
    digest = archive.sha256(file)
    return archive.restore(digest, folder / "warehouse" / "archive", folder / "restored").read_bytes() == (
        file.read_bytes()
    )


def test_a_killed_load_is_whole_or_not_there_and_runs_through_the_next_time(case: Case, tmp_path: Path) -> None:
    chance = random.Random(f"kill {case.file.name}")
    landed: Counter[str] = Counter()
    for n in range(KILLS // 3 + 1):
        folder = tmp_path / f"kill{n}"
        shutil.copytree(case.workspace, folder)
        with loading(folder, case.file) as run:
            time.sleep(chance.uniform(0, case.seconds))
            landed["ended"] += run.poll() is not None
            run.kill()
        seen = state(folder)
        assert seen in (case.before, case.after), f"kill {n}: neither the version before nor the one after"
        landed["after" if seen == case.after else "before"] += 1
        assert load(folder, case.file).state == ("unchanged" if seen == case.after else "loaded")
        assert state(folder) == case.after, f"kill {n}: the second run ends otherwise"
        assert is_kept(folder, case.file)
        shutil.rmtree(folder)
    assert landed["before"] >= max(1, KILLS // 20), landed


def test_status_says_that_what_a_killed_load_left_balances(case: Case, tmp_path: Path) -> None:
    folder = tmp_path / "killed"
    shutil.copytree(case.workspace, folder)
    with loading(folder, case.file) as run:
        time.sleep(case.seconds * 0.8)
        run.kill()
    told = subprocess.run(
        [*COMMAND, "--workspace", str(folder), "status", "--json"], capture_output=True, text=True, check=True
    )
    balance = json.loads(told.stdout)["balance"]
    assert balance["rows_in"] == sum(n for name, n in balance.items() if name not in {"rows_in", "loads"}) > 0
