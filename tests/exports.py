"""Small exports and registers in the vendors' shapes, and a workspace to load them into."""

from __future__ import annotations

import atexit
import csv
import itertools
import shutil
import tempfile
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path

from pmo_analytics.errors import PmoError, WarehouseError
from pmo_analytics.ingest import Edges, IngestOptions, LoadResult, ingest_file, ingest_files
from pmo_analytics.warehouse import Warehouse
from pmo_analytics.warehouse.connection import connect
from pmo_analytics.warehouse.lakes import attach
from pmo_analytics.warehouse.schema_versions import create
from pmo_analytics.workspace import Workspace

TOGGL_HEADERS = (
    "User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags,"
    "Amount (EUR)"
).split(",")

JIRA_HEADERS = (
    "Summary,Issue key,Issue id,Issue Type,Status,Project key,Project name,Priority,Assignee,Assignee Id,Reporter,"
    "Created,Updated,Resolved,Labels,Labels,Original estimate,Time Spent,Sprint,Sprint,Custom field (Story Points),"
    "Custom field (Team),Comment,Comment,Status Category"
).split(",")


def toggl_row(
    person: str = "ann",
    project: str = "Bridge",
    day: str = "2026-03-02",
    duration: str = "01:00:00",
    description: str = "work",
) -> list[str]:
    """One Toggl row; the clock times do not matter to the tests."""
    return [
        person.title(), f"{person}@example.test", "", project, "", description, "Yes", day, "09:00:00", day, "10:00:00",
        duration, "", "0.00",
    ]  # fmt: skip


def jira_row(key: str = "BR-1", updated: str = "02/Mar/26 9:15 AM", **cells: str) -> list[str]:
    """One issue of a Jira navigator export; keyword cells are named by header with _ for a blank."""
    values = {
        "Summary": "Raise the deck", "Issue key": key, "Issue id": key.partition("-")[2], "Issue Type": "Task",
        "Status": "To Do", "Project key": key.partition("-")[0], "Project name": "Bridge", "Assignee": "Ann Berg",
        "Assignee Id": "acc-1", "Reporter": "Ann Berg", "Created": "01/Feb/26 8:00 AM", "Updated": updated,
        "Original estimate": "7200", "Status Category": "To Do",
    }  # fmt: skip
    values |= {name.replace("_", " "): value for name, value in cells.items()}
    return [values.get(header, "") for header in JIRA_HEADERS]


def write_csv(path: Path, headers: Sequence[str], rows: Sequence[Sequence[object]]) -> Path:
    """Write a CSV file as exports are: UTF-8, comma, quotes where needed."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([headers, *rows])
    return path


def counted_edges() -> Edges:
    """A clock that stands still, and ids that count up."""
    loads, persons = itertools.count(1), itertools.count(1)
    return Edges(
        now=lambda: datetime(2026, 7, 1, 12, 0),
        new_load_id=lambda: f"load-{next(loads)}",
        new_person_token=lambda: f"P{next(persons):04d}",
    )


@cache
def _empty_lakes() -> Path:
    """Lakes with their tables, made once: making them takes longer than most loads."""
    folder = Path(tempfile.mkdtemp(prefix="pmo-test-"))
    atexit.register(shutil.rmtree, folder)
    workspace = Workspace.create(folder)
    with connect() as connection:
        attach(connection, workspace)
        create(connection)
    return workspace.warehouse


class Desk:
    """A workspace in a folder, with counted edges: write exports, load them, look at the result."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.workspace = Workspace.create(folder / "workspace")
        shutil.copytree(_empty_lakes(), self.workspace.warehouse)
        self.edges = counted_edges()

    @property
    def warehouse(self) -> Warehouse:
        """The warehouse of the workspace."""
        return Warehouse(self.workspace)

    def load(self, path: Path, options: IngestOptions | None = None) -> LoadResult:
        """Load a file."""
        return ingest_file(self.workspace, path, options or IngestOptions(), self.edges)

    def load_all(self, path: Path) -> list[LoadResult | PmoError]:
        """Load every export of a file."""
        return list(ingest_files(self.workspace, [path], IngestOptions(), self.edges))

    def toggl(self, *rows: Sequence[object], name: str = "toggl.csv", **options: object) -> LoadResult:
        """Write and load a Toggl export."""
        return self.load(write_csv(self.folder / name, TOGGL_HEADERS, rows), IngestOptions(**options))  # type: ignore[arg-type]

    def jira(self, *rows: Sequence[object], name: str = "jira.csv") -> LoadResult:
        """Write and load a Jira export."""
        return self.load(write_csv(self.folder / name, JIRA_HEADERS, rows))

    def register(self, name: str, headers: str, *rows: Sequence[object]) -> LoadResult:
        """Write and load a register; headers are joined by commas."""
        return self.load(write_csv(self.folder / f"{name}.csv", headers.split(","), rows))

    def query(self, sql: str) -> list[tuple[object, ...]]:
        """Rows of a query over everything known."""
        with self.warehouse.everything() as view:
            return view.rows(sql)[1]

    def loads(self) -> list[str]:
        """The files of the committed loads."""
        try:
            return [str(row[0]) for row in self.query("SELECT file FROM meta.load ORDER BY version")]
        except WarehouseError:
            return []


def balances(result: LoadResult) -> bool:
    """Whether every row read has one fate."""
    return sum(result.rows.values()) == result.rows_in
