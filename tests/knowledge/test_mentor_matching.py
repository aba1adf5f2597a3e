from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pmo_analytics.knowledge.mentor_matching import mentor_matching
from pmo_analytics.knowledge.skill_matrix import skill_matrix
from tests.frames import contract_frame
from tests.knowledge.staff import STATUS, day, levels, skills

Rows = Sequence[tuple[Any, ...]]


def matched(
    goals: Rows, mentors: dict[str, int], held: Rows, *, excluded: Rows = (), pairs: Rows = (),
    people: Sequence[dict[str, Any]] = (), leads: dict[str, str] | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Goals are person, skill, level and due date; held person, skill and level; pairs mentor, mentee, skill, end."""
    known = [{"status_date": STATUS, "fte_pct": 100.0} | row for row in people]
    person = contract_frame("person", known)
    return mentor_matching(
        _frame("development_goal", goals, "person_id", "skill_id", "target_level", "due_date"),
        _frame("mentor", list(mentors.items()), "person_id", "seats"),
        _frame("mentoring_exclusion", excluded, "person_id", "other_person_id"),
        contract_frame(
            "mentoring_pair",
            [{"mentor_id": a, "mentee_id": b, "skill_id": c, "start_date": day("2026-01-10"), "end_date": d}
             for a, b, c, d in pairs],
        ),
        skill_matrix(levels(*held), person, skills(), status_date=STATUS),
        person,
        _frame("team", list((leads or {}).items()), "team", "lead_id"),
        status_date=STATUS,
    )  # fmt: skip


def _frame(name: str, rows: Rows, *columns: str) -> pd.DataFrame:
    made = [dict(zip(columns, row, strict=True)) | {"status_date": STATUS} for row in rows]
    if "due_date" in columns:
        made = [row | {"due_date": pd.Timestamp(row["due_date"])} for row in made]
    return contract_frame(name, made)


def of(found: pd.DataFrame) -> dict[str, str | None]:
    return {a: None if pd.isna(b) else b for a, b in zip(found["mentee_id"], found["mentor_id"], strict=True)}


GOALS = [("ann", "sql", 3, None), ("bo", "sql", 4, None)]
HELD = [("cy", "sql", 5), ("di", "sql", 3), ("ann", "sql", 1)]
SEATS = {"cy": 1, "di": 2}


def test_the_worked_example() -> None:
    found = matched(GOALS, SEATS, HELD)
    assert of(found) == {"ann": "di", "bo": "cy"}
    assert found["match_state"].to_list() == ["proposed", "proposed"]
    assert found.set_index("mentee_id").loc["ann", ["held_level", "mentor_level"]].to_list() == [1, 3]
    assert found["is_proven"].all()


def test_a_pair_that_has_begun_is_kept_and_takes_its_seat() -> None:
    found = matched(GOALS, SEATS, HELD, pairs=[("cy", "eve", "sql", None)]).set_index("mentee_id")
    assert found["match_state"].to_dict() == {"ann": "proposed", "bo": "unmatched", "eve": "kept"}
    assert found.loc["bo", "reason"] == "every mentor who fits has all seats taken already"
    ended = matched(GOALS, SEATS, HELD, pairs=[("cy", "eve", "sql", day("2026-06-29"))])
    assert of(ended) == {"ann": "di", "bo": "cy"}
    own = matched(GOALS, SEATS, HELD, pairs=[("cy", "bo", "sql", None)])
    assert of(own) == {"ann": "di", "bo": "cy"}


@pytest.mark.parametrize("excluded", [[("cy", "bo")], [("bo", "cy")]])
def test_who_is_excluded_in_either_order_is_not_paired(excluded: Rows) -> None:
    found = matched(GOALS, SEATS, HELD, excluded=excluded).set_index("mentee_id")
    assert found.loc["bo", "reason"] == "every mentor of the level leads the team or is excluded"


def test_who_leads_the_team_is_no_mentor_of_it() -> None:
    people = [{"person_id": who, "team": "T"} for who in ("ann", "bo", "cy", "di")]
    assert of(matched(GOALS, SEATS, HELD, people=people, leads={"T": "cy"}))["bo"] is None


def test_a_goal_that_is_reached_or_nobody_can_teach_is_told() -> None:
    found = matched([("ann", "sql", 1, None), ("bo", "ux", 2, None)], SEATS, HELD)
    assert of(found) == {"bo": None}
    assert found["reason"].to_list() == ["no mentor has the skill at the level aimed at"]


def test_one_place_and_a_due_date_decide_among_equals_and_loads_are_even() -> None:
    people = [{"person_id": "ann", "location": "Oslo"}, {"person_id": "di", "location": "Oslo"}]
    held = [("cy", "sql", 4), ("di", "sql", 4)]
    near = matched([("ann", "sql", 3, None)], {"cy": 1, "di": 1}, held, people=people)
    assert of(near) == {"ann": "di"}
    assert near["fit_marks"].to_list() == [7]
    two = matched([("ann", "sql", 3, None), ("bo", "sql", 3, None)], {"cy": 2, "di": 2}, held)
    assert sorted(of(two).values()) == ["cy", "di"]
    one_seat = matched([("ann", "sql", 3, None), ("bo", "sql", 3, "2026-08-01")], {"cy": 1}, held)
    assert of(one_seat) == {"ann": None, "bo": "cy"}
    assert "goes to somebody else" in one_seat.set_index("mentee_id").loc["ann", "reason"]


def test_of_several_goals_the_one_that_can_be_served_is() -> None:
    found = matched([("ann", "ux", 3, "2026-07-15"), ("ann", "sql", 3, None)], SEATS, HELD)
    assert found["skill_id"].to_list() == ["sql"]


def test_who_has_left_neither_mentors_nor_is_mentored() -> None:
    people = [{"person_id": who, "left_date": day("2026-06-01")} for who in ("bo", "di")]
    assert of(matched(GOALS, SEATS, HELD, people=people)) == {"ann": "cy"}


def _random(seed: int) -> dict[str, Any]:
    chance = np.random.default_rng(seed)
    mentees = [f"p{i}" for i in range(int(chance.integers(1, 5)))]
    mentors = [f"m{i}" for i in range(int(chance.integers(1, 4)))]
    kinds = ["sql", "ux"]
    everybody = [*mentees, *mentors]
    goals = [
        (who, kind, int(chance.integers(2, 6)), str(chance.choice(["2026-08-01", "2027-08-01"])))
        for who in mentees for kind in kinds if chance.random() < 0.6
    ]  # fmt: skip
    return {
        "goals": goals,
        "mentors": {who: int(chance.integers(0, 3)) for who in mentors},
        "held": [
            *((who, kind, int(chance.integers(3, 7))) for who in mentors for kind in kinds if chance.random() < 0.7),
            *((who, kind, int(chance.integers(1, 4))) for who in mentees for kind in kinds if chance.random() < 0.4),
        ],
        "excluded": [(a, b) for a in everybody for b in everybody if a < b and chance.random() < 0.08],
        "pairs": [(mentors[0], "old", "sql", None)] if chance.random() < 0.3 else [],
        "people": [
            {
                "person_id": who,
                "location": str(chance.choice(["Oslo", "Bergen"])),
                "team": str(chance.choice(["S", "T"])),
            }
            for who in everybody
        ],
        "leads": {"S": mentors[0]} if chance.random() < 0.5 else {},
    }


def _value(case: dict[str, Any], picked: tuple[Any, ...]) -> tuple[int, int, int] | None:
    """Persons matched, marks and squares of loads of one way to pair, or None where a rule forbids it; rules anew."""
    level = {(a, b): c for a, b, c in case["held"]}
    about = {row["person_id"]: row for row in case["people"]}
    load = dict.fromkeys(case["mentors"], 0)
    for mentor, *_ in case["pairs"]:
        load[mentor] += 1
    before = dict(load)
    marks = matched_count = 0
    for option in picked:
        if option is None:
            continue
        (who, kind, target, due), mentor = option
        has = level.get((mentor, kind), 0)
        if has < target or has <= level.get((who, kind), 0) or level.get((who, kind), 0) >= target:
            return None
        if (who, mentor) in case["excluded"] or (mentor, who) in case["excluded"]:
            return None
        if case["leads"].get(about[who]["team"]) == mentor:
            return None
        load[mentor] += 1
        if load[mentor] > case["mentors"][mentor]:
            return None
        matched_count += 1
        marks += 4 * (about[who]["location"] == about[mentor]["location"])
        marks += 3 * (has - target in {1, 2}) + 2 * (due == "2026-08-01")
    squares = sum(load[m] ** 2 - before[m] ** 2 for m in load)
    return -matched_count, -marks, squares


def pairs_proposed(seed: int) -> int:
    """How many pairs are proposed on a random instance, held against every way to pair."""
    case = _random(seed)
    mentees = sorted({goal[0] for goal in case["goals"]})
    ways = [
        [None, *((goal, mentor) for goal in case["goals"] if goal[0] == who for mentor in case["mentors"])]
        for who in mentees
    ]  # fmt: skip
    values = [value for picked in product(*ways) if (value := _value(case, picked)) is not None]
    found = matched(**case)
    rows = found[found["match_state"] == "proposed"]
    goal_of = {(who, kind): (who, kind, target, due) for who, kind, target, due in case["goals"]}
    picked = tuple(
        (goal_of[a, b], c) for a, b, c in zip(rows["mentee_id"], rows["skill_id"], rows["mentor_id"], strict=True)
    )
    assert _value(case, picked) == min(values), seed
    assert rows["fit_marks"].sum() == -min(values)[1]
    assert found["is_proven"].all()
    return len(rows)


def test_no_way_to_pair_is_better_on_small_instances() -> None:
    assert sum(pairs_proposed(seed) > 1 for seed in range(40)) > 4
