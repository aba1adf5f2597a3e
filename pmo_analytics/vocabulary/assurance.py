"""Words of assurance: methods, gates, evidence, reviews and waivers."""

from __future__ import annotations

from pmo_analytics.vocabulary.terms import DATE, TEXT, terms

TERMS = [
    *terms(
        TEXT,
        "",
        {
            "methodology_id": "Identifier of a method.",
            "approach": "Approach of a method: waterfall, agile, hybrid.",
            "gate_id": "Identifier of a gate within its method.",
            "artefact_kind": "Kind of document or evidence that a method knows.",
            "tailoring": "When the requirement may be left out or lightened.",
            "rule_id": "Rule of the audit that a waiver lifts.",
        },
    ),
    *terms(
        DATE,
        "date",
        {
            "approved_on_date": "Day of the approval.",
            "granted_on_date": "Day a waiver was granted.",
            "expires_on_date": "Last day a waiver holds.",
        },
    ),
]
