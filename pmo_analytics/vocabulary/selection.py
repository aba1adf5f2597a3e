"""Words of choosing: proposals, their worth, criteria, objectives and decisions."""

from __future__ import annotations

from pmo_analytics.vocabulary.terms import AMOUNT, COUNT, DATE, FLAG, NUMBER, PERCENT, TEXT, terms

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
            "leader_id": "The subject that is ahead.",
            "follower_id": "The subject that is behind.",
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
            "weight_share": "Weight over the sum of all weights.",
            "swing": "Score from 0 for the worst subject to 1 for the best.",
            "value_part": "Part of a weighted value that comes from a criterion.",
            "score_spread": "Highest less lowest score of a subject's assessors.",
            "weighted_value": "Weighted sum of swings, 0 to 1; the middle of its range where scores are missing.",
            "value_low": "Weighted value with every missing score at the worst.",
            "value_high": "Weighted value with every missing score at the best.",
            "assessor_spread": "Highest less lowest weighted value by single assessors' scores.",
            "topsis_closeness": "Distance to the worst point over that to worst and best, 0 to 1.",
            "net_flow": "How far a subject is preferred to the others on average, -1 to 1.",
            "first_rank_probability": "Chance of the first rank under other weights.",
            "rank_probability": "Chance of a rank under other weights.",
            "moved_share": "Least share of weight to be moved until a lead is gone.",
            "user_business_value": "What users and business gain by a piece of work, on a relative scale.",
            "time_criticality": "How fast the gain of a piece of work decays, on a relative scale.",
            "risk_reduction_opportunity_enablement": "What a piece of work saves or opens up, on a relative scale.",
            "job_size": "Size of a piece of work, on a relative scale.",
            "wsjf": "Cost of delay over job size, both relative.",
            "cost_of_delay": "What a month of delay costs.",
            "cd3": "Cost of delay over duration in months.",
            "largest_eigenvalue": "Principal eigenvalue of judgements; the number of criteria where they agree.",
            "consistency_ratio": "Consistency index of judgements over that of random ones; to be 0.10 at most.",
            "ratio": "How many times more important the first criterion is than the other; below 1 is less.",
        },
    ),
    *terms(
        COUNT,
        "ranks",
        {
            "value_rank": "Place by weighted value, 1 being the first.",
            "topsis_rank": "Place by closeness to the ideal.",
            "flow_rank": "Place by net flow.",
            "wsjf_rank": "Place by weighted shortest job first.",
            "cd3_rank": "Place by cost of delay over duration.",
            "rank_place": "A place, 1 being the first.",
        },
    ),
    *terms(COUNT, "scores", {"missing_count": "Criteria without a score."}),
    *terms(COUNT, "assessors", {"assessor_count": "Assessors that scored."}),
    *terms(COUNT, "judgements", {"judgement_count": "Pairs of criteria that are judged."}),
    *terms(FLAG, "", {"is_consistent": "Whether judgements agree well enough to be used."}),
    *terms(PERCENT, "%", {"share_pct": "Share of an objective that a project carries, 0 to 100."}),
]
