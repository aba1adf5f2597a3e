"""Words of risks, assumptions, issues and escalations."""

from __future__ import annotations

from pmo_analytics.vocabulary.terms import AMOUNT, DATE, DAYS, NUMBER, TEXT, Term, terms

TERMS = [
    *terms(
        TEXT,
        "",
        {
            "risk_id": "Identifier of a risk.",
            "raid_issue_id": "Identifier of an issue in the RAID log.",
            "assumption_id": "Identifier of an assumption.",
            "escalation_id": "Identifier of an escalation.",
            "severity": "How grave it is, as the log or the check grades it.",
            "response": "What is done about a risk.",
            "driver": "Common cause; risks of one driver tend to happen together.",
        },
    ),
    *terms(DATE, "date", {"proximity_date": "Day around which a risk would strike."}),
    Term("probability", NUMBER, "Chance that it happens, 0 to 1."),
    *terms(
        AMOUNT,
        "currency",
        {
            "cost_low_amount": "Cost if a risk happens and goes lightly; negative is a saving.",
            "cost_most_likely_amount": "Cost a risk most likely has if it happens; negative is a saving.",
            "cost_high_amount": "Cost if a risk happens and goes badly; negative is a saving.",
        },
    ),
    *terms(
        DAYS,
        "days",
        {
            "delay_low_days": "Delay if a risk happens and goes lightly; negative is a gain.",
            "delay_most_likely_days": "Delay a risk most likely has if it happens; negative is a gain.",
            "delay_high_days": "Delay if a risk happens and goes badly; negative is a gain.",
        },
    ),
]
