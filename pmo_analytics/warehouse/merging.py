"""What becomes of each staged row: added, replacing, unchanged, rejected or set aside.

Sources with row ids supersede by key; sources without replace what their file
covers: source, period and the values of the scope columns found in the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pmo_analytics.contracts.base import CORE, Table
from pmo_analytics.contracts.compile import repeated_keys
from pmo_analytics.vocabulary import AMOUNT, SECONDS
from pmo_analytics.warehouse.connection import Connection
from pmo_analytics.warehouse.lakes import relation
from pmo_analytics.warehouse.raw_rows import BLANK, RULE, SUBTOTAL

ADDED, REPLACING, UNCHANGED, REJECTED, SET_ASIDE = "added", "replacing", "unchanged", "rejected", "set_aside"
FATES = (ADDED, REPLACING, UNCHANGED, REJECTED, SET_ASIDE)
_DUPLICATE = "the same row stands earlier in the file"
_OLDER = "an older state of a row of the file"
_STALE = "an older state of a row that is stored"
_UNFILLED = "not filled in"
# Rows of sources without row ids are known by where they came from.
PLACE = ("load_id", "source_line")
SHRINKS_BY = 0.05
_CORRECTS = "json_extract_string(l.options, '$.corrects')"
_NO_ENTRY = f"(fault IN ('{BLANK}', '{RULE}') OR starts_with(fault, '{SUBTOTAL}')) IS TRUE"


@dataclass(frozen=True)
class Shrinkage:
    """Stored rows in a file's scope that the file no longer holds."""

    rows: int
    is_large: bool
    lost: str


def additive(table: Table) -> list[str]:
    """Columns whose totals are kept: durations and money."""
    return [c for c in table.columns if table.sql_type(c) in {SECONDS, AMOUNT}]


def _same(table: Table, left: str, right: str) -> str:
    return " AND ".join(f'{left}."{c}" IS NOT DISTINCT FROM {right}."{c}"' for c in table.columns)


def _on_key(table: Table, left: str, right: str) -> str:
    return " AND ".join(f'{left}."{c}" = {right}."{c}"' for c in table.key)


def latest(table: Table) -> str:
    """SQL for the stored rows of a table.

    The core lake deletes what a load replaces. The personal lake only appends,
    since it commits before the load is certain: of a key the latest committed
    load holds.
    """
    if table.lake == CORE:
        return f"SELECT * FROM {relation(table)}"
    key = ", ".join(f't."{c}"' for c in table.key)
    return (
        f"SELECT t.* FROM {relation(table)} AS t JOIN lake.meta.load AS l ON l.load_id = t.load_id "
        f"QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY l.version DESC) = 1"
    )


def set_out_personal(connection: Connection, table: Table) -> None:
    """Copy what a personal table holds, since the core lake's transaction must not touch the other lake."""
    if table.lake != CORE:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE personal_rows AS {latest(table)}")


def stored_rows(table: Table) -> str:
    """SQL for the stored rows of a table within a load's transaction."""
    return latest(table) if table.lake == CORE else "SELECT * FROM personal_rows"


def open_fates(connection: Connection, unfilled: str | None) -> None:
    """Start `fate`: a row per typed row; broken ones are rejected, blank and unfilled ones set aside."""
    connection.execute("DROP TABLE IF EXISTS fate")
    empty = f'"{unfilled}" IS NULL AND fault IS NULL' if unfilled else "false"
    connection.execute(
        f"CREATE TEMP TABLE fate AS SELECT source_line, CASE WHEN {_NO_ENTRY} OR {empty} THEN '{SET_ASIDE}' "
        f"WHEN len(failed) > 0 THEN '{REJECTED}' END AS fate, "
        f"CASE WHEN {_NO_ENTRY} THEN fault WHEN {empty} THEN '{_UNFILLED}' END AS reason FROM typed"
    )


def _decide(connection: Connection, fate: str, reason: str | None, lines: str, given: list[Any] | None = None) -> None:
    connection.execute(
        f"UPDATE fate SET fate = '{fate}', reason = {'NULL' if reason is None else repr(reason)} "
        f"WHERE fate IS NULL AND source_line IN ({lines})",
        given or [],
    )


def reject_lines(connection: Connection, lines: list[int]) -> None:
    """Reject the open rows at `lines`."""
    _decide(connection, REJECTED, None, "SELECT unnest(?)", [lines])


def _open_rows(connection: Connection, table: Table) -> None:
    columns = ", ".join(f't."{c}"' for c in table.columns)
    connection.execute("DROP TABLE IF EXISTS incoming")
    connection.execute(
        f"CREATE TEMP TABLE incoming AS SELECT {columns}, t.source_line FROM typed AS t "
        "JOIN fate AS f ON f.source_line = t.source_line WHERE f.fate IS NULL"
    )


