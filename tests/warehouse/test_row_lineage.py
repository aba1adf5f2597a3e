"""The rows that a query's column is made of, for each construct that marts use."""

from __future__ import annotations

import pytest

from pmo_analytics.warehouse.column_lineage import is_place
from pmo_analytics.warehouse.connection import Connection, connect
from pmo_analytics.warehouse.row_lineage import ROWS, Relations, with_rows

MARTS = {"by_kind": "SELECT kind, sum(amount) AS amount FROM core.posting GROUP BY kind"}
STORED = {
    "core.posting": ["id", "kind", "amount", "load_id", "source_line"],
    "core.kind": ["kind", "factor", "load_id", "source_line"],
}
TWICE = (
    "WITH a AS (SELECT kind, amount FROM core.posting), b AS (SELECT kind, sum(amount) AS s FROM a GROUP BY kind) "
    "SELECT b.kind, b.s + c.s AS x FROM b JOIN b AS c ON c.kind <> b.kind"
)
PLACED = "SELECT id, row_number() OVER (PARTITION BY kind ORDER BY id) AS n FROM core.posting"
KNOWN = Relations(STORED, {"meta.reporting": ["as_of"]}, MARTS.__getitem__)


@pytest.fixture(scope="module")
def connection() -> Connection:
    """Four postings at lines 2 to 5, two kinds at lines 2 and 3."""
    opened = connect()
    for schema in ("core", "marts", "meta"):
        opened.execute(f"CREATE SCHEMA {schema}")
    opened.execute(
        "CREATE TABLE core.posting AS SELECT *, 'L' AS load_id FROM (VALUES "
        "(1, 'a', 10, 2), (2, 'a', NULL, 3), (3, 'b', 5, 4), (4, 'b', 0, 5)) AS v(id, kind, amount, source_line)"
    )
    opened.execute(
        "CREATE TABLE core.kind AS SELECT *, 'K' AS load_id "
        "FROM (VALUES ('a', 2, 2), ('b', 3, 3)) AS v(kind, factor, source_line)"
    )
    opened.execute("CREATE TABLE meta.reporting AS SELECT DATE '2026-01-31' AS as_of")
    opened.execute(f"CREATE TABLE marts.by_kind AS {MARTS['by_kind']}")
    return opened


def lines(connection: Connection, sql: str, column: str, where: str = "true") -> list[str]:
    """Load and line of each counted row, as `L2`."""
    found = connection.execute(
        f"SELECT DISTINCT r.load_id || r.source_line FROM "
        f"(SELECT unnest({ROWS}) AS r FROM ({with_rows(sql, [column], KNOWN)}) AS q WHERE {where}) ORDER BY 1"
    ).fetchall()
    return [text for (text,) in found]


@pytest.mark.parametrize(
    ("sql", "where", "expected"),
    [
        # What an aggregate passes over, or adds nothing, is not counted; rows are.
        ("SELECT kind, sum(amount) AS x FROM core.posting GROUP BY kind", "kind = 'a'", ["L2"]),
        ("SELECT kind, sum(amount) AS x FROM core.posting GROUP BY kind", "kind = 'b'", ["L4"]),
        ("SELECT kind, count(*) AS x FROM core.posting GROUP BY kind", "kind = 'b'", ["L4", "L5"]),
        ("SELECT kind, max(amount) AS x FROM core.posting GROUP BY kind", "kind = 'b'", ["L4", "L5"]),
        ("SELECT sum(amount) FILTER (WHERE id > 2) AS x FROM core.posting", "true", ["L4"]),
        ("SELECT sum(CASE WHEN kind = 'a' THEN amount ELSE 0 END) AS x FROM core.posting", "true", ["L2"]),
        # A table that is joined counts where the column reads it, a filter never.
        ("SELECT p.id, p.amount AS x FROM core.posting AS p JOIN core.kind AS k ON k.kind = p.kind", "id = 1", ["L2"]),
        (
            "SELECT p.id, p.amount * k.factor AS x FROM core.posting AS p JOIN core.kind AS k ON k.kind = p.kind",
            "id = 3",
            ["K3", "L4"],
        ),
        ("SELECT id, amount AS x FROM core.posting WHERE kind IN (SELECT kind FROM core.kind)", "id = 1", ["L2"]),
        # Common tables, one inside another, and a name that is used twice.
        (
            TWICE,
            "kind = 'a'",
            ["L2", "L4"],
        ),
        # Unions: a side that gives a constant counts no row.
        (
            "SELECT id, amount AS x FROM core.posting UNION ALL SELECT factor, 0 FROM core.kind",
            "id = 3",
            ["L4"],
        ),
        ("SELECT kind AS x FROM core.posting UNION SELECT kind FROM core.kind", "x = 'a'", ["K2", "L2", "L3"]),
        ("SELECT DISTINCT kind AS x FROM core.posting", "x = 'b'", ["L4", "L5"]),
        # A window's frame, and a neighbour.
        ("SELECT id, sum(amount) OVER (ORDER BY id) AS x FROM core.posting", "id = 3", ["L2", "L4"]),
        ("SELECT id, lead(amount) OVER (ORDER BY id) AS x FROM core.posting", "id = 3", ["L4", "L5"]),
        # A place among rows is made of all of them.
        (
            f"SELECT id, 1 + n AS x FROM ({PLACED}) AS p",
            "id = 3",
            ["L4", "L5"],
        ),
        # Marts are followed to their rows; what has no line counts none.
        ("SELECT kind, amount AS x FROM marts.by_kind", "kind = 'b'", ["L4"]),
        ("SELECT r.as_of AS x FROM core.posting AS p CROSS JOIN meta.reporting AS r", "true", []),
        ("SELECT s.n AS x FROM (SELECT count(*) AS n FROM core.kind) AS s", "true", ["K2", "K3"]),
    ],
)
def test_the_rows_of_a_column(connection: Connection, sql: str, where: str, expected: list[str]) -> None:
    assert lines(connection, sql, "x", where) == expected


@pytest.mark.parametrize(("column", "expected"), [("n", True), ("m", True), ("id", False)])
def test_a_place_among_rows_is_known_as_one(column: str, expected: bool) -> None:
    places = "SELECT id, row_number() OVER (ORDER BY id) AS n FROM core.posting"
    sql = f"WITH p AS ({places}) SELECT id, n, n + 1 AS m FROM p"
    assert is_place(sql, column, KNOWN) is expected


def test_the_query_itself_stays_what_it_was(connection: Connection) -> None:
    sql = "SELECT kind, sum(amount) AS x FROM core.posting GROUP BY kind ORDER BY kind"
    rewritten = connection.execute(f"SELECT kind, x FROM ({with_rows(sql, ['x'], KNOWN)}) ORDER BY kind").fetchall()
    assert rewritten == connection.execute(sql).fetchall()
