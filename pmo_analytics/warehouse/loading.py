"""The commit of one load: personal lake first, then rows, meta and version in one transaction.

A load commits only when rows, durations and money balance: what the file holds
equals what was added, replaced, found unchanged, rejected or set aside, and
what was added or replaced is what the lake now holds.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import duckdb
import pyarrow as pa

from pmo_analytics.contracts.base import CORE, Table
from pmo_analytics.errors import BalanceError, WarehouseError
from pmo_analytics.warehouse.connection import Connection, is_full, roll_back
from pmo_analytics.warehouse.lakes import relation
from pmo_analytics.warehouse.merging import ADDED, FATES, PLACE, REJECTED, REPLACING, SET_ASIDE, additive
from pmo_analytics.warehouse.persons import Resolution
from pmo_analytics.warehouse.staging import Reject, TypedRows


class LoadConflictError(WarehouseError):
    """Another load was committed in between; the load is to be tried again from its merge."""


@dataclass(frozen=True)
class LoadOrigin:
    """Where a load came from: the file, its digest and how it was read."""

    file: str
    sha256: str
    size: int
    source: str
    options: dict[str, str]
    loaded_at: datetime


@dataclass(frozen=True)
class Total:
    """Control total of one column, currency and fate."""

    column: str
    currency: str | None
    fate: str
    rows: int
    total: Decimal


@dataclass
class LoadDraft:
    """Everything a load is about to commit, beside the staged rows themselves.

    `totals` and `rounding` are sums over every row that can be read. With
    `is_stored` the sound rows stand in the lake already, and `typed` and
    `fate` hold the others; with `by_scope` rows are known by their place.
    """

    table: Table
    origin: LoadOrigin
    load_id: str
    base_version: int
    rows_in: int
    title_lines: list[int]
    rejects: list[Reject]
    verbatim: dict[int, str]
    persons: Resolution
    assumptions: list[str]
    totals: dict[str, Decimal]
    rounding: dict[str, Decimal]
    is_stored: bool
    by_scope: bool
    rows_removed: int = 0
    scope: str | None = None


@dataclass(frozen=True)
class LoadCounts:
    """Rows by fate, and control totals by column, currency and fate."""

    rows: dict[str, int]
    totals: list[Total]


def current_version(connection: Connection) -> int:
    """Number of loads committed so far."""
    row = connection.execute("SELECT max(version) FROM lake.meta.counter").fetchone()
    return int(row[0]) if row and row[0] is not None else 0


def earlier_load(connection: Connection, digest: str, source: str, options: dict[str, str]) -> int | None:
    """The version that loaded the same bytes in the same way, if any."""
    row = connection.execute(
        "SELECT min(version) FROM lake.meta.load WHERE sha256 = ? AND source = ? AND options = ?",
        [digest, source, json.dumps(options, sort_keys=True)],
    ).fetchone()
    return int(row[0]) if row and row[0] is not None else None


def count(connection: Connection, draft: LoadDraft) -> LoadCounts:
    """Rows and totals by fate; BalanceError when they do not add up to what the file holds."""
    rows = dict.fromkeys(FATES, 0)
    for fate, number in connection.execute("SELECT fate, count(*) FROM fate GROUP BY fate").fetchall():
        rows[str(fate)] = int(number)
    rows[SET_ASIDE] += len(draft.title_lines)
    if draft.is_stored:
        rows[ADDED] += _stored_rows(connection, draft)
    if sum(rows.values()) != draft.rows_in:
        raise BalanceError(
            "rows do not balance",
            file=draft.origin.file,
            found=f"{sum(rows.values())} accounted for: {rows}",
            expected=f"{draft.rows_in} in the file",
        )
    totals: list[Total] = []
    for column in additive(draft.table):
        found = _totals(connection, draft, column)
        whole, parts = draft.totals.get(column, Decimal(0)), sum((t.total for t in found), Decimal(0))
        if whole != parts:
            raise BalanceError(
                f"the totals of {column} do not balance", file=draft.origin.file, found=parts, expected=str(whole)
            )
        totals += found
    return LoadCounts(rows, totals)


def _totals(connection: Connection, draft: LoadDraft, column: str) -> list[Total]:
    """Totals of `column` by currency and fate, over the rows decided and the rows that stand already."""
    currency = draft.table.currency_column(column) or "NULL"
    decided = f'SELECT {currency} AS currency, f.fate, "{column}" AS x FROM typed JOIN fate AS f USING (source_line)'
    if draft.is_stored:
        stored = f"SELECT {currency}, '{ADDED}', {column} FROM {relation(draft.table)}"
        decided += f" UNION ALL {stored} WHERE load_id = '{draft.load_id}'"
    rows = connection.execute(
        f"SELECT currency, fate, count(x), coalesce(sum(x), 0) FROM ({decided}) GROUP BY ALL HAVING count(x) > 0 "
        "ORDER BY ALL"
    ).fetchall()
    return [Total(column, c, str(fate), int(n), Decimal(total)) for c, fate, n, total in rows]


def _rounding(connection: Connection, draft: LoadDraft) -> dict[str, Decimal]:
    """Stored less exact total of each column that can be rounded, over the rows that are kept."""
    kept = {}
    for column, whole in draft.rounding.items():
        row = connection.execute(
            f'SELECT coalesce(sum(t."rounding_{column}"), 0) FROM typed AS t JOIN fate AS f USING (source_line) '
            f"WHERE f.fate = '{REJECTED}'"
        ).fetchone()
        kept[column] = whole - (Decimal(row[0]) if row else 0)
    return kept


@contextmanager
def transaction(connection: Connection, file: str, *, is_kept: bool) -> Iterator[None]:
    """One transaction of the core lake, taken back on any error and where it is not to be kept.

    Raises LoadConflictError when another load was committed meanwhile.
    """
    connection.execute("BEGIN")
    try:
        yield
        connection.execute("COMMIT" if is_kept else "ROLLBACK")
    except duckdb.Error as problem:
        roll_back(connection)
        text = str(problem)
        if is_full(problem):
            raise
        if any(sign in text for sign in ("onflict", "Failed to commit", "database is locked")):
            raise LoadConflictError(
                "the load could not be committed",
                file=file,
                found=text.splitlines()[0],
                hint="another process kept writing, or the disk is full: try again, or make room",
            ) from None
        raise WarehouseError(
            "the load could not be written, and nothing was changed",
            file=file,
            found=text.splitlines()[0],
            hint="`pmo warehouse check` tells whether the warehouse is damaged",
        ) from None
    except BaseException:
        roll_back(connection)
        raise


def _commit_personal(connection: Connection, draft: LoadDraft) -> int:
    """Commit what the personal lake learns, in a transaction of its own; return the lake's snapshot."""
    load_id = draft.load_id
    own = connection.cursor()
    own.execute("BEGIN")
    try:
        for place, rows in (
            ("person_alias (source, external_key, person_id, load_id)", draft.persons.new_aliases),
            ("person_identity (person_id, name, email, load_id)", draft.persons.new_identities),
            ("reject_line (source_line, line, load_id)", list(draft.verbatim.items())),
        ):
            _insert(own, f"personal.main.{place}", [[*row, load_id] for row in rows])
        if draft.table.lake != CORE:
            rows = connection.execute(_decided_rows(draft)).to_arrow_table()
            _append(own, f"{relation(draft.table)} BY NAME", rows)
        own.execute("COMMIT")
    except BaseException:
        roll_back(own)
        raise
    row = own.execute("SELECT max(snapshot_id) FROM ducklake_snapshots('personal')").fetchone()
    own.close()
    return int(row[0]) if row else 0


