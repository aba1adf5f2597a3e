"""Which forecast at completion is the one shown, at every month, and why.

One rule for every page and every alert: the champion of the past where it beat
the naive method on the projects that had finished by that month, by an interval
that lies below 1; else the naive one. Below nine finished projects no method is
judged. A month is ruled by what was known at its end, so that a project that
finishes later changes no month before. Sources: Dawid (1984) for judging a
forecaster on the past alone; `completion_trial` names those of its parts.

Worked example: five projects had finished by March: the rest at plan is shown,
since nine are needed. Twenty had by the next June, of which the champions erred
by 0.45 of what the rest at plan did, and by at most 0.7: from then on what they
chose is shown; for March it stays what it was.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pmo_analytics.forecasting.quantile_scores import Floats
from pmo_analytics.performance.completion_trial import (
    MINIMUM_PROJECTS,
    ChampionSeries,
    CompletionTrial,
    Flags,
    champion_series,
    error_ratio,
    naive_series,
)

SEED = 20_060_711


@dataclass(frozen=True)
class Verdict:
    """Whether the champions may be shown, the sentence that says so, and the same in few words beside a figure."""

    is_proven: bool
    sentence: str
    reason: str


@dataclass(frozen=True)
class ShownSeries:
    """What is shown at each row of a trial: the method, its forecast, quantiles of shape (rows, levels), and why.

    Quantiles are NaN below nine finished projects.
    """

    methods: NDArray[np.object_]
    forecasts: Floats
    quantiles: Floats
    reasons: NDArray[np.object_]


def completion_verdict(trial: CompletionTrial, champion: ChampionSeries, scored: Flags | None = None) -> Verdict:
    """Whether the champions may be shown, from the scored rows of a trial, or those of them that are given."""
    rows = trial.is_scored if scored is None else scored
    finished = len(np.unique(trial.codes[rows]))
    if finished < MINIMUM_PROJECTS:
        projects = "project" if finished == 1 else "projects"
        return Verdict(
            False,
            f"{trial.naive} is shown, and no method is judged: {finished} finished projects do not bound P90 on one "
            f"side, which takes {MINIMUM_PROJECTS}",
            f"{finished} finished {projects}; it takes {MINIMUM_PROJECTS} to prove another better",
        )
    errors = np.abs(champion.forecasts - trial.final) / trial.final
    ratio = error_ratio(
        errors[rows], trial.errors(trial.naive)[rows], trial.codes[rows], np.random.default_rng(SEED)
    )  # fmt: skip
    if ratio is None:
        told = "it made no error"
        return Verdict(False, f"{trial.naive} is shown: {told}", f"{told} on {finished} finished projects")
    span = f"{ratio.value:.2f} times its error (95 % interval {ratio.low:.2f} to {ratio.high:.2f}, {ratio.n} projects)"
    if ratio.high < 1:
        return Verdict(
            True,
            f"what is chosen on the past alone is shown, which is better than {trial.naive}: {span}",
            f"proven better than {trial.naive} on {ratio.n} finished projects",
        )
    return Verdict(
        False,
        f"{trial.naive} is shown, since no method is proven better: the one chosen made {span}",
        f"no other is proven better on {ratio.n} finished projects",
    )


def shown_series(trial: CompletionTrial) -> ShownSeries:
    """What the gate shows at each row, by what was known at that row's date; of all others with `leaves_one_out`."""
    champion, naive = champion_series(trial), naive_series(trial)
    methods, forecasts, quantiles = naive.methods.copy(), naive.forecasts.copy(), naive.quantiles.copy()
    reasons = np.full(len(methods), "", dtype=object)
    when = np.zeros(len(methods), dtype=np.int64) if trial.leaves_one_out else trial.asked_at.astype(np.int64)
    # What is known only grows: as many rows are the same rows.
    verdicts: dict[int, Verdict] = {}
    for instant in np.unique(when):
        rows = when == instant
        past = trial.is_scored
        if not trial.leaves_one_out:
            past = past & (trial.known_at <= trial.asked_at[rows][0])
        known = int(past.sum())
        if known not in verdicts:
            verdicts[known] = completion_verdict(trial, champion, past)
        verdict = verdicts[known]
        reasons[rows] = verdict.reason
        if not verdict.is_proven:
            continue
        has_figure = rows & np.isfinite(champion.forecasts)
        methods[has_figure], forecasts[has_figure] = champion.methods[has_figure], champion.forecasts[has_figure]
        quantiles[has_figure] = champion.quantiles[has_figure]
        reasons[rows & ~has_figure] = "what is proven better has no figure here"
    return ShownSeries(methods, forecasts, quantiles, reasons)
