"""Fifty simulated portfolios, none of them looked at before: planted failures warned of two months ahead or more.

Each portfolio has its own history and its own rolling origin. At a budget of a
tenth of the projects at risk, the hazard must warn of more planted failures two or three
months before their breach than the rule that flags what is already late.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from pmo_analytics.forecasting.alert_trial import ALERT_SHARE, rolling_alerts
from pmo_analytics.forecasting.block_bootstrap import mean_interval, ratio_interval
from pmo_analytics.forecasting.breach_hazard import HazardPanel
from pmo_analytics.performance.warning_features import warning_features
from pmo_analytics.performance.warning_rules import rule_scores
from pmo_analytics.performance.warning_trial import HAZARD, HORIZON_MONTHS, assess
from pmo_analytics.synthetic.projects import add_months
from pmo_analytics.synthetic.troubled_projects import BEGIN, SIMULATED_MONTHS, TroubledProject, troubled_portfolio
from tests.frames import contract_frame
from tests.performance.test_warning_features import TABLES

SEEDS = range(1_001, 1_051)
NOW = pd.Timestamp(add_months(BEGIN, SIMULATED_MONTHS)) - pd.Timedelta(days=1)
LATE = "already late"


@dataclass(frozen=True)
class Portfolio:
    """Of one seed: planted failures warned of in time, hits and alerts by method, and how many failures there were."""

    warned: dict[str, float]
    hits: dict[str, float]
    alerts: dict[str, float]
    failures: int
    is_passed: bool


def _onset(project: TroubledProject) -> float:
    if project.onset is None:
        return np.inf
    month = add_months(project.start, project.onset - 1)
    return float(month.year * 12 + month.month)


def _warned(panel: HazardPanel, weights: np.ndarray, is_asked: np.ndarray, onset: dict[str, float]) -> list[float]:
    """The largest part of an alert that each planted failure got two or three months ahead."""
    early = is_asked & (panel.lead >= 2) & (panel.lead <= HORIZON_MONTHS)
    found: dict[tuple[str, float], float] = {}
    for at in np.flatnonzero(early):
        subject, event = str(panel.subjects[at]), float(panel.periods[at] + panel.lead[at])
        if event >= onset[subject]:
            found[subject, event] = max(found.get((subject, event), 0.0), float(weights[at]))
    return list(found.values())


def portfolio(seed: int) -> Portfolio:
    made = troubled_portfolio(seed)
    tables = {name: contract_frame(name, made.tables.get(name, [])) for name in TABLES}
    found = assess(warning_features(**tables, status_date=NOW))
    onset = {project.project_id: _onset(project) for project in made.projects}
    is_asked = np.isfinite(found.probability)
    scores = {HAZARD: found.probability, **rule_scores(found.rows)}
    weights = {name: rolling_alerts(each, found.panel.periods, ALERT_SHARE) for name, each in scores.items()}
    warned = {name: _warned(found.panel, each, is_asked, onset) for name, each in weights.items()}
    outcome = found.panel.outcome(HORIZON_MONTHS)
    is_scored = is_asked & np.isfinite(outcome)
    return Portfolio(
        {name: sum(each) for name, each in warned.items()},
        {name: float((each * np.where(is_scored, outcome, 0.0)).sum()) for name, each in weights.items()},
        {name: float(each[is_scored].sum()) for name, each in weights.items()},
        len(warned[HAZARD]),
        found.trial is not None and found.trial.is_passed,
    )


def test_planted_failures_are_warned_of_before_they_are_late(capsys: pytest.CaptureFixture[str]) -> None:
    found = [portfolio(seed) for seed in SEEDS]
    failures = np.array([each.failures for each in found], dtype=float)
    with capsys.disabled():
        for name in found[0].warned:
            recall = ratio_interval(
                [each.warned[name] for each in found], failures, np.random.default_rng(1), block_length=1
            )
            precision = ratio_interval(
                [each.hits[name] for each in found],
                [each.alerts[name] for each in found],
                np.random.default_rng(1),
                block_length=1,
            )
            sys.stdout.write(
                f"\n{name}: {100 * recall.value:.1f} % of {failures.sum():.0f} planted failures warned of two months "
                f"ahead or more (95 % {100 * recall.low:.1f} to {100 * recall.high:.1f}), precision "
                f"{100 * precision.value:.1f} % (95 % {100 * precision.low:.1f} to {100 * precision.high:.1f}), "
                f"{len(found)} portfolios"
            )
        sys.stdout.write(f"\nthe gate passes the hazard in {sum(each.is_passed for each in found)} of {len(found)}")
    gains = [(each.warned[HAZARD] - each.warned[LATE]) * len(found) / failures.sum() for each in found]
    gain = mean_interval(gains, np.random.default_rng(1), block_length=1)
    with capsys.disabled():
        sys.stdout.write(
            f"\nhazard less {LATE!r}: {100 * gain.value:+.1f} points of recall "
            f"(95 % {100 * gain.low:+.1f} to {100 * gain.high:+.1f})\n"
        )
    assert failures.sum() >= 200
    assert gain.low > 0
