from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmo_analytics.forecasting.quantile_scores import (
    brier_score,
    crps_of_normal,
    crps_of_quantiles,
    crps_of_sample,
    mean_pinball,
    pinball_loss,
)

SAMPLE = st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=30)


def test_pinball_by_hand() -> None:
    # 10 against quantiles 4 and 12 at 0.5 and 0.9: 0.5 x 6, and 0.1 x 2.
    assert pinball_loss([10], [[4, 12]], [0.5, 0.9]) == pytest.approx(np.array([[3.0, 0.2]]))
    assert mean_pinball([10], [[4, 12]], [0.5, 0.9]) == pytest.approx(np.array([1.6]))


@given(SAMPLE, st.floats(0.05, 0.95))
def test_no_constant_beats_the_quantile_of_the_sample(sample: list[float], level: float) -> None:
    def loss(value: float) -> float:
        return float(pinball_loss(sample, np.full((len(sample), 1), value), [level]).mean())

    best = loss(float(np.quantile(sample, level, method="inverted_cdf")))
    assert all(best <= loss(value) + 1e-9 for value in [*sample, 0.0, np.mean(sample)])


def test_crps_of_the_standard_normal_at_its_centre() -> None:
    assert crps_of_normal(0.0, 0.0, 1.0) == pytest.approx(0.233695, abs=5e-7)
    assert crps_of_normal(3.0, 1.0, 2.0) == pytest.approx(2 * float(crps_of_normal(1.0, 0.0, 1.0)))


def test_crps_of_a_sample_tends_to_the_closed_form() -> None:
    from scipy.stats import norm

    grid = norm.ppf((np.arange(20_000) + 0.5) / 20_000)
    for y in (0.0, 1.3, -2.0):
        assert crps_of_sample(y, grid) == pytest.approx(float(crps_of_normal(y, 0.0, 1.0)), abs=1e-4)


@given(SAMPLE, st.floats(-1e3, 1e3))
def test_crps_of_a_sample_is_that_of_its_quantiles_and_of_the_definition(sample: list[float], y: float) -> None:
    m = len(sample)
    levels = (np.arange(m) + 0.5) / m
    by_quantiles = crps_of_quantiles([y], [sorted(sample)], levels)[0]
    pairs = np.abs(np.subtract.outer(sample, sample)).mean()
    assert crps_of_sample(y, sample) == pytest.approx(np.mean(np.abs(np.array(sample) - y)) - pairs / 2, abs=1e-8)
    assert by_quantiles == pytest.approx(crps_of_sample(y, sample), abs=1e-8)


def test_crps_of_one_value_is_the_absolute_error() -> None:
    assert crps_of_sample(3.0, [7.0]) == 4.0
    assert math.isnan(crps_of_sample(3.0, []))


def test_brier_by_hand() -> None:
    assert brier_score([1, 0, 1], [1.0, 0.5, 0.2]) == pytest.approx((0 + 0.25 + 0.64) / 3)
    assert math.isnan(brier_score([], []))


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="quantiles of that shape"):
        pinball_loss([1, 2], [[1.0]], [0.5])
    with pytest.raises(ValueError, match="between 0 and 1"):
        pinball_loss([1], [[1.0]], [80])
    with pytest.raises(ValueError, match="rise strictly"):
        pinball_loss([1], [[1.0, 2.0]], [0.9, 0.5])
    with pytest.raises(ValueError, match="above 0"):
        crps_of_normal(0.0, 0.0, 0.0)
    with pytest.raises(ValueError, match="0 to 1"):
        brier_score([1], [80.0])
    with pytest.raises(ValueError, match="one length"):
        brier_score([1], [0.5, 0.5])
