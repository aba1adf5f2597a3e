"""Signs of overload by hand: the worked example, runs that break, and groups that are too small."""

from __future__ import annotations

from typing import Any

import pandas as pd

from pmo_analytics.resources.overload import team_overload
from pmo_analytics.resources.utilisation import SMALL_TEAMS
from tests.frames import contract_frame

HOUR = 3600.0
TODAY = pd.Timestamp("2026-06-30")
MONTHS = [pd.Timestamp(f"2026-{month:02}-01") for month in range(1, 7)]


def person(teams: dict[str, str]) -> pd.DataFrame:
    rows = [{"person_id": who, "status_date": MONTHS[0], "team": team, "fte_pct": 100.0} for who, team in teams.items()]
    return contract_frame("person", rows)


def found(people: dict[str, dict[str, Any]], teams: dict[str, str] | None = None) -> pd.DataFrame:
    """`people` gives by person: booked hours, free-day hours, leave and projects by month, where not the usual."""
    available, pattern, booked = [], [], []
    for who, given in people.items():
        for place, month in enumerate(MONTHS):
            key = {"person_id": who, "period_month": month}
            if place in given.get("away", ()):
                continue
            leave = given.get("leave", [8.0] * 6)[place]
            available.append(
                key
                | {"calendar_seconds": 160 * HOUR, "absence_seconds": leave * HOUR,
                   "available_seconds": (160 - leave) * HOUR}
            )  # fmt: skip
            free = given.get("free", [0.0] * 6)[place]
            pattern.append(
                key
                | {"worked_day_count": 20, "free_day_seconds": free * HOUR, "overtime_seconds": free * HOUR,
                   "project_count": given.get("projects", 1)}
            )  # fmt: skip
            booked.append(
                {"person_id": who, "period_month": month, "utilisation_ratio": given.get("ratio", [0.9] * 6)[place]}
            )
    return team_overload(
        pd.DataFrame(booked),
        contract_frame("work_pattern_by_person_month", pattern),
        contract_frame("availability_by_person_month", available),
        person(teams or dict.fromkeys(people, "A")),
        status_date=TODAY,
    ).set_index(["team", "period_month"])


def test_the_worked_example() -> None:
    rows = found(
        {
            "long": {"ratio": [0.9, 0.9, 0.9, 1.125, 1.125, 1.125]},
            "saturdays": {"free": [0, 0, 0, 4, 5, 4]},
            "no leave": {"leave": [0.0] * 6},
            "spread": {"projects": 4},
            "fine": {},
        }
    )
    june = rows.loc[("A", MONTHS[5])]
    counts = ["overloaded_count", "long_hours_count", "free_days_count", "no_leave_count", "spread_count", "persons"]
    assert june[counts].to_list() == [3, 1, 1, 1, 1, 5]
    assert june["free_day_seconds"] == 4 * HOUR
    # In May none of the three had lasted long enough.
    assert rows.loc[("A", MONTHS[4]), counts[:4]].to_list() == [0, 0, 0, 0]


def test_one_person_is_counted_once() -> None:
    both = {"ratio": [1.2] * 6, "free": [8.0] * 6, "leave": [0.0] * 6}
    june = found({"both": both} | {f"p{n}": {} for n in range(4)}).loc[("A", MONTHS[5])]
    assert (june["overloaded_count"], june["long_hours_count"], june["free_days_count"]) == (1, 1, 1)


def test_a_month_that_is_not_known_breaks_the_run() -> None:
    people = {"gap": {"ratio": [1.2] * 6, "away": {4}}} | {f"p{n}": {} for n in range(4)}
    rows = found(people)
    assert rows.loc[("A", MONTHS[3]), "long_hours_count"] == 1
    assert rows.loc[("A", MONTHS[5]), "long_hours_count"] == 0


def test_groups_under_five_are_folded_or_withheld() -> None:
    people: dict[str, dict[str, Any]] = {f"p{n}": {"ratio": [1.5] * 6} for n in range(9)}
    teams = {f"p{n}": "A" if n < 5 else "B" for n in range(9)}
    rows = found(people, teams)
    assert rows.index.get_level_values("team").unique().tolist() == ["A", SMALL_TEAMS]
    june = rows.loc[(SMALL_TEAMS, MONTHS[5])]
    assert pd.isna(june["overloaded_count"])
    assert pd.isna(june["overtime_seconds"])
    assert june["quality_note"] == "fewer than 5 persons: not shown"
