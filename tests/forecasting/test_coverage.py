from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest, kstest

from pmo_analytics.forecasting.coverage import clopper_pearson, coverage, pit_of_sample, randomised_pit


@pytest.mark.parametrize(("hits", "n"), [(0, 10), (3, 10), (10, 10), (6_429, 8_036)])
def test_the_band_is_clopper_and_pearsons(hits: int, n: int) -> None:
    exact = binomtest(hits, n).proportion_ci(method="exact")
    assert clopper_pearson(hits, n) == pytest.approx((exact.low, exact.high))


def test_coverage_by_hand_counts_ties_as_covered() -> None:
    p50, p80 = coverage([1, 2, 3, 4, 5], [[2, 4]] * 5, [0.5, 0.8])
    assert (p50.share, p80.share, p80.n) == (0.4, 0.8, 5)
    assert p80.low < 0.8 < p80.high
    assert p80.holds_level


def test_a_band_of_many_outcomes_refuses_a_wrong_level() -> None:
    found = coverage(np.arange(1_000), np.full((1_000, 1), 699), [0.8])[0]
    assert (found.share, found.holds_level) == (0.7, False)


def test_no_outcomes_say_nothing() -> None:
    nothing = coverage([], np.empty((0, 1)), [0.8])[0]
    assert np.isnan(nothing.share)
    assert (nothing.low, nothing.high) == (0.0, 1.0)


def test_the_transform_is_uniform_in_spite_of_an_atom() -> None:
    generator = np.random.default_rng(3)

    def draw(n: int) -> np.ndarray:
        return np.where(generator.random(n) < 0.35, 1.0, np.exp(generator.normal(size=n)))

    sample, outcomes = draw(20_000), draw(3_000)
    pairs = np.array([pit_of_sample(y, sample) for y in outcomes])
    assert kstest(randomised_pit(pairs[:, 0], pairs[:, 1], generator), "uniform").pvalue > 0.01
    assert kstest(pairs[:, 1], "uniform").pvalue < 1e-6


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="not above the second"):
        randomised_pit([0.6], [0.5], np.random.default_rng(1))
    with pytest.raises(ValueError, match="must hold a value"):
        pit_of_sample(1.0, [])
    with pytest.raises(ValueError, match="11 hits in 10"):
        clopper_pearson(11, 10)
    with pytest.raises(ValueError, match="quantiles of that shape"):
        coverage([1], [[1.0, 2.0]], [0.5])
