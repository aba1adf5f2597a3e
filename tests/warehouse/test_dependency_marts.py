"""Who waits for whom, by hand: links of issues, ties of schedules and the register as one graph."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pmo_analytics.contracts import rolled_up
from tests.exports import Desk, write_csv

NAVIGATOR = (
    "Issue key,Status,Project key,Created,Updated,Resolved,Resolution,Due Date,Outward issue link (Blocks),"
    "Inward issue link (Blocks),Outward issue link (Dependency),Outward issue link (Relates)"
)
TASK = (
    "schedule_id,task_id,status_date,project_id,name,duration_hours,start_at,finish_at,actual_start_at,"
    "actual_finish_at,percent_complete_pct,task_type"
)
LINK = "schedule_id,predecessor_id,successor_id,relation,status_date,lag_hours,lag_pct,predecessor_schedule_id"
DEPENDENCY = (
    "dependency_id,status_date,predecessor_project_id,predecessor_ref,successor_project_id,successor_ref,"
    "relation,lag_days,needed_by_date,status"
)
MAY = "2026-05-31"
DAY, LATE = "2026-03-02 10:00", "2026-04-05 10:00"
MARTS = ("issue_dependency", "schedule_activity", "schedule_tie", "project_dependency")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = Desk(tmp_path_factory.mktemp("dependencies"))
    desk.register(
        "project",
        "project_id,status_date,name,baseline_finish_date",
        *[[name, "2026-01-01", f"Project {name}", "2026-09-30"] for name in "ABCX"],
    )
    desk.register("project_alias", "source,external_key,project_id", *[["jira", f"J{name}", name] for name in "ABC"])
    desk.register(
        "project_status",
        "project_id,status_date,state,forecast_finish_date",
        ["A", "2026-04-30", "active", "2026-10-15"],
        ["A", MAY, "active", "2026-11-15"],
        ["X", "2026-04-30", "cancelled", ""],
    )
    desk.register(
        "milestone",
        "project_id,milestone_id,status_date,baseline_date,forecast_date,actual_date",
        ["A", "M1", "2026-04-30", "2026-06-01", "2026-06-10", ""],
        ["A", "M1", MAY, "2026-06-01", "2026-06-20", ""],
        ["A", "M2", MAY, "2026-05-01", "2026-05-10", "2026-05-12"],
    )
    issues = [
        ["JA-1", "Open", "JA", DAY, LATE, "", "", "2026-07-01", "JB-1", "", "", "JB-2"],
        ["JB-1", "Open", "JB", DAY, LATE, "", "", "2026-06-15", "", "JA-1", "", ""],
        ["JB-2", "Open", "JB", DAY, "2026-04-09 10:00", "", "", "2026-08-01", "", "", "JA-2", ""],
        ["JA-2", "Done", "JA", DAY, LATE, LATE, "Done", "2026-03-30", "", "", "", ""],
        ["JC-1", "Open", "JC", DAY, LATE, "", "", "", "", "ZZ-9", "", ""],
        ["JC-2", "Done", "JC", DAY, LATE, LATE, "Done", "", "", "JA-1", "", ""],
        ["JC-3", "Open", "JC", DAY, LATE, "", "", "", "", "JA-3", "", ""],
        ["JA-3", "Done", "JA", DAY, LATE, LATE, "Won't Fix", "", "", "", "", ""],
    ]
    desk.load(write_csv(desk.folder / "jira.csv", NAVIGATOR.split(","), issues))
    desk.register(
        "schedule_task",
        TASK,
        ["SA", "1", "2026-04-30", "A", "Gone", "8", "2026-06-01 08:00", "2026-06-01 17:00", "", "", "0", "task"],
        ["SA", "2", MAY, "A", "Frame", "40", "2026-06-01 08:00", "2026-06-05 17:00", "", "", "25", "task"],
        ["SA", "3", MAY, "A", "All", "400", "2026-06-01 08:00", "2026-07-05 17:00", "", "", "", "summary"],
        ["SA", "4", MAY, "A", "Piles", "16", "2026-05-04 08:00", "2026-05-05 17:00", "2026-05-04 08:00",
         "2026-05-05 17:00", "100", "task"],
        ["SB", "7", MAY, "B", "Roof", "8", "2026-06-03 08:00", "2026-06-03 17:00", "", "", "0", "task"],
        ["SB", "8", MAY, "B", "Handover", "0", "2026-06-08 08:00", "2026-06-08 08:00", "", "", "0", "milestone"],
    )  # fmt: skip
    desk.register(
        "schedule_link",
        LINK,
        ["SB", "SA/2", "7", "FS", MAY, "", "10", "SA"],
        ["SB", "7", "8", "FF", MAY, "4", "", ""],
        ["SB", "SA/4", "8", "FS", MAY, "", "", "SA"],
        ["SB", "99", "8", "FS", MAY, "", "", ""],
        ["SA", "1", "2", "FS", "2026-04-30", "", "", ""],
    )
    desk.register(
        "dependency",
        DEPENDENCY,
        ["D1", "2026-04-01", "A", "M1", "B", "", "", "", "2026-06-01", "open"],
        ["D1", "2026-05-01", "A", "M1", "B", "", "", "2", "2026-06-05", "open"],
        ["D2", "2026-05-01", "A", "M2", "B", "", "", "", "2026-05-15", "open"],
        ["D3", "2026-05-01", "X", "", "B", "", "", "", "2026-06-01", "open"],
        ["D4", "2026-05-01", "City", "", "B", "", "", "", "2026-06-01", "open"],
        ["D5", "2026-05-01", "A", "", "C", "", "", "", "", "Withdrawn"],
        ["D6", "2026-05-01", "A", "", "C", "", "SS", "", "2026-12-01", ""],
        ["D7", "2026-05-01", "A", "2", "B", "8", "FS", "3", "", "open"],
        ["D8", "2026-05-01", "A", "JA-1", "C", "", "", "", "2026-06-01", "open"],
    )
    return desk


@pytest.fixture(scope="module")
def marts(desk: Desk) -> dict[str, pd.DataFrame]:
    with desk.warehouse.at("2026-05") as view:
        return {name: view.table(name) for name in MARTS}


def plain(frame: pd.DataFrame, *columns: str) -> list[list[Any]]:
    return [
        [
            None if pd.isna(value) else value.strftime("%m-%d") if isinstance(value, pd.Timestamp) else value
            for value in row
        ]
        for row in frame[list(columns)].itertuples(index=False)
    ]


def test_links_of_issues_by_who_waits_once_each(marts: dict[str, pd.DataFrame]) -> None:
    found = plain(
        marts["issue_dependency"], "predecessor_key", "successor_key", "predecessor_project_id",
        "successor_project_id", "link_state", "needed_by_date", "forecast_date", "updated_on_date",
    )  # fmt: skip
    assert found == [
        # Both state it; relating ties nothing, and JC-2 is done and waits for nobody.
        ["JA-1", "JB-1", "A", "B", "open", "06-15", "07-01", "04-05"],
        # What depends waits for the other end.
        ["JA-2", "JB-2", "A", "B", "delivered", "08-01", "03-30", "04-09"],
        ["JA-3", "JC-3", "A", "C", "cancelled", None, None, "04-05"],
        ["ZZ-9", "JC-1", None, "C", "unknown", None, None, "04-05"],
    ]


def test_tasks_of_the_last_state_alone(marts: dict[str, pd.DataFrame]) -> None:
    found = plain(marts["schedule_activity"], "schedule_id", "task_id", "state", "remaining_duration_seconds")
    assert found == [
        ["SA", "2", "in_progress", 30 * 3600.0],
        ["SA", "4", "done", 0.0],
        ["SB", "7", "to_do", 8 * 3600.0],
        ["SB", "8", "to_do", 0.0],
    ]


def test_ties_across_schedules_and_from_the_register(marts: dict[str, pd.DataFrame]) -> None:
    found = plain(
        marts["schedule_tie"], "origin", "predecessor_schedule_id", "predecessor_id", "schedule_id", "successor_id",
        "relation", "lag_seconds", "lag_calendar", "link_state",
    )  # fmt: skip
    assert found == [
        ["register", "SA", "2", "SB", "8", "FS", 3 * 86_400.0, "elapsed", "open"],
        # A tenth of the 40 hours of what comes first.
        ["schedule", "SA", "2", "SB", "7", "FS", 4 * 3600.0, None, "open"],
        ["schedule", "SA", "4", "SB", "8", "FS", 0.0, None, "delivered"],
        ["schedule", "SB", "7", "SB", "8", "FF", 4 * 3600.0, None, "open"],
        ["schedule", "SB", "99", "SB", "8", "FS", 0.0, None, "unknown"],
    ]


def test_one_graph_of_projects(marts: dict[str, pd.DataFrame]) -> None:
    found = plain(
        marts["project_dependency"], "origin", "dependency_id", "predecessor_project_id", "successor_project_id",
        "predecessor_ref", "needed_by_date", "forecast_date", "forecast_basis", "link_state",
        "link_count", "open_link_count", "dangling_count",
    )  # fmt: skip
    assert found == [
        ["issue", None, "A", "B", "JA-1", "06-15", "07-01", "issue", "open", 2, 1, 0],
        ["issue", None, "A", "C", "JA-3", None, None, None, "cancelled", 1, 0, 1],
        ["issue", None, None, "C", "ZZ-9", None, None, None, "unknown", 1, 0, 1],
        # The milestone as last reported, needed as last stated.
        ["register", "D1", "A", "B", "M1", "06-05", "06-20", "milestone", "open", 1, 1, 0],
        ["register", "D2", "A", "B", "M2", "05-15", "05-12", "milestone", "delivered", 1, 0, 0],
        ["register", "D3", "X", "B", None, "06-01", "09-30", "project", "cancelled", 1, 0, 1],
        ["register", "D4", "City", "B", None, "06-01", None, None, "unknown", 1, 0, 1],
        ["register", "D5", "A", "C", None, None, "11-15", "project", "withdrawn", 1, 0, 0],
        ["register", "D6", "A", "C", None, "12-01", "11-15", "project", "open", 1, 1, 0],
        ["register", "D7", "A", "B", "2", None, "06-05", "task", "open", 1, 1, 0],
        ["register", "D8", "A", "C", "JA-1", "06-01", "07-01", "issue", "open", 1, 1, 0],
        ["schedule", None, "A", "B", "SA/2", "06-03", "06-05", "task", "open", 2, 1, 0],
        ["schedule", None, None, "B", "SB/99", "06-08", None, None, "unknown", 1, 0, 1],
    ]


def test_earlier_days_show_what_was_known_then(desk: Desk) -> None:
    with desk.warehouse.at("2026-04") as view:
        assert view.table("schedule_activity")["task_id"].to_list() == ["1"]
        rows = view.table("project_dependency")
    stated = rows[rows["origin"] == "register"]
    assert plain(stated, "dependency_id", "needed_by_date", "forecast_date") == [["D1", "06-01", "06-10"]]


@pytest.mark.slow
@pytest.mark.parametrize("name", MARTS)
def test_every_figure_is_given_by_its_rows_alone(desk: Desk, name: str) -> None:
    """Reckoned from the rows that it counts, each cell is what it was: the first, a middle and the last row."""
    table = rolled_up()[name]
    with desk.warehouse.at("2026-05") as view:
        rows = view.table(name)
        for at in sorted({0, len(rows) // 2, len(rows) - 1}):
            record = rows.iloc[at].to_dict()
            for column in table.columns:
                found = view.explain(name, {part: record[part] for part in table.key}, column)
                assert found.is_whole, (found.key, column, found.value, found.again)


def test_nothing_loaded_is_no_dependency(tmp_path: Path) -> None:
    """A project alone waits for nobody."""
    desk = Desk(tmp_path)
    desk.register("project", "project_id,status_date,name", ["A", "2026-01-01", "x"])
    with desk.warehouse.at("2026-05") as view:
        assert all(view.table(name).empty for name in MARTS)
