"""Damage done by hand is found, named and comes with what to do; a sound warehouse is clean."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from pyarrow import parquet

from pmo_analytics.errors import WarehouseError
from pmo_analytics.warehouse.connection import connect
from pmo_analytics.warehouse.integrity import Inspection, inspect_warehouse
from pmo_analytics.warehouse.lakes import attach
from pmo_analytics.warehouse.locks import LOADING, hold
from pmo_analytics.workspace import Workspace
from tests.exports import Desk, toggl_row

RATE = "role_or_person_id,valid_from_date,hourly_amount,currency"


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three loads: hours in two versions, and rates in the personal lake."""
    desk = Desk(tmp_path_factory.mktemp("loaded"))
    rows = [toggl_row(f"p{n % 3}", day=f"2026-03-{1 + n % 28:02d}") for n in range(40)]
    desk.toggl(*rows, toggl_row(duration="25:00:00"))
    desk.toggl(*[[*row[:11], "02:00:00", *row[12:]] for row in rows], name="later.csv")
    desk.register("rate", RATE, *[[f"Role {n}", "2026-01-01", n, "EUR" if n % 2 else "SEK"] for n in range(1, 15)])
    return desk.workspace.root


@pytest.fixture
def workspace(loaded: Path, tmp_path: Path) -> Workspace:
    """Its own copy of that workspace."""
    return Workspace.find(shutil.copytree(loaded, tmp_path / "w"))


def data_file(workspace: Workspace) -> Path:
    return sorted(workspace.warehouse.glob("core/core/timesheet_entry/*.parquet"))[0]


def original(workspace: Workspace) -> Path:
    return sorted(workspace.warehouse.glob("archive/*/*.zst"))[0]


def looked(workspace: Workspace, **options: bool) -> Inspection:
    return inspect_warehouse(workspace, **options)


def test_a_sound_warehouse_is_clean(workspace: Workspace) -> None:
    found = looked(workspace)
    assert found.findings == []
    assert (found.loads, found.originals) == (3, 3)
    assert found.data_files == 3


def remove(path: Path) -> None:
    path.unlink()


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-200])


def blank(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[4:300] = bytes(296)
    path.write_bytes(data)


def rewritten(path: Path) -> None:
    """As many bytes and rows as the catalog says, and other hours in them."""
    size = path.stat().st_size
    table = parquet.read_table(path).slice(1)
    parquet.write_table(table, path, compression="none", store_schema=False)
    with sqlite3.connect(path.parents[3] / "core.sqlite") as catalog:
        catalog.execute(
            "UPDATE ducklake_data_file SET file_size_bytes = ?, record_count = ?, footer_size = ? "
            "WHERE file_size_bytes = ?",
            [path.stat().st_size, table.num_rows, int.from_bytes(path.read_bytes()[-8:-4], "little"), size],
        )


@pytest.mark.parametrize(
    ("damage", "told"),
    [(remove, "is missing"), (cut, "bytes, and"), (blank, "cannot be read")],
    ids=["deleted", "truncated", "overwritten"],
)
def test_a_damaged_data_file_is_named(workspace: Workspace, damage: Callable[[Path], None], told: str) -> None:
    path = data_file(workspace)
    damage(path)
    found = looked(workspace)
    assert not found.is_clean
    named = [f for f in found.findings if f.subject == str(path.relative_to(workspace.root))]
    assert len(named) == 1
    assert told in named[0].finding
    assert "backup" in named[0].remedy


def test_rows_that_are_fewer_than_were_loaded_are_found_though_the_catalog_says_otherwise(workspace: Workspace) -> None:
    rewritten(data_file(workspace))
    told = [(f.subject, f.finding) for f in looked(workspace).findings]
    assert ("version 1, toggl.csv", "39 rows are stored, and 40 were committed") in told
    assert any(
        subject == "version 1, toggl.csv" and finding.startswith("the stored total of duration_seconds is 140400")
        for subject, finding in told
    )
    assert not any("later.csv" in subject for subject, _ in told)


def another(path: Path) -> None:
    path.chmod(0o644)
    path.write_bytes(next(p for p in sorted(path.parents[1].glob("*/*.zst")) if p != path).read_bytes())


def shorter(path: Path) -> None:
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:20])


