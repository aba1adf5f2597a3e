"""Words of performance: earned value and earned schedule, with the field's own symbols."""

from __future__ import annotations

from pmo_analytics.vocabulary.terms import AMOUNT, DATE, DAYS, NUMBER, TEXT, Term, terms

_EARNED_VALUE = "PMI earned value management; ISO 21508"
_EARNED_SCHEDULE = "Lipke, earned schedule"

TERMS = [
    *terms(
        TEXT,
        "",
        {
            "decision_kind": "What has to be decided: a breach of tolerance, an escalation, a review that is due.",
            "further_kinds": "Other tolerances that the same project breaches.",
            "cost_assumption": "What a cost at completion assumes about the rest of the work.",
            "cost_assumption_reason": "Why the cost at completion under this assumption is the one shown.",
            "finish_assumption": "What a finish assumes about the rest of the work.",
            "finish_assumption_reason": "Why the finish under this assumption is the one shown.",
        },
    ),
    Term("first_budget_amount", AMOUNT, "Budget of a project's first baseline.", "currency"),
    Term("budget_change_amount", AMOUNT, "Budget of a baseline less that of the one before.", "currency"),
    *terms(
        DAYS,
        "days",
        {
            "finish_change_days": "Finish of a baseline after that of the one before.",
            "finish_growth_days": "Finish of a project's last baseline after that of its first.",
        },
    ),
    Term("stake_amount", AMOUNT, "Money at stake in a decision.", "currency"),
    *terms(
        DATE,
        "date",
        {
            "reported_on_date": "Status date of the progress report a figure rests on.",
            "expected_finish_date": "Finish by the assumption that is named beside it.",
            "p10_finish_date": "Day that one in ten finishes by.",
            "p50_finish_date": "Day that half finish by.",
            "p80_finish_date": "Day that four in five finish by.",
            "p90_finish_date": "Day that nine in ten finish by.",
        },
    ),
    Term("planned_value_amount", AMOUNT, "Budgeted cost of the work planned.", "currency", "PV", _EARNED_VALUE),
    Term("earned_value_amount", AMOUNT, "Budgeted cost of the work done.", "currency", "EV", _EARNED_VALUE),
    Term("actual_cost_amount", AMOUNT, "Cost of the work done.", "currency", "AC", _EARNED_VALUE),
    Term("budget_at_completion_amount", AMOUNT, "Sum of the baseline.", "currency", "BAC", _EARNED_VALUE),
    Term("cost_variance_amount", AMOUNT, "EV - AC; negative is over cost.", "currency", "CV", _EARNED_VALUE),
    Term("schedule_variance_amount", AMOUNT, "EV - PV; negative is behind plan.", "currency", "SV", _EARNED_VALUE),
    Term("cost_performance_index", NUMBER, "EV / AC; below 1 is over cost.", "", "CPI", _EARNED_VALUE),
    Term(
        "schedule_performance_index", NUMBER, "EV / PV; tends to 1 at the end, late or not.", "", "SPI", _EARNED_VALUE
    ),
    Term(
        "estimate_at_completion_amount",
        AMOUNT,
        "AC and what the rest is forecast to cost, by the assumption named.",
        "currency",
        "EAC",
        _EARNED_VALUE,
    ),
    Term(
        "variance_at_completion_amount", AMOUNT, "BAC - EAC; negative is over cost.", "currency", "VAC", _EARNED_VALUE
    ),
    Term("to_complete_performance_index", NUMBER, "(BAC - EV) / (BAC - AC).", "", "TCPI", _EARNED_VALUE),
    Term(
        "earned_schedule_months", NUMBER, "Time at which the plan earned today's EV.", "months", "ES", _EARNED_SCHEDULE
    ),
    Term("actual_time_months", NUMBER, "Months since the baseline's start.", "months", "AT", _EARNED_SCHEDULE),
    Term("planned_duration_months", NUMBER, "Months of the baseline.", "months", "PD", _EARNED_SCHEDULE),
    Term("time_schedule_performance_index", NUMBER, "ES / AT; below 1 is late.", "", "SPI(t)", _EARNED_SCHEDULE),
    Term("expected_amount", AMOUNT, "Cost so far and as far as it is expected by a month's end.", "currency"),
    Term(
        "time_estimate_at_completion_months",
        NUMBER,
        "Forecast duration, by the assumption named.",
        "months",
        "EAC(t)",
        _EARNED_SCHEDULE,
    ),
]
