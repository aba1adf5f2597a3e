from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pmo_analytics.resources.demand_levelling import LevelledDemand, demand_levelling, levelled, skill_load
from pmo_analytics.resources.staffing import staffing
from tests.frames import project_row
from tests.resources.staff import (
    AUGUST,
    HOUR,
    JULY,
    SEPTEMBER,
    STATUS,
    allocated,
    asked,
    available,
    frame,
    hours_of,
    person,
    priorities,
    skill,
)

Rows = Sequence[dict[str, Any]]
Time = dict[tuple[str, pd.Timestamp], float]
TWO_MONTHS: Time = {("Ann", month): 250.0 for month in (JULY, AUGUST)}
SQL = [skill("Ann", "SQL", 3)]
BOTH = [asked("A", "SQL", 150), asked("B", "SQL", 150)]


def tables(demand: Rows, time: Time = TWO_MONTHS, skills: Rows = SQL, allocation: Rows = ()) -> list[pd.DataFrame]:
    people = [person(name) for name in dict.fromkeys(name for name, _ in time)]
    return [
        frame("demand", *demand), available(time), frame("person", *people), frame("person_skill", *skills),
        frame("allocation", *allocation), frame("effort_by_person_month"),
    ]  # fmt: skip


def plan(*given: Any, due: dict[str, str] | None = None, waits: Rows = (), **options: Any) -> LevelledDemand:
    """The levelled plan, with the days on which baselines of projects end."""
    rows = [project_row(name, baseline_finish_date=pd.Timestamp(day)) for name, day in (due or {}).items()]
    priority = options.pop("priority", None)
    staff = staffing(*tables(*given, **options), status_date=STATUS, priority=priority)
    return levelled(staff, frame("project", *rows), frame("project_dependency", *waits))


def moves(found: LevelledDemand) -> dict[Any, float]:
    return hours_of(found.moves, "project_id", "skill_id", "period_month", "to_month", of="moved_seconds")


def test_the_worked_example() -> None:
    found = plan(BOTH, priority=priorities(A=2, B=1), due={"B": "2026-07-31"})
    (move,) = found.moves.to_dict("records")
    assert moves(found) == {("B", "SQL", JULY, AUGUST): 50}
    assert (move["late_months"], move["is_proven"]) == (1, True)
    assert move["resolved_overload"] == "50 h of SQL (B) were short in 2026-07; A (priority 2) first"
    assert move["delayed_work"] == "B by 1 month, due in 2026-07"
    load = found.loads.set_index("period_month")
    assert (load["short_seconds"] / HOUR).to_list() == [50, 0]
    assert (load["levelled_seconds"] / HOUR).to_list() == [250, 50]
    assert (load["left_short_seconds"] / HOUR).to_list() == [0, 0]
    assert (load["capacity_seconds"] / HOUR).to_list() == [250, 250]
    in_time = plan(BOTH, priority=priorities(A=2, B=1), due={"B": "2026-08-31"})
    assert in_time.moves["late_months"].to_list() == [0]
    assert in_time.moves["delayed_work"].to_list() == ["nothing: B is due in 2026-08"]


def test_the_analyses_say_what_the_plan_says() -> None:
    given = [*tables(BOTH), frame("project"), frame("project_dependency")]
    found = plan(BOTH)
    pd.testing.assert_frame_equal(demand_levelling(*given, status_date=STATUS), found.moves)
    pd.testing.assert_frame_equal(skill_load(*given, status_date=STATUS), found.loads)


def test_what_has_room_until_its_due_month_moves_first_whatever_it_weighs() -> None:
    found = plan(BOTH, priority=priorities(A=2, B=1), due={"A": "2026-08-31", "B": "2026-07-31"})
    assert moves(found) == {("A", "SQL", JULY, AUGUST): 50}


def test_nothing_moves_where_nothing_is_short() -> None:
    found = plan([asked("A", "SQL", 150), asked("B", "SQL", 100)])
    assert found.moves.empty
    pd.testing.assert_frame_equal(found.before, found.after)


def test_one_large_move_goes_before_two_small_ones() -> None:
    # 60 hours are short; B alone can give them, C and D only together.
    found = plan([asked("A", "SQL", 130), asked("B", "SQL", 100), asked("C", "SQL", 40), asked("D", "SQL", 40)],
                 due=dict.fromkeys("ABCD", "2026-12-31"), priority=priorities(A=2))  # fmt: skip
    assert len(found.moves) == 1
    assert found.moves["moved_seconds"].to_list() == [60 * HOUR]


