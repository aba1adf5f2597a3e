from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pmo_analytics.knowledge.training_choice import training_alternative
from tests.frames import contract_frame
from tests.knowledge.staff import HOUR, STATUS, day
from tests.knowledge.training import chosen, course, done, person, seat, session, short

GAPS = short(("sql", 3, "2026-08-01", 60), ("sql", 3, "2026-09-01", 60))
HELD = [("ann", "sql", 2), ("bo", "sql", 1)]
PEOPLE = [person("ann"), person("bo")]
COURSES = [course("c23", "sql", 2, 3)]
SESSIONS = [session("s1", "c23", "2026-07-06", "2026-07-08")]
HOURS = {(who, month): 160.0 for who in ("ann", "bo", "cy") for month in ("2026-08-01", "2026-09-01", "2026-10-01")}


def worked(**changes: Any) -> pd.DataFrame:
    given: dict[str, Any] = {
        "gaps": GAPS, "held": HELD, "people": PEOPLE, "courses": COURSES, "sessions": SESSIONS, "hours": HOURS,
    }  # fmt: skip
    return chosen(**(given | changes))


def pairs(found: pd.DataFrame) -> list[tuple[str, str]]:
    rows = found[found["is_chosen"]]
    return list(zip(rows["person_id"], rows["session_id"], strict=True))


def reasons(found: pd.DataFrame) -> dict[tuple[str, str], int]:
    rows = found[~found["is_chosen"]]
    return {(s, r): n for s, r, n in zip(rows["session_id"], rows["reason"], rows["person_count"], strict=True)}


def test_the_worked_example() -> None:
    found = worked()
    assert pairs(found) == [("ann", "s1")]
    first = found.iloc[0]
    assert first["closed_seconds"] == 120 * HOUR
    assert (first["cost_amount"], first["held_level"], first["path_position"]) == (900, 2, 1)
    assert first["ready_date"] == day("2026-07-09")
    assert reasons(found) == {("s1", "lacks the level it starts from"): 1}
    assert found["is_proven"].all()


def test_a_path_of_two_courses_is_found_and_its_gap_stands_with_the_last() -> None:
    found = worked(
        gaps=short(("sql", 4, "2026-09-01", 50)),
        courses=[*COURSES, course("c34", "sql", 3, 4)],
        sessions=[*SESSIONS, session("s2", "c34", "2026-08-03", "2026-08-05")],
    )
    assert pairs(found) == [("ann", "s1"), ("ann", "s2")]
    rows = found[found["is_chosen"]]
    assert rows["path_position"].to_list() == [1, 2]
    assert (rows["closed_seconds"] / HOUR).to_list() == [0, 50]
    assert rows["reason"].to_list() == ["leads to the next course", "closes a gap"]


def test_the_lead_time_decides_which_month_is_the_first() -> None:
    found = worked(courses=[course("c23", "sql", 2, 3, lead_time_days=30.0)])
    assert found.iloc[0]["closed_seconds"] == 60 * HOUR
    assert found.iloc[0]["ready_date"] == day("2026-08-08")


def test_of_two_sessions_that_close_as_much_the_cheaper_is_taken_and_of_two_alike_the_earlier() -> None:
    dear = worked(
        courses=[*COURSES, course("cheap", "sql", 2, 3, cost_amount=500.0)],
        sessions=[*SESSIONS, session("s2", "cheap", "2026-07-20", "2026-07-22")],
    )
    assert pairs(dear) == [("ann", "s2")]
    assert reasons(dear)["s1", "it would bring nothing more"] == 1
    alike = worked(sessions=[session("s2", "c23", "2026-07-20", "2026-07-22"), *SESSIONS])
    assert pairs(alike) == [("ann", "s1")]
    assert reasons(alike)["s2", "in another session of it"] == 1


