from __future__ import annotations

import numpy as np
import pytest

from pmo_analytics.forecasting.backtest import TwoClocks
from pmo_analytics.forecasting.recalibration import conformal_shift, recalibrated, residuals_needed

LEVELS = np.array([0.1, 0.5, 0.8, 0.9])


def daily(n: int) -> TwoClocks:
    """One item a day, known the same day: each forecast sees all before it."""
    days = np.datetime64("2026-01-01", "us") + np.arange(n) * np.timedelta64(1, "D")
    return TwoClocks(days, days)


def move(actual: np.ndarray, bands: np.ndarray) -> np.ndarray:
    n = len(actual)
    return recalibrated(
        actual, np.zeros((n, 4)), LEVELS, size_bands=bands, clocks=daily(n), positions=np.arange(n, dtype=np.int64)
    )


@pytest.mark.parametrize(("level", "needed"), [(0.5, 1), (0.8, 4), (0.9, 9), (0.1, 9), (0.95, 19)])
def test_a_bound_needs_so_many_residuals(level: float, needed: int) -> None:
    assert residuals_needed(level) == needed


def test_the_shift_is_the_conformal_rank() -> None:
    residuals = np.arange(1.0, 10.0)[:, None]
    # Nine residuals 1..9: rank 10 x 0.9 = 9 above, 10 x 0.1 = 1 below, 5 in the middle.
    assert [conformal_shift(residuals, np.array([level]))[0] for level in (0.1, 0.5, 0.9)] == [1.0, 5.0, 9.0]
    assert conformal_shift(residuals[:8], np.array([0.9]))[0] == 0.0


def test_each_band_is_moved_by_its_own_misses() -> None:
    generator = np.random.default_rng(1)
    n = 4_000
    bands = np.where(np.arange(n) % 2 == 0, "small", "large")
    actual = np.where(bands == "small", -1.0, 2.0) + generator.normal(size=n)
    moved = move(actual, bands)
    for band in ("small", "large"):
        late = (bands == band) & (np.arange(n) > 1_000)
        assert (actual[late, None] <= moved[late]).mean(axis=0) == pytest.approx(LEVELS, abs=0.03)


def test_only_outcomes_known_before_move_a_forecast() -> None:
    generator = np.random.default_rng(1)
    actual = generator.normal(size=300)
    changed = actual.copy()
    changed[200:] += 100.0
    bands = np.full(300, "all")
    first, second = (move(y, bands) for y in (actual, changed))
    assert first[:201].tolist() == second[:201].tolist()
    assert first[220:].tolist() != second[220:].tolist()


def test_a_thin_band_is_moved_by_all_and_a_thin_history_not_at_all() -> None:
    n = 120
    bands = np.array(["rare" if i == n - 1 else "usual" for i in range(n)])
    moved = recalibrated(
        np.full(n, 3.0), np.zeros((n, 4)), LEVELS, size_bands=bands, clocks=daily(n), positions=np.arange(n)
    )
    assert moved[-1].tolist() == [3.0] * 4
    assert moved[:9].tolist() == [[0.0] * 4] * 9
