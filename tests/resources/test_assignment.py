from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pmo_analytics.resources.assignment import assignment
from tests.resources.staff import (
    AUGUST,
    HOUR,
    JULY,
    STATUS,
    allocated,
    asked,
    available,
    booked,
    frame,
    hours_of,
    person,
    priorities,
    skill,
)

Rows = Sequence[dict[str, Any]]


def assigned(
    demand: Rows,
    time: dict[tuple[str, pd.Timestamp], float],
    skills: Rows,
    *,
    people: Rows = (),
    allocation: Rows = (),
    effort: Rows = (),
    **options: Any,
) -> pd.DataFrame:
    """The assignment of a staff that is known by its time and skills."""
    return assignment(*frames(demand, time, skills, people, allocation, effort), status_date=STATUS, **options)


def frames(  # noqa: PLR0917
    demand: Rows,
    time: dict[tuple[str, pd.Timestamp], float],
    skills: Rows,
    people: Rows,
    allocation: Rows,
    effort: Rows,
) -> list[pd.DataFrame]:
    everybody = people or [person(name) for name in dict.fromkeys(name for name, _ in time)]
    return [
        frame("demand", *demand), available(time), frame("person", *everybody), frame("person_skill", *skills),
        frame("allocation", *allocation), frame("effort_by_person_month", *effort),
    ]  # fmt: skip


def reason(found: pd.DataFrame, who: str | None = None) -> str:
    rows = found[found["person_id"].isna()] if who is None else found[found["person_id"] == who]
    (text,) = rows["reason"]
    return str(text)


SQL = [skill("Ann", "SQL", 3), skill("Bob", "SQL", 3)]
TIME = {("Ann", JULY): 120.0, ("Bob", JULY): 40.0}


def test_the_worked_example() -> None:
    found = assigned(
        [asked("A", "SQL", 100), asked("B", "SQL", 80)], TIME, SQL,
        effort=[booked("Bob", "B", "2026-06")], priority=priorities(A=2, B=1),
    )  # fmt: skip
    assert hours_of(found, "project_id", "person_id") == {
        ("A", "Ann"): 100, ("B", "Ann"): 20, ("B", "Bob"): 40, ("B", None): 20,
    }  # fmt: skip
    assert found["assignment_basis"].to_list() == ["new", "new", "stays", "unmet"]
    assert reason(found) == (
        "2 people have it, all taken: A 100 h (priority 2), B 60 h (priority 1); this is priority 1"
    )


def test_what_weighs_more_goes_first_whoever_is_on_the_project() -> None:
    found = assigned(
        [asked("A", "SQL", 160), asked("B", "SQL", 40)], TIME, SQL,
        effort=[booked("Ann", "B", "2026-06")], priority=priorities(B=0.1),
    )  # fmt: skip
    # A project that nothing is stated of weighs 1.
    assert hours_of(found, "project_id", "person_id") == {("A", "Ann"): 120, ("A", "Bob"): 40, ("B", None): 40}


def test_people_do_what_they_are_allocated_to_before_others_do() -> None:
    found = assigned(
        [asked("A", "SQL", 100)], {("Ann", JULY): 60, ("Bob", JULY): 60}, SQL,
        allocation=[allocated("Ann", "A", 60), allocated("Bob", "A", 20)],
    )  # fmt: skip
    assert hours_of(found, "person_id", "assignment_basis") == {("Ann", "kept"): 60, ("Bob", "kept"): 40}


def test_a_skilled_person_is_kept_free_for_who_needs_that_level() -> None:
    levels = [skill("Ann", "SQL", 5), skill("Bob", "SQL", 2)]
    found = assigned(
        [asked("A", "SQL", 40, level=2), asked("B", "SQL", 40, level=4)], {("Ann", JULY): 80, ("Bob", JULY): 40}, levels
    )
    assert hours_of(found, "project_id", "person_id") == {("A", "Bob"): 40, ("B", "Ann"): 40}
    assert "SQL at 5, 4 asked for" in reason(found, "Ann")


def test_the_level_is_the_last_assessed_by_the_reporting_date() -> None:
    levels = [skill("Ann", "SQL", 2), skill("Ann", "SQL", 4, "2026-06-01"), skill("Ann", "SQL", 1, "2026-07-02")]
    found = assigned([asked("A", "SQL", 40, level=4)], {("Ann", JULY): 80}, levels)
    assert found["held_level"].to_list() == [4]


def test_people_of_the_projects_place_go_first_and_on_site_nobody_else() -> None:
    people = [person("Ann", location="Oslo"), person("Bob", location="Bergen"), person("Cid", location="Bergen")]
    given: dict[str, Any] = {"people": people, "effort": [booked("Cid", "A", "2026-06")]}
    found = assigned([asked("A", "SQL", 60)], TIME, SQL, **given)
    assert hours_of(found, "person_id") == {"Ann": 20, "Bob": 40}
    assert found.set_index("person_id")["is_elsewhere"].to_dict() == {"Ann": True, "Bob": False}
    assert reason(found, "Ann").endswith("; in Oslo, the project is in Bergen")
    assert reason(found, "Bob").endswith("; in Bergen as the project")
    strict = assigned([asked("A", "SQL", 60)], TIME, SQL, on_site=True, **given)
    assert hours_of(strict, "person_id") == {"Bob": 40, None: 20}


