"""Words of training, coaching and mentoring."""

from __future__ import annotations

from pmo_analytics.vocabulary.terms import COUNT, DATE, TEXT, terms

TERMS = [
    *terms(
        TEXT,
        "",
        {
            "course_id": "Identifier of a course.",
            "session_id": "Identifier of a session of training or coaching.",
            "coach_id": "Person who coaches.",
            "mentor_id": "Person who mentors.",
            "mentee_id": "Person who is mentored.",
            "certificate": "Certificate that came of a course.",
            "other_person_id": "The other of two persons.",
            "topic": "What a session is about.",
        },
    ),
    *terms(
        DATE,
        "date",
        {
            "completed_on_date": "Day a course was completed.",
            "session_date": "Day of a session.",
        },
    ),
    *terms(
        COUNT,
        "",
        {
            "level_from": "Level of the skill that a course starts from, 0 to 7 after SFIA.",
            "target_level": "Level that a person is to reach, 1 to 7 after SFIA.",
            "level_to": "Level of the skill that a course leads to, 0 to 7 after SFIA.",
        },
    ),
    *terms(COUNT, "persons", {"seats": "Persons a session has room for."}),
]