@pytest.mark.parametrize(
    ("damage", "told"), [(remove, "is missing"), (shorter, "cannot be unpacked"), (another, "was altered")]
)
def test_a_damaged_original_is_named(workspace: Workspace, damage: Callable[[Path], None], told: str) -> None:
    path = original(workspace)
    damage(path)
    found = looked(workspace).findings
    assert [f.subject for f in found] == [str(path.relative_to(workspace.root))]
    assert told in found[0].finding


def test_a_broken_or_missing_catalog_is_named_and_no_traceback(workspace: Workspace) -> None:
    catalog = workspace.warehouse / "core.sqlite"
    catalog.write_bytes(b"no database at all" * 100)
    (workspace.warehouse / "personal.sqlite").unlink()
    found = looked(workspace).findings
    assert [f.subject for f in found[:2]] == ["warehouse/core.sqlite", "warehouse/personal.sqlite"]
    assert "cannot be read" in found[0].finding
    assert "missing" in found[1].finding


def test_orphans_are_listed_and_removed_and_nothing_else_is(workspace: Workspace) -> None:
    root = workspace.warehouse
    stray = [
        data_file(workspace).with_name("ducklake-killed.parquet"),
        root / "personal" / "main" / "rate" / "ducklake-killed.parquet",
        original(workspace).with_name("tmpabc"),
    ]
    for path in stray:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"half")
    before = {path for path in root.rglob("*") if path.is_file() and path.suffix != ".lock"} - set(stray)
    listed = looked(workspace).findings
    assert {f.subject for f in listed} == {str(path.relative_to(workspace.root)) for path in stray}
    assert all("--remove-orphans" in f.remedy for f in listed)
    removed = looked(workspace, removes_orphans=True)
    assert len(removed.removed) == 3
    assert removed.is_clean
    assert {path for path in root.rglob("*") if path.is_file() and path.suffix != ".lock"} == before


def test_no_file_is_taken_for_an_orphan_while_a_load_may_still_need_it(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    stray = data_file(workspace).with_name("ducklake-underway.parquet")
    stray.write_bytes(b"half")
    monkeypatch.setattr("pmo_analytics.warehouse.locks.PATIENCE_SECONDS", 0.2)
    with hold(workspace.warehouse, LOADING):
        found = looked(workspace)
        assert [f.is_note for f in found.findings] == [True]
        with pytest.raises(WarehouseError, match="a load is under way"):
            looked(workspace, removes_orphans=True)
    assert stray.exists()
    assert looked(workspace, removes_orphans=True).removed


def test_personal_rows_of_a_load_that_never_became_visible_are_told_without_naming_anybody(
    workspace: Workspace,
) -> None:
    with connect() as connection:
        attach(connection, workspace)
        connection.execute(
            "INSERT INTO personal.main.person_alias (source, external_key, person_id, load_id) "
            "VALUES ('toggl', 'secret@example.test', 'P9', 'killed')"
        )
    found = looked(workspace)
    assert found.is_clean
    assert "1 rows of 1 loads that were never committed" in found.findings[0].finding
    assert "secret" not in repr(found)


def test_a_catalog_that_names_a_file_elsewhere_is_not_followed(workspace: Workspace, tmp_path: Path) -> None:
    with sqlite3.connect(workspace.warehouse / "core.sqlite") as catalog:
        catalog.execute(
            "UPDATE ducklake_data_file SET path = ?, path_is_relative = 0 WHERE data_file_id = "
            "(SELECT min(data_file_id) FROM ducklake_data_file)",
            [os.fspath(tmp_path / "elsewhere.parquet")],
        )
    assert any("outside the warehouse" in f.finding for f in looked(workspace).findings)


def test_an_empty_workspace_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(WarehouseError, match="nothing has been loaded"):
        inspect_warehouse(Workspace.create(tmp_path / "w"))
