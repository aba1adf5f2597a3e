"""The 14 points of small schedules, counted by hand."""

from __future__ import annotations

import itertools
from typing import Any

import pandas as pd
import pytest

from pmo_analytics.governance.dcma import POINTS, dcma_offences, dcma_points
from tests.frames import contract_frame

D = pd.Timestamp
DAY = 8 * 3600.0
STATUS = D("2026-03-31")


def task(name: str, **values: Any) -> dict[str, Any]:
    """A task of a day to come, on 1 April."""
    row = {
        "schedule_id": "S", "task_id": name, "status_date": STATUS, "name": f"Task {name}", "state": "to_do",
        "duration_seconds": DAY, "remaining_duration_seconds": DAY, "start_at": D("2026-04-01 08:00"),
        "finish_at": D("2026-04-01 16:00"), "task_type": "task", "total_float_seconds": 0.0,
    }  # fmt: skip
    return row | values


def done(name: str, finish: str, planned: str | None) -> dict[str, Any]:
    return task(
        name, state="done", remaining_duration_seconds=0.0, actual_start_at=D(finish), actual_finish_at=D(finish),
        start_at=D(finish), finish_at=D(finish), baseline_finish_at=None if planned is None else D(planned),
    )  # fmt: skip


def link(first: str, second: str, **values: Any) -> dict[str, Any]:
    row = {"origin": "schedule", "predecessor_schedule_id": "S", "predecessor_id": first, "schedule_id": "S",
           "successor_id": second, "relation": "FS", "lag_seconds": 0.0, "link_state": "open"}  # fmt: skip
    return row | values


def frames(
    tasks: list[dict[str, Any]], links: list[dict[str, Any]], calendars: list[dict[str, Any]]
) -> tuple[pd.DataFrame, ...]:  # fmt: skip
    return (
        contract_frame("schedule_activity", tasks), contract_frame("schedule_tie", links),
        contract_frame("schedule_calendar", calendars),
    )  # fmt: skip


def points(
    tasks: list[dict[str, Any]],
    links: list[dict[str, Any]] | None = None,
    calendars: list[dict[str, Any]] = [],  # noqa: B006
) -> dict[str, tuple[int, int, str]]:
    if links is None:
        links = []
    given = frames(tasks, links, calendars)
    found = dcma_points(*given)
    offences = dcma_offences(*given).groupby("dcma_point").size()
    for row in found.to_dict("records"):
        if row["dcma_point"] not in {"relationship types", "critical path length index", "baseline execution index"}:
            assert offences.get(row["dcma_point"], 0) == row["counted_count"], "every one that counts is named"
    return {
        row["dcma_point"]: (row["counted_count"], row["checked_count"], row["verdict"])
        for row in found.to_dict("records")
    }


