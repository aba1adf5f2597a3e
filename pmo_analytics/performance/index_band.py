"""How far the cost and the time index may be trusted: a band on ln CPI and ln SPI(t), and what it means at completion.

The cumulative index is what the periods gave on the whole; their own indices
scatter around it. The band is its logarithm plus and minus Student's t times
that scatter over the root of the number of periods, narrowed as the work left
shrinks, since what is done is done. Source: Lipke, Zwikael, Henderson and
Anbari (2009), "Prediction of project outcome". It takes periods as independent
and the index as stable, which a plan of phases need not be: it bounds what the
past scattered, not what will go wrong.

Worked example: in four months 10, 20, 20 and 10 of a budget of 120 were earned
at a cost of 10, 25, 20 and 12.5, so that CPI is 60 / 67.5 = 0.889. The months'
own indices are 1, 0.8, 1 and 0.8; their logarithms lie 0.118 above or 0.105
below that of the whole, a standard deviation of 0.129 with three degrees of
freedom. With half the budget left the adjustment is √(60 / 105) = 0.756. At
95 %, t is 3.18: the band is 0.889 times e to plus and minus 0.155, 0.761 to
1.038, and BAC / CPI lies between 115.6 and 157.7.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Number, Text, Whole, checked, optional, required
from pmo_analytics.performance.earned_value import EarnedValue

MINIMUM_PERIODS = 4
CONFIDENCE = 0.95


class IndexBand(Contract):
    """One row per running project with at least four periods that earned and cost something.

    Bands are two-sided at 95 %. `cost_at_completion_low_amount` and `_high_`
    are BAC over the ends of the band on CPI, in the project's currency;
    `time_at_completion_low_months` and `_high_` PD over those on SPI(t), months
    since the baseline began, missing where fewer than four periods moved.
    """

    project_id: Text = required()
    currency: Text = optional()
    periods: Whole = required(ge=MINIMUM_PERIODS)
    cost_performance_index: Number = required(gt=0)
    cost_performance_index_low: Number = required(gt=0)
    cost_performance_index_high: Number = required(gt=0)
    cost_at_completion_low_amount: Number = required()
    cost_at_completion_high_amount: Number = required()
    time_schedule_performance_index: Number = optional(gt=0)
    time_schedule_performance_index_low: Number = optional(gt=0)
    time_schedule_performance_index_high: Number = optional(gt=0)
    time_at_completion_low_months: Number = optional()
    time_at_completion_high_months: Number = optional()


def log_band(gained: np.ndarray, spent: np.ndarray, total: float) -> tuple[float, float, float, int] | None:
    """The cumulative index Σgained / Σspent, its band, and the periods it rests on; None below four periods.

    `gained` and `spent` are of one period each, in its unit; periods in which
    either is not above 0 have no index, and count in the sums alone. `total` is
    the budget, or the planned duration, that Σgained will come to.
    """
    from scipy.stats import t

    done = float(gained.sum())
    usable = (gained > 0) & (spent > 0)
    n = int(usable.sum())
    if n < MINIMUM_PERIODS or not spent.sum() > 0 or not done < total:
        return None
    index = done / float(spent.sum())
    scatter = np.log(gained[usable] / spent[usable]) - math.log(index)
    deviation = math.sqrt(float((scatter**2).sum()) / (n - 1))
    adjustment = math.sqrt((total - done) / (total - done / n))
    reach = float(t.ppf((1 + CONFIDENCE) / 2, n - 1)) * deviation / math.sqrt(n) * adjustment
    return index, index * math.exp(-reach), index * math.exp(reach), n


def index_band(earned_value: pd.DataFrame) -> DataFrame[IndexBand]:
    """Bands on CPI and SPI(t) of every running project of an `EarnedValue` frame, at its last month."""
    parts = [
        EarnedValue.earned_value_amount, EarnedValue.actual_cost_amount, EarnedValue.budget_at_completion_amount,
    ]  # fmt: skip
    known = earned_value[earned_value[parts].notna().all(axis=1)].sort_values(EarnedValue.period_month)
    rows = [row for _, months in known.groupby(EarnedValue.project_id, sort=True) if (row := _band(months)) is not None]
    frame = pd.DataFrame(rows).reindex(columns=list(IndexBand.to_schema().columns))
    return checked(IndexBand, frame)


def _band(months: pd.DataFrame) -> dict[str, object] | None:
    last = months.iloc[-1]
    budget = float(last[EarnedValue.budget_at_completion_amount])
    earned, cost = (_by_period(months[c]) for c in (EarnedValue.earned_value_amount, EarnedValue.actual_cost_amount))
    found = log_band(earned, cost, budget)
    if found is None:
        return None
    index, low, high, n = found
    row: dict[str, object] = {
        IndexBand.project_id: last[EarnedValue.project_id],
        IndexBand.currency: last[EarnedValue.currency],
        IndexBand.periods: n,
        IndexBand.cost_performance_index: index,
        IndexBand.cost_performance_index_low: low,
        IndexBand.cost_performance_index_high: high,
        IndexBand.cost_at_completion_low_amount: budget / high,
        IndexBand.cost_at_completion_high_amount: budget / low,
    }
    clock = months[months[EarnedValue.earned_schedule_months].notna() & months[EarnedValue.actual_time_months].notna()]
    if clock.empty:
        return row
    duration = float(last[EarnedValue.planned_duration_months])
    gained, spent = (_by_period(clock[c]) for c in (EarnedValue.earned_schedule_months, EarnedValue.actual_time_months))
    timed = log_band(gained, spent, duration)
    if timed is None:
        return row
    index, low, high, _ = timed
    return row | {
        IndexBand.time_schedule_performance_index: index,
        IndexBand.time_schedule_performance_index_low: low,
        IndexBand.time_schedule_performance_index_high: high,
        IndexBand.time_at_completion_low_months: duration / high,
        IndexBand.time_at_completion_high_months: duration / low,
    }


def _by_period(cumulative: pd.Series) -> np.ndarray:
    """What each period added to a cumulative course; the first added all of it."""
    return np.diff(cumulative.to_numpy(dtype=float), prepend=0.0)