def _decided_rows(draft: LoadDraft) -> str:
    """SQL for the rows that the load adds or replaces, in the order they are stored in."""
    table = draft.table
    order = ", ".join(f'"{c}"' for c in ([table.clock_column] if table.clock_column else []) + list(table.key))
    return (
        f"SELECT {_values(table, draft.load_id, is_generated=draft.by_scope)} FROM typed WHERE source_line IN "
        f"(SELECT source_line FROM fate WHERE fate IN ('{ADDED}', '{REPLACING}')) ORDER BY {order}, source_line"
    )


def _values(table: Table, load_id: str, *, is_generated: bool) -> str:
    """SQL for a stored row; a generated key says where the row came from."""
    place = f"'{load_id}:' || source_line"
    columns = [f'{place} AS "{c}"' if is_generated and c in table.key else f'"{c}"' for c in table.columns]
    return ", ".join([*columns, f"'{load_id}' AS load_id", "source_line"])


def write_sound(connection: Connection, table: Table, typed: TypedRows, load_id: str, *, is_generated: bool) -> int:
    """Store every sound row as it is read from the file; return how many.

    No record is looked at for blankness: a blank one lacks what is required.
    """
    values = _values(table, load_id, is_generated=is_generated)
    sound = f"SELECT {values} FROM ({typed.sql('unmarked')}) WHERE {typed.sound}"
    row = connection.execute(f"INSERT INTO {relation(table)} BY NAME {sound}").fetchone()
    return int(row[0]) if row else 0


