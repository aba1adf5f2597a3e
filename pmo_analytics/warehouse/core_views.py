"""The views of a warehouse over its lakes, each laid when something first reads it: there are many, and few are."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from pmo_analytics.contracts import stored
from pmo_analytics.contracts.base import CORE, Table
from pmo_analytics.warehouse.connection import Connection
from pmo_analytics.warehouse.flow_names import FLOW_STATES
from pmo_analytics.warehouse.issue_history import LOADS_WITH_HISTORY, PARTIAL_HISTORIES, states_at
from pmo_analytics.warehouse.lakes import held, rows_of
from pmo_analytics.warehouse.sprint_members import sprint_members
from pmo_analytics.warehouse.visible import LOOKUPS, STATED, visible

# What a view reads of the others, and what the rates that persons have are found by.
_READS = {("core", name): {("core", "issue")} for name in STATED}
_READS[("personal_view", "rate")] = {("core", "person_merge")}
_READS[("meta", "flow_state")] = {("core", "issue"), ("core", "issue_change"), ("meta", "flow_name")}
_READS[("meta", "sprint_member")] = {("core", "sprint")}
_OTHERS = {"marts", "meta", "personal_view"}
_LOOKUPS = {name: f"lookup.{name}" for name in LOOKUPS}
# What a load's system is never changes, and no row that is seen is of a load that is not.
_SETTLED = {"load_system"}
# Views of `meta` that are more than a table of it; the date and the rules are the setting of a view.
_META = {
    "load_system": "",
    "load_with_history": LOADS_WITH_HISTORY,
    "partial_history": PARTIAL_HISTORIES,
    "reporting": "",
    "labour_account": "",
    "budget_rule": "",
    "flow_name": "",
}


class CoreViews:
    """The views `core.…`, and `personal_view.given_…` of the tables in the personal lake, as of a date.

    `dates` names the tables that stand at another date, with it.
    """

    def __init__(
        self, connection: Connection, as_of: date | None, time_zone: str, dates: Mapping[str, date] | None = None
    ) -> None:
        self._connection = connection
        self._as_of = as_of
        self._dates = dict(dates or {})
        self._time_zone = time_zone
        self._held = held(connection)
        self._laid: set[str] = set()
        self._looked_up: set[str] = set()
        whole = (rows_of(stored()[name], self._held) for name in ("issue", "issue_change", "issue_sprint"))
        # Views of `meta` that are laid when they are read, over views of `core`.
        self._late = {"flow_state": FLOW_STATES, "sprint_member": sprint_members(*whole)}
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
        for name, sql in self._late.items():
            if ("meta", name) in named and f"meta.{name}" not in self._laid:
                self._connection.execute(f"CREATE VIEW meta.{name} AS {sql}")
                self._laid.add(f"meta.{name}")

    def texts(self, read: Collection[tuple[str, str]] | None) -> list[str] | None:
        """The SQL that stands behind the tables that are read, marts left out; None where that cannot be told."""
        if read is None:
            return None
        found: dict[str, None] = {}
        waiting = [place for place in sorted(read) if place[0] != "marts"]
        for schema, name in waiting:
            waiting += sorted(_READS.get((schema, name), set()) - set(waiting))
            if schema == "core" and name in stored() and stored()[name].lake == CORE:
                shown = [self._shown(stored()[name])]
            elif (schema, name) == ("personal_view", "rate"):
                shown = [self._shown(table) for table in stored().values() if table.lake != CORE]
            elif schema == "meta":
                shown = [self._late.get(name) or _META.get(name, f"lake.meta.{name}")]
            else:
                return None
            found |= dict.fromkeys(shown)
        used = [name for name in LOOKUPS if name not in _SETTLED and any(_LOOKUPS[name] in text for text in found)]
        return [*found, *(LOOKUPS[name] for name in used)]

    def _shown(self, table: Table) -> str:
        rows, day = rows_of(table, self._held), self._dates.get(table.name, self._as_of)
        if table.name == "issue" and day is not None:
            rows = states_at(rows, rows_of(stored()["issue_change"], self._held), day, self._time_zone)
        return visible(table, rows, day, self._time_zone, _LOOKUPS)

    def _lay(self, place: str, table: Table) -> None:
        shown = self._shown(table)
        for name, sql in LOOKUPS.items():
            if _LOOKUPS[name] in shown and name not in self._looked_up:
                self._connection.execute(f"CREATE TABLE {_LOOKUPS[name]} AS {sql}")
                self._looked_up.add(name)
        self._connection.execute(f"CREATE VIEW {place} AS {shown}")
