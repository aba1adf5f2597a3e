"""Words of what projects leave behind: documents, lessons, reviews."""

from __future__ import annotations

from pmo_analytics.vocabulary.terms import COUNT, DATE, DAYS, FLAG, NUMBER, PERCENT, TEXT, terms

TERMS = [
    *terms(
        TEXT,
        "",
        {
            "document_id": "Identifier of a document.",
            "text": "Text of a document or a commentary.",
            "lesson_id": "Identifier of a lesson.",
            "event": "What happened.",
            "cause": "Why it happened.",
            "effect": "What came of it.",
            "recommendation": "What to do another time.",
            "tags": "Tags, joined by a comma and a space.",
            "reviewer_id": "Person who reviewed it.",
            "duplicate_of_id": "Lesson that this one says again.",
            "text_id": "What is searched: lesson, document or review, and its identifier.",
            "text_kind": "Whether a text is a lesson, a document or a review.",
            "original_id": "The text that one repeats; itself where it repeats none.",
            "kept_id": "Of two lessons that say the same, the one to keep.",
            "folded_id": "Of two lessons that say the same, the one to fold into the other.",
            "matched_terms": "Words that a lesson shares with what it was sought by.",
            "effect_measure": "What applied lessons are compared by: recurrence, cost or finish.",
            "difference_unit": "Unit of a mean and of a difference of means.",
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
            "known_on_date": "Day from which a lesson, document or review is known.",
            "last_shown_on_date": "Day a lesson was last put before a project.",
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
    *terms(
        COUNT,
        "",
        {
            "lesson_count": "Lessons counted.",
            "shown_count": "Times that a lesson was put before a project.",
            "applied_count": "Times that a project acted on a lesson it was shown.",
            "not_applied_count": "Times that a project did not act on a lesson it was shown.",
            "recurred_count": "Times that what a lesson is about happened again to a project that was shown it.",
            "lesson_place": "Place of a lesson among those sought for a project, 1 being the first.",
            "applied_project_count": "Projects that acted on at least half of the lessons they were shown.",
            "other_project_count": "Projects like them that did not.",
            "unmatched_count": "Projects without a like one of the other group, which are not compared.",
            "stratum_count": "Groups of like projects that are compared.",
            "finished_item_count": "Finished items with an estimate.",
            "reached_milestone_count": "Milestones that were reached.",
        },
    ),
    *terms(
        NUMBER,
        "",
        {
            "lesson_score": "BM25 of a lesson against what it was sought by; only the order counts.",
            "similarity": "Terms that two lessons share over those they hold together, 0 to 1.",
            "applied_mean": "Mean of the projects that acted on lessons.",
            "other_mean": "Mean of the projects like them that did not.",
            "mean_difference": "Mean of the projects that acted on lessons less that of the others, within like ones.",
            "mean_difference_low": "Lower end of the difference's 95 % interval.",
            "mean_difference_high": "Upper end of that interval.",
            "chance_probability": "How often chance alone gives a difference as large.",
            "effort_ratio": "Sum of actual effort over the sum of estimates.",
        },
    ),
    *terms(
        DAYS,
        "days",
        {
            "in_review_days": "Days since a lesson was written down that still waits for its review.",
            "finish_after_plan_days": "Finish after the register's planned finish, calendar days; negative is early.",
            "median_slip_days": "Median slip of the reached milestones from their first baseline.",
        },
    ),
    *terms(
        PERCENT,
        "%",
        {
            "cost_over_budget_pct": "Actual cost above the budget at completion.",
            "benefit_realised_pct": "Realised benefits over those planned for the same months.",
        },
    ),
]
