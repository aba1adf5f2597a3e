from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pmo_analytics.resources.task_levelling import (
    levelled_plan,
    load_rows,
    task_levelling,
    task_rows,
    weekly_skill_load,
)
from tests.frames import project_row
from tests.performance.test_schedule_paths import tie
from tests.resources.staff import (
    AUGUST,
    HOUR,
    JULY,
    STATUS,
    allocated,
    asked,
    away,
    calendar,
    frame,
    person,
    priorities,
    skill,
)

Rows = Sequence[dict[str, Any]]
SQL = [skill("Ann", "SQL", 3)]


def task(project: str, name: str, hours: float, start: str = "2026-07-06", **values: Any) -> dict[str, Any]:
    """A task of the schedule of a project."""
    row = {
        "schedule_id": project, "task_id": name, "status_date": STATUS, "project_id": project, "name": name,
        "state": "to_do", "duration_seconds": hours * HOUR, "remaining_duration_seconds": hours * HOUR,
        "start_at": pd.Timestamp(f"{start} 08:00"),
    }  # fmt: skip
    return row | values


def tables(tasks: Rows, demand: Rows, **given: Rows) -> list[pd.DataFrame]:
    """The frames of a plan; Ann with SQL is there where no people are given."""
    people, skills = given.get("people", [person("Ann")]), given.get("skills", SQL)
    return [
        frame("schedule_activity", *tasks), frame("schedule_tie", *given.get("ties", ())), frame("demand", *demand),
        frame("project", *given.get("projects", ())), frame("person", *people), frame("person_skill", *skills),
        calendar(), frame("absence", *given.get("absences", ())), frame("allocation", *given.get("allocation", ())),
    ]  # fmt: skip


def levelled(tasks: Rows, demand: Rows, *, priority: pd.DataFrame | None = None, **given: Rows) -> pd.DataFrame:
    return task_levelling(*tables(tasks, demand, **given), status_date=STATUS, priority=priority)


def row_of(found: pd.DataFrame, name: str) -> dict[str, Any]:
    (row,) = found[found["task_id"] == name].to_dict("records")
    return {str(column): None if pd.isna(value) else value for column, value in row.items()}


def starts(found: pd.DataFrame) -> dict[str, str]:
    return {str(name): f"{day:%m-%d}" for name, day in found.set_index("task_id")["levelled_start_date"].items()}


WORKED = ([task("A", "T", 40), task("B", "U", 40)], [asked("A", "SQL", 40), asked("B", "SQL", 40)])


def test_the_worked_example() -> None:
    found = levelled(*WORKED, priority=priorities(A=2))
    assert starts(found) == {"T": "07-06", "U": "07-13"}
    moved, stays = row_of(found, "U"), row_of(found, "T")
    assert found["task_id"].to_list() == ["U", "T"]
    assert (moved["task_id"], moved["shift_days"], moved["freed_seconds"]) == ("U", 5, 40 * HOUR)
    assert f"{moved['levelled_finish_date']:%m-%d}" == "07-17"
    assert moved["freed_work"] == "SQL: 40 h in the week of 2026-07-06"
    assert moved["resolved_overload"] == "40 h of SQL in the week of 2026-07-06 were short"
    assert moved["delayed_work"] == "B ends 5 working days later, 5 working days too late"
    assert moved["is_proven"]
    assert (stays["shift_days"], stays["freed_work"], stays["delayed_work"]) == (0, None, None)


def due(**days: str) -> list[dict[str, Any]]:
    return [project_row(name, baseline_finish_date=pd.Timestamp(day)) for name, day in days.items()]


def test_what_may_wait_without_being_late_waits_whatever_it_weighs() -> None:
    found = levelled(*WORKED, priority=priorities(A=2), projects=due(A="2026-07-31", B="2026-07-10"))
    assert starts(found) == {"T": "07-13", "U": "07-06"}
    assert row_of(found, "T")["delayed_work"] == "A ends 5 working days later, in time"


