from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmo_analytics.forecasting.censored_lognormal import lognormal_line

NONE_OPEN = np.zeros(40, dtype=bool)


def items(n: int, seed: int, *, spread: float = 0.6) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    x = generator.integers(1, 9, n).astype(float)
    return x, 2.0 * x**1.1 * np.exp(generator.normal(0, spread, n))


@given(seed=st.integers(0, 5_000))
@settings(max_examples=25)
def test_without_open_items_it_is_least_squares(seed: int) -> None:
    x, y = items(40, seed)
    found = lognormal_line(x, y, NONE_OPEN)
    assert found is not None
    slope, intercept = np.polyfit(np.log(x), np.log(y), 1)
    rest = np.log(y) - intercept - slope * np.log(x)
    assert (found.slope, found.intercept, found.spread) == pytest.approx((slope, intercept, rest.std()), rel=1e-6)
    error = rest.std() / math.sqrt(((np.log(x) - np.log(x).mean()) ** 2).sum())
    assert found.slope_high - found.slope == pytest.approx(1.96 * error, rel=1e-3)
    assert found.mean_ratio == pytest.approx(
        np.exp(intercept + slope * np.log(x) + rest.var() / 2).sum() / x.sum(), rel=1e-6
    )


@given(seed=st.integers(0, 5_000))
@settings(max_examples=25)
def test_the_censored_fit_is_the_one_that_scipy_finds(seed: int) -> None:
    from scipy.optimize import minimize
    from scipy.stats import norm

    x, y = items(60, seed)
    limit = np.exp(np.random.default_rng(seed + 1).normal(2.5, 0.5, 60))
    is_open, seen = y > limit, np.minimum(y, limit)
    found = lognormal_line(x, seen, is_open)
    assert found is not None

    def loss(at: np.ndarray) -> float:
        z = (np.log(seen) - at[0] - at[1] * np.log(x)) / math.exp(at[2])
        return -float(np.where(is_open, norm.logsf(z), norm.logpdf(z) - at[2]).sum())

    best = minimize(
        loss, [0.5, 1.0, -0.5], method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-10, "maxiter": 4_000}
    )
    assert loss(np.array([found.intercept, found.slope, math.log(found.spread)])) <= best.fun + 1e-7


def test_open_items_counted_in_correct_what_finished_ones_flatter() -> None:
    x, y = items(4_000, 7)
    limit = np.exp(np.random.default_rng(8).normal(2.2, 0.4, 4_000))
    is_open, seen = y > limit, np.minimum(y, limit)
    whole = lognormal_line(x, y, np.zeros(4_000, dtype=bool))
    counted, alone = lognormal_line(x, seen, is_open), lognormal_line(x[~is_open], seen[~is_open], is_open[~is_open])
    assert whole is not None
    assert counted is not None
    assert alone is not None
    assert is_open.mean() > 0.3
    assert counted.mean_ratio == pytest.approx(whole.mean_ratio, rel=0.05)
    assert counted.slope == pytest.approx(1.1, abs=0.06)
    assert alone.mean_ratio < 0.75 * whole.mean_ratio
    assert alone.slope < 0.9


def test_intervals_hold_their_level() -> None:
    slopes, means = 0, 0
    for seed in range(200):
        x, y = items(60, seed)
        limit = np.exp(np.random.default_rng(9_000 + seed).normal(2.5, 0.5, 60))
        found = lognormal_line(x, np.minimum(y, limit), y > limit)
        assert found is not None
        slopes += found.slope_low <= 1.1 <= found.slope_high
        right = (2 * x**1.1).sum() * math.exp(0.18) / x.sum()
        means += found.mean_ratio_low <= right <= found.mean_ratio_high
    # Of 200 at 95 %, 190 are expected.
    assert 180 <= slopes <= 198
    assert 180 <= means <= 198


def test_what_cannot_be_fitted_is_not() -> None:
    x, y = items(40, 1)
    assert lognormal_line(x[:8], y[:8], NONE_OPEN[:8]) is None
    assert lognormal_line(x, y, np.arange(40) >= 8) is None
    assert lognormal_line(x, 3 * x, NONE_OPEN) is None
    flat = lognormal_line(np.full(40, 2.0), y, NONE_OPEN)
    assert flat is not None
    assert math.isnan(flat.slope)
    assert flat.mean_ratio == pytest.approx(np.exp(np.log(y).mean() + np.log(y).var() / 2) / 2)
    for wrong in ((x, -y, NONE_OPEN), (x, y[:3], NONE_OPEN)):
        with pytest.raises(ValueError, match=r"above zero|one length"):
            lognormal_line(*wrong)
