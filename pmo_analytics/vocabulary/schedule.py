"""Words of schedules: tasks and what ties them."""

from __future__ import annotations

from pmo_analytics.vocabulary.terms import COUNT, FLAG, INSTANT, PERCENT, QUANTITY, SECONDS, TEXT, terms

TERMS = [
    *terms(
        TEXT,
        "",
        {
            "schedule_id": "Identifier of a schedule, the same for all its states.",
            "task_id": "Identifier of a task that stays the same in later states of its schedule.",
            "predecessor_id": "Task that comes first; one of another schedule as that schedule's name, / and the task.",
            "predecessor_schedule_id": "Schedule of the task that comes first, where it is another one.",
            "successor_id": "Task that follows.",
            "wbs": "Code of a task in the work breakdown structure.",
            "calendar": "Calendar a task is scheduled by, as the schedule names it.",
            "task_type": "What a task stands for: work, a milestone, effort as long as others, a sum, another's task.",
            "constraint_type": "Rule that ties a task to a date; mandatory ones hold whatever comes before the task.",
            "progress_rule": "Rule by which a schedule's progress is measured.",
            "weighed_by": "What the parts of a measure of progress count by.",
            "lag_calendar": "Whose calendar a lag is counted by; elapsed is round the clock.",
            "working_week": "Working times from and to by weekday, 1 is Monday, as JSON; a day not named is not told.",
            "calendar_exceptions": "Days with other working times than their weekday's, none for a day off, as JSON.",
        },
    ),
    *terms(
        INSTANT,
        "UTC",
        {
            "finish_at": "When a task finishes.",
            "baseline_start_at": "Start of a task in the baseline.",
            "baseline_finish_at": "Finish of a task in the baseline.",
            "actual_start_at": "When work on a task began.",
            "actual_finish_at": "When a task was done.",
            "constraint_at": "Date of the rule that ties a task.",
        },
    ),
    *terms(
        INSTANT,
        "local time",
        {
            "local_start_at": "When a task starts, in the organisation's time zone.",
            "local_constraint_at": "Date of the rule that ties a task, in the organisation's time zone.",
        },
    ),
    *terms(
        SECONDS,
        "seconds",
        {
            "lag_seconds": "Working time between the tied ends; negative is an overlap.",
            "remaining_duration_seconds": "Working time from the data date to a task's finish.",
            "planned_seconds": "Planned working time of a schedule's tasks.",
            "begun_seconds": "Planned working time of the tasks that have begun.",
            "finished_seconds": "Planned working time of the tasks that are finished.",
            "unit_planned_seconds": "Planned working time of the tasks that state units.",
            "unit_done_seconds": "Planned working time of these tasks times the units done over the units planned.",
            "stated_done_seconds": "Planned working time of tasks times the percentage that they state.",
            "level_of_effort_seconds": "Planned working time of what lasts as long as other tasks do.",
            "total_float_seconds": "Working time a task may slip without a later finish of all, as the schedule says.",
        },
    ),
    *terms(
        COUNT,
        "rows",
        {
            "task_count": "Tasks that are work.",
            "unweighted_task_count": "Tasks that are work and have no duration.",
            "milestone_count": "Milestones of a schedule.",
            "milestones_reached": "Milestones of a schedule that are reached.",
            "unit_task_count": "Tasks that state how many units are planned.",
            "weighted_milestone_count": "Milestones of a schedule that state a weight.",
        },
    ),
    *terms(
        QUANTITY,
        "",
        {
            "milestone_weight": "Sum of the weights that milestones state; only the proportions count.",
            "milestone_weight_reached": "Sum of the weights of milestones that are reached.",
        },
    ),
    *terms(PERCENT, "%", {"lag_pct": "Lag as a share of the duration of the task that comes first."}),
    *terms(
        FLAG,
        "",
        {
            "is_milestone": "Whether a task is a milestone.",
            "is_critical": "Whether a task is critical by the schedule's own rule.",
            "is_default": "Whether it is the calendar of tasks that name none.",
        },
    ),
]
