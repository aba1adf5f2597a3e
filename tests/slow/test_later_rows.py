"""Rows dated after the reporting date change no mart, analysis or past state of an issue, whenever they come."""

from __future__ import annotations

import copy
import shutil
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmo_analytics.analyses import analyses
from pmo_analytics.contracts import rolled_up
from pmo_analytics.figure_evidence import usual_origin
from pmo_analytics.origins import reckoned
from pmo_analytics.workspace import Workspace
from tests import random_exports
from tests.exports import Desk

AS_OF = date(2026, 2, 28)
NOT_DRAWN = {"issue_dependency", "project_dependency", "schedule_activity", "schedule_progress", "schedule_tie"}
EARLY, LATE = st.dates(date(2026, 1, 1), AS_OF), st.dates(AS_OF + timedelta(days=1), date(2026, 4, 30))


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """What all examples share: two projects and persons, a calendar, a benefit."""
    desk = Desk(tmp_path_factory.mktemp("bare"))
    desk.register("project", "project_id,name,status_date", ["A", "Alpha", "2026-01-01"], ["B", "Beta", "2026-01-01"])
    desk.register("project_alias", "source,external_key,project_id", ["jira", "BR", "A"])
    desk.register("benefit", "benefit_id,status_date,project_id,name", ["B1", "2026-01-01", "A", "x"])
    desk.register(
        "criterion", "criterion_id,name,weight,direction,status_date",
        ["gain", "Gain", 3, "benefit", "2026-01-01"], ["risk", "Risk", 1, "cost", "2026-01-01"],
    )  # fmt: skip
    desk.register(
        "person",
        random_exports.HEADERS["person"],
        ["E1", "Ann Berg", "ann@example.test", "dev", "main", 100, "2025-12-01"],
        ["E2", "Bo Dahl", "bo@example.test", "", "main", 50, "2025-12-01"],
    )
    first = date(2026, 1, 1)
    worked = [["main", str(first + timedelta(days=n)), 8] for n in range(180)]
    desk.register("working_calendar", "calendar_id,calendar_date,duration_hours", *worked)
    return desk


def seen(desk: Desk, version: int | None = None) -> dict[str, pd.DataFrame]:
    """Every mart and analysis, and the issues but for what no history tells: comments, and what became of sprints."""
    with desk.warehouse.at(AS_OF, version) as view:
        found = {name: view.table(name) for name in rolled_up()}
        found["issue"] = view.table("issue").drop(columns=["updated_at", "sprints"])
        for name in analyses():
            made = usual_origin(name, view.workspace.tolerances)
            tables = {table: view.table(table) for table in made.tables()}
            found[f"analysis {name}"] = reckoned(made, tables, analyses(), pd.Timestamp(view.as_of))
    return found


# Each example loads some thirty files.
@settings(max_examples=10)
@given(data=st.data())
def test_rows_dated_later_change_no_figure_and_neither_does_a_later_version(bare: Desk, data: st.DataObject) -> None:
    early, late = data.draw(random_exports.searches(AS_OF, EARLY | LATE))
    with tempfile.TemporaryDirectory() as folder:
        desk = copied(bare, Path(folder) / "desk")
        random_exports.load_all(desk, *drawn(data, EARLY, "early"), early, "early")
        version = len(desk.loads())
        before = seen(desk)
        random_exports.load_all(desk, *drawn(data, LATE, "late"), late, "late")
        for after in (seen(desk), seen(desk, version)):
            for name, rows in before.items():
                pd.testing.assert_frame_equal(after[name], rows, obj=name)
    # An equality of nothing says nothing; but few drawn rows name an issue or finish one, and none is of a schedule.
    empty = {name for name, rows in before.items() if rows.empty and not name.startswith("analysis ")}
    assert empty <= {"issue_time_reconciliation", "estimate_history"} | NOT_DRAWN
    assert sum(not rows.empty for name, rows in before.items() if name.startswith("analysis ")) > len(analyses()) // 2


def drawn(data: st.DataObject, days: st.SearchStrategy[date], stamp: str) -> tuple[dict[str, Any], list[Any]]:
    return data.draw(random_exports.registers(days, stamp)), data.draw(random_exports.entries(days))


def copied(desk: Desk, folder: Path) -> Desk:
    shutil.copytree(desk.folder, folder)
    other = copy.copy(desk)
    other.folder, other.workspace = folder, Workspace.find(folder / "workspace")
    return other
