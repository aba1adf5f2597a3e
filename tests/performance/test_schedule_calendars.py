"""Calendars as the stored tables hold them: which one a task goes by, and what it works."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmo_analytics.performance.schedule_calendars import (
    DAY,
    USUAL,
    USUAL_PATTERN,
    ScheduleCalendars,
    WorkingPattern,
    read_pattern,
)
from tests.frames import contract_frame

HOUR = 3600
MONDAY = date(2026, 6, 1)
NOON = [["08:00", "12:00"], ["13:00", "17:00"]]
FIVE = {str(day): NOON if day < 6 else [] for day in range(1, 8)}
LONG = [["08:00", "12:00"], ["13:00", "19:00"]]
FOUR = {str(day): LONG if day < 5 else [] for day in range(1, 8)}


def calendar(schedule: str, name: str, week: Any = None, exceptions: Any = None, **values: Any) -> dict[str, Any]:
    row = {
        "schedule_id": schedule, "calendar": name, "status_date": pd.Timestamp("2026-05-29"), "is_default": False,
        "working_week": json.dumps(FIVE if week is None else week),
        "calendar_exceptions": json.dumps(exceptions or []),
    }  # fmt: skip
    return row | values


def calendars(*rows: dict[str, Any]) -> ScheduleCalendars:
    return ScheduleCalendars(contract_frame("schedule_calendar", list(rows)))


def pattern(week: Any, exceptions: Any = None) -> WorkingPattern:
    found, _ = read_pattern(json.dumps(week), json.dumps(exceptions or []))
    assert found
    return found


def hours(made: WorkingPattern, days: int = 7, first: date = MONDAY) -> list[float]:
    """Hours worked on each day."""
    begins, ends = made.spans(first, days)
    found = [0.0] * days
    for begin, end in zip(begins.tolist(), ends.tolist(), strict=True):
        for day in range(days):
            found[day] += max(min(end, (day + 1) * DAY) - max(begin, day * DAY), 0) / HOUR
    return found


def test_the_worked_example() -> None:
    made = pattern(FOUR)
    assert hours(made) == [10, 10, 10, 10, 0, 0, 0]
    assert made.day_seconds == 10 * HOUR


def test_a_night_belongs_to_two_days_and_a_day_round_the_clock_is_one_span() -> None:
    nights = pattern({str(day): [["22:00", "06:00"]] if day < 6 else [] for day in range(1, 8)})
    # The night of Sunday is not worked; that of Friday ends on Saturday.
    assert hours(nights) == [2, 8, 8, 8, 8, 6, 0]
    # Of the night before the first day, the rest is left.
    assert hours(nights, 1, date(2026, 6, 2)) == [8]
    clock = pattern({str(day): [["00:00", "24:00"]] for day in range(1, 8)})
    assert [part.tolist() for part in clock.spans(MONDAY, 30)] == [[0], [30 * DAY]]
    assert clock.day_seconds == DAY


def test_times_that_overlap_are_worked_once() -> None:
    made = pattern({"1": [["13:00", "17:00"], ["08:00", "14:00"]], "2": [["08:00", "09:00"], ["09:00", "10:00"]]})
    assert hours(made) == [9, 2, 0, 0, 0, 0, 0]
    assert len(made.spans(MONDAY, 7)[0]) == 2


def test_days_told_by_date_hold_over_what_recurs_and_that_over_a_week_of_its_own() -> None:
    half, full = [["08:00", "12:00"]], [["08:00", "18:00"]]
    summer = {"from": "2026-06-01", "to": "2026-06-30", "name": "Summer", "week": {str(day): full for day in (1, 2, 3)}}
    tuesdays = {"from": "2026-06-01", "to": "2026-06-30", "times": half, "recurs": {"Type": "6", "DaysOfWeek": "4"}}
    off = {"from": "2026-06-09", "to": "2026-06-09", "times": []}
    again = {"from": "2026-06-08", "to": "2026-06-09", "times": full}
    made = pattern(FIVE, [off, again, tuesdays, summer])
    assert hours(made) == [10, 4, 10, 0, 0, 0, 0]
    # Of the days told by date the first told holds.
    assert hours(made, first=date(2026, 6, 8))[:3] == [10, 0, 10]
    assert hours(made, first=date(2026, 7, 6)) == [8] * 5 + [0, 0]


def test_a_task_goes_by_its_calendar_else_by_the_default_else_by_five_days() -> None:
    known = calendars(
        calendar("S", "long", FOUR), calendar("S", "base", is_default=True), calendar("S", "never", {"1": []}),
        calendar("S", "torn", working_week='"no week"'), calendar("T", "long", FOUR),
    )  # fmt: skip
    assert known.of("S", "long") == (2, "long", None)
    assert known.patterns[1].day_seconds == 10 * HOUR
    # What is the same in all schedules is one.
    assert known.of("T", "long")[0] == 2
    assert known.of("S", "base") == (1, "base", None)
    assert known.of("S", None) == (1, "base", None)
    assert known.of("S", "gone") == (1, "base", "its calendar gone is not known")
    assert known.of("S", "never") == (1, "base", "its calendar never has no working time that can be read")
    assert known.of("S", "torn")[2] == "its calendar torn has no working time that can be read"
    assert known.of("T", None) == (1, USUAL, None)
    assert known.of("T", "base") == (1, USUAL, "its calendar base is not known")
    assert known.patterns[0] == USUAL_PATTERN == pattern(FIVE)


def test_a_default_without_working_time_is_none() -> None:
    known = calendars(calendar("S", "a", {}, is_default=True), calendar("S", "b", FOUR, is_default=True))
    assert known.of("S", None) == (2, "b", None)


@pytest.mark.parametrize(
    "exception",
    [
        {}, [], 3, None, {"from": "31 May"}, {"from": "2026-06-01", "times": [["08:00"]]},
        {"from": "2026-06-01", "times": "all"}, {"from": "2026-06-01", "times": [["25:00", "26:00"]]},
        {"from": "2026-06-01", "times": [], "recurs": {"Type": "8"}},
        {"from": "2026-06-01", "times": [], "recurs": "weekly"}, {"from": "2026-06-01", "week": []},
    ],
)  # fmt: skip
def test_an_exception_that_cannot_be_read_is_counted_and_changes_nothing(exception: Any) -> None:
    known = calendars(calendar("S", "base", FIVE, [exception, {"from": "2026-06-02", "times": []}]))
    number, _, note = known.of("S", "base")
    assert note == "exceptions of its calendar that cannot be read: 1"
    assert hours(known.patterns[number - 1]) == [8, 0, 8, 8, 8, 0, 0]


def test_spans_of_centuries_are_held() -> None:
    always = {"from": "0001-01-01", "to": "9999-12-31", "times": []}
    assert hours(pattern(FIVE, [always | {"recurs": {"Type": "6", "DaysOfWeek": "2"}}])) == [0, 8, 8, 8, 8, 0, 0]
    assert hours(pattern(FIVE, [always])) == [0] * 7
    assert hours(pattern(FIVE, [{"from": "2026-06-03", "to": "2026-06-01", "times": []}])) == [8] * 5 + [0, 0]


WORDS = ["1", "5", "from", "to", "times", "recurs", "week", "Type"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.sampled_from(["08:00", "2026-06-01", "99:99"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["1", "5", "from", "to", "times", "recurs", "week", "Type"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@given(st.just(FIVE) | JSON, JSON)
def test_whatever_json_a_calendar_is_made_of_it_works_or_is_none(week: Any, exceptions: Any) -> None:
    made, unread = read_pattern(json.dumps(week), json.dumps(exceptions))
    assert unread >= 0
    if made:
        begins, ends = made.spans(MONDAY, 30)
        assert (begins < ends).all()
        assert (begins[1:] > ends[:-1]).all()
        assert made.day_seconds > 0
