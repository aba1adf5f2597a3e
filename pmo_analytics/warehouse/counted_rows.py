"""The stored rows behind one figure of a mart or a table, and the figure reckoned anew from them alone."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import pyarrow as pa

from pmo_analytics.contracts import rolled_up, stored, tables
from pmo_analytics.contracts.base import CORE, PERSONAL, Table
from pmo_analytics.errors import UsageError, nearest
from pmo_analytics.warehouse.column_lineage import is_place, only_from, source_columns
from pmo_analytics.warehouse.connection import Connection, EngineError
from pmo_analytics.warehouse.roll_ups import mart_sql
from pmo_analytics.warehouse.row_lineage import ROWS, Relations, with_rows

_RATE = "personal_view.rate"
_WITHHELD = ("hourly_amount",)


@dataclass(frozen=True)
class Evidence:
    """What stands behind one figure.

    `rows` holds, by table, the rows that the figure counts, with `version`,
    `file` and `source_line` of each; persons are tokens, rates are withheld.
    `again` is the figure reckoned from these rows alone: where it equals
    `value`, no other row is needed. `source_columns` are the stored columns it
    is reckoned from, `sql` is the mart's SELECT, empty for a stored table.
    """

    table: str
    key: dict[str, Any]
    column: str
    value: Any
    sql: str
    source_columns: list[str]
    rows: dict[str, pd.DataFrame] = field(default_factory=dict)
    again: Any = None

    @property
    def is_whole(self) -> bool:
        """Whether the rows alone give the figure."""
        return bool(self.value == self.again) or (self.value is None and self.again is None)


def relations(others: Mapping[str, list[str]]) -> Relations:
    """What marts may read, as their rows are followed; `others` are tables whose rows have no line."""
    known = {name: [*table.columns, "load_id", "source_line"] for name, table in stored().items()}
    places = {f"core.{name}": known[name] for name, table in stored().items() if table.lake == CORE}
    places |= {f"lake.{place}": columns for place, columns in places.items()}
    return Relations(places | {_RATE: known["rate"]}, others, mart_sql)


def evidence(connection: Connection, name: str, row: Mapping[str, Any], column: str) -> Evidence:
    """The evidence of `column` in the row of table `name` whose key has the values in `row`.

    Raises UsageError for a table, a column or a row that does not exist, and
    where the given values of the key fit several rows.
    """
    table = _table(name, column)
    if unknown := set(row) - set(table.key):
        raise _no(f"the key of {name} has no column", sorted(unknown)[0], table.key)
    key = {part: row[part] for part in table.key if part in row}
    schema = "marts" if name in rolled_up() else "core"
    where, values = _condition(table, key)
    columns = ", ".join(f'"{part}"' for part in [*table.key, column])
    try:
        found = connection.execute(f"SELECT {columns} FROM {schema}.{name} WHERE {where} LIMIT 2", values).fetchall()
    except EngineError as problem:
        wanted = ", ".join(f"{part} {table.sql_type(part)}" for part in key)
        raise UsageError("a value of the key is none of its kind", found=str(problem), expected=wanted) from None
    if len(found) != 1:
        several = "several rows" if found else "no row"
        raise UsageError(
            f"{several} of {name} fit", found=str(key), expected=f"one value for each of {', '.join(table.key)}"
        )
    key = dict(zip(table.key, found[0], strict=False))
    where, values = _condition(table, key)
    if schema == "core":
        rows = _rows(connection, f"core.{name}", f"SELECT load_id, source_line FROM core.{name} WHERE {where}", values)
        stands = [f"core.{name}.{column}"]
        return Evidence(name, key, column, found[0][-1], "", stands, {name: rows}, found[0][-1])
    sql, known = mart_sql(name), relations(_of_meta(connection))
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE counted_row AS SELECT DISTINCT r.* FROM (SELECT unnest({ROWS}) AS r FROM "
        f"({with_rows(sql, _followed(table, column, sql, known), known)}) AS annotated WHERE {where})",
        values,
    )
    named = connection.execute("SELECT DISTINCT place FROM counted_row ORDER BY place").fetchall()
    places = [str(place) for (place,) in named]
    counted = {place: f"SELECT load_id, source_line FROM counted_row WHERE place = '{place}'" for place in places}
    again = connection.execute(
        f'SELECT "{column}" FROM ({only_from(sql, known, counted)}) AS reckoned WHERE {where}', values
    ).fetchone()
    rows_of = {place.rpartition(".")[2]: _rows(connection, place, counted[place], []) for place in places}
    return Evidence(
        name, key, column, found[0][-1], sql, source_columns(sql, column, known), rows_of,
        again[0] if again else None,
    )  # fmt: skip


def lay_lineage(connection: Connection, name: str, column: str) -> None:
    """Lay down beside the keys of a mart, once, the places of all stored rows that `column` counts."""
    table, known = _table(name, column), relations(_of_meta(connection))
    keys = ", ".join(f'"{part}"' for part in table.key)
    sql = with_rows(mart_sql(name), _followed(table, column, mart_sql(name), known), known)
    connection.execute(
        f"CREATE TEMP TABLE {_lineage(name, column)} AS SELECT {keys}, r.* FROM (SELECT {keys}, unnest({ROWS}) AS r "
        f"FROM ({sql}) AS annotated)"
    )


def counted(connection: Connection, name: str, column: str, rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The stored rows, by table, that `column` counts in the rows of table `name` whose key `rows` holds.

    Of a mart the lineage of `column` has been laid. Raises UsageError for what is no table or column.
    """
    table = _table(name, column)
    given = pa.Table.from_pandas(rows[list(table.key)], preserve_index=False)
    connection.register("asked", given)
    same = " AND ".join(
        f'l."{part}" IS NOT DISTINCT FROM CAST(a."{part}" AS {table.sql_type(part)})' for part in table.key
    )
    place, source = f"'core.{name}' AS place", f"core.{name}"
    if name in rolled_up():
        place, source = "l.place", _lineage(name, column)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE counted_row AS SELECT DISTINCT {place}, l.load_id, l.source_line "
        f"FROM {source} AS l JOIN asked AS a ON {same}"
    )
    connection.unregister("asked")
    named = connection.execute("SELECT DISTINCT place FROM counted_row ORDER BY place").fetchall()
    return {
        str(at).rpartition(".")[2]: _rows(
            connection, str(at), f"SELECT load_id, source_line FROM counted_row WHERE place = '{at}'", []
        )
        for (at,) in named
    }


