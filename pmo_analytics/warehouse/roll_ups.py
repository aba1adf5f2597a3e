"""Marts: one SQL file each, built when first asked for, in order of their references."""

from __future__ import annotations

from functools import cache
from importlib import resources

from sqlglot import exp, parse
from sqlglot.errors import SqlglotError

from pmo_analytics.warehouse.connection import Connection


@cache
def mart_sql(name: str) -> str:
    """The SELECT of a mart, as its file holds it."""
    return (resources.files(__package__) / "marts" / f"{name}.sql").read_text(encoding="utf-8")


def referenced_marts(query: str, known: set[str]) -> set[str]:
    """The marts that a query reads. A query that cannot be parsed is taken to read all."""
    try:
        statements = parse(query, read="duckdb")
    except SqlglotError:
        return known
    return {
        table.name.lower()
        for statement in statements
        if statement is not None
        for table in statement.find_all(exp.Table)
        if table.db.lower() == "marts" and table.name.lower() in known
    }


def build(connection: Connection, name: str, built: set[str]) -> None:
    """Fill `marts.name`, and first the marts it reads; `built` remembers what stands."""
    if name in built:
        return
    sql = mart_sql(name)
    for other in sorted(referenced_marts(sql, _names()) - {name}):
        build(connection, other, built)
    connection.execute(f"CREATE TABLE marts.{name} AS {sql}")
    built.add(name)


@cache
def _names() -> set[str]:
    folder = resources.files(__package__) / "marts"
    return {file.name.removesuffix(".sql") for file in folder.iterdir() if file.name.endswith(".sql")}
