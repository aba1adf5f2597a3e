"""Tables of the core lake that are appended to and never changed: what the stores share.

Each row carries its place and a digest of its values and of the row before it,
so that a past row that was edited, put in or removed is found. The digest of
the last row holds for the whole table: noted elsewhere, it shows even one that
was written anew. An append is one transaction, and advances no version.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from pmo_analytics.contracts.appended import CHAIN, columns_of, plain_row, sha256_of
from pmo_analytics.contracts.base import CORE, Contract, checked
from pmo_analytics.errors import WarehouseError
from pmo_analytics.vocabulary import COUNT, DATE, FLAG, INSTANT, TERMS, TEXT
from pmo_analytics.warehouse import catalogs
from pmo_analytics.warehouse.connection import Connection, connect, is_full, roll_back, told_in_words
from pmo_analytics.warehouse.lakes import attach
from pmo_analytics.warehouse.locks import LEDGER, LOADING, READING, alone, hold
from pmo_analytics.warehouse.schema_versions import create
from pmo_analytics.workspace import Workspace

_UNDOING = ("deleted_from_table", "inlined_delete", "dropped_table")
_ATTEMPTS = 12
_SIGNS_OF_OTHERS = ("onflict", "Failed to commit", "database is locked")
# A writer takes a second; one that waits for many others must still land.
_PATIENCE_SECONDS = 120.0


class _BusyError(WarehouseError):
    """Another process commits to the core lake; the append is to be tried again."""


@dataclass(frozen=True)
class Store:
    """A store by what it is called in words: its tables in `meta` with their contracts, the column that names a row."""

    title: str
    tables: dict[str, type[Contract]]
    named_by: str


@dataclass(frozen=True)
class Stored:
    """The rows of a store by table, in the order they were appended, and the digest of the last row of each."""

    frames: dict[str, pd.DataFrame]
    heads: dict[str, str]


@dataclass(frozen=True)
class Appended:
    """The rows that were added to a store, and the steps by which the warehouse was upgraded for it."""

    rows: pd.DataFrame
    upgrades: list[str]


def read(workspace: Workspace, store: Store) -> tuple[Stored, list[tuple[str, str]]]:
    """The whole store as it stands, empty in a warehouse of a schema that had none; and where it is not as written."""
    with hold(workspace.warehouse, READING), connect() as connection, told_in_words(workspace.warehouse):
        attach(connection, workspace, read_only=True)
        return stored(connection, store), chain_faults(connection, store)


def append(workspace: Workspace, store: Store, name: str, new: Callable[[Stored], pd.DataFrame]) -> Appended:
    """Append to a table the rows that `new` makes of the store as it stands; nobody else writes meanwhile."""
    root = workspace.warehouse
    with connect() as connection:
        attach(connection, workspace, read_only=True)
    with hold(root, LOADING), alone(root, LEDGER, patience_seconds=_PATIENCE_SECONDS), told_in_words(root):
        return _appended(workspace, store, name, new)


def chain_faults(connection: Connection, store: Store) -> list[tuple[str, str]]:
    """Where a store of the attached core lake is not as it was written: the table, and what is wrong, in words."""
    found = []
    for name in store.tables:
        rows = _stored_rows(connection, store, name)
        if rows is None:
            continue
        before = ""
        for place, row in enumerate(rows, start=1):
            if (told := _fault(store, name, row, place, before)) is not None:
                found.append((f"meta.{name}", told))
                break
            before = str(row["row_sha256"])
    return found


def history_faults(root: Path, store: Store, rows: dict[str, int]) -> list[tuple[str, str]]:
    """What the core catalog of the warehouse in `root` says was done to a store beside appending to it.

    `rows` are those that stand now, by table: rows that were taken away past
    the engine, the last ones too, were counted when they came.
    """
    found = []
    with catalogs.opened(catalogs.catalog_path(root, CORE)) as catalog:
        changes = catalog.execute(
            "SELECT snapshot_id, changes_made FROM ducklake_snapshot_changes ORDER BY snapshot_id"
        ).fetchall()
        for name in store.tables:
            numbers = catalog.execute(
                "SELECT DISTINCT t.table_id, s.next_row_id FROM ducklake_table AS t "
                "JOIN (SELECT DISTINCT schema_id, schema_name FROM ducklake_schema) AS m USING (schema_id) "
                "LEFT JOIN ducklake_table_stats AS s ON s.table_id = t.table_id "
                "WHERE t.table_name = ? AND m.schema_name = 'meta'",
                [name],
            ).fetchall()
            # A table that was dropped while it was empty took nothing with it.
            undone = {f"{kind}:{number}" for kind in _UNDOING for number, count in numbers if count}
            told = [str(number) for number, made in changes if undone & set(str(made).split(","))]
            appended = sum(int(count or 0) for _, count in numbers)
            if told:
                found.append((f"meta.{name}", f"rows were changed or removed, in snapshot {', '.join(told)}"))
            elif appended != rows.get(name, 0):
                found.append((f"meta.{name}", f"{rows.get(name, 0):,} rows stand, and {appended:,} were appended"))
    return found


def row_counts(connection: Connection, store: Store) -> dict[str, int]:
    """Rows of a store of the attached core lake by table, read and not taken from the catalog's own count."""
    return {name: len(rows) for name in store.tables if (rows := _stored_rows(connection, store, name)) is not None}


