"""Words of risk analysis: the register's quality, cost risk, calibration, shared causes."""

from __future__ import annotations

from pmo_analytics.vocabulary.terms import AMOUNT, COUNT, DATE, DAYS, NUMBER, PERCENT, TEXT, terms

TERMS = [
    *terms(
        TEXT,
        "",
        {
            "finding": "What is wrong with an entry of a register, or missing.",
            "group_kind": "What a group is made by: all, category, portfolio.",
            "group_name": "Which group of its kind.",
            "band": "Band of values that the row speaks of.",
            "cause_kind": "Whether a cause is a driver or a category of the register.",
            "project_names": "Identifiers of several projects, with commas.",
        },
    ),
    *terms(
        COUNT,
        "risks",
        {
            "risk_count": "Risks counted.",
            "considered_count": "Risks to which a finding can apply.",
            "unquantified_count": "Risks without figures that can be used, which are in no amount of the row.",
            "flagged_count": "Risks with at least one finding.",
            "happened_count": "Closed risks that happened.",
            "unscored_count": "Closed risks without an outcome, or without a probability stated before.",
        },
    ),
    *terms(
        DAYS,
        "days",
        {
            "exposure_days": "Probability times mean delay.",
            "parallel_p80_delay_days": "P80 of the delay where the longest of several counts.",
            "serial_p50_delay_days": "P50 of the delay where delays add up.",
            "serial_p80_delay_days": "P80 of the delay where delays add up.",
        },
    ),
    *terms(
        DATE,
        "date",
        {
            "parallel_p80_finish_date": "Day by which 80 % of draws finish where the longest delay counts.",
            "serial_p80_finish_date": "Day by which 80 % of draws finish where delays add up.",
        },
    ),
    *terms(
        AMOUNT,
        "currency",
        {
            "exposure_amount": "Probability times mean cost; a mean, to rank by.",
            "base_amount": "Cost without any allowance for risk: AC + BAC - EV.",
            "mean_amount": "Mean of the draws.",
            "p10_amount": "Amount that is not exceeded with a probability of 10 %.",
            "p20_amount": "Amount that is not exceeded with a probability of 20 %.",
            "p50_amount": "Amount that is not exceeded with a probability of 50 %.",
            "p80_amount": "Amount that is not exceeded with a probability of 80 %.",
            "p90_amount": "Amount that is not exceeded with a probability of 90 %.",
            "conditional_value_at_risk_amount": "Mean of the worst fifth of the draws.",
            "contingency_amount": "P80 less the base: cover of the risks that are known.",
            "management_reserve_amount": "Cover of what nobody has named, apart from contingency.",
            "summed_p80_amount": "Sum of P80s, which is not the P80 of the sum.",
            "independent_p80_amount": "P80 where nothing is tied together.",
            "joint_p80_amount": "P80 of what is drawn together.",
            "joint_deviation_amount": "Standard deviation of what is drawn together.",
            "independent_deviation_amount": "Standard deviation where nothing is tied together.",
            "low_mean_amount": "Mean of the total where a line of it is low, or a risk does not happen.",
            "high_mean_amount": "Mean of the total where a line of it is high, or a risk happens.",
            "drawn_amount": "Contingency drawn so far.",
            "remaining_contingency_amount": "Contingency set aside less what was drawn.",
            "remaining_exposure_amount": "Exposure of the risks still open.",
            "required_contingency_amount": "P80 of the cost of the risks still open.",
        },
    ),
    *terms(
        PERCENT,
        "%",
        {
            "level_pct": "Probability of a quantile, 0 to 100.",
            "base_confidence_pct": "Share of the draws within the base, 0 to 100.",
            "baseline_confidence_pct": "Share of the draws that finish by the baseline, 0 to 100.",
            "joint_confidence_pct": "Share of the draws within P80 of both cost and finish, 0 to 100.",
            "contribution_pct": "Covariance with the total over the variance of the total.",
            "hidden_pct": "By how much a standard deviation is too small where nothing is tied together.",
            "stated_pct": "Mean of the probabilities stated, 0 to 100.",
            "happened_pct": "Share of the closed risks that happened, 0 to 100.",
            "happened_low_pct": "Lower end of the 95 % interval of what happened.",
            "happened_high_pct": "Upper end of the 95 % interval of what happened.",
        },
    ),
    *terms(
        NUMBER,
        "",
        {
            "brier_score": "Mean squared difference of stated probability and outcome; less is better.",
            "brier_score_low": "Lower end of the score's 95 % interval.",
            "brier_score_high": "Upper end of the score's 95 % interval.",
            "reliability": "Part of a Brier score that is due to stated probabilities being off; less is better.",
            "resolution_score": "Part by which telling risks apart betters a Brier score; more is better.",
            "uncertainty": "Brier score of the base rate.",
            "brier_skill": "1 - Brier score over that of the base rate.",
            "brier_skill_low": "Lower end of the skill's 95 % interval.",
            "brier_skill_high": "Upper end of the skill's 95 % interval.",
        },
    ),
]
