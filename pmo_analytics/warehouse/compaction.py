"""Fewer and larger data files, and none that no version needs; every version shows the rows that it showed.

No snapshot is ever dropped: what a report cites and what `pmo loads` lists stays.
Files are merged under a copy of the catalog. Only when every version reads the
same by the copy does it take the catalog's place, in one step; so a compaction
that is cut off has changed nothing, and has left files that no catalog names.
"""

from __future__ import annotations

import os
import sqlite3
from bisect import bisect_right
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from pmo_analytics.contracts.base import CORE
from pmo_analytics.errors import WarehouseError
from pmo_analytics.warehouse import catalogs
from pmo_analytics.warehouse.connection import Connection, EngineError, connect, quoted
from pmo_analytics.warehouse.lakes import attach
from pmo_analytics.warehouse.load_totals import committed_loads
from pmo_analytics.warehouse.locks import LOADING, READING, alone
from pmo_analytics.warehouse.orphans import COMPACTING, orphans
from pmo_analytics.workspace import Workspace


@dataclass(frozen=True)
class Extent:
    """How many data files stand in a warehouse, and their bytes."""

    files: int
    bytes: int


@dataclass(frozen=True)
class Compaction:
    """What a compaction made of a warehouse, and the number of versions that were held against what they were."""

    before: Extent
    after: Extent
    versions: int


@dataclass(frozen=True)
class _LakeTable:
    """A table of a lake by its place, and the snapshots at which its rows changed."""

    name: str
    files: int
    changed_at: list[int]


def compact(workspace: Workspace, *, step: Callable[[str], None] = lambda _: None) -> Compaction:
    """Merge small data files and remove those that no version needs.

    Raises WarehouseError where nothing was loaded, where a load, a report or a
    notebook uses the warehouse, and where a version would read otherwise; then
    every version is as it was.
    """
    root = workspace.warehouse
    with connect() as connection:
        attach(connection, workspace, read_only=True)
    with alone(root, LOADING, READING):
        before = extent(root)
        _remove(orphans(root))
        with connect() as connection:
            attach(connection, workspace, read_only=True)
            loads = committed_loads(connection)
        snapshots = {
            lake: sorted({s for load in loads if (s := load.snapshot if lake == CORE else load.personal_snapshot)})
            for lake in catalogs.LAKES
        }
        # The decision ledger and the alerts go on behind the last load.
        snapshots[CORE].append(_latest_snapshot(root))
        for lake in catalogs.LAKES:
            _compact_lake(root, lake, snapshots[lake], step)
            _remove_unneeded(root, lake)
        return Compaction(before, extent(root), len(loads))


def _latest_snapshot(root: Path) -> int:
    with catalogs.opened(catalogs.catalog_path(root, CORE)) as catalog:
        return int(catalog.execute("SELECT max(snapshot_id) FROM ducklake_snapshot").fetchone()[0])


def extent(root: Path) -> Extent:
    """The data files of the warehouse in `root`."""
    sizes = [path.stat().st_size for lake in catalogs.LAKES for path in (root / lake).rglob("*") if path.is_file()]
    return Extent(len(sizes), sum(sizes))


def _compact_lake(root: Path, lake: str, snapshots: list[int], step: Callable[[str], None]) -> None:
    path = catalogs.catalog_path(root, lake)
    with catalogs.opened(path) as catalog:
        tables = {table.name: table for table in _tables(catalog) if table.files > 1}
    if not tables:
        return
    copy = path.with_name(path.name + COMPACTING)
    try:
        with catalogs.opened(path) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
        step(f"{lake}: merging the files of {len(tables)} tables")
        with _attached(copy, root / lake) as connection:
            # One after the other, so that the same files are merged in the same order each time.
            connection.execute("SET threads = 1")
            for name in sorted(tables):
                schema, _, table = name.partition(".")
                connection.execute("CALL ducklake_merge_adjacent_files('merged', ?, schema => ?)", [table, schema])
        _check_versions(copy, path, tables=list(tables.values()), snapshots=snapshots, step=step)
        _keep_written(copy, root / lake)
        copy.replace(path)
    except EngineError as problem:
        raise WarehouseError(
            "the warehouse could not be compacted; every version is as it was",
            file=path,
            found=str(problem).splitlines()[0],
            hint="make room where the disk is full; `pmo warehouse check --remove-orphans` removes what was begun",
        ) from None
    finally:
        copy.unlink(missing_ok=True)


