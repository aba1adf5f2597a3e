"""Marts: one SQL file each, built when first asked for, in order of their references, or taken where they are kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Any

from pmo_analytics.warehouse.connection import Connection
from pmo_analytics.warehouse.core_views import CoreViews
from pmo_analytics.warehouse.kept_marts import KeptMarts


@cache
def mart_sql(name: str) -> str:
    """The SELECT of a mart, as its file holds it."""
    return (resources.files(__package__) / "marts" / f"{name}.sql").read_text(encoding="utf-8")


def read_by(connection: Connection, query: str) -> frozenset[tuple[str, str]] | None:
    """Schema and name of every table that a query reads, its own ones left out; None where that cannot be told.

    As the engine's own parser has it, which tells nothing of what is no SELECT.
    """
    row = connection.execute("SELECT json_serialize_sql(?)", [query]).fetchone()
    told = json.loads(row[0]) if row else {"error": True}
    if told["error"]:
        return None
    nodes = list(_nodes(told["statements"]))
    if any(node.get("type") == "SHOW_REF" for node in nodes):
        return None
    own = {entry["key"].lower() for node in nodes for entry in node.get("cte_map", {}).get("map", [])}
    places = [(node["schema_name"], node["table_name"]) for node in nodes if node.get("type") == "BASE_TABLE"]
    return frozenset((schema.lower(), name.lower()) for schema, name in places if schema or name.lower() not in own)


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Every object of a parsed query."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node


def referenced_marts(read: frozenset[tuple[str, str]] | None, known: set[str]) -> set[str]:
    """The marts among the tables that a query reads. A query of which that cannot be told is taken to read all."""
    return known if read is None else {name for schema, name in read if schema == "marts"} & known


class RollUps:
    """The marts of one view: built, or taken from what is kept, when they are first asked for."""

    def __init__(self, connection: Connection, views: CoreViews, kept: KeptMarts) -> None:
        self._connection = connection
        self._views = views
        self._kept = kept
        self._built: set[str] = set()
        self._keys: dict[str, str | None] = {}
        self._read: dict[str, frozenset[tuple[str, str]] | None] = {}

    def lay_for(self, query: str) -> None:
        """Fill the marts that a query reads, and lay the views of its other tables."""
        for name in sorted(self._others(query, "")):
            self.build(name)
        self._views.lay_for(self._read_by(query))

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
        self._views.lay_for(self._read_by(sql))

    def fill(self, place: str, sql: str, key: str | None) -> None:
        """Fill the table `place` with the rows of a SELECT, by what is kept under its key where something is."""
        if key is not None and self._kept.taken(place, key):
            return
        for other in sorted(self._others(sql, place.rpartition(".")[2])):
            self.build(other)
        self._views.lay_for(self._read_by(sql))
        self._connection.execute(f"CREATE TABLE {place} AS {sql}")
        if key is not None:
            self._kept.keep(place, key)

    def key(self, sql: str, name: str = "") -> str | None:
        """What a SELECT depends on, as a key; None where that cannot be told."""
        texts = self._views.texts(self._read_by(sql))
        others = [self._key(other) for other in sorted(self._others(sql, name))]
        if texts is None or None in others:
            return None
        return self._kept.key([sql, *texts, *(str(other) for other in others)])

    def _key(self, name: str) -> str | None:
        if name not in self._keys:
            self._keys[name] = self.key(mart_sql(name), name)
        return self._keys[name]

    def _read_by(self, sql: str) -> frozenset[tuple[str, str]] | None:
        if sql not in self._read:
            self._read[sql] = read_by(self._connection, sql)
        return self._read[sql]

    def _others(self, sql: str, name: str) -> set[str]:
        return referenced_marts(self._read_by(sql), _names()) - {name}


@cache
def _names() -> set[str]:
    folder = resources.files(__package__) / "marts"
    return {file.name.removesuffix(".sql") for file in folder.iterdir() if file.name.endswith(".sql")}
