"""What is killed at any moment leaves a warehouse that `check` finds whole, and is done when asked again.

PMO_KILLS says how often each command is killed.
"""

from __future__ import annotations

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
from datetime import datetime
from pathlib import Path

import pytest

from pmo_analytics.ingest import IngestOptions, ingest_file
from pmo_analytics.system import edges
from pmo_analytics.warehouse import Warehouse
from pmo_analytics.warehouse.backup import back_up
from pmo_analytics.warehouse.connection import connect
from pmo_analytics.warehouse.integrity import inspect_warehouse
from pmo_analytics.warehouse.lakes import attach
from pmo_analytics.warehouse.restoration import restore
from pmo_analytics.workspace import Workspace
from tests.exports import TOGGL_HEADERS, toggl_row, write_csv

KILLS = int(os.environ.get("PMO_KILLS", "12"))
# `pmo`, telling when it has started: what is killed is to be the command, not Python's start.
CHILD = """
import pandas, pandera.pandas
import pmo_analytics.ingest, pmo_analytics.terminal
import pmo_analytics.warehouse.compaction, pmo_analytics.warehouse.schema_versions
from pmo_analytics.cli import main
print("ready", flush=True)
main()
"""
# What the step from the first schema adds; some of it is taken away.
TAKEN = [
    "ALTER TABLE lake.core.timesheet_entry DROP COLUMN account",
    *(f"DROP TABLE lake.core.{name}" for name in ("ledger_entry", "risk", "benefit", "lesson", "skill", "demand")),
    "DROP TABLE personal.main.rate",
    "DROP TABLE personal.main.reject_line",
    "UPDATE lake.meta.counter SET schema_version = 1",
]
SHOWN = (
    "SELECT count(load_id), sum(duration_seconds), sum(source_line) FROM core.timesheet_entry",
    "SELECT version, sha256, rows_in, rows_added, rows_replacing, rows_rejected FROM meta.load ORDER BY ALL",
    "SELECT source, external_key FROM personal_view.given_person_alias ORDER BY ALL",
)


@dataclass(frozen=True)
class Case:
    """A workspace, the command to kill on it, what it shows before and after, and how long the command takes."""

    workspace: Path
    command: list[str]
    before: object
    after: object
    seconds: float


def shown(folder: Path) -> object:
    """What the first version and the latest show; `check` sums every version."""
    found = []
    for version in (1, None):
        with Warehouse(Workspace.find(folder)).everything(version) as view:
            found.append([view.rows(query)[1] for query in SHOWN])
    return found


def hours(month: int, n: int = 3_000, minutes: int = 20) -> list[list[str]]:
    return [
        toggl_row(f"person{i % 40}", f"Project {i % 5}", f"2026-0{month}-{1 + i % 28:02d}", f"00:{minutes}:00")
        for i in range(n)
    ]


@contextmanager
def running(folder: Path, command: list[str]) -> Iterator[subprocess.Popen[str]]:
    """The command in a process of its own, about to begin."""
    line = [sys.executable, "-c", CHILD, "--workspace", str(folder), *command]
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as run:
        assert run.stdout
        assert run.stdout.readline() == "ready\n"
        yield run
        run.stdout.read()


@pytest.fixture(scope="module", params=["upgrade", "compact", "ingest"])
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Case:
    folder = tmp_path_factory.mktemp(request.param)
    workspace = Workspace.create(folder / "prepared")
    for month in (1, 2, 3):
        file = write_csv(folder / f"{month}.csv", TOGGL_HEADERS, hours(month))
        ingest_file(workspace, file, IngestOptions(), edges())
    command = ["warehouse", request.param]
    if request.param == "upgrade":
        with connect() as connection:
            attach(connection, workspace)
            for statement in TAKEN:
                connection.execute(statement)
    if request.param == "ingest":
        command = ["ingest", str(write_csv(folder / "next.csv", TOGGL_HEADERS, hours(3, minutes=40)))]
    undisturbed = folder / "undisturbed"
    shutil.copytree(workspace.root, undisturbed)
    with running(undisturbed, command) as run:
        begun = time.monotonic()
        assert run.wait() == 0
        seconds = time.monotonic() - begun
    return Case(workspace.root, command, shown(workspace.root), shown(undisturbed), seconds)


def test_what_is_killed_is_whole_or_not_there_and_check_is_clean_when_orphans_are_gone(
    case: Case, tmp_path: Path
) -> None:
    chance = random.Random(f"kill {case.command[-1][-12:]}")
    landed: Counter[str] = Counter()
    for n in range(KILLS):
        folder = tmp_path / f"kill{n}"
        shutil.copytree(case.workspace, folder)
        with running(folder, case.command) as run:
            time.sleep(chance.uniform(0, case.seconds))
            landed["ended"] += run.poll() is not None
            run.kill()
        workspace = Workspace.find(folder)
        found = inspect_warehouse(workspace)
        odd = [f for f in found.findings if not f.is_note and "--remove-orphans" not in f.remedy]
        assert not odd, f"kill {n}"
        landed["with orphans"] += not found.is_clean
        seen = shown(folder)
        assert seen in (case.before, case.after), f"kill {n}"
        cleaned = inspect_warehouse(workspace, removes_orphans=True)
        assert cleaned.is_clean
        assert len(cleaned.removed) == len([f for f in found.findings if not f.is_note])
        with running(folder, case.command) as run:
            assert run.wait() == 0, f"kill {n}: asked again, it fails"
        assert shown(folder) == case.after, f"kill {n}"
        again = inspect_warehouse(workspace)
        assert [f for f in again.findings if not f.is_note or "schema" in f.finding] == []
        shutil.rmtree(folder)
    assert landed["ended"] < KILLS, landed
    print(case.command[:2], dict(landed))  # noqa: T201


def test_backups_that_are_made_while_loads_go_on_hold_whole_versions(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w")
    files = [write_csv(tmp_path / f"{m}.csv", TOGGL_HEADERS, hours(m, 500)) for m in range(1, 9)]
    ingest_file(workspace, files[0], IngestOptions(), edges())
    versions = []
    with running(workspace.root, ["ingest", *map(str, files[1:])]) as run:
        for n in range(200):
            back_up(workspace, tmp_path / f"{n}.zip", now=datetime(2026, 7, 1))
            versions.append(n)
            if run.poll() is not None:
                break
    seen = set()
    for n in versions[:: max(1, len(versions) // 8)]:
        found = inspect_warehouse(restore(tmp_path / f"{n}.zip", tmp_path / f"restored{n}"))
        assert found.is_clean
        seen.add(found.loads)
    assert len(seen) > 1, seen
