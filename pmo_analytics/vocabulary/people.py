"""Words of people: where they belong, what they can do, what they are asked for."""

from __future__ import annotations

from pmo_analytics.vocabulary.terms import COUNT, DATE, NUMBER, PERCENT, SECONDS, TEXT, terms

TERMS = [
    *terms(
        TEXT,
        "",
        {
            "merged_into_id": "Person token that this token is another name for.",
            "role": "Role of a person.",
            "team": "Team a person or row belongs to.",
            "department": "Department a team belongs to.",
            "lead_id": "Person who leads a team.",
            "grade": "Grade of a person.",
            "email": "Contact address of a person.",
            "skill_id": "Identifier of a skill.",
            "assessor_kind": "Who assessed a level: the person, a manager, an examiner.",
        },
    ),
    *terms(
        DATE,
        "date",
        {
            "joined_date": "First day of employment.",
            "left_date": "Last day of employment.",
            "assessed_on_date": "Day a level was assessed.",
        },
    ),
    *terms(
        SECONDS,
        "seconds",
        {
            "demand_seconds": "Working time asked for.",
            "expected_seconds": "Working time asked for, weighted by the chance that the demand comes about.",
            "capacity_seconds": "Working time of persons with a skill, less absences.",
            "allocated_seconds": "Working time promised.",
        },
    ),
    *terms(COUNT, "persons", {"person_count": "Persons counted."}),
    *terms(PERCENT, "%", {"fte_pct": "Share of full-time employment, 0 to 100."}),
    *terms(NUMBER, "", {"certainty": "Chance that a demand comes about, 0 to 1; 1 is firm."}),
]
