"""What the last items of the same group had come to when a question was asked: features that no later row changes.

Source: the running statistics of prequential analysis (Dawid 1984), shrunk
towards those of all items with a stated pseudo-count.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pmo_analytics.forecasting.backtest import TwoClocks, running_past
from pmo_analytics.forecasting.quantile_scores import Floats

LAST = 50
PSEUDO_COUNT = 10.0


def _running(values: Floats, clocks: TwoClocks, members: NDArray[np.int64], last: int) -> tuple[Floats, Floats]:
    """Sum of the last known of `values`, shape (n, statistics), for each member, and how many they are."""
    order, counts = running_past(clocks, members)
    sums = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(values[members[order]], axis=0)])
    first = np.maximum(counts - last, 0)
    return sums[counts] - sums[first], (counts - first).astype(float)


def recent_outcomes(
    outcomes: Floats,
    groups: NDArray[np.object_],
    clocks: TwoClocks,
    *,
    last: int = LAST,
    pseudo_count: float = PSEUDO_COUNT,
) -> Floats:
    """Mean, share of exact zeros and mean distance from zero of the last outcomes known, shape (n, 3).

    Each row takes the last `last` outcomes of its group that were known strictly
    before it was asked for, shrunk by `pseudo_count` towards the last ten times
    as many of all groups; 0 where nothing is known. Outcomes not known may be
    NaN.
    """
    values = np.column_stack([outcomes, outcomes == 0.0, np.abs(outcomes)]).astype(float)
    every = np.arange(len(outcomes), dtype=np.int64)
    total, known = _running(values, clocks, every, 10 * last)
    overall = total / np.maximum(known, 1.0)[:, None]
    found = np.empty_like(overall)
    for members in pd.Series(every).groupby(groups, sort=False).indices.values():
        positions = np.asarray(members, dtype=np.int64)
        summed, count = _running(values, clocks, positions, last)
        found[positions] = (summed + pseudo_count * overall[positions]) / (count + pseudo_count)[:, None]
    return found
