from __future__ import annotations

import numpy as np
import pytest

from pmo_analytics.forecasting.passport import (
    ALL_SIZES,
    EVENT_DATES,
    ForecastPassport,
    Passport,
    ScoredForecasts,
    drift,
    passport,
    too_few,
)
from pmo_analytics.forecasting.quantile_scores import mean_pinball

LEVELS = (0.5, 0.8, 0.9)


def scored(n: int, bands: list[str] | None = None) -> ScoredForecasts:
    actual = np.arange(1.0, n + 1)
    quantiles = np.tile(np.array(LEVELS) * n, (n, 1))
    asked = np.datetime64("2026-01-01", "us") + np.arange(n) * np.timedelta64(1, "D")
    scores = mean_pinball(actual, quantiles, LEVELS)
    return ScoredForecasts(actual, quantiles, scores, np.array(bands or ["small"] * n), asked)


def made(forecasts: ScoredForecasts, factor: float = 2.0) -> Passport:
    return passport(
        forecasts,
        factor * forecasts.scores,
        LEVELS,
        np.random.default_rng(1),
        method="reference classes",
        naive_method="last ratios",
        clock=EVENT_DATES,
    )


def test_what_a_passport_says() -> None:
    found = made(scored(100, ["small"] * 40 + ["large"] * 60))
    assert [c.share for c in found.coverage_by_band[ALL_SIZES]] == [0.5, 0.8, 0.9]
    assert [c.share for c in found.coverage_by_band["small"]] == [1.0, 1.0, 1.0]
    assert [c.share for c in found.coverage_by_band["large"]] == pytest.approx([1 / 6, 4 / 6, 5 / 6])
    assert found.skill is not None
    assert found.skill.value == pytest.approx(0.5)
    assert not found.is_refused
    assert found.verdict == (
        "50.0 % better than last ratios (95 % interval 50.0 to 50.0 %, 100 forecasts); P50 held 50.0 %"
    )


def test_six_residuals_are_refused_with_what_is_missing() -> None:
    found = made(scored(6))
    assert found.is_refused
    assert found.skill is None
    assert found.verdict == (
        "refused: 6 forecasts with a known outcome do not bound P90 on one side, which takes 9: 3 more are missing"
    )
    assert not made(scored(9)).is_refused
    assert too_few(6, [0.5, 0.8]) == ""


def test_the_frame_keeps_its_contract() -> None:
    frame = made(scored(100, ["small"] * 40 + ["large"] * 60)).frame()
    assert frame.columns.to_list() == list(ForecastPassport.to_schema().columns)
    assert frame["size_band"].to_list() == ["all"] * 3 + ["small"] * 3 + ["large"] * 3
    assert frame["forecast_count"].to_list() == [100] * 3 + [40] * 3 + [60] * 3
    assert frame.loc[0, "window_finish_date"].isoformat() == "2026-04-10T00:00:00"
    assert (frame["coverage_low_pct"] <= frame["coverage_pct"]).all()


def test_the_frame_of_no_history_is_one_refusal() -> None:
    frame = made(scored(0)).frame()
    assert len(frame) == 1
    assert bool(frame.loc[0, "is_refused"])
    assert "9 more are missing" in frame.loc[0, "verdict"]


def test_drift_is_the_last_third_over_the_first_two() -> None:
    assert drift([2.0] * 60 + [3.0] * 30) == 1.5
    assert np.isnan(drift([1.0] * 29))
    assert np.isnan(drift([0.0] * 40))
