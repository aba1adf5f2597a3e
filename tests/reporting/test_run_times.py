"""When runs are due: days behind a period's end, working days among them, zones and clocks that are set."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmo_analytics.errors import UsageError
from pmo_analytics.reporting.run_times import parse_run_time
from pmo_analytics.warehouse.as_of import period_end
from pmo_analytics.workspace import Workspace

BERLIN = ZoneInfo("Europe/Berlin")


def working(first: date, last: date) -> list[date]:
    """Monday to Friday."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in days if day.weekday() < 5]


@pytest.mark.parametrize(
    ("text", "every", "end", "due"),
    [
        # 2026-07-01 is a Wednesday; August 2026 begins on a Saturday.
        ("working day 3 at 06:30", "month", date(2026, 6, 30), "2026-07-03T06:30:00+02:00"),
        ("working day 3 at 06:30", "month", date(2026, 7, 31), "2026-08-05T06:30:00+02:00"),
        ("day 3 at 06:30", "month", date(2025, 12, 31), "2026-01-03T06:30:00+01:00"),
        ("Monday at 06:30", "week", date(2026, 6, 28), "2026-06-29T06:30:00+02:00"),
        ("thu at 17:00", "week", date(2026, 6, 28), "2026-07-02T17:00:00+02:00"),
        ("working day 5 at 06:30", "quarter", date(2026, 6, 30), "2026-07-07T06:30:00+02:00"),
        # On 29 March 2026 clocks go from two to three.
        ("Sunday at 02:30", "week", date(2026, 3, 22), "2026-03-29T03:30:00+02:00"),
    ],
)
def test_when_a_report_is_due(text: str, every: str, end: date, due: str) -> None:
    assert parse_run_time(text, every).due(end, BERLIN, working).isoformat() == due


def test_public_holidays_are_no_working_days() -> None:
    # 1 January 2027 is a Friday and a holiday: the first working day is Monday the fourth.
    place = Workspace(Path("/"), {"working_time": {"holidays": "DE-BY"}})
    run_time = parse_run_time("working day 3 at 06:30", "month")
    # The sixth, Epiphany, is one as well.
    assert run_time.due(date(2026, 12, 31), BERLIN, place.working_days).date() == date(2027, 1, 7)


@pytest.mark.parametrize(
    ("text", "every"),
    [
        ("day 29 at 06:30", "month"), ("day 0 at 06:30", "month"), ("working day 16 at 06:30", "quarter"),
        ("Monday at 06:30", "month"), ("day 3 at 06:30", "week"), ("Mo at 06:30", "week"), ("Monday at 24:00", "week"),
        ("Monday at 6:30", "week"), ("Monday at 06:60", "week"), ("day 3", "month"), (3, "month"), ("", "month"),
        ("day 3 at 06:30\n* * * * * x", "month"),
    ],
)  # fmt: skip
def test_what_is_no_time_is_told_with_what_is_one(text: object, every: str) -> None:
    with pytest.raises(UsageError, match=r"such as|from 1 to"):
        parse_run_time(text, every)


TIMES = st.one_of(
    st.tuples(st.just("week"), st.sampled_from(["Monday at 00:00", "Friday at 23:59", "Sunday at 02:30"])),
    st.tuples(
        st.sampled_from(["month", "quarter"]),
        st.sampled_from(["day 1 at 00:00", "day 28 at 23:59", "working day 1 at 02:30", "working day 15 at 12:00"]),
    ),
)
ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland"]).map(ZoneInfo)


@given(TIMES, ZONES, st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)))
def test_of_the_periods_that_are_over_the_last_that_is_due_is_followed_by_the_next(
    form: tuple[str, str], zone: ZoneInfo, now: datetime
) -> None:
    run_time = parse_run_time(form[1], form[0])
    last = run_time.last_due(now, zone, working)
    assert last == period_end(form[0], last)
    assert run_time.due(last, zone, working) <= now < run_time.next_due(now, zone, working)


@given(TIMES, ZONES, st.dates(date(2020, 1, 1), date(2035, 1, 1)))
def test_a_timer_calls_when_the_report_is_due_whatever_the_working_days_are(
    form: tuple[str, str], zone: ZoneInfo, day: date
) -> None:
    run_time = parse_run_time(form[1], form[0])
    end = period_end(form[0], day)
    assert run_time.due(end, zone, working) in run_time.calls(end, zone, 5)
    assert parse_run_time(str(run_time), form[0]) == run_time
