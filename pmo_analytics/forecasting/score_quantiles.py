"""Values of lines straight from their normal scores, without the detour over shares.

A correlated draw is a normal score, whose value is the quantile at its share.
Normal and lognormal lines need no share at all. For triangular lines one table of
√Φ serves every one, since both branches of the inverse are such a root; for PERT
lines there is a table for each place of the mode between the ends. Tables are
cubic splines over scores of ±8.5, beyond which one draw in 10¹⁶ falls. A value of
them is within `TABLE_ERROR` of the width from low to high of the exact one, which
the tests hold; the sampling error of 100,000 draws is some 10,000 times that.
Other lines go through their own `quantile`. Source: de Boor (1978) for splines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pmo_analytics.forecasting.input_distributions import InputDistribution, Lognormal, Normal, Pert, Triangular
from pmo_analytics.forecasting.quantile_scores import Floats

LIMIT = 8.5
CELLS_PER_UNIT = 32.0
CELLS = int(2 * LIMIT * CELLS_PER_UNIT)
TABLE_ERROR = 1e-7
OTHER, LINEAR, EXPONENTIAL, TRIANGLE, BETA = range(5)
PARAMETERS = 5
# 17 kB each. PERT lines of still more shapes go through their own quantile, which takes a hundred times as long.
MOST_TABLES = 2_000
_BLOCK = 256


@dataclass(frozen=True)
class ScoredLines:
    """Lines as arrays: kinds, parameters by kind, and tables of shape (tables, cells, 4 coefficients of rising power).

    LINEAR: intercept, slope. EXPONENTIAL: factor, rate. TRIANGLE: low, high, what
    multiplies the root left and right of the mode, the mode's score. BETA: low,
    width. `others` are lines of no such kind, by place.
    """

    kind: NDArray[np.int64]
    parameters: Floats
    table: NDArray[np.int64]
    tables: Floats
    others: dict[int, InputDistribution]

    def fill_others(self, scores: Floats) -> None:
        """Replaces the scores of `others` in an array of shape (lines, draws) by their values."""
        from scipy.special import ndtr

        for place, line in self.others.items():
            scores[place] = line.quantile(ndtr(scores[place]))

    def fill_values(self, scores: Floats) -> None:
        """Replaces all scores in an array of shape (lines, draws), but for those of `others`, by their values."""
        if np.isin(self.kind, [LINEAR, EXPONENTIAL]).all():
            self._fill_plain(scores)
            return
        for k, kind in enumerate(self.kind):
            a, b, left, right, mode = self.parameters[k]
            z = scores[k]
            if kind == LINEAR:
                scores[k] = a + b * z
            elif kind == EXPONENTIAL:
                scores[k] = a * np.exp(b * z)
            elif kind == TRIANGLE:
                is_left = z < mode
                root = _looked_up(self.tables[0], np.where(is_left, z, -z))
                scores[k] = np.where(is_left, a, b) + np.where(is_left, left, right) * root
            elif kind == BETA:
                scores[k] = a + b * _looked_up(self.tables[self.table[k]], z)

    def _fill_plain(self, scores: Floats) -> None:
        """The same where no line needs a table: all lines of a block at once, a call a line would cost more."""
        is_linear = self.kind == LINEAR
        first, second = self.parameters[:, :1], self.parameters[:, 1:2]
        for begin in range(0, len(scores), _BLOCK):
            part = slice(begin, begin + _BLOCK)
            z = scores[part]
            z *= second[part]
            linear = np.flatnonzero(is_linear[part])
            sums = z[linear] + first[part][linear]
            np.exp(z, out=z, where=~is_linear[part, None])
            z *= first[part]
            z[linear] = sums


def scored_lines(lines: Sequence[InputDistribution]) -> ScoredLines:
    """The lines with their tables; lines of one shape share one."""
    from scipy.special import ndtr, ndtri

    kind = np.full(len(lines), OTHER)
    parameters = np.zeros((len(lines), PARAMETERS))
    table = np.zeros(len(lines), dtype=np.int64)
    tables = [_table(np.sqrt(ndtr(_nodes())))]
    shapes: dict[float, int] = {}
    others: dict[int, InputDistribution] = {}
    for k, line in enumerate(lines):
        if isinstance(line, Normal):
            kind[k], parameters[k, :2] = LINEAR, (line.mean, line.standard_deviation)
        elif isinstance(line, Lognormal):
            kind[k], parameters[k, :2] = EXPONENTIAL, (line.median, line.log_deviation)
        elif isinstance(line, Triangular):
            width, rise = line.high - line.low, line.most_likely - line.low
            roots = np.sqrt(width * rise), -np.sqrt(width * (line.high - line.most_likely))
            kind[k], parameters[k] = TRIANGLE, (line.low, line.high, *roots, ndtri(rise / width))
        elif isinstance(line, Pert):
            width = line.high - line.low
            shape = (line.most_likely - line.low) / width
            if shape not in shapes and len(tables) == MOST_TABLES:
                others[k] = line
                continue
            if shape not in shapes:
                shapes[shape] = len(tables)
                tables.append(_table(_beta_quantiles(shape)))
            kind[k], parameters[k, :2], table[k] = BETA, (line.low, width), shapes[shape]
        else:
            others[k] = line
    return ScoredLines(kind, parameters, table, np.stack(tables), others)


def _nodes() -> Floats:
    return np.linspace(-LIMIT, LIMIT, CELLS + 1)


def _beta_quantiles(shape: float) -> Floats:
    """Quantiles of PERT over 0 to 1 with its mode at `shape`; the upper half by symmetry, where shares lose digits."""
    from scipy.special import betaincinv, ndtr

    nodes = _nodes()
    lower = nodes <= 0
    first, second = 1 + 4 * shape, 1 + 4 * (1 - shape)
    values = np.empty_like(nodes)
    values[lower] = betaincinv(first, second, ndtr(nodes[lower]))
    values[~lower] = 1 - betaincinv(second, first, ndtr(-nodes[~lower]))
    return values


def _table(values: Floats) -> Floats:
    """Coefficients of the cubic spline through values at the nodes, shape (cells, 4)."""
    from scipy.interpolate import CubicSpline

    return np.ascontiguousarray(CubicSpline(np.arange(CELLS + 1), values).c[::-1].T)


def _looked_up(table: Floats, scores: Floats) -> Floats:
    place = np.minimum(np.maximum((scores + LIMIT) * CELLS_PER_UNIT, 0.0), float(CELLS))
    cell = np.minimum(place.astype(np.int64), CELLS - 1)
    within = place - cell
    found = table[cell]
    value: Floats = ((found[:, 3] * within + found[:, 2]) * within + found[:, 1]) * within + found[:, 0]
    return value
