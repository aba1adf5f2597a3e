"""How complete a project is by rules that leave no room for hope, beside what was declared.

0/100 earns a task when it is finished; 50/50 half of it when it begins; the
milestone rule the share of milestones reached, each weighing the same; the
stated rule each task's own percentage. Tasks weigh their planned duration. What
is always a level of effort, such as managing the project, earns as time passes
and stands apart, since it says nothing of progress. Source: PMI, practice
standard for earned value management, on measuring work performed.

Worked example: of tasks of 40, 40 and 20 hours the first is finished, the second
half done and the third not begun: 40 % by 0/100, 40 + 20 = 60 % by 50/50 and 60 %
as stated. One of four milestones is reached: 25 %. A manager who declares 70 %
is 30 points above the first.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.portfolio import ProjectStatus
from pmo_analytics.contracts.progress_marts import ScheduleProgress

ZERO_HUNDRED, FIFTY_FIFTY, MILESTONES, STATED = "0/100", "50/50", "milestones", "stated"
RULES = (ZERO_HUNDRED, FIFTY_FIFTY, MILESTONES, STATED)


class PercentComplete(Contract):
    """One row per schedule and rule.

    Key: schedule_id, progress_rule. `declared_pct` is the progress last reported
    for its project by the schedule's date, missing without one; the difference
    is declared less measured, in points, above 0 where more was declared.
    `percent_complete_pct` is missing where nothing that the rule counts has a
    weight. `counted` are the tasks with a duration, or the milestones.
    """

    schedule_id: Text = required()
    project_id: Text = optional()
    status_date: Date = required()
    progress_rule: Text = required(isin=RULES)
    percent_complete_pct: Number = optional(ge=0, le=100)
    declared_pct: Number = optional(ge=0, le=100)
    declared_difference_points: Number = optional()
    counted: Whole = required(ge=0)
    unweighted_task_count: Whole = required(ge=0)
    level_of_effort_seconds: Number = required(ge=0)


def percent_complete(schedule_progress: pd.DataFrame, project_status: pd.DataFrame) -> DataFrame[PercentComplete]:
    """Every schedule's progress by each rule, from the mart `schedule_progress` and the register of reports."""
    columns = list(PercentComplete.to_schema().columns)
    if schedule_progress.empty:
        return checked(PercentComplete, pd.DataFrame(columns=columns))
    rows = schedule_progress.sort_values(ScheduleProgress.schedule_id, ignore_index=True)
    planned, begun, finished, stated = (
        rows[name].astype(float)
        for name in (
            ScheduleProgress.planned_seconds,
            ScheduleProgress.begun_seconds,
            ScheduleProgress.finished_seconds,
            ScheduleProgress.stated_done_seconds,
        )
    )
    milestones = rows[ScheduleProgress.milestone_count].astype(float)
    weighted = rows[ScheduleProgress.task_count] - rows[ScheduleProgress.unweighted_task_count]
    measured = {
        ZERO_HUNDRED: (finished, planned, weighted),
        FIFTY_FIFTY: ((begun + finished) / 2, planned, weighted),
        MILESTONES: (rows[ScheduleProgress.milestones_reached], milestones, rows[ScheduleProgress.milestone_count]),
        STATED: (stated, planned, weighted),
    }
    declared = _declared(rows, project_status)
    frames = []
    for rule, (done, whole, counted) in measured.items():
        share = 100 * done.astype(float) / whole.where(whole > 0)
        frames.append(
            rows.assign(
                progress_rule=rule,
                percent_complete_pct=share.clip(upper=100),
                declared_pct=declared,
                declared_difference_points=declared - share.clip(upper=100),
                counted=counted,
            )
        )
    frame = pd.concat(frames).sort_values([ScheduleProgress.schedule_id], kind="stable", ignore_index=True)
    return checked(PercentComplete, frame.reindex(columns=columns))


def _declared(rows: pd.DataFrame, project_status: pd.DataFrame) -> np.ndarray:
    """The progress last reported for each schedule's project by the schedule's date."""
    reports = project_status[project_status[ProjectStatus.percent_complete_pct].notna()]
    found = np.full(len(rows), np.nan)
    for place, row in enumerate(rows.to_dict("records")):
        known = reports[
            (reports[ProjectStatus.project_id] == row[ScheduleProgress.project_id])
            & (reports[ProjectStatus.status_date] <= row[ScheduleProgress.status_date])
        ]
        if len(known):
            last = known.sort_values(ProjectStatus.status_date).iloc[-1]
            found[place] = float(last[ProjectStatus.percent_complete_pct])
    return found
