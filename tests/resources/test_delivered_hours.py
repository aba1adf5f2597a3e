"""Hours of teams to come: the worked example, small teams, and what is too short to be forecast."""

from __future__ import annotations

import pandas as pd
import pytest

from pmo_analytics.resources.delivered_hours import EVERYBODY, delivered_hours, delivered_hours_passport
from pmo_analytics.resources.utilisation import SMALL_TEAMS
from tests.frames import contract_frame

TODAY = pd.Timestamp("2026-05-31")
HOUR = 3600.0


def person(sizes: dict[str, int]) -> pd.DataFrame:
    rows = [
        {"person_id": f"{team}{n}", "status_date": TODAY, "team": team, "fte_pct": 100.0}
        for team, size in sizes.items()
        for n in range(size)
    ]
    return contract_frame("person", rows)


def effort(hours: dict[str, list[float]], last: str = "2026-05-01") -> pd.DataFrame:
    rows = [
        {"person_id": who, "project_id": project, "period_month": month, "duration_seconds": each * HOUR,
         "billable_seconds": 0.0, "entry_count": 1}
        for who, series in hours.items()
        for month, each in zip(pd.date_range(end=last, periods=len(series), freq="MS"), series, strict=True)
        for project in ("P", None)
    ]  # fmt: skip
    return contract_frame("effort_by_person_month", rows)


def test_the_worked_example() -> None:
    booked = effort({"A0": [100.0 + 10 * n for n in range(12)]})
    found = delivered_hours(booked, person({"A": 6}), status_date=TODAY)
    assert found["team"].unique().tolist() == [EVERYBODY, "A"]
    row = found[(found["team"] == "A") & (found["period_month"] == "2026-07-01")].iloc[0]
    # Time on no known project is not in it.
    assert row["p50_seconds"] / HOUR == pytest.approx(155)
    assert row["p80_seconds"] / HOUR == pytest.approx(194)
    assert row["is_refused"]
    assert "more are missing" in row["verdict"]


def test_small_teams_are_folded() -> None:
    booked = effort({"A0": [50.0] * 14, "B0": [20.0] * 14, "C1": [30.0] * 14})
    found = delivered_hours(booked, person({"A": 5, "B": 4, "C": 2}), status_date=TODAY)
    assert set(found["team"]) == {EVERYBODY, "A", SMALL_TEAMS}
    told = found[found["team"] == SMALL_TEAMS]["p50_seconds"] / HOUR
    assert told.to_list() == pytest.approx([50.0] * 6)


def test_a_year_is_needed_and_the_month_under_way_does_not_count() -> None:
    eleven = effort({"A0": [50.0] * 11})
    assert len(delivered_hours(eleven, person({"A": 5}), status_date=TODAY)) == 0
    begun = effort({"A0": [50.0] * 12}, last="2026-06-01")
    assert len(delivered_hours(begun, person({"A": 5}), status_date=pd.Timestamp("2026-06-20"))) == 0


def test_the_record_says_how_many_forecasts_there_were() -> None:
    booked = effort({f"A{n}": [40.0 + (7 * n + 3 * month) % 11 for month in range(30)] for n in range(5)})
    record = delivered_hours_passport(booked, person({"A": 5}), status_date=TODAY)
    # Two series, asked at the ends of months 12 to 29, of which six months ahead are known until month 30.
    assert record["forecast_count"].max() == 2 * sum(min(6, 30 - month) for month in range(12, 30))
    none = delivered_hours_passport(effort({}), person({"A": 5}), status_date=TODAY)
    assert none["is_refused"].all()
