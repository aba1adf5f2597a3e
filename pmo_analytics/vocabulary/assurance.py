"""Words of assurance: methods, gates, evidence, reviews and waivers."""

from __future__ import annotations

from pmo_analytics.vocabulary.terms import COUNT, DATE, FLAG, TEXT, terms

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
            "rule_id": "Identifier of a rule of the audit.",
            "methodology_version": "Version of its method that a project is run by.",
            "definition": "A rule of the audit as JSON: which rows it looks at, and what must hold of them.",
            "perspective": "Perspective of an audit or a maturity: what part of running projects is looked at.",
            "finding_id": "Identifier of a finding: of its project, rule and item.",
            "found_item": "What a finding is about, within its project: a row's key in words; empty for all of it.",
            "owner_role": "Role that a finding or a request is for.",
        },
    ),
    *terms(
        DATE,
        "date",
        {
            "first_found_on_date": "Reporting date at which a finding was first found, or found again.",
            "approved_on_date": "Day of the approval.",
            "granted_on_date": "Day a waiver was granted.",
            "expires_on_date": "Last day a waiver holds.",
        },
    ),
    *terms(COUNT, "", {"maturity_level": "Level of maturity, 1 to 5: initial, managed, defined, measured, improving."}),
    *terms(
        FLAG, "", {"is_hard_gate": "Whether a breach of the rule alone makes a project fail, whatever else is well."}
    ),
]
