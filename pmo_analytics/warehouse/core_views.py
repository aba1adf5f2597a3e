"""The views of a warehouse over its lakes, each laid when something first reads it: there are many, and few are."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from pmo_analytics.contracts import stored
from pmo_analytics.contracts.base import CORE, Table
from pmo_analytics.warehouse.connection import Connection
from pmo_analytics.warehouse.issue_history import states_at
from pmo_analytics.warehouse.lakes import held, rows_of
from pmo_analytics.warehouse.visible import LOOKUPS, STATED, visible

# What a view reads of the others, and what the rates that persons have are found by.
_READS = {("core", name): {("core", "issue")} for name in STATED}
_READS[("personal_view", "rate")] = {("core", "person_merge")}
_OTHERS = {"marts", "meta", "personal_view"}
_LOOKUPS = {name: f"lookup.{name}" for name in LOOKUPS}


class CoreViews:
    """The views `core.…`, and `personal_view.given_…` of the tables in the personal lake, as of a date."""

    def __init__(self, connection: Connection, as_of: date | None, time_zone: str) -> None:
        self._connection = connection
        self._as_of = as_of
        self._time_zone = time_zone
        self._held = held(connection)
        self._laid: set[str] = set()
        self._looked_up: set[str] = set()
        connection.execute("CREATE SCHEMA lookup")
        for table in stored().values():
            if table.lake != CORE:
                self._lay(f"personal_view.given_{table.name}", table)

    def lay_for(self, read: Collection[tuple[str, str]] | None) -> None:
        """Lay the views of the tables that are read, given by schema and name.

        All of them where that is not known, and where a name is none of ours:
        the engine then tells the nearest one, or lists what there is.
        """
        known = {name for name, table in stored().items() if table.lake == CORE}
        named = set(read or ())
        for place in list(named):
            named |= _READS.get(place, set())
        wanted = {name for schema, name in named if schema == "core"}
        if read is None or wanted - known or any(schema not in _OTHERS | {"core"} for schema, _ in named):
            wanted = known
        for name in sorted(wanted - self._laid, key=lambda each: (("core", each) in _READS, each)):
            self._lay(f"core.{name}", stored()[name])
            self._laid.add(name)

    def _lay(self, place: str, table: Table) -> None:
        rows = rows_of(table, self._held)
        if table.name == "issue" and self._as_of is not None:
            rows = states_at(rows, rows_of(stored()["issue_change"], self._held), self._as_of, self._time_zone)
        shown = visible(table, rows, self._as_of, self._time_zone, _LOOKUPS)
        for name, sql in LOOKUPS.items():
            if _LOOKUPS[name] in shown and name not in self._looked_up:
                self._connection.execute(f"CREATE TABLE {_LOOKUPS[name]} AS {sql}")
                self._looked_up.add(name)
        self._connection.execute(f"CREATE VIEW {place} AS {shown}")
