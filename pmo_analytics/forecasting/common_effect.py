"""What the members of a group have in common, such as a year's luck: how far groups differ beyond their members.

Values are logarithms, members of few groups. The spread τ of the groups has a
posterior on a grid: the likelihood of the groups' means, each known as well as
its members are many, with a half-normal prior, since of three groups no estimate
of τ can be trusted. Its scale is that of a correlation of 0.25 between members of
a group, GAO's where none is known. A group not seen yet lies τ z from the mean,
and the mean itself is as uncertain as the groups are few. Sources: Gelman (2006)
for priors of variance parameters; GAO-20-195G for the correlation.

Worked example: of two groups with the members 1 and 3, and 5 and 7, members lie
1 from their group's mean and spread by √2 within. With members 1 and 3 in both
groups, smaller τ are more likely than by the prior alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pmo_analytics.forecasting.quantile_scores import Floats

# τ² over the members' variance: 0.25 / (1 - 0.25).
_PRIOR = (1 / 3) ** 0.5
_WIDEST, _STEPS = 3.0, 301


@dataclass(frozen=True)
class CommonEffect:
    """Members about the mean with their groups' part taken out, and the posterior of the groups' spread τ.

    `members` (n,) have the spread that members have within groups; `spreads`
    and `chances` are the grid of τ; `groups` is how many there are.
    """

    mean: float
    members: Floats
    spreads: Floats
    chances: Floats
    groups: int

    def draws(self, new_groups: int, generator: np.random.Generator, *, draws: int) -> Floats:
        """How far groups not seen yet lie from the mean, shape (draws, new_groups)."""
        spread = np.interp(generator.random(draws), np.cumsum(self.chances), self.spreads)
        own = generator.standard_normal((new_groups, draws)).T
        # The mean of the groups seen is a mean of draws with the same spread.
        mean = generator.standard_normal(draws) / np.sqrt(max(self.groups, 1))
        found: Floats = spread[:, None] * (own + mean[:, None])
        return found


def common_effect(values: Floats, group: NDArray[np.int64]) -> CommonEffect:
    """The common part of `values` by `group`, numbered from 0; ValueError without values."""
    if not len(values) or len(values) != len(group):
        raise ValueError(f"{len(values)} values in {len(group)} groups")
    sizes = np.bincount(group).astype(float)
    means = np.bincount(group, weights=values) / sizes
    n, k = len(values), len(sizes)
    inside = values - means[group]
    freedom = n - k
    within = float(inside @ inside) / freedom if freedom > 0 else float(np.var(values))
    scale = np.sqrt(within)
    if scale == 0.0:
        # Members that do not differ say nothing of how far groups may: what is seen is all there is.
        scale = float(np.std(means))
        if scale == 0.0:
            return CommonEffect(float(means.mean()), inside, np.zeros(2), np.array([0.0, 1.0]), k)
    spreads = np.linspace(0.0, _WIDEST * scale, _STEPS)
    variance = spreads[:, None] ** 2 + np.maximum(within / sizes, 1e-12 * scale**2)
    weight = 1.0 / variance
    centre = (weight * means).sum(axis=1) / weight.sum(axis=1)
    logs = -0.5 * (np.log(variance).sum(axis=1) + np.log(weight.sum(axis=1)))
    logs -= 0.5 * (weight * (means - centre[:, None]) ** 2).sum(axis=1) + 0.5 * (spreads / (_PRIOR * scale)) ** 2
    chances = np.exp(logs - logs.max())
    chances /= chances.sum()
    widened = inside * np.sqrt(n / freedom) if freedom > 0 else values - values.mean()
    return CommonEffect(float(chances @ centre), widened, spreads, chances, k)
