"""How forecasts at completion did on finished projects, and which of them may be shown.

Every month of a finished project is forecast anew. A method's error is the mean
of its projects' mean absolute percentage errors, so that a project with many
reports counts no more than one with few. At each month the champion is the
method with the least error on the other projects known by then; the series of
champions must beat the naive method by an interval that lies below 1, or the
naive one stays and the record says that none is proven better. Quantiles come
from what the rest of other projects took over what was forecast for it.
Sources: Batselier and Vanhoucke (2015) for the design; Dawid (1984) for choosing
on the past alone; the bootstrap resamples whole projects.

Worked example: a rest of 60 was forecast where 66 came: a ratio of 1.1. If four
of five such ratios of other projects are at most 1.1, a project with 40 left
has a P80 of 44 for its rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pmo_analytics.forecasting.block_bootstrap import Interval, ratio_interval
from pmo_analytics.forecasting.quantile_scores import Floats
from pmo_analytics.forecasting.recalibration import residuals_needed
from pmo_analytics.forecasting.weighted_quantiles import weighted_quantiles

LEVELS = (0.5, 0.8)
MINIMUM_PROJECTS = residuals_needed(0.9)
THIRDS = ("first", "second", "last")


@dataclass(frozen=True)
class CompletionTrial:
    """Forecasts of one target at the months of projects, those still running among them; one row per forecast.

    `final` is the outcome, in the unit of `now` (what is spent, or has passed)
    and of `forecasts` by method; NaN for a project that runs. `progress` is
    0 to 1. A forecast asked at `asked_at` may use the projects whose outcome
    was known strictly before; with `leaves_one_out` all other finished ones.
    """

    projects: NDArray[np.object_]
    progress: Floats
    now: Floats
    final: Floats
    forecasts: Mapping[str, Floats]
    naive: str
    asked_at: NDArray[np.datetime64]
    known_at: NDArray[np.datetime64]
    leaves_one_out: bool = False

    @property
    def is_scored(self) -> NDArray[np.bool_]:
        """Which rows have an outcome."""
        has_outcome: NDArray[np.bool_] = np.isfinite(self.final)
        return has_outcome

    def known(self, row: int) -> NDArray[np.bool_]:
        """Which rows' outcomes the forecast of `row` may use."""
        others: NDArray[np.bool_] = self.is_scored & (self.projects != self.projects[row])
        if not self.leaves_one_out:
            others &= self.known_at < self.asked_at[row]
        return others

    def errors(self, method: str) -> Floats:
        """|forecast - outcome| / outcome per row; NaN without either."""
        error: Floats = np.abs(self.forecasts[method] - self.final) / self.final
        return error

    def remaining_ratio(self, method: str) -> Floats:
        """What the rest took over what was forecast for it, per row; NaN where no rest was forecast."""
        rest = self.forecasts[method] - self.now
        ratio: Floats = np.divide(self.final - self.now, rest, out=np.full(len(rest), np.nan), where=rest > 0)
        return ratio


@dataclass(frozen=True)
class ChampionSeries:
    """The method chosen at each row on its past alone, its forecasts and their quantiles, shape (rows, levels).

    Where fewer than nine projects were known the naive method stands, without quantiles.
    """

    methods: NDArray[np.object_]
    forecasts: Floats
    quantiles: Floats


def project_means(values: Floats, projects: NDArray[np.object_]) -> Floats:
    """Mean of the finite values of each project, by name of project; NaN for one without any."""
    _, places = np.unique(projects.astype(str), return_inverse=True)
    is_known = np.isfinite(values)
    sums = np.bincount(places, np.where(is_known, values, 0.0))
    counts = np.bincount(places, is_known)
    means: Floats = np.divide(sums, counts, out=np.full(len(sums), np.nan), where=counts > 0)
    return means


def mean_project_error(values: Floats, projects: NDArray[np.object_]) -> float:
    """Mean over projects of the mean of their finite values; NaN where there are none."""
    means = project_means(values, projects)
    return float(np.nanmean(means)) if np.isfinite(means).any() else np.nan


def _choice(trial: CompletionTrial, known: NDArray[np.bool_]) -> str:
    """The method with the least error on the known rows; one without a figure somewhere is no candidate."""
    errors = {method: trial.errors(method)[known] for method in (trial.naive, *trial.forecasts)}
    whole = [method for method, each in errors.items() if method == trial.naive or np.isfinite(each).all()]
    return min(whole, key=lambda method: mean_project_error(errors[method], trial.projects[known]))


def remaining_quantiles(trial: CompletionTrial, method: str, known: NDArray[np.bool_]) -> Floats:
    """Quantiles of what the rest took over what was forecast, shape (levels,): projects weigh the same; NaN below nine.

    `known` marks the rows that may be used.
    """
    ratio = trial.remaining_ratio(method)
    used = known & np.isfinite(ratio)
    names, places, counts = np.unique(trial.projects[used].astype(str), return_inverse=True, return_counts=True)
    if len(names) < MINIMUM_PROJECTS:
        return np.full(len(LEVELS), np.nan)
    found: Floats = weighted_quantiles(ratio[used], (1.0 / counts[places])[None, :], LEVELS)[0]
    return found


def champion_series(trial: CompletionTrial) -> ChampionSeries:
    """Choose a method for every row, on the projects that it may know of."""
    n = len(trial.projects)
    methods = np.full(n, trial.naive, dtype=object)
    ratios = np.full((n, len(LEVELS)), np.nan)
    # Forecasts of one month know of the same projects.
    chosen: dict[bytes, tuple[str, Floats]] = {}
    for row in range(n):
        known = trial.known(row)
        key = known.tobytes()
        if key not in chosen:
            is_thin = len(set(trial.projects[known])) < MINIMUM_PROJECTS
            method = trial.naive if is_thin else _choice(trial, known)
            chosen[key] = method, remaining_quantiles(trial, method, known)
        methods[row], ratios[row] = chosen[key]
    forecasts = np.array([trial.forecasts[method][row] for row, method in enumerate(methods)], dtype=float)
    quantiles = trial.now[:, None] + ratios * (forecasts - trial.now)[:, None]
    return ChampionSeries(methods, forecasts, quantiles)


def error_ratio(
    errors: Floats, naive: Floats, projects: NDArray[np.object_], generator: np.random.Generator
) -> Interval | None:
    """Mean project error over the naive method's on the same rows, 95 % interval over projects; None without any."""
    both = np.isfinite(errors) & np.isfinite(naive)
    if not both.any():
        return None
    top, bottom = (project_means(each[both], projects[both]) for each in (errors, naive))
    return ratio_interval(top, bottom, generator, block_length=1) if bottom.sum() > 0 else None
