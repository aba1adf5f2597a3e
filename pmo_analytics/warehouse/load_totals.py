"""What each committed load said it stored, and what the lakes hold of it as of its own version."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from pmo_analytics.contracts import stored
from pmo_analytics.contracts.base import CORE, Table
from pmo_analytics.warehouse.connection import Connection, EngineError
from pmo_analytics.warehouse.lakes import core_snapshots, relation
from pmo_analytics.warehouse.merging import ADDED, REPLACING

Totals = dict[tuple[str, str | None], Decimal]


@dataclass(frozen=True)
class CommittedLoad:
    """A load as `meta.load` has it; `rows` were added or replaced, `fates` is the sum of all fates."""

    version: int
    load_id: str
    file: str
    sha256: str
    table_name: str
    rows_in: int
    fates: int
    rows: int
    snapshot: int | None
    personal_snapshot: int


def committed_loads(connection: Connection) -> list[CommittedLoad]:
    """Every load of the attached lakes, oldest first."""
    snapshots = core_snapshots(connection)
    rows = connection.execute(
        "SELECT version, load_id, file, sha256, table_name, rows_in, "
        "rows_added + rows_replacing + rows_unchanged + rows_rejected + rows_set_aside, rows_added + rows_replacing, "
        "personal_snapshot FROM lake.meta.load ORDER BY version"
    ).fetchall()
    return [
        CommittedLoad(
            int(version), str(load_id), str(file), str(sha256), str(name), int(read), int(fates), int(kept),
            snapshots.get(int(version)), int(personal or 0),
        )
        for version, load_id, file, sha256, name, read, fates, kept, personal in rows
    ]  # fmt: skip


def departures(connection: Connection, load: CommittedLoad) -> list[str]:
    """In words, where the rows and totals that the lakes hold of a load are not those it was committed with."""
    table = stored().get(load.table_name)
    if load.fates != load.rows_in:
        return [f"{load.rows_in:,} rows were read, and {load.fates:,} are accounted for"]
    if load.snapshot is None:
        return ["no snapshot of the core lake is known for this version"]
    if table is None:
        return [f"a table that this program does not know: {load.table_name}"]
    try:
        meant = {place: total for place, total in _meant(connection, load).items() if place[0] in table.columns}
        rows, held = _held(connection, load, table, sorted({column for column, _ in meant}))
    except EngineError as problem:
        return [f"its stored rows cannot be read: {str(problem).splitlines()[0]}"]
    found = [] if rows == load.rows else [f"{rows:,} rows are stored, and {load.rows:,} were committed"]
    for (column, currency), total in meant.items():
        now = held.get((column, currency), Decimal(0))
        if now != total:
            found.append(f"the stored total of {column} is {now} {currency or ''}".rstrip() + f", and was {total}")
    return found


def _meant(connection: Connection, load: CommittedLoad) -> Totals:
    rows = connection.execute(
        "SELECT column_name, currency, sum(total) FROM lake.meta.control_total "
        f"WHERE load_id = ? AND fate IN ('{ADDED}', '{REPLACING}') GROUP BY ALL ORDER BY ALL",
        [load.load_id],
    ).fetchall()
    return {(str(column), currency): Decimal(total) for column, currency, total in rows}


def _held(connection: Connection, load: CommittedLoad, table: Table, columns: list[str]) -> tuple[int, Totals]:
    """Rows and totals of a load as of its version, by one pass over what is stored of it."""
    snapshot = load.snapshot if table.lake == CORE else load.personal_snapshot
    sums = ["SELECT NULL, NULL, sum(CASE WHEN source_line > 0 THEN 1 END) FROM held"]
    for column in columns:
        currency = table.currency_column(column) or "NULL"
        sums.append(f"SELECT '{column}', {currency}, sum(\"{column}\") FROM held GROUP BY ALL")
    found = connection.execute(
        f"WITH held AS MATERIALIZED (SELECT * FROM {relation(table)} AT (VERSION => {snapshot}) WHERE load_id = ?) "
        + " UNION ALL ".join(sums),
        [load.load_id],
    ).fetchall()
    rows = next(int(total or 0) for column, _, total in found if column is None)
    return rows, {(str(c), currency): Decimal(total) for c, currency, total in found if c is not None and total}
