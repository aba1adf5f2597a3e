"""Marts: one SQL file each, built when first asked for, in order of their references, or taken where they are kept."""

from __future__ import annotations

from functools import cache, lru_cache
from importlib import resources

from sqlglot import exp, parse
from sqlglot.errors import SqlglotError

from pmo_analytics.warehouse.connection import Connection
from pmo_analytics.warehouse.core_views import CoreViews
from pmo_analytics.warehouse.kept_marts import KeptMarts


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


class RollUps:
    """The marts of one view: built, or taken from what is kept, when they are first asked for."""

    def __init__(self, connection: Connection, views: CoreViews, kept: KeptMarts) -> None:
        self._connection = connection
        self._views = views
        self._kept = kept
        self._built: set[str] = set()
        self._keys: dict[str, str | None] = {}

    def build(self, name: str) -> None:
        """Fill `marts.name`."""
        if name not in self._built:
            self.fill(f"marts.{name}", mart_sql(name), self._key(name))
            self._built.add(name)

    def build_with_sources(self, name: str) -> None:
        """Fill `marts.name` and whatever it reads, down to the core tables: evidence reads them again."""
        self.build(name)
        sql = mart_sql(name)
        for other in sorted(self._others(sql, name)):
            self.build_with_sources(other)
        self._views.lay_for(read_by(sql))

    def fill(self, place: str, sql: str, key: str | None) -> None:
        """Fill the table `place` with the rows of a SELECT, by what is kept under its key where something is."""
        if key is not None and self._kept.taken(place, key):
            return
        for other in sorted(self._others(sql, place.rpartition(".")[2])):
            self.build(other)
        self._views.lay_for(read_by(sql))
        self._connection.execute(f"CREATE TABLE {place} AS {sql}")
        if key is not None:
            self._kept.keep(place, key)

    def key(self, sql: str, name: str = "") -> str | None:
        """What a SELECT depends on, as a key; None where that cannot be told."""
        texts = self._views.texts(read_by(sql))
        others = [self._key(other) for other in sorted(self._others(sql, name))]
        if texts is None or None in others:
            return None
        return self._kept.key([sql, *texts, *(str(other) for other in others)])

    def _key(self, name: str) -> str | None:
        if name not in self._keys:
            self._keys[name] = self.key(mart_sql(name), name)
        return self._keys[name]

    @staticmethod
    def _others(sql: str, name: str) -> set[str]:
        return referenced_marts(sql, _names()) - {name}


@cache
def _names() -> set[str]:
    folder = resources.files(__package__) / "marts"
    return {file.name.removesuffix(".sql") for file in folder.iterdir() if file.name.endswith(".sql")}
