from __future__ import annotations

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


def test_a_lag_round_the_clock_counts_forty_of_168_hours() -> None:
    week = tie("S/A", "T/B", lag_seconds=168 * HOUR, lag_calendar="elapsed")
    found = schedule_paths(*frames([task("S", "A", 8), task("T", "B", 8)], [week]), NO_CALENDARS, status_date=FRIDAY)
    assert days(found, "early_start_date")["B"] == "Tue 09"


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
