"""Skill: by what share a forecast's score is better than that of the naive one, with an interval.

Skill is 1 - score / naive: 1 is perfect, 0 no better than the naive forecast,
below 0 worse. The interval resamples whole blocks of forecasts in their order,
both scores together (see `block_bootstrap`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from pmo_analytics.forecasting.block_bootstrap import DRAWS, Interval, ratio_interval


def skill(
    scores: ArrayLike,
    naive_scores: ArrayLike,
    generator: np.random.Generator,
    *,
    block_length: int | None = None,
    draws: int = DRAWS,
) -> Interval:
    """1 - Σscore / Σnaive with its 95 % interval; scores are of one forecast each, in the order they were asked.

    ValueError where the lengths differ, there are none, or the naive forecast
    made no error at all, so that nothing can be better.
    """
    ratio = ratio_interval(scores, naive_scores, generator, block_length=block_length, draws=draws)
    return Interval(1 - ratio.value, 1 - ratio.high, 1 - ratio.low, ratio.n, ratio.block_length, ratio.confidence)
