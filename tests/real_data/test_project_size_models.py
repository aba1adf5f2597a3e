"""Project-size models on Albrecht, Maxwell and China, each figure with its baseline, n and interval."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pmo_analytics.errors import UsageError
from pmo_analytics.forecasting.scoring import (
    mean_absolute_error,
    random_guessing_error,
    standardised_accuracy,
)
from pmo_analytics.resources.feature_timing import (
    AFTERWARDS,
    AT_ESTIMATE,
    checked_features,
    given_away,
    refused_features,
)
from pmo_analytics.resources.size_models import (
    MEDIAN,
    RATIO,
    REGRESSION,
    Model,
    line,
    median_outcome,
    nearest_analogies,
)
from pmo_analytics.resources.size_trial import SizeTrial, log_features, size_trial

pytestmark = pytest.mark.slow
Show = Callable[[str], None]
SIZES = {"albrecht": "AdjFP", "maxwell": "Size", "china": "AFP"}
LEAKING = ["N_effort", "PDR_AFP", "PDR_UFP", "NPDR_AFP", "NPDU_UFP", "Duration"]
KNOWN = ["Input", "Output", "Enquiry", "File", "Interface", "Added", "Changed", "Deleted", "Resource", "Dev.Type"]


@pytest.fixture
def show(capsys: pytest.CaptureFixture[str]) -> Show:
    """Writes a line past pytest's capture, so that `make real-data` shows the figures."""

    def write(line: str) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\n{line}")

    return write


@pytest.fixture(scope="module")
def sets(real_data: Path) -> dict[str, pd.DataFrame]:
    from scipy.io import arff

    found = {}
    for name in SIZES:
        frame = pd.DataFrame(arff.loadarff(real_data / "effort" / f"{name}.arff")[0])
        found[name] = frame.rename(columns=str.strip).astype(float)
    return found


def of(sets: dict[str, pd.DataFrame], name: str) -> tuple[np.ndarray, np.ndarray]:
    return sets[name][SIZES[name]].to_numpy(), sets[name]["Effort"].to_numpy()


def interval_of_accuracy(actual: np.ndarray, estimate: np.ndarray) -> tuple[float, float]:
    """95 % percentile interval of SA, %: projects drawn with replacement, MARp0 that of all."""
    generator = np.random.default_rng(1)
    errors = np.abs(actual - estimate)
    drawn = errors[generator.integers(0, len(errors), (2_000, len(errors)))].mean(axis=1)
    low, high = np.quantile(100 * (1 - drawn / random_guessing_error(actual)), [0.025, 0.975])
    return float(low), float(high)


def left_out(model: Model, features: np.ndarray, outcome: np.ndarray) -> np.ndarray:
    """Each project by `model` from all others."""
    rest = [np.delete(np.arange(len(outcome)), place) for place in range(len(outcome))]
    made = [model(features[each], np.log(outcome[each]), features[[k]]) for k, each in enumerate(rest)]
    return np.exp(np.concatenate(made))


def described(name: str, model: str, actual: np.ndarray, estimate: np.ndarray, median: np.ndarray) -> str:
    low, high = interval_of_accuracy(actual, estimate)
    return (
        f"{name}, {model}: MAR {mean_absolute_error(actual, estimate):,.1f}, "
        f"SA {100 * standardised_accuracy(actual, estimate):.1f} % (95 % {low:.1f} to {high:.1f} %, n {len(actual)}, "
        f"leave one out); baseline median {mean_absolute_error(actual, median):,.1f}, "
        f"guessing (MARp0) {random_guessing_error(actual):,.1f}"
    )


@pytest.fixture(scope="module")
def trials(sets: dict[str, pd.DataFrame]) -> dict[str, SizeTrial]:
    found = {}
    for name in SIZES:
        size, effort = of(sets, name)
        found[name] = size_trial(np.log(size)[:, None], np.log(effort))
    return found


def test_albrecht_is_the_published_line(sets: dict[str, pd.DataFrame], show: Show) -> None:
    size, effort = of(sets, "albrecht")
    slope, intercept = line(size, effort)
    share = 1 - np.var(effort - intercept - slope * size) / np.var(effort)
    show(f"Albrecht: effort = {intercept:.3f} + {slope:.5f} AdjFP, R² {share:.4f} (n {len(size)})")
    assert (intercept, slope, share) == pytest.approx((-13.388, 0.05445, 0.8743), abs=5e-4)


