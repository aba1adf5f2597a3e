"""How estimates compared with what the work really took.

Ratios are actual over estimate (A/E): above 1 the work took longer than
estimated. Bias is pooled as ΣA/ΣE and as the median of ln(A/E), never as a
mean of ratios alone, and error is judged against guessing (MARp0). Sources:
Shepperd and MacDonell (2012) for standardised accuracy; Jørgensen on bias.

Worked example: three items estimated at 2, 4 and 4 hours took 2, 6 and 2.
Pooled A/E is 10/10 = 1; the median ratio is 1; the mean absolute error is
(0 + 2 + 2) / 3 hours. Guessing one item's outcome by another's errs 8/3 hours
(|2-6|, |2-2|, |6-2|), so the estimates' accuracy is 1 - (4/3)/(8/3) = 0.5.
Relative to the actuals they err by 0, 1/3 and 1: MMRE is 44 %, PRED(25) 33 %.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.marts import EstimateHistory
from pmo_analytics.forecasting.scoring import (
    mean_absolute_error,
    median_absolute_error,
    median_interval,
    random_guessing_error,
    standardised_accuracy,
)

ALL = "all"
UNCLASSED = "no class"
THIN = 9
BANDS = (
    (2 * 3600.0, "up to 2 h"),
    (8 * 3600.0, "2 to 8 h"),
    (24 * 3600.0, "8 to 24 h"),
    (80 * 3600.0, "24 to 80 h"),
    (math.inf, "over 80 h"),
)
# Of hours in floating point, a quarter is not to be missed by a rounding.
_QUARTER = 0.25 + 1e-12
BAND_ORDER = tuple(name for _, name in BANDS)


class EstimateAccuracy(Contract):
    """One row per class of work, and one for all of them.

    `items_withheld` are finished items without an estimate and an actual above
    zero: they have no ratio, and are in no other figure. `items_over` took less
    than estimated (E > A), `items_under` more. Ratios are A/E. `log_bias` is
    the median of ln(A/E) with a 95 % interval by order statistics;
    `log_spread` its standard deviation. `standardised_accuracy` is 1 at best
    and 0 where guessing does as well. The mean magnitude of relative error (MMRE)
    |A - E| / A and the share with at most 25 % of it (PRED(25)), in per cent, flatter
    whoever estimates low: read them beside the bias, or not at all.
    """

    work_class: Text = required()
    items_finished: Whole = required()
    items_open: Whole = required()
    items_cancelled: Whole = required()
    items_withheld: Whole = required()
    items_exact: Whole = required()
    items_over: Whole = required()
    items_under: Whole = required()
    pooled_ratio: Number = optional()
    mean_ratio: Number = optional()
    median_ratio: Number = optional()
    p80_ratio: Number = optional()
    p90_ratio: Number = optional()
    geometric_mean_ratio: Number = optional()
    log_bias: Number = optional()
    log_bias_low: Number = optional()
    log_bias_high: Number = optional()
    log_spread: Number = optional()
    mean_absolute_error_seconds: Number = optional()
    median_absolute_error_seconds: Number = optional()
    marp0_seconds: Number = optional()
    standardised_accuracy: Number = optional()
    mean_relative_error_pct: Number = optional(ge=0)
    within_25_of_actual_pct: Number = optional(ge=0, le=100)
    quality_note: Text = required()


class EstimateCalibration(Contract):
    """One row per size band of the estimate: A/E at P10, P50, P80 and P90, with the number of items.

    Quantiles are missing below nine items. `within_25_pct` is the share of
    items that took within 25 % of their estimate, 0 to 100.
    """

    size_band: Text = required()
    items_finished: Whole = required()
    p10_ratio: Number = optional()
    median_ratio: Number = optional()
    p80_ratio: Number = optional()
    p90_ratio: Number = optional()
    within_25_pct: Number = optional()


def _finished(estimate_history: pd.DataFrame, status_date: pd.Timestamp) -> pd.DataFrame:
    known = estimate_history[EstimateHistory.finished_on_date]
    return estimate_history[
        (estimate_history[EstimateHistory.state] == "finished") & (known.isna() | (known <= status_date))
    ]


def finished_items_with_ratio(estimate_history: pd.DataFrame, status_date: pd.Timestamp) -> pd.DataFrame:
    """Rows of the mart `estimate_history` finished by `status_date` with an estimate and an actual above zero."""
    return _with_ratio(_finished(estimate_history, status_date))


def _with_ratio(finished: pd.DataFrame) -> pd.DataFrame:
    has_both = (finished[EstimateHistory.estimate_seconds] > 0) & (finished[EstimateHistory.actual_seconds] > 0)
    return finished[has_both]


def _accuracy(name: str, items: pd.DataFrame, status_date: pd.Timestamp) -> dict[str, object]:
    finished = _finished(items, status_date)
    used = _with_ratio(finished)
    actual = used[EstimateHistory.actual_seconds].to_numpy(dtype=float)
    estimate = used[EstimateHistory.estimate_seconds].to_numpy(dtype=float)
    n = len(used)
    cancelled = int((items[EstimateHistory.state] == "cancelled").sum())
    row: dict[str, object] = {
        EstimateAccuracy.work_class: name,
        EstimateAccuracy.items_finished: len(finished),
        EstimateAccuracy.items_open: len(items) - len(finished) - cancelled,
        EstimateAccuracy.items_cancelled: cancelled,
        EstimateAccuracy.items_withheld: len(finished) - n,
        EstimateAccuracy.items_exact: int((actual == estimate).sum()),
        EstimateAccuracy.items_over: int((estimate > actual).sum()),
        EstimateAccuracy.items_under: int((estimate < actual).sum()),
        EstimateAccuracy.quality_note: "" if n >= THIN else f"thin: {n} items with estimate and actual",
    }
    if n == 0:
        return row
    ratio = actual / estimate
    logs = np.log(ratio)
    relative = np.abs(actual - estimate) / actual
    low, high = median_interval(logs)
    return row | {
        EstimateAccuracy.pooled_ratio: actual.sum() / estimate.sum(),
        EstimateAccuracy.mean_ratio: ratio.mean(),
        EstimateAccuracy.median_ratio: np.median(ratio),
        EstimateAccuracy.p80_ratio: np.quantile(ratio, 0.8),
        EstimateAccuracy.p90_ratio: np.quantile(ratio, 0.9),
        EstimateAccuracy.geometric_mean_ratio: np.exp(logs.mean()),
        EstimateAccuracy.log_bias: np.median(logs),
        EstimateAccuracy.log_bias_low: low,
        EstimateAccuracy.log_bias_high: high,
        EstimateAccuracy.log_spread: logs.std(ddof=1) if n > 1 else math.nan,
        EstimateAccuracy.mean_absolute_error_seconds: mean_absolute_error(actual, estimate),
        EstimateAccuracy.median_absolute_error_seconds: median_absolute_error(actual, estimate),
        EstimateAccuracy.marp0_seconds: random_guessing_error(actual),
        EstimateAccuracy.standardised_accuracy: standardised_accuracy(actual, estimate),
        EstimateAccuracy.mean_relative_error_pct: 100.0 * float(np.mean(relative)),
        EstimateAccuracy.within_25_of_actual_pct: 100.0 * float(np.mean(relative <= _QUARTER)),
    }


def estimate_accuracy(estimate_history: pd.DataFrame, *, status_date: pd.Timestamp) -> DataFrame[EstimateAccuracy]:
    """Bias, spread and error of estimates by class of work, `all` first, then by name.

    Takes the mart `estimate_history`. Items finished after `status_date` count
    as open. Below nine items with a ratio, `quality_note` says that the figures
    are thin.
    """
    classes = estimate_history[EstimateHistory.work_class].fillna(UNCLASSED)
    rows = [_accuracy(ALL, estimate_history, status_date)]
    rows += [_accuracy(str(name), items, status_date) for name, items in estimate_history.groupby(classes, sort=True)]
    frame = pd.DataFrame(rows).reindex(columns=list(EstimateAccuracy.to_schema().columns))
    return checked(EstimateAccuracy, frame)


def estimate_calibration(
    estimate_history: pd.DataFrame, *, status_date: pd.Timestamp
) -> DataFrame[EstimateCalibration]:
    """A/E quantiles of finished items by size band of the estimate, smallest band first; empty bands are left out."""
    used = finished_items_with_ratio(estimate_history, status_date)
    seconds = used[EstimateHistory.estimate_seconds]
    ratio = used[EstimateHistory.actual_seconds] / seconds
    rows = []
    lower = 0.0
    for upper, name in BANDS:
        band = ratio[(seconds > lower) & (seconds <= upper)]
        lower = upper
        if len(band):
            is_thin = len(band) < THIN
            quantiles = [math.nan] * 4 if is_thin else [float(band.quantile(q)) for q in (0.1, 0.5, 0.8, 0.9)]
            within = math.nan if is_thin else 100.0 * float(band.between(0.75, 1.25).mean())
            rows.append((name, len(band), *quantiles, within))
    frame = pd.DataFrame(rows, columns=list(EstimateCalibration.to_schema().columns))
    return checked(EstimateCalibration, frame)
