"""Marts over rows laid down in memory: what their SELECTs make of tables, without a load."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

import pandas as pd

from pmo_analytics.contracts import rolled_up, stored
from pmo_analytics.warehouse.connection import Connection, connect
from pmo_analytics.warehouse.labour_accounts import LabourAccounts, lay_labour_accounts
from pmo_analytics.warehouse.roll_ups import mart_sql, read_by

Rows = Sequence[dict[str, Any]]


class LaidMarts:
    """Marts over the rows of core tables, all of them of one load; tables that nothing fills are empty."""

    def __init__(self, connection: Connection, tables: dict[str, Rows]) -> None:
        self._connection = connection
        self._tables = tables
        self._laid: set[tuple[str, str]] = set()

    def rows(self, mart: str, columns: str, where: str = "true") -> list[tuple[Any, ...]]:
        """Columns of the rows of a mart, in their order, exact."""
        self._lay("marts", mart)
        return self._connection.execute(
            f"SELECT {columns} FROM marts.{mart} WHERE {where} ORDER BY ALL NULLS LAST"
        ).fetchall()

    def table(self, mart: str) -> pd.DataFrame:
        """A mart under its contract, in order of its key."""
        self._lay("marts", mart)
        order = ", ".join(f'"{column}" NULLS LAST' for column in rolled_up()[mart].key)
        frame = self._connection.execute(f"SELECT * FROM marts.{mart} ORDER BY {order}").df()
        found: pd.DataFrame = rolled_up()[mart].model.validate(frame)
        return found

    def _lay(self, schema: str, name: str) -> None:
        if (schema, name) in self._laid or schema == "meta":
            return
        self._laid.add((schema, name))
        if schema == "marts":
            for place in sorted(read_by(self._connection, mart_sql(name)) or ()):
                self._lay(*place)
            self._connection.execute(f"CREATE TABLE marts.{name} AS {mart_sql(name)}")
            return
        table, rows = stored()[name], self._tables.get(name, ())
        shape = [*(f'"{column}" {table.sql_type(column)}' for column in table.columns)]
        self._connection.execute(f"CREATE TABLE {schema}.{name} ({', '.join(shape)}, load_id VARCHAR, source_line INT)")
        for line, row in enumerate(rows, start=2):
            columns, marks = ", ".join(f'"{column}"' for column in row), ", ".join("?" for _ in row)
            self._connection.execute(
                f"INSERT INTO {schema}.{name} ({columns}, load_id, source_line) VALUES ({marks}, 'load', ?)",
                [*row.values(), line],
            )


@contextmanager
def laid(
    *, as_of: date, fiscal_year_start: int = 1, has_gross_orders: bool = False, labour: Sequence[str] = (),
    **tables: Rows,
) -> Iterator[LaidMarts]:  # fmt: skip
    """Marts over these rows by table, on a reporting date and under the rules that `pmo.toml` would state."""
    with connect() as connection:
        for schema in ("core", "marts", "meta", "personal_view"):
            connection.execute(f"CREATE SCHEMA {schema}")
        connection.execute("CREATE TABLE meta.load_system AS SELECT 'load' AS load_id, 'register' AS system")
        connection.execute("CREATE TABLE meta.reporting AS SELECT CAST(? AS DATE) AS as_of", [as_of])
        connection.execute(
            "CREATE TABLE meta.budget_rule AS SELECT CAST(? AS BIGINT) AS fiscal_year_start, ? AS has_gross_orders",
            [fiscal_year_start, has_gross_orders],
        )
        lay_labour_accounts(connection, [LabourAccounts(pattern=each) for each in labour])
        yield LaidMarts(connection, tables)
