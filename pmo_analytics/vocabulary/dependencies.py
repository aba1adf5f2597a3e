"""Words of dependencies: hand-overs, what slips through them, and paths of tasks."""

from __future__ import annotations

from pmo_analytics.vocabulary.terms import COUNT, DATE, DAYS, FLAG, NUMBER, SECONDS, TEXT, terms

TERMS = [
    *terms(
        TEXT,
        "",
        {
            "cycle_level": "What waits for each other: projects, issues or tasks.",
            "cycle_path": "A path from giver to what waits that comes back to where it began.",
            "handover_state": "How a hand-over stands: late, in time, not dated, or leading nowhere.",
            "slip_path": "Projects that a slip comes through, the first giver first.",
            "resource_kind": "What tasks ask for: a person, a team or a skill.",
            "resource_id": "Token of a person, or name of a team or skill.",
            "task_names": "Tasks that ask for most of a resource, each with its project.",
        },
    ),
    *terms(
        DATE,
        "date",
        {
            "early_start_date": "Earliest day that a task can begin.",
            "early_finish_date": "Earliest day that a task can be done.",
            "slipped_finish_date": "Forecast finish of a project and the days that hand-overs add.",
        },
    ),
    *terms(
        DAYS,
        "days",
        {
            "late_days": "Days that what is waited for comes past the day needed; negative is early.",
            "delay_at_stake_days": "Days late times the projects that wait, directly or through others.",
            "own_slip_days": "Days of a project's forecast finish past its baseline; negative is early.",
            "passed_on_days": "Days that late hand-overs add to a project's forecast finish.",
            "finish_slip_days": "Days of a task's earliest finish past its baseline; negative is early.",
            "total_float_days": "Days of its calendar that a task may slip without a later finish of all.",
            "catch_up_days": "Working days that a resource takes to work off what is asked for beyond what it has.",
            "free_float_days": "Days of its calendar that a task may slip without moving what waits for it.",
        },
    ),
    *terms(SECONDS, "seconds", {"short_seconds": "Working time asked for beyond what there is."}),
    *terms(
        COUNT,
        "",
        {
            "member_count": "Members of a circle.",
            "waiting_count": "Projects that wait for a hand-over, directly or through others.",
            "unpriced_count": "Projects among those that have no budget.",
            "in_circle_count": "Ties left out since they run in a circle.",
            "critical_task_count": "Tasks without float among them.",
            "overlap_week_count": "Weeks in which tasks of several projects ask for more of a resource than it has.",
            "outcome_count": "Past outcomes that draws are made from.",
        },
    ),
    *terms(
        NUMBER,
        "",
        {
            "criticality_index": "Share of draws in which the finish hangs on a task, 0 to 1.",
            "slip_probability": "Share of draws in which a late hand-over moves a project, 0 to 1.",
            "after_forecast_probability": "Share of draws in which a project ends after its forecast, 0 to 1.",
        },
    ),
    *terms(
        FLAG,
        "",
        {
            "is_near_critical": "Whether a task has little float, but some.",
            "is_stale": "Whether nobody has looked at it for long: a link past its day, an assessment past its age.",
        },
    ),
]
