"""Words of schedules: tasks and what ties them."""

from __future__ import annotations

from pmo_analytics.vocabulary.terms import FLAG, INSTANT, SECONDS, TEXT, terms

TERMS = [
    *terms(
        TEXT,
        "",
        {
            "schedule_id": "Identifier of a schedule, the same for all its states.",
            "task_id": "Identifier of a task that stays the same in later states of its schedule.",
            "predecessor_id": "Task that comes first.",
            "successor_id": "Task that follows.",
            "wbs": "Code of a task in the work breakdown structure.",
            "calendar": "Calendar a task is scheduled by, as the schedule names it.",
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
        },
    ),
    *terms(SECONDS, "seconds", {"lag_seconds": "Working time between the tied ends; negative is an overlap."}),
    *terms(FLAG, "", {"is_milestone": "Whether a task is a milestone."}),
]
