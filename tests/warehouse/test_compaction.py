"""Fewer files, the same rows: every version reads byte by byte as before, by whichever clock."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pmo_analytics.errors import WarehouseError
from pmo_analytics.warehouse import Warehouse, compaction
from pmo_analytics.warehouse.backup import back_up
from pmo_analytics.warehouse.compaction import compact, extent
from pmo_analytics.warehouse.integrity import inspect_warehouse
from pmo_analytics.warehouse.restoration import restore
from pmo_analytics.workspace import Workspace
from tests.exports import Desk, counted_edges, toggl_row

RATE = "role_or_person_id,valid_from_date,hourly_amount,currency"
VERSIONS = (1, 2, 4, 6, 7, 9, 10)
SHOWN = ("core.timesheet_entry", "personal_view.given_rate", "meta.load", "meta.control_total")


def hours(first: int, last: int, duration: str = "01:00:00") -> list[list[str]]:
    return [
        toggl_row(f"p{n % 5}", f"Project {n % 3}", f"2026-0{1 + n // 28}-{1 + n % 28:02d}", duration)
        for n in range(first, last)
    ]


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Versions that add, replace and remove: files with rows deleted, files that are gone, files as they were."""
    desk = Desk(tmp_path_factory.mktemp("loaded"))
    desk.toggl(*hours(0, 56), name="1.csv")
    desk.toggl(*hours(40, 80, "02:00:00"), name="2.csv")
    for number, first in enumerate((84, 112, 140), start=3):
        desk.toggl(*hours(first, first + 28), name=f"{number}.csv")
    desk.toggl(*hours(112, 140, "03:00:00"), name="6.csv")
    desk.toggl(*hours(90, 130, "04:00:00"), name="7.csv", accept_removals=True)
    for day in (1, 2, 3):
        rows = [[f"Role {n}", f"2026-01-0{day}", n, "EUR"] for n in range(1, 15)]
        desk.register("rate", RATE, *rows)
    return desk.workspace.root


@pytest.fixture
def workspace(loaded: Path, tmp_path: Path) -> Workspace:
    return Workspace.find(shutil.copytree(loaded, tmp_path / "w"))


def shown(workspace: Workspace) -> list[bytes]:
    """What each version shows, as bytes."""
    found = []
    for version in VERSIONS:
        with Warehouse(workspace).everything(version) as view:
            found.append(repr([view.rows(f"SELECT * FROM {table} ORDER BY ALL") for table in SHOWN]).encode())
    return found


def at_the_end_of_march(workspace: Workspace) -> bytes:
    with Warehouse(workspace).at("2026-03", version=6) as view:
        return view.table("effort_by_person_month").to_csv().encode()


@pytest.mark.slow
def test_every_version_reads_as_before_from_fewer_files(workspace: Workspace, tmp_path: Path) -> None:
    before, march = shown(workspace), at_the_end_of_march(workspace)
    assert len(set(before)) == len(VERSIONS)
    made = compact(workspace)
    assert made.versions == 10
    assert made.after.files < made.before.files
    assert made.after.bytes < made.before.bytes
    assert extent(workspace.warehouse) == made.after
    assert shown(workspace) == before
    assert at_the_end_of_march(workspace) == march
    assert inspect_warehouse(workspace).findings == []
    back_up(workspace, tmp_path / "pmo.zip", now=counted_edges().now())
    assert shown(restore(tmp_path / "pmo.zip", tmp_path / "restored")) == before
    again = compact(workspace)
    assert again.after == again.before == made.after


def test_what_is_loaded_after_a_compaction_stands_beside_what_was_before(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    shutil.rmtree(desk.workspace.warehouse)
    desk.toggl(*hours(0, 56), name="1.csv")
    desk.toggl(*hours(56, 84), name="2.csv")
    first = desk.query("SELECT sum(duration_seconds) FROM core.timesheet_entry")
    assert compact(desk.workspace).after.files == 1
    # It deletes rows of the merged file that came with two versions.
    desk.toggl(*hours(40, 70, "02:00:00"), name="3.csv")
    compact(desk.workspace)
    assert inspect_warehouse(desk.workspace).findings == []
    with desk.warehouse.everything(2) as view:
        assert view.rows("SELECT sum(duration_seconds) FROM core.timesheet_entry")[1] == first
    assert desk.query("SELECT sum(duration_seconds) / 3600 FROM core.timesheet_entry") == [(54 + 60,)]


def test_merged_files_that_would_show_other_rows_are_not_taken(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog = (workspace.warehouse / "core.sqlite").read_bytes()
    told = iter(range(10_000))
    monkeypatch.setattr(compaction, "_digest", lambda *_: (next(told),))
    with pytest.raises(WarehouseError, match="nothing was merged"):
        compact(workspace)
    assert (workspace.warehouse / "core.sqlite").read_bytes() == catalog
    assert inspect_warehouse(workspace, removes_orphans=True).removed, "what was begun is left behind, and removed"
    assert inspect_warehouse(workspace).findings == []


@pytest.mark.slow
def test_a_compaction_that_is_cut_off_has_changed_nothing(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = shown(workspace)

    def cut(*_: object) -> None:
        shutil.copyfile(workspace.warehouse / "core.sqlite", workspace.warehouse / "core.sqlite.compacting.kept")
        raise KeyboardInterrupt

    monkeypatch.setattr(compaction, "_keep_written", cut)
    with pytest.raises(KeyboardInterrupt):
        compact(workspace)
    monkeypatch.undo()
    assert not inspect_warehouse(workspace).is_clean
    compact(workspace)
    assert inspect_warehouse(workspace).findings == []
    assert shown(workspace) == before


def test_a_warehouse_in_use_is_not_compacted(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pmo_analytics.warehouse.locks.PATIENCE_SECONDS", 0.2)
    with Warehouse(workspace).everything(), pytest.raises(WarehouseError, match="reading it"):
        compact(workspace)
    compact(workspace)
