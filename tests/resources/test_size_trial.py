from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pmo_analytics.errors import UsageError
from pmo_analytics.forecasting.backtest import TwoClocks
from pmo_analytics.forecasting.passport import EVENT_DATES, LEAVE_ONE_OUT
from pmo_analytics.resources.feature_timing import AT_ESTIMATE
from pmo_analytics.resources.size_models import DEVIATION, MEDIAN, RECENT, SIZE_MODELS
from pmo_analytics.resources.size_trial import log_features, size_trial

QUICK = {name: model for name, model in SIZE_MODELS.items() if name != DEVIATION}


def projects(n: int, seed: int, *, slope: float = 1.0, noise: float = 0.4) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    sizes = generator.normal(5, 1, n)
    return sizes[:, None], 2 + slope * sizes + generator.normal(0, noise, n)


def monthly(n: int) -> TwoClocks:
    day = np.datetime64("2015-01-01", "us") + np.arange(n) * np.timedelta64(30, "D")
    return TwoClocks(day, day + np.timedelta64(20, "D"))


def test_size_that_tells_passes_and_says_on_which_clock() -> None:
    trial = size_trial(*projects(40, 1), models=QUICK)
    assert trial.gate.method != MEDIAN
    assert not trial.gate.passport.is_refused
    assert trial.gate.passport.clock == LEAVE_ONE_OUT
    assert trial.gate.passport.window is None
    assert trial.gate.passport.n == 40
    assert "better than median" in trial.verdict


def test_with_dates_it_is_tried_on_a_rolling_origin_against_the_recent_median_too() -> None:
    trial = size_trial(*projects(60, 1), monthly(60), QUICK)
    passport = trial.gate.passport
    assert passport.clock == EVENT_DATES
    assert passport.window is not None
    assert passport.n == 51
    assert RECENT in trial.forecasts
    assert not passport.is_refused


def test_too_few_dated_projects_are_left_out_one_by_one() -> None:
    assert size_trial(*projects(17, 1), monthly(17), QUICK).gate.passport.clock == LEAVE_ONE_OUT
    assert size_trial(*projects(18, 1), monthly(18), QUICK).gate.passport.clock == EVENT_DATES


@pytest.mark.parametrize(("n", "missing"), [(6, 4), (9, 1), (1, 9), (0, 10)])
def test_thin_histories_are_refused_and_say_what_is_missing(n: int, missing: int) -> None:
    trial = size_trial(*projects(n, 1), models=QUICK)
    assert trial.gate.passport.is_refused
    assert trial.gate.method == MEDIAN
    assert trial.verdict == (
        f"refused: {n} finished with a size and an outcome; P90 takes 9 residuals beside the one that is forecast, "
        f"so {missing} more are missing"
    )
    assert not trial.gate.passport.frame().empty


def test_ten_are_enough_to_be_judged() -> None:
    trial = size_trial(*projects(10, 1, noise=0.05), models=QUICK)
    assert "missing" not in trial.verdict
    assert not trial.gate.passport.is_refused


def test_size_that_tells_nothing_is_refused_in_nearly_all_histories() -> None:
    shown = sum(
        not size_trial(*projects(20, seed, slope=0.0), models=QUICK).gate.passport.is_refused for seed in range(30)
    )
    assert shown <= 2


def test_few_projects_must_also_be_won_one_by_one() -> None:
    # Of such histories some pass the bootstrap alone; those that fail the sign test say so, with the naive record.
    trials = [size_trial(*projects(12, seed, slope=0.0), models=QUICK) for seed in range(1_000, 1_040)]
    unwon = [trial for trial in trials if "which chance does too" in trial.verdict]
    assert unwon
    for trial in unwon:
        assert trial.gate.method == MEDIAN
        assert trial.gate.passport.is_refused
        assert (trial.gate.passport.method, trial.gate.passport.n) == (MEDIAN, 12)


def test_outcomes_that_are_all_alike_cannot_be_beaten() -> None:
    trial = size_trial(projects(12, 1)[0], np.full(12, 2.0), models=QUICK)
    assert trial.gate.method == MEDIAN
    assert "made no error in 12 forecasts" in trial.verdict


def test_features_come_in_only_by_the_guard() -> None:
    sizes, outcomes = (np.exp(each) for each in projects(20, 1))
    screens = np.arange(20.0)
    features = pd.DataFrame({"screens": screens, "Duration": outcomes[::-1]})
    with pytest.raises(UsageError, match="Duration: the time it took"):
        log_features(features, sizes[:, 0], outcomes, {"screens": AT_ESTIMATE, "Duration": AT_ESTIMATE})
    known = {"screens": AT_ESTIMATE}
    matrix = log_features(features[["screens"]], sizes[:, 0], outcomes, known)
    np.testing.assert_allclose(matrix, np.column_stack([np.log(sizes[:, 0]), np.log1p(screens)]))
    for wrong in (features[["screens"]] - 1, features[["screens"]].replace(3.0, np.nan)):
        with pytest.raises(UsageError, match="1 missing or negative"):
            log_features(wrong, sizes[:, 0], outcomes, known)
    with pytest.raises(UsageError, match="is no number"):
        log_features(features[["screens"]].astype(str), sizes[:, 0], outcomes, known)