def test_tasks_that_wait_for_one_that_moves_follow_it() -> None:
    tasks = [*WORKED[0], task("B", "V", 16, "2026-07-13"), task("C", "W", 8, "2026-07-15")]
    found = levelled(
        tasks, [asked("A", "SQL", 40), asked("B", "SQL", 40)], priority=priorities(A=2),
        ties=[tie("B/U", "B/V"), tie("B/V", "C/W")],
    )  # fmt: skip
    # B's demand of July is divided by hours over both its tasks: of 40 hours U has 28.6.
    assert row_of(found, "V")["resolved_overload"] == "follows B/U"
    assert row_of(found, "V")["delayed_work"].endswith("; C/W moves with it")
    assert row_of(found, "W")["delayed_work"].startswith("C ends ")


def test_what_has_begun_stays_and_takes_its_people() -> None:
    begun = task("A", "T", 40, state="in_progress", start_at=pd.Timestamp("2026-06-29 08:00"))
    found = levelled([begun, task("B", "U", 40, "2026-07-01")], [asked("A", "SQL", 40), asked("B", "SQL", 40)],
                     priority=priorities(B=99))  # fmt: skip
    # A's five days go on from Wednesday, 1 July.
    assert starts(found) == {"T": "07-01", "U": "07-08"}
    assert found.set_index("task_id")["is_fixed"].to_dict() == {"T": True, "U": False}


def test_one_persons_two_skills_are_not_asked_for_at_once() -> None:
    both = [skill("Ann", "SQL", 3), skill("Ann", "UX", 3)]
    found = levelled(WORKED[0], [asked("A", "SQL", 40), asked("B", "UX", 40)], skills=both, priority=priorities(A=2))
    assert starts(found) == {"T": "07-06", "U": "07-13"}
    assert row_of(found, "U")["freed_work"] == "UX: 40 h in the week of 2026-07-06"
    with_bob = {"people": [person("Ann"), person("Bob")], "skills": [*both, skill("Bob", "UX", 3)]}
    beside = levelled(WORKED[0], [asked("A", "SQL", 40), asked("B", "UX", 40)], **with_bob)
    assert starts(beside) == {"T": "07-06", "U": "07-06"}


def test_a_level_is_met_by_those_at_it_or_above() -> None:
    people, skills = [person("Ann"), person("Bob")], [skill("Ann", "SQL", 5), skill("Bob", "SQL", 2)]
    given: dict[str, Any] = {"people": people, "skills": skills, "priority": priorities(A=2)}
    low = [asked("A", "SQL", 40, level=2), asked("B", "SQL", 40, level=4)]
    assert starts(levelled(WORKED[0], low, **given)) == {"T": "07-06", "U": "07-06"}
    high = [asked("A", "SQL", 40, level=4), asked("B", "SQL", 40, level=4)]
    assert starts(levelled(WORKED[0], high, **given)) == {"T": "07-06", "U": "07-13"}


def test_leave_and_time_allocated_elsewhere_lower_what_there_is() -> None:
    away_for_a_week = [away("Ann", f"2026-07-{day:02d}") for day in range(6, 11)]
    one = [task("A", "T", 40)], [asked("A", "SQL", 40)]
    assert starts(levelled(*one, absences=away_for_a_week)) == {"T": "07-13"}
    # Half of every month is allocated to C, which asks for no skill: 40 hours take two weeks.
    hours = (92, 84, 88, 88, 84, 92)
    months = pd.date_range(JULY, periods=6, freq="MS")
    half = levelled(*one, allocation=[allocated("Ann", "C", h, m) for h, m in zip(hours, months, strict=True)])
    assert starts(half) == {"T": "07-06"}
    assert f"{half['levelled_finish_date'].iloc[0]:%m-%d}" == "07-17"
    assert half["quality_note"].to_list() == ["takes longer: asks for more at a time than there ever is"]


def test_demand_that_no_task_carries_stays_where_it_is() -> None:
    # C asks for half of July's 184 hours and has no schedule: what asks for all of a person waits for August.
    found = levelled([task("A", "T", 40)], [asked("A", "SQL", 40), asked("C", "SQL", 92)])
    assert starts(found) == {"T": "08-03"}
    assert row_of(found, "T")["resolved_overload"] == "20 h of SQL in the week of 2026-07-06 were short"


