"""Which projects are likely to breach a tolerance within three months, before they are in breach.

A discrete-time hazard (`breach_hazard`) ranks the projects under way that are
within tolerance; a tenth of them, at least one, is warned of. It is used only
where it beat every one-line rule on this organisation's own months; elsewhere the
rule that did best on them ranks, and where history is thin the number of rules
met, each with its threshold; the verdict says which. A project already in breach
is the board's to decide and stands in `decisions_needed`. Sources: Singer and Willett (1993) for the
hazard; `alert_trial` for the trial; the rules are conventions.

Worked example: of two projects within tolerance one is forecast 45 days late, with
60 allowed, and the other on time; no breach was ever seen. The first meets two
rules, "already late" and "two thirds of a tolerance used", and is the one alert;
the verdict reads that no project's breach is known and ten are needed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Flag, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.portfolio import Project
from pmo_analytics.forecasting.alert_trial import ALERT_SHARE, AlertRecord, allowed_alerts, rolling_alerts
from pmo_analytics.performance.warning_features import WarningFeatures
from pmo_analytics.performance.warning_rules import (
    MOST_RULES,
    RULES,
    WORST_INDEX,
    in_words,
    rule_reasons,
    rule_scores,
    rules_met,
)
from pmo_analytics.performance.warning_trial import HAZARD, HORIZON_MONTHS, Assessment, assess

REASONS = 3
METHODS = (HAZARD, *(rule.name for rule in RULES), WORST_INDEX, MOST_RULES)
_ORDER = [WarningFeatures.project_id, WarningFeatures.period_month]


class EarlyWarning(Contract):
    """One row per project under way and within tolerance at the status date, the likeliest to breach first.

    Key: project_id. `warning_method` is what ranks them: the hazard, the best
    rule, or the number of rules met. `breach_probability` is the chance of a breach within
    the horizon, missing unless the hazard passed its trial. `warning_reasons`
    are the features that add most to it, or the rules met, with their values.
    Ranked by rules, a project that meets none is no alert.
    """

    project_id: Text = required()
    name: Text = optional()
    status_date: Date = required()
    warning_rank: Whole = required(ge=1)
    is_alerted: Flag = required()
    warning_method: Text = required(isin=METHODS)
    breach_probability: Number = optional(ge=0, le=1)
    rules_met_count: Whole = required(ge=0)
    warning_reasons: Text = required()
    tolerance_used_ratio: Number = optional()
    cost_performance_index: Number = optional()
    time_schedule_performance_index: Number = optional()
    finish_delay_days: Number = optional()
    rag_status: Text = optional()
    missing_features: Text = required()
    verdict: Text = required()


class WarningRecord(Contract):
    """How alerts did on a rolling origin: one row per method and lead, the whole horizon first, without a lead.

    Key: warning_method, lead_months. `alert_count` may hold parts: equals share
    an alert. Precision is the share of alerts with a breach within the horizon;
    recall the share of project months before one that were warned of. Intervals
    are of 95 %. `case_count` is the rows that the recall rests on.
    """

    warning_method: Text = required()
    lead_months: Number = optional(ge=1)
    alert_count: Number = optional(ge=0)
    precision_pct: Number = optional(ge=0, le=100)
    precision_low_pct: Number = optional(ge=0, le=100)
    precision_high_pct: Number = optional(ge=0, le=100)
    recall_pct: Number = optional(ge=0, le=100)
    recall_low_pct: Number = optional(ge=0, le=100)
    recall_high_pct: Number = optional(ge=0, le=100)
    case_count: Whole = required(ge=0)
    verdict: Text = required()


class WarningHistory(Contract):
    """One row per project and month: whether it was in breach, and if not whether it would have been warned of.

    Key: project_id, period_month. `alert_ratio` is the part of an alert that it
    got from the method in use now, asked with what was known then; missing in breach or where
    that is not known. `months_to_breach` is missing where none followed.
    """

    project_id: Text = required()
    period_month: Date = required()
    status_date: Date = required()
    is_in_breach: Flag = optional()
    alert_ratio: Number = optional(ge=0, le=1)
    months_to_breach: Number = optional(ge=1)


def early_warning(
    warning_features: pd.DataFrame,
    project: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
    horizon_months: int = HORIZON_MONTHS,
    alert_share: float = ALERT_SHARE,
) -> DataFrame[EarlyWarning]:
    """The projects at risk at `status_date` in order, from a `WarningFeatures` frame, with names from the register.

    `alert_share` of them, rounded half up and at least one, are alerts.
    """
    past = warning_features[warning_features[WarningFeatures.status_date] <= status_date]
    found = assess(past, horizon_months=horizon_months, alert_share=alert_share)
    month = status_date.to_period("M").to_timestamp()
    is_now = (found.rows[WarningFeatures.period_month] == month).to_numpy(dtype=bool)
    rows = found.rows[is_now].reset_index(drop=True)
    scores, met = found.scores[is_now], rules_met(rows)
    order = np.lexsort((rows[WarningFeatures.project_id].astype(str), -scores))
    rank = np.empty(len(rows), dtype=np.int64)
    rank[order] = np.arange(1, len(rows) + 1)
    is_hazard = found.method == HAZARD
    is_alerted = (rank <= allowed_alerts(len(rows), alert_share)) & (is_hazard | (met > 0))
    names = project.drop_duplicates(Project.project_id, keep="last").set_index(Project.project_id)[Project.name]
    columns: dict[str, Any] = {
        EarlyWarning.name: rows[WarningFeatures.project_id].map(names),
        EarlyWarning.warning_rank: rank,
        EarlyWarning.is_alerted: is_alerted,
        EarlyWarning.warning_method: found.method,
        EarlyWarning.breach_probability: scores if is_hazard else np.nan,
        EarlyWarning.rules_met_count: met,
        EarlyWarning.warning_reasons: _hazard_reasons(found, is_now) if is_hazard else rule_reasons(rows),
        EarlyWarning.verdict: found.verdict,
    }
    ordered = rows.assign(**columns).sort_values(EarlyWarning.warning_rank, ignore_index=True)
    return checked(EarlyWarning, ordered.reindex(columns=list(EarlyWarning.to_schema().columns)))


def warning_record(
    warning_features: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
    horizon_months: int = HORIZON_MONTHS,
    alert_share: float = ALERT_SHARE,
) -> DataFrame[WarningRecord]:
    """How the hazard and each rule did on the months of a `WarningFeatures` frame; empty while history is thin."""
    past = warning_features[warning_features[WarningFeatures.status_date] <= status_date]
    found = assess(past, horizon_months=horizon_months, alert_share=alert_share)
    records = {} if found.trial is None else found.trial.records
    lines = [line for name, record in records.items() for line in _lines(name, record, found.verdict)]
    return checked(WarningRecord, pd.DataFrame(lines, columns=list(WarningRecord.to_schema().columns)))


def warning_history(
    warning_features: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
    horizon_months: int = HORIZON_MONTHS,
    alert_share: float = ALERT_SHARE,
) -> DataFrame[WarningHistory]:
    """Past alerts beside what followed, for every month of a `WarningFeatures` frame up to `status_date`.

    In months before the hazard had breaches enough, the rules met stand in for it.
    """
    past = warning_features[warning_features[WarningFeatures.status_date] <= status_date]
    found = assess(past, horizon_months=horizon_months, alert_share=alert_share)
    scores = np.where(np.isfinite(found.scores), found.scores, rule_scores(found.rows)[MOST_RULES])
    lead = np.where(np.isfinite(found.panel.lead), found.panel.lead, np.nan)
    at_risk = found.rows[_ORDER].assign(
        alert_ratio=rolling_alerts(scores, found.panel.periods, alert_share), months_to_breach=lead
    )
    rows = past.merge(at_risk, on=_ORDER, how="left").sort_values(_ORDER, ignore_index=True)
    return checked(WarningHistory, rows.reindex(columns=list(WarningHistory.to_schema().columns)))


def _hazard_reasons(found: Assessment, is_now: np.ndarray) -> list[str]:
    """The features that add most to each row's odds, in words; none where all take away."""
    assert found.hazard is not None
    features = found.panel.features[is_now]
    parts = found.hazard.parts(features)
    reasons = []
    for row, part in zip(features, parts, strict=True):
        largest = [at for at in np.argsort(-part, kind="stable")[:REASONS] if part[at] > 0]
        reasons.append("; ".join(in_words(found.panel.names[at], float(row[at])) for at in largest))
    return reasons


def _lines(name: str, record: AlertRecord, verdict: str) -> list[dict[str, object]]:
    whole: dict[str, object] = {
        WarningRecord.warning_method: name,
        WarningRecord.alert_count: record.alerts,
        WarningRecord.case_count: 0 if record.recall is None else record.recall.n,
        WarningRecord.verdict: verdict,
    }
    for part, interval in (("precision", record.precision), ("recall", record.recall)):
        if interval is not None:
            whole |= {
                f"{part}_pct": 100 * interval.value,
                f"{part}_low_pct": 100 * interval.low,
                f"{part}_high_pct": 100 * interval.high,
            }
    leads = [
        {
            WarningRecord.warning_method: name,
            WarningRecord.lead_months: float(lead),
            WarningRecord.recall_pct: 100 * share,
            WarningRecord.case_count: count,
            WarningRecord.verdict: verdict,
        }
        for lead, (share, count) in enumerate(zip(record.recall_by_lead, record.cases_by_lead, strict=True), start=1)
    ]
    return [whole, *leads]
