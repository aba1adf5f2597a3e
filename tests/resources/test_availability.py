from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from pmo_analytics.resources.availability import availability_to_come
from tests.resources.staff import AUGUST, HOUR, JULY, STATUS, away, calendar, frame, person


def hours(*rows: dict[str, Any], absences: tuple[dict[str, Any], ...] = (), **options: Any) -> dict[Any, float]:
    given = (frame("person", *rows), calendar(), frame("absence", *absences))
    found = availability_to_come(*given, status_date=STATUS, **options)
    assert (found["calendar_seconds"] - found["absence_seconds"] == found["available_seconds"]).all()
    keys = found[["person_id", "period_month"]].itertuples(index=False, name=None)
    return dict(zip(keys, found["available_seconds"] / HOUR, strict=True))


def test_the_worked_example() -> None:
    assert hours(person("A", fte_pct=50.0), months=1) == {("A", JULY): 92}
    assert hours(person("A", fte_pct=50.0), absences=(away("A", "2026-07-06"),), months=1) == {("A", JULY): 88}
    assert hours(person("A", fte_pct=50.0, left_date=pd.Timestamp("2026-07-03")), months=1) == {("A", JULY): 12}


def test_two_entries_of_one_day_take_no_more_than_the_day() -> None:
    # The register's key allows one; frames given by hand may hold more.
    twice = pd.concat([frame("absence", away("A", "2026-07-06", 3))] * 2)
    found = availability_to_come(frame("person", person("A", fte_pct=50.0)), calendar(), twice, status_date=STATUS)
    assert found["absence_seconds"].iloc[0] == 4 * HOUR


def test_months_begin_after_the_reporting_date_or_where_they_are_asked_to() -> None:
    assert list(hours(person("A"))) == [("A", month) for month in pd.date_range(JULY, periods=6, freq="MS")]
    asked = hours(person("A"), first_month=pd.Timestamp("2026-08-17"), months=1)
    assert asked == {("A", AUGUST): 168}


def test_employment_cuts_and_a_calendar_that_ends_gives_no_row() -> None:
    assert hours(person("A", joined_date=pd.Timestamp("2026-07-31")), months=1) == {("A", JULY): 8}
    assert hours(person("A", left_date=pd.Timestamp("2026-06-30"))) == {}
    assert hours(person("A"), first_month=pd.Timestamp("2027-01-01")) == {}
    assert hours(person("A", calendar_id="other")) == {}


@pytest.mark.parametrize("day", ["2026-07-04", "2026-06-30"])
def test_leave_on_a_day_that_is_not_worked_or_planned_for_takes_nothing(day: str) -> None:
    assert hours(person("A"), absences=(away("A", day),), months=1) == {("A", JULY): 184}
