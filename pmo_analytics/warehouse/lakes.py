"""The two lakes of a workspace and what stands in them.

A lake is an access level. `personal` holds names, contacts, rates and the text
of rejected lines; `core` holds everything else, and `meta` about it. The
personal lake commits first; the core lake's commit makes a load visible.
"""

from __future__ import annotations

import json

from pmo_analytics.contracts import stored
from pmo_analytics.contracts.base import CORE, PERSONAL, Table
from pmo_analytics.errors import WarehouseError
from pmo_analytics.warehouse.connection import Connection, quoted
from pmo_analytics.workspace import Workspace

SCHEMA_VERSION = 1

META = {
    "counter": "schema_version BIGINT, version BIGINT",
    "load": (
        "version BIGINT, load_id VARCHAR, file VARCHAR, sha256 VARCHAR, bytes BIGINT, source VARCHAR, "
        "table_name VARCHAR, options VARCHAR, loaded_at TIMESTAMP, rows_in BIGINT, rows_added BIGINT, "
        "rows_replacing BIGINT, rows_unchanged BIGINT, rows_rejected BIGINT, rows_set_aside BIGINT, "
        "rows_removed BIGINT, scope VARCHAR, personal_snapshot BIGINT"
    ),
    "reject": (
        "load_id VARCHAR, source_line BIGINT, column_name VARCHAR, value VARCHAR, rule VARCHAR, "
        "expected VARCHAR, hint VARCHAR"
    ),
    "set_aside": "load_id VARCHAR, source_line BIGINT, reason VARCHAR",
    "assumption": "load_id VARCHAR, position BIGINT, text VARCHAR",
    "control_total": (
        "load_id VARCHAR, column_name VARCHAR, currency VARCHAR, fate VARCHAR, row_count BIGINT, total DECIMAL(38,8)"
    ),
}


def relation(table: Table) -> str:
    """Where a stored table stands in the attached lakes."""
    return f"lake.core.{table.name}" if table.lake == CORE else f"personal.main.{table.name}"


def attach(
    connection: Connection,
    workspace: Workspace,
    *,
    read_only: bool = False,
    core_snapshot: int | None = None,
    personal_snapshot: int | None = None,
) -> None:
    """Attach both lakes of the workspace as `lake` and `personal`, by absolute paths.

    Raises WarehouseError where there is none to read.
    """
    root = workspace.warehouse
    if read_only and not (root / "core.sqlite").exists():
        raise WarehouseError(
            f"nothing has been loaded into {workspace.root} yet", hint="load exports with `pmo ingest PATH…`"
        )
    root.mkdir(parents=True, exist_ok=True)
    for alias, name, snapshot in (("lake", CORE, core_snapshot), ("personal", PERSONAL, personal_snapshot)):
        options = [f"DATA_PATH {quoted(root / name)}", "OVERRIDE_DATA_PATH true"]
        if read_only:
            options.append("READ_ONLY")
        if snapshot is not None:
            options.append(f"SNAPSHOT_VERSION {int(snapshot)}")
        catalog = quoted(root / f"{name}.sqlite")[1:-1]
        connection.execute(f"ATTACH 'ducklake:sqlite:{catalog}' AS {alias} ({', '.join(options)})")


def held(connection: Connection) -> dict[str, set[str]]:
    """The columns of every table that the attached lakes hold, by the table's place: lake, schema and name."""
    found: dict[str, set[str]] = {}
    for lake, schema, name, column in connection.execute(
        "SELECT database_name, schema_name, table_name, column_name FROM duckdb_columns() "
        "WHERE database_name IN ('lake', 'personal')"
    ).fetchall():
        found.setdefault(f"{lake}.{schema}.{name}", set()).add(str(column))
    return found


def rows_of(table: Table, existing: dict[str, set[str]]) -> str:
    """SQL for the stored rows of a table under its contract, where a lake of an earlier time may lack columns of it."""
    columns = existing.get(relation(table))
    given = {c: table.sql_type(c) for c in table.columns} | {"load_id": "VARCHAR", "source_line": "BIGINT"}
    if columns is None:
        empty = ", ".join(f'CAST(NULL AS {sql_type}) AS "{c}"' for c, sql_type in given.items())
        return f"(SELECT {empty} WHERE false)"
    if set(given) <= columns:
        return relation(table)
    lacking = ", ".join(f'CAST(NULL AS {sql_type}) AS "{c}"' for c, sql_type in given.items() if c not in columns)
    return f"(SELECT *, {lacking} FROM {relation(table)})"


def create(connection: Connection) -> None:
    """Create the tables and columns that the attached lakes lack; an existing warehouse keeps what it has."""
    existing = held(connection)
    missing = [t for t in stored().values() if relation(t) not in existing]
    lacking = [
        (table, column)
        for table in stored().values()
        for column in table.columns
        if relation(table) in existing and column not in existing[relation(table)]
    ]
    if not missing and not lacking and "lake.meta.counter" in existing:
        return
    for table, column in lacking:
        connection.execute(f'ALTER TABLE {relation(table)} ADD COLUMN "{column}" {table.sql_type(column)}')
    connection.execute("BEGIN")
    connection.execute("CREATE SCHEMA IF NOT EXISTS lake.core")
    connection.execute("CREATE SCHEMA IF NOT EXISTS lake.meta")
    for table in (t for t in missing if t.lake == CORE):
        connection.execute(f"CREATE TABLE {relation(table)} ({_columns(table)})")
    for name, columns in META.items():
        connection.execute(f"CREATE TABLE IF NOT EXISTS lake.meta.{name} ({columns})")
    if connection.execute("SELECT count(version) FROM lake.meta.counter").fetchone() == (0,):
        connection.execute("INSERT INTO lake.meta.counter VALUES (?, 0)", [SCHEMA_VERSION])
    connection.execute("COMMIT")
    connection.execute("BEGIN")
    for table in (t for t in missing if t.lake == PERSONAL):
        connection.execute(f"CREATE TABLE {relation(table)} ({_columns(table)})")
    connection.execute(
        "CREATE TABLE IF NOT EXISTS personal.main.reject_line (load_id VARCHAR, source_line BIGINT, line VARCHAR)"
    )
    connection.execute("COMMIT")


def _columns(table: Table) -> str:
    columns = [f'"{name}" {table.sql_type(name)}' for name in table.columns]
    return ", ".join([*columns, "load_id VARCHAR", "source_line BIGINT"])


def core_snapshots(connection: Connection) -> dict[int, int]:
    """Snapshot of the core lake by version, read from the commits' own messages."""
    rows = connection.execute(
        "SELECT snapshot_id, commit_extra_info FROM ducklake_snapshots('lake') "
        "WHERE commit_extra_info IS NOT NULL ORDER BY snapshot_id"
    ).fetchall()
    return {int(json.loads(info)["version"]): int(snapshot) for snapshot, info in rows}
