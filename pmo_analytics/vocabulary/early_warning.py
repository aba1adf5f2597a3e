"""Words of early warning: what was known of a project at a month's end, and alerts that a tolerance will be left."""

from __future__ import annotations

from pmo_analytics.vocabulary.terms import COUNT, DATE, DAYS, FLAG, NUMBER, PERCENT, TEXT, terms

TERMS = [
    *terms(
        NUMBER,
        "",
        {
            "cost_performance_index_change": "CPI less that of three months before.",
            "time_schedule_performance_index_change": "SPI(t) less that of three months before.",
            "breach_probability": "Chance that a project leaves a tolerance within the horizon.",
            "alert_ratio": "Part of an alert, 0 to 1: those of equal score share one.",
            "lead_months": "Months from an alert to what it warns of.",
            "months_to_breach": "Months to the next month in breach.",
            "alert_count": "Alerts, parts of them added.",
            "index_margin": "How far an index lies below the threshold of its computed status.",
            "tolerance_used_ratio": "Larger of cost overrun and delay, each over its tolerance; above 1 is a breach.",
        },
    ),
    *terms(
        PERCENT,
        "%",
        {
            "cost_overrun_pct": "Estimate at completion above the budget in force.",
            "elapsed_pct": "Time since the baseline began, of its duration.",
            "budget_growth_pct": "Budget in force above that of the first baseline.",
            "backlog_growth_pct": "Open issues above those of three months before.",
            "risk_exposure_pct": "Probability times cost of the open risks, of the budget in force.",
            "risk_exposure_change_pct": "Exposure of the open risks less that of three months before, of the budget.",
            "precision_pct": "Share of alerts after which it came.",
            "precision_low_pct": "Lower end of the 95 % interval of that share.",
            "precision_high_pct": "Upper end of that interval.",
            "recall_pct": "Share of what came that was warned of.",
            "recall_low_pct": "Lower end of the 95 % interval of that share.",
            "recall_high_pct": "Upper end of that interval.",
            "turnover_pct": "Persons who booked on a project the month before and no longer do.",
        },
    ),
    *terms(
        DAYS,
        "days",
        {
            "finish_delay_change_days": "Forecast delay of the finish less that of three months before.",
            "milestone_slip_days": "Largest slip of a project's milestones as last reported.",
            "milestone_slip_change_days": "That slip less the one of three months before.",
            "status_age_days": "Days since the last progress report.",
            "in_progress_age_days": "Median days since the items in progress were begun.",
        },
    ),
    *terms(
        TEXT,
        "",
        {
            "warning_method": "What alerts are ranked by.",
            "warning_reasons": "Why a project is warned of, in words, with the figures.",
            "deciding_index": "The lower of CPI and SPI(t), by name.",
            "evidence": "The figures that a finding rests on, in words.",
            "missing_features": "Figures that were not known, by name.",
            "breached_tolerances": "Tolerances that a project has left, by name.",
        },
    ),
    *terms(DATE, "date", {"differs_since_month": "First of the months in a row in which two statuses differ."}),
    *terms(
        COUNT,
        "",
        {
            "warning_rank": "Place in the order of warnings, the likeliest first.",
            "rules_met_count": "One-line rules that a project meets.",
            "months_differing_count": "Months in a row in which two statuses differ.",
            "steps_better_count": "Steps from the computed to the declared status, 1 from red to amber.",
            "case_count": "Cases that a share rests on.",
        },
    ),
    *terms(COUNT, "baselines", {"baseline_change_count": "Baselines approved after the first."}),
    *terms(FLAG, "", {"is_in_breach": "Whether a project has left a tolerance, as far as is known."}),
]
