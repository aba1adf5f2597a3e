"""What work of each class and size took, as a forecast would use it: the class's own items, shrunk to the organisation.

For every pair of class and size band with finished items, the quantiles of
actual over estimate (A/E) that an estimate of that kind gets from reference
classes, beside those of the pair's own items. A pair of n items counts with
n / (n + 30), the rest with its size band and the organisation. Sources:
Flyvbjerg (2006) for reference classes; Efron and Morris (1973) for shrinkage;
`resources.effort_estimate` makes the forecasts and tries them on the past.

Worked example: thirty items of class A took twice their estimates and ninety of
class B what was estimated, all of one size. Beside each other, the pair A has a
trust of 30 / (30 + 30) over its size band, which has 120 / (120 + 30) over the
organisation, and both of these hold a quarter of items that took twice. So 5/8
of A's weight took twice the estimate, and its P50 is 2; B's P80 is 1, with
90 / 120 of the weight its own and a quarter of the rest at 2.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.marts import EstimateHistory
from pmo_analytics.forecasting.reference_classes import class_weights
from pmo_analytics.forecasting.weighted_quantiles import weighted_quantiles
from pmo_analytics.resources.effort_estimate import CLASS_HISTORY, LAST, PSEUDO_COUNT
from pmo_analytics.resources.estimation import BAND_ORDER, THIN
from pmo_analytics.resources.past_items import finished_items

_MARKS = ("size_band", EstimateHistory.work_class)
_LEVELS = (0.5, 0.8, 0.9)


class ReferenceClassOutlook(Contract):
    """One row per class of work and size band with finished items, by class, the smallest band first.

    Key: work_class, size_band. `class_weight_pct` is what the row's own items
    count for in its forecast, 0 to 100; P50, P80 and P90 are the forecast's
    A/E. `own_median_ratio` and `own_p80_ratio` are those of its own items, and
    missing below nine of them.
    """

    work_class: Text = required()
    size_band: Text = required(isin=list(BAND_ORDER))
    items_finished: Whole = required(ge=1)
    class_weight_pct: Number = required(ge=0, le=100)
    own_median_ratio: Number = optional(ge=0)
    own_p80_ratio: Number = optional(ge=0)
    p50_ratio: Number = required(ge=0)
    p80_ratio: Number = required(ge=0)
    p90_ratio: Number = required(ge=0)


def reference_class_outlook(
    estimate_history: pd.DataFrame, *, status_date: pd.Timestamp
) -> DataFrame[ReferenceClassOutlook]:
    """A/E by class and size band, from the last 3,000 items of the mart `estimate_history` that `status_date` knows."""
    items = finished_items(estimate_history, status_date, has_estimate=True)
    recent = items.iloc[-CLASS_HISTORY:]
    columns = list(ReferenceClassOutlook.to_schema().columns)
    if recent.empty:
        return checked(ReferenceClassOutlook, pd.DataFrame(columns=columns))
    pairs = recent[list(_MARKS)].drop_duplicates(ignore_index=True)
    known, asked = ([frame[mark].to_numpy(dtype=object) for mark in _MARKS] for frame in (recent, pairs))
    weights, counts = class_weights(known, asked, pseudo_count=PSEUDO_COUNT, organisation=LAST)
    ratio = np.exp(recent["log_outcome"].to_numpy(dtype=float))
    forecasts = weighted_quantiles(ratio, weights, _LEVELS)
    rows = []
    for place, (band, name) in enumerate(zip(*asked, strict=True)):
        n = int(counts[place, -1])
        own = ratio[(known[0] == band) & (known[1] == name)]
        own_quantiles = (np.median(own), np.quantile(own, 0.8)) if n >= THIN else (math.nan, math.nan)
        rows.append((name, band, n, 100 * n / (n + PSEUDO_COUNT), *own_quantiles, *forecasts[place]))
    frame = pd.DataFrame(rows, columns=columns)
    order = frame["size_band"].map({name: place for place, name in enumerate(BAND_ORDER)})
    frame = frame.assign(order=order).sort_values(["work_class", "order"], ignore_index=True).drop(columns="order")
    return checked(ReferenceClassOutlook, frame)
