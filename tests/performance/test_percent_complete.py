from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from pmo_analytics.performance.percent_complete import PercentComplete, percent_complete
from tests.exports import Desk

HEADER = (
    "schedule_id,task_id,status_date,project_id,duration_hours,actual_start_at,actual_finish_at,percent_complete_pct,"
    "is_milestone,task_type"
)
REPORT = "project_id,status_date,state,percent_complete_pct"


def task(name: str, hours: str, *, start: str = "", finish: str = "", pct: str = "", kind: str = "") -> list[str]:
    is_milestone = "yes" if "milestone" in kind else ""
    return ["S", name, "2026-04-30", "P", hours, start, finish, pct, is_milestone, kind]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """The worked example as registers, with a summary and a level of effort that must not count."""
    desk = Desk(tmp_path_factory.mktemp("progress"))
    desk.register(
        "schedule_task",
        HEADER,
        task("A", "40", start="2026-01-05", finish="2026-01-09", pct="90"),
        task("B", "40", start="2026-01-12", pct="50"),
        task("C", "20"),
        task("D", ""),
        task("SUM", "500", pct="80", kind="summary"),
        task("PM", "300", pct="60", kind="level_of_effort"),
        task("M1", "0", finish="2026-02-01", kind="milestone"),
        *(task(f"M{k}", "0", kind="finish_milestone") for k in (2, 3, 4)),
    )
    desk.register("project_status", REPORT, ["P", "2026-03-31", "active", "70"], ["P", "2026-05-31", "active", "95"])
    with desk.warehouse.at("2026-06-30") as view:
        frame = view.run(percent_complete)
    return frame.set_index(PercentComplete.progress_rule)


def test_the_worked_example_by_each_rule(found: pd.DataFrame) -> None:
    assert found[PercentComplete.percent_complete_pct].to_dict() == pytest.approx(
        {"0/100": 40.0, "50/50": 60.0, "milestones": 25.0, "stated": 60.0}
    )


def test_the_report_before_the_schedules_date_is_held_against_it(found: pd.DataFrame) -> None:
    assert found[PercentComplete.declared_pct].to_list() == [70.0] * 4
    assert found.loc["0/100", PercentComplete.declared_difference_points] == pytest.approx(30)


def test_what_does_not_weigh_is_counted_and_level_of_effort_stands_apart(found: pd.DataFrame) -> None:
    assert found[PercentComplete.counted].to_dict() == {"0/100": 3, "50/50": 3, "milestones": 4, "stated": 3}
    assert set(found[PercentComplete.unweighted_task_count]) == {1}
    assert set(found[PercentComplete.level_of_effort_seconds]) == {300 * 3600.0}


def test_a_schedule_without_durations_has_no_figure(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.register("schedule_task", HEADER, task("A", "", finish="2026-01-09"))
    with desk.warehouse.at("2026-06-30") as view:
        rows = view.run(percent_complete)
    assert rows[PercentComplete.percent_complete_pct].isna().all()
    assert set(rows[PercentComplete.counted]) == {0}
