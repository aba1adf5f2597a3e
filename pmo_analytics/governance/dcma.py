"""The 14 points of schedule quality of the DCMA, of every schedule in its last state.

Source: Defense Contract Management Agency, 14-Point Assessment (Earned Value
Management System Program Analysis Pamphlet, 2012); GAO-16-89G names the same
points among its best practices. Stated conventions of this project, where
practice differs: summaries, levels of effort, inactive tasks and those of other
schedules are left out everywhere; links are those that lead to an activity that
is not done; a task is no milestone and has a duration; floats are those that the
schedule states; days of floats and durations are usual days of the activity's
calendar; path length and float of CPLI are calendar days, from the data date to the
last finish and on to the last baseline finish. Assignments of resources are not stored:
point 10 is never checked, and says so.

Worked example: of 20 activities that are not done one has no predecessor, one
no successor and one neither: 3 of 20 lack logic, 15 %, where 5 % are allowed.
Ten of them were to be done by the data date and eight are, of 9 that are done in all:
BEI is 9 / 10 = 0.90, below 0.95.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Number, Text, Whole, checked, optional, required
from pmo_analytics.governance.dcma_counts import Counts, schedule_counts
from pmo_analytics.governance.dcma_schedule import Schedule, schedules

PASSED, FAILED, NOT_CHECKED = "passed", "failed", "not checked"
SHARE, INDEX = "%", "index"
# By point: its name, what its figure is, its limit, and whether that is the most or the least.
POINTS: tuple[tuple[str, str, float, bool], ...] = (
    ("logic", SHARE, 5.0, True),
    ("leads", SHARE, 0.0, True),
    ("lags", SHARE, 5.0, True),
    ("relationship types", SHARE, 90.0, False),
    ("hard constraints", SHARE, 5.0, True),
    ("high float", SHARE, 5.0, True),
    ("negative float", SHARE, 0.0, True),
    ("high duration", SHARE, 5.0, True),
    ("invalid dates", SHARE, 0.0, True),
    ("resources", SHARE, 0.0, True),
    ("missed tasks", SHARE, 5.0, True),
    ("critical path test", SHARE, 0.0, True),
    ("critical path length index", INDEX, 0.95, False),
    ("baseline execution index", INDEX, 0.95, False),
)
_ROUNDING = 1e-9


class DcmaPoints(Contract):
    """One row per schedule and point of the assessment, in the order of the points.

    Key: schedule_id, dcma_point. `counted_count` of `checked_count` is what the
    point counts: of relationship types the FS links, of the two indices what
    stands above and below the line, in days and tasks; of all others what
    offends. `figure` is their ratio, in % or as an index, held against `threshold`. `verdict` is
    passed, failed or not checked, and `quality_note` says why not.
    """

    schedule_id: Text = required()
    project_id: Text = optional()
    status_date: Date = required()
    position: Whole = required(ge=1, le=14)
    dcma_point: Text = required(isin=[name for name, *_ in POINTS])
    counted_count: Whole = required()
    checked_count: Whole = required(ge=0)
    figure: Number = optional()
    unit: Text = required(isin=[SHARE, INDEX])
    threshold: Number = required()
    is_most: bool = required()
    verdict: Text = required(isin=[PASSED, FAILED, NOT_CHECKED])
    quality_note: Text = optional()


class DcmaOffences(Contract):
    """One row per schedule, point and activity or link that the point counts against it.

    Key: schedule_id, dcma_point, task_id, predecessor_id. A link is known by both its ends.
    """

    schedule_id: Text = required()
    project_id: Text = optional()
    position: Whole = required(ge=1, le=14)
    dcma_point: Text = required()
    task_id: Text = required()
    predecessor_id: Text = optional()
    name: Text = optional()
    reason: Text = required()


def dcma_points(
    schedule_activity: pd.DataFrame, schedule_tie: pd.DataFrame, schedule_calendar: pd.DataFrame
) -> DataFrame[DcmaPoints]:
    """Every point of every schedule as of its own data date, from two marts and the register of calendars."""
    rows = []
    for schedule in schedules(schedule_activity, schedule_tie, schedule_calendar):
        counts = schedule_counts(schedule)
        for place, point in enumerate(POINTS, start=1):
            rows.append(_of_schedule(schedule) | {"position": place} | _point(point, counts[point[0]]))
    frame = pd.DataFrame(rows, columns=list(DcmaPoints.to_schema().columns))
    return checked(DcmaPoints, frame.astype({"figure": float, "threshold": float}))


def dcma_offences(
    schedule_activity: pd.DataFrame, schedule_tie: pd.DataFrame, schedule_calendar: pd.DataFrame
) -> DataFrame[DcmaOffences]:
    """The activities and links that `dcma_points` counts against each schedule, with what is wrong with each."""
    rows = []
    for schedule in schedules(schedule_activity, schedule_tie, schedule_calendar):
        counts = schedule_counts(schedule)
        for place, (name, *_) in enumerate(POINTS, start=1):
            for task, before, reason in counts[name].offences:
                row = _of_schedule(schedule) | {"position": place, "dcma_point": name, "task_id": task}
                rows.append(row | {"predecessor_id": before, "name": schedule.names.get(task), "reason": reason})
    frame = pd.DataFrame(rows, columns=list(DcmaOffences.to_schema().columns))
    return checked(DcmaOffences, frame.drop_duplicates(["schedule_id", "dcma_point", "task_id", "predecessor_id"]))


def _of_schedule(schedule: Schedule) -> dict[str, Any]:
    return {
        "schedule_id": schedule.name, "project_id": schedule.project, "status_date": schedule.status_date,
    }  # fmt: skip


def _point(point: tuple[str, str, float, bool], counts: Counts) -> dict[str, Any]:
    name, unit, threshold, is_most = point
    row: dict[str, Any] = {
        "dcma_point": name, "unit": unit, "threshold": threshold, "is_most": is_most,
        "counted_count": counts.counted, "checked_count": counts.checked, "figure": None,
        "verdict": NOT_CHECKED, "quality_note": counts.note,
    }  # fmt: skip
    if not counts.is_checked:
        return row
    figure = (100.0 if unit == SHARE else 1.0) * counts.counted / counts.checked
    off = figure - threshold if is_most else threshold - figure
    return row | {"figure": figure, "verdict": FAILED if off > _ROUNDING else PASSED}