def stored(connection: Connection, store: Store) -> Stored:
    """The store as the attached core lake has it, at the snapshot that it is attached at."""
    frames: dict[str, pd.DataFrame] = {}
    heads: dict[str, str] = {}
    for name, contract in store.tables.items():
        columns = columns_of(contract)
        try:
            table = connection.execute(
                f"SELECT {_listed([*columns, *CHAIN])} FROM lake.meta.{name} ORDER BY position"
            ).to_arrow_table()
        except duckdb.CatalogException:
            frames[name] = checked(contract, pd.DataFrame(columns=columns))
            continue
        frame = table.to_pandas(date_as_object=False)
        heads[name] = str(frame["row_sha256"].iloc[-1]) if len(frame) else ""
        numbers = [c for c in columns if TERMS[c].sql_type.startswith("DECIMAL")]
        frames[name] = checked(contract, frame[columns].astype(dict.fromkeys(numbers, float)))
    return Stored(frames, heads)


@retry(
    retry=retry_if_exception_type(_BusyError),
    stop=stop_after_attempt(_ATTEMPTS),
    wait=wait_random_exponential(multiplier=0.1, max=5),
    reraise=True,
)
def _appended(workspace: Workspace, store: Store, name: str, new: Callable[[Stored], pd.DataFrame]) -> Appended:
    """One transaction of the core lake, which asks for nothing else: the rows as they stand, then the new ones."""
    with connect() as connection:
        attach(connection, workspace)
        upgrades = create(connection)
        connection.execute("BEGIN")
        try:
            found = stored(connection, store)
            rows = new(found)
            if len(rows):
                # What stands on a broken chain would hide the break.
                if faults := chain_faults(connection, store):
                    raise _broken(workspace, store, faults[0])
                chained = _chained(store, name, rows, len(found.frames[name]), found.heads.get(name, ""))
                connection.register("new_rows", chained)
                connection.execute(f"INSERT INTO lake.meta.{name} BY NAME SELECT * FROM new_rows")
                connection.execute("CALL ducklake_set_commit_message('lake', ?, 'append')", [f"pmo, {store.title}"])
            connection.execute("COMMIT")
        except duckdb.Error as problem:
            roll_back(connection)
            if any(sign in str(problem) for sign in _SIGNS_OF_OTHERS):
                raise _BusyError(
                    f"nothing could be written to the {store.title}, and nothing was changed",
                    file=workspace.warehouse,
                    found=str(problem).splitlines()[0],
                    hint="another process kept writing, or the disk is full: try again, or make room",
                ) from None
            if is_full(problem):
                raise
            raise WarehouseError(
                f"nothing could be written to the {store.title}, and nothing was changed",
                file=workspace.warehouse,
                found=str(problem).splitlines()[0],
                hint="`pmo warehouse check` tells whether the warehouse is damaged",
            ) from None
        except BaseException:
            roll_back(connection)
            raise
    return Appended(rows, upgrades)


def _broken(workspace: Workspace, store: Store, fault: tuple[str, str]) -> WarehouseError:
    return WarehouseError(
        f"what the {store.title} held is not as it was written, so nothing was added",
        file=workspace.warehouse,
        found=f"{fault[0]}: {fault[1]}",
        hint="`pmo warehouse check` tells all that is; restore the workspace from a backup",
    )


def _stored_rows(connection: Connection, store: Store, name: str) -> list[dict[str, Any]] | None:
    columns = [*columns_of(store.tables[name]), *CHAIN]
    try:
        rows = connection.execute(f"SELECT {_listed(columns)} FROM lake.meta.{name} ORDER BY position").fetchall()
    except duckdb.CatalogException:
        return None
    return [dict(zip(columns, row, strict=True)) for row in rows]


def _fault(store: Store, name: str, row: dict[str, Any], place: int, before: str) -> str | None:
    if row["position"] != place:
        return f"row {place} is missing, or stands elsewhere: row {row['position']} comes next"
    if (row["previous_sha256"] or "") != before:
        return f"row {place} does not follow the row before it: one of them was put in, or the one before was edited"
    if row["row_sha256"] != _row_digest(store.tables[name], name, row, place, before):
        subject = row[store.named_by]
        return f"row {place}, of {subject}, was edited: its values are not those it was written with"
    return None


def _row_digest(contract: type[Contract], name: str, row: dict[str, Any], place: int, before: str) -> str:
    values = plain_row({column: row[column] for column in columns_of(contract)})
    return sha256_of([name, place, before, values])


def _chained(store: Store, name: str, rows: pd.DataFrame, count: int, head: str) -> pa.Table:
    """Rows with their places and digests, typed so that the engine takes each value as it is."""
    records = []
    for place, row in enumerate(rows.to_dict("records"), start=count + 1):
        named = {str(column): value for column, value in row.items()}
        digest = _row_digest(store.tables[name], name, named, place, head)
        records.append(
            {column: _typed(value, TERMS[column].sql_type) for column, value in named.items()}
            | {"position": place, "previous_sha256": head or None, "row_sha256": digest}
        )
        head = digest
    columns = [*columns_of(store.tables[name]), *CHAIN]
    return pa.table(
        {c: pa.array([r[c] for r in records], _ARROW.get(TERMS[c].sql_type, pa.float64())) for c in columns}
    )


_ARROW = {TEXT: pa.string(), DATE: pa.date32(), INSTANT: pa.timestamp("us"), COUNT: pa.int64(), FLAG: pa.bool_()}


def _typed(value: Any, sql_type: str) -> Any:
    if value is None or pd.isna(value):
        return None
    if sql_type == DATE:
        return pd.Timestamp(value).date()
    return pd.Timestamp(value).to_pydatetime() if sql_type == INSTANT else value


def _listed(columns: Sequence[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)
