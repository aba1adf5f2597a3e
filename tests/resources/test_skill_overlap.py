from __future__ import annotations

from typing import Any

import pandas as pd

from pmo_analytics.resources.skill_overlap import skill_overlap
from tests.frames import contract_frame

HOUR = 3600.0
MAY, JUNE = pd.Timestamp("2026-05-01"), pd.Timestamp("2026-06-01")


def asked(
    project: str, hours: float, level: int | None, skill: str = "weld", month: pd.Timestamp = JUNE
) -> dict[str, Any]:
    return {
        "project_id": project, "skill_id": skill, "period_month": month, "status_date": JUNE,
        "demand_seconds": hours * HOUR, "level": level,
    }  # fmt: skip


def there(hours: float, level: int, skill: str = "weld") -> dict[str, Any]:
    return {
        "skill_id": skill, "level": level, "period_month": JUNE, "person_count": 1, "capacity_seconds": hours * HOUR,
    }  # fmt: skip


def test_the_worked_example() -> None:
    demand = contract_frame("demand", [asked("A", 100, 4), asked("B", 80, 3)])
    capacity = contract_frame("capacity_by_skill_month", [there(60, 4), there(90, 3)])
    (row,) = skill_overlap(demand, capacity, status_date=pd.Timestamp("2026-06-30")).to_dict("records")
    assert (row["short_seconds"] / HOUR, row["project_ids"], row["project_count"]) == (40, "A, B", 2)
    assert (row["demand_seconds"] / HOUR, row["capacity_seconds"] / HOUR) == (180, 150)


def test_one_project_enough_capacity_and_past_months_are_no_overlap() -> None:
    demand = contract_frame(
        "demand",
        [
            asked("A", 100, None, "one"), asked("A", 10, None, "enough"), asked("B", 10, None, "enough"),
            asked("A", 10, 1, "past", MAY), asked("B", 10, 1, "past", MAY),
            asked("A", 10, None, "none"), asked("B", 20, None, "none"),
            # An undecided proposal's plan is not to come about yet.
            asked("A", 10, None, "plan"), asked("C", 10, None, "plan") | {"certainty": 0},
        ],
    )  # fmt: skip
    capacity = contract_frame("capacity_by_skill_month", [there(20, 0, "enough")])
    found = skill_overlap(demand, capacity, status_date=JUNE)
    # Nobody is known to have the skill: all that is asked for is short.
    assert found[["skill_id", "short_seconds"]].to_numpy().tolist() == [["none", 30 * HOUR]]
