"""Words of levelling: who covers what is asked for, what moves in time, and what a change frees and delays."""

from __future__ import annotations

from pmo_analytics.vocabulary.terms import COUNT, DATE, DAYS, FLAG, NUMBER, SECONDS, TEXT, terms

TERMS = [
    *terms(
        TEXT,
        "",
        {
            "assignment_basis": "Why a person covers a need: allocated already, on the project, or new to it.",
            "unmet_cause": "What kind of reason keeps a need from being covered.",
            "plan_change": "What becomes of a person's share of a need once somebody has left.",
            "resolved_overload": "The shortage that a move is for, in words.",
            "delayed_work": "What a move delays, and by how much, in words.",
            "remedy": "What to do about a finding.",
            "freed_work": "What a move frees, by skill and week, in words.",
        },
    ),
    *terms(
        SECONDS,
        "seconds",
        {
            "assigned_seconds": "Working time of a need that a person covers, or nobody.",
            "replanned_seconds": "Working time of a need that a person covers once somebody has left, or nobody.",
            "moved_seconds": "Working time that is done later, and freed where it was planned.",
            "arrived_seconds": "Working time that is done in a month and was planned for an earlier one.",
            "levelled_seconds": "Working time asked for once work has moved.",
            "found_seconds": "Working time that a finding is about.",
            "freed_seconds": "Working time asked for no longer in the weeks that a task leaves.",
            "left_short_seconds": "Working time asked for beyond what there is, once work has moved.",
        },
    ),
    *terms(
        DATE,
        "date",
        {
            "to_month": "First day of the month that work moves to.",
            "planned_last_month": "First day of the last month planned for that asks for a project's work.",
            "levelled_last_month": "The same once work has moved.",
            "planned_start_date": "First day of a task by its schedule and what it waits for.",
            "planned_finish_date": "Last day of a task by its schedule and what it waits for.",
            "levelled_start_date": "First day of a task once work has moved.",
            "levelled_finish_date": "Last day of a task once work has moved.",
        },
    ),
    *terms(DAYS, "days", {"shift_days": "Working days that a task starts later."}),
    *terms(
        NUMBER, "months", {"late_months": "Months past a project's baseline, or past the plan where that is later."}
    ),
    *terms(COUNT, "", {"held_level": "Level of the skill that a person has."}),
    *terms(
        FLAG,
        "",
        {
            "is_elsewhere": "Whether a person works in another place than the project.",
            "is_fixed": "Whether a task stays where it is, since work on it has begun.",
            "is_proven": "Whether no other answer is better by any of the goals.",
        },
    ),
]
