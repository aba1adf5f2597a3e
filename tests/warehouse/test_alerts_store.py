"""Events of alerts are appended as predictions are; a view of a version shows those that came before it was loaded."""

from __future__ import annotations

import shutil
from concurrent.futures import ProcessPoolExecutor
from datetime import date, datetime
from multiprocessing import get_context
from pathlib import Path

import pandas as pd
import pytest

from pmo_analytics.contracts.recorded_events import Instant
from pmo_analytics.errors import WarehouseError
from pmo_analytics.performance.alerts import events_of_look
from pmo_analytics.system import edges
from pmo_analytics.warehouse import Warehouse
from pmo_analytics.warehouse.backup import back_up
from pmo_analytics.warehouse.compaction import compact
from pmo_analytics.warehouse.connection import connect
from pmo_analytics.warehouse.integrity import inspect_warehouse
from pmo_analytics.warehouse.lakes import attach
from pmo_analytics.warehouse.restoration import restore
from pmo_analytics.warehouse.stores.alerts import ALERTS
from pmo_analytics.workspace import Workspace
from tests.exports import TOGGL_HEADERS, Desk, counted_edges, toggl_row, write_csv
from tests.performance.escalation import COST
from tests.performance.test_alerts import check, checks

HOSTILE = "a 'b' \x1b[31m; DROP TABLE lake.meta.alert_event -- ä \u202e"
INSTANT = Instant(datetime(2026, 7, 5, 9), date(2026, 7, 5), 1)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    desk = Desk(tmp_path_factory.mktemp("loaded"))
    desk.toggl(*[toggl_row(f"p{n % 3}", day=f"2026-03-{1 + n % 28:02d}") for n in range(40)])
    return desk.workspace.root


@pytest.fixture
def workspace(loaded: Path, tmp_path: Path) -> Workspace:
    return Workspace.find(shutil.copytree(loaded, tmp_path / "w"))


def raise_of(workspace: Workspace, *projects: str) -> int:
    """Look at these projects, all in breach; how many events that adds."""
    found = checks(*(check(project=name, name=HOSTILE) for name in projects))
    return len(ALERTS.append(
        workspace, lambda events: events_of_look(events, found, [COST], date(2026, 6, 30), INSTANT)
    ).rows)  # fmt: skip


def test_what_is_read_is_what_was_appended_and_the_same_adds_nothing(workspace: Workspace) -> None:
    assert (raise_of(workspace, "B", "A"), raise_of(workspace, "A", "B"), raise_of(workspace, "A", "C")) == (2, 0, 1)
    found = ALERTS.read(workspace)
    assert found.events["project_id"].to_list() == ["B", "A", "C"]
    assert set(found.events["name"]) == {HOSTILE}
    assert (len(found.head), found.faults) == (64, [])
    assert inspect_warehouse(workspace).findings == []


def load(workspace: Workspace, folder: Path) -> None:
    from pmo_analytics.ingest import IngestOptions, ingest_file

    file = write_csv(folder / "next.csv", TOGGL_HEADERS, [toggl_row(day="2026-05-04")])
    assert ingest_file(workspace, file, IngestOptions(), edges()).version == 2


def seen(workspace: Workspace, version: int) -> list[str]:
    with Warehouse(workspace).at("2026-06", version) as view:
        return [str(project) for project in view.alert_events()["project_id"]]


def test_a_version_shows_what_was_appended_before_it_whatever_comes_later(workspace: Workspace, tmp_path: Path) -> None:
    assert raise_of(workspace, "A") == 1
    assert seen(workspace, 1) == []
    load(workspace, tmp_path)
    assert (seen(workspace, 1), seen(workspace, 2)) == ([], ["A"])
    for n in range(3):
        assert raise_of(workspace, *(f"P-{n}-{k}" for k in range(30))) == 30
    assert (seen(workspace, 1), seen(workspace, 2)) == ([], ["A"])
    before = ALERTS.read(workspace)
    compact(workspace)
    assert (seen(workspace, 1), seen(workspace, 2)) == ([], ["A"])
    back_up(workspace, tmp_path / "pmo.zip", now=counted_edges().now())
    there = restore(tmp_path / "pmo.zip", tmp_path / "again")
    pd.testing.assert_frame_equal(ALERTS.read(there).events, before.events)
    assert (ALERTS.read(there).head, seen(there, 2)) == (before.head, ["A"])
    assert inspect_warehouse(there).findings == []
    assert raise_of(there, "A", "further") == 1


def test_a_warehouse_of_an_earlier_schema_has_no_alerts_and_is_upgraded_by_the_first(workspace: Workspace) -> None:
    with connect() as connection:
        attach(connection, workspace)
        connection.execute("DROP TABLE lake.meta.alert_event")
        connection.execute("UPDATE lake.meta.counter SET schema_version = 3")
    assert ALERTS.read(workspace).events.empty
    assert seen(workspace, 1) == []
    assert raise_of(workspace, "A") == 1
    assert inspect_warehouse(workspace).findings == []


def test_an_edited_event_is_found_and_nothing_is_added_behind_it(workspace: Workspace) -> None:
    raise_of(workspace, "A", "B")
    with connect() as connection:
        attach(connection, workspace)
        connection.execute("UPDATE lake.meta.alert_event SET decide_due_date = '2030-01-01' WHERE position = 1")
    ((place, told),) = ALERTS.read(workspace).faults
    assert place == "meta.alert_event"
    assert "was edited" in told
    found = inspect_warehouse(workspace)
    assert {finding.subject for finding in found.findings} == {"alerts, meta.alert_event"}
    with pytest.raises(WarehouseError, match="what the alerts held is not as it was written"):
        raise_of(workspace, "C")


def at_once(root: str, who: int) -> int:
    return raise_of(Workspace.find(Path(root)), "both", *(f"P-{who}-{n}" for n in range(5)))


@pytest.mark.slow
def test_processes_that_raise_at_once_both_land_and_what_both_saw_is_raised_once(workspace: Workspace) -> None:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        landed = sorted(pool.map(at_once, [str(workspace.root)] * 2, range(2)))
    assert landed == [5, 6]
    events = ALERTS.read(workspace).events
    assert len(events) == events["alert_id"].nunique() == 11
    assert inspect_warehouse(workspace).findings == []
