"""How forecasts at completion did on finished projects, and what the champion of each month was.

Every month of a finished project is forecast anew. A method's error is the mean
of its projects' mean absolute percentage errors, so that a project with many
reports counts no more than one with few. At each month the champion is the
method with the least error on the other projects known by then; whether it may
be shown is `completion_gate`'s. Quantiles come from what the rest of other
projects took over what was forecast for it, in the same third of completion
where nine projects have months in it, else in all.
Sources: Batselier and Vanhoucke (2015) for the design; Dawid (1984) for choosing
on the past alone; the bootstrap resamples whole projects.

Worked example: a rest of 60 was forecast where 66 came: a ratio of 1.1. If four
of five such ratios of other projects are at most 1.1, a project with 40 left
has a P80 of 44 for its rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pmo_analytics.forecasting.block_bootstrap import Interval, ratio_interval
from pmo_analytics.forecasting.quantile_scores import Floats
from pmo_analytics.forecasting.recalibration import residuals_needed
from pmo_analytics.forecasting.weighted_quantiles import weighted_quantiles

LEVELS = (0.1, 0.5, 0.8, 0.9)
P80 = LEVELS.index(0.8)
MINIMUM_PROJECTS = residuals_needed(0.9)
THIRDS = ("first", "second", "last")

Flags = NDArray[np.bool_]


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

    @cached_property
    def codes(self) -> NDArray[np.int64]:
        """The projects as whole numbers, in order of their names."""
        return np.unique(self.projects.astype(str), return_inverse=True)[1].astype(np.int64)

    @cached_property
    def is_scored(self) -> Flags:
        """Which rows have an outcome."""
        has_outcome: Flags = np.isfinite(self.final)
        return has_outcome

    @cached_property
    def third(self) -> NDArray[np.int64]:
        """The third of completion of each row, from 0."""
        return np.minimum((self.progress * 3).astype(np.int64), 2)

    def known(self, row: int) -> Flags:
        """Which rows' outcomes the forecast of `row` may use."""
        others: Flags = self.is_scored & (self.codes != self.codes[row])
        if not self.leaves_one_out:
            others &= self.known_at < self.asked_at[row]
        return others

    def origins(self) -> Iterator[tuple[NDArray[np.int64], Flags]]:
        """Rows that may use the same outcomes, with these: every row is in one."""
        own = self.codes if self.leaves_one_out else np.where(self.known_at < self.asked_at, self.codes, -1)
        asked = np.zeros(len(own), dtype=np.int64) if self.leaves_one_out else self.asked_at.astype(np.int64)
        _, places = np.unique(np.stack([asked, own], axis=1), axis=0, return_inverse=True)
        order = np.argsort(places.ravel(), kind="stable")
        cuts = np.flatnonzero(np.diff(places.ravel()[order])) + 1
        for rows in np.split(order, cuts) if len(order) else ():
            yield rows, self.known(int(rows[0]))

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


def project_means(values: Floats, projects: NDArray[np.object_] | NDArray[np.int64]) -> Floats:
    """Mean of the finite values of each project, by name of project; NaN for one without any."""
    _, places = np.unique(projects if projects.dtype.kind == "i" else projects.astype(str), return_inverse=True)
    is_known = np.isfinite(values)
    sums = np.bincount(places, np.where(is_known, values, 0.0))
    counts = np.bincount(places, is_known)
    means: Floats = np.divide(sums, counts, out=np.full(len(sums), np.nan), where=counts > 0)
    return means


def mean_project_error(values: Floats, projects: NDArray[np.object_] | NDArray[np.int64]) -> float:
    """Mean over projects of the mean of their finite values; NaN where there are none."""
    means = project_means(values, projects)
    return float(np.nanmean(means)) if np.isfinite(means).any() else np.nan


def _choice(trial: CompletionTrial, errors: Mapping[str, Floats], known: Flags) -> str:
    """The method with the least error on the known rows; one without a figure somewhere is no candidate."""
    told = {method: errors[method][known] for method in (trial.naive, *trial.forecasts)}
    whole = [method for method, each in told.items() if method == trial.naive or np.isfinite(each).all()]
    codes = trial.codes[known]
    return min(whole, key=lambda method: mean_project_error(told[method], codes))


def remaining_quantiles(trial: CompletionTrial, ratio: Floats, known: Flags, third: int) -> Floats:
    """Quantiles of what the rest took over what was forecast, shape (levels,): projects weigh the same; NaN below nine.

    `ratio` is a method's `remaining_ratio`; `known` marks the rows that may be
    used, of which those of the same third are where nine projects have some.
    """
    used = known & np.isfinite(ratio)
    alike = used & (trial.third == third)
    if len(np.unique(trial.codes[alike])) >= MINIMUM_PROJECTS:
        used = alike
    names, places, counts = np.unique(trial.codes[used], return_inverse=True, return_counts=True)
    if len(names) < MINIMUM_PROJECTS:
        return np.full(len(LEVELS), np.nan)
    found: Floats = weighted_quantiles(ratio[used], (1.0 / counts[places])[None, :], LEVELS)[0]
    return found


def _quantiles(trial: CompletionTrial, method: str, ratio: Floats, rows: NDArray[np.int64], known: Flags) -> Floats:
    """The quantiles of a method's forecasts at some rows, shape (rows, levels)."""
    found = np.full((len(rows), len(LEVELS)), np.nan)
    thirds = trial.third[rows]
    for third in np.unique(thirds):
        found[thirds == third] = remaining_quantiles(trial, ratio, known, int(third))
    rest = (trial.forecasts[method] - trial.now)[rows]
    told: Floats = trial.now[rows][:, None] + found * rest[:, None]
    return told


def _series(trial: CompletionTrial, chosen: str | None) -> ChampionSeries:
    """One method at every row, or where none is named the one chosen on the past alone."""
    n = len(trial.projects)
    methods, forecasts = np.full(n, chosen or trial.naive, dtype=object), np.full(n, np.nan)
    quantiles = np.full((n, len(LEVELS)), np.nan)
    errors = {method: trial.errors(method) for method in trial.forecasts}
    ratios = {method: trial.remaining_ratio(method) for method in trial.forecasts}
    for rows, known in trial.origins():
        is_thin = len(np.unique(trial.codes[known])) < MINIMUM_PROJECTS
        method = chosen or (trial.naive if is_thin else _choice(trial, errors, known))
        methods[rows], forecasts[rows] = method, trial.forecasts[method][rows]
        if not is_thin:
            quantiles[rows] = _quantiles(trial, method, ratios[method], rows, known)
    return ChampionSeries(methods, forecasts, quantiles)


def champion_series(trial: CompletionTrial) -> ChampionSeries:
    """Choose a method for every row, on the projects that it may know of."""
    return _series(trial, None)


def naive_series(trial: CompletionTrial) -> ChampionSeries:
    """The naive method at every row, with quantiles from its own record where nine projects were known."""
    return _series(trial, trial.naive)


def error_ratio(
    errors: Floats,
    naive: Floats,
    projects: NDArray[np.object_] | NDArray[np.int64],
    generator: np.random.Generator,
) -> Interval | None:
    """Mean project error over the naive method's on the same rows, 95 % interval over projects; None without any."""
    both = np.isfinite(errors) & np.isfinite(naive)
    if not both.any():
        return None
    top, bottom = (project_means(each[both], projects[both]) for each in (errors, naive))
    return ratio_interval(top, bottom, generator, block_length=1) if bottom.sum() > 0 else None
