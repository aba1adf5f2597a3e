"""A lognormal outcome on a straight line of logarithms, with some outcomes known only to be larger than so far.

ln y = intercept + slope ln x + spread e, with e normal; an open item contributes
the chance of more than it has had so far. Open items are taken to go on like
others of their x that have had as much. Fitted by maximum likelihood in the form
in which it is concave, so that Newton's steps find the one maximum; intervals
are normal, from the observed information. Sources: Tobin (1958); Olsen (1978)
for the concave form; the mean of a lognormal is exp(mu + spread² / 2).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pmo_analytics.forecasting.quantile_scores import Floats

_NORMAL_975 = 1.959963984540054
MINIMUM_CLOSED = 9


@dataclass(frozen=True)
class LognormalLine:
    """The fit. `slope` is NaN where x does not vary; `low` and `high` are ends of 95 % intervals.

    `mean_ratio` is the sum of the mean outcomes over the sum of x, for the items
    fitted, in the unit of outcome over x. `closed` and `open` count the items.
    """

    closed: int
    open: int
    intercept: float
    slope: float
    slope_low: float
    slope_high: float
    spread: float
    mean_ratio: float
    mean_ratio_low: float
    mean_ratio_high: float


def _slopes(x: Floats, y: Floats, is_open: NDArray[np.bool_], point: Floats) -> tuple[float, Floats, Floats]:
    """Log likelihood, its gradient and its Hessian at (terms / spread, 1 / spread)."""
    from scipy.special import log_ndtr

    terms, scale = point[:-1], point[-1]
    z = scale * y - x @ terms
    run = np.column_stack([-x, y])
    survival = log_ndtr(-z)
    hazard = np.exp(-0.5 * z**2 - 0.5 * math.log(2 * math.pi) - survival)
    value = float(np.where(is_open, survival, math.log(scale) - 0.5 * z**2).sum())
    first = -np.where(is_open, hazard, z)
    second = -np.where(is_open, hazard * (hazard - z), 1.0)
    closed = float((~is_open).sum())
    gradient: Floats = run.T @ first
    hessian: Floats = (run * second[:, None]).T @ run
    gradient[-1] += closed / scale
    hessian[-1, -1] -= closed / scale**2
    return value, gradient, hessian


def _maximum(x: Floats, y: Floats, is_open: NDArray[np.bool_], start: Floats) -> tuple[Floats, Floats]:
    """The maximum and its Hessian; ValueError where 200 steps do not reach it."""
    point = start
    value, gradient, hessian = _slopes(x, y, is_open, point)
    for _ in range(200):
        step = np.linalg.solve(hessian, -gradient)
        gain = float(gradient @ step)
        if gain < 1e-12:
            return point, hessian
        length = 1.0
        while length > 1e-12:
            tried = point + length * step
            if tried[-1] > 0:
                found = _slopes(x, y, is_open, tried)
                if found[0] >= value + 1e-4 * length * gain - 1e-12:
                    break
            length /= 2.0
        point, (value, gradient, hessian) = tried, found
    raise ValueError("the censored fit has not converged")


def lognormal_line(x: ArrayLike, y: ArrayLike, is_open: ArrayLike) -> LognormalLine | None:
    """Fit outcomes `y` on `x`, both above zero, shape (n,); those of `is_open` are only known to be larger.

    None below nine closed items, and where those lie on one line, so that there
    is no spread to reckon with. ValueError for values that are not above zero.
    """
    given, outcome, marks = np.asarray(x, dtype=float), np.asarray(y, dtype=float), np.asarray(is_open, dtype=bool)
    if not given.shape == outcome.shape == marks.shape or given.ndim != 1:
        raise ValueError(f"three sequences of one length are needed, not {given.shape}, {outcome.shape}, {marks.shape}")
    if not (np.all(given > 0) and np.all(outcome > 0)):
        raise ValueError("a fit of logarithms needs values above zero")
    closed = int((~marks).sum())
    if closed < MINIMUM_CLOSED:
        return None
    logs, target = np.log(given), np.log(outcome)
    varies = float(np.ptp(logs[~marks])) > 1e-12
    terms = np.column_stack([np.ones(len(logs)), logs] if varies else [np.ones(len(logs))])
    first = np.linalg.lstsq(terms[~marks], target[~marks], rcond=None)[0]
    spread = float(np.std(target[~marks] - terms[~marks] @ first))
    if spread < 1e-9:
        return None
    point, hessian = _maximum(terms, target, marks, np.append(first, 1.0) / spread)
    scale = float(point[-1])
    line, spread = point[:-1] / scale, 1.0 / scale
    jacobian = np.zeros((len(point), len(point)))
    jacobian[:-1, :-1] = np.eye(len(line)) / scale
    jacobian[:-1, -1] = -line / scale
    jacobian[-1, -1] = -1.0 / scale**2
    covariance = jacobian @ np.linalg.inv(-hessian) @ jacobian.T
    means = np.exp(terms @ line + spread**2 / 2.0)
    log_mean = math.log(means.sum() / given.sum())
    towards = np.append(means @ terms / means.sum(), spread)
    reach = _NORMAL_975 * math.sqrt(float(towards @ covariance @ towards))
    slope, slope_reach = math.nan, math.nan
    if varies:
        slope, slope_reach = float(line[1]), _NORMAL_975 * math.sqrt(float(covariance[1, 1]))
    return LognormalLine(
        closed, int(marks.sum()), float(line[0]), slope, slope - slope_reach, slope + slope_reach, spread,
        math.exp(log_mean), math.exp(log_mean - reach), math.exp(log_mean + reach),
    )  # fmt: skip
