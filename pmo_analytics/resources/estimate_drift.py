"""Whether estimates get better or worse: actual over estimate by quarter of finish.

A quarter's items are those finished in it. The median is judged by an interval
of order statistics, so that a quarter of few items does not look like a turn.
Sources: Shepperd and MacDonell (2012) for the measures; Conover, "Practical
nonparametric statistics", for the interval of a median.

Worked example: in the second quarter of 2026 nine items estimated at 10 hours
took 8, 9, 9, 10, 10, 11, 12, 15 and 30. Pooled, they took 114 / 90 = 1.27 times
their estimates; the median is 1, between 0.9 and 1.5 (second and eighth of nine
in order), and one in five took more than 1.32 times its estimate.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.marts import EstimateHistory
from pmo_analytics.forecasting.scoring import median_interval
from pmo_analytics.resources.estimation import THIN, finished_items_with_ratio

UNDATED = "no date"


class EstimateDrift(Contract):
    """One row per quarter in which items were finished, the earliest first; those without a date last.

    `quarter` reads 2026-Q2. Ratios are actual over estimate: `pooled_ratio` is
    ΣA/ΣE, the median has a 95 % interval by order statistics. All but the
    number of items are missing below nine items.
    """

    quarter: Text = required()
    items_finished: Whole = required(ge=1)
    pooled_ratio: Number = optional(ge=0)
    median_ratio: Number = optional(ge=0)
    median_ratio_low: Number = optional(ge=0)
    median_ratio_high: Number = optional(ge=0)
    p80_ratio: Number = optional(ge=0)


def estimate_drift(estimate_history: pd.DataFrame, *, status_date: pd.Timestamp) -> DataFrame[EstimateDrift]:
    """Bias and spread of A/E by quarter of finish, from the mart `estimate_history`, as of `status_date`."""
    used = finished_items_with_ratio(estimate_history, status_date)
    quarters = used[EstimateHistory.finished_on_date].dt.to_period("Q").dt.strftime("%F-Q%q")
    rows = [_quarter(str(name), items) for name, items in used.groupby(quarters.fillna(UNDATED), sort=True)]
    return checked(EstimateDrift, pd.DataFrame(rows, columns=list(EstimateDrift.to_schema().columns)))


def _quarter(name: str, items: pd.DataFrame) -> tuple[object, ...]:
    if len(items) < THIN:
        return (name, len(items), *[math.nan] * 5)
    actual = items[EstimateHistory.actual_seconds].to_numpy(dtype=float)
    estimate = items[EstimateHistory.estimate_seconds].to_numpy(dtype=float)
    ratio = actual / estimate
    pooled = actual.sum() / estimate.sum()
    return (name, len(items), pooled, np.median(ratio), *median_interval(ratio), np.quantile(ratio, 0.8))
