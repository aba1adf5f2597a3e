"""Words of choosing: proposals, their worth, criteria, objectives and decisions."""

from __future__ import annotations

from pmo_analytics.vocabulary.terms import AMOUNT, DATE, NUMBER, PERCENT, TEXT, terms

TERMS = [
    *terms(
        TEXT,
        "",
        {
            "proposal_id": "Identifier of a proposed project.",
            "other_proposal_id": "The proposal the first one is tied to.",
            "subject_id": "Proposal or project that is judged or decided on.",
            "criterion_id": "Identifier of a criterion of choice.",
            "other_criterion_id": "The criterion the first one is compared with.",
            "objective_id": "Identifier of a strategic objective.",
            "parent_objective_id": "The wider objective it serves.",
            "by_id": "Person who decided.",
        },
    ),
    *terms(
        DATE,
        "date",
        {
            "earliest_start_date": "First day a proposal could start on.",
            "scored_on_date": "Day a score was given.",
            "submitted_on_date": "Day a version of a business case was handed in.",
            "carried_out_on_date": "Day a decision had been acted on.",
        },
    ),
    *terms(AMOUNT, "currency", {"benefit_amount": "Benefit expected of a proposal over its life."}),
    *terms(NUMBER, "months", {"duration_months": "Months from start to finish."}),
    *terms(
        NUMBER,
        "",
        {
            "weight": "Importance beside the others of its kind; only the proportions count.",
            "score": "Judgement of a subject under a criterion, on the criterion's own scale.",
            "ratio": "How many times more important the first criterion is than the other; below 1 is less.",
        },
    ),
    *terms(PERCENT, "%", {"share_pct": "Share of an objective that a project carries, 0 to 100."}),
]
