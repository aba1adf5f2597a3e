"""Values drawn in towards their class, so that what looks best is not believed to be as good as it looks.

Who picks the highest of uncertain estimates picks errors with them: what is
chosen falls short of its estimates on average, though each is without bias. Where
errors and the spread of true values are normal, the expected true value is
the class's mean plus a share τ² / (τ² + σ²) of the distance from it. τ², the
variance of true values, is such that the estimates scatter as it says. A class of
fewer than five is taken with all others. Values with a relative error are drawn in as
logarithms of value over cost, so that a large project is not taken for a good one.
Sources: Smith and Winkler (2006) for the optimiser's curse; Paule and Mandel (1982)
for τ².

Worked example: true values spread by 1 around 0, estimates err by 1: an estimate
of 2 is worth 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pmo_analytics.forecasting.quantile_scores import Floats

FEWEST = 5


@dataclass(frozen=True)
class Shrunk:
    """Expected true values (n,), the mean each is drawn in to, the share of the distance kept, and what stays unsure.

    `deviation` is the standard deviation of a true value when its estimate is known.
    """

    value: Floats
    mean: Floats
    kept: Floats
    deviation: Floats


def towards(estimate: Floats, error: Floats, mean: Floats, spread: Floats) -> Shrunk:
    """Estimates with standard errors drawn in to `mean`, where true values spread by `spread`."""
    total = spread**2 + error**2
    kept = np.divide(spread**2, total, out=np.ones_like(total), where=total > 0)
    deviation: Floats = np.sqrt(kept) * error
    return Shrunk(mean + kept * (estimate - mean), mean, kept, deviation)


def spread_of_truth(estimate: Floats, error: Floats) -> tuple[float, float]:
    """Mean and standard deviation of true values behind estimates with standard errors."""
    from scipy.optimize import brentq

    def centre(variance: float) -> float:
        return float(np.average(estimate, weights=1.0 / np.maximum(variance + error**2, 1e-300)))

    def excess(variance: float) -> float:
        off = (estimate - centre(variance)) ** 2 / np.maximum(variance + error**2, 1e-300)
        return float(off.sum()) - (len(estimate) - 1)

    if len(estimate) < 2 or not np.ptp(estimate):
        return float(np.mean(estimate)), 0.0
    if excess(0.0) <= 0:
        return centre(0.0), 0.0
    variance = float(brentq(excess, 0.0, 2.0 * len(estimate) * float(np.var(estimate)) + 1e-12))
    return centre(variance), float(np.sqrt(variance))


def shrunk(estimate: Floats, error: Floats, group: list[str]) -> Shrunk:
    """Estimates drawn in to the mean of their group, groups of fewer than five to that of all."""
    names, member = np.unique(np.array(group, dtype=str), return_inverse=True)
    n = len(estimate)
    mean, spread = np.zeros(n), np.zeros(n)
    if n:
        mean[:], spread[:] = spread_of_truth(estimate, error)
    for place in range(len(names)):
        own = member == place
        if own.sum() >= FEWEST:
            mean[own], spread[own] = spread_of_truth(estimate[own], error[own])
    return towards(estimate, error, mean, spread)


def shrunk_amounts(value: Floats, cost: Floats, relative_error: float, group: list[str]) -> tuple[Floats, Floats]:
    """Expected true values of amounts with a standard error of `relative_error` of the truth, and their deviations.

    Amounts are drawn in by value over cost. What is not above 0 in value and
    cost has no such ratio and stays as it is, with its error; so does all where
    the error is 0.
    """
    made, deviation = value.astype(float).copy(), relative_error * np.abs(value.astype(float))
    usable = np.flatnonzero((value > 0) & (cost > 0))
    if not relative_error or not len(usable):
        return made, deviation
    variance = float(np.log1p(relative_error**2))
    # An estimate without bias has a logarithm that lies too low by half of its variance.
    logs = np.log(value[usable] / cost[usable]) + variance / 2
    found = shrunk(logs, np.full(len(usable), variance**0.5), [group[place] for place in usable])
    made[usable] = cost[usable] * np.exp(found.value + found.deviation**2 / 2)
    deviation[usable] = made[usable] * np.sqrt(np.expm1(found.deviation**2))
    return made, deviation