def _write_rows(connection: Connection, draft: LoadDraft) -> None:
    place = relation(draft.table)
    key = ", ".join(f'"{c}"' for c in (PLACE if draft.by_scope else draft.table.key))
    connection.execute(f"DELETE FROM {place} WHERE ({key}) IN (SELECT ({key}) FROM leaving)")
    connection.execute(f"INSERT INTO {place} BY NAME {_decided_rows(draft)}")


def write(connection: Connection, draft: LoadDraft, counts: LoadCounts) -> int:
    """Write the load within the open transaction and return its version; the personal lake commits first."""
    personal_snapshot = _commit_personal(connection, draft)
    return _write_core(connection, draft, counts, personal_snapshot)


def _write_core(connection: Connection, draft: LoadDraft, counts: LoadCounts, personal_snapshot: int) -> int:
    version = draft.base_version + 1
    changed = connection.execute(
        "UPDATE lake.meta.counter SET version = ? WHERE version = ?", [version, draft.base_version]
    ).fetchone()
    if not changed or changed[0] != 1:
        raise LoadConflictError("another load was committed first")
    if draft.table.lake == CORE and not draft.is_stored:
        _write_rows(connection, draft)
    _check_stored(connection, draft, counts)
    origin, rows, load_id = draft.origin, counts.rows, draft.load_id
    connection.execute(
        f"INSERT INTO lake.meta.load VALUES ({', '.join('?' * 18)})",
        [
            version, load_id, origin.file, origin.sha256, origin.size, origin.source, draft.table.name,
            json.dumps(origin.options, sort_keys=True), origin.loaded_at, draft.rows_in, rows["added"],
            rows["replacing"], rows["unchanged"], rows["rejected"], rows["set_aside"], draft.rows_removed,
            draft.scope, personal_snapshot,
        ],
    )  # fmt: skip
    _insert(connection, "lake.meta.set_aside", [[load_id, line, "title"] for line in draft.title_lines])
    connection.execute(
        "INSERT INTO lake.meta.set_aside SELECT ?, source_line, reason FROM fate WHERE fate = 'set_aside'", [load_id]
    )
    _insert(
        connection,
        "lake.meta.reject",
        [[load_id, r.source_line, r.column, r.value, r.rule, r.expected, r.hint] for r in draft.rejects],
    )
    _insert(connection, "lake.meta.assumption", [[load_id, i, text] for i, text in enumerate(draft.assumptions)])
    totals = [[load_id, t.column, t.currency, t.fate, t.rows, t.total] for t in counts.totals]
    totals += [[load_id, column, None, "rounding", 0, value] for column, value in _rounding(connection, draft).items()]
    _insert(connection, "lake.meta.control_total", totals)
    note = json.dumps({"version": version})
    connection.execute(
        "CALL ducklake_set_commit_message('lake', 'pmo ingest', ?, extra_info => ?)", [f"load {version}", note]
    )
    return version


def _insert(connection: Connection, place: str, rows: Sequence[Sequence[object]]) -> None:
    if rows:
        columns = {f"v{i}": pa.array(values) for i, values in enumerate(zip(*rows, strict=True))}
        _append(connection, place, pa.table(columns))


def _append(connection: Connection, place: str, rows: pa.Table) -> None:
    connection.register("new_rows", rows)
    connection.execute(f"INSERT INTO {place} SELECT * FROM new_rows")
    connection.unregister("new_rows")


def _stored_rows(connection: Connection, draft: LoadDraft) -> int:
    """Rows that the lake holds of this load, never by count alone: the catalog would answer that."""
    row = connection.execute(
        f"SELECT coalesce(sum(CASE WHEN source_line > 0 THEN 1 END), 0) FROM {relation(draft.table)} WHERE load_id = ?",
        [draft.load_id],
    ).fetchone()
    return int(row[0]) if row else 0


def _check_stored(connection: Connection, draft: LoadDraft, counts: LoadCounts) -> None:
    """Compare what the lake holds of this load with what was meant to be stored."""
    written = counts.rows[ADDED] + counts.rows[REPLACING]
    if (stored := _stored_rows(connection, draft)) != written:
        raise BalanceError("stored rows do not balance", file=draft.origin.file, found=stored, expected=str(written))
    columns = additive(draft.table)
    sums = ", ".join(f'coalesce(sum("{column}"), 0)' for column in columns) or "0"
    query = f"SELECT {sums} FROM {relation(draft.table)} WHERE load_id = ?"
    row = connection.execute(query, [draft.load_id]).fetchone() or ()
    for column, total in zip(columns, row, strict=False):
        meant = sum((t.total for t in counts.totals if t.column == column and t.fate in {ADDED, REPLACING}), Decimal(0))
        if Decimal(total) != meant:
            raise BalanceError(
                f"the stored total of {column} does not balance",
                file=draft.origin.file,
                found=total,
                expected=str(meant),
            )