def test_who_begins_in_one_month_is_on_the_project_in_the_next() -> None:
    time = {(name, month): 80.0 for name in ("Ann", "Bob") for month in (JULY, AUGUST)}
    # In July Ann alone has time for both; in August Bob, who is nearer to the level, would do.
    time["Bob", JULY] = 0.0
    levels = [skill("Ann", "SQL", 5), skill("Bob", "SQL", 3)]
    found = assigned([asked("A", "SQL", 40, month, level=3) for month in (JULY, AUGUST)], time, levels)
    assert hours_of(found, "period_month", "person_id") == {(JULY, "Ann"): 40, (AUGUST, "Ann"): 40}
    assert found["assignment_basis"].to_list() == ["new", "stays"]


def test_what_is_allocated_is_kept_and_takes_the_time() -> None:
    found = assigned(
        [asked("A", "SQL", 100), asked("B", "SQL", 100)], TIME, SQL, priority=priorities(A=9),
        # Bob's time is B's whatever A weighs; C asks for nothing that Ann can do, and keeps her half of July.
        allocation=[allocated("Bob", "B", 30), allocated("Ann", "C", 60)],
    )  # fmt: skip
    assert hours_of(found, "project_id", "person_id") == {
        ("A", "Ann"): 60, ("A", "Bob"): 10, ("A", None): 30, ("B", "Bob"): 30, ("B", None): 70,
    }  # fmt: skip
    unmet = found[found["person_id"].isna() & (found["project_id"] == "A")]["reason"].iloc[0]
    assert "C 60 h (allocated, no demand stated)" in unmet
    assert found.loc[found["project_id"] == "B", "assignment_basis"].to_list() == ["kept", "unmet"]


def test_nobody_gets_more_than_they_have_where_more_is_allocated() -> None:
    found = assigned([asked("A", "SQL", 100)], {("Bob", JULY): 40}, SQL, allocation=[allocated("Bob", "A", 60)])
    assert hours_of(found, "person_id") == {"Bob": 40, None: 60}
    over = assigned([asked("A", "SQL", 100)], {("Bob", JULY): 40}, SQL, allocation=[allocated("Bob", "C", 60)])
    assert hours_of(over, "person_id") == {None: 100}


@pytest.mark.parametrize(
    ("need", "cause", "told"),
    [
        ({"skill_id": "COBOL"}, "unknown skill", "nobody has COBOL"),
        ({"level": 5}, "level too low", "SQL at 5 is asked for; 2 people have, at 3 at most"),
        ({"month": AUGUST}, "no time known", "2 people have it, with no working time known in 2026-08"),
        ({"hours": 200}, "taken", "2 people have it, all taken: A 160 h (priority 1); this is priority 1"),
    ],
)
def test_what_nobody_covers_says_why(need: dict[str, Any], cause: str, told: str) -> None:
    given = {"project": "A", "skill_id": "SQL", "hours": 40.0} | need
    found = assigned([asked(**given)], TIME | {("Cid", AUGUST): 1.0}, SQL)
    row = found[found["person_id"].isna()].iloc[0]
    assert (row["unmet_cause"], row["reason"]) == (cause, told)


def test_a_place_that_nobody_is_in_is_a_reason() -> None:
    people = [person("Ann", location="Oslo"), person("Bob", location="Oslo"), person("Cid", location="Bergen")]
    found = assigned(
        [asked("A", "SQL", 40)], TIME, SQL, people=people, effort=[booked("Cid", "A", "2026-05")], on_site=True
    )
    assert found["unmet_cause"].to_list() == ["place"]
    assert reason(found) == "2 people have SQL at 0, none in Bergen, where the project is"


def test_months_that_nobody_has_time_known_in_are_not_planned_for() -> None:
    found = assigned([asked("A", "SQL", 40, AUGUST)], TIME, SQL)
    assert found.empty


def drawn(seed: int) -> dict[str, Any]:
    """Three people, three projects that ask for two skills in a month, in whole hours that can be enumerated."""
    chance = np.random.default_rng(seed)
    names, projects, skills = ["Ann", "Bob", "Cid"], ["A", "B", "C"], ["SQL", "UX"]
    levels = [skill(n, s, int(chance.integers(1, 4))) for n in names for s in skills if chance.random() < 0.6]
    demand = [
        asked(project, str(chance.choice(skills)), float(chance.integers(1, 3)), level=int(chance.integers(0, 4)))
        for project in projects
    ]
    return {
        "demand": demand,
        "time": {(name, JULY): float(chance.integers(0, 3)) for name in names},
        "skills": levels,
        "people": [person(name, location=str(chance.choice(["Oslo", "Bergen"]))) for name in names],
        "allocation": [allocated(n, p, 1.0) for n in names for p in projects if chance.random() < 0.15],
        "effort": [booked(n, p, "2026-06") for n in names for p in projects if chance.random() < 0.3],
        "priority": priorities(**{p: float(chance.integers(1, 4)) for p in projects}),
    }