def test_a_small_budget_leaves_out_who_closes_least_and_says_so() -> None:
    both = [("ann", "sql", 2), ("bo", "sql", 2)]
    seats = [session("s1", "c23", "2026-07-06", "2026-07-08", seats=2)]
    hours = HOURS | {("bo", "2026-09-01"): 20.0}
    tight = worked(gaps=short(("sql", 3, "2026-09-01", 200)), held=both, sessions=seats, hours=hours, budget_amount=900)
    assert pairs(tight) == [("ann", "s1")]
    assert reasons(tight) == {("s1", "the budget is spent"): 1}
    wide = worked(gaps=short(("sql", 3, "2026-09-01", 200)), held=both, sessions=seats, hours=hours)
    assert pairs(wide) == [("ann", "s1"), ("bo", "s1")]


def test_a_course_that_costs_more_than_what_it_closes_would_elsewhere_is_not_taken() -> None:
    assert pairs(worked(worth_hourly_amount=7)) == []
    assert reasons(worked(worth_hourly_amount=7))["s1", "it would bring nothing more"] == 1
    assert pairs(worked(worth_hourly_amount=8)) == [("ann", "s1")]


def test_seats_that_are_taken_are_not_given_again_and_who_waits_takes_none() -> None:
    assert reasons(worked(enrolment=[seat("s1", "cy")])) == {("s1", "no seat is free"): 0}
    assert pairs(worked(enrolment=[seat("s1", "cy", "waiting"), seat("s1", "bo", "cancelled")])) == [("ann", "s1")]


@pytest.mark.parametrize(
    ("changes", "session_id", "reason"),
    [
        ({"held": [("ann", "sql", 3)]}, "s1", "has its level"),
        ({"people": [person("ann", left_date=day("2026-07-31"))]}, "s1", "it would bring nothing more"),
        ({"people": [person("ann", left_date=day("2026-07-07"))]}, "s1", "not employed then"),
        ({"away": [{"person_id": "ann", "absence_date": day("2026-07-07"), "duration_seconds": HOUR}]}, "s1",
         "away on its days"),
        ({"record": [done("ann", "c23", "2026-01-10")]}, "s1", "has done the course"),
        ({"people": [person("ann", location="Oslo")],
          "sessions": [session("s1", "c23", "2026-07-06", "2026-07-08", location="Bergen")]}, "s1",
         "in another place"),
        ({"hours": {}}, "s1", "no time to use it"),
        ({"sessions": [session("s1", "c23", "2026-06-29", "2026-07-08")]}, "s1", "it has begun"),
        ({"sessions": [session("s1", "c23", None, None)]}, "s1", "it has no dates"),
        ({"sessions": [session("s1", "c23", "2026-09-02", "2026-09-03")]}, "s1", "it ends too late for any gap"),
        ({"courses": [course("c23", "ux", 2, 3)]}, "s1", "nothing is short of its skill"),
        ({"courses": [course("c23", "sql", 2, None)]}, "s1", "its course states no level"),
        ({"currency": "SEK"}, "s1", "its cost is in another currency"),
        ({"courses": [course("c23", "sql", 2, 3, cost_amount=None)], "budget_amount": 10}, "s1", "no cost is stated"),
    ],
)  # fmt: skip
def test_why_nobody_is_sent_is_told(changes: dict[str, Any], session_id: str, reason: str) -> None:
    given = {"people": [person("ann")], "held": [("ann", "sql", 2)]} | changes
    if reason == "it would bring nothing more":
        given["hours"] = {("ann", "2026-07-01"): 160.0}
    found = worked(**given)
    assert pairs(found) == []
    assert [(s, r) for s, r in reasons(found)] == [(session_id, reason)]


def test_online_and_travel_take_anybody() -> None:
    people = [person("ann", location="Oslo")]
    online = [session("s1", "c23", "2026-07-06", "2026-07-08", location="Online")]
    away = [session("s1", "c23", "2026-07-06", "2026-07-08", location="Bergen")]
    assert pairs(worked(people=people, sessions=online)) == [("ann", "s1")]
    assert pairs(worked(people=people, sessions=away, is_travel_allowed=True)) == [("ann", "s1")]


