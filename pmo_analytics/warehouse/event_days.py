"""The days on which something happened, of all that is loaded: what the default reporting date goes by."""

from __future__ import annotations

from datetime import date

from pmo_analytics.errors import WarehouseError
from pmo_analytics.warehouse.as_of import last_month_end, local_day
from pmo_analytics.warehouse.connection import Connection, connect, told_in_words
from pmo_analytics.warehouse.lakes import attach
from pmo_analytics.warehouse.locks import READING, hold
from pmo_analytics.workspace import Workspace

# What tells that something happened, most telling first: the default reporting date looks no further than
# the first group that holds rows, since a plan or a register may be dated long after the last event.
_ACTIVITY = (
    {"timesheet_entry": "work_date", "issue": "updated_at", "project_status": "status_date"},
    {"estimate_outcome": "finished_on_date"},
    {"project": "status_date", "person": "status_date", "estimate_outcome": "status_date"},
)

_LONG_AGO = date(1970, 1, 1)


def default_date(connection: Connection, time_zone: str, *, is_needed: bool) -> date:
    """The last month-end not after the latest event; where there is none and none is needed, a day long ago."""
    latest = latest_event(connection, time_zone)
    if latest is not None:
        return last_month_end(latest)
    if not is_needed:
        return _LONG_AGO
    raise WarehouseError(
        "nothing that is loaded has a date to report on",
        hint="load timesheets, issues or project status, or name a date with --as-of",
    )


def latest_day(workspace: Workspace) -> date:
    """The day of the latest event that is known, or of the latest word on estimates and their outcomes.

    WarehouseError where nothing is loaded, or nothing that has a date.
    """
    with hold(workspace.warehouse, READING), connect() as connection, told_in_words(workspace.warehouse):
        attach(connection, workspace, read_only=True)
        row = connection.execute(
            "SELECT greatest(max(status_date), max(finished_on_date) FILTER (state <> 'open')) "
            "FROM lake.core.estimate_outcome"
        ).fetchone()
        days = [day for day in (latest_event(connection, workspace.time_zone), row[0] if row else None) if day]
        return max(days) if days else default_date(connection, workspace.time_zone, is_needed=True)


def latest_event(connection: Connection, time_zone: str) -> date | None:
    """The day of the latest event in the attached core lake; None where nothing that is loaded has a date."""
    for group in _ACTIVITY:
        days: list[date] = []
        for name, column in group.items():
            day = local_day(column, time_zone) if column.endswith("_at") else column
            row = connection.execute(f"SELECT CAST(max({day}) AS DATE) FROM lake.core.{name}").fetchone()
            days += [row[0]] if row and row[0] is not None else []
        if days:
            return max(days)
    return None