def chain(count: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    names = [f"T{number:02d}" for number in range(count)]
    return [task(name) for name in names], [link(a, b) for a, b in itertools.pairwise(names)]


def test_the_worked_example() -> None:
    tasks, links = chain(20)
    # T00 has no predecessor, T19 no successor, T10 neither.
    links = [row for row in links if "T10" not in (row["predecessor_id"], row["successor_id"])]
    found = points(tasks, [*links, link("T09", "T11")])
    assert found["logic"] == (3, 20, "failed")
    finished = [done(f"D{n}", "2026-03-01", "2026-03-01") for n in range(8)] + [done("D8", "2026-03-01", None)]
    due = [task(f"L{n}", baseline_finish_at=D("2026-03-20")) for n in range(2)]
    assert points([*finished, *due])["baseline execution index"] == (9, 10, "failed")


def test_two_ends_of_a_chain_of_forty_are_five_percent_and_allowed_and_of_39_are_not() -> None:
    assert points(*chain(40))["logic"] == (2, 40, "passed")
    assert points(*chain(39))["logic"] == (2, 39, "failed")


def test_links_are_those_to_what_is_not_done() -> None:
    tasks = [done("D", "2026-03-01", None), task("A"), task("B"), task("C")]
    links = [
        link("D", "A", lag_seconds=DAY, link_state="delivered"), link("A", "B", lag_seconds=-DAY),
        link("A", "C", relation="SS"), link("X", "D", relation="SF", link_state="unknown"),
    ]  # fmt: skip
    found = points(tasks, links)
    assert found["leads"] == (1, 3, "failed")
    assert found["lags"] == (1, 3, "failed")
    assert found["relationship types"] == (2, 3, "failed")
    assert points(*chain(11))["relationship types"] == (10, 10, "passed")


@pytest.mark.parametrize(("hours", "count"), [(8, 1), (10, 0)])
def test_days_are_usual_days_of_the_calendar(hours: int, count: int) -> None:
    week = f'{{"1": [["08:00", "{8 + hours:02d}:00"]], "6": []}}'
    calendar = {"schedule_id": "S", "calendar": "C", "status_date": STATUS, "working_week": week}
    long = task("A", calendar="C", duration_seconds=44.5 * DAY, total_float_seconds=44.5 * DAY)
    found = points([long], calendars=[calendar])
    assert found["high duration"][:2] == found["high float"][:2] == (count, 1)


def test_limits_themselves_are_allowed_and_milestones_take_no_time() -> None:
    reached = task("M", task_type="finish_milestone", duration_seconds=90 * DAY)
    tasks = [
        task("A", duration_seconds=44 * DAY, total_float_seconds=44 * DAY),
        reached,
        task("Z", duration_seconds=0.0),
    ]
    found = points(tasks)
    assert found["high duration"] == (0, 1, "passed")
    assert found["high float"] == (0, 3, "passed")
    assert points([task("A", total_float_seconds=-1.0)])["negative float"] == (1, 1, "failed")


def test_what_a_schedule_does_not_state_is_not_checked() -> None:
    found = points([task("A", total_float_seconds=None)])
    told = {name: verdict for name, (_, _, verdict) in found.items()}
    unknown = {"high float", "negative float", "resources", "leads", "lags", "relationship types", "missed tasks",
               "critical path length index", "baseline execution index"}  # fmt: skip
    assert {name for name, verdict in told.items() if verdict == "not checked"} == unknown
    assert list(found) == [name for name, *_ in POINTS]


@pytest.mark.parametrize(
    ("kind", "is_hard"),
    [("start_on", True), ("mandatory_finish", True), ("finish_no_later_than", True), ("start_no_earlier_than", False),
     ("as_late_as_possible", False), (None, False)],
)  # fmt: skip
def test_hard_is_a_constraint_that_holds_a_date_against_the_logic(kind: str | None, is_hard: bool) -> None:
    at = None if kind is None else D("2026-04-01")
    assert points([task("A", constraint_type=kind, constraint_at=at)])["hard constraints"][0] == int(is_hard)


@pytest.mark.parametrize(
    ("values", "count"),
    [
        ({"start_at": D("2026-03-30 08:00")}, 1),
        ({"start_at": D("2026-03-31 08:00")}, 0),
        ({"state": "in_progress", "actual_start_at": D("2026-03-31 15:00"), "start_at": D("2026-03-31 15:00")}, 0),
        ({"state": "in_progress", "actual_start_at": D("2026-04-01 08:00")}, 1),
        ({"state": "in_progress", "start_at": D("2026-03-01"), "finish_at": D("2026-03-30")}, 1),
    ],
)
def test_dates_are_held_against_the_data_date(values: dict[str, Any], count: int) -> None:
    assert points([task("A", **values)])["invalid dates"][0] == count


def test_missed_is_what_finished_later_than_planned_or_is_still_to_come() -> None:
    tasks = [
        done("A", "2026-03-10", "2026-03-10"), done("B", "2026-03-11", "2026-03-10"),
        task("C", baseline_finish_at=D("2026-03-31 16:00")), task("E", baseline_finish_at=D("2026-04-02")),
    ]  # fmt: skip
    assert points(tasks)["missed tasks"] == (2, 3, "failed")


def test_a_delay_that_the_finish_does_not_take_up_breaks_the_path() -> None:
    tasks, links = chain(5)
    assert points(tasks, links)["critical path test"] == (0, 1, "passed")
    links[0] |= {"relation": "SS", "lag_seconds": DAY / 2}
    assert points(tasks, links)["critical path test"] == (1, 1, "failed")


def test_path_length_is_from_the_data_date_and_its_float_to_the_last_baseline_finish() -> None:
    # A finish on 10 July lies 101 days on; planned for the 5th it is 5 days late: 96 / 101 is 0.950.
    tasks = [task("A", finish_at=D("2026-07-10 16:00"), baseline_finish_at=D("2026-07-05 16:00"))]
    assert points(tasks)["critical path length index"] == (96, 101, "passed")
    tasks[0]["baseline_finish_at"] = D("2026-07-04 16:00")
    assert points(tasks)["critical path length index"] == (95, 101, "failed")
