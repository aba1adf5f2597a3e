"""A load on a full disk says so and loses nothing; a limit on the size of a file stands in for the disk's end."""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from pmo_analytics.warehouse import Warehouse
from pmo_analytics.warehouse.integrity import inspect_warehouse
from pmo_analytics.workspace import Workspace
from tests.exports import TOGGL_HEADERS, Desk, toggl_row, write_csv


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    desk = Desk(tmp_path_factory.mktemp("loaded"))
    desk.toggl(toggl_row(), name="first.csv")
    return desk.workspace.root


def ingest(workspace: Workspace, file: Path, limit: int | None) -> subprocess.CompletedProcess[str]:
    def limited() -> None:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    command = [sys.executable, "-m", "pmo_analytics.cli", "--workspace", str(workspace.root), "ingest", str(file)]
    return subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=limited)


def shown(workspace: Workspace) -> object:
    with Warehouse(workspace).everything() as view:
        return [view.rows(f"SELECT * FROM {t} ORDER BY ALL") for t in ("core.timesheet_entry", "meta.load")]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rows", "limit", "told"),
    [
        (3_000, 50_000, "the original could not be kept"),
        (3_000, 350_000, "the disk is full"),
        (100, 150_000, "the disk is full"),
    ],
    ids=["archive", "data file", "catalog"],
)
def test_a_load_on_a_full_disk_is_told_and_loses_nothing(
    loaded: Path, tmp_path: Path, rows: int, limit: int, told: str
) -> None:
    workspace = Workspace.find(shutil.copytree(loaded, tmp_path / "w"))
    before = shown(workspace)
    texts = [sha256(str(n).encode()).hexdigest() * 2 for n in range(rows)]
    hours = [toggl_row(f"p{n % 40}", day=f"2026-04-{1 + n % 28:02d}", description=t) for n, t in enumerate(texts)]
    file = write_csv(tmp_path / "next.csv", TOGGL_HEADERS, hours)
    failed = ingest(workspace, file, limit)
    assert failed.returncode == 1
    assert "Traceback" not in failed.stderr
    assert told in failed.stderr
    assert "make room" in failed.stderr
    assert shown(workspace) == before
    assert inspect_warehouse(workspace, removes_orphans=True).is_clean
    assert ingest(workspace, file, None).returncode == 0
    assert inspect_warehouse(workspace).is_clean
