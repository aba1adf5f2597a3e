"""Units: what systemd reads in them is what was meant, by its own program where there is one and by its rules."""

from __future__ import annotations

import configparser
import shutil
import subprocess
from pathlib import Path

import pytest

from pmo_analytics.reporting.run_times import parse_run_time
from pmo_analytics.scheduling.systemd_units import on_calendar, service_unit, timer_unit
from tests.scheduling.timer_calls import PLACES, call_in, expected_of, shown_by, unit_arguments

NEEDS_SYSTEMD = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="no systemd-analyze on this machine: units are only parsed"
)
FORMS = [
    ("month", "working day 3 at 06:30", "*-*-03..10 06:30:00 Europe/Berlin"),
    ("month", "day 28 at 23:59", "*-*-28 23:59:00 Europe/Berlin"),
    ("week", "Sunday at 00:00", "Sun *-*-* 00:00:00 Europe/Berlin"),
    ("quarter", "working day 5 at 06:30", "*-01,04,07,10-05..12 06:30:00 Europe/Berlin"),
]


@pytest.mark.parametrize(("every", "text", "expected"), FORMS)
def test_days_and_times(every: str, text: str, expected: str) -> None:
    assert on_calendar(parse_run_time(text, every), "Europe/Berlin", 5) == expected


@NEEDS_SYSTEMD
@pytest.mark.parametrize("expected", [form[2] for form in FORMS])
def test_systemd_reads_them_as_days_and_times(expected: str) -> None:
    done = subprocess.run(["systemd-analyze", "calendar", expected], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Next elapse: never" not in done.stdout


@pytest.mark.parametrize("place", [*PLACES, "back\\slash"])
def test_a_unit_hands_over_what_was_meant(tmp_path: Path, place: str) -> None:
    call = call_in(tmp_path, place)
    arguments = unit_arguments(service_unit(call))
    assert arguments == list(call.arguments)
    assert shown_by(arguments) == expected_of(call)


@pytest.mark.parametrize("place", PLACES)
def test_units_have_their_sections_and_no_others(tmp_path: Path, place: str) -> None:
    call = call_in(tmp_path, place)
    service, timer = (configparser.RawConfigParser(strict=True) for _ in range(2))
    service.optionxform = timer.optionxform = str  # type: ignore[assignment, method-assign]
    service.read_string(service_unit(call))
    timer.read_string(timer_unit(call, parse_run_time("Monday at 06:30", "week"), "UTC", 5))
    assert {name: sorted(service[name]) for name in service.sections()} == {
        "Unit": ["Description"], "Service": ["ExecStart", "Type"],
    }  # fmt: skip
    assert {name: sorted(timer[name]) for name in timer.sections()} == {
        "Unit": ["Description"], "Timer": ["OnCalendar", "Persistent"], "Install": ["WantedBy"],
    }  # fmt: skip


@NEEDS_SYSTEMD
@pytest.mark.parametrize("place", [*PLACES, "back\\slash"])
def test_systemd_finds_nothing_wrong(tmp_path: Path, place: str) -> None:
    call = call_in(tmp_path, place)
    folder = tmp_path / "units"
    folder.mkdir()
    (folder / f"{call.name}.service").write_text(service_unit(call))
    run_time = parse_run_time("working day 3 at 06:30", "month")
    (folder / f"{call.name}.timer").write_text(timer_unit(call, run_time, "Europe/Berlin", 5))
    paths = [str(path) for path in sorted(folder.iterdir())]
    done = subprocess.run(
        ["systemd-analyze", "--man=no", "verify", *paths], capture_output=True, text=True, check=False
    )
    assert (done.returncode, [line for line in done.stderr.splitlines() if call.name in line]) == (0, [])
