"""What each of the 14 points counts in a schedule, and the activities and links that it counts against it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from pmo_analytics.forecasting.critical_path import critical_path
from pmo_analytics.forecasting.schedule_axis import HOUR, schedule_axis
from pmo_analytics.governance.dcma_schedule import DONE, Schedule
from pmo_analytics.governance.register_rows import Row

MOST_DAYS = 44.0
# A delay that no float takes up: that of the assessment's own test.
TEST_HOURS = 600 * 8.0
HARD = frozenset(
    {"start_on", "finish_on", "start_no_later_than", "finish_no_later_than", "mandatory_start", "mandatory_finish"}
)
MILESTONES = frozenset({"milestone", "finish_milestone"})
# An activity, the one before it where a link is meant, and what is wrong.
Offence = tuple[str, str | None, str]


@dataclass(frozen=True)
class Counts:
    """What a point counts, out of how many, and what offends; a note says why it cannot be checked, or of how many."""

    counted: int = 0
    checked: int = 0
    offences: list[Offence] = field(default_factory=list)
    note: str | None = None

    @property
    def is_checked(self) -> bool:
        """Whether there is anything to divide by."""
        return self.checked > 0


def schedule_counts(schedule: Schedule) -> dict[str, Counts]:
    """The counts of every point, by its name."""
    return {
        "logic": _logic(schedule),
        **_links(schedule),
        "hard constraints": _hard_constraints(schedule),
        "high float": _high_float(schedule),
        "negative float": _negative_float(schedule),
        "high duration": _high_duration(schedule),
        "invalid dates": _invalid_dates(schedule),
        "resources": Counts(note="assignments of resources are not stored"),
        "missed tasks": _missed(schedule),
        "critical path test": _path_test(schedule),
        "critical path length index": _path_length(schedule),
        "baseline execution index": _execution(schedule),
    }


def is_work(row: Row) -> bool:
    """Whether an activity is work that takes time, and no milestone."""
    return row["task_type"] not in MILESTONES and bool(row["duration_seconds"])


def _of(offences: list[Offence], checked: int, what: str, note: str | None = None) -> Counts:
    return Counts(len({offence[:2] for offence in offences}), checked, offences, note if checked else f"no {what}")


def _logic(schedule: Schedule) -> Counts:
    after = {row["successor_id"] for row in schedule.links if row["schedule_id"] == schedule.name}
    before = {row["predecessor_id"] for row in schedule.links if row["predecessor_schedule_id"] == schedule.name}
    offences: list[Offence] = []
    for row in schedule.open_activities:
        name = row["task_id"]
        lacks = [word for word, known in (("predecessor", after), ("successor", before)) if name not in known]
        if lacks:
            offences.append((name, None, f"no {' and no '.join(lacks)}"))
    return _of(offences, len(schedule.open_activities), "activity that is not done")


def _links(schedule: Schedule) -> dict[str, Counts]:
    still = {row["task_id"] for row in schedule.open_activities}
    links = [
        row for row in schedule.links if row["schedule_id"] == schedule.name and row["successor_id"] in still
    ]  # fmt: skip
    leads = [_link(row, "an overlap") for row in links if row["lag_seconds"] < 0]
    lags = [_link(row, "a lag") for row in links if row["lag_seconds"] > 0]
    others = [_link(row, f"a link {row['relation']}") for row in links if row["relation"] != "FS"]
    note = None if links else "no link to an activity that is not done"
    return {
        "leads": Counts(len(leads), len(links), leads, note),
        "lags": Counts(len(lags), len(links), lags, note),
        "relationship types": Counts(len(links) - len(others), len(links), others, note),
    }


def _link(row: Row, what: str) -> Offence:
    return row["successor_id"], row["predecessor_id"], what


def _hard_constraints(schedule: Schedule) -> Counts:
    found: list[Offence] = [
        (row["task_id"], None, f"held by {row['constraint_type'].replace('_', ' ')}")
        for row in schedule.open_activities
        if row["constraint_type"] in HARD
    ]
    return _of(found, len(schedule.open_activities), "activity that is not done")


def _high_float(schedule: Schedule) -> Counts:
    stated = [row for row in schedule.open_activities if row["total_float_seconds"] is not None]
    found: list[Offence] = [
        (row["task_id"], None, f"{days:,.1f} days of float")
        for row in stated
        if (days := schedule.days(row, row["total_float_seconds"])) > MOST_DAYS
    ]
    return _of(found, len(stated), "open activity states its float", _unstated(schedule, len(stated)))


def _negative_float(schedule: Schedule) -> Counts:
    stated = [row for row in schedule.open_activities if row["total_float_seconds"] is not None]
    found: list[Offence] = [
        (row["task_id"], None, f"{schedule.days(row, row['total_float_seconds']):,.1f} days of float")
        for row in stated
        if row["total_float_seconds"] < 0
    ]
    return _of(found, len(stated), "open activity states its float", _unstated(schedule, len(stated)))


def _unstated(schedule: Schedule, stated: int) -> str | None:
    number = len(schedule.open_activities) - stated
    return f"{number:,} open activities state no float" if number else None


def _high_duration(schedule: Schedule) -> Counts:
    work = [row for row in schedule.open_activities if is_work(row)]
    found: list[Offence] = [
        (row["task_id"], None, f"{days:,.1f} days long")
        for row in work
        if (days := schedule.days(row, row["duration_seconds"])) > MOST_DAYS
    ]
    return _of(found, len(work), "task that is not done")


def _invalid_dates(schedule: Schedule) -> Counts:
    """Work to come before the data date, and work done after it."""
    day = schedule.status_date
    next_day = day + pd.Timedelta(days=1)
    offences: list[Offence] = []
    for row in schedule.activities:
        wrong = [
            f"its actual {word} lies after the data date"
            for word, value in (("start", row["actual_start_at"]), ("finish", row["actual_finish_at"]))
            if value is not None and value >= next_day
        ]
        if row["state"] == "to_do" and row["start_at"] is not None and row["start_at"] < day:
            wrong.append("it is to start before the data date")
        if row["state"] != DONE and row["finish_at"] is not None and row["finish_at"] < day:
            wrong.append("it is to finish before the data date")
        if wrong:
            offences.append((row["task_id"], None, "; ".join(wrong)))
    return _of(offences, len(schedule.activities), "activity")


def _due(schedule: Schedule) -> list[Row]:
    """The activities whose baseline finish is not after the data date."""
    next_day = schedule.status_date + pd.Timedelta(days=1)
    return [
        row
        for row in schedule.activities
        if row["baseline_finish_at"] is not None and row["baseline_finish_at"] < next_day
    ]


def _missed(schedule: Schedule) -> Counts:
    due = _due(schedule)
    offences: list[Offence] = []
    for row in due:
        end = row["actual_finish_at"] if row["actual_finish_at"] is not None else row["finish_at"]
        if row["state"] != DONE and row["baseline_finish_at"] < schedule.status_date:
            offences.append((row["task_id"], None, "not done, and due by the data date"))
        elif end is not None and end > row["baseline_finish_at"]:
            told = f"finishes {end:%Y-%m-%d}, {row['baseline_finish_at']:%Y-%m-%d} planned"
            offences.append((row["task_id"], None, told))
    return _of(offences, len(due), "activity was due by the data date")


def _execution(schedule: Schedule) -> Counts:
    due = _due(schedule)
    done = [row for row in schedule.activities if row["state"] == DONE]
    ids = {row["task_id"] for row in done}
    offences: list[Offence] = [(row["task_id"], None, "due, not done") for row in due if row["task_id"] not in ids]
    return Counts(len(done), len(due), offences, None if due else "no activity was due by the data date")


def _path_test(schedule: Schedule) -> Counts:
    """Whether a long delay of the first critical activity moves the last finish by as much."""
    axis = schedule_axis(schedule.activity_frame, schedule.tie_frame, schedule.status_date)
    if not len(axis.tasks):
        return Counts(note="no activity is open")
    before = critical_path(axis.network, axis.hours, not_before=axis.not_before)
    critical = np.flatnonzero(before.is_critical)
    first = int(critical[np.argmin(before.earliest_start[critical])])
    hours = axis.hours.copy()
    hours[first] += TEST_HOURS
    moved = critical_path(axis.network, hours, not_before=axis.not_before).finish - before.finish
    task = str(axis.tasks["task_id"].iloc[first])
    lost = TEST_HOURS - moved
    if abs(lost) * HOUR < 1:
        return Counts(0, 1)
    return Counts(1, 1, [(task, None, f"a delay of 600 days moves the finish by {moved / 8:,.0f}")])


def _path_length(schedule: Schedule) -> Counts:
    ends = [row["finish_at"] for row in schedule.open_activities if row["finish_at"] is not None]
    plans = [row["baseline_finish_at"] for row in schedule.activities if row["baseline_finish_at"] is not None]
    if not ends or not plans:
        return Counts(note="no activity is open" if not ends else "there is no baseline")
    last, planned = max(ends).normalize(), max(plans).normalize()
    length = (last - schedule.status_date).days
    if length <= 0:
        return Counts(note="the last finish is not after the data date")
    return Counts(length + (planned - last).days, length)
