"""What a line of a cost or duration may come to, as a distribution with an inverse.

Each has `quantile`, which maps shares in 0 to 1 to values of the line's own
unit, so that lines can be drawn together. Sources: AACE 57R-09 and
GAO-20-195G for ranges of three points; Malcolm et al. (1959) for the beta
distribution of PERT.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from pmo_analytics.forecasting.quantile_scores import Floats


class InputDistribution(Protocol):
    """A distribution that can be drawn from by its inverse."""

    def quantile(self, share: Floats) -> Floats:
        """Values at shares in 0 to 1, of the shape of `share`."""
        ...


@dataclass(frozen=True)
class _ThreePoints:
    low: float
    most_likely: float
    high: float

    def __post_init__(self) -> None:
        if not (self.low <= self.most_likely <= self.high and self.low < self.high):
            raise ValueError(
                f"a range must rise from low over most likely to high, not {self.low}, {self.most_likely}, {self.high}"
            )


@dataclass(frozen=True)
class Triangular(_ThreePoints):
    """Triangle from `low` to `high` with its top at `most_likely`."""

    def quantile(self, share: Floats) -> Floats:
        """Values at shares, in closed form."""
        width = self.high - self.low
        left, right = self.most_likely - self.low, self.high - self.most_likely
        is_left = share * width < left
        value: Floats = np.where(
            is_left, self.low + np.sqrt(share * width * left), self.high - np.sqrt((1 - share) * width * right)
        )
        return value


@dataclass(frozen=True)
class Pert(_ThreePoints):
    """Beta distribution over `low` to `high` with mean (low + 4 most likely + high) / 6."""

    def quantile(self, share: Floats) -> Floats:
        """Values at shares, through the inverse of the incomplete beta function."""
        from scipy.special import betaincinv

        width = self.high - self.low
        first = 1 + 4 * (self.most_likely - self.low) / width
        second = 1 + 4 * (self.high - self.most_likely) / width
        value: Floats = self.low + width * betaincinv(first, second, share)
        return value


@dataclass(frozen=True)
class Normal:
    """Normal distribution; `standard_deviation` in the unit of `mean`."""

    mean: float
    standard_deviation: float

    def quantile(self, share: Floats) -> Floats:
        """Values at shares."""
        from scipy.special import ndtri

        value: Floats = self.mean + self.standard_deviation * ndtri(share)
        return value


@dataclass(frozen=True)
class Lognormal:
    """The logarithm is normal about that of `median`, with `log_deviation` as its standard deviation."""

    median: float
    log_deviation: float

    def quantile(self, share: Floats) -> Floats:
        """Values at shares."""
        from scipy.special import ndtri

        value: Floats = self.median * np.exp(self.log_deviation * ndtri(share))
        return value


@dataclass(frozen=True)
class Empirical:
    """Past values, each as likely as any other, and none between them."""

    values: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.values:
            raise ValueError("an empirical distribution must hold a value")

    def quantile(self, share: Floats) -> Floats:
        """Values at shares."""
        ordered = np.sort(np.asarray(self.values, dtype=float))
        places = np.minimum((np.asarray(share) * len(ordered)).astype(np.int64), len(ordered) - 1)
        value: Floats = ordered[places]
        return value
