"""Monte Carlo of lines that move together: sums of cost, latest of parallel finishes.

Lines drawn independently make the spread of a sum too small by
1 - 1/√(1 + (n - 1) ρ). They are tied together by a Gaussian copula (Sklar; a
correlation of the normal scores, not quite of the values) or by shared drivers,
which multiply every line that they touch. Sources: GAO-20-195G, step 9; AACE
57R-09. The same generator gives the same draws whatever the batch size, and no
more than `batch` draws of all lines are held at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pmo_analytics.forecasting.input_distributions import InputDistribution
from pmo_analytics.forecasting.quantile_scores import Floats

BATCH = 10_000
_BLOCK = 64


@dataclass(frozen=True)
class Driver:
    """A cause that multiplies lines by one draw of `factor` where it happens, and by 1 where it does not.

    `lines` are the places of the lines that it touches; `probability` is that
    it happens at all, 0 to 1.
    """

    factor: InputDistribution
    lines: tuple[int, ...]
    probability: float = 1.0

    def __post_init__(self) -> None:
        if not 0 <= self.probability <= 1:
            raise ValueError(f"a probability lies in 0 to 1, not {self.probability}")


@dataclass(frozen=True)
class Correlation:
    """How independent normal scores become those of lines that move together.

    `root` is a matrix R with R Rᵀ the correlation, or None where every pair has
    the same one: then the symmetric root is `own` on the diagonal and `shared`
    added everywhere, which costs a sum a draw in place of a matrix product.
    """

    root: Floats | None
    own: float = 1.0
    shared: float = 0.0

    def scores(self, independent: Floats) -> Floats:
        """Scores of shape (lines, draws) from independent ones of shape (draws, lines)."""
        if self.root is not None:
            together: Floats = np.matmul(self.root, independent.T)
            return together
        scores = np.empty(independent.T.shape)
        # In blocks that stay in the cache; a whole one is turned several times as slowly.
        for begin in range(0, len(scores), _BLOCK):
            scores[begin : begin + _BLOCK] = independent[:, begin : begin + _BLOCK].T
        if self.shared:
            scores *= self.own
            scores += self.shared * independent.sum(axis=1)
        return scores


def correlation_of(correlation: float | NDArray[np.float64], lines: int) -> Correlation:
    """The correlation of so many lines; one number stands for every pair.

    ValueError where it is no correlation matrix: not symmetric, not 1 on the
    diagonal, or with a combination of lines whose variance would be negative.
    """
    matrix = np.asarray(correlation, dtype=float)
    if matrix.ndim == 0:
        rho = float(matrix)
        _semidefinite(min(1.0 - rho, 1.0 + (lines - 1) * rho) if lines > 1 else 1.0)
        own = np.sqrt(max(1.0 - rho, 0.0))
        shared = (np.sqrt(max(1.0 + (lines - 1) * rho, 0.0)) - own) / lines
        return Correlation(None, float(own), float(shared)) if rho and lines > 1 else Correlation(None)
    if matrix.shape != (lines, lines) or not np.allclose(matrix, matrix.T) or not np.allclose(np.diag(matrix), 1.0):
        raise ValueError(f"{lines} lines need a symmetric correlation matrix of that size with 1 on its diagonal")
    values, vectors = np.linalg.eigh(matrix)
    _semidefinite(values[0])
    return Correlation(vectors * np.sqrt(np.maximum(values, 0.0)))


def _semidefinite(least: float) -> None:
    if least < -1e-9:
        raise ValueError(f"these correlations exclude each other: the smallest eigenvalue is {least:.4f}")


def driver_factors(drivers: Sequence[Driver], draws: int, generator: np.random.Generator) -> Floats:
    """What each driver multiplies its lines by in each draw, shape (drivers, draws)."""
    happening = generator.random((draws, len(drivers), 2))
    factors = np.ones((len(drivers), draws))
    for k, driver in enumerate(drivers):
        factors[k] = np.where(happening[:, k, 0] < driver.probability, driver.factor.quantile(happening[:, k, 1]), 1.0)
    return factors


def check_draws(lines: int, draws: int, drivers: Sequence[Driver], batch: int) -> None:
    """ValueError for a driver of a line that is not there, no lines or no draws."""
    if not lines or draws < 1 or batch < 1:
        raise ValueError("at least one line, one draw and a batch of one are needed")
    if any(not 0 <= line < lines for driver in drivers for line in driver.lines):
        raise ValueError(f"a driver touches a line that is not among the {lines}")


def draws_in_batches(
    lines: Sequence[InputDistribution],
    draws: int,
    generator: np.random.Generator,
    *,
    correlation: float | NDArray[np.float64] = 0.0,
    drivers: Sequence[Driver] = (),
    batch: int = BATCH,
) -> Iterator[Floats]:
    """Joint draws of all lines, arrays of shape (up to `batch`, lines), together `draws` rows.

    ValueError for a correlation that cannot be, a driver of a line that is not
    there, or no lines.
    """
    from scipy.special import ndtr

    check_draws(len(lines), draws, drivers, batch)
    together = correlation_of(correlation, len(lines))
    for_lines, for_drivers = generator.spawn(2)
    for start in range(0, draws, batch):
        size = min(batch, draws - start)
        drawn = ndtr(together.scores(for_lines.standard_normal((size, len(lines)))))
        for k, line in enumerate(lines):
            drawn[k] = line.quantile(drawn[k])
        for driver, factor in zip(drivers, driver_factors(drivers, size, for_drivers), strict=True):
            drawn[list(driver.lines)] *= factor
        yield np.ascontiguousarray(drawn.T)


def simulated_totals(
    lines: Sequence[InputDistribution],
    draws: int,
    generator: np.random.Generator,
    *,
    correlation: float | NDArray[np.float64] = 0.0,
    drivers: Sequence[Driver] = (),
    batch: int = BATCH,
) -> Floats:
    """Sum of the lines in each draw, shape (draws,), in the unit of the lines."""
    given = draws_in_batches(lines, draws, generator, correlation=correlation, drivers=drivers, batch=batch)
    return np.concatenate([drawn.sum(axis=1) for drawn in given])


def simulated_latest(
    lines: Sequence[InputDistribution],
    draws: int,
    generator: np.random.Generator,
    *,
    correlation: float | NDArray[np.float64] = 0.0,
    drivers: Sequence[Driver] = (),
    batch: int = BATCH,
) -> Floats:
    """Largest of the lines in each draw, shape (draws,): when the last of parallel paths is done (merge bias)."""
    given = draws_in_batches(lines, draws, generator, correlation=correlation, drivers=drivers, batch=batch)
    return np.concatenate([drawn.max(axis=1) for drawn in given])


def understated_deviation(lines: int, correlation: float) -> float:
    """Share by which the standard deviation of a sum of equal lines is too small when they are drawn independently."""
    return float(1.0 - 1.0 / np.sqrt(1.0 + (lines - 1) * correlation))