def test_what_stays_and_is_too_much_is_short_before_and_after() -> None:
    loads = weekly_skill_load(*tables([task("A", "T", 8, "2026-08-03")], [asked("C", "SQL", 230)]), status_date=STATUS)
    week = loads.set_index("start_date").loc[pd.Timestamp("2026-07-06")]
    # A quarter more than there is: 50 hours of 40.
    columns = ["demand_seconds", "short_seconds", "levelled_seconds", "left_short_seconds"]
    assert (week[columns] / HOUR).to_list() == [50, 10, 50, 10]


def test_a_skill_that_nobody_has_holds_nothing_up() -> None:
    found = levelled([task("A", "T", 40)], [asked("A", "COBOL", 40)])
    assert starts(found) == {"T": "07-06"}
    assert row_of(found, "T")["quality_note"] == "nobody has time for COBOL"


def test_weeks_say_what_is_asked_for_and_short_before_and_after() -> None:
    given = tables(*WORKED)
    loads = weekly_skill_load(*given, status_date=STATUS).set_index("start_date")
    columns = ["capacity_seconds", "demand_seconds", "short_seconds", "levelled_seconds", "left_short_seconds"]
    hours = {f"{week:%m-%d}": list(row) for week, row in (loads[columns] / HOUR).iterrows()}
    assert hours == {"07-06": [40, 80, 40, 40, 0], "07-13": [40, 0, 0, 40, 0]}


def test_weeks_are_cut_where_months_meet() -> None:
    # July asks for 16 hours on its last two working days, August for 8 on its first: one task of three days.
    found = weekly_skill_load(
        *tables([task("A", "T", 24, "2026-07-30")], [asked("A", "SQL", 16), asked("A", "SQL", 8, AUGUST)]),
        status_date=STATUS,
    )
    hours = dict(zip(found["start_date"].dt.strftime("%m-%d"), found["demand_seconds"] / HOUR, strict=True))
    assert hours == {"07-27": 16, "08-03": 8}


def test_days_on_which_nobody_works_are_no_days_of_the_axis() -> None:
    # The calendar knows no 6 July: a task of one day begins on the 7th.
    given = tables([task("A", "T", 8)], [asked("A", "SQL", 8)])
    given[6] = given[6][given[6]["calendar_date"] != pd.Timestamp("2026-07-06")]
    found = task_levelling(*given, status_date=STATUS)
    assert starts(found) == {"T": "07-07"}


@pytest.mark.parametrize("seed", range(4))
def test_what_is_levelled_can_be_done_by_those_who_are_there(seed: int) -> None:
    chance = np.random.default_rng(seed)
    skills = ["SQL", "UX"]
    people = [person(name, fte_pct=float(chance.choice([50, 100]))) for name in ("Ann", "Bob", "Cid")]
    levels = [
        skill(row["person_id"], s, int(chance.integers(2, 5)))
        for row in people
        for s in skills
        if chance.random() < 0.7
    ]
    tasks, ties = [], []
    for project in "ABC":
        for number in range(4):
            start = f"2026-07-{int(chance.integers(6, 28)):02d}"
            tasks.append(task(project, f"{project}{number}", float(chance.integers(4, 60)), start))
            if number and chance.random() < 0.5:
                ties.append(tie(f"{project}/{project}{number - 1}", f"{project}/{project}{number}"))
    demand = [
        asked(p, s, float(chance.integers(10, 60)), m, level=int(chance.integers(0, 4)))
        for p in "ABC" for s in skills for m in (JULY, AUGUST)
    ]  # fmt: skip
    given = tables(tasks, demand, people=people, skills=levels, ties=ties)
    plan = levelled_plan(*given, status_date=STATUS, priority=priorities(A=3, B=2))
    assert plan.is_proven
    rows, loads = task_rows(plan, {"A": 3.0, "B": 2.0}), load_rows(plan)
    assert (rows["levelled_start_date"] >= rows["planned_start_date"]).all()
    # What is left short is what stays where it is, and what nobody has time for at all.
    in_vain = sum(plan.needs.asked[place] for place in plan.unmeetable) + plan.needs.short_fixed.sum()
    assert loads["left_short_seconds"].sum() == pytest.approx(in_vain, rel=1e-3)
    # All that is asked for is in the weeks; units are whole, and rounded down.
    assert loads["demand_seconds"].sum() == pytest.approx(sum(row["demand_seconds"] for row in demand), rel=1e-3)
