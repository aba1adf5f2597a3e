"""Contracts of schedules: tasks and what ties them."""

from __future__ import annotations

from pmo_analytics.contracts.base import (
    REGISTER,
    Contract,
    Date,
    Flag,
    Number,
    Text,
    optional,
    required,
    table,
)
from pmo_analytics.contracts.portfolio import RELATIONS

# Work is what the first three are; the others would be counted twice, or are not of this schedule.
TASK_TYPES = ["task", "milestone", "finish_milestone", "level_of_effort", "summary", "external", "inactive"]
CONSTRAINTS = [
    "as_soon_as_possible",
    "as_late_as_possible",
    "start_on",
    "start_no_earlier_than",
    "start_no_later_than",
    "finish_on",
    "finish_no_earlier_than",
    "finish_no_later_than",
    "mandatory_start",
    "mandatory_finish",
]
LAG_CALENDARS = ["predecessor", "successor", "project", "elapsed"]


@table(key=["schedule_id", "task_id"], clock=REGISTER, register=True, bulk=True)
class ScheduleTask(Contract):
    """One row per schedule, task and data date of the schedule.

    Sum durations over `task_type` task and the milestones alone: a summary
    repeats what stands below it, a level of effort lasts as long as others do.
    Key: schedule_id, task_id, status_date.
    """

    schedule_id: Text = required()
    task_id: Text = required()
    status_date: Date = required()
    project_key: Text = optional()
    project_id: Text = optional()
    name: Text = optional()
    wbs: Text = optional()
    duration_seconds: Number = optional(ge=0)
    start_at: Date = optional()
    finish_at: Date = optional()
    baseline_start_at: Date = optional()
    baseline_finish_at: Date = optional()
    actual_start_at: Date = optional()
    actual_finish_at: Date = optional()
    percent_complete_pct: Number = optional(ge=0, le=100)
    is_milestone: Flag = optional()
    calendar: Text = optional()
    task_type: Text = optional(isin=TASK_TYPES)
    remaining_duration_seconds: Number = optional(ge=0)
    total_float_seconds: Number = optional()
    is_critical: Flag = optional()
    constraint_type: Text = optional(isin=CONSTRAINTS)
    constraint_at: Date = optional()
    custom: Text = optional()


@table(
    key=["schedule_id", "predecessor_id", "successor_id", "relation"],
    clock=REGISTER,
    register=True,
    bulk=True,
)
class ScheduleLink(Contract):
    """One row per schedule, pair of tied tasks, relation and data date of the schedule.

    Key: schedule_id, predecessor_id, successor_id, relation, status_date.
    """

    schedule_id: Text = required()
    predecessor_id: Text = required()
    successor_id: Text = required()
    relation: Text = required(isin=RELATIONS)
    status_date: Date = required()
    lag_seconds: Number = optional()
    lag_pct: Number = optional()
    lag_calendar: Text = optional(isin=LAG_CALENDARS)
    predecessor_schedule_id: Text = optional()
    custom: Text = optional()


@table(key=["schedule_id", "calendar"], clock=REGISTER, register=True)
class ScheduleCalendar(Contract):
    """One row per schedule, calendar that its tasks may be scheduled by, and data date of the schedule.

    Calendars of single resources are not among them. Key: schedule_id, calendar, status_date.
    """

    schedule_id: Text = required()
    calendar: Text = required()
    status_date: Date = required()
    is_default: Flag = optional()
    working_week: Text = optional()
    calendar_exceptions: Text = optional()
    custom: Text = optional()
