from __future__ import annotations

from typing import Any

import pandas as pd

from pmo_analytics.knowledge.skill_cover import single_point, skill_cover
from pmo_analytics.knowledge.skill_matrix import skill_matrix
from tests.frames import contract_frame
from tests.knowledge.staff import HOUR, STATUS, asked, day, levels, persons, skills

SKILLS = skills(sql="specialised software", ux="core practices")


def matrix(*rows: tuple[Any, ...]) -> pd.DataFrame:
    people = persons(*dict.fromkeys(row[0] for row in rows))
    return skill_matrix(levels(*rows), people, SKILLS, status_date=STATUS)


WORKED = matrix(("ann", "sql", 4), ("bo", "sql", 2))
DEMAND = asked(("A", "sql", 40, 3))


def on(*rows: tuple[str, str]) -> pd.DataFrame:
    """Person and project that they are allocated to in July."""
    return contract_frame(
        "allocation",
        [{"person_id": who, "project_id": project, "period_month": day("2026-07-01"), "status_date": STATUS,
          "allocated_seconds": HOUR} for who, project in rows],
    )  # fmt: skip


def booked(*rows: tuple[str, str, str]) -> pd.DataFrame:
    return contract_frame(
        "effort_by_person_month",
        [{"person_id": who, "project_id": project, "period_month": day(month), "duration_seconds": HOUR,
          "billable_seconds": 0.0, "entry_count": 1} for who, project, month in rows],
    )  # fmt: skip


def points(skills_of: pd.DataFrame, allocation: pd.DataFrame, effort: pd.DataFrame) -> pd.DataFrame:
    return single_point(DEMAND, skills_of, allocation, effort, status_date=STATUS)


def test_the_worked_example() -> None:
    cover = skill_cover(WORKED, DEMAND, SKILLS, status_date=STATUS)
    sql = cover[cover["skill_id"] == "sql"].set_index("level")
    assert sql["person_count"].to_dict() == {1: 2, 2: 2, 3: 1, 4: 1}
    assert sql["is_thin"].to_dict() == {1: False, 2: False, 3: True, 4: False}
    found = points(WORKED, on(("ann", "A"), ("bo", "A")), booked())
    assert found[["project_id", "skill_id", "asked_level", "person_id"]].to_numpy().tolist() == [["A", "sql", 3, "ann"]]
    assert found["other_count"].to_list() == [0]


def test_a_skill_that_nobody_has_or_asks_for_is_a_row_of_nobody() -> None:
    cover = skill_cover(WORKED, DEMAND, SKILLS, status_date=STATUS)
    ux = cover[cover["skill_id"] == "ux"]
    assert ux[["level", "person_count"]].to_numpy().tolist() == [[1, 0]]
    assert not ux["is_thin"].any()
    lacking = skill_cover(WORKED, asked(("A", "ux", 8, None)), SKILLS, status_date=STATUS)
    assert lacking[lacking["skill_id"] == "ux"]["is_thin"].to_list() == [True]


def test_what_is_past_or_has_no_certainty_asks_for_no_cover() -> None:
    past = asked(("A", "sql", 40, 4, "2026-06-01"), ("A", "sql", 40, 4, "2026-08-01", 0.0))
    assert not skill_cover(WORKED, past, SKILLS, status_date=STATUS)["is_thin"].any()


def test_two_on_the_project_are_no_single_point_and_none_is_worse_than_one() -> None:
    both = matrix(("ann", "sql", 4), ("bo", "sql", 3), ("cy", "ux", 3))
    assert points(both, on(("ann", "A"), ("bo", "A")), booked()).empty
    found = points(both, on(("ann", "A")), booked())
    assert found[["person_id", "other_count"]].to_numpy().tolist() == [["ann", 1]]
    none = points(both, on(("cy", "A")), booked())
    assert none["on_project_count"].to_list() == [0]
    assert none["person_id"].isna().all()
    assert none["other_count"].to_list() == [2]


def test_bookings_of_the_last_three_months_tell_who_is_on_a_project() -> None:
    assert len(points(WORKED, on(), booked(("ann", "A", "2026-04-01")))) == 1
    assert points(WORKED, on(), booked(("ann", "A", "2026-03-01"))).empty
    assert points(WORKED, on(), booked()).empty
