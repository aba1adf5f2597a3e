from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pmo_analytics.forecasting.schedule_axis import schedule_axis
from pmo_analytics.performance.schedule_paths import duration_ratios, schedule_criticality, schedule_paths
from tests.frames import contract_frame

HOUR = 3600.0
# A Friday.
FRIDAY = pd.Timestamp("2026-05-29")


def task(schedule: str, name: str, hours: float | None, **values: Any) -> dict[str, Any]:
    seconds = None if hours is None else hours * HOUR
    row = {
        "schedule_id": schedule, "task_id": name, "status_date": FRIDAY, "project_id": f"P-{schedule}", "name": name,
        "state": "to_do", "duration_seconds": seconds, "remaining_duration_seconds": seconds,
    }  # fmt: skip
    return row | values


def tie(before: str, after: str, relation: str = "FS", **values: Any) -> dict[str, Any]:
    """A tie of `schedule/task` to `schedule/task`."""
    (first, giver), (second, waits) = before.split("/"), after.split("/")
    row = {
        "origin": "schedule", "predecessor_schedule_id": first, "predecessor_id": giver, "schedule_id": second,
        "successor_id": waits, "relation": relation, "lag_seconds": 0.0, "link_state": "open",
    }  # fmt: skip
    return row | values


def local(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Tasks with their times in the organisation's zone as well, UTC here."""
    made = []
    for row in rows:
        end = row.get("baseline_finish_at")
        named = {f"local_{name}": row.get(name) for name in ("start_at", "constraint_at")}
        made.append(row | named | {"baseline_finish_date": None if end is None else end.floor("D")})
    return made


NO_CALENDARS = contract_frame("schedule_calendar", [])


def frames(tasks: list[dict[str, Any]], ties: list[dict[str, Any]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    return contract_frame("schedule_activity", local(tasks)), contract_frame("schedule_tie", ties)


WORKED = ([task("S", "A", 16), task("T", "B", 8), task("T", "C", 8)], [tie("S/A", "T/B")])


def days(found: pd.DataFrame, column: str) -> dict[str, str]:
    return {str(name): day.strftime("%a %d") for name, day in found.set_index("task_id")[column].items()}


def test_the_worked_example() -> None:
    found = schedule_paths(*frames(*WORKED), NO_CALENDARS, status_date=FRIDAY)
    assert days(found, "early_start_date") == {"A": "Mon 01", "B": "Wed 03", "C": "Mon 01"}
    assert days(found, "early_finish_date") == {"A": "Tue 02", "B": "Wed 03", "C": "Mon 01"}
    assert found["total_float_days"].to_list() == [0, 0, 2]
    assert found["is_critical"].to_list() == [True, True, False]
    assert found["is_near_critical"].to_list() == [False, False, True]


@pytest.mark.parametrize(
    ("relation", "hours", "start"),
    # After 16 hours; at once; to end with A after 16 hours; to end when A begins, 8 hours after the lag.
    [("FS", 0, "Wed 03"), ("FS", -8, "Tue 02"), ("SS", 8, "Tue 02"), ("FF", 0, "Tue 02"), ("SF", 16, "Tue 02")],
)
def test_relations_and_lags(relation: str, hours: float, start: str) -> None:
    given = frames([task("S", "A", 16), task("T", "B", 8)], [tie("S/A", "T/B", relation, lag_seconds=hours * HOUR)])
    assert days(schedule_paths(*given, NO_CALENDARS, status_date=FRIDAY), "early_start_date")["B"] == start


def test_a_lag_round_the_clock_is_a_week_and_on_the_one_axis_forty_hours() -> None:
    week = tie("S/A", "T/B", lag_seconds=168 * HOUR, lag_calendar="elapsed")
    given = frames([task("S", "A", 8), task("T", "B", 8)], [week])
    # From Monday 17:00 to the next one's.
    assert days(schedule_paths(*given, NO_CALENDARS, status_date=FRIDAY), "early_start_date")["B"] == "Tue 09"
    assert schedule_axis(*given, FRIDAY).network.lag.tolist() == [40]


FOUR = {"working_week": json.dumps({str(day): [["07:00", "12:00"], ["13:00", "18:00"]] for day in range(1, 5)})}
OFF = {"calendar_exceptions": json.dumps([{"from": "2026-06-02", "to": "2026-06-02", "times": []}])}
FIVE = {"working_week": json.dumps({str(day): [["08:00", "12:00"], ["13:00", "17:00"]] for day in range(1, 6)})}
CLOCK = {"working_week": json.dumps({str(day): [["00:00", "24:00"]] for day in range(1, 8)})}


def calendars(**named: dict[str, Any]) -> pd.DataFrame:
    """Calendars of the schedules S and T, the first its default."""
    rows = [
        {"schedule_id": schedule, "calendar": name, "status_date": FRIDAY, "is_default": place == 0} | values
        for schedule in "ST"
        for place, (name, values) in enumerate(named.items())
    ]
    return contract_frame("schedule_calendar", rows)


def test_a_day_off_in_the_calendar_of_one_puts_off_what_waits_for_it() -> None:
    # The end of the worked example.
    tasks, links = WORKED
    off = [row | {"calendar": "off" if row["task_id"] == "A" else None} for row in tasks]
    found = schedule_paths(*frames(off, links), calendars(base=FIVE, off=FIVE | OFF), status_date=FRIDAY)
    assert days(found, "early_finish_date") == {"A": "Wed 03", "B": "Thu 04", "C": "Mon 01"}
    assert found.set_index("task_id")["calendar"].to_dict() == {"A": "off", "B": "base", "C": "base"}
    assert found.set_index("task_id").loc["C", "total_float_days"] == 3


def test_floats_are_days_of_the_tasks_own_calendar() -> None:
    rows = [
        task("S", "A", 80, calendar="five"), task("S", "B", 10, calendar="four"), task("S", "C", 24, calendar="clock"),
    ]  # fmt: skip
    given = calendars(five=FIVE, four=FOUR, clock=CLOCK)
    found = schedule_paths(*frames(rows, []), given, status_date=FRIDAY).set_index("task_id")
    # A ends on Friday the 12th at 17:00. By then B's calendar has eight days, one of which B takes; C's, from
    # Saturday on, has 13 days and 17 hours, one day of which C takes.
    assert found["total_float_days"].to_dict() == pytest.approx({"A": 0, "B": 7, "C": 12 + 17 / 24})
    assert found["is_near_critical"].to_list() == [False, False, False]
    near = schedule_paths(*frames(rows, []), given, status_date=FRIDAY, near_critical_days=7).set_index("task_id")
    assert near["is_near_critical"].to_dict() == {"A": False, "B": True, "C": False}


def test_a_calendar_named_in_vain_is_told_beside_what_else_is_missing() -> None:
    rows = [task("S", "A", None, calendar="gone"), task("S", "B", 8, calendar="gone"), task("S", "C", 8)]
    found = schedule_paths(*frames(rows, []), calendars(base=FOUR), status_date=FRIDAY).set_index("task_id")
    assert found["quality_note"].dropna().to_dict() == {
        "A": "no duration is stated; its calendar gone is not known", "B": "its calendar gone is not known",
    }  # fmt: skip
    assert set(found["calendar"]) == {"base"}


@pytest.mark.parametrize(
    ("counted_by", "start"),
    # A ends on Thursday at 18:00. Ten hours later by A's calendar it is the end of Monday; by B's, whose Friday has
    # eight, Monday; by the project's, which is round the clock, Friday at 4:00.
    [
        ("predecessor", "Tue 09"),
        ("successor", "Mon 08"),
        (None, "Mon 08"),
        ("project", "Fri 05"),
        ("elapsed", "Fri 05"),
    ],
)
def test_a_lag_counts_on_the_calendar_that_its_link_names(counted_by: str | None, start: str) -> None:
    rows = [task("S", "A", 40, calendar="four"), task("T", "B", 8, calendar="five")]
    link = tie("S/A", "T/B", lag_seconds=10 * HOUR, lag_calendar=counted_by)
    given = calendars(clock=CLOCK, four=FOUR, five=FIVE)
    assert days(schedule_paths(*frames(rows, [link]), given, status_date=FRIDAY), "early_start_date")["B"] == start


def test_what_ends_at_midnight_ends_on_the_day_before() -> None:
    found = schedule_paths(
        *frames([task("S", "A", 24, calendar="clock")], []), calendars(clock=CLOCK), status_date=FRIDAY
    )
    assert days(found, "early_start_date") == days(found, "early_finish_date") == {"A": "Sat 30"}


def test_plans_of_decades_and_calendars_that_stop_are_dated_all_the_same() -> None:
    stopped = FIVE | {"calendar_exceptions": json.dumps([{"from": "2026-06-03", "to": "9999-12-31", "times": []}])}
    rows = [task("S", "long", 100_000), task("S", "never", 80, calendar="stopped"), task("T", "huge", 1e12)]
    found = schedule_paths(*frames(rows, []), calendars(base=FIVE, stopped=stopped), status_date=FRIDAY)
    ends = found.set_index("task_id")["early_finish_date"]
    # 100,000 hours are 2,500 weeks from the first of June on.
    assert ends["long"] == pd.Timestamp("2026-06-01") + pd.Timedelta(weeks=2500) - pd.Timedelta(days=3)
    assert ends["never"] == ends["huge"] == pd.Timestamp("2261-12-31")


def test_what_is_done_or_begun_ties_no_longer_and_dates_hold() -> None:
    rows = [
        task("S", "done", 8, state="done"),
        task("S", "begun", 16, state="in_progress", start_at=pd.Timestamp("2026-05-01")),
        task("S", "free", 8),
        task("S", "alone", 8, start_at=pd.Timestamp("2026-06-10 08:00")),
        task("S", "held", 8, constraint_type="start_no_earlier_than", constraint_at=pd.Timestamp("2026-06-04 08:00")),
    ]
    links = [
        tie("S/done", "S/free", link_state="delivered"), tie("S/begun", "S/free", "SS", lag_seconds=80 * HOUR),
        tie("S/begun", "S/held"),
    ]  # fmt: skip
    found = schedule_paths(*frames(rows, links), NO_CALENDARS, status_date=FRIDAY)
    assert days(found, "early_start_date") == {
        "begun": "Mon 01", "free": "Mon 01", "alone": "Wed 10", "held": "Thu 04",
    }  # fmt: skip


def test_slip_and_what_has_no_duration_is_said() -> None:
    rows = [task("S", "A", None), task("S", "B", 8, baseline_finish_at=pd.Timestamp("2026-05-27 17:00"))]
    found = schedule_paths(*frames(rows, []), NO_CALENDARS, status_date=FRIDAY).set_index("task_id")
    assert found.loc["A", "quality_note"] == "no duration is stated"
    assert found.loc["B", "finish_slip_days"] == 5


def test_a_circle_is_cut_and_counted() -> None:
    rows = [task("S", name, 8) for name in "ABC"]
    given = frames(rows, [tie("S/A", "S/B"), tie("S/B", "S/A"), tie("S/B", "S/C"), tie("S/Z", "S/C")])
    axis = schedule_axis(*given, FRIDAY)
    assert axis.cut_count == 2
    assert len(axis.network.outside) == 1
    assert len(schedule_paths(*given, NO_CALENDARS, status_date=FRIDAY)) == 3


def finished(*ratios: float) -> list[dict[str, Any]]:
    """Done tasks of ten days in the baseline that took so many times as long."""
    first = pd.Timestamp("2026-01-05")
    return [
        task(
            "S", f"D{place}", 80, state="done", baseline_start_at=first, actual_start_at=first,
            baseline_finish_at=first + pd.Timedelta(days=10), actual_finish_at=first + pd.Timedelta(days=10 * ratio),
        )
        for place, ratio in enumerate(ratios)
    ]  # fmt: skip


def test_criticality_is_refused_below_nine_finished_tasks() -> None:
    tasks, links = WORKED
    found = schedule_criticality(*frames([*tasks, *finished(*[1.0] * 8)], links), status_date=FRIDAY)
    assert found["is_refused"].all()
    assert found["criticality_index"].isna().all()
    assert found["verdict"].iloc[0] == "refused: 8 finished tasks have a baseline, 9 are needed"


def test_certain_tasks_are_critical_as_the_path_says_and_end_when_it_does() -> None:
    tasks, links = WORKED
    given = frames([*tasks, *finished(*[1.0] * 9)], links)
    assert duration_ratios(given[0]).tolist() == [1.0] * 9
    found = schedule_criticality(*given, status_date=FRIDAY, draws=20)
    assert found.set_index("task_id")["criticality_index"].to_dict() == {"A": 1, "B": 1, "C": 0}
    # A's project ends with A, the other with B.
    assert days(found, "p80_finish_date") == {"A": "Tue 02", "B": "Wed 03", "C": "Wed 03"}


def test_two_equal_tasks_beside_each_other_are_critical_in_half_of_the_draws() -> None:
    rows = [task("S", "A", 80), task("T", "B", 80)]
    found = schedule_criticality(*frames([*rows, *finished(*np.linspace(0.8, 1.6, 9))], []), status_date=FRIDAY)
    assert found["criticality_index"].sum() == pytest.approx(1)
    assert found["criticality_index"].iloc[0] == pytest.approx(0.5, abs=0.015)
