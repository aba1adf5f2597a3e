"""Overlaps of persons, teams and skills across projects, by hand."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmo_analytics.contracts.base import checked
from pmo_analytics.performance.resource_load import resource_load
from pmo_analytics.performance.schedule_overlaps import schedule_bottlenecks, schedule_overlaps
from pmo_analytics.performance.schedule_paths import SchedulePath
from tests.frames import contract_frame
from tests.performance.test_schedule_paths import task

HOUR = 3600.0
STATUS = pd.Timestamp("2026-06-30")
JULY, AUGUST = pd.Timestamp("2026-07-01"), pd.Timestamp("2026-08-01")


def scheduled(schedule: str, name: str, first: str, last: str, hours: float = 40, **values: Any) -> dict[str, Any]:
    """A task of the project P-schedule from day to day."""
    row = task(schedule, name, hours) | {"first": first, "last": last, "is_critical": False}
    return row | values


def asked_of(person: str, project: str, hours: float, month: pd.Timestamp = JULY) -> dict[str, Any]:
    return {
        "person_id": person, "project_id": f"P-{project}", "period_month": month, "status_date": STATUS,
        "allocated_seconds": hours * HOUR,
    }  # fmt: skip


def given_to(
    *tasks: dict[str, Any], allocation: Any = (), demand: Any = (), there: Any = (), **people: Any
) -> tuple[Any, ...]:
    """What the analyses take: tasks, and persons of teams, each with 184 hours in July and 168 in August."""
    paths = pd.DataFrame(
        [
            {
                name: row.get(name) for name in ("schedule_id", "task_id", "project_id", "name", "is_critical")
            } | {
                "calendar": "five", "early_start_date": pd.Timestamp(row["first"]),
                "early_finish_date": pd.Timestamp(row["last"]), "total_float_days": 0.0, "free_float_days": 0.0,
                "is_near_critical": False,
            }
            for row in tasks
        ]
    ).reindex(columns=list(SchedulePath.to_schema().columns))  # fmt: skip
    persons = [
        {"person_id": name, "status_date": STATUS, "team": team, "fte_pct": 100.0} for name, team in people.items()
    ]
    calendars = [
        {"person_id": name, "period_month": month, "calendar_seconds": hours * HOUR}
        for name in people
        for month, hours in ((JULY, 184), (AUGUST, 168))
    ]
    return (
        checked(SchedulePath, paths), contract_frame("schedule_activity", list(tasks)),
        contract_frame("allocation", list(allocation)), contract_frame("person", persons),
        contract_frame("demand", list(demand)),
        contract_frame("planned_calendar_by_person_month", calendars),
        contract_frame("capacity_by_skill_month", list(there)),
    )  # fmt: skip


A = scheduled("A", "Deck", "2026-07-06", "2026-07-10", is_critical=True)
B = scheduled("B", "Piles", "2026-07-06", "2026-07-17")
ANN = [asked_of("ann", "A", 100), asked_of("ann", "B", 92)]


def test_the_worked_example() -> None:
    given = given_to(A, B, allocation=ANN, ann=None)
    (row,) = schedule_overlaps(*given).to_dict("records")
    assert (row["resource_kind"], row["resource_id"], row["start_date"]) == (
        "person",
        "ann",
        pd.Timestamp("2026-07-06"),
    )
    assert (row["project_ids"], row["task_names"]) == ("P-A, P-B", "P-A: Deck; P-B: Piles")
    assert (row["task_count"], row["critical_task_count"]) == (2, 1)
    times = [row[name] / HOUR for name in ("demand_seconds", "capacity_seconds", "short_seconds")]
    assert times == pytest.approx([146, 40, 106])
    (row,) = schedule_bottlenecks(*given).to_dict("records")
    assert (row["resource_id"], row["overlap_week_count"], row["critical_task_count"]) == ("ann", 1, 1)
    assert (row["catch_up_days"], row["short_seconds"] / HOUR) == pytest.approx((13.25, 106))


def test_a_team_has_the_time_of_all_its_persons_and_tasks_at_other_times_do_not_overlap() -> None:
    # Bo is asked for nothing: the team has 80 hours in the week, of which 146 are asked.
    given = given_to(A, B, allocation=ANN, ann="North", bo="North")
    found = schedule_overlaps(*given).set_index("resource_kind")
    assert found.loc["team", "resource_id"] == "North"
    assert found.loc["team", "short_seconds"] / HOUR == pytest.approx(66)
    assert found.index.to_list() == ["person", "team"]
    # It has twice what Ann has, and takes 66 hours over 16 a day.
    days = schedule_bottlenecks(*given).set_index("resource_kind")["catch_up_days"]
    assert days.to_dict() == pytest.approx({"person": 13.25, "team": 66 / 16})
    later = scheduled("B", "Piles", "2026-07-13", "2026-07-17")
    assert schedule_overlaps(*given_to(A, later, allocation=ANN, ann="North")).empty


def test_what_no_task_carries_lies_evenly_over_the_month_and_names_no_task() -> None:
    # C asks for 46 hours and has no task in July: 2 hours a weekday, 10 a week.
    given = given_to(A, B, allocation=[*ANN, asked_of("ann", "C", 46)], ann=None)
    (row,) = schedule_overlaps(*given).to_dict("records")
    assert row["short_seconds"] / HOUR == pytest.approx(116)
    assert row["project_ids"] == "P-A, P-B"
    # Two projects ask for it, but one has a task: no overlap of tasks.
    assert schedule_overlaps(*given_to(A, allocation=ANN, ann=None)).empty


def test_a_skill_is_short_at_the_level_that_is_asked_for_most() -> None:
    def wants(project: str, hours: float, level: int | None) -> dict[str, Any]:
        return {
            "project_id": f"P-{project}", "skill_id": "weld", "period_month": JULY, "status_date": STATUS,
            "demand_seconds": hours * HOUR, "level": level,
        }  # fmt: skip

    there = [
        {"skill_id": "weld", "level": level, "period_month": JULY, "person_count": 1, "capacity_seconds": 46 * HOUR}
        for level in (2, 4)
    ]
    # In the week there are 10 hours at level 4 and 20 in all; 50 are asked for at level 4 and 5 more of anybody.
    given = given_to(A, B, demand=[wants("A", 30, 4), wants("B", 40, 4)], there=there, ann=None)
    (row,) = schedule_overlaps(*given).to_dict("records")
    assert (row["resource_kind"], row["resource_id"]) == ("skill", "weld")
    assert [row[n] / HOUR for n in ("demand_seconds", "capacity_seconds")] == pytest.approx([50, 10])
    given = given_to(A, B, demand=[wants("A", 5, 4), wants("B", 80, None)], there=there, ann=None)
    (row,) = schedule_overlaps(*given).to_dict("records")
    assert [row[n] / HOUR for n in ("demand_seconds", "capacity_seconds")] == pytest.approx([45, 20])


def test_a_task_in_two_months_takes_of_each_what_is_asked_in_it_and_a_weekend_is_in_its_week() -> None:
    # The week from 27 July has five days of July, that from 3 August five of August.
    both = scheduled("A", "Long", "2026-07-27", "2026-08-07")
    weekend = scheduled("B", "Move", "2026-08-01", "2026-08-02", 16)
    needs = [asked_of("ann", "A", 60), asked_of("ann", "A", 70, AUGUST), asked_of("ann", "B", 30, AUGUST)]
    (row,) = schedule_overlaps(*given_to(both, weekend, allocation=needs, ann=None)).to_dict("records")
    # The weekend of August is in the week of 27 July: 60 and 30 hours of the 40 of July's last five weekdays.
    assert row["start_date"] == pd.Timestamp("2026-07-27")
    assert [row[n] / HOUR for n in ("demand_seconds", "capacity_seconds")] == pytest.approx([90, 40])


def test_who_has_no_time_stands_first_and_milestones_ask_for_nothing() -> None:
    rows = [asked_of("ann", "A", 100), asked_of("ann", "B", 92), asked_of("gone", "A", 1), asked_of("gone", "B", 1)]
    gate = scheduled("B", "Gate", "2026-07-06", "2026-07-06", 0)
    found = schedule_bottlenecks(*given_to(A, B, gate, allocation=rows, ann=None))
    assert found["resource_id"].to_list() == ["gone", "ann"]
    assert found["catch_up_days"].isna().to_list() == [True, False]
    assert found["task_count"].to_list() == [2, 2]


def test_five_tasks_are_named_and_those_of_every_project_first() -> None:
    many = [scheduled("A", f"T{number}", "2026-07-06", "2026-07-10", 40 + number) for number in range(6)]
    (row,) = schedule_overlaps(*given_to(*many, B, allocation=ANN, ann=None)).to_dict("records")
    assert row["task_names"] == "P-B: Piles; P-A: T5; P-A: T4; P-A: T3; P-A: T2; and 2 more"
    assert row["task_count"] == 7


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 20), st.sampled_from("AB"), st.integers(1, 99)), max_size=6),
    st.integers(0, 400), st.integers(0, 400),
)  # fmt: skip
def test_weeks_of_a_project_sum_to_what_it_asks_for(rows: list[Any], of_a: int, of_b: int) -> None:
    tasks = [
        scheduled(project, str(n), str((JULY + pd.Timedelta(days=first)).date()),
                  str((JULY + pd.Timedelta(days=first + length)).date()), hours)
        for n, (first, length, project, hours) in enumerate(rows)
    ]  # fmt: skip
    needs = [asked_of("ann", "A", of_a), asked_of("ann", "B", of_b)]
    paths, activity, *registers = given_to(*tasks, allocation=needs, ann="North")
    left = activity[["schedule_id", "task_id", "remaining_duration_seconds"]]
    load = resource_load(paths.merge(left, on=["schedule_id", "task_id"], how="left"), *registers)
    sums = load.asked.groupby(["resource_kind", "project_id"])["seconds"].sum() / HOUR
    for kind in ("person", "team"):
        assert sums.get((kind, "P-A"), 0) == pytest.approx(of_a)
        assert sums.get((kind, "P-B"), 0) == pytest.approx(of_b)
    weeks = load.asked[["resource_kind", "resource_id", "level", "start_date"]].drop_duplicates()
    told = load.asked[load.asked["has_task"]]["seconds"].sum()
    assert load.by_task(weeks)["seconds"].sum() == pytest.approx(told)
    assert load.there.groupby("resource_kind")["seconds"].sum().to_list() == pytest.approx([352 * HOUR] * 2)
