"""The findings of the audit in the core lake: their events, appended and never changed, as `chained_tables` says.

A view of a version shows the events that were appended before that version was
loaded, so that what is made of it stays the same whatever is appended later.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pandas as pd

from pmo_analytics.contracts.findings import FindingEvent
from pmo_analytics.warehouse.connection import Connection
from pmo_analytics.warehouse.lakes import FINDING_EVENT
from pmo_analytics.warehouse.stores import chained_tables
from pmo_analytics.warehouse.stores.chained_tables import Appended, Store
from pmo_analytics.workspace import Workspace

STORE = Store("findings", {FINDING_EVENT: FindingEvent}, named_by=FindingEvent.finding_id)


@dataclass(frozen=True)
class FindingLog:
    """The events of all findings in their order, the digest of the last one, and where one is not as written."""

    events: pd.DataFrame
    head: str = ""
    faults: list[tuple[str, str]] = field(default_factory=list)


def read_findings(workspace: Workspace) -> FindingLog:
    """All events as they stand; none in a warehouse of a schema that had none."""
    found, faults = chained_tables.read(workspace, STORE)
    return FindingLog(found.frames[FINDING_EVENT], found.heads.get(FINDING_EVENT, ""), faults)


def append_findings(workspace: Workspace, new: Callable[[pd.DataFrame], pd.DataFrame]) -> Appended:
    """Append the events that `new` makes of those that stand; nobody else writes meanwhile."""
    return chained_tables.append(workspace, STORE, FINDING_EVENT, lambda found: new(found.frames[FINDING_EVENT]))


def findings_in(connection: Connection) -> pd.DataFrame:
    """The events in the attached core lake, as of the snapshot that it is attached at."""
    return chained_tables.stored(connection, STORE).frames[FINDING_EVENT]
