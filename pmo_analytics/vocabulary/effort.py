"""Words of effort: time worked, absent and available, and estimates of it."""

from __future__ import annotations

from pmo_analytics.vocabulary.terms import AMOUNT, COUNT, DATE, FLAG, INSTANT, NUMBER, PERCENT, SECONDS, TEXT, terms

TERMS = [
    *terms(
        TEXT,
        "",
        {
            "entry_id": "Identifier of a timesheet entry, made from its content where the source has none.",
            "activity": "Kind of work an entry was booked on.",
            "calendar_id": "Identifier of a working calendar.",
            "item_id": "Identifier of an estimated work item.",
            "work_class": "Class of work that estimates are compared within.",
            "estimator_id": "Person who estimated.",
            "actual_source": "What the effort an item really took rests on: register, timesheets or time_spent.",
        },
    ),
    *terms(
        DATE,
        "date",
        {
            "work_date": "Day the work was done.",
            "absence_date": "Day of absence.",
            "calendar_date": "Day of a working calendar.",
            "estimated_on_date": "Day an estimate was made.",
            "finished_on_date": "Day an item was finished.",
        },
    ),
    *terms(
        INSTANT,
        "UTC",
        {
            "started_at": "When the entry's timer started, or an issue first came into progress.",
            "ended_at": "When the entry's timer stopped, or a sprint ended: closed, else as planned.",
        },
    ),
    *terms(
        SECONDS,
        "seconds",
        {
            "estimate_seconds": "Estimated effort of an item.",
            "low_seconds": "Effort an item takes if all goes well.",
            "most_likely_seconds": "Effort an item most likely takes.",
            "high_seconds": "Effort an item takes if much goes wrong.",
            "actual_seconds": "Effort an item really took.",
            "billable_seconds": "Time marked billable.",
            "calendar_seconds": "Working time by the calendar and the person's share of full time.",
            "absence_seconds": "Working time lost to absence.",
            "available_seconds": "Calendar time less absence.",
            "costed_seconds": "Time for which a rate was found.",
            "uncosted_seconds": "Time for which no rate was found; not in the cost.",
            "difference_seconds": "Time booked less the time it is held against; negative where less was booked.",
            "overtime_seconds": "Time booked beyond a day's own working time.",
            "free_day_seconds": "Time booked on days without working time.",
            "project_seconds": "Time booked on projects that are no run work.",
            "run_seconds": "Time booked on run work.",
            "unbooked_seconds": "Calendar time that is neither booked nor absence; negative where more was booked.",
            "excess_seconds": "Time promised beyond what there is.",
            "unmapped_seconds": "Time booked on a project that no register knows.",
        },
    ),
    *terms(AMOUNT, "currency", {"billable_amount": "Amount billable as the source states it."}),
    *terms(
        PERCENT,
        "%",
        {"stated_confidence_pct": "How sure the estimator was that low to high holds the actual, 0 to 100."},
    ),
    *terms(NUMBER, "", {"size": "Size of an item in its class's own unit."}),
    *terms(COUNT, "days", {"worked_day_count": "Days with time booked."}),
    *terms(
        COUNT,
        "persons",
        {
            "overloaded_count": "Persons with a sign of sustained overload.",
            "long_hours_count": "Persons who booked far beyond their time for three months.",
            "free_days_count": "Persons who worked on free days in three months running.",
            "no_leave_count": "Persons without a day of leave in six months.",
            "spread_count": "Persons who booked on many projects in a month.",
        },
    ),
    *terms(COUNT, "rows", {"entry_count": "Timesheet entries counted."}),
    *terms(FLAG, "", {"is_billable": "Whether the time is billable."}),
]
