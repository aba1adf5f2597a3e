"""The tables that a view shows: what a row is, what tells rows apart, how many there are, until when they reach."""

from __future__ import annotations

import pandas as pd

from pmo_analytics.contracts import tables
from pmo_analytics.contracts.base import MARTS, PERSONAL, Table
from pmo_analytics.warehouse.connection import Connection

COLUMNS = ["table", "grain", "key", "rows", "latest"]


def shown_tables() -> list[Table]:
    """The tables of `core` and `marts`, those that loads fill first."""
    known = [table for table in tables().values() if table.lake != PERSONAL]
    return sorted(known, key=lambda table: (table.lake == MARTS, table.name))


def table_list(connection: Connection) -> pd.DataFrame:
    """One row per table: columns `COLUMNS`. Marts are built when they are asked for, so that they are not counted."""
    rows = [_row(connection, table) for table in shown_tables()]
    found = pd.DataFrame(rows, columns=COLUMNS)
    found["rows"] = found["rows"].astype("Int64")
    return found


def _row(connection: Connection, table: Table) -> tuple[str, str, str, int | None, str]:
    grain = (table.model.__doc__ or "").strip().splitlines()[0].removesuffix(".")
    key = ", ".join(table.key)
    if table.lake == MARTS:
        return f"marts.{table.name}", grain, key, None, ""
    day = f'CAST(max("{table.clock_column}") AS VARCHAR)' if table.clock_column else "NULL"
    counted = connection.execute(f"SELECT count(*), {day} FROM core.{table.name}").fetchall()
    count, latest = counted[0]
    return f"core.{table.name}", grain, key, int(count), "" if latest is None else str(latest)[:10]
