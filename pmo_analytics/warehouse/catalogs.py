"""What the catalogs of both lakes say of their files, read past the engine: it would open a damaged one, or refuse."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pmo_analytics.contracts.base import CORE, PERSONAL
from pmo_analytics.errors import WarehouseError

LAKES = (CORE, PERSONAL)
_BUSY_SECONDS = 60
RESTORE = "restore the workspace from a backup: `pmo warehouse restore FILE DIR`"


@dataclass(frozen=True)
class DataFile:
    """A file that a catalog names, as it was when it was written; `rows` it holds, or deletes."""

    path: Path
    size: int
    rows: int


def catalog_path(root: Path, lake: str) -> Path:
    """Where the catalog of a lake stands in the warehouse `root`."""
    return root / f"{lake}.sqlite"


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """A catalog, as it stands at one moment; WarehouseError where it is missing or no sound database."""
    if not path.is_file():
        raise WarehouseError("the catalog is missing", file=path, hint=RESTORE)
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True, timeout=_BUSY_SECONDS)
    try:
        connection.execute("BEGIN")
        yield connection
    except sqlite3.Error as problem:
        raise WarehouseError("the catalog cannot be read", file=path, found=str(problem), hint=RESTORE) from None
    finally:
        connection.close()


def settle(path: Path) -> None:
    """Take back what a process that was killed while it committed has left half written in a catalog.

    Whoever opens a catalog for writing does so; a reader alone could not, and would be refused.
    """
    if path.with_name(f"{path.name}-journal").exists():
        with opened(path) as catalog:
            catalog.execute("SELECT count(*) FROM sqlite_master").fetchone()


def faults(catalog: sqlite3.Connection) -> list[str]:
    """What SQLite finds wrong with the database itself; empty where it is sound."""
    return [str(row[0]) for row in catalog.execute("PRAGMA quick_check(5)") if row[0] != "ok"]


def named_files(catalog: sqlite3.Connection, folder: Path) -> list[DataFile]:
    """Every file that some version of the lake in `folder` needs."""
    found = []
    for kind, rows in (("data", "record_count"), ("delete", "delete_count")):
        found += [
            DataFile(folder / schema / table / path, int(size), int(number))
            for schema, table, path, size, number in catalog.execute(
                f"SELECT s.path, t.path, f.path, f.file_size_bytes, f.{rows} FROM ducklake_{kind}_file AS f "
                "JOIN (SELECT DISTINCT table_id, schema_id, path FROM ducklake_table) AS t USING (table_id) "
                "JOIN (SELECT DISTINCT schema_id, path FROM ducklake_schema) AS s USING (schema_id) ORDER BY 1, 2, 3"
            )
        ]
    return found


def scheduled_files(catalog: sqlite3.Connection, folder: Path) -> list[Path]:
    """Files that no version needs any more and that are still to be removed."""
    rows = catalog.execute("SELECT path FROM ducklake_files_scheduled_for_deletion ORDER BY 1").fetchall()
    return [folder / str(path) for (path,) in rows]


def is_within(path: Path, folder: Path) -> bool:
    """Whether a path that a catalog names leads to a place in `folder`, links followed."""
    return path.resolve().is_relative_to(folder.resolve())
