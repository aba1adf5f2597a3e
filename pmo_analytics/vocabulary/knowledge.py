"""Words of what projects leave behind: documents, lessons, reviews."""

from __future__ import annotations

from pmo_analytics.vocabulary.terms import DATE, FLAG, TEXT, terms

TERMS = [
    *terms(
        TEXT,
        "",
        {
            "document_id": "Identifier of a document.",
            "text": "Text of a document.",
            "lesson_id": "Identifier of a lesson.",
            "event": "What happened.",
            "cause": "Why it happened.",
            "effect": "What came of it.",
            "recommendation": "What to do another time.",
            "tags": "Tags, joined by a comma and a space.",
            "reviewer_id": "Person who reviewed it.",
            "duplicate_of_id": "Lesson that this one says again.",
            "outcome_note": "What came of showing or applying a lesson, in words.",
            "scope_outcome": "What was delivered against what was meant to be.",
            "time_outcome": "How the finish compares with the plan.",
            "cost_outcome": "How the cost compares with the plan.",
            "benefit_outcome": "How the benefits compare with the case.",
        },
    ),
    *terms(
        DATE,
        "date",
        {
            "dated_on_date": "Day a document bears.",
            "recorded_on_date": "Day a lesson was written down.",
            "reviewed_on_date": "Day of the review.",
            "shown_on_date": "Day a lesson was put before a project.",
        },
    ),
    *terms(
        FLAG,
        "",
        {
            "applied": "Whether the project acted on a lesson it was shown.",
            "recurred": "Whether what the lesson is about happened to the project again.",
        },
    ),
]
