"""Contract of the mart of progress: what a schedule's tasks say is done."""

from __future__ import annotations

from pmo_analytics.contracts.base import MARTS, Contract, Date, Number, Text, Whole, optional, required, table


@table(key=["schedule_id"], lake=MARTS)
class ScheduleProgress(Contract):
    """One row per schedule in its latest state by the reporting date.

    Key: schedule_id. Seconds are planned working time of tasks; a level of
    effort is in `level_of_effort_seconds` alone. `begun_seconds` are of tasks
    that have begun, the finished ones among them; `stated_done_seconds` weigh
    each task's own percentage, `unit_done_seconds` the units done over the units
    planned of those that state units. Tasks without a duration weigh nothing and
    are counted. Weights are of the milestones that state one.
    """

    schedule_id: Text = required()
    project_id: Text = optional()
    status_date: Date = required()
    task_count: Whole = required(ge=0)
    unweighted_task_count: Whole = required(ge=0)
    planned_seconds: Number = required(ge=0)
    begun_seconds: Number = required(ge=0)
    finished_seconds: Number = required(ge=0)
    stated_done_seconds: Number = required(ge=0)
    level_of_effort_seconds: Number = required(ge=0)
    milestone_count: Whole = required(ge=0)
    milestones_reached: Whole = required(ge=0)
    unit_task_count: Whole = required(ge=0)
    unit_planned_seconds: Number = required(ge=0)
    unit_done_seconds: Number = required(ge=0)
    weighted_milestone_count: Whole = required(ge=0)
    milestone_weight: Number = required(ge=0)
    milestone_weight_reached: Number = required(ge=0)
