from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from pmo_analytics.contracts import tables
from pmo_analytics.performance.percent_complete import PercentComplete, percent_complete
from tests.exports import Desk
from tests.frames import contract_frame

HEADER = (
    "schedule_id,task_id,status_date,project_id,duration_hours,actual_start_at,actual_finish_at,percent_complete_pct,"
    "is_milestone,task_type,custom"
)
REPORT = "project_id,status_date,state,percent_complete_pct"


def task(
    name: str, hours: str, *, start: str = "", finish: str = "", pct: str = "", kind: str = "", **custom: object
) -> list[str]:
    is_milestone = "yes" if "milestone" in kind else ""
    told = json.dumps(custom) if custom else ""
    return ["S", name, "2026-04-30", "P", hours, start, finish, pct, is_milestone, kind, told]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """The worked example as registers, with a summary and a level of effort that must not count."""
    desk = Desk(tmp_path_factory.mktemp("progress"))
    desk.register(
        "schedule_task",
        HEADER,
        task("A", "40", start="2026-01-05", finish="2026-01-09", pct="90"),
        task("B", "40", start="2026-01-12", pct="50", units_planned="200", units_done=80),
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
        {"0/100": 40.0, "50/50": 60.0, "units": 40.0, "milestones": 25.0, "stated": 60.0}
    )


def test_the_report_before_the_schedules_date_is_held_against_it(found: pd.DataFrame) -> None:
    assert found[PercentComplete.declared_pct].to_list() == [70.0] * 5
    assert found.loc["0/100", PercentComplete.declared_difference_points] == pytest.approx(30)


def test_what_does_not_weigh_is_counted_and_level_of_effort_stands_apart(found: pd.DataFrame) -> None:
    assert found[PercentComplete.counted].to_dict() == {
        "0/100": 3, "50/50": 3, "units": 1, "milestones": 4, "stated": 3,
    }  # fmt: skip
    assert set(found[PercentComplete.unweighted_task_count]) == {1}
    assert set(found[PercentComplete.level_of_effort_seconds]) == {300 * 3600.0}


def test_a_schedule_without_durations_has_no_figure(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.register("schedule_task", HEADER, task("A", "", finish="2026-01-09"))
    with desk.warehouse.at("2026-06-30") as view:
        rows = view.run(percent_complete)
    assert rows[PercentComplete.percent_complete_pct].isna().all()
    assert set(rows[PercentComplete.counted]) == {0}


def progress(**values: object) -> pd.DataFrame:
    """One schedule of project P; what is not given is 0."""
    columns = tables()["schedule_progress"].columns
    row: dict[str, object] = dict.fromkeys(columns, 0)
    row |= {"schedule_id": "S", "project_id": "P", "status_date": pd.Timestamp("2026-04-30")}
    return contract_frame("schedule_progress", [row | values])


def slip(project: str, milestone: str, day: str, actual: str | None = None) -> dict[str, object]:
    reached = None if actual is None else pd.Timestamp(actual)
    told = {"project_id": project, "milestone_id": milestone, "status_date": pd.Timestamp(day)}
    return told | {"actual_date": reached}


def by_rule(schedules: pd.DataFrame, *milestones: dict[str, object]) -> pd.DataFrame:
    return percent_complete(
        schedules, contract_frame("milestone_slip", milestones), contract_frame("project_status", []),
        status_date=pd.Timestamp("2026-06-30"),
    ).set_index(PercentComplete.progress_rule)  # fmt: skip


def test_milestones_weigh_what_they_state_where_all_of_them_do() -> None:
    # One of four is reached, of weight 1 of 10.
    weights = {"milestone_weight": 10.0, "milestone_weight_reached": 1.0}
    four = {"milestone_count": 4, "milestones_reached": 1, **weights}
    row = by_rule(progress(**four, weighted_milestone_count=4)).loc["milestones"]
    assert (row["percent_complete_pct"], row["weighed_by"]) == (10.0, "stated weights")
    row = by_rule(progress(**four, weighted_milestone_count=3)).loc["milestones"]
    assert (row["percent_complete_pct"], row["weighed_by"]) == (25.0, "each the same")


def test_the_registers_milestones_count_where_no_schedule_has_any() -> None:
    reports = [
        slip("P", "M1", "2026-03-31"), slip("P", "M1", "2026-04-30", "2026-04-20"), slip("P", "M2", "2026-03-31"),
        slip("P", "M3", "2026-04-30"), slip("P", "M4", "2026-04-30"),
    ]  # fmt: skip
    rows = by_rule(progress(task_count=1, planned_seconds=100.0, finished_seconds=50.0), *reports)
    of_register = rows[rows["schedule_id"].isna()]
    assert of_register["percent_complete_pct"].to_dict() == {"milestones": 25.0}
    assert of_register.loc["milestones", "status_date"] == pd.Timestamp("2026-04-30")
    # With milestones in the schedule the register would count them twice.
    rows = by_rule(progress(milestone_count=2, milestones_reached=1), *reports)
    assert rows["schedule_id"].notna().all()
    assert rows.loc["milestones", "percent_complete_pct"] == 50.0


CUSTOM: list[tuple[object, int, float | None]] = [
    ({"units_planned": 200, "units_done": 80}, 1, 40.0),
    # As a mapped export and Microsoft Project's own fields keep them.
    ({"units_planned": ["200"], "units_done": ["80"]}, 1, 40.0),
    ({"ExtendedAttribute.units_planned": ["200"], "ExtendedAttribute.units_done": ["80"]}, 1, 40.0),
    ({"units_planned": "200"}, 1, 0.0),
    # More than was planned is no more than all of it, and less than nothing is nothing.
    ({"units_planned": "200", "units_done": "900"}, 1, 100.0),
    ({"units_planned": "200", "units_done": "-900"}, 1, 0.0),
    ({"units_planned": "many", "units_done": "80"}, 0, None),
    ({"units_planned": "0", "units_done": "80"}, 0, None),
    ({"units_planned": [[]], "units_done": {"a": 1}}, 0, None),
    # No JSON at all.
    ("{units_planned: 3", 0, None),
]


def test_units_are_read_from_what_stands_beside_a_row(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.register("schedule_task", HEADER, *(
        [f"S{place}", *task("A", "40")[1:-1], custom if isinstance(custom, str) else json.dumps(custom)]
        for place, (custom, _, _) in enumerate(CUSTOM)
    ))  # fmt: skip
    with desk.warehouse.at("2026-06-30") as view:
        rows = view.run(percent_complete)
    units = rows[rows[PercentComplete.progress_rule] == "units"].sort_values(PercentComplete.schedule_id)
    assert units[PercentComplete.counted].to_list() == [counted for _, counted, _ in CUSTOM]
    shares = [None if pd.isna(share) else share for share in units[PercentComplete.percent_complete_pct]]
    assert shares == [share for _, _, share in CUSTOM]
