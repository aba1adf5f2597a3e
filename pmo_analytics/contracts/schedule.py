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


@table(key=["schedule_id", "task_id"], clock=REGISTER, register=True, bulk=True)
class ScheduleTask(Contract):
    """One row per schedule, task and data date of the schedule.

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
