"""The hazard by hand, what it may know, and that it finds what was put in."""

from __future__ import annotations

import numpy as np
import pytest

from pmo_analytics.forecasting.breach_hazard import (
    BreachHazard,
    HazardPanel,
    fitted_hazard,
    known_events,
    rolling_probability,
)


def panel(
    lead: list[float],
    at_risk: list[float],
    *,
    periods: list[int] | None = None,
    features: list[float] | None = None,
    ends_safe: list[bool] | None = None,
) -> HazardPanel:
    n = len(lead)
    return HazardPanel(
        np.array([f"S{i}" for i in range(n)], dtype=object),
        np.array(periods or [0] * n, dtype=np.int64),
        np.array(features or [0.0] * n)[:, None],
        ("x",),
        np.array(lead),
        np.array(at_risk),
        np.array(ends_safe or [False] * n),
    )


def simulated(n: int = 2_000, *, seed: int = 1) -> HazardPanel:
    """Subjects of one row with a hazard of logit -2 + x in every period, seen for three."""
    generator = np.random.default_rng(seed)
    x = generator.normal(size=n)
    lead = generator.geometric(1 / (1 + np.exp(2 - x))).astype(float)
    return panel(
        np.where(lead <= 3, lead, np.inf).tolist(),
        np.minimum(lead, 3.0).tolist(),
        periods=generator.integers(0, 8, n).tolist(),
        features=x.tolist(),
    )


def test_the_worked_example() -> None:
    nothing = np.zeros(1)
    odds = np.log([0.1 / 0.9, 0.2 / 0.8, 0.5 / 0.5])
    hazard = BreachHazard(nothing, nothing, nothing, np.ones(1), np.zeros(1, dtype=bool), nothing, odds)
    assert hazard.probability(np.zeros((1, 1)))[0] == pytest.approx(0.64)


def test_what_became_of_a_row_within_a_horizon() -> None:
    # Struck in the second period; followed for three; cancelled after one; finished after one.
    rows = panel([2, np.inf, np.inf, np.inf], [2, 3, 1, 1], ends_safe=[False, False, False, True])
    assert rows.outcome(3).tolist()[:2] == [1.0, 0.0]
    assert np.isnan(rows.outcome(3)[2])
    assert rows.outcome(3)[3] == 0.0
    assert rows.outcome(1).tolist() == [0.0, 0.0, 0.0, 0.0]


def test_only_events_that_have_come_are_known() -> None:
    rows = panel([1, 3, np.inf], [1, 3, 5], periods=[2, 2, 2])
    assert [known_events(rows, origin) for origin in (2, 3, 4, 5)] == [0, 1, 1, 2]


def test_the_fit_finds_what_was_put_in() -> None:
    rows = simulated(20_000)
    hazard = fitted_hazard(rows, 3, 99)
    spread = float(np.clip(rows.features, hazard.low, hazard.high).std())
    assert hazard.weights[0] / spread == pytest.approx(1.0, abs=0.1)
    share = rows.outcome(3)
    assert hazard.probability(rows.features).mean() == pytest.approx(share.mean(), abs=0.01)


def test_what_comes_later_changes_no_earlier_forecast() -> None:
    rows = simulated()
    before = rolling_probability(rows, 3)
    changed = HazardPanel(
        rows.subjects,
        rows.periods,
        np.where((rows.periods > 4)[:, None], 9.0, rows.features),
        rows.names,
        # What comes after period 4 is turned round.
        np.where(rows.periods + rows.lead > 4, np.inf, rows.lead),
        np.where(rows.periods + rows.at_risk > 4, 9.0, rows.at_risk),
        rows.ends_safe,
    )
    after = rolling_probability(changed, 3)
    early = rows.periods <= 4
    assert np.isfinite(before[early]).any()
    np.testing.assert_array_equal(before[early], after[early])


def test_a_cancellation_tells_of_the_periods_before_it_alone() -> None:
    # The same as dropping the later periods of those rows: their hazard is that of what was seen.
    rows = panel([np.inf] * 40 + [1.0] * 10, [1.0] * 40 + [1.0] * 10)
    hazard = fitted_hazard(rows, 3, 9)
    assert 1 / (1 + np.exp(-hazard.leads[0])) == pytest.approx(0.2, abs=0.001)


def test_a_missing_value_is_flagged_and_never_zero() -> None:
    generator = np.random.default_rng(3)
    x = np.where(generator.random(600) < 0.5, np.nan, 50.0 + generator.normal(size=600))
    is_struck = np.isnan(x) & (generator.random(600) < 0.6)
    rows = panel(np.where(is_struck, 1.0, np.inf).tolist(), [1.0] * 600, features=x.tolist())
    hazard = fitted_hazard(rows, 1, 9)
    absent, mean = hazard.probability(np.array([[np.nan], [50.0]]))
    assert absent > 0.4
    assert mean < 0.1
    assert hazard.parts(np.array([[np.nan]]))[0, 0] > 0


def test_thin_history_gives_no_forecast() -> None:
    assert np.isnan(rolling_probability(panel([1.0] * 9, [1.0] * 9), 3)).all()
    with pytest.raises(ValueError, match="no event is known"):
        fitted_hazard(panel([np.inf], [5.0]), 3, 9)