def _attached(catalog: Path, folder: Path, *, read_only: bool = False) -> Connection:
    connection = connect(sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()))
    options = f"DATA_PATH {quoted(folder)}, OVERRIDE_DATA_PATH true" + (", READ_ONLY" if read_only else "")
    connection.execute(f"ATTACH 'ducklake:sqlite:{quoted(catalog)[1:-1]}' AS merged ({options})")
    return connection


def _tables(catalog: sqlite3.Connection) -> list[_LakeTable]:
    """Every table with data files, whether it has many, and when its rows changed."""
    found = []
    for number, schema, table in catalog.execute(
        "SELECT t.table_id, s.schema_name, t.table_name FROM ducklake_table AS t JOIN ducklake_schema AS s "
        "USING (schema_id) WHERE t.end_snapshot IS NULL AND s.end_snapshot IS NULL ORDER BY 2, 3"
    ).fetchall():
        rows = catalog.execute(
            "SELECT begin_snapshot, end_snapshot FROM ducklake_data_file WHERE table_id = :t "
            "UNION ALL SELECT begin_snapshot, end_snapshot FROM ducklake_delete_file WHERE table_id = :t",
            {"t": number},
        ).fetchall()
        (files,) = catalog.execute(
            "SELECT count(*) FROM ducklake_data_file WHERE table_id = ? AND end_snapshot IS NULL", [number]
        ).fetchone()
        found.append(_LakeTable(f"{schema}.{table}", files, sorted({s for row in rows for s in row if s is not None})))
    return found


def _check_versions(
    copy: Path, original: Path, *, tables: list[_LakeTable], snapshots: list[int], step: Callable[[str], None]
) -> None:
    """Raise WarehouseError where a table reads otherwise by the copy, at any snapshot that a version has."""
    with (
        _attached(original, original.with_suffix(""), read_only=True) as before,
        _attached(copy, original.with_suffix(""), read_only=True) as after,
    ):
        for table in tables:
            # Between two changes of its files a table reads the same: one snapshot stands for all of them.
            told_apart = {bisect_right(table.changed_at, snapshot): snapshot for snapshot in snapshots}
            # Before the first there is no file, and perhaps no table.
            told_apart.pop(0, None)
            for snapshot in told_apart.values():
                step(f"reading {table.name} as of snapshot {snapshot}")
                if _digest(before, table.name, snapshot) != _digest(after, table.name, snapshot):
                    raise WarehouseError(
                        "merged files would show other rows, so nothing was merged",
                        file=original,
                        found=f"{table.name} as of snapshot {snapshot}",
                        hint="run `pmo warehouse check`; if it is clean, tell the authors",
                    )


def _digest(connection: Connection, table: str, snapshot: int) -> tuple[object, ...] | None:
    schema, _, name = table.partition(".")
    place = f'merged."{schema}"."{name}"'
    return connection.execute(
        "SELECT count(hash(t)), bit_xor(hash(t)), sum(CAST(hash(t) AS HUGEINT)) "
        f"FROM (SELECT * FROM {place} AT (VERSION => {snapshot})) AS t"
    ).fetchone()


def _keep_written(copy: Path, folder: Path) -> None:
    """See to it that what the copy names is on the disk before what it replaces goes."""
    with catalogs.opened(copy) as catalog:
        paths = [file.path for file in catalogs.named_files(catalog, folder)]
    for path in [*paths, copy]:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _remove_unneeded(root: Path, lake: str) -> None:
    """Remove the files that the catalog has set aside as needed by no version."""
    path = catalogs.catalog_path(root, lake)
    with catalogs.opened(path) as catalog:
        files = catalogs.scheduled_files(catalog, root / lake)
        named = {file.path for file in catalogs.named_files(catalog, root / lake)}
        _remove([file for file in files if file not in named and catalogs.is_within(file, root / lake)])
        catalog.execute("DELETE FROM ducklake_files_scheduled_for_deletion")
        catalog.commit()


def _remove(paths: list[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
