"""Early warning on real portfolios beside one-line rules, each figure with its baseline, n and 95 % interval.

New York: features, horizon and regularisation were named before any score was
seen; the snapshots to April 2017 were looked at, those from September 2017 on are
scored. The other two sets are printed as they fall.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from pmo_analytics.forecasting.alert_trial import ALERT_SHARE, AlertTrial, alert_trial
from pmo_analytics.forecasting.block_bootstrap import Interval
from pmo_analytics.forecasting.breach_hazard import rolling_probability
from tests.real_data import gmpp, nyc, sprints

pytestmark = pytest.mark.slow
Show = Callable[[str], None]


@pytest.fixture
def show(capsys: pytest.CaptureFixture[str]) -> Show:
    """Writes a line past pytest's capture, so that `make real-data` shows the figures."""

    def write(line: str) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\n{line}")

    return write


def percent(found: Interval | None) -> str:
    if found is None:
        return "not known"
    return f"{100 * found.value:.1f} % (95 % {100 * found.low:.1f} to {100 * found.high:.1f})"


def told(name: str, trial: AlertTrial, base: float, show: Show) -> None:
    """Every method's precision and recall, and the model against the best rule in hindsight."""
    for method, record in trial.records.items():
        show(
            f"{name}, {method}: precision at {100 * ALERT_SHARE:.0f} % {percent(record.precision)}, "
            f"{record.alerts:.1f} alerts; recall {percent(record.recall)}; base rate {100 * base:.1f} % "
            f"of n {trial.scored_rows:,}"
        )
    if trial.gain is not None and trial.ratio is not None:
        show(
            f"{name}, hazard over {trial.best_rule!r}, the best rule in hindsight: {trial.ratio.value:.2f} x "
            f"(95 % {trial.ratio.low:.2f} to {trial.ratio.high:.2f}), {100 * trial.gain.value:+.1f} points "
            f"(95 % {100 * trial.gain.low:+.1f} to {100 * trial.gain.high:+.1f}); the gate "
            f"{'passes' if trial.is_passed else 'refuses'} it, {trial.scored_events} subjects struck"
        )


@pytest.mark.parametrize("horizon", [1, 3])
def test_new_york_slips_by_more_than_ninety_days(horizon: int, real_data: Path, show: Show) -> None:
    rows = nyc.snapshots(real_data)
    assert (len(rows), rows["project"].nunique(), rows["at"].nunique()) == (2_259, 378, 15)
    panel, found = nyc.panel(nyc.with_features(rows))
    is_scored = (found["at"] >= nyc.FIRST_SCORED).to_numpy()
    model = np.where(is_scored, rolling_probability(panel, horizon), np.nan)
    outcome = panel.outcome(horizon)[is_scored]
    show(
        f"New York, next {horizon} snapshots: {len(rows):,} rows, {len(found):,} forecast to finish after September "
        f"2019, {int(is_scored.sum())} from September 2017 on, {int(np.isnan(outcome).sum())} of them without a "
        "known outcome"
    )
    trial = alert_trial(panel, model, nyc.one_line_rules(found), np.random.default_rng(1), horizon=horizon)
    told(f"New York, next {horizon}", trial, float(np.nanmean(outcome)), show)
    assert trial.ratio is not None
    if horizon == 1:
        assert trial.scored_rows == 937
        assert trial.ratio.value >= 1.3


def test_new_york_knows_nothing_of_later_snapshots(real_data: Path) -> None:
    rows = nyc.snapshots(real_data)
    cut = rows[rows["at"] <= "2018-08-01"]
    (whole, found), (early, before) = (nyc.panel(nyc.with_features(each)) for each in (rows, cut))
    is_early = (found["at"] <= "2018-08-01").to_numpy()
    assert before["project"].tolist() == found.loc[is_early, "project"].tolist()
    np.testing.assert_array_equal(early.features, whole.features[is_early])
    np.testing.assert_array_equal(rolling_probability(early, 1), rolling_probability(whole, 1)[is_early])


def test_major_projects_of_the_united_kingdom(real_data: Path, show: Show) -> None:
    rows, matches = gmpp.years(real_data)
    for year, (matched, total) in matches.items():
        show(f"United Kingdom: {matched} of {total} projects of {year} are in the report of {year + 1} by name")
    assert matches[2018][1] == 133
    panel = gmpp.panel(rows)
    asked = rows["year"] < gmpp.YEARS[-1]
    show(
        f"United Kingdom: of {int(asked.sum())} project years {int(rows.loc[asked, 'next_slip'].notna().sum())} have "
        f"both dates, {int(rows['finish'].isna().sum())} of {len(rows)} finishes are withheld or not stated"
    )
    model = np.where(asked, rolling_probability(panel, 1), np.nan)
    outcome = panel.outcome(1)[np.isfinite(model)]
    trial = alert_trial(panel, model, gmpp.one_line_rules(rows), np.random.default_rng(1), horizon=1)
    told("United Kingdom, next year", trial, float(np.nanmean(outcome)), show)
    assert trial.scored_rows >= 100
    assert trial.ratio is not None


@pytest.mark.parametrize("organisation", ["apache", "mongodb"])
def test_sprints_that_fall_short_of_half(organisation: str, real_data: Path, show: Show) -> None:
    found, empty = sprints.sprints(real_data, organisation)
    assert len(found) + empty == {"apache": 348, "mongodb": 765}[organisation]
    show(f"{organisation}: {len(found)} sprints with a commitment, {empty} without are left out")
    panel = sprints.panel(found)
    model = rolling_probability(panel, 1)
    outcome = panel.outcome(1)[np.isfinite(model)]
    trial = alert_trial(panel, model, sprints.one_line_rules(found), np.random.default_rng(1), horizon=1)
    told(f"{organisation}, sprint", trial, float(np.nanmean(outcome)), show)
    assert trial.scored_rows >= 100
    assert trial.ratio is not None
