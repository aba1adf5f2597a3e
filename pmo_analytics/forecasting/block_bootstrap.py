"""Intervals of means of a series whose neighbours are alike, by resampling whole blocks of it.

Sources: Künsch (1989) for moving blocks; Politis and Romano (1992) for circular
ones, where the series is closed to a ring so that every value is drawn equally
often. The block length is stated, never hidden: `default_block_length` gives
the root of n, longer than the usual n^(1/3), so that the interval errs to the
wide side.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from pmo_analytics.forecasting.quantile_scores import Floats

DRAWS = 2_000


@dataclass(frozen=True)
class Interval:
    """A figure with its percentile interval, and what that rests on."""

    value: float
    low: float
    high: float
    n: int
    block_length: int
    confidence: float = 0.95


def default_block_length(n: int) -> int:
    """The root of n, rounded up; at least 1."""
    return max(1, math.ceil(math.sqrt(n)))


def block_sums(series: Floats, starts: np.ndarray[tuple[int, int], np.dtype[np.int64]], block_length: int) -> Floats:
    """Sum of each row of blocks of the ring `series`, shape (draws,): the last block is cut so that n values count."""
    n = len(series)
    ring = np.concatenate([[0.0], np.cumsum(np.concatenate([series, series]))])
    lengths = np.full(starts.shape[1], block_length)
    lengths[-1] = n - block_length * (starts.shape[1] - 1)
    summed: Floats = (ring[starts + lengths] - ring[starts]).sum(axis=1)
    return summed


def _starts(
    n: int, block_length: int, draws: int, is_circular: bool, generator: np.random.Generator
) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    if not 1 <= block_length <= n:
        raise ValueError(f"a block length of {block_length} does not fit a series of {n}")
    last = n if is_circular else n - block_length + 1
    return generator.integers(0, last, size=(draws, math.ceil(n / block_length)))


def mean_interval(
    values: ArrayLike,
    generator: np.random.Generator,
    *,
    block_length: int | None = None,
    draws: int = DRAWS,
    is_circular: bool = True,
    confidence: float = 0.95,
) -> Interval:
    """Mean of a series in its order, with the percentile interval of `draws` block bootstraps.

    ValueError for an empty series or a block longer than it.
    """
    x = np.asarray(values, dtype=float)
    return ratio_interval(
        x,
        np.ones(len(x)),
        generator,
        block_length=block_length,
        draws=draws,
        is_circular=is_circular,
        confidence=confidence,
    )


def ratio_interval(
    numerators: ArrayLike,
    denominators: ArrayLike,
    generator: np.random.Generator,
    *,
    block_length: int | None = None,
    draws: int = DRAWS,
    is_circular: bool = True,
    confidence: float = 0.95,
) -> Interval:
    """ΣN / ΣD of two series in one order, both resampled in the same blocks.

    ValueError where the series are empty, of different length, the denominators
    do not sum to more than 0, or the block is longer than the series.
    """
    top, bottom = np.asarray(numerators, dtype=float), np.asarray(denominators, dtype=float)
    if top.shape != bottom.shape or top.ndim != 1 or not len(top):
        raise ValueError(f"two series of one length are needed, not {top.shape} and {bottom.shape}")
    if not bottom.sum() > 0:
        raise ValueError("the denominators must sum to more than 0")
    length = default_block_length(len(top)) if block_length is None else block_length
    starts = _starts(len(top), length, draws, is_circular, generator)
    sums = block_sums(bottom, starts, length)
    drawn = block_sums(top, starts, length)[sums > 0] / sums[sums > 0]
    low, high = np.quantile(drawn, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Interval(float(top.sum() / bottom.sum()), float(low), float(high), len(top), length, confidence)
