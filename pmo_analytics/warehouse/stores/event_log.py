"""A store of one table of events, appended and never changed, as `chained_tables` says.

A view of a version shows the events that were appended before that version was
loaded, so that what is made of it stays the same whatever is appended later.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pandas as pd

from pmo_analytics.contracts.base import Contract
from pmo_analytics.warehouse.connection import Connection
from pmo_analytics.warehouse.stores import chained_tables
from pmo_analytics.warehouse.stores.chained_tables import Appended, Store
from pmo_analytics.workspace import Workspace


@dataclass(frozen=True)
class EventLog:
    """All events in their order, the digest of the last one, and where one is not as it was written."""

    events: pd.DataFrame
    head: str = ""
    faults: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class EventTable:
    """A table of `meta` by what its store is called, its contract, and the column that names what an event is of."""

    title: str
    name: str
    contract: type[Contract]
    named_by: str

    @property
    def store(self) -> Store:
        """The store as `chained_tables` knows it."""
        return Store(self.title, {self.name: self.contract}, named_by=self.named_by)

    def read(self, workspace: Workspace) -> EventLog:
        """All events as they stand; none in a warehouse of a schema that had none."""
        found, faults = chained_tables.read(workspace, self.store)
        return EventLog(found.frames[self.name], found.heads.get(self.name, ""), faults)

    def append(self, workspace: Workspace, new: Callable[[pd.DataFrame], pd.DataFrame]) -> Appended:
        """Append the events that `new` makes of those that stand; nobody else writes meanwhile."""
        return chained_tables.append(workspace, self.store, self.name, lambda found: new(found.frames[self.name]))

    def seen(self, connection: Connection) -> pd.DataFrame:
        """The events in the attached core lake, as of the snapshot that it is attached at."""
        return chained_tables.stored(connection, self.store).frames[self.name]
