"""DuckDB with DuckLake, loaded by path: nothing is installed or fetched by name."""

from __future__ import annotations

import importlib.util
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from pmo_analytics.errors import WarehouseError

_EXTENSIONS = {
    "ducklake": "duckdb_extension_ducklake",
    "sqlite_scanner": "duckdb_extension_sqlite_scanner",
}

# Below so many bytes one thread is as quick as two and takes up to half as much of the processors: a load of a
# megabyte took 0.46 against 0.73 CPU seconds, one of 193 megabytes 3.5 against 3.9, and 3.6 against 3.4 by the clock.
_MANY_BYTES = 64 << 20
# A run of many reports gives each its share of the processors.
_THREADS = "PMO_DUCKDB_THREADS"

Connection = duckdb.DuckDBPyConnection
EngineError = duckdb.Error


# A catalog that cannot be written says the second; what the system says of a file, the others.
_FULL = ("database or disk is full", "disk I/O error", "No space left", "File too large", "quota exceeded")


def is_full(problem: EngineError) -> bool:
    """Whether the engine failed because the disk has no room, or lets no file grow."""
    return any(sign in str(problem) for sign in _FULL)


@contextmanager
def told_in_words(root: Path) -> Iterator[None]:
    """Tell as WarehouseError what the engine cannot read or write of the warehouse in `root`."""
    try:
        yield
    except duckdb.Error as problem:
        if is_full(problem):
            raise WarehouseError(
                "the disk is full, so nothing was changed",
                file=root,
                found=str(problem).splitlines()[0],
                hint="make room and try again; `pmo warehouse check --remove-orphans` removes what was begun",
            ) from None
        if not isinstance(problem, duckdb.IOException) or str(root) not in str(problem):
            raise
        raise unreadable(root, problem) from None


def unreadable(root: Path, problem: EngineError) -> WarehouseError:
    """What to tell where a file of the warehouse in `root` cannot be read."""
    return WarehouseError(
        "a file of the warehouse cannot be read",
        file=root,
        found=str(problem).splitlines()[0],
        hint="`pmo warehouse check` tells all that is damaged",
    )


def _extension(name: str) -> Path:
    spec = importlib.util.find_spec(_EXTENSIONS[name])
    for folder in (spec.submodule_search_locations or []) if spec else []:
        for file in sorted(Path(folder).rglob(f"{name}.duckdb_extension")):
            return file
    raise WarehouseError(
        f"the DuckDB extension {name!r} is not installed",
        expected=f"the package {_EXTENSIONS[name].replace('_', '-')}=={duckdb.__version__}",
        hint="install the project from its lock file",
    )


def connect(size: int = 0) -> Connection:
    """An in-memory connection in UTC that can attach lakes, and that never reads Python variables.

    `size` is how many bytes there are to read, where that is known: the engine
    uses every core where that pays.
    """
    connection = duckdb.connect(
        config={
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "allow_unsigned_extensions": "true",
            "threads": "1",
        }
    )
    # The two are packages as the engine itself is, named by hash in the lock file. Their signatures are not
    # read again: that took 0.3 to 0.4 CPU seconds. Once they are loaded the engine takes nothing unsigned.
    for name in _EXTENSIONS:
        connection.load_extension(str(_extension(name)))
    connection.execute("SET allow_unsigned_extensions = false")
    connection.execute("SET python_enable_replacements = false")
    connection.execute("SET TimeZone = 'UTC'")
    # The engine takes a text file for small and would hold it in memory whole to join it with a few tokens.
    connection.execute("SET disabled_optimizers = 'build_side_probe_side'")
    share_out(connection, size)
    return connection


def share_out(connection: Connection, size: int) -> None:
    """Let the engine use every core that it may if there are so many bytes to read that it pays."""
    if size >= _MANY_BYTES:
        share = os.environ.get(_THREADS, "")
        connection.execute(f"SET threads = {int(share)}" if share.isdecimal() and int(share) else "RESET threads")


def roll_back(connection: Connection) -> None:
    """Take back the open transaction, if it is open still: a COMMIT that failed has ended it."""
    with suppress(duckdb.Error):
        connection.execute("ROLLBACK")


def quoted(path: Path) -> str:
    """A path as an SQL string literal."""
    return "'" + str(path).replace("'", "''") + "'"


def quoted_alone(path: Path) -> str:
    """A path as an SQL string literal that names this file alone where the engine takes patterns: `export[1].csv`."""
    return quoted(Path(re.sub(r"([*?\[])", r"[\1]", str(path))))
