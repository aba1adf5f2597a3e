from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pmo_analytics.errors import UsageError
from pmo_analytics.resources.assignment import assignment
from pmo_analytics.resources.availability import availability_to_come
from pmo_analytics.resources.replanning import replanning
from tests.frames import contract_frame
from tests.resources.staff import AUGUST, HOUR, JULY, STATUS, allocated, asked, booked, person, priorities, skill

Rows = Sequence[dict[str, Any]]
Change = tuple[str, str | None, str, float, float]


def days(**hours: float | dict[str, float]) -> list[dict[str, Any]]:
    """A calendar for each person: hours from 15 July on, ten a day, or by day."""
    return [
        {"calendar_id": who, "calendar_date": pd.Timestamp(day), "duration_seconds": value * HOUR}
        for who, given in hours.items()
        for day, value in (given if isinstance(given, dict) else by_tens(given)).items()
    ]


def by_tens(hours: float) -> dict[str, float]:
    return {f"2026-07-{15 + place}": min(10, hours - 10 * place) for place in range(-int(-hours // 10))}


def tables(  # noqa: PLR0917
    demand: Rows, calendar: Rows, skills: Rows, people: Rows = (), allocation: Rows = (), effort: Rows = ()
) -> dict[str, Any]:
    everybody = people or [
        person(who, calendar_id=who) for who in dict.fromkeys(row["calendar_id"] for row in calendar)
    ]
    given = {
        "demand": demand, "person": everybody, "working_calendar": calendar, "absence": [], "person_skill": skills,
        "allocation": allocation, "effort_by_person_month": effort,
    }  # fmt: skip
    return {name: contract_frame(name, list(rows)) for name, rows in given.items()}


def replanned(
    given: dict[str, pd.DataFrame], who: str = "Ann", day: str = "2026-06-30", **options: Any
) -> pd.DataFrame:
    return replanning(**given, status_date=STATUS, person_id=who, left_date=pd.Timestamp(day), **options)


def changes(found: pd.DataFrame) -> list[Change]:
    return [
        (row["project_id"], None if pd.isna(row["person_id"]) else row["person_id"], row["plan_change"],
         row["assigned_seconds"] / HOUR, row["replanned_seconds"] / HOUR)
        for row in found.to_dict("records")
    ]  # fmt: skip


SQL = [skill(who, "SQL", 3) for who in ("Ann", "Bob", "Cid")]


def of_the_example(hours: float) -> dict[str, Any]:
    return tables(
        [asked("A", "SQL", hours), asked("B", "SQL", 40)], days(Ann=100, Bob=70, Cid=60), SQL,
        allocation=[allocated("Ann", "A", hours), allocated("Bob", "B", 40)], effort=[booked("Bob", "A", "2026-06")],
    )  # fmt: skip


def test_the_worked_example() -> None:
    found = replanned(of_the_example(100))
    assert changes(found) == [
        ("A", "Ann", "leaves", 100, 0), ("A", "Bob", "takes over", 0, 30), ("A", "Cid", "takes over", 0, 60),
        ("A", None, "uncovered", 0, 10),
    ]  # fmt: skip
    assert found["reason"].to_list() == [
        "last day 2026-06-30",
        "on the project already; SQL at 3, any level asked for; from Ann 100 h",
        "one of 2 who fit; SQL at 3, any level asked for; from Ann 100 h",
        "2 people have it, all taken: A 90 h (priority 1), B 40 h (priority 1); this is priority 1",
    ]
    assert found["is_proven"].all()
    # One who takes all goes before two of whom one is on the project.
    assert changes(replanned(of_the_example(60))) == [("A", "Ann", "leaves", 60, 0), ("A", "Cid", "takes over", 0, 60)]


def test_what_weighs_more_stays_covered_and_who_does_less_is_told_why() -> None:
    found = replanned(of_the_example(100), priority=priorities(A=2, B=1))
    assert changes(found) == [
        ("A", "Ann", "leaves", 100, 0), ("A", "Bob", "takes over", 0, 40), ("A", "Cid", "takes over", 0, 60),
        ("B", "Bob", "does less", 40, 30), ("B", None, "uncovered", 0, 10),
    ]  # fmt: skip
    assert found["reason"].iloc[3] == "needed on A (priority 2); this is priority 1"


def test_the_worked_example_of_the_programme() -> None:
    given = tables(
        [asked("A", "SQL", 100), asked("B", "SQL", 100)], days(Ann=60, Bob=60, Cid=100), SQL,
        allocation=[allocated("Ann", "A", 60), allocated("Bob", "A", 40), allocated("Cid", "B", 100)],
    )  # fmt: skip
    assert changes(replanned(given)) == [
        ("A", "Ann", "leaves", 60, 0), ("A", "Bob", "does more", 40, 60), ("A", None, "uncovered", 0, 40),
    ]  # fmt: skip


def test_others_change_projects_where_more_stays_covered_and_not_where_the_same_does() -> None:
    # Of those who stay Bob alone can do A; Cid can do some of what he leaves.
    skills = [skill("Ann", "SQL", 3), skill("Bob", "SQL", 3), skill("Bob", "UX", 3), skill("Cid", "UX", 3)]
    given = tables(
        [asked("A", "SQL", 40), asked("B", "UX", 40)], days(Ann=40, Bob=60, Cid=20), skills,
        allocation=[allocated("Ann", "A", 40), allocated("Bob", "B", 40)],
    )  # fmt: skip
    assert changes(replanned(given)) == [
        ("A", "Ann", "leaves", 40, 0), ("A", "Bob", "takes over", 0, 40),
        ("B", "Bob", "does less", 40, 20), ("B", "Cid", "takes over", 0, 20),
    ]  # fmt: skip
    alone = given | {
        "person_skill": contract_frame("person_skill", [row for row in skills if row["person_id"] != "Cid"])
    }
    assert changes(replanned(alone)) == [
        ("A", "Ann", "leaves", 40, 0), ("A", "Bob", "takes over", 0, 20), ("A", None, "uncovered", 0, 20),
    ]  # fmt: skip


def test_a_month_is_worked_to_the_last_day_and_those_before_and_after_stay() -> None:
    both = {"2026-07-15": 20.0, "2026-07-16": 10.0, "2026-08-03": 24.0}
    given = tables(
        [asked("A", "SQL", 30), asked("A", "SQL", 24, AUGUST), asked("B", "UX", 30)], days(Ann=both, Bob=both),
        [skill("Ann", "SQL", 3), skill("Bob", "SQL", 3), skill("Bob", "UX", 3)],
        allocation=[allocated("Ann", "A", 30), allocated("Ann", "A", 24, AUGUST), allocated("Bob", "B", 30)],
    )  # fmt: skip
    found = replanned(given, day="2026-07-15")
    # Bob is on B in July, which weighs as much, and does nothing in August.
    assert changes(found) == [
        ("A", "Ann", "leaves", 30, 20), ("A", None, "uncovered", 0, 10),
        ("A", "Ann", "leaves", 24, 0), ("A", "Bob", "takes over", 0, 24),
    ]  # fmt: skip
    assert found["period_month"].to_list() == [JULY, JULY, AUGUST, AUGUST]
    assert replanned(given, day="2026-08-31").empty
    # The register knows an earlier last day; the plan is as if it did not.
    known = given["person"].assign(left_date=pd.Series([pd.Timestamp("2026-06-30"), pd.NaT], dtype="datetime64[ns]"))
    later = replanned(given | {"person": known}, day="2026-08-31")
    assert changes(later)[0] == ("A", "Ann", "leaves", 30, 0)


def test_who_is_allocated_without_a_demand_leaves_that_uncovered() -> None:
    given = tables([], days(Ann=40, Bob=40), SQL, allocation=[allocated("Ann", "A", 30)])
    found = replanned(given)
    assert changes(found) == [("A", "Ann", "leaves", 30, 0), ("A", None, "uncovered", 0, 30)]
    assert found["reason"].iloc[1] == "allocated to A, which states no demand for it: what skill it takes is not known"


def test_time_reserved_for_a_project_is_not_handed_out_and_what_was_uncovered_stays_so() -> None:
    # 20 of Bob's 40 hours are promised to B, which asks for 5; C lacks a person before and after.
    given = tables(
        [asked("A", "SQL", 30), asked("B", "SQL", 5), asked("C", "Go", 9)], days(Ann=30, Bob=40), SQL,
        allocation=[allocated("Ann", "A", 30), allocated("Bob", "B", 20)],
    )  # fmt: skip
    assert changes(replanned(given)) == [
        ("A", "Ann", "leaves", 30, 0), ("A", "Bob", "takes over", 0, 20), ("A", None, "uncovered", 0, 10),
    ]  # fmt: skip


def test_a_person_that_no_register_knows_is_told_with_the_nearest() -> None:
    given = of_the_example(100)
    with pytest.raises(UsageError, match="did you mean 'Bob'"):
        replanned(given, "Bobb")
    assert replanning(**given, status_date=STATUS).empty
    nobody = {name: frame.iloc[0:0] for name, frame in given.items()}
    with pytest.raises(UsageError, match="register of persons, which is not loaded"):
        replanned(nobody)
    only = nobody | {"person": given["person"]}
    assert replanned(only).empty


def drawn(seed: int) -> dict[str, Any]:
    """Ann leaves within July; Bob and Cid, three projects, two skills, in whole hours that can be enumerated."""
    chance = np.random.default_rng(seed)
    names, projects, skills = ["Ann", "Bob", "Cid"], ["A", "B", "C"], ["SQL", "UX"]
    before, after = (float(chance.integers(low, 3)) for low in (0, 1))
    demand = [
        asked(project, str(chance.choice(skills)), float(chance.integers(1, 3)), level=int(chance.integers(0, 3)))
        for project in projects
    ]
    return {
        "demand": demand,
        "calendar": days(
            Ann={"2026-07-10": before, "2026-07-20": after}, Bob=float(chance.integers(1, 4)),
            Cid=float(chance.integers(1, 4)),
        ),
        "skills": [skill(n, s, int(chance.integers(1, 4))) for n in names for s in skills if chance.random() < 0.8],
        "people": [person(n, calendar_id=n, location=str(chance.choice(["Oslo", "Bergen"]))) for n in names],
        "allocation": [allocated(n, p, 1.0) for n in names for p in projects if chance.random() < 0.35],
        "effort": [booked(n, p, "2026-06") for n in names for p in projects if chance.random() < 0.3],
    }  # fmt: skip


class Month:
    """What is planned while nobody leaves, and the goals of any other plan of the month."""

    def __init__(self, given: dict[str, Any], priority: pd.DataFrame) -> None:
        self.given, self.weight = given, dict(priority.itertuples(index=False, name=None))
        frames = tables(**given)
        time = availability_to_come(frames["person"], frames["working_calendar"], frames["absence"], status_date=STATUS)
        plan = assignment(
            frames["demand"], time, frames["person"], frames["person_skill"], frames["allocation"],
            frames["effort_by_person_month"], status_date=STATUS, priority=priority,
        )  # fmt: skip
        own = plan[plan["person_id"].notna()]
        names, projects = own["person_id"].astype(str), own["project_id"].astype(str)
        self.planned = dict(zip(zip(names, projects, strict=True), own["assigned_seconds"] / HOUR, strict=True))
        self.level = {(row["person_id"], row["skill_id"]): row["level"] for row in given["skills"]}
        self.needs = {row["project_id"]: row for row in given["demand"]}
        self.pairs = [(who, p) for who in ("Ann", "Bob", "Cid") for p in self.needs if self.fits(who, p)]
        on = {(r["person_id"], r["project_id"]) for r in (*given["effort"], *given["allocation"])}
        self.on = on | {pair for pair in self.planned if pair[0] != "Ann"}
        place = {row["person_id"]: row["location"] for row in given["people"]}
        self.far = {}
        for who, project in self.pairs:
            there = sorted(place[name] for name, other in on if other == project)
            self.far[who, project] = bool(there) and max(there, key=there.count) != place[who]

    def fits(self, who: str, project: str) -> bool:
        need = self.needs[project]
        return bool(self.level.get((who, need["skill_id"]), -1) >= need["level"])

    def room(self, who: str) -> float:
        """Time for needs: all, less what is promised elsewhere, and less what is promised and used by no need."""
        at = {"Ann": ("2026-07-10",)}.get(who, ("2026-07-15",))
        whole = sum(r["duration_seconds"] / HOUR for r in self.given["calendar"] if r["calendar_id"] == who)
        there = sum(
            r["duration_seconds"] / HOUR
            for r in self.given["calendar"]
            if r["calendar_id"] == who and f"{r['calendar_date']:%Y-%m-%d}" in at
        )
        other = idle = 0.0
        for row in self.given["allocation"]:
            if row["person_id"] == who:
                hours, project = row["allocated_seconds"] / HOUR, row["project_id"]
                if self.fits(who, project):
                    idle += max(0.0, hours - self.planned.get((who, project), 0.0))
                else:
                    other += hours
        used = sum(hours for (name, _), hours in self.planned.items() if name == who)
        if who == "Ann":
            return float(min(used, max(0.0, there - other)))
        return float(max(used, max(0.0, whole - other) - idle))

    def goals(self, ways: Any) -> list[Any]:
        """The goals in their order, a column each, of plans in the order of the pairs."""
        had = np.array([self.planned.get(pair, 0.0) for pair in self.pairs])
        is_ann = np.array([who == "Ann" for who, _ in self.pairs])
        off, more = np.maximum(had - ways, 0), np.maximum(ways - had, 0)
        weight = np.array([self.weight[project] for _, project in self.pairs])
        above = [self.level[who, self.needs[p]["skill_id"]] - self.needs[p]["level"] for who, p in self.pairs]
        return [
            -(ways @ weight),
            ((off > 0) & ~is_ann).sum(axis=1),
            off.sum(axis=1),
            (more > 0).sum(axis=1),
            -(ways @ np.array([float(pair in self.on) for pair in self.pairs])),
            ways @ np.array(above, dtype=float),
            ways @ np.array([float(self.far[pair]) for pair in self.pairs]),
        ]

    def best(self) -> tuple[float, ...]:
        """The goals of the best of every plan in whole hours that keeps the rules."""
        had = [self.planned.get(pair, 0.0) for pair in self.pairs]
        covered = {p: sum(h for (_, other), h in self.planned.items() if other == p) for p in self.needs}
        tops = [int(before if who == "Ann" else covered[p]) for (who, p), before in zip(self.pairs, had, strict=True)]
        ways = np.array(list(product(*(range(top + 1) for top in tops))), dtype=float)
        is_kept = np.ones(len(ways), dtype=bool)
        for place, most in ((0, {who: self.room(who) for who in ("Ann", "Bob", "Cid")}), (1, covered)):
            for name, limit in most.items():
                own = [at for at, pair in enumerate(self.pairs) if pair[place] == name]
                is_kept &= ways[:, own].sum(axis=1) <= limit
        return min(zip(*(goal.tolist() for goal in self.goals(ways[is_kept])), strict=True))


# 200 in all.
@pytest.mark.parametrize("block", [0, *(pytest.param(block, marks=pytest.mark.slow) for block in range(1, 20))])
def test_it_agrees_with_every_way_that_there_is(block: int) -> None:
    changed = 0
    for seed in range(10 * block, 10 * block + 10):
        given, chance = drawn(seed), np.random.default_rng(1000 + seed)
        priority = priorities(**{p: float(chance.integers(1, 4)) for p in ("A", "B", "C")})
        month = Month(given, priority)
        found = replanned(tables(**given), day="2026-07-15", priority=priority)
        told = found[found["skill_id"].notna()]
        after = dict(month.planned)
        for project, who, _, had, has in changes(told[told["person_id"].notna()]):
            pair = (str(who), project)
            assert month.planned.get(pair, 0.0) == had, seed
            after[pair] = has
        way = np.array([[after.get(pair, 0.0) for pair in month.pairs]])
        assert [float(goal[0]) for goal in month.goals(way)] == pytest.approx(list(month.best())), seed
        sums = told.groupby("project_id")[["assigned_seconds", "replanned_seconds"]].sum()
        assert sums["assigned_seconds"].to_list() == sums["replanned_seconds"].to_list(), seed
        changed += not told.empty
    assert changed > 2
