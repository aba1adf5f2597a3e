"""Words of developing people: what they can do, what is short of it, courses, mentors, and what came of both."""

from __future__ import annotations

from pmo_analytics.vocabulary.terms import COUNT, DATE, DAYS, FLAG, NUMBER, SECONDS, TEXT, terms

TERMS = [
    *terms(TEXT, "", {"match_state": "Whether a pair is kept, proposed, or nobody was found: unmatched."}),
    *terms(DATE, "date", {"ready_date": "First day on which what was learnt counts."}),
    *terms(DAYS, "days", {"assessment_age_days": "Days since the assessment that counts, to the reporting date."}),
    *terms(
        COUNT,
        "",
        {
            "self_level": "Level of a skill that a person says of themselves, 0 to 7 after SFIA.",
            "path_position": "Place of a course in a person's path through a skill, from 1.",
            "enrolment_count": "Enrolments counted.",
            "mentor_level": "Level of the skill that a mentor has, 0 to 7 after SFIA.",
            "fit_marks": "Marks of how well a mentor fits: place, level, due date; more is better.",
        },
    ),
    *terms(
        SECONDS,
        "seconds",
        {
            "gap_seconds": "Working time asked for by plan at a level and above, by certainty, beyond what is there.",
            "closed_seconds": "Working time short that somebody's training closes.",
            "to_close_seconds": "Working time short of a skill in a month, as the capacity forecast or a plan has it.",
        },
    ),
    *terms(
        NUMBER,
        "persons",
        {"gap_fte": "A gap over the calendar time that a person of the skill has in the month."},
    ),
    *terms(
        COUNT,
        "persons",
        {
            "stale_count": "Persons whose assessment is stale.",
            "self_count": "Persons of whose level there is their own word alone.",
            "on_project_count": "Persons on a project who have a skill at the level asked for.",
            "mentor_load": "Persons that a mentor has.",
            "other_count": "Persons who have it and are on other projects, or on none.",
        },
    ),
    *terms(
        FLAG,
        "",
        {
            "is_binding": "Whether the level is the one at which a skill is shortest in a month.",
            "is_thin": "Whether too few persons cover a level that is asked for.",
        },
    ),
]
