"""Words of methods as projects are run by them: gates, what they need, where a project stands, what changed."""

from __future__ import annotations

from pmo_analytics.vocabulary.terms import COUNT, DATE, FLAG, PERCENT, TEXT, terms

TERMS = [
    *terms(
        TEXT,
        "",
        {
            "follows_gates": "Gates that must be passed before this one, joined by a comma; empty: the one before it.",
            "gate_name": "Name of a gate.",
            "version_basis": "Why a version counts for a project: stated, the latest, or no such method.",
            "risk_level": "Open exposure against the budget: low, medium, high; unknown without either.",
            "method_problem": "What is wrong with a method, a gate or a requirement; empty where nothing is.",
            "requirement_basis": "Why an artefact is required or not.",
            "artefact_state": "Whether an artefact is approved, there but not approved, missing, or not needed.",
            "artefact_version": "Version of an artefact.",
            "gate_state": "Where a project is with a gate: passed and how, next, or later.",
            "gate_verdict": "What the next gate says: ready; advise, warn or block; done; stopped; unknown.",
            "lacking_artefacts": "Required artefacts that are missing or not approved, joined by a comma.",
            "last_gate_id": "Gate that a project passed last, by position.",
            "last_gate_name": "Name of the gate that a project passed last.",
            "next_gate_id": "Gate that is before a project.",
            "next_gate_name": "Name of the gate that is before a project.",
            "stage_by_gates": "Stage that the gates passed put a project in.",
            "method_change": "What changed between two versions of a method.",
            "from_version": "Version that a change starts from.",
            "to_version": "Version that a change leads to.",
            "from_text": "What the earlier version says; empty where it says nothing.",
            "to_text": "What the later version says; empty where it says nothing.",
        },
    ),
    *terms(
        DATE,
        "date",
        {
            "last_passed_on_date": "Day of the review by which a project passed its last gate.",
            "first_approved_on_date": "Day that any version of an artefact was first approved.",
        },
    ),
    *terms(
        COUNT,
        "",
        {
            "gate_count": "Gates of a method that apply to a project.",
            "gates_passed_count": "Gates passed.",
            "required_count": "Artefacts that the next gate requires.",
            "approved_count": "Artefacts among them that are approved.",
            "unevidenced_count": "Gates passed although a required artefact was not approved by then.",
            "out_of_turn_count": "Gates passed before one that they follow.",
            "with_method_count": "Projects whose method is known.",
            "breached_count": "Projects that passed a gate without its evidence or out of turn.",
            "ready_count": "Projects that have what their next gate asks for.",
            "stage_different_count": "Projects whose declared stage is another than the gates say.",
            "reviewed_count": "Projects with a review of a gate.",
        },
    ),
    *terms(PERCENT, "%", {"exposure_pct": "Open exposure as a share of the budget."}),
    *terms(PERCENT, "%", {"evidenced_pct": "Share of passed gates whose required artefacts were approved by then."}),
    *terms(
        FLAG,
        "",
        {
            "is_latest": "Whether a version is the latest of its method.",
            "is_reachable": "Whether a gate can be reached through those that it follows.",
            "is_given": "Whether a method comes with the package, and not from a register.",
            "is_required": "Whether a gate requires an artefact of this project.",
            "is_stage_different": "Whether the declared stage is another than the gates say.",
        },
    ),
]
