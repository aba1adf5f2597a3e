"""The two lakes of a workspace and what stands in them.

A lake is an access level. `personal` holds names, contacts, rates and the text
of rejected lines; `core` holds everything else, and `meta` about it. The
personal lake commits first; the core lake's commit makes a load visible.
"""

from __future__ import annotations

import json
from pathlib import Path

import duckdb

from pmo_analytics import __version__
from pmo_analytics.contracts.alerts import AlertEvent
from pmo_analytics.contracts.appended import CHAIN, columns_of
from pmo_analytics.contracts.base import CORE, PERSONAL, Contract, Table
from pmo_analytics.contracts.editions import STATED_BEFORE
from pmo_analytics.contracts.findings import FindingEvent
from pmo_analytics.contracts.month_close import CloseEvent
from pmo_analytics.contracts.predictions import Prediction, PredictionScore
from pmo_analytics.errors import WarehouseError
from pmo_analytics.vocabulary import TERMS
from pmo_analytics.warehouse.catalogs import settle
from pmo_analytics.warehouse.connection import Connection, quoted
from pmo_analytics.workspace import Workspace

# Of the tables and columns of both lakes; `schema_versions` has the step that leads to each.
SCHEMA_VERSION = 7

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


def _chained(tables: dict[str, type[Contract]]) -> dict[str, str]:
    return {
        name: ", ".join(f"{column} {TERMS[column].sql_type}" for column in (*columns_of(contract), *CHAIN))
        for name, contract in tables.items()
    }


PREDICTION, SCORE, ALERT_EVENT, FINDING_EVENT = "prediction", "prediction_score", "alert_event", "finding_event"
CLOSE_EVENT = "close_event"
# What is appended to in `meta`, by table: no load brings it, and no mart reads it.
LEDGER = _chained({PREDICTION: Prediction, SCORE: PredictionScore})
ALERTS = _chained({ALERT_EVENT: AlertEvent})
FINDINGS = _chained({FINDING_EVENT: FindingEvent})
CLOSES = _chained({CLOSE_EVENT: CloseEvent})


class NewerSchemaError(WarehouseError):
    """The warehouse was made by a later program than this one."""


class NothingLoadedError(WarehouseError):
    """The workspace has no warehouse, or one without a load."""

    @classmethod
    def of(cls, workspace: Workspace) -> NothingLoadedError:
        """The error, with what to do."""
        return cls(f"nothing has been loaded into {workspace.root} yet", hint="load exports with `pmo ingest PATH…`")


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

    Raises WarehouseError where there is none to read, where a catalog is lost or
    cannot be opened, and where a newer program made the warehouse.
    """
    root = workspace.warehouse
    is_whole = (root / f"{PERSONAL}.sqlite").exists()
    if read_only and not (root / "core.sqlite").exists():
        raise NothingLoadedError.of(workspace)
    root.mkdir(parents=True, exist_ok=True)
    for alias, name, snapshot in (("lake", CORE, core_snapshot), ("personal", PERSONAL, personal_snapshot)):
        options = [f"DATA_PATH {quoted(root / name)}", "OVERRIDE_DATA_PATH true"]
        if read_only:
            options.append("READ_ONLY")
            settle(root / f"{name}.sqlite")
        if snapshot is not None:
            options.append(f"SNAPSHOT_VERSION {int(snapshot)}")
        catalog = quoted(root / f"{name}.sqlite")[1:-1]
        try:
            connection.execute(f"ATTACH 'ducklake:sqlite:{catalog}' AS {alias} ({', '.join(options)})")
        except duckdb.Error as problem:
            raise WarehouseError(
                "the catalog cannot be opened",
                file=root / f"{name}.sqlite",
                found=str(problem).splitlines()[0],
                hint="`pmo warehouse check` tells what is damaged",
            ) from None
        if alias == "lake" and core_snapshot is None and _known_schema(connection, root) and not is_whole:
            # Attached for writing, a lost catalog would be made anew, and empty.
            raise WarehouseError(
                "the catalog is missing",
                file=root / f"{PERSONAL}.sqlite",
                hint="restore the workspace from a backup: `pmo warehouse restore FILE DIR`",
            )


def schema_version(connection: Connection) -> int:
    """The schema version of the attached core lake; 0 where it has no tables yet."""
    try:
        row = connection.execute("SELECT max(schema_version) FROM lake.meta.counter").fetchone()
    except duckdb.CatalogException:
        return 0
    return int(row[0]) if row and row[0] is not None else 0


def _known_schema(connection: Connection, root: Path) -> int:
    version = schema_version(connection)
    if version > SCHEMA_VERSION:
        raise NewerSchemaError(
            "the warehouse was made by a newer program",
            file=root,
            found=f"schema version {version}",
            expected=f"at most {SCHEMA_VERSION}, which pmo-analytics {__version__} knows",
            hint="install the pmo-analytics that made it, or a later one",
        )
    return version


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
    lacking = ", ".join(
        f'CAST({stored_before(table, c)} AS {sql_type}) AS "{c}"' for c, sql_type in given.items() if c not in columns
    )
    return f"(SELECT *, {lacking} FROM {relation(table)})"


def stored_before(table: Table, column: str) -> str:
    """SQL for what a column says in rows that were stored before it was."""
    value = STATED_BEFORE.get((table.name, column))
    return "NULL" if value is None else f"'{value}'"


def core_snapshots(connection: Connection) -> dict[int, int]:
    """Snapshot of the core lake by version, read from the commits' own messages."""
    rows = connection.execute(
        "SELECT snapshot_id, commit_extra_info FROM ducklake_snapshots('lake') "
        "WHERE commit_extra_info IS NOT NULL ORDER BY snapshot_id"
    ).fetchall()
    return {int(json.loads(info)["version"]): int(snapshot) for snapshot, info in rows}