def merge_by_key(connection: Connection, table: Table, newest_by: str | None) -> list[int]:
    """Decide every open row by its key; return the lines of rows that contradict one another.

    Of equal rows the first is kept. Rows of one key that differ are told apart
    by `newest_by`; without it none can be trusted and all are rejected.
    """
    _open_rows(connection, table)
    key = ", ".join(f'"{c}"' for c in table.key)
    everything = ", ".join(f'"{c}"' for c in table.columns)
    _decide(
        connection,
        SET_ASIDE,
        _DUPLICATE,
        f"SELECT source_line FROM (SELECT source_line, row_number() OVER (PARTITION BY {everything} "
        "ORDER BY source_line) AS n FROM incoming) WHERE n > 1",
    )
    _open_rows(connection, table)
    conflicting: list[int] = []
    if newest_by:
        _decide(
            connection,
            SET_ASIDE,
            _OLDER,
            f"SELECT source_line FROM (SELECT source_line, row_number() OVER (PARTITION BY {key} "
            f'ORDER BY "{newest_by}" DESC, source_line DESC) AS n FROM incoming) WHERE n > 1',
        )
    else:
        rows = connection.execute(
            f"SELECT source_line FROM (SELECT source_line, count(*) OVER (PARTITION BY {key}) AS n FROM incoming) "
            "WHERE n > 1 ORDER BY source_line"
        ).fetchall()
        conflicting = [int(row[0]) for row in rows]
        _decide(connection, REJECTED, None, "SELECT unnest(?)", [conflicting])
    _open_rows(connection, table)
    stored = f"({stored_rows(table)})"
    joined = f"SELECT i.source_line FROM incoming AS i JOIN {stored} AS s ON {_on_key(table, 'i', 's')}"
    _decide(connection, UNCHANGED, None, f"{joined} WHERE {_same(table, 'i', 's')}")
    if newest_by:
        _decide(connection, SET_ASIDE, _STALE, f'{joined} WHERE i."{newest_by}" < s."{newest_by}"')
    _decide(connection, REPLACING, None, joined)
    _decide(connection, ADDED, None, "SELECT source_line FROM incoming")
    connection.execute("DROP TABLE IF EXISTS leaving")
    connection.execute(
        f"CREATE TEMP TABLE leaving AS SELECT {', '.join(f's.{c}' for c in table.key)} FROM {stored} AS s "
        f"JOIN incoming AS i ON {_on_key(table, 'i', 's')} JOIN fate AS f ON f.source_line = i.source_line "
        f"WHERE f.fate = '{REPLACING}'"
    )
    return conflicting


def merge_by_scope(
    connection: Connection, table: Table, source: str, scope: tuple[str, ...], period: str
) -> tuple[Shrinkage, str]:
    """Decide every open row of a source without row ids; return what left the scope, and the scope in words."""
    _open_rows(connection, table)
    among = " AND ".join(
        f'EXISTS (SELECT 1 FROM incoming AS i WHERE i."{c}" IS NOT DISTINCT FROM s."{c}")' for c in scope
    )
    span = f'SELECT min("{period}"), max("{period}") FROM incoming'
    first, last = connection.execute(span).fetchone() or (None, None)
    connection.execute("DROP TABLE IF EXISTS covered")
    connection.execute(
        f"CREATE TEMP TABLE covered AS SELECT s.* FROM {relation(table)} AS s "
        "JOIN lake.meta.load AS l ON l.load_id = s.load_id "
        f'WHERE l.source = ? AND s."{period}" BETWEEN ? AND ? AND {among}',
        [source, first, last],
    )
    content = [c for c in table.columns if c not in table.key]
    cells = ", ".join(f'"{c}"' for c in content)
    numbered = f"row_number() OVER (PARTITION BY {cells} ORDER BY {{by}}) AS ordinal"
    alike = " AND ".join(f'i."{c}" IS NOT DISTINCT FROM c."{c}"' for c in content)
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE matched AS SELECT i.source_line, c.load_id, c.source_line AS stored_line "
        f"FROM (SELECT *, {numbered.format(by='source_line')} FROM incoming) AS i "
        f"JOIN (SELECT *, {numbered.format(by='load_id, source_line')} FROM covered) AS c "
        f"ON i.ordinal = c.ordinal AND {alike}"
    )
    _decide(connection, UNCHANGED, None, "SELECT source_line FROM matched")
    connection.execute("DROP TABLE IF EXISTS leaving")
    connection.execute(
        "CREATE TEMP TABLE leaving AS SELECT c.* FROM covered AS c ANTI JOIN matched AS m "
        "ON m.load_id = c.load_id AND m.stored_line = c.source_line"
    )
    by = ", ".join(f'"{c}"' for c in (scope[0], period))
    new = "SELECT source_line FROM fate WHERE fate IS NULL"
    counted = f"row_number() OVER (PARTITION BY {by} ORDER BY source_line) AS n"
    _decide(
        connection,
        REPLACING,
        None,
        f"SELECT a.source_line FROM (SELECT *, {counted} FROM incoming WHERE source_line IN ({new})) AS a "
        f"JOIN (SELECT *, {counted} FROM leaving) AS b USING ({by}, n)",
    )
    _decide(connection, ADDED, None, "SELECT source_line FROM incoming")
    return _shrinkage(connection, table), in_words(source, first, last, scope)


