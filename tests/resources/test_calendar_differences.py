from __future__ import annotations

import pandas as pd

from pmo_analytics.resources.calendar_differences import CalendarDifference, calendar_differences
from pmo_analytics.resources.utilisation import SMALL_TEAMS
from tests.frames import contract_frame

HOUR = 3600
JAN, MAY = pd.Timestamp("2026-01-01"), pd.Timestamp("2026-05-01")


def differences(booked: dict[str, float], teams: dict[str, str], *, unknown: tuple[str, ...] = ()) -> pd.DataFrame:
    mart = [
        {
            "person_id": person,
            "period_month": JAN,
            "duration_seconds": hours * HOUR,
            "available_seconds": None if person in unknown else 160 * HOUR,
            "difference_seconds": None if person in unknown else (hours - 160) * HOUR,
        }
        for person, hours in booked.items()
    ]
    people = [{"person_id": p, "status_date": JAN, "team": team, "fte_pct": 100.0} for p, team in teams.items()]
    return calendar_differences(
        contract_frame("calendar_reconciliation", mart),
        contract_frame("person", people),
        status_date=pd.Timestamp("2026-03-31"),
    )


def test_what_offsets_within_a_team_is_told() -> None:
    booked = {"a": 160.0, "b": 160.0, "c": 160.0, "d": 180.0, "e": 130.0}
    row = differences(booked, dict.fromkeys("abcde", "Build")).iloc[0]
    assert row[CalendarDifference.persons] == 5
    assert row[CalendarDifference.difference_seconds] == -10 * HOUR
    assert (row[CalendarDifference.above_seconds], row[CalendarDifference.below_seconds]) == (20 * HOUR, 30 * HOUR)


def test_hours_without_a_calendar_stand_apart() -> None:
    booked = dict.fromkeys("abcdef", 160.0)
    row = differences(booked, dict.fromkeys("abcdef", "Build"), unknown=("f",)).iloc[0]
    assert row[CalendarDifference.persons] == 5
    assert row[CalendarDifference.without_calendar_seconds] == 160 * HOUR
    assert row[CalendarDifference.difference_seconds] == 0


def test_no_group_of_fewer_than_five_is_shown() -> None:
    row = differences({"a": 200.0, "b": 100.0}, {"a": "One", "b": "Two"}).iloc[0]
    assert row[CalendarDifference.team] == SMALL_TEAMS
    assert pd.isna(row[CalendarDifference.above_seconds])
    assert pd.isna(row[CalendarDifference.duration_seconds])
    assert row[CalendarDifference.quality_note] == "fewer than 5 persons: not shown"