def test_a_persons_time_is_there_once_and_what_is_allocated_is_not() -> None:
    taken = {"person_id": "ann", "project_id": "A", "period_month": day("2026-08-01"), "status_date": STATUS}
    found = worked(allocation=[taken | {"allocated_seconds": 140 * HOUR}])
    assert found.iloc[0]["closed_seconds"] == (20 + 60) * HOUR
    two = worked(
        gaps=short(("sql", 3, "2026-09-01", 60), ("ux", 3, "2026-09-01", 60)),
        held=[("ann", "sql", 2), ("ann", "ux", 2)], people=[person("ann")],
        courses=[*COURSES, course("u23", "ux", 2, 3)],
        sessions=[*SESSIONS, session("s2", "u23", "2026-07-13", "2026-07-14")],
    )  # fmt: skip
    assert two["closed_seconds"].sum() == 80 * HOUR


def test_what_is_left_and_hires_instead_stand_beside() -> None:
    found = worked()
    calendar = contract_frame(
        "planned_calendar_by_person_month",
        [{"person_id": "ann", "period_month": day(m), "calendar_seconds": 160 * HOUR}
         for m in ("2026-08-01", "2026-09-01")],
    )  # fmt: skip
    row = training_alternative(GAPS, found, calendar).iloc[0]
    assert (row["to_close_seconds"] / HOUR, row["closed_seconds"] / HOUR, row["left_short_seconds"]) == (120, 120, 0)
    assert row["hire_fte"] == pytest.approx(60 / 160)
    assert row["cost_amount"] == 900


Value = tuple[float, float, int, int]


def _best(case: dict[str, Any], budget: int, worth: int | None) -> Value:
    """What is saved, hours by weight, cost and days of the best set of pairs, every set tried, the rules anew."""
    table = {row["course_id"]: row for row in case["courses"]}
    names = [row["person_id"] for row in case["people"]]
    held = {(who, skill): level for who, skill, level in case["held"]}
    every = [(who, row) for who in names for row in case["sessions"]]
    best: Value = (0, 0, 0, 0)
    for size in range(len(every) + 1):
        for some in combinations(every, size):
            if _keeps(some, table, held, budget):
                best = min(best, _value(some, table, held, case, worth))
    return best


def _value(some: Any, table: dict[str, Any], held: dict[Any, int], case: dict[str, Any], worth: int | None) -> Value:
    months = sorted(set(case["gaps"]["period_month"]))
    met = [_met(some, table, held, case, month) for month in months]
    cost = sum(int(table[row["course_id"]]["cost_amount"]) for _, row in some)
    days = sum((_ready(row, table) - STATUS).days for _, row in some)
    saved = 0 if worth is None else cost - worth * sum(met)
    return saved, -sum((len(months) - i) * hours for i, hours in enumerate(met)), cost, days


def _ready(row: dict[str, Any], table: dict[str, Any]) -> pd.Timestamp:
    return row["end_date"] + pd.Timedelta(days=1 + table[row["course_id"]]["lead_time_days"])


def _keeps(some: Any, table: dict[str, Any], held: dict[Any, int], budget: int) -> bool:
    if sum(table[row["course_id"]]["cost_amount"] for _, row in some) > budget:
        return False
    for who, row in some:
        what = table[row["course_id"]]
        level = held.get((who, what["skill_id"]), 0)
        if (
            sum(other["session_id"] == row["session_id"] for _, other in some) > row["seats"]
            or level >= what["level_to"]
        ):
            return False
        for name, other in some:
            if name != who or other is row:
                continue
            apart = other["end_date"] < row["start_date"] or row["end_date"] < other["start_date"]
            if other["course_id"] == row["course_id"] or not apart:
                return False
            prior = table[other["course_id"]]
            if prior["skill_id"] == what["skill_id"] and other["end_date"] < row["start_date"]:
                level = max(level, prior["level_to"])
        if level < what["level_from"]:
            return False
    return True


