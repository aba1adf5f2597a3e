"""Words of levelling: who covers what is asked for, what moves in time, and what a change frees and delays."""

from __future__ import annotations

from pmo_analytics.vocabulary.terms import COUNT, FLAG, SECONDS, TEXT, terms

TERMS = [
    *terms(
        TEXT,
        "",
        {
            "assignment_basis": "Why a person covers a need: allocated already, on the project, or new to it.",
            "unmet_cause": "What kind of reason keeps a need from being covered.",
        },
    ),
    *terms(
        SECONDS,
        "seconds",
        {
            "assigned_seconds": "Working time of a need that a person covers, or nobody.",
        },
    ),
    *terms(COUNT, "", {"held_level": "Level of the skill that a person has."}),
    *terms(FLAG, "", {"is_elsewhere": "Whether a person works in another place than the project."}),
]
