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


def correlation_root(correlation: float | NDArray[np.float64], lines: int) -> Floats:
    """A matrix R with R Rᵀ the correlation, shape (lines, lines); one number stands for every pair.

    ValueError where it is no correlation matrix: not symmetric, not 1 on the
    diagonal, or with a combination of lines whose variance would be negative.
    """
    matrix = np.asarray(correlation, dtype=float)
    if matrix.ndim == 0:
        matrix = np.full((lines, lines), float(matrix))
        np.fill_diagonal(matrix, 1.0)
    if matrix.shape != (lines, lines) or not np.allclose(matrix, matrix.T) or not np.allclose(np.diag(matrix), 1.0):
        raise ValueError(f"{lines} lines need a symmetric correlation matrix of that size with 1 on its diagonal")
    values, vectors = np.linalg.eigh(matrix)
    if values[0] < -1e-9:
        raise ValueError(f"these correlations exclude each other: the smallest eigenvalue is {values[0]:.4f}")
    root: Floats = vectors * np.sqrt(np.maximum(values, 0.0))
    return root


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

    if not lines or draws < 1 or batch < 1:
        raise ValueError("at least one line, one draw and a batch of one are needed")
    if any(not 0 <= line < len(lines) for driver in drivers for line in driver.lines):
        raise ValueError(f"a driver touches a line that is not among the {len(lines)}")
    root = None if np.ndim(correlation) == 0 and correlation == 0 else correlation_root(correlation, len(lines))
    for_lines, for_drivers = generator.spawn(2)
    for start in range(0, draws, batch):
        size = min(batch, draws - start)
        scores = for_lines.standard_normal((size, len(lines)))
        shares = ndtr(scores if root is None else scores @ root.T)
        drawn = np.empty_like(shares)
        for k, line in enumerate(lines):
            drawn[:, k] = line.quantile(shares[:, k])
        happening = for_drivers.random((size, len(drivers), 2))
        for k, driver in enumerate(drivers):
            factor = np.where(happening[:, k, 0] < driver.probability, driver.factor.quantile(happening[:, k, 1]), 1.0)
            drawn[:, list(driver.lines)] *= factor[:, None]
        yield drawn


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
