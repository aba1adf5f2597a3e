"""Alerts by hand: ties shared, precision and recall by lead, and what the gate lets through."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmo_analytics.forecasting.alert_trial import alert_trial, alert_weights, allowed_alerts, rolling_alerts
from pmo_analytics.forecasting.breach_hazard import HazardPanel

INF = np.inf


def panel(lead: list[float], periods: list[int], subjects: list[str], at_risk: float = 3.0) -> HazardPanel:
    n = len(lead)
    return HazardPanel(
        np.array(subjects, dtype=object),
        np.array(periods, dtype=np.int64),
        np.zeros((n, 1)),
        ("x",),
        np.array(lead),
        np.full(n, at_risk),
        np.zeros(n, dtype=bool),
    )


def many(events: int, *, n: int = 400, periods: int = 10) -> HazardPanel:
    """Of each period's subjects the first ones are struck in the next."""
    each = n // periods
    leads = [1.0 if i % each < events // periods else INF for i in range(n)]
    return panel(leads, [i // each for i in range(n)], [f"S{i}" for i in range(n)])


def test_how_many_alerts_a_share_allows() -> None:
    assert [allowed_alerts(n, 0.1) for n in (0, 1, 10, 14, 15, 60)] == [0, 1, 1, 1, 2, 6]


def test_equals_share_what_is_left() -> None:
    assert alert_weights(np.array([1.0, 5.0, 1.0, 1.0]), 2) == pytest.approx([1 / 3, 1, 1 / 3, 1 / 3])
    assert alert_weights(np.array([np.nan, 2.0]), 2).tolist() == [0.0, 1.0]
    assert alert_weights(np.array([-INF, -INF, 1.0]), 2).tolist() == [0.5, 0.5, 1.0]


@given(st.lists(st.sampled_from([0.0, 1.0, 2.0, -INF]), max_size=30), st.integers(0, 10))
def test_alerts_sum_to_what_is_allowed_and_follow_the_scores(scores: list[float], allowed: int) -> None:
    weights = alert_weights(np.array(scores), allowed)
    assert weights.sum() == pytest.approx(min(allowed, len(scores)))
    assert ((weights >= 0) & (weights <= 1)).all()
    order = np.argsort(scores, kind="stable")
    assert (np.diff(weights[order]) >= -1e-12).all()


def test_each_period_has_its_own_alerts() -> None:
    assert rolling_alerts(np.array([1.0, 2.0, 9.0, 8.0]), np.array([0, 0, 1, 1]), 0.5).tolist() == [0, 1, 1, 0]


def test_precision_and_recall_by_hand() -> None:
    rows = panel([1.0, 2.0, 3.0, INF], [0, 0, 0, 0], list("ABCD"))
    model, rule = np.array([4.0, 3.0, 1.0, 2.0]), np.array([0.0, 0.0, 0.0, 1.0])
    trial = alert_trial(rows, model, {"rule": rule}, np.random.default_rng(1), horizon=3, share=0.5)
    mine, theirs = trial.records["hazard"], trial.records["rule"]
    assert mine.precision is not None
    assert mine.recall is not None
    assert theirs.precision is not None
    assert mine.precision.value == 1.0
    assert mine.recall.value == pytest.approx(2 / 3)
    assert mine.recall_by_lead == (1.0, 1.0, 0.0)
    # One of the rule's two alerts goes to D, the other is shared by the three that are struck.
    assert theirs.precision.value == pytest.approx(0.5)
    assert mine.warned_ahead is not None
    assert (mine.warned_ahead.value, mine.warned_ahead.n) == (0.5, 2)
    assert trial.best_rule == "rule"
    assert trial.gain is not None
    assert trial.gain.value == pytest.approx(0.5)


def test_an_alert_without_a_known_outcome_counts_in_neither() -> None:
    # B was cancelled after one period.
    rows = panel([1.0, INF], [0, 0], ["A", "B"], at_risk=1.0)
    trial = alert_trial(rows, np.array([1.0, 2.0]), {"x": np.array([1.0, 1.0])}, np.random.default_rng(1), horizon=3)
    assert trial.records["hazard"].alerts == 0
    assert trial.records["hazard"].precision is None
    assert trial.records["x"].alerts == 0.5
    assert trial.scored_rows == 1


def test_the_gate_passes_what_is_better_and_nothing_else() -> None:
    rows = many(40)
    generator = np.random.default_rng(2)
    truth, noise = (rows.lead == 1).astype(float), generator.random(len(rows.lead))
    good = alert_trial(rows, truth, {"noise": noise}, np.random.default_rng(1), horizon=1)
    assert good.is_passed
    assert not alert_trial(rows, noise, {"truth": truth}, np.random.default_rng(1), horizon=1).is_passed
    assert not alert_trial(rows, truth, {"same": truth}, np.random.default_rng(1), horizon=1).is_passed


def test_noise_passes_seldom() -> None:
    rows = many(80)
    passed = 0
    for seed in range(12):
        generator = np.random.default_rng(seed)
        scores = {"a": generator.random(400), "b": generator.random(400)}
        passed += alert_trial(rows, generator.random(400), scores, np.random.default_rng(1), horizon=1).is_passed
    # Against the best of two rules in hindsight fewer than one in forty passes on average.
    assert passed <= 1


def test_few_events_pass_no_gate() -> None:
    rows = many(10)
    truth = (rows.lead == 1).astype(float)
    trial = alert_trial(rows, truth, {"worse": 1 - truth}, np.random.default_rng(1), horizon=1)
    assert trial.scored_events == 10
    assert trial.gain is not None
    assert trial.gain.low > 0
    assert not trial.is_passed


def test_months_without_a_model_are_scored_for_none() -> None:
    rows = panel([1.0, INF, 1.0, INF], [0, 0, 1, 1], list("ABCD"))
    model = np.array([np.nan, np.nan, 1.0, 0.0])
    trial = alert_trial(rows, model, {"x": np.array([1.0, 0.0, 1.0, 0.0])}, np.random.default_rng(1), horizon=1)
    assert trial.scored_rows == 2
    assert trial.records["x"].alerts == 1


def test_a_trial_needs_a_rule() -> None:
    with pytest.raises(ValueError, match="one-line rules"):
        alert_trial(many(10), np.zeros(400), {}, np.random.default_rng(1), horizon=1)
