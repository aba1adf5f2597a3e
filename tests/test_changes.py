"""What changed since a version, and which rows made it so."""

from __future__ import annotations

import pandas as pd
import pytest

from pmo_analytics.changes import MAPPED, POSTED, REGISTERED, RESTATED, Change, changes
from tests.exports import Desk, toggl_row
from tests.warehouse.conftest import PERSON

HOUR = 3600.0
KEY = {"project_id": "A", "period_month": pd.Timestamp("2026-01-01")}


def since(desk: Desk, version: int, table: str, column: str) -> list[Change]:
    with desk.warehouse.at("2026-01", version) as before, desk.warehouse.at("2026-01") as now:
        return [c for c in changes(before, now, looked_into=5, marts={table}) if c.column == column]


@pytest.fixture
def desk(desk: Desk) -> Desk:
    desk.register(
        "person",
        PERSON,
        ["E1", "Ann Berg", "ann@example.test", "Dev", "Build", "main", 100, "2020-01-01", "", "2026-01-01"],
    )
    desk.register("rate", "role_or_person_id,valid_from_date,hourly_amount,currency", ["Dev", "2025-01-01", 100, "EUR"])
    desk.toggl(toggl_row("ann", "A", "2026-01-05", "02:00:00"), toggl_row("ann", "A", "2026-01-06", "03:00:00"))
    return desk


def test_nothing_changed(desk: Desk) -> None:
    with desk.warehouse.at("2026-01") as before, desk.warehouse.at("2026-01") as now:
        assert changes(before, now, looked_into=5, marts={"effort_by_person_month", "estimate_history"}) == []


def test_late_hours_restated_hours_and_a_mapping_are_told_apart(desk: Desk) -> None:
    desk.register("project_alias", "source,external_key,project_id", ["toggl", "A", "P1"])
    mapped = since(desk, 3, "effort_by_person_month", "duration_seconds")
    # What stood under no project stands under the mapped one: the same rows, counted elsewhere.
    assert [(c.key["project_id"], c.before, c.now) for c in mapped] == [(None, 5 * HOUR, None), ("P1", None, 5 * HOUR)]
    assert [c.cause for c in mapped] == [MAPPED, MAPPED]

    desk.toggl(toggl_row("bo", "A", "2026-01-07", "01:00:00"), name="late.csv")
    late = [c for c in since(desk, 4, "effort_by_person_month", "duration_seconds") if c.now == HOUR]
    assert [(c.cause, c.rows) for c in late] == [(POSTED, "+ timesheet_entry, late.csv, version 5: 1")]

    desk.toggl(toggl_row("ann", "A", "2026-01-05", "07:00:00"), toggl_row("ann", "A", "2026-01-06", "03:00:00"))
    (restated,) = [c for c in since(desk, 5, "effort_by_person_month", "duration_seconds") if c.before == 5 * HOUR]
    assert (restated.now, restated.cause) == (10 * HOUR, RESTATED)
    assert restated.rows == ("+ timesheet_entry, toggl.csv, version 6: 1; − timesheet_entry, toggl.csv, version 3: 1")


def test_a_new_rate_is_a_register(desk: Desk) -> None:
    desk.register("rate", "role_or_person_id,valid_from_date,hourly_amount,currency", ["Dev", "2025-06-01", 50, "EUR"])
    found = [c for c in since(desk, 3, "cost_by_project_month", "cost_amount") if c.now]
    assert [(c.before, c.now, c.cause) for c in found] == [(500.0, 250.0, REGISTERED)]
