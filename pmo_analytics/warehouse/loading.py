"""The commit of one load: personal lake first, then rows, meta and version in one transaction.

A load commits only when rows, durations and money balance: what the file holds
equals what was added, replaced, found unchanged, rejected or set aside, and
what was added or replaced is what the lake now holds.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

import duckdb
import pyarrow as pa

from pmo_analytics.contracts.base import CORE, Table
from pmo_analytics.errors import BalanceError, WarehouseError
from pmo_analytics.warehouse.connection import Connection
from pmo_analytics.warehouse.lakes import relation
from pmo_analytics.warehouse.merging import ADDED, FATES, REPLACING, additive
from pmo_analytics.warehouse.persons import Resolution
from pmo_analytics.warehouse.staging import Reject


class LoadConflictError(Exception):
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
    """Everything a load is about to commit, beside the staged rows themselves."""

    table: Table
    origin: LoadOrigin
    load_id: str
    base_version: int
    rows_in: int
    blank_lines: list[int]
    rejects: list[Reject]
    verbatim: dict[int, str]
    persons: Resolution
    assumptions: list[str]
    rows_removed: int = 0
    scope: str | None = None
    rounding: dict[str, Decimal] = field(default_factory=dict)


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
    rows["set_aside"] += len(draft.blank_lines)
    if sum(rows.values()) != draft.rows_in:
        raise BalanceError(
            "rows do not balance",
            file=draft.origin.file,
            found=f"{sum(rows.values())} accounted for: {rows}",
            expected=f"{draft.rows_in} in the file",
        )
    totals: list[Total] = []
    for column in additive(draft.table):
        named = draft.table.currency_column(column)
        currency = f"t.{named}" if named else "NULL"
        fated = connection.execute(
            f"SELECT {currency}, f.fate, count(t.{column}), coalesce(sum(t.{column}), 0) FROM typed AS t "
            f"JOIN fate AS f USING (source_line) GROUP BY ALL HAVING count(t.{column}) > 0 ORDER BY ALL"
        ).fetchall()
        totals += [Total(column, c, str(fate), int(n), Decimal(total)) for c, fate, n, total in fated]
        whole = connection.execute(f"SELECT coalesce(sum({column}), 0) FROM typed").fetchone()
        parts = sum((t.total for t in totals if t.column == column), Decimal(0))
        if whole and Decimal(whole[0]) != parts:
            raise BalanceError(
                f"the totals of {column} do not balance", file=draft.origin.file, found=parts, expected=str(whole[0])
            )
    return LoadCounts(rows, totals)


def commit(connection: Connection, draft: LoadDraft, counts: LoadCounts) -> int:
    """Write the load and return its version; LoadConflictError when another load came first."""
    try:
        personal_snapshot = _commit_personal(connection, draft)
        connection.execute("BEGIN")
        try:
            version = _write_core(connection, draft, counts, personal_snapshot)
            connection.execute("COMMIT")
        except BaseException:
            _roll_back(connection)
            raise
    except duckdb.Error as problem:
        text = str(problem)
        if any(sign in text for sign in ("onflict", "Failed to commit", "database is locked")):
            raise LoadConflictError(text) from None
        raise WarehouseError("the load could not be written", file=draft.origin.file, found=text) from None
    return version


def _roll_back(connection: Connection) -> None:
    try:
        connection.execute("ROLLBACK")
    except duckdb.TransactionException:
        # A failed COMMIT has ended the transaction already.
        return


def _commit_personal(connection: Connection, draft: LoadDraft) -> int:
    load_id = draft.load_id
    connection.execute("BEGIN")
    try:
        for place, rows in (
            ("person_alias (source, external_key, person_id, load_id)", draft.persons.new_aliases),
            ("person_identity (person_id, name, email, load_id)", draft.persons.new_identities),
            ("reject_line (source_line, line, load_id)", list(draft.verbatim.items())),
        ):
            _insert(connection, f"personal.main.{place}", [[*row, load_id] for row in rows])
        if draft.table.lake != CORE:
            _write_rows(connection, draft)
        connection.execute("COMMIT")
    except BaseException:
        _roll_back(connection)
        raise
    row = connection.execute("SELECT max(snapshot_id) FROM ducklake_snapshots('personal')").fetchone()
    return int(row[0]) if row else 0


def _write_rows(connection: Connection, draft: LoadDraft) -> None:
    table = draft.table
    place = relation(table)
    if draft.table.lake == CORE:
        key = ", ".join(f'"{c}"' for c in table.key)
        connection.execute(f"DELETE FROM {place} WHERE ({key}) IN (SELECT ({key}) FROM leaving)")
    columns = ", ".join(f'"{c}"' for c in table.columns)
    order = ", ".join(f'"{c}"' for c in ([table.clock_column] if table.clock_column else []) + list(table.key))
    connection.execute(
        f"INSERT INTO {place} SELECT {columns}, ?, source_line FROM typed WHERE source_line IN "
        f"(SELECT source_line FROM fate WHERE fate IN ('{ADDED}', '{REPLACING}')) ORDER BY {order}",
        [draft.load_id],
    )


def _write_core(connection: Connection, draft: LoadDraft, counts: LoadCounts, personal_snapshot: int) -> int:
    version = draft.base_version + 1
    changed = connection.execute(
        "UPDATE lake.meta.counter SET version = ? WHERE version = ?", [version, draft.base_version]
    ).fetchone()
    if not changed or changed[0] != 1:
        raise LoadConflictError("another load was committed first")
    if draft.table.lake == CORE:
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
    blanks = [[load_id, line, "blank"] for line in draft.blank_lines]
    _insert(connection, "lake.meta.set_aside", blanks)
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
    totals += [[load_id, column, None, "rounding", 0, value] for column, value in draft.rounding.items()]
    _insert(connection, "lake.meta.control_total", totals)
    note = json.dumps({"version": version})
    connection.execute(
        "CALL ducklake_set_commit_message('lake', 'pmo ingest', ?, extra_info => ?)", [f"load {version}", note]
    )
    return version


def _insert(connection: Connection, place: str, rows: Sequence[Sequence[object]]) -> None:
    if rows:
        columns = {f"v{i}": pa.array(values) for i, values in enumerate(zip(*rows, strict=True))}
        connection.register("new_rows", pa.table(columns))
        connection.execute(f"INSERT INTO {place} SELECT * FROM new_rows")
        connection.unregister("new_rows")


def _check_stored(connection: Connection, draft: LoadDraft, counts: LoadCounts) -> None:
    """Compare what the lake holds of this load with what was meant to be stored. Never by count alone."""
    place = relation(draft.table)
    written = counts.rows[ADDED] + counts.rows[REPLACING]
    row = connection.execute(
        f"SELECT coalesce(sum(CASE WHEN source_line > 0 THEN 1 END), 0) FROM {place} WHERE load_id = ?",
        [draft.load_id],
    ).fetchone()
    if not row or int(row[0]) != written:
        raise BalanceError(
            "stored rows do not balance", file=draft.origin.file, found=row and row[0], expected=str(written)
        )
    for column in additive(draft.table):
        meant = sum((t.total for t in counts.totals if t.column == column and t.fate in {ADDED, REPLACING}), Decimal(0))
        row = connection.execute(
            f'SELECT coalesce(sum("{column}"), 0) FROM {place} WHERE load_id = ?', [draft.load_id]
        ).fetchone()
        if not row or Decimal(row[0]) != meant:
            raise BalanceError(
                f"the stored total of {column} does not balance",
                file=draft.origin.file,
                found=row and row[0],
                expected=str(meant),
            )