def merge_corrections(connection: Connection, table: Table, corrected: str, period: str) -> int | None:
    """Decide every open row that corrects a line of the load `corrected`, of a source without row ids.

    What was loaded stays; a line that was corrected before is replaced. Returns
    the latest version that loaded days of the new rows since, if there is one.
    """
    _open_rows(connection, table)
    content = [c for c in table.columns if c not in table.key]
    alike = " AND ".join(f'i."{c}" IS NOT DISTINCT FROM c."{c}"' for c in content)
    connection.execute("DROP TABLE IF EXISTS covered")
    connection.execute(
        f"CREATE TEMP TABLE covered AS SELECT s.* FROM {relation(table)} AS s "
        f"JOIN lake.meta.load AS l ON l.load_id = s.load_id WHERE {_CORRECTS} = ?",
        [corrected],
    )
    joined = "FROM incoming AS i JOIN covered AS c ON c.source_line = i.source_line"
    _decide(connection, UNCHANGED, None, f"SELECT i.source_line {joined} WHERE {alike}")
    connection.execute("DROP TABLE IF EXISTS leaving")
    connection.execute(f"CREATE TEMP TABLE leaving AS SELECT c.* {joined} WHERE NOT ({alike})")
    _decide(connection, REPLACING, None, "SELECT source_line FROM leaving")
    _decide(connection, ADDED, None, "SELECT source_line FROM incoming")
    day = "TRY_CAST(regexp_extract(l.scope, '([0-9-]+) to ([0-9-]+), by ', {}) AS DATE)"
    row = connection.execute(
        "SELECT max(l.version) FROM lake.meta.load AS l JOIN lake.meta.load AS o ON o.load_id = ? "
        f'JOIN incoming AS i ON i."{period}" BETWEEN {day.format(1)} AND {day.format(2)} '
        "JOIN fate AS f ON f.source_line = i.source_line "
        f"WHERE l.source = o.source AND l.version > o.version AND {_CORRECTS} IS NULL AND f.fate <> '{UNCHANGED}'",
        [corrected],
    ).fetchone()
    return int(row[0]) if row and row[0] is not None else None


def lines_not_rejected(connection: Connection, load_id: str) -> list[int]:
    """The lines of `typed` that the load did not reject."""
    rows = connection.execute(
        "SELECT source_line FROM typed WHERE source_line NOT IN "
        "(SELECT source_line FROM lake.meta.reject WHERE load_id = ?) ORDER BY source_line",
        [load_id],
    ).fetchall()
    return [int(row[0]) for row in rows]


def in_words(source: str, first: object, last: object, scope: tuple[str, ...]) -> str:
    """A scope as reports name it."""
    return f"{source}, {first} to {last}, by {' and '.join(scope)}"


def _shrinkage(connection: Connection, table: Table) -> Shrinkage:
    replaced = connection.execute("SELECT count(*) FROM fate WHERE fate = 'replacing'").fetchone() or (0,)
    leaving = connection.execute("SELECT count(*) FROM leaving").fetchone() or (0,)
    for column in additive(table):
        row = connection.execute(
            f'SELECT (SELECT coalesce(sum(abs("{column}")), 0) FROM covered), '
            f'(SELECT coalesce(sum(abs(i."{column}")), 0) FROM incoming AS i)'
        ).fetchone()
        before, now = row if row else (0, 0)
        if before and float(before - now) > SHRINKS_BY * float(before):
            return Shrinkage(int(leaving[0]) - int(replaced[0]), True, f"{column}: {before} stored, {now} in the file")
    return Shrinkage(int(leaving[0]) - int(replaced[0]), False, "")


def lines_with_fate(connection: Connection, fate: str) -> set[int]:
    """The lines of the rows that met `fate`."""
    return {int(r[0]) for r in connection.execute("SELECT source_line FROM fate WHERE fate = ?", [fate]).fetchall()}


def is_first(connection: Connection, table: Table, source: str, *, by_scope: bool) -> bool:
    """Whether a new row can meet nothing stored: no row of its source where scope decides, none of its table else."""
    column, value = ("source", source) if by_scope else ("table_name", table.name)
    row = connection.execute(f"SELECT sum(rows_added) FROM lake.meta.load WHERE {column} = ?", [value]).fetchone()
    return not row or not row[0]


def has_repeats(connection: Connection, table: Table, load_id: str) -> bool:
    """Whether the rows that a load has stored repeat a key."""
    stored = f"(SELECT * FROM {relation(table)} WHERE load_id = '{load_id}')"
    return connection.execute(f"{repeated_keys(table, stored)} LIMIT 1").fetchone() is not None


def take_back(connection: Connection, table: Table, load_id: str) -> None:
    """Remove again, within the transaction, what a load has stored."""
    connection.execute(f"DELETE FROM {relation(table)} WHERE load_id = ?", [load_id])


def span(connection: Connection, table: Table, load_id: str, period: str) -> tuple[object, object]:
    """First and last period of the rows that a load has stored."""
    row = connection.execute(
        f'SELECT min("{period}"), max("{period}") FROM {relation(table)} WHERE load_id = ?', [load_id]
    ).fetchone()
    return row or (None, None)
