"""Crontab lines: they call when something is due, hand the shell what was meant, and leave others' lines alone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmo_analytics.errors import UsageError
from pmo_analytics.reporting.run_times import parse_run_time
from pmo_analytics.scheduling.crontab import block_in, cron_block, cron_times, with_block, without_block
from pmo_analytics.scheduling.timer_call import TimerCall
from pmo_analytics.warehouse.as_of import WEEK, period_ends
from tests.scheduling.timer_calls import PLACES, call_in, cron_command, expected_of, is_called, shown_by

CALL = TimerCall("pmo-w-0-monthly", "monthly", "/w", ("/bin/true",))
OTHERS = ["", "MAILTO=a@b\n", "# mine\n\n*/5 * * * * x \\% y\t\n", "a\r\nb\x0bc\u2028d\n", "no line end", "\n\n"]
ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland"]).map(ZoneInfo)
TIMES = st.sampled_from(
    [
        ("week", "Monday at 06:30"), ("week", "Sunday at 23:30"), ("month", "day 1 at 00:15"),
        ("month", "working day 3 at 06:30"), ("quarter", "working day 5 at 06:30"), ("quarter", "day 28 at 23:59"),
    ]
)  # fmt: skip


@pytest.mark.parametrize(
    ("every", "text", "zone", "expected"),
    [
        ("month", "working day 3 at 06:30", "UTC", ["30 6 3-10 * *"]),
        ("month", "day 3 at 06:30", "UTC", ["30 6 3 * *"]),
        ("week", "Monday at 06:30", "UTC", ["30 6 * * 1"]),
        ("week", "Sunday at 06:30", "UTC", ["30 6 * * 0"]),
        ("quarter", "day 5 at 06:30", "UTC", ["30 6 5 1,4,7,10 *"]),
        # In Berlin it is one or two hours later than on a machine in UTC; half past midnight is the day before.
        ("month", "day 3 at 06:30", "Europe/Berlin", ["30 4-5 3 * *"]),
        ("week", "Monday at 00:30", "Europe/Berlin", ["30 22-23 * * 0"]),
    ],
)
def test_fields_by_hand(every: str, text: str, zone: str, expected: list[str]) -> None:
    assert lines(every, text, ZoneInfo(zone), ZoneInfo("UTC")) == expected


def calls(every: str, text: str, zone: ZoneInfo) -> list[datetime]:
    ends = period_ends(every, date(2025, 12, 31), date(2028, 3, 1))
    return [each for end in ends for each in parse_run_time(text, every).calls(end, zone, 5)]


def lines(every: str, text: str, zone: ZoneInfo, zone_of_cron: ZoneInfo) -> list[str]:
    return cron_times([each.astimezone(zone_of_cron) for each in calls(every, text, zone)], by_weekday=every == WEEK)


@given(TIMES, ZONES, ZONES)
def test_every_call_is_made_whatever_the_zones(form: tuple[str, str], zone: ZoneInfo, zone_of_cron: ZoneInfo) -> None:
    written = lines(*form, zone, zone_of_cron)
    for call in calls(*form, zone):
        assert any(is_called(line, call.astimezone(zone_of_cron)) for line in written)
    minutes = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=15 * n + 14) for n in range(4 * 24 * 7)]
    assert sum(is_called(line, at) for line in written for at in minutes) <= 4 * 7, "hardly ever else"


@pytest.mark.parametrize("place", PLACES)
def test_the_shell_gets_what_was_meant(tmp_path: Path, place: str) -> None:
    call = call_in(tmp_path, place)
    first, line, last = cron_block(call, ["30 6 * * 1"]).splitlines()
    assert first.startswith("#")
    assert last.startswith("#")
    assert shown_by(["/bin/sh", "-c", cron_command(line)]) == expected_of(call)


def test_what_cron_programs_read_differently_or_not_at_all_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="backslash"):
        cron_block(call_in(tmp_path, "a\\b"), ["* * * * *"])
    with pytest.raises(UsageError, match="longer than cron takes"):
        cron_block(call_in(tmp_path, "/".join(["x" * 200] * 3)), ["* * * * *"])


@pytest.mark.parametrize("others", OTHERS)
def test_other_lines_stay_byte_for_byte(others: str) -> None:
    block = cron_block(CALL, ["30 6 3-10 * *"])
    once = with_block(others, CALL, block)
    assert once.startswith(others)
    assert with_block(once, CALL, block) == once
    assert block_in(once, CALL) == block
    left = without_block(once, CALL)
    assert left == others or left == others + "\n"
    assert without_block(left, CALL) == left


def test_a_block_keeps_its_place_and_other_blocks_stay() -> None:
    other = TimerCall("pmo-w-0-weekly", "weekly", "/w", ("/bin/false",))
    crontab = with_block(with_block("", CALL, cron_block(CALL, ["1 1 1 * *"])), other, cron_block(other, ["* * * * *"]))
    crontab += "last\n"
    changed = with_block(crontab, CALL, cron_block(CALL, ["2 2 2 * *"]))
    assert changed == crontab.replace("1 1 1", "2 2 2")
    assert without_block(without_block(changed, CALL), other) == "last\n"


def test_a_block_without_its_end_is_not_touched() -> None:
    broken = cron_block(CALL, ["1 1 1 * *"]).replace("# <<<", "# <") + "0 0 * * * mine\n"
    for change in (lambda: with_block(broken, CALL, "x"), lambda: without_block(broken, CALL)):
        with pytest.raises(UsageError, match="lost its last line"):
            change()
