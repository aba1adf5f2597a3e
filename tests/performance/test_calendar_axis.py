"""The critical path by calendars as programs write them: schedules of own making, loaded and reckoned from marts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pmo_analytics.performance.calendar_axis import calendar_axis
from pmo_analytics.performance.schedule_paths import schedule_paths
from pmo_analytics.workspace import Workspace
from tests.exports import Desk
from tests.performance.test_schedule_paths import CLOCK, FIVE, FOUR, FRIDAY, calendars, frames, task, tie
from tests.schedule_texts import calendar, link, members, mspdi, weekday, xer, xer_calendar, xer_link, xer_task
from tests.schedule_texts import task as project_task

HOUR = 3600


def test_the_worked_example() -> None:
    given = frames([task("S", "A", 16, calendar="four"), task("S", "B", 16, calendar="five")], [])
    axis = calendar_axis(*given, calendars(five=FIVE, four=FOUR), FRIDAY)
    assert axis.first == pd.Timestamp("2026-05-30")
    # Tuesday is the fourth day from Saturday on; ten hours from seven to six with a break, so six are done at 14:00.
    assert (axis.path.earliest_finish / HOUR).tolist() == [3 * 24 + 14, 3 * 24 + 17]


def test_ties_of_a_circle_and_to_nothing_leave_lags_with_their_own_links() -> None:
    rows = [task("S", name, 8, calendar="clock") for name in "ABCD"]
    links = [
        tie("S/A", "S/B"), tie("S/B", "S/A"), tie("S/Z", "S/C", lag_seconds=99 * HOUR),
        tie("S/C", "S/D", lag_seconds=24 * HOUR, lag_calendar="elapsed"), tie("S/B", "S/D", lag_seconds=2 * HOUR),
    ]  # fmt: skip
    axis = calendar_axis(*frames(rows, links), calendars(clock=CLOCK), FRIDAY)
    assert axis.schedule.cut_count == 2
    # D waits for C and a day more.
    assert (axis.path.earliest_start / HOUR).tolist() == [0, 0, 0, 32]


NIGHTS = dict.fromkeys(range(1, 8), ("00:00-06:00", "22:00-00:00"))
LAST_MONDAY_OF_JULY = (
    "<Exceptions><Exception><TimePeriod><FromDate>2026-01-01T00:00:00</FromDate><ToDate>2030-12-31T23:59:00</ToDate>"
    "</TimePeriod><Name>Fair</Name><Type>3</Type><Month>6</Month><MonthItem>4</MonthItem>"
    "<MonthPosition>4</MonthPosition><DayWorking>0</DayWorking></Exception></Exceptions>"
)


def nights() -> str:
    days = "".join(weekday(day, *times) for day, times in NIGHTS.items())
    return f"<Calendar>{members(UID=2, Name='Nights', IsBaseCalendar=1)}<WeekDays>{days}</WeekDays></Calendar>"


def loaded(folder: Path, text: str, name: str, *, time_zone: str = "UTC") -> dict[str, Any]:
    """Paths of a schedule in a workspace of its own, by task."""
    desk = Desk(folder)
    (desk.workspace.root / "pmo.toml").write_text(f'time_zone = "{time_zone}"\n')
    desk.workspace = Workspace.find(desk.workspace.root)
    path = desk.folder / name
    path.write_bytes(text.encode())
    desk.load_all(path)
    with desk.warehouse.at("2026-06") as view:
        found: dict[str, Any] = view.run(schedule_paths).set_index("task_id").to_dict("index")
    return found


@pytest.mark.parametrize("time_zone", ["UTC", "America/New_York", "Asia/Tokyo"])
def test_a_schedule_of_microsoft_project(tmp_path: Path, time_zone: str) -> None:
    # The reporting date is Tuesday 30 June; on Monday 27 July, the last of the month, the fair stops work.
    tasks = [
        project_task(1, Start="2026-07-24T08:00:00", Duration="PT16H0M0S"),
        project_task(2, [link(1, LinkLag=4800)], Duration="PT4H0M0S", CalendarUID=2),
        project_task(3, [link(1, LinkLag=4800, LagFormat=8)], Duration="PT8H0M0S"),
        project_task(4, Start="2026-07-02T22:00:00", Duration="PT4H0M0S", CalendarUID=2),
        project_task(5, CalendarUID=9),
    ]
    text = mspdi(tasks, [calendar(1, "Standard", LAST_MONDAY_OF_JULY), nights()])
    found = loaded(tmp_path, text, "plan.xml", time_zone=time_zone)
    days = {name: (row["early_start_date"], row["early_finish_date"]) for name, row in found.items()}
    assert {name: tuple(day.strftime("%m-%d") for day in pair) for name, pair in days.items()} == {
        # Friday and, since Monday is off, Tuesday.
        "1": ("07-24", "07-28"),
        # Eight hours of nights after Tuesday 17:00 are over on Wednesday at 6:00; it begins that night, and ends in it.
        "2": ("07-29", "07-30"),
        # Eight hours by the clock after it, it is Wednesday 1:00.
        "3": ("07-29", "07-29"),
        # A night that begins before midnight, in local time, ends at two.
        "4": ("07-02", "07-03"),
        "5": ("07-01", "07-01"),
    }
    assert {name: row["calendar"] for name, row in found.items()} == {
        "1": "Standard", "2": "Nights", "3": "Standard", "4": "Nights", "5": "Standard",
    }  # fmt: skip
    assert found["5"]["quality_note"] == "its calendar calendar 9 is not known"


@pytest.mark.parametrize(("option", "start"), [("rcal_Predecessor", "07-06"), ("rcal_24Hour", "07-02")])
def test_a_schedule_of_primavera(tmp_path: Path, option: str, start: str) -> None:
    # 2 July 2026 is day 46205 from 30 December 1899: it is off in the calendar of five days, and so is the Friday.
    days = "".join(f"(0||{day}()((0||0(s|00:00|f|00:00)())))" for day in range(1, 8))
    data = xer_calendar("(d|46205)()", "(d|46206)()"), f"(0||CalendarData()((0||DaysOfWeek()({days}))))"
    calendar_rows = [
        {"clndr_id": number, "clndr_name": name, "clndr_type": "CA_Base", "clndr_data": text}
        for number, name, text in zip((1, 2), ("5 days", "Clock"), data, strict=True)
    ]
    text = xer(
        [xer_task(1, early_start_date="2026-07-01 08:00"), xer_task(2, clndr_id=2)],
        [xer_link(101, 102, lag=8)], calendars=calendar_rows,
        options=[{"schedoptions_id": 1, "proj_id": 1, "sched_calendar_on_relationship_lag": option}],
    )  # fmt: skip
    found = loaded(tmp_path, text, "plan.xer")
    assert found["A1010"]["early_finish_date"] == pd.Timestamp("2026-07-01")
    assert found["A1020"]["calendar"] == "Clock"
    # It waits eight hours from Wednesday 17:00: until Monday at 17:00 by five days, two of which are off.
    assert found["A1020"]["early_start_date"].strftime("%m-%d") == start
