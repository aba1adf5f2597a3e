"""How complete a project is by rules that leave no room for hope, beside what was declared.

0/100 earns a task when it is finished; 50/50 half of it when it begins; units
what is done over what is planned of the units that a task states; the milestone
rule the share of milestones reached; the stated rule each task's own percentage.
Tasks weigh their planned duration, milestones the weights that the schedule
states where each of them states one, else all the same. What is always a level
of effort, such as managing the project, earns as time passes and stands apart,
since it says nothing of progress. Hours spent are no units: by them cost would
always be as planned. Where no schedule of a project has milestones, those of the
register count. Source: PMI, practice standard for earned value management, on
measuring work performed.

Worked example: of tasks of 40, 40 and 20 hours the first is finished, the second
half done and the third not begun: 40 % by 0/100, 40 + 20 = 60 % by 50/50 and 60 %
as stated. The second is to lay 200 metres and has laid 80; the others state no
units: 40 % by units, of one task. One of four milestones is reached: 25 %, and
10 % where it weighs 1 and the others 3 each. A manager who declares 70 % is 30
points above the first.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.marts import MilestoneSlip as Slip
from pmo_analytics.contracts.portfolio import ProjectStatus
from pmo_analytics.contracts.progress_marts import ScheduleProgress

ZERO_HUNDRED, FIFTY_FIFTY, UNITS, MILESTONES, STATED = "0/100", "50/50", "units", "milestones", "stated"
RULES = (ZERO_HUNDRED, FIFTY_FIFTY, UNITS, MILESTONES, STATED)
BY_DURATION, BY_WEIGHT, BY_COUNT = "planned duration", "stated weights", "each the same"


class PercentComplete(Contract):
    """One row per schedule and rule, and per project whose milestones stand in the register alone.

    Key: schedule_id, project_id, progress_rule; the register's rows have no
    schedule. `declared_pct` is the progress last reported for the project by
    the row's date, missing without one; the difference is declared less
    measured, in points, above 0 where more was declared. `percent_complete_pct`
    is missing where nothing that the rule counts has a weight. `counted` are
    the tasks with a duration, of the rule of units those that state units, or
    the milestones; `weighed_by` is what they count by.
    """

    schedule_id: Text = optional()
    project_id: Text = optional()
    status_date: Date = required()
    progress_rule: Text = required(isin=RULES)
    weighed_by: Text = required(isin=[BY_DURATION, BY_WEIGHT, BY_COUNT])
    percent_complete_pct: Number = optional(ge=0, le=100)
    declared_pct: Number = optional(ge=0, le=100)
    declared_difference_points: Number = optional()
    counted: Whole = required(ge=0)
    unweighted_task_count: Whole = required(ge=0)
    level_of_effort_seconds: Number = required(ge=0)


def percent_complete(
    schedule_progress: pd.DataFrame,
    milestone_slip: pd.DataFrame,
    project_status: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
) -> DataFrame[PercentComplete]:
    """Progress by each rule, from the marts `schedule_progress` and `milestone_slip` and the register of reports."""
    rows = schedule_progress.sort_values(ScheduleProgress.schedule_id, ignore_index=True)
    has_milestones = rows.loc[rows[ScheduleProgress.milestone_count] > 0, ScheduleProgress.project_id]
    register = _of_register(milestone_slip, set(has_milestones.dropna()), status_date)
    measured = pd.concat([_of_schedules(rows), register], ignore_index=True) if len(register) else _of_schedules(rows)
    share = 100 * (measured["done"].astype(float) / measured["whole"].where(measured["whole"] > 0).astype(float))
    measured[PercentComplete.percent_complete_pct] = share.clip(upper=100)
    measured[PercentComplete.declared_pct] = _declared(measured, project_status)
    measured[PercentComplete.declared_difference_points] = (
        measured[PercentComplete.declared_pct] - measured[PercentComplete.percent_complete_pct]
    )
    return checked(PercentComplete, measured.reindex(columns=list(PercentComplete.to_schema().columns)))


def _of_schedules(rows: pd.DataFrame) -> pd.DataFrame:
    """What is done and the whole of it by each rule, a row per schedule and rule."""
    planned, begun, finished = (
        rows[name].astype(float)
        for name in (
            ScheduleProgress.planned_seconds,
            ScheduleProgress.begun_seconds,
            ScheduleProgress.finished_seconds,
        )
    )
    tasks = rows[ScheduleProgress.task_count] - rows[ScheduleProgress.unweighted_task_count]
    milestones = rows[ScheduleProgress.milestone_count]
    is_weighted = (milestones > 0) & (rows[ScheduleProgress.weighted_milestone_count] == milestones)
    by_weight = np.where(is_weighted.fillna(False).astype(bool), BY_WEIGHT, BY_COUNT)
    reached = (
        rows[ScheduleProgress.milestone_weight_reached]
        .astype(float)
        .where(is_weighted, rows[ScheduleProgress.milestones_reached].astype(float))
    )
    weights = rows[ScheduleProgress.milestone_weight].astype(float).where(is_weighted, milestones.astype(float))
    units = rows[ScheduleProgress.unit_done_seconds], rows[ScheduleProgress.unit_planned_seconds]
    measured: dict[str, tuple[pd.Series, pd.Series, pd.Series, str | np.ndarray]] = {
        ZERO_HUNDRED: (finished, planned, tasks, BY_DURATION),
        FIFTY_FIFTY: ((begun + finished) / 2, planned, tasks, BY_DURATION),
        UNITS: (*units, rows[ScheduleProgress.unit_task_count], BY_DURATION),
        MILESTONES: (reached, weights, milestones, by_weight),
        STATED: (rows[ScheduleProgress.stated_done_seconds], planned, tasks, BY_DURATION),
    }
    frames = [
        rows.assign(progress_rule=rule, done=done, whole=whole, counted=counted, weighed_by=by)
        for rule, (done, whole, counted, by) in measured.items()
    ]
    return pd.concat(frames).sort_values([ScheduleProgress.schedule_id], kind="stable", ignore_index=True)


def _of_register(milestone_slip: pd.DataFrame, known: set[str], status_date: pd.Timestamp) -> pd.DataFrame:
    """Milestones reached and all, of the projects whose schedules have none, as last reported."""
    told = milestone_slip[
        (milestone_slip[Slip.status_date] <= status_date) & ~milestone_slip[Slip.project_id].isin(known)
    ]
    last = told.sort_values(Slip.status_date).groupby([Slip.project_id, Slip.milestone_id]).tail(1)
    rows = last.assign(is_reached=last[Slip.actual_date] <= status_date).groupby(Slip.project_id, as_index=False)
    found = rows.agg(status_date=(Slip.status_date, "max"), done=("is_reached", "sum"), whole=("is_reached", "size"))
    return found.assign(
        schedule_id=None, progress_rule=MILESTONES, weighed_by=BY_COUNT, counted=found["whole"],
        unweighted_task_count=0, level_of_effort_seconds=0.0,
    )  # fmt: skip


def _declared(rows: pd.DataFrame, project_status: pd.DataFrame) -> np.ndarray:
    """The progress last reported for each row's project by the row's date."""
    reports = project_status[project_status[ProjectStatus.percent_complete_pct].notna()]
    keys = [ProjectStatus.project_id, ProjectStatus.status_date]
    pairs = (
        rows[keys]
        .drop_duplicates()
        .merge(
            reports[[*keys, ProjectStatus.percent_complete_pct]], on=ProjectStatus.project_id, suffixes=("", "_told")
        )
    )
    known = pairs[pairs["status_date_told"] <= pairs[ProjectStatus.status_date]].sort_values("status_date_told")
    last = known.groupby(keys, as_index=False).tail(1)
    found = rows[keys].merge(last, on=keys, how="left")[ProjectStatus.percent_complete_pct]
    declared: np.ndarray = found.to_numpy(dtype=float)
    return declared
