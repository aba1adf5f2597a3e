"""Values of subjects under several criteria: weighted value, TOPSIS and PROMETHEE II, on arrays.

Subjects are rows, criteria columns; `is_cost` says where less is better. Weights
are divided by their sum. Sources: Keeney and Raiffa (1976) and von Winterfeldt
and Edwards (1986) for weighted value with swing weights: a criterion's weight is
what its swing from the worst to the best subject is worth; Hwang and Yoon (1981)
for TOPSIS; Brans and Vincke (1985) for PROMETHEE II, here with the usual
criterion, where any difference is a preference.

Worked example: two subjects score 10 and 0 under a benefit that weighs 3, and
cost 8 and 4 under a cost that weighs 1. The first has value 3/4, the other 1/4.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pmo_analytics.errors import UsageError
from pmo_analytics.forecasting.quantile_scores import Floats

Flags = NDArray[np.bool_]


def shares(weights: Floats) -> Floats:
    """Weights over their sum. UsageError where one is below 0 or missing, or all are 0."""
    total = float(np.sum(weights))
    if not (np.all(weights >= 0) and total > 0 and np.isfinite(total)):
        raise UsageError(
            "weights are no shares of a whole",
            found=", ".join(f"{weight:g}" for weight in np.atleast_1d(weights)),
            expected="none below 0 and one above it",
            hint="state a weight for every criterion; only their proportions count",
        )
    found: Floats = weights / total
    return found


def swings(scores: Floats, is_cost: Flags) -> Floats:
    """Scores from 0 for the worst subject to 1 for the best, by criterion; 0 where all are alike."""
    signed = np.where(is_cost, -scores, scores)
    low, high = np.nanmin(signed, axis=0), np.nanmax(signed, axis=0)
    reach = high - low
    found: Floats = np.divide(signed - low, reach, out=np.zeros_like(signed), where=reach > 0)
    return np.where(np.isnan(scores), np.nan, found)


def weighted_values(swung: Floats, weights: Floats) -> Floats:
    """The weighted sum of swings: 1 is the best under every criterion, 0 the worst."""
    found: Floats = swung @ shares(weights)
    return found


def topsis(scores: Floats, weights: Floats, is_cost: Flags) -> Floats:
    """Closeness to the ideal, 0 to 1: distance to the worst point over that to both; scores are all known."""
    lengths = np.sqrt((scores**2).sum(axis=0))
    scaled = np.divide(scores, lengths, out=np.zeros_like(scores), where=lengths > 0) * shares(weights)
    signed = np.where(is_cost, -scaled, scaled)
    best = np.sqrt(((signed - signed.max(axis=0)) ** 2).sum(axis=1))
    worst = np.sqrt(((signed - signed.min(axis=0)) ** 2).sum(axis=1))
    both = best + worst
    found: Floats = np.divide(worst, both, out=np.full(len(scores), 0.5), where=both > 0)
    return found


def net_flows(scores: Floats, weights: Floats, is_cost: Flags) -> Floats:
    """PROMETHEE II: how much a subject is preferred to the others on average, less how much they are to it, −1 to 1."""
    signed = np.where(is_cost, -scores, scores)
    beats = (signed[:, None, :] > signed[None, :, :]).astype(float) @ shares(weights)
    others = max(len(scores) - 1, 1)
    found: Floats = (beats.sum(axis=1) - beats.sum(axis=0)) / others
    return found


def ranks(values: Floats) -> NDArray[np.int64]:
    """Places from 1 for the highest along the last axis; of equals the earlier comes first."""
    order = np.argsort(-values, axis=-1, kind="stable")
    found = np.empty(order.shape, dtype=np.int64)
    np.put_along_axis(found, order, np.broadcast_to(np.arange(1, values.shape[-1] + 1), order.shape), axis=-1)
    return found
