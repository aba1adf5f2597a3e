"""Roll-ups that were computed before, kept as files of the warehouse, each under all that it was made of.

The name of a file is a digest of the SELECT, of the views that it reads, and of
the commit that last changed each stored table behind them: a load of other
tables leaves a roll-up as it is, and so does a new version of the warehouse. A
file that is damaged is made anew. The folder may be removed at any time.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from pathlib import Path

import duckdb

from pmo_analytics.warehouse.archive import sha256
from pmo_analytics.warehouse.connection import Connection, EngineError, quoted, quoted_alone

FOLDER = "marts"
MOST_BYTES = 1 << 30
_STORED = re.compile(r"\b(?:lake\.core|lake\.meta|personal\.main)\.\w+")
_TABLE_NUMBER = re.compile(r":(\d+)")
_SUFFIX = ".parquet"


def last_changes(connection: Connection, lake: str, snapshot: int) -> dict[str, str]:
    """The commit that last changed each table of an attached lake up to a snapshot, by the table's place.

    A commit is told by its number and its moment, so that two histories of one catalog differ.
    """
    catalog = f"__ducklake_metadata_{lake}"
    places = {
        int(number): f"{lake}.{schema}.{name}"
        for number, schema, name in connection.execute(
            f"SELECT t.table_id, s.schema_name, t.table_name FROM {catalog}.ducklake_table AS t "
            f"JOIN {catalog}.ducklake_schema AS s ON s.schema_id = t.schema_id"
        ).fetchall()
    }
    found = dict.fromkeys(places.values(), "")
    for number, moment, made in connection.execute(
        f"SELECT c.snapshot_id, s.snapshot_time, c.changes_made FROM {catalog}.ducklake_snapshot_changes AS c "
        f"JOIN {catalog}.ducklake_snapshot AS s ON s.snapshot_id = c.snapshot_id "
        "WHERE c.snapshot_id <= ? ORDER BY c.snapshot_id",
        [snapshot],
    ).fetchall():
        for table in _TABLE_NUMBER.findall(str(made)):
            if int(table) in places:
                found[places[int(table)]] = f"{number} {moment}"
    return found


class KeptMarts:
    """The kept roll-ups of one warehouse as one view sees them.

    `changes` tells the `last_changes` of both lakes, `setting` whatever else
    the SELECTs depend on: the date, the time zone, the organisation's rules.
    """

    def __init__(
        self,
        connection: Connection,
        warehouse: Path,
        setting: tuple[object, ...],
        changes: Callable[[], dict[str, str]],
    ) -> None:
        self._connection = connection
        self._folder = warehouse / FOLDER
        self._setting = [duckdb.__version__, *(repr(each) for each in setting)]
        self._tell = changes

    @cached_property
    def _changes(self) -> dict[str, str]:
        return self._tell()

    def key(self, texts: list[str]) -> str:
        """The digest of SQL texts, of the states of the stored tables they name, and of the setting."""
        read = {place for text in texts for place in _STORED.findall(text)}
        states = [f"{place} {self._changes.get(place, '')}" for place in sorted(read)]
        return hashlib.sha256("\x00".join([*self._setting, *texts, *states]).encode()).hexdigest()[:32]

    def taken(self, place: str, key: str) -> bool:
        """Fill the table `place` with what is kept under `key`; False where nothing sound is."""
        for file in sorted(self._folder.glob(f"{key}-*{_SUFFIX}")):
            with suppress(OSError, EngineError):
                if sha256(file) == file.stem.partition("-")[2]:
                    self._connection.execute(
                        f"CREATE TABLE {place} AS SELECT * FROM read_parquet({quoted_alone(file)})"
                    )
                    os.utime(file)
                    return True
            with suppress(OSError):
                file.unlink()
        return False

    def keep(self, place: str, key: str) -> None:
        """Keep the table `place` under `key`, whole or not at all; where nothing can be written, nothing is."""
        with suppress(OSError, EngineError):
            self._folder.mkdir(mode=0o700, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=".", dir=self._folder) as folder:
                draft = Path(folder) / "draft"
                self._connection.execute(f"COPY {place} TO {quoted(draft)} (FORMAT parquet, COMPRESSION zstd)")
                if self._types(place) == self._types(f"read_parquet({quoted_alone(draft)})"):
                    draft.replace(self._folder / f"{key}-{sha256(draft)}{_SUFFIX}")
            self._make_room()

    def _types(self, relation: str) -> list[tuple[str, str]]:
        return [(row[0], row[1]) for row in self._connection.execute(f"DESCRIBE FROM {relation}").fetchall()]

    def _make_room(self) -> None:
        """Remove what was not used for longest once all together is too large."""
        files = [(file.stat().st_mtime, file.stat().st_size, file) for file in self._folder.glob(f"*{_SUFFIX}")]
        size = sum(each for _, each, _ in files)
        for _, each, file in sorted(files):
            if size <= MOST_BYTES:
                return
            file.unlink(missing_ok=True)
            size -= each
