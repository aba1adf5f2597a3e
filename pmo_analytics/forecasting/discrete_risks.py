"""Discrete risks drawn together: each happens or not, and costs what it costs; a shared driver ties risks together.

Whether a risk happens is read from a normal score, √ρ of which is its driver's
and √(1 - ρ) its own (a Gaussian copula with one factor a driver), so that its
probability stays what was stated. What it then costs is drawn apart, as PERT has it. Every risk
and driver has a stream of its own, made of the seed and its name: a risk's draws
are the same whichever others are drawn beside it, and are not held but made
again when they are needed. Sources: GAO-20-195G, step 9; AACE 57R-09; Li (2000)
for the copula.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

import numpy as np

from pmo_analytics.forecasting.quantile_scores import Floats


@dataclass(frozen=True)
class Fixed:
    """One value, whatever the share."""

    value: float

    def quantile(self, share: Floats) -> Floats:
        """The value, in the shape of `share`."""
        value: Floats = np.full(np.shape(share), self.value)
        return value


COST, DELAY = "cost", "delay"


@dataclass(frozen=True)
class RiskEvent:
    """A risk by its name: the chance that it happens, 0 to 1, the three points of what it costs then, and its driver.

    The impact has the beta distribution of PERT, or one value where the points
    are equal; a saving is negative.
    """

    name: str
    probability: float
    low: float
    most_likely: float
    high: float
    driver: str | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.probability <= 1:
            raise ValueError(f"a probability lies in 0 to 1, not {self.probability}")
        if not self.low <= self.most_likely <= self.high:
            raise ValueError(f"an impact rises from low to high, not {self.low}, {self.most_likely}, {self.high}")

    @property
    def exposure(self) -> float:
        """Probability times the mean impact."""
        return self.probability * (self.low + 4 * self.most_likely + self.high) / 6

    def impact_draws(self, draws: int, generator: np.random.Generator) -> Floats:
        """What it costs if it happens, shape (draws,)."""
        width = self.high - self.low
        if width == 0:
            return np.full(draws, self.low)
        left, right = (self.most_likely - self.low) / width, (self.high - self.most_likely) / width
        value: Floats = self.low + width * generator.beta(1 + 4 * left, 1 + 4 * right, draws)
        return value


def stream(seed: int, *names: str) -> np.random.Generator:
    """The generator of a seed and of what it is for; other names or seeds give draws of their own."""
    digest = sha256("\x1f".join(names).encode("utf-8", "surrogatepass")).digest()
    return np.random.default_rng([seed, int.from_bytes(digest[:16], "big")])


class EventDraws:
    """Draws of events under one seed; `driver_correlation` ρ is that of the scores of two events of one driver.

    ρ = 0 draws all independently, from the same streams. ValueError where ρ
    does not lie in 0 to 1 or no draw is asked for.
    """

    def __init__(self, draws: int, seed: int, *, driver_correlation: float) -> None:
        if not 0 <= driver_correlation <= 1 or draws < 1:
            raise ValueError(f"a correlation in 0 to 1 and a draw are needed, not {driver_correlation} and {draws}")
        self._draws, self._seed, self._correlation = draws, seed, driver_correlation
        self._factors: dict[str, Floats] = {}

    def of(self, event: RiskEvent, *, effect: str = COST) -> Floats:
        """What the event costs in each draw, 0 where it does not happen, shape (draws,).

        `effect` names what the three points are of: the same risk happens in the
        same draws, whichever effect is asked for, and each effect's size is drawn apart.
        """
        from scipy.special import ndtri

        own = stream(self._seed, "risk", event.name)
        scores = own.standard_normal(self._draws)
        if event.driver is not None and self._correlation > 0:
            rho = self._correlation
            scores = np.sqrt(rho) * self._factor(event.driver) + np.sqrt(1 - rho) * scores
        size = own if effect == COST else stream(self._seed, effect, event.name)
        happens = scores < ndtri(event.probability)
        drawn: Floats = np.where(happens, event.impact_draws(self._draws, size), 0.0)
        return drawn

    def _factor(self, driver: str) -> Floats:
        if driver not in self._factors:
            self._factors[driver] = stream(self._seed, "driver", driver).standard_normal(self._draws)
        return self._factors[driver]


def conditional_value_at_risk(totals: Floats, level: float) -> float:
    """Mean of the worst (largest) 1 - `level` of the draws, at least one (Rockafellar and Uryasev 2000).

    >>> float(conditional_value_at_risk(np.arange(1.0, 11.0), 0.8))
    9.5
    """
    worst = max(1, round(len(totals) * (1 - level)))
    return float(np.sort(totals)[-worst:].mean())
