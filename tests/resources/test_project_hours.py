from __future__ import annotations

import math
from itertools import count

import pandas as pd
import pytest

from pmo_analytics.resources import project_charts
from pmo_analytics.resources.project_hours import EVERYONE, TOGETHER, project_hours, team_effort
from tests.frames import contract_frame
from tests.specs import styles

STATUS = pd.Timestamp("2026-06-30")


def booked(person: str, hours: float, month: str = "2026-06", project: str | None = "P") -> dict[str, object]:
    return {
        "person_id": person, "project_id": project, "period_month": pd.Timestamp(month),
        "duration_seconds": hours * 3600, "billable_seconds": 0.0, "entry_count": 1,
    }  # fmt: skip


def planned(person: str, hours: float, month: str = "2026-06") -> dict[str, object]:
    return {
        "person_id": person, "project_id": "P", "period_month": pd.Timestamp(month),
        "status_date": pd.Timestamp("2026-01-01"), "allocated_seconds": hours * 3600,
    }  # fmt: skip


def hours_of(effort: list[dict[str, object]], allocation: list[dict[str, object]]) -> pd.DataFrame:
    return project_hours(
        contract_frame("effort_by_person_month", effort),
        contract_frame("allocation", allocation),
        status_date=STATUS,
    )


def teams_of(**sizes: tuple[int, float]) -> pd.DataFrame:
    """Effort by team where each team has so many persons, who booked so many hours together."""
    numbers = count()
    effort, persons = [], []
    for team, (size, hours) in sizes.items():
        for _ in range(size):
            person = f"p{next(numbers)}"
            effort.append(booked(person, hours / size))
            persons.append({"person_id": person, "status_date": STATUS, "team": team, "fte_pct": 100.0})
    return team_effort(
        contract_frame("effort_by_person_month", effort), contract_frame("person", persons), status_date=STATUS
    )


def told(frame: pd.DataFrame) -> list[tuple[str, int, float]]:
    return [
        (row["team"], int(row["persons"]), round(float(row["duration_seconds"]) / 3600, 6))
        for row in frame.to_dict("records")
    ]


def test_booked_and_allocated_stand_side_by_side_and_a_plan_ahead_alone() -> None:
    found = hours_of(
        [
            booked("a", 10),
            booked("b", 20),
            booked("a", 5, "2026-05"),
            booked("a", 99, "2026-07"),
            booked("a", 7, project=None),
        ],
        [planned("a", 15), planned("b", 25), planned("a", 30, "2026-08")],
    )
    assert found["period_month"].dt.strftime("%Y-%m").to_list() == ["2026-05", "2026-06", "2026-08"]
    assert (found["duration_seconds"] / 3600).to_list() == [5.0, 30.0, 0.0]
    assert math.isnan(found["allocated_seconds"].iloc[0])
    assert (found["allocated_seconds"] / 3600).to_list()[1:] == [40.0, 30.0]


def test_worked_example_a_group_that_subtraction_would_tell_is_folded_too() -> None:
    assert told(teams_of(A=(8, 100), B=(3, 30), C=(1, 10))) == [(EVERYONE, 12, 140.0)]
    assert told(teams_of(A=(8, 100), B=(3, 30), C=(2, 10))) == [("A", 8, 100.0), (TOGETHER, 5, 40.0)]


def test_too_few_persons_altogether_are_not_shown() -> None:
    found = teams_of(A=(3, 30), B=(1, 5))
    assert found["team"].to_list() == [EVERYONE]
    assert found["duration_seconds"].isna().all()
    assert found["quality_note"].to_list() == ["fewer than 5 persons: not shown"]


@pytest.mark.parametrize("sizes", [(5, 1), (5, 6, 4), (9, 5, 5, 1, 1), (2, 2), (7,), (4, 1), (5, 5, 3)])
def test_no_group_shown_or_left_over_is_small(sizes: tuple[int, ...]) -> None:
    found = teams_of(**{f"T{i}": (size, 10.0 * size) for i, size in enumerate(sizes)})
    assert found["persons"].sum() == sum(sizes)
    shown = found[found["duration_seconds"].notna()]
    assert (shown["persons"] >= 5).all()
    assert len(shown) == len(found) or len(found) == 1


def test_only_the_last_twelve_months_are_added() -> None:
    months = ["2025-06", "2025-07", "2026-06", "2026-07"]
    effort = [booked(f"p{i}", 1, month) for i in range(5) for month in months]
    found = team_effort(
        contract_frame("effort_by_person_month", effort), contract_frame("person", []), status_date=STATUS
    )
    assert told(found) == [("No team", 5, 10.0)]


def test_the_charts_title_holds_the_month_against_plan_or_habit() -> None:
    plain = project_charts.project_hours_chart_data(
        hours_of([booked("a", 40), booked("a", 30, "2026-05"), booked("a", 10, "2026-03")], []), status_date=STATUS
    )
    # April without hours counts as none: (10 + 0 + 30) / 3.
    assert plain["title"].iloc[0] == "40 hours were booked in June\u00a02026, against 13 a month in the 3 before"
    assert plain["booked"].to_list() == [10.0, 0.0, 30.0, 40.0]
    known = project_charts.project_hours_chart_data(
        hours_of([booked("a", 40)], [planned("a", 52), planned("a", 8, "2026-07")]), status_date=STATUS
    )
    assert known["title"].iloc[0] == "40 hours were booked in June\u00a02026, 12 fewer than the 52 allocated"
    assert "total" in styles(project_charts.project_hours_chart(known).to_dict())
    assert "total" not in styles(project_charts.project_hours_chart(plain).to_dict())
