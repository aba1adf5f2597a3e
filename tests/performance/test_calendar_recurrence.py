"""Recurring exceptions, with dates looked up in a calendar of the years 2026 and 2027."""

from __future__ import annotations

import pandas as pd
import pytest

from pmo_analytics.performance.calendar_recurrence import recurring_days

YEARS = pd.date_range("2026-01-01", "2027-12-31")


def dates(rule: dict[str, str], days: pd.DatetimeIndex = YEARS) -> list[str]:
    return [day.strftime("%y-%m-%d") for day in recurring_days(rule, days)]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        # The worked example: the last Monday of May.
        ({"Type": "3", "Month": "4", "MonthItem": "4", "MonthPosition": "4"}, ["26-05-25", "27-05-31"]),
        ({"Type": "2", "Month": "11", "MonthDay": "24"}, ["26-12-24", "27-12-24"]),
        # The first weekday of a year, and its second day of a weekend.
        ({"Type": "3", "Month": "0", "MonthItem": "1", "MonthPosition": "0"}, ["26-01-01", "27-01-01"]),
        ({"Type": "3", "Month": "0", "MonthItem": "2", "MonthPosition": "1"}, ["26-01-04", "27-01-03"]),
        ({"Type": "3", "Month": "1", "MonthItem": "0", "MonthPosition": "4"}, ["26-02-28", "27-02-28"]),
        ({"Type": "3", "Month": "0", "MonthItem": "3", "MonthPosition": "0"}, ["26-01-04", "27-01-03"]),
        ({"Type": "3", "Month": "0", "MonthItem": "9", "MonthPosition": "0"}, ["26-01-03", "27-01-02"]),
    ],
)
def test_once_a_year(rule: dict[str, str], expected: list[str]) -> None:
    assert dates(rule) == expected


def test_every_so_many_days_weeks_and_months() -> None:
    first = pd.date_range("2026-06-03", "2026-06-30")
    assert dates({"Type": "1", "Period": "10"}, first) == ["26-06-03", "26-06-13", "26-06-23"]
    # 2 is Monday and 32 Friday; 3 June 2026 is a Wednesday, and every other week begins with its own.
    assert dates({"Type": "6", "DaysOfWeek": "34", "Period": "2"}, first) == [
        "26-06-05", "26-06-15", "26-06-19", "26-06-29",
    ]  # fmt: skip
    months = pd.date_range("2026-01-01", "2026-07-31")
    assert dates({"Type": "4", "MonthDay": "31", "Period": "2"}, months) == [
        "26-01-31", "26-03-31", "26-05-31", "26-07-31",
    ]  # fmt: skip
    assert dates({"Type": "5", "MonthItem": "8", "MonthPosition": "0", "Period": "3"}, months) == [
        "26-01-02", "26-04-03", "26-07-03",
    ]  # fmt: skip


def test_a_place_in_a_month_is_that_of_the_whole_month() -> None:
    # From the 10th on the first Monday that comes is the second of June.
    rule = {"Type": "5", "MonthItem": "4", "MonthPosition": "1"}
    assert dates(rule, pd.date_range("2026-06-05", "2026-06-30")) == ["26-06-08"]
    assert dates(rule, pd.date_range("2026-06-09", "2026-06-30")) == []


def test_it_ends_after_so_many_times() -> None:
    rule = {"Type": "6", "DaysOfWeek": "2", "EnteredByOccurrences": "1", "Occurrences": "2"}
    assert dates(rule) == ["26-01-05", "26-01-12"]
    assert len(dates(rule | {"EnteredByOccurrences": "0"})) > 100


@pytest.mark.parametrize(
    "rule",
    [
        {"Type": "7"}, {"Type": "x"}, {"Type": "2", "Month": "4"}, {"Type": "2", "Month": "4", "MonthDay": "-1"},
        {"Type": "3", "Month": "4", "MonthItem": "10", "MonthPosition": "0"},
        {"Type": "5", "MonthItem": "4", "MonthPosition": "5"}, {"Type": "4", "MonthDay": "9" * 50},
    ],
)  # fmt: skip
def test_what_is_no_rule_is_refused(rule: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"."):
        recurring_days(rule, YEARS)