def best_by_enumeration(given: dict[str, Any]) -> tuple[float, ...]:
    """The goals in their order, of every way to give whole hours of people to needs that keeps the rules."""
    names = [name for name, _ in given["time"]]
    time = {name: hours for (name, _), hours in given["time"].items()}
    needs = given["demand"]
    level = {(row["person_id"], row["skill_id"]): row["level"] for row in given["skills"]}
    weight = dict(given["priority"].itertuples(index=False, name=None))
    on = {(r["person_id"], r["project_id"]) for r in (*given["effort"], *given["allocation"])}
    place = {row["person_id"]: row["location"] for row in given["people"]}
    places = {}
    for row in needs:
        there = sorted(place[name] for name, project in on if project == row["project_id"])
        places[row["project_id"]] = max(there, key=there.count) if there else None

    def fits(name: str, row: dict[str, Any]) -> bool:
        return bool(level.get((name, row["skill_id"]), -1) >= row["level"])

    pairs = [(name, row) for name in names for row in needs if fits(name, row)]
    tops = [int(min(2, row["demand_seconds"] / HOUR)) for _, row in pairs]
    ways = np.array(list(product(*(range(top + 1) for top in tops))), dtype=int)

    def total(of: list[bool]) -> Any:
        return ways[:, np.flatnonzero(of)].sum(axis=1)

    is_kept, allocated_to = np.ones(len(ways), dtype=bool), np.zeros(len(ways))
    for row in needs:
        is_kept &= total([each is row for _, each in pairs]) <= row["demand_seconds"] / HOUR
    for name in names:
        usable, other = {}, 0.0
        for each in given["allocation"]:
            if each["person_id"] == name:
                project, hours = each["project_id"], each["allocated_seconds"] / HOUR
                if any(row["project_id"] == project and fits(name, row) for row in needs):
                    usable[project] = hours
                else:
                    other += hours
        most = max(0.0, time[name] - other)
        free = max(0.0, most - sum(usable.values()))
        used, beyond = np.zeros(len(ways)), np.zeros(len(ways))
        for project in {row["project_id"] for row in needs}:
            given_to = total([who == name and row["project_id"] == project for who, row in pairs])
            used += given_to
            beyond += np.maximum(given_to - usable.get(project, 0.0), 0)
            allocated_to += np.minimum(given_to, usable.get(project, 0.0))
        is_kept &= (used <= most) & (beyond <= free)
    ways, allocated_to = ways[is_kept], allocated_to[is_kept]
    goals = (
        [-weight[row["project_id"]] for _, row in pairs],
        [-float((name, row["project_id"]) in on) for name, row in pairs],
        [float(level[name, row["skill_id"]] - row["level"]) for name, row in pairs],
        [float(places[row["project_id"]] not in {None, place[name]}) for name, row in pairs],
    )
    reached = [ways @ np.array(goal, dtype=float).reshape(-1) for goal in goals]
    reached.insert(1, -allocated_to)
    return min(zip(*(goal.tolist() for goal in reached), strict=True))


def reached(found: pd.DataFrame, given: dict[str, Any]) -> tuple[float, ...]:
    on = {(r["person_id"], r["project_id"]) for r in (*given["effort"], *given["allocation"])}
    rows = found[found["person_id"].notna()]
    hours = rows["assigned_seconds"] / HOUR
    by_project = hours_of(rows, "person_id", "project_id")
    promised = {(r["person_id"], r["project_id"]): r["allocated_seconds"] / HOUR for r in given["allocation"]}
    stays = [pair in on for pair in zip(rows["person_id"], rows["project_id"], strict=True)]
    return (
        -float((hours * rows["weight"]).sum()),
        -float(sum(min(value, promised.get(pair, 0.0)) for pair, value in by_project.items())),
        -float((hours * pd.Series(stays, index=rows.index, dtype=float)).sum()),
        float((hours * (rows["held_level"] - rows["level"]).astype(float)).sum()),
        float((hours * rows["is_elsewhere"].astype(float)).sum()),
    )


# 200 in all.
@pytest.mark.parametrize("block", [0, *(pytest.param(block, marks=pytest.mark.slow) for block in range(1, 10))])
def test_it_agrees_with_every_way_that_there_is(block: int) -> None:
    for seed in range(20 * block, 20 * block + 20):
        given = drawn(seed)
        priority = given["priority"]
        tables = frames(*(given[name] for name in ("demand", "time", "skills", "people", "allocation", "effort")))
        found = assignment(*tables, status_date=STATUS, priority=priority)
        assert reached(found, given) == pytest.approx(best_by_enumeration(given)), seed
        # Every need is told whole, and in whole hours, since all that was given is.
        needs = {(r["project_id"], r["skill_id"]): r["demand_seconds"] / HOUR for r in given["demand"]}
        told = hours_of(found, "project_id", "skill_id")
        assert told == needs, seed
        # Only the order of the weights counts.
        cubed = assignment(*tables, status_date=STATUS, priority=priority.assign(weight=priority["weight"] ** 3))
        assert cubed["assigned_seconds"].to_list() == found["assigned_seconds"].to_list(), seed
