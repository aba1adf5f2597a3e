"""Words of tolerances and alerts: what is held against which limit, who is told and by when they answer."""

from __future__ import annotations

from pmo_analytics.vocabulary.terms import DATE, NUMBER, TEXT, terms

TERMS = [
    *terms(
        TEXT,
        "",
        {
            "alert_id": "Identifier of an alert: of its project, its rule and the month in which the breach began.",
            "rule": "A rule of escalation in words: what is held against which limit, and for which projects.",
            "breach": "What a rule of escalation holds against its limit, as pmo.toml names it.",
            "check_state": "What a check found: breached, within, unknown, or that the project is not running.",
            "figure_evidence": "What opens a figure, as `pmo explain` takes it: table, column and key.",
            "told_roles": "Roles that an alert tells, as JSON.",
        },
    ),
    *terms(
        NUMBER,
        "",
        {
            "figure": "Figure that a rule is held against, in the unit that the breach's name says.",
            "threshold": "Limit that a rule states, in the unit of its figure.",
        },
    ),
    *terms(
        DATE,
        "date",
        {
            "breached_since_month": "First day of the month in which this run of a breach began.",
            "acknowledge_due_date": "Last day to acknowledge an alert.",
            "decide_due_date": "Last day to decide on an alert.",
        },
    ),
]