@pytest.mark.parametrize(
    ("name", "model", "stated"),
    [
        ("maxwell", MEDIAN, (5_744, 34.8)), ("maxwell", REGRESSION, (3_828, 56.5)), ("maxwell", RATIO, (3_577, 59.4)),
        ("china", MEDIAN, (3_117, 36.7)), ("china", REGRESSION, (2_323, 52.8)),
    ],
)  # fmt: skip
def test_leaving_one_out_gives_the_figures_to_test_against(
    trials: dict[str, SizeTrial], sets: dict[str, pd.DataFrame], name: str, model: str, stated: tuple[float, float]
) -> None:
    _, effort = of(sets, name)
    estimate = np.exp(trials[name].forecasts[model].points)
    assert len(estimate) == {"maxwell": 62, "china": 499}[name]
    assert mean_absolute_error(effort, estimate) == pytest.approx(stated[0], abs=0.5)
    assert 100 * standardised_accuracy(effort, estimate) == pytest.approx(stated[1], abs=0.05)


@pytest.mark.parametrize("name", SIZES)
def test_every_model_beside_the_median_and_what_the_gate_leaves(
    trials: dict[str, SizeTrial], sets: dict[str, pd.DataFrame], name: str, show: Show
) -> None:
    _, effort = of(sets, name)
    trial = trials[name]
    median = np.exp(trial.forecasts[MEDIAN].points)
    for model, made in trial.forecasts.items():
        show(described(name, model, effort, np.exp(made.points), median))
        quantiles = np.exp(made.quantiles)
        held = [100 * np.mean(effort <= quantiles[:, level]) for level in (4, 7, 8)]
        pooled = [effort.sum() / np.exp(each).sum() for each in (made.points, made.means)]
        show(
            f"    P50, P80, P90 held {held[0]:.1f}, {held[1]:.1f}, {held[2]:.1f} %; sum of effort over sum of medians "
            f"{pooled[0]:.3f}, of smeared means {pooled[1]:.3f}"
        )
        # The band of 24 projects is wide; that of 499 is not.
        assert held[1] == pytest.approx(80, abs=8 if len(effort) < 100 else 2)
    show(f"    gate: {trial.gate.method}; {trial.gate.passport.clock}; {trial.verdict}")
    assert not trial.gate.passport.is_refused
    assert trial.gate.method != MEDIAN
    regression = trial.forecasts[REGRESSION]
    medians, means = np.exp(regression.points), np.exp(regression.means)
    assert abs(np.log(effort.sum() / means.sum())) < abs(np.log(effort.sum() / medians.sum()))


def test_features_known_beforehand_and_those_that_leak(sets: dict[str, pd.DataFrame], show: Show) -> None:
    china = sets["china"]
    size, effort = of(sets, "china")
    known = dict.fromkeys(KNOWN, AT_ESTIMATE)
    assert checked_features(china[KNOWN], size, effort, known) == KNOWN
    # The guard refuses by name, whatever is declared.
    declared = dict.fromkeys([*KNOWN, *LEAKING], AT_ESTIMATE)
    refused = refused_features(china[[*KNOWN, *LEAKING]], size, effort, declared)
    assert list(refused) == LEAKING
    for name, reason in refused.items():
        figure = given_away(china[name], size, effort)
        show(f"China, {name} refused: {reason}; by its figures alone: {figure.reason or 'not found'}")
    # Under names that tell nothing the figures find all but the duration.
    hidden = china[[*KNOWN, *LEAKING]].rename(columns={name: f"x{k}" for k, name in enumerate(LEAKING)})
    found = refused_features(hidden, size, effort, dict.fromkeys(hidden.columns, AT_ESTIMATE))
    assert list(found) == [f"x{k}" for k in range(5)]
    assert "declared as known afterwards" in refused_features(hidden[["x5"]], size, effort, {"x5": AFTERWARDS})["x5"]
    with pytest.raises(UsageError) as caught:
        log_features(china[[*KNOWN, *LEAKING]], size, effort, declared)
    assert all(name in str(caught.value) for name in LEAKING)
    features = log_features(china[KNOWN], size, effort, known)
    leaking = np.column_stack([features, np.log1p(china[LEAKING].to_numpy())])
    median = left_out(median_outcome, features, effort)
    allowed, refused_one = (left_out(nearest_analogies, each, effort) for each in (features, leaking))
    show(described("china", "analogies, features known at the estimate", effort, allowed, median))
    show(described("china", "analogies with the leaking columns, which are refused", effort, refused_one, median))
    # What the leak would buy, and why the guard is needed.
    assert mean_absolute_error(effort, refused_one) < 0.6 * mean_absolute_error(effort, allowed)


def test_six_projects_are_refused_and_say_what_is_missing(sets: dict[str, pd.DataFrame], show: Show) -> None:
    size, effort = of(sets, "maxwell")
    trial = size_trial(np.log(size[:6])[:, None], np.log(effort[:6]))
    show(f"six projects of Maxwell: {trial.verdict}")
    assert trial.gate.passport.is_refused
    assert trial.verdict.endswith("4 more are missing")
