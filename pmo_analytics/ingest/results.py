"""What ingestion is asked, what it needs from outside, and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from pmo_analytics.warehouse.loading import Total
from pmo_analytics.warehouse.staging import Reject
from pmo_analytics.workspace import Workspace


@dataclass(frozen=True)
class IngestOptions:
    """The user's word where a file leaves something open; None where the file shall decide."""

    source: str | None = None
    date_order: str | None = None
    decimal_mark: str | None = None
    status_date: date | None = None
    strict: bool = False
    dry_run: bool = False
    accept_removals: bool = False
    month_language: str | None = None
    encoding: str | None = None

    def as_recorded(self) -> dict[str, str]:
        """The options that change how a file is read, as the load remembers them."""
        names = ("source", "date_order", "decimal_mark", "month_language", "encoding")
        given = {name: getattr(self, name) for name in names}
        found = {name: value for name, value in given.items() if value}
        return found | ({"status_date": self.status_date.isoformat()} if self.status_date else {})


@dataclass(frozen=True)
class Edges:
    """What comes from outside: the present time, new load ids, new person tokens; and who is told of each step."""

    now: Callable[[], datetime]
    new_load_id: Callable[[], str]
    new_person_token: Callable[[], str]
    step: Callable[[str], None] = lambda _: None


@dataclass(frozen=True)
class Intake:
    """One call of ingestion: where to, how the user wants files read, and the edges."""

    workspace: Workspace
    options: IngestOptions
    edges: Edges


@dataclass(frozen=True)
class ColumnReading:
    """How one column is read: under which header, the first cell that could be read, and what it is taken for.

    Cells with persons are not repeated.
    """

    column: str
    header: str
    found: str | None
    read_as: str | None


@dataclass(frozen=True)
class LoadResult:
    """What became of one file.

    `state` is loaded, unchanged (the same file again) or dry_run. `rows` counts
    rows by fate; `totals` holds the control totals by column, currency and fate;
    `columns` tells of a dry run how each column is read, `checks` of the rules
    between tables that loaded rows break.
    """

    file: str
    source: str
    title: str
    table: str
    state: str
    version: int | None
    rows_in: int
    rows: dict[str, int]
    rows_removed: int
    totals: list[Total]
    assumptions: list[str]
    rejects: list[Reject]
    scope: str | None = None
    columns: list[ColumnReading] = field(default_factory=list)
    checks: list[str] = field(default_factory=list)