def _met(some: Any, table: dict[str, Any], held: dict[Any, int], case: dict[str, Any], month: pd.Timestamp) -> float:
    """The most hours of a month's gaps that persons can fill: of all cuts between persons and skills the smallest."""
    gaps = case["gaps"][case["gaps"]["period_month"] == month]
    level = dict(zip(gaps["skill_id"], gaps["asked_level"], strict=True))
    hours = dict(zip(gaps["skill_id"], gaps["to_close_seconds"] / HOUR, strict=True))
    can: dict[str, set[str]] = {}
    for who, row in some:
        what = table[row["course_id"]]
        skill = what["skill_id"]
        fits = skill in level and what["level_to"] >= level[skill] and held.get((who, skill), 0) < level[skill]
        if fits and _ready(row, table) <= month:
            can.setdefault(who, set()).add(skill)
    month_text = f"{month:%Y-%m-%d}"
    time = {who: case["hours"].get((who, month_text), 0.0) // 2 for who in can}
    cuts = []
    for size in range(len(level) + 1):
        for kept in combinations(level, size):
            outside = sum(value for skill, value in hours.items() if skill not in kept)
            cuts.append(outside + sum(value for who, value in time.items() if can[who] & set(kept)))
    return min(cuts)


def _random(seed: int) -> tuple[dict[str, Any], int, int | None]:
    chance = np.random.default_rng(seed)
    names = ["ann", "bo", "cy"][: int(chance.integers(2, 4))]
    kinds = ["sql", "ux"][: int(chance.integers(1, 3))]
    months = ["2026-09-01", "2026-10-01"][: int(chance.integers(1, 3))]
    gaps = short(*[(k, int(chance.integers(2, 5)), m, float(chance.integers(10, 150))) for k in kinds for m in months])
    courses = []
    for i in range(int(chance.integers(1, 4))):
        low = int(chance.integers(1, 4))
        courses.append(
            course(f"c{i}", str(chance.choice(kinds)), low, low + int(chance.integers(1, 3)),
                   cost_amount=float(chance.integers(1, 9) * 100), lead_time_days=float(chance.integers(0, 25)))
        )  # fmt: skip
    sessions = []
    for i in range(3 if len(names) == 3 else 4):
        start = STATUS + pd.Timedelta(days=int(chance.integers(1, 70)))
        end = start + pd.Timedelta(days=int(chance.integers(0, 6)))
        what = courses[int(chance.integers(len(courses)))]["course_id"]
        sessions.append(session(f"s{i}", what, str(start.date()), str(end.date()), seats=int(chance.integers(1, 3))))
    case = {
        "gaps": gaps,
        "held": [(who, kind, int(chance.integers(1, 4))) for who in names for kind in kinds],
        "people": [person(who) for who in names],
        "courses": courses,
        "sessions": sessions,
        "hours": {(who, month): float(chance.integers(20, 170)) for who in names for month in months},
    }
    return case, int(chance.integers(2, 30) * 100), int(chance.integers(2, 30)) if seed % 2 else None


def courses_chosen(seed: int) -> int:
    """How many enrolments are chosen on a random instance, held against every set of them."""
    case, budget, worth = _random(seed)
    found = chosen(**case, budget_amount=budget, worth_hourly_amount=worth)
    assert found["is_proven"].all()
    rows = found[found["is_chosen"]]
    months = sorted(set(case["gaps"]["period_month"]))
    table = {row["course_id"]: row for row in case["courses"]}
    by_id = {row["session_id"]: row for row in case["sessions"]}
    some = tuple((who, by_id[name]) for who, name in zip(rows["person_id"], rows["session_id"], strict=True))
    held = {(who, skill): level for who, skill, level in case["held"]}
    assert _keeps(some, table, held, budget), seed
    best = _best(case, budget, worth)
    assert _value(some, table, held, case, worth) == best, seed
    assert (rows["cost_amount"].sum(), (rows["ready_date"] - STATUS).dt.days.sum()) == best[2:]
    assert rows["closed_seconds"].sum() / HOUR == sum(_met(some, table, held, case, m) for m in months)
    return len(rows)


def test_no_choice_of_training_is_better_on_small_instances() -> None:
    assert sum(courses_chosen(seed) > 0 for seed in range(30)) > 10
