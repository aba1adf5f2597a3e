from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from pmo_analytics.resources.demand_levelling import demand_levelling
from pmo_analytics.resources.levelled_projects import levelled_project, project_month_load
from tests.frames import project_row
from tests.resources.staff import (
    AUGUST,
    HOUR,
    JULY,
    SEPTEMBER,
    STATUS,
    asked,
    available,
    frame,
    person,
    priorities,
    skill,
)


def levelled(demand: list[dict[str, Any]], **finishes: str) -> tuple[list[pd.DataFrame], pd.DataFrame]:
    """Demand, time and moves of Ann and Bob, 250 hours of SQL a month, A weighing 2; and the projects."""
    time = available({(who, month): 125 for who in ("Ann", "Bob") for month in (JULY, AUGUST, SEPTEMBER)})
    asked_for = frame("demand", *demand)
    project = frame(
        "project", *(project_row(name, baseline_finish_date=pd.Timestamp(day)) for name, day in finishes.items())
    )
    moves = demand_levelling(
        asked_for, time, frame("person", person("Ann"), person("Bob")),
        frame("person_skill", skill("Ann", "SQL", 3), skill("Bob", "SQL", 3)), frame("allocation"),
        frame("effort_by_person_month"), project, frame("project_dependency"),
        status_date=STATUS, priority=priorities(A=2, B=1),
    )  # fmt: skip
    return [asked_for, time, moves], project


def test_the_worked_example() -> None:
    given, project = levelled([asked("A", "SQL", 150), asked("B", "SQL", 150)], B="2026-07-31")
    loads = project_month_load(*given)
    hours = loads.set_index(["project_id", "period_month"]) / HOUR
    names = ["demand_seconds", "moved_seconds", "arrived_seconds", "levelled_seconds"]
    assert hours[names].to_dict("index") == {
        ("A", JULY): dict(zip(names, (150, 0, 0, 150), strict=True)),
        ("B", JULY): dict(zip(names, (150, 50, 0, 100), strict=True)),
        ("B", AUGUST): dict(zip(names, (0, 0, 50, 50), strict=True)),
    }
    assert loads["late_months"].to_list() == [0, 0, 1]
    (row,) = levelled_project(*given, project).to_dict("records")
    assert (row["project_id"], row["planned_last_month"], row["levelled_last_month"]) == ("B", JULY, AUGUST)
    assert (row["late_months"], row["moved_seconds"] / HOUR, row["weight"]) == (1, 50, 1)


def test_a_project_whose_work_goes_on_ends_when_it_did() -> None:
    given, project = levelled(
        [asked("A", "SQL", 150), asked("B", "SQL", 150), asked("B", "SQL", 20, SEPTEMBER)], B="2026-07-31"
    )
    (row,) = levelled_project(*given, project).to_dict("records")
    assert (row["planned_last_month"], row["levelled_last_month"]) == (SEPTEMBER, SEPTEMBER)
    assert row["baseline_finish_date"] == pd.Timestamp("2026-07-31")


def test_nothing_is_lost_or_won_and_months_beyond_the_plan_are_left_out() -> None:
    later = asked("B", "SQL", 70, pd.Timestamp("2027-01-01"))
    given, _ = levelled([asked("A", "SQL", 200), asked("B", "SQL", 200), later])
    loads = project_month_load(*given)
    assert loads["demand_seconds"].sum() / HOUR == pytest.approx(400)
    assert loads["levelled_seconds"].sum() == pytest.approx(loads["demand_seconds"].sum())
    assert loads["moved_seconds"].sum() == loads["arrived_seconds"].sum() == 150 * HOUR
