"""What a query reads, as the engine's own parser has it."""

from __future__ import annotations

import pytest

from pmo_analytics.warehouse.connection import connect
from pmo_analytics.warehouse.roll_ups import read_by, referenced_marts


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT 1", set()),
        ("FROM marts.a", {("marts", "a")}),
        ("SELECT * FROM Marts.A JOIN lake.core.b USING (k)", {("marts", "a"), ("core", "b")}),
        ("WITH c AS (FROM core.a) SELECT * FROM C WHERE k IN (SELECT k FROM meta.b)", {("core", "a"), ("meta", "b")}),
        # A name of the query's own hides no table of a schema.
        ("WITH a AS (SELECT 1) FROM core.a", {("core", "a")}),
        ("FROM core.a UNION ALL (SELECT (SELECT max(x) FROM core.b) FROM core.c)", {("core", n) for n in "abc"}),
        ("FROM core.a; FROM core.b", {("core", "a"), ("core", "b")}),
        ("PIVOT marts.a ON month USING sum(hours)", None),
        ("DESCRIBE core.a", None),
        ("SHOW TABLES", None),
        ("CREATE TABLE x AS FROM core.a", None),
        ("SELEC 1", None),
        ("", set()),
    ],
)
def test_the_tables_that_a_query_reads(query: str, expected: set[tuple[str, str]] | None) -> None:
    with connect() as connection:
        assert read_by(connection, query) == expected


def test_a_query_of_which_that_cannot_be_told_reads_every_mart() -> None:
    known = {"a", "b"}
    assert referenced_marts(None, known) == known
    assert referenced_marts(frozenset({("marts", "a"), ("marts", "unknown"), ("core", "b")}), known) == {"a"}
