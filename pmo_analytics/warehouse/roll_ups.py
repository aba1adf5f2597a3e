"""Marts: one SQL file each, built when first asked for, in order of their references."""

from __future__ import annotations

from functools import cache, lru_cache
from importlib import resources

from sqlglot import exp, parse
from sqlglot.errors import SqlglotError

from pmo_analytics.warehouse.connection import Connection
from pmo_analytics.warehouse.core_views import CoreViews


@cache
def mart_sql(name: str) -> str:
    """The SELECT of a mart, as its file holds it."""
    return (resources.files(__package__) / "marts" / f"{name}.sql").read_text(encoding="utf-8")


@lru_cache(maxsize=256)
def read_by(query: str) -> frozenset[tuple[str, str]] | None:
    """Schema and name of every table that a query reads, its own ones left out; None where it cannot be parsed."""
    try:
        statements = [statement for statement in parse(query, read="duckdb") if statement is not None]
    except SqlglotError:
        return None
    if not all(isinstance(statement, exp.Query) for statement in statements):
        return None
    own = {cte.alias.lower() for statement in statements for cte in statement.find_all(exp.CTE)}
    found = {
        (table.db.lower(), table.name.lower()) for statement in statements for table in statement.find_all(exp.Table)
    }
    return frozenset((schema, name) for schema, name in found if schema or name not in own)


def referenced_marts(query: str, known: set[str]) -> set[str]:
    """The marts that a query reads. A query that cannot be parsed is taken to read all."""
    read = read_by(query)
    return known if read is None else {name for schema, name in read if schema == "marts"} & known


def build(connection: Connection, name: str, built: set[str], views: CoreViews) -> None:
    """Fill `marts.name`, and first the marts and the core tables it reads; `built` remembers what stands."""
    if name in built:
        return
    sql = mart_sql(name)
    for other in sorted(referenced_marts(sql, _names()) - {name}):
        build(connection, other, built, views)
    views.lay_for(read_by(sql))
    connection.execute(f"CREATE TABLE marts.{name} AS {sql}")
    built.add(name)


@cache
def _names() -> set[str]:
    folder = resources.files(__package__) / "marts"
    return {file.name.removesuffix(".sql") for file in folder.iterdir() if file.name.endswith(".sql")}