def _followed(table: Table, column: str, sql: str, known: Relations) -> set[str]:
    """The column, and the parts of the key that are places among rows: without those rows it would be another's."""
    return {column, *(part for part in table.key if is_place(sql, part, known))}


def _lineage(name: str, column: str) -> str:
    return f'temp."lineage_{name}_{column}"'


def still_stored(connection: Connection, name: str, rows: pd.DataFrame) -> list[bool]:
    """Whether each row, known by `load_id` and `source_line`, stands in a core table."""
    connection.register("places", pa.Table.from_pandas(rows[["load_id", "source_line"]], preserve_index=False))
    found = connection.execute(
        f"SELECT load_id, source_line FROM core.{name} SEMI JOIN places USING (load_id, source_line)"
    ).fetchall()
    connection.unregister("places")
    known = set(found)
    return [place in known for place in zip(rows["load_id"], rows["source_line"], strict=True)]


def schema_of(name: str) -> str:
    """The schema of a view in which a stored table stands."""
    return "core" if stored()[name].lake == CORE else "personal_view"


def rows_beside(connection: Connection, other: Connection, name: str) -> pd.DataFrame:
    """The rows of a stored table that one connection's view holds and the other's does not; both are laid."""
    place = f"{schema_of(name)}.{name}"
    # What both hold is mostly all: places alone are compared.
    theirs = other.execute(f"SELECT load_id, source_line FROM {place}").to_arrow_table()
    connection.register("beside", theirs)
    found = _rows(
        connection, place, f"SELECT load_id, source_line FROM {place} ANTI JOIN beside USING (load_id, source_line)", []
    )
    connection.unregister("beside")
    return found


def _of_meta(connection: Connection) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, column in connection.execute(
        "SELECT table_name, column_name FROM duckdb_columns() WHERE schema_name = 'meta' "
        "AND database_name = current_database() ORDER BY table_name, column_index"
    ).fetchall():
        found.setdefault(f"meta.{name}", []).append(str(column))
    return found


def _table(name: str, column: str) -> Table:
    known = {n: t for n, t in tables().items() if t.lake != PERSONAL}
    if name not in known:
        raise _no("no table", name, list(known))
    if column not in known[name].columns:
        raise _no(f"{name} has no column", column, known[name].columns)
    return known[name]


def _no(what: str, found: str, known: list[str] | tuple[str, ...]) -> UsageError:
    close = nearest(found, known)
    return UsageError(
        f"{what} {found!r}", expected=", ".join(known), hint=f"did you mean {close!r}?" if close else None
    )


def _condition(table: Table, key: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """SQL for the rows with these values of the key, and the values to bind."""
    parts, values = [], []
    for name, value in key.items():
        if value is None or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
            parts.append(f'"{name}" IS NULL')
        else:
            parts.append(f'"{name}" = CAST(? AS {table.sql_type(name)})')
            values.append(value.to_pydatetime() if isinstance(value, pd.Timestamp) else value)
    return " AND ".join(parts) or "true", values


def _rows(connection: Connection, place: str, lines: str, values: list[Any]) -> pd.DataFrame:
    """The rows of a table at the loads and lines that `lines` selects, with version and file in front."""
    left_out = ", ".join(["load_id", "source_line", *(_WITHHELD if place == _RATE else ())])
    own = stored()[place.rpartition(".")[2]].columns
    # A version that a row states of itself is none of the warehouse.
    renamed = " RENAME (version AS stated_version)" if "version" in own else ""
    found: pd.DataFrame = (
        connection.execute(
            f"SELECT l.version, l.file, t.source_line, t.* EXCLUDE ({left_out}){renamed}, t.load_id "
            f"FROM {place} AS t JOIN meta.load AS l ON l.load_id = t.load_id "
            f"WHERE (t.load_id, t.source_line) IN (SELECT (load_id, source_line) FROM ({lines})) "
            "ORDER BY l.version, t.source_line",
            values,
        )
        .to_arrow_table()
        .to_pandas(date_as_object=False)
    )
    return found
