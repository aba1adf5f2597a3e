"""Models of a positive outcome (effort, time, cost) from size, with intervals and backtests.

All work on logarithms: a model gives the logarithm of the outcome's median, and
the exponential of it is the median again. Its mean is the median times the mean
of the exponentials of the residuals (smearing), not the median itself.

Residuals are out of sample: the known projects are put into ten folds in turn,
and each fold is forecast from the others. Quantiles are the median moved by the
conformal quantiles of those residuals, nine of which are needed for P90. The
number of neighbours is fixed beforehand; nothing is tuned.

Sources: Shepperd and Schofield (1997) for analogy; Duan (1983) for smearing;
Koenker and Bassett (1978) for least absolute deviation;
Barber, Candès, Ramdas and Tibshirani (2021) for residuals by folds.

Worked example: projects of sizes 10, 20 and 40 took 100, 160 and 400 hours. One
of size 30 takes 10 x 30 = 300 hours by the median of hours over size (10, 8 and
10), and 160 by the median alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from pmo_analytics.forecasting.backtest import Origin, Positions, TwoClocks, rolling_origins
from pmo_analytics.forecasting.quantile_scores import Floats
from pmo_analytics.forecasting.recalibration import conformal_shift, residuals_needed

LEVELS = tuple(k / 10 for k in range(1, 10))
MEDIAN, RECENT = "median", "median of the last 20"
RATIO, ANALOGY, REGRESSION, DEVIATION = (
    "median ratio to size",
    "three nearest analogies",
    "log-log regression",
    "least absolute deviation",
)
NEIGHBOURS, LAST, FOLDS = 3, 20, 10
NEEDED = residuals_needed(LEVELS[-1])

# Gives log medians of what is asked from log features (n, p), size first, and log outcomes (n,) in their order.
Model = Callable[[Floats, Floats, Floats], Floats]


def median_outcome(_: Floats, outcomes: Floats, asked: Floats) -> Floats:
    """The median of all outcomes, whatever the size."""
    return np.full(len(asked), np.log(np.median(np.exp(outcomes))))


def recent_median(known: Floats, outcomes: Floats, asked: Floats) -> Floats:
    """The median of the last 20 outcomes."""
    return median_outcome(known[-LAST:], outcomes[-LAST:], asked)


def median_ratio(known: Floats, outcomes: Floats, asked: Floats) -> Floats:
    """The median of outcome over size, times size."""
    ratio: Floats = np.log(np.median(np.exp(outcomes - known[:, 0]))) + asked[:, 0]
    return ratio


def nearest_analogies(known: Floats, outcomes: Floats, asked: Floats) -> Floats:
    """The median of the three projects that are nearest by log features, each over its own standard deviation.

    Of equally near ones the earlier is taken; a feature that does not vary does
    not count.
    """
    spread = known.std(axis=0)
    scale = np.where(spread > 1e-12, spread, np.inf)
    distance = (((asked[:, None, :] - known[None, :, :]) / scale) ** 2).sum(axis=2)
    nearest = np.argsort(distance, axis=1, kind="stable")[:, :NEIGHBOURS]
    found: Floats = np.log(np.median(np.exp(outcomes[nearest]), axis=1))
    return found


def log_log_regression(known: Floats, outcomes: Floats, asked: Floats) -> Floats:
    """Least squares of the log outcome on log size."""
    slope, intercept = line(known[:, 0], outcomes)
    fitted: Floats = intercept + slope * asked[:, 0]
    return fitted


def line(x: Floats, y: Floats) -> tuple[float, float]:
    """Slope and intercept by least squares; a slope of 0 where x does not vary."""
    centred = x - x.mean()
    square = float(centred @ centred)
    slope = float(centred @ y) / square if square > 1e-12 else 0.0
    return slope, float(y.mean() - slope * x.mean())


def _turned(x: Floats, y: Floats, pivot: int) -> tuple[float, float, float]:
    """The sum of absolute deviations, slope and intercept of the best of all lines through one of the points."""
    run = x - x[pivot]
    others = np.flatnonzero(np.abs(run) > 1e-12)
    slopes, weights = (y[others] - y[pivot]) / run[others], np.abs(run[others])
    order = np.argsort(slopes, kind="stable")
    reached = np.cumsum(weights[order])
    slope = float(slopes[order[int(np.searchsorted(reached, reached[-1] / 2.0))]])
    intercept = float(y[pivot] - slope * x[pivot])
    return float(np.abs(y - intercept - slope * x).sum()), slope, intercept


def least_absolute_line(x: Floats, y: Floats) -> tuple[float, float]:
    """Slope and intercept that make the sum of absolute deviations least; slope 0, the median, where x does not vary.

    Exact: a line is turned about each of the points on it until no turn makes
    the sum less. The sum is convex, and between neighbouring turns it is linear
    in slope and intercept, so that where none of them helps nothing does. Where
    several lines are the least, it is one of them.
    """
    if float(np.ptp(x)) <= 1e-12:
        return 0.0, float(np.median(y))
    scale = 1.0 + float(np.abs(y).max())
    slope, intercept = line(x, y)
    least = math.inf
    pivots = np.array([int(np.argmin(np.abs(y - intercept - slope * x)))])
    while True:
        found = min(_turned(x, y, int(pivot)) for pivot in pivots)
        if found[0] >= least - 1e-12 * scale:
            return slope, intercept
        least, slope, intercept = found
        on_line = np.flatnonzero(np.abs(y - intercept - slope * x) <= 1e-10 * scale)
        pivots = on_line[np.unique(x[on_line], return_index=True)[1]]


def least_absolute_deviation(known: Floats, outcomes: Floats, asked: Floats) -> Floats:
    """The line through log size and log outcome with the least absolute deviations: a conditional median."""
    slope, intercept = least_absolute_line(known[:, 0], outcomes)
    fitted: Floats = intercept + slope * asked[:, 0]
    return fitted


SIZE_MODELS: Mapping[str, Model] = {
    MEDIAN: median_outcome,
    RATIO: median_ratio,
    ANALOGY: nearest_analogies,
    REGRESSION: log_log_regression,
    DEVIATION: least_absolute_deviation,
}


def smearing_factor(residuals: Floats) -> float:
    """Mean over median of an outcome, from its log residuals: the mean of their exponentials (Duan 1983)."""
    return float(np.exp(residuals).mean())


def fold_residuals(model: Model, known: Floats, outcomes: Floats) -> Floats:
    """Log outcome less its forecast from the other folds, shape (n,); every tenth project is of one fold."""
    folds = np.arange(len(outcomes)) % min(FOLDS, len(outcomes))
    residuals = np.empty(len(outcomes))
    for fold in range(int(folds.max()) + 1):
        out = folds == fold
        residuals[out] = outcomes[out] - model(known[~out], outcomes[~out], known[out])
    return residuals


@dataclass(frozen=True)
class SizeForecasts:
    """Forecasts of one model, in logarithms: `points` (m,) are the model's medians, `quantiles` have shape (m, levels).

    `means` are logarithms of the means. Quantiles are centred by the residuals,
    so that P50 may differ from the point.
    """

    points: Floats
    quantiles: Floats
    means: Floats


def size_forecast(model: Model, known: Floats, outcomes: Floats, asked: Floats) -> SizeForecasts:
    """Forecast `asked` from known projects; quantiles and means are NaN below nine of them."""
    points = model(known, outcomes, asked)
    if len(outcomes) < NEEDED:
        return SizeForecasts(points, np.full((len(asked), len(LEVELS)), np.nan), np.full(len(asked), np.nan))
    residuals = fold_residuals(model, known, outcomes)
    shifts = conformal_shift(np.tile(residuals[:, None], len(LEVELS)), np.array(LEVELS))
    return SizeForecasts(points, points[:, None] + shifts, points + np.log(smearing_factor(residuals)))


def _each_left_out(n: int) -> Iterable[Origin]:
    everything = np.arange(n, dtype=np.int64)
    for place in everything:
        yield Origin(np.delete(everything, place), everything[place : place + 1])


def backtested(
    models: Mapping[str, Model], features: Floats, outcomes: Floats, clocks: TwoClocks | None = None
) -> tuple[Positions, dict[str, SizeForecasts]]:
    """Every model's forecasts of finished projects from others, and the projects' places.

    With `clocks` on a rolling origin, from nine known outcomes on; without them
    each from all the others. `features`, shape (n, p), and `outcomes` are
    logarithms.
    """
    if clocks is None:
        origins = list(_each_left_out(len(outcomes))) if len(outcomes) > 1 else []
    else:
        origins = list(rolling_origins(clocks, minimum_known=NEEDED, refit_every=1))
    positions = np.concatenate([np.empty(0, dtype=np.int64), *(origin.asked for origin in origins)])
    found = {}
    for name, model in models.items():
        made = [
            size_forecast(model, features[each.known], outcomes[each.known], features[each.asked]) for each in origins
        ]
        found[name] = SizeForecasts(
            np.concatenate([np.empty(0), *(each.points for each in made)]),
            np.concatenate([np.empty((0, len(LEVELS))), *(each.quantiles for each in made)]),
            np.concatenate([np.empty(0), *(each.means for each in made)]),
        )
    return positions, found
