"""Models of size tried on finished projects, and what the champion gate leaves of them.

Where projects have dates, and nine can be forecast so, the backtest is on a
rolling origin; else each is forecast from all the others. Features beside size
come in only by `log_features`, which refuses those that were not known when the
estimate was made. Sources: those of `size_models`, `feature_timing` and
`forecasting.champion_gate`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from pmo_analytics.errors import UsageError
from pmo_analytics.forecasting.backtest import Positions, TwoClocks
from pmo_analytics.forecasting.champion_gate import Contest, Gate, cautious_gate
from pmo_analytics.forecasting.passport import ALL_SIZES, EVENT_DATES, LEAVE_ONE_OUT
from pmo_analytics.forecasting.quantile_scores import Floats, mean_pinball
from pmo_analytics.resources.feature_timing import checked_features
from pmo_analytics.resources.size_models import (
    LEVELS,
    MEDIAN,
    NEEDED,
    RECENT,
    SIZE_MODELS,
    Model,
    SizeForecasts,
    backtested,
    recent_median,
)

SEED = 19_830_710


def log_features(features: pd.DataFrame, size: ArrayLike, outcome: ArrayLike, known_at: Mapping[str, str]) -> Floats:
    """Log size, then the logarithm of 1 + each feature, shape (n, 1 + p), for `size_trial`.

    Size and outcome are above zero, features 0 or more. UsageError for features
    that `feature_timing` refuses, and for text, missing or negative values.
    """
    names = checked_features(features, size, outcome, known_at)
    columns = [np.log(np.asarray(size, dtype=float))]
    for name in names:
        if not pd.api.types.is_numeric_dtype(features[name]):
            raise UsageError(f"the feature {name!r} is no number", found=features[name].dtype, expected="numbers")
        values = features[name].to_numpy(dtype=float, na_value=math.nan)
        if not np.all(values >= 0):
            raise UsageError(
                f"the feature {name!r} has values that no logarithm takes",
                found=f"{int((~(values >= 0)).sum())} missing or negative",
                expected="0 or more in every row",
                hint="leave the feature or those projects out, and say how many",
            )
        columns.append(np.log1p(values))
    return np.column_stack(columns)


@dataclass(frozen=True)
class SizeTrial:
    """A backtest of all models on one history of finished projects, and what the gate left of it.

    `features` (n, p), size first, and `outcomes` (n,) are logarithms, in order
    of knowledge where there are dates; `positions` are the projects forecast.
    """

    features: Floats
    outcomes: Floats
    positions: Positions
    forecasts: Mapping[str, SizeForecasts]
    models: Mapping[str, Model]
    gate: Gate

    @property
    def verdict(self) -> str:
        """The passport's verdict, or how many projects are missing."""
        n = len(self.outcomes)
        if n <= NEEDED:
            return (
                f"refused: {n} finished with a size and an outcome; P90 takes {NEEDED} residuals beside the one "
                f"that is forecast, so {NEEDED + 1 - n} more are missing"
            )
        return self.gate.passport.verdict


def _gate(
    forecasts: Mapping[str, SizeForecasts], actual: Floats, naive: tuple[str, ...], clocks: TwoClocks | None,
    positions: Positions,
) -> Gate:  # fmt: skip
    quantiles = {name: np.exp(each.quantiles) for name, each in forecasts.items()}
    if np.isnan(quantiles[MEDIAN]).any() or not len(actual):
        actual, positions = actual[:0], positions[:0]
        quantiles = {name: each[:0] for name, each in quantiles.items()}
    scores = {name: mean_pinball(actual, each, LEVELS) for name, each in quantiles.items()}
    order = np.arange(len(actual)).astype("datetime64[us]")
    clock = LEAVE_ONE_OUT if clocks is None else EVENT_DATES
    contest = Contest(
        quantiles=quantiles,
        scores=scores,
        naive=naive,
        levels=LEVELS,
        actual=actual,
        size_bands=np.full(len(actual), ALL_SIZES),
        clocks=clocks or TwoClocks(order, order),
        positions=positions,
    )
    # Projects left out one by one are no series.
    length = 1 if clock == LEAVE_ONE_OUT else None
    return cautious_gate(contest, SEED, clock=clock, minimum_scored=NEEDED, block_length=length)


def size_trial(
    features: Floats, outcomes: Floats, clocks: TwoClocks | None = None, models: Mapping[str, Model] = SIZE_MODELS
) -> SizeTrial:
    """Try `models` on finished projects: logarithms of features (n, p), size first, and outcomes (n,).

    With `clocks` on a rolling origin where nine projects can be forecast so,
    else leaving one out. `models` must hold the median.
    """
    tried = dict(models)
    naive: tuple[str, ...] = (MEDIAN,)
    used = clocks if clocks is not None and int((clocks.known_count >= NEEDED).sum()) >= NEEDED else None
    if used is not None:
        tried, naive = {RECENT: recent_median} | tried, (MEDIAN, RECENT)
    positions, forecasts = backtested(tried, features, outcomes, used)
    gate = _gate(forecasts, np.exp(outcomes[positions]), naive, used, positions)
    return SizeTrial(features, outcomes, positions, forecasts, tried, gate)
