"""Hours of SiP's developers by month, one to six months ahead, against a bootstrap of the last twelve months."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pmo_analytics.forecasting.block_bootstrap import ratio_interval
from pmo_analytics.forecasting.monthly_levels import (
    CLASS,
    HORIZONS,
    LEVELS,
    MONTHS,
    RANKS,
    SEASON,
    is_asked,
    monthly_contest,
    monthly_gate,
)
from pmo_analytics.forecasting.quantile_scores import mean_pinball


@pytest.fixture(scope="module")
def hours(real_data: Path) -> pd.DataFrame:
    """Hours by month, empty ones included, and developer; a task's hours fall in the month it was completed in."""
    tasks = pd.read_csv(real_data / "sip" / "Sip-task-info.csv", encoding="latin-1")
    dates = pd.read_csv(real_data / "sip" / "est-act-dates.csv", encoding="latin-1").drop_duplicates("TaskNumber")
    rows = tasks[tasks["StatusCode"] != "CANCELLED"].merge(dates, on="TaskNumber")
    done = pd.to_datetime(rows["CompletedOn"], format="%d-%b-%y", errors="coerce")
    rows = rows[done.notna()].assign(month=done.dt.to_period("M").dt.to_timestamp())
    table = rows.pivot_table(index="month", columns="DeveloperID", values="DeveloperHoursActual", aggfunc="sum")
    return table.reindex(pd.date_range(table.index.min(), table.index.max(), freq="MS")).fillna(0.0)


def _bootstrap(values: np.ndarray) -> np.ndarray:
    """Quantiles of a bootstrap of the twelve months before each forecast, which are those of the months themselves."""
    made = [np.empty((0, len(LEVELS)))]
    for place, who in enumerate(is_asked(values)):
        past = values[place - MONTHS + 1 : place + 1, who]
        quantiles = np.quantile(past, LEVELS, axis=0, method="inverted_cdf").T if who.any() else made[0]
        made += [quantiles] * min(HORIZONS, len(values) - 1 - place)
    return np.concatenate(made)


def test_the_last_twelve_months_by_ranks_hold_four_in_five(
    hours: pd.DataFrame, capsys: pytest.CaptureFixture[str]
) -> None:
    values = hours.to_numpy(dtype=float)
    contest = monthly_contest(values, hours.index.to_numpy())
    ranks, bootstrap = contest.quantiles[RANKS], _bootstrap(values)
    naive = mean_pinball(contest.actual, bootstrap, LEVELS)
    held = (contest.actual >= ranks[:, 0]) & (contest.actual <= ranks[:, -1])
    plain = (contest.actual >= bootstrap[:, 0]) & (contest.actual <= bootstrap[:, -1])
    loss = ratio_interval(contest.scores[RANKS], naive, np.random.default_rng(0), block_length=205)
    lines = [
        f"SiP, hours by developer and month, 1 to 6 months ahead: {len(held):,} forecasts",
        (
            f"  last twelve by ranks: pinball {loss.value:.3f} ({loss.low:.3f} to {loss.high:.3f}) times that of "
            f"their bootstrap; P10 to P90 hold {100 * held.mean():.1f} %, the bootstrap's {100 * plain.mean():.1f} %"
        ),
    ]
    lines += [f"  {name}: {contest.scores[name].sum() / naive.sum():.2f} times" for name in (SEASON, CLASS)]
    by_horizon = {str(band): held[contest.size_bands == band] for band in np.unique(contest.size_bands)}
    lines += [f"  {band}: {100 * each.mean():.1f} % of {len(each)}" for band, each in by_horizon.items()]
    gate = monthly_gate(contest, np.random.default_rng(0))
    lines.append(f"  shown: {gate.method}; {gate.passport.verdict}")
    with capsys.disabled():
        sys.stdout.write("\n" + "\n".join(lines) + "\n")
    assert len(held) > 3_500
    assert 0.75 <= held.mean() <= 0.85
    assert all(0.75 <= each.mean() <= 0.85 for each in by_horizon.values())
    assert loss.value <= 1.02
    assert gate.method == RANKS