def test_a_persons_hours_count_once_for_two_skills() -> None:
    # 200 hours of each skill are there and 150 asked for of each, by one person with both.
    both = [skill("Ann", "SQL", 3), skill("Ann", "UX", 3)]
    found = plan([asked("A", "SQL", 150), asked("B", "UX", 150)], skills=both, priority=priorities(A=2))
    assert moves(found) == {("B", "UX", JULY, AUGUST): 50}
    # Bob can do B's part, so that who is short is told by people, not by sums of skills.
    with_bob = plan([asked("A", "SQL", 150), asked("B", "UX", 150)], {**TWO_MONTHS, ("Bob", JULY): 50.0},
                    skills=[*both, skill("Bob", "UX", 1)])  # fmt: skip
    assert with_bob.moves.empty


def test_a_move_may_free_people_for_another_skill() -> None:
    levels = [skill("Ann", "SQL", 3), skill("Ann", "UX", 3)]
    found = plan([asked("A", "UX", 100), asked("B", "SQL", 200)], skills=levels, priority=priorities(B=2),
                 due={"A": "2026-07-31", "B": "2026-09-30"})  # fmt: skip
    (move,) = found.moves.to_dict("records")
    assert (move["project_id"], move["moved_seconds"]) == ("B", 50 * HOUR)
    assert move["resolved_overload"] == "50 h of UX (A) were short in 2026-07, and who has SQL can do it"


def test_what_no_month_has_room_for_stays_and_says_why() -> None:
    found = plan([asked("A", "SQL", 400), asked("B", "SQL", 200)], priority=priorities(A=2))
    assert moves(found) == {("A", "SQL", JULY, AUGUST): 150, ("B", "SQL", JULY, AUGUST): 100}
    left = found.after[found.after["person_id"].isna()]
    assert hours_of(left, "project_id", "period_month") == {("B", JULY): 100}
    assert left["reason"].iloc[0].startswith("1 person has it, all taken: A 250 h (priority 2)")
    assert found.loads["left_short_seconds"].sum() == 100 * HOUR


def test_what_is_allocated_stays_in_its_month() -> None:
    found = plan(BOTH, allocation=[allocated("Ann", "B", 150)], priority=priorities(A=2), due={"A": "2026-07-31"})
    assert moves(found) == {("A", "SQL", JULY, AUGUST): 50}


def test_who_waits_for_a_delayed_project_is_named() -> None:
    tie = {"origin": "register", "predecessor_project_id": "B", "successor_project_id": "C", "link_count": 1,
           "open_link_count": 1, "dangling_count": 0}  # fmt: skip
    found = plan(BOTH, priority=priorities(A=2), due={"B": "2026-06-30"},
                 waits=[tie | {"link_state": "open"},
                        tie | {"link_state": "delivered", "successor_project_id": "D"}])  # fmt: skip
    assert found.moves["delayed_work"].to_list() == ["B by 1 month, planned past 2026-06 already; C waits for it"]


@pytest.mark.parametrize("seed", range(6))
def test_hours_are_neither_lost_nor_done_by_who_has_none(seed: int) -> None:
    chance = np.random.default_rng(seed)
    months = [JULY, AUGUST, SEPTEMBER]
    names, skills = ["Ann", "Bob", "Cid", "Dot"], ["SQL", "UX"]
    levels = [skill(n, s, int(chance.integers(1, 5))) for n in names for s in skills if chance.random() < 0.7]
    time = {(n, m): float(chance.integers(20, 150)) for n in names for m in months}
    rows = [
        asked(p, s, float(chance.integers(10, 120)), m, level=int(chance.integers(0, 4)))
        for p in "ABC" for s in skills for m in months if chance.random() < 0.8
    ]  # fmt: skip
    found = plan(rows, time, levels, priority=priorities(A=3, B=2))
    total = sum(row["demand_seconds"] for row in rows)
    for assignment in (found.before, found.after):
        assert assignment["assigned_seconds"].sum() == total
        given = hours_of(assignment.dropna(subset=["person_id"]), "person_id", "period_month")
        assert all(hours <= time[key] for key, hours in given.items())
    assert (found.moves["to_month"] > found.moves["period_month"]).all()
    unmet = [assignment[assignment["person_id"].isna()]["assigned_seconds"].sum() for assignment in
             (found.before, found.after)]  # fmt: skip
    assert unmet[1] <= unmet[0]
    loads = found.loads
    assert loads["demand_seconds"].sum() == loads["levelled_seconds"].sum() == total
    assert [loads[column].sum() for column in ("short_seconds", "left_short_seconds")] == unmet
