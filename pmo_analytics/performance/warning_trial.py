"""The hazard of a breach of tolerance on this organisation's own months, held against one-line rules.

A row is a project under way and not in breach at a month's end; the event is the
next month in breach. A project that came back within tolerance is at risk again,
and that it was in breach before is a feature. Completion without a breach ends a
project safely; a cancellation is a competing outcome and censors it, as the
status date does. Nothing known after a month's end is used for its warning.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pmo_analytics.forecasting.alert_trial import ALERT_SHARE, MINIMUM_SCORED, AlertTrial, alert_trial
from pmo_analytics.forecasting.breach_hazard import (
    MINIMUM_KNOWN,
    BreachHazard,
    HazardPanel,
    fitted_hazard,
    known_events,
    rolling_probability,
)
from pmo_analytics.forecasting.quantile_scores import Floats
from pmo_analytics.performance.warning_features import WarningFeatures
from pmo_analytics.performance.warning_rules import (
    BREACHED_BEFORE,
    DECLARED,
    MODEL_FEATURES,
    MOST_RULES,
    RAG_RANK,
    rule_scores,
)

HAZARD = "hazard"
HORIZON_MONTHS = 3
SEED = 20_060_711
_OVER = ("complete", "cancelled")


@dataclass(frozen=True)
class Assessment:
    """Rows at risk with their scores. `rows` has the panel's order; `hazard` is fitted at the last month, or None.

    `probability` is NaN where history was thin. `trial` is None where it always was.
    """

    rows: pd.DataFrame
    panel: HazardPanel
    probability: Floats
    hazard: BreachHazard | None
    trial: AlertTrial | None
    known: int

    @property
    def method(self) -> str:
        """What ranks the alerts: the hazard where it passed, else the best rule so far; while thin, the rules met."""
        if self.hazard is None or self.trial is None or self.trial.scored_events < MINIMUM_SCORED:
            return MOST_RULES
        return HAZARD if self.trial.is_passed else self.trial.best_rule

    @property
    def scores(self) -> Floats:
        """The score of that method by row."""
        return self.probability if self.method == HAZARD else rule_scores(self.rows)[self.method]

    @property
    def verdict(self) -> str:
        """One sentence: what ranks the alerts, and why."""
        rules = "alerts are ranked by the rules met"
        if self.hazard is None:
            return (
                f"history is thin: {self.known} projects' breaches are known and {MINIMUM_KNOWN} are needed for a "
                f"hazard; {rules}"
            )
        if self.trial is None or self.trial.scored_events < MINIMUM_SCORED:
            found = 0 if self.trial is None else self.trial.scored_events
            return (
                f"history is thin: warnings before {found} projects' breaches are scored and {MINIMUM_SCORED} are "
                f"needed; {rules}"
            )
        gain = self.trial.gain
        if gain is None:
            return "no alert of the past has a known outcome; alerts are ranked by a rule"
        points = (
            f"precision {100 * gain.value:+.0f} points to the best one-line rule, {self.trial.best_rule!r} "
            f"(95 % interval {100 * gain.low:+.0f} to {100 * gain.high:+.0f})"
        )
        if self.method == HAZARD:
            return f"the hazard ranks the alerts: {points}"
        return f"the hazard is not proven better: {points}; that rule ranks the alerts"


def with_model_features(features: pd.DataFrame) -> pd.DataFrame:
    """A `WarningFeatures` frame with the rank of the declared status and whether a breach came before."""
    rows = features.sort_values([WarningFeatures.project_id, WarningFeatures.period_month], ignore_index=True)
    breached = rows[WarningFeatures.is_in_breach].astype(float).fillna(0.0)
    before = breached.groupby(rows[WarningFeatures.project_id]).cumsum() - breached
    ranks = rows[WarningFeatures.rag_status].map(RAG_RANK).astype(float)
    return rows.assign(**{DECLARED: ranks, BREACHED_BEFORE: (before > 0).astype(float)})


def warning_panel(features: pd.DataFrame) -> tuple[HazardPanel, pd.DataFrame]:
    """The rows at risk of a `WarningFeatures` frame with what became of them, and these rows of the frame.

    Months without a known state of breach are no rows; between two known ones they are taken as within tolerance.
    """
    rows = with_model_features(features)
    month = rows[WarningFeatures.period_month]
    period = (month.dt.year * 12 + month.dt.month).to_numpy(dtype=np.int64)
    breach = rows[WarningFeatures.is_in_breach]
    is_in, is_known = breach.fillna(False).to_numpy(dtype=bool), breach.notna().to_numpy()
    state = rows[WarningFeatures.state].fillna("").to_numpy(dtype=object)
    lead, at_risk = np.full(len(rows), np.inf), np.zeros(len(rows))
    ends_safe = np.zeros(len(rows), dtype=bool)
    for places in rows.groupby(WarningFeatures.project_id).indices.values():
        # A cancelled month tells nothing of the breach it forestalled.
        seen = [at for at in places if is_known[at] and state[at] != "cancelled"]
        event, last = np.inf, period[seen[-1]] if seen else 0
        is_complete = bool(len(places)) and state[places[-1]] == "complete"
        for at in reversed(seen):
            lead[at], at_risk[at] = event - period[at], last - period[at]
            ends_safe[at] = is_complete and event == np.inf
            event = period[at] if is_in[at] else event
    asked = is_known & ~is_in & ~np.isin(state, [*_OVER, "proposed"])
    kept = rows[asked].reset_index(drop=True)
    panel = HazardPanel(
        kept[WarningFeatures.project_id].to_numpy(dtype=object),
        period[asked],
        kept[list(MODEL_FEATURES)].to_numpy(dtype=float),
        MODEL_FEATURES,
        lead[asked],
        np.minimum(at_risk, lead)[asked],
        ends_safe[asked],
    )
    return panel, kept


def assess(
    features: pd.DataFrame, *, horizon_months: int = HORIZON_MONTHS, alert_share: float = ALERT_SHARE
) -> Assessment:
    """Fit, try on a rolling origin and judge; the last month of `features` is now."""
    panel, rows = warning_panel(features)
    probability = rolling_probability(panel, horizon_months)
    now = int(panel.periods.max()) if len(rows) else 0
    known = known_events(panel, now)
    hazard = fitted_hazard(panel, horizon_months, now) if known >= MINIMUM_KNOWN else None
    trial = None
    if np.isfinite(probability).any():
        generator = np.random.default_rng(SEED)
        scores = rule_scores(rows)
        trial = alert_trial(
            panel, probability, scores, generator, horizon=horizon_months, share=alert_share, name=HAZARD
        )
    return Assessment(rows, panel, probability, hazard, trial, known)
