"""DuckDB with DuckLake, loaded by path: nothing is installed or fetched by name."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import duckdb

from pmo_analytics.errors import WarehouseError

_EXTENSIONS = {
    "ducklake": "duckdb_extension_ducklake",
    "sqlite_scanner": "duckdb_extension_sqlite_scanner",
}

Connection = duckdb.DuckDBPyConnection
EngineError = duckdb.Error


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


def connect() -> Connection:
    """An in-memory connection in UTC that can attach lakes, and that never reads Python variables."""
    connection = duckdb.connect(
        config={
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "allow_unsigned_extensions": "true",
        }
    )
    # The two are packages as the engine itself is, named by hash in the lock file. Their signatures are not
    # read again: that is two thirds of a small query. Once they are loaded the engine takes nothing unsigned.
    for name in _EXTENSIONS:
        connection.load_extension(str(_extension(name)))
    connection.execute("SET allow_unsigned_extensions = false")
    connection.execute("SET python_enable_replacements = false")
    connection.execute("SET TimeZone = 'UTC'")
    # The engine takes a text file for small and would hold it in memory whole to join it with a few tokens.
    connection.execute("SET disabled_optimizers = 'build_side_probe_side'")
    return connection


def quoted(path: Path) -> str:
    """A path as an SQL string literal."""
    return "'" + str(path).replace("'", "''") + "'"


def quoted_alone(path: Path) -> str:
    """A path as an SQL string literal that names this file alone where the engine takes patterns: `export[1].csv`."""
    return quoted(Path(re.sub(r"([*?\[])", r"[\1]", str(path))))
