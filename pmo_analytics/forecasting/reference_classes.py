"""Forecasts from what items of the same class took, shrunk towards the wider class that holds it.

Classes are nested, widest first: the organisation's last items, then those that
share one mark, two marks and so on. Each narrower class of n past items counts
with n / (n + pseudo-count), the rest with what is wider, so that a thin class
says little and an empty one nothing. Sources: Flyvbjerg (2006) for reference
class forecasting; Efron and Morris (1973) for shrinkage.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pmo_analytics.forecasting.quantile_scores import Floats

Marks = NDArray[np.object_] | NDArray[np.int64]


def class_weights(
    known: Sequence[Marks], asked: Sequence[Marks], *, pseudo_count: float, organisation: int
) -> tuple[Floats, NDArray[np.int64]]:
    """Weight of each known item for each question, shape (asked, known), and items per class, shape (asked, depths).

    `known` and `asked` hold one array per mark, from the widest to the
    narrowest; known items are in order of knowledge. The organisation is the
    last `organisation` of them. A row's weights sum to 1. ValueError without
    known items or with a pseudo-count not above 0.
    """
    n = len(known[0])
    if n == 0 or not pseudo_count > 0:
        raise ValueError("shrinking takes known items, and a pseudo-count above 0")
    recent = (np.arange(n) >= n - organisation).astype(float)
    weights: Floats = np.tile(recent / recent.sum(), (len(asked[0]), 1))
    counts = np.zeros((len(asked[0]), len(known)), dtype=np.int64)
    shared = np.ones(weights.shape, dtype=bool)
    for depth, (past, question) in enumerate(zip(known, asked, strict=True)):
        shared &= question[:, None] == past[None, :]
        # By row: many times as quick as a sum of flags.
        counts[:, depth] = [np.count_nonzero(row) for row in shared]
        size = counts[:, depth : depth + 1].astype(float)
        trust = size / (size + pseudo_count)
        weights *= 1.0 - trust
        weights += shared * (trust / np.maximum(size, 1.0))
    return weights, counts
