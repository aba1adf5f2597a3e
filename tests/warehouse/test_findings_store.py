"""Events of findings are appended as alerts are; a view of a version shows those that came before it was loaded."""

from __future__ import annotations

import shutil
from datetime import date, datetime
from pathlib import Path

import pytest

from pmo_analytics.contracts.recorded_events import Instant
from pmo_analytics.errors import WarehouseError
from pmo_analytics.governance.finding_events import events_of_audit
from pmo_analytics.warehouse import Warehouse
from pmo_analytics.warehouse.connection import connect
from pmo_analytics.warehouse.integrity import inspect_warehouse
from pmo_analytics.warehouse.lakes import attach
from pmo_analytics.warehouse.stores.findings import FINDINGS
from pmo_analytics.workspace import Workspace
from tests.audits import audited
from tests.exports import Desk, toggl_row
from tests.frames import project_row

RECORDING = Instant(datetime(2026, 7, 5, 9), date(2026, 7, 5), 1)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    desk = Desk(tmp_path_factory.mktemp("loaded"))
    desk.toggl(toggl_row())
    return desk.workspace.root


@pytest.fixture
def workspace(loaded: Path, tmp_path: Path) -> Workspace:
    return Workspace.find(shutil.copytree(loaded, tmp_path / "w"))


def record(workspace: Workspace, *projects: str) -> int:
    found = audited({"project": [project_row(name) for name in projects]})
    return len(
        FINDINGS.append(
            workspace,
            lambda events: events_of_audit(events, found.findings, found.checks, date(2026, 6, 30), RECORDING),
        ).rows
    )


def test_what_is_read_is_what_was_appended_and_the_same_adds_nothing(workspace: Workspace) -> None:
    number = record(workspace, "A")
    assert number > 3
    assert (record(workspace, "A"), record(workspace, "A", "B")) == (0, number)
    found = FINDINGS.read(workspace)
    assert found.events.groupby("project_id").size().to_dict() == {"A": number, "B": number}
    assert (len(found.head), found.faults) == (64, [])
    assert inspect_warehouse(workspace).findings == []


def test_a_version_shows_what_was_appended_before_it_was_loaded(workspace: Workspace) -> None:
    record(workspace, "A")
    with Warehouse(workspace).at("2026-06", 1) as view:
        assert view.finding_events().empty


def test_an_edited_event_is_found_and_nothing_is_added_behind_it(workspace: Workspace) -> None:
    record(workspace, "A")
    with connect() as connection:
        attach(connection, workspace)
        connection.execute("UPDATE lake.meta.finding_event SET due_date = '2030-01-01' WHERE position = 1")
    ((place, told),) = FINDINGS.read(workspace).faults
    assert (place, "was edited" in told) == ("meta.finding_event", True)
    assert {each.subject for each in inspect_warehouse(workspace).findings} == {"findings, meta.finding_event"}
    with pytest.raises(WarehouseError, match="what the findings held is not as it was written"):
        record(workspace, "B")
