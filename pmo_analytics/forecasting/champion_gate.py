"""The champion gate: no model is shown that does not beat the naive forecasts of its task on this very history.

At each origin the champion is the method with the best mean score over the
forecasts whose outcome was known before that origin (Dawid 1984, "the
prequential approach"), so that the choice itself is part of what is scored.
The series of champions must then beat every naive forecast by an interval of
skill that lies above 0; otherwise the best naive one stays, and the passport
says so.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pmo_analytics.forecasting.backtest import Positions, TwoClocks, running_past
from pmo_analytics.forecasting.block_bootstrap import Interval
from pmo_analytics.forecasting.coverage import coverage
from pmo_analytics.forecasting.passport import (
    ALL_SIZES,
    EVENT_DATES,
    LEAVE_ONE_OUT,
    Passport,
    ScoredForecasts,
    passport,
    too_few,
)
from pmo_analytics.forecasting.quantile_scores import Floats
from pmo_analytics.forecasting.skill import skill

MINIMUM_SCORED = 100
# A loss of less than this share of what was forecast is none.
FAULTLESS = 1e-9
FEW = 30


@dataclass(frozen=True)
class Contest:
    """One task's forecasts by several methods, for the same items in the order they were asked.

    `quantiles` maps each method to an array of shape (n, levels); those in
    `naive` are the naive ones, all others candidates. `scores` maps them to one
    score per forecast, less is better. `positions` are the items in `clocks`.
    `actual` is in the unit of the quantiles. Forecasts of which `is_judged` does
    not hold help to choose a method and count in no record; all count without it.
    """

    quantiles: Mapping[str, Floats]
    scores: Mapping[str, Floats]
    naive: tuple[str, ...]
    levels: tuple[float, ...]
    actual: Floats
    size_bands: NDArray[np.str_]
    clocks: TwoClocks
    positions: Positions
    is_judged: NDArray[np.bool_] | None = None

    @property
    def candidates(self) -> tuple[str, ...]:
        """The methods that are not naive, in their order."""
        return tuple(name for name in self.scores if name not in self.naive)

    @property
    def judged(self) -> Contest:
        """The forecasts that count in the record."""
        kept = self.is_judged
        if kept is None:
            return self
        return replace(
            self,
            quantiles={name: each[kept] for name, each in self.quantiles.items()},
            scores={name: each[kept] for name, each in self.scores.items()},
            actual=self.actual[kept],
            size_bands=self.size_bands[kept],
            positions=self.positions[kept],
            is_judged=None,
        )


@dataclass(frozen=True)
class Gate:
    """What the gate let through: `method` is to be used now, with `passport`.

    `champions` names the method of each origin, shape (n,); `quantiles` are
    theirs. `skills` are each candidate's own against the naive forecast that it
    beats least. Where `passport` is refused, `method` is the best naive one.
    """

    method: str
    passport: Passport
    champions: NDArray[np.str_]
    quantiles: Floats
    scores: Floats
    skills: dict[str, Interval]


def prequential_choice(
    scores: Sequence[Floats], clocks: TwoClocks, positions: Positions, *, minimum_scored: int = MINIMUM_SCORED
) -> Positions:
    """Which of the methods had the best mean score on the past of each forecast, shape (n,); the first while thin.

    The past of a forecast are those whose outcome was known strictly before it
    was asked for; fewer than `minimum_scored` are thin. Of equals the earlier in
    `scores` is taken.
    """
    order, counts = running_past(clocks, positions)
    totals = np.stack([np.concatenate([[0.0], np.cumsum(each[order])]) for each in scores])
    chosen: Positions = np.argmin(totals[:, counts], axis=0)
    chosen[counts < minimum_scored] = 0
    return chosen


def choice_by_others(scores: Sequence[Floats], *, minimum_scored: int) -> Positions:
    """Which of the methods had the best mean score on all other forecasts, shape (n,); the first while they are few.

    For histories without dates. Of equals the earlier in `scores` is taken. The
    others were forecast knowing the one left out, so that the choice is not
    wholly blind to it.
    """
    made = np.stack(scores)
    chosen: Positions = np.argmin(made.sum(axis=1, keepdims=True) - made, axis=0).astype(np.int64)
    if made.shape[1] - 1 < minimum_scored:
        chosen[:] = 0
    return chosen


def _hardest(
    scores: Floats, contest: Contest, generator: np.random.Generator, block_length: int | None
) -> tuple[str, Interval]:
    """The naive forecast that `scores` beat least, by the lower end of the skill, with that skill."""
    found = {name: skill(scores, contest.scores[name], generator, block_length=block_length) for name in contest.naive}
    return min(found.items(), key=lambda item: item[1].low)


def _loss(contest: Contest, name: str) -> float:
    """A method's loss over what was forecast."""
    whole = float(np.abs(contest.actual).sum())
    return float(contest.scores[name].sum()) / whole if whole else 0.0


def _faultless(contest: Contest, naive: str, clock: str) -> Passport:
    asked_at = contest.clocks.asked_at[contest.positions]
    window = None if clock == LEAVE_ONE_OUT else (pd.Timestamp(asked_at.min()), pd.Timestamp(asked_at.max()))
    covered = {ALL_SIZES: tuple(coverage(contest.actual, contest.quantiles[naive], contest.levels))}
    reason = f"{naive} made no error in {len(contest.actual):,} forecasts"
    return Passport(naive, naive, clock, contest.levels, len(contest.actual), window, covered, None, math.nan, reason)


def _chosen(contest: Contest, names: tuple[str, ...], clock: str, minimum_scored: int) -> tuple[Positions, str]:
    """Which of the methods is chosen at each forecast that is judged, and the one that did best on all of them."""
    made = [contest.scores[name] for name in names]
    if clock == LEAVE_ONE_OUT:
        chosen = choice_by_others(made, minimum_scored=minimum_scored)
    else:
        chosen = prequential_choice(made, contest.clocks, contest.positions, minimum_scored=minimum_scored)
    now = names[int(np.argmin([float(each.sum()) for each in made]))]
    return (chosen if contest.is_judged is None else chosen[contest.is_judged]), now


def champion_gate(
    contest: Contest,
    generator: np.random.Generator,
    *,
    clock: str = EVENT_DATES,
    minimum_scored: int = MINIMUM_SCORED,
    block_length: int | None = None,
) -> Gate:
    """Choose at each origin on its past alone, and hold the chosen against every naive forecast.

    With the clock "leave one out" the choice is by all others. Refused, with the
    reason in the passport: outcomes too few for the outermost level, a naive
    forecast without any error, no candidate, or a skill whose interval does not
    lie above 0.
    ValueError where no naive forecast is given.
    """
    if not contest.naive:
        raise ValueError("a gate needs the naive forecasts of its task")
    names = (*contest.naive, *contest.candidates)
    chosen, now = _chosen(contest, names, clock, minimum_scored)
    contest = contest.judged
    made = [contest.scores[name] for name in names]
    best_naive = min(contest.naive, key=lambda name: float(contest.scores[name].sum()))
    rows = np.arange(len(chosen))
    quantiles = np.stack([contest.quantiles[name] for name in names])[chosen, rows]
    scores = np.stack(made)[chosen, rows]

    def record(method: str, values: Floats, losses: Floats, naive: str) -> Passport:
        asked_at = contest.clocks.asked_at[contest.positions]
        return passport(
            ScoredForecasts(contest.actual, values, losses, contest.size_bands, asked_at),
            contest.scores[naive],
            contest.levels,
            generator,
            method=method,
            naive_method=naive,
            clock=clock,
            block_length=block_length,
        )

    champions = np.array(names)[chosen]
    # Nothing beats a forecast that made no error, and no share of it can be reckoned.
    if not too_few(len(rows), contest.levels) and _loss(contest, best_naive) < FAULTLESS:
        return Gate(best_naive, _faultless(contest, best_naive, clock), champions, quantiles, scores, {})
    thin = record(best_naive, contest.quantiles[best_naive], contest.scores[best_naive], best_naive)
    if thin.is_refused:
        return Gate(best_naive, thin, champions, quantiles, scores, {})
    skills = {name: _hardest(contest.scores[name], contest, generator, block_length)[1] for name in contest.candidates}
    naive, gain = _hardest(scores, contest, generator, block_length)
    shown = {name: each for name, each in skills.items() if each.low > 0}
    if gain.low > 0 and now in shown:
        return Gate(now, record(now, quantiles, scores, naive), champions, quantiles, scores, skills)
    if contest.candidates:
        reason = (
            f"no candidate beat {naive} on this history: the champions' skill is {100 * gain.value:.1f} % with a "
            f"95 % interval of {100 * gain.low:.1f} to {100 * gain.high:.1f} %, {len(rows):,} forecasts"
        )
    else:
        reason = "there is no candidate beside the naive forecasts"
    return Gate(best_naive, thin.refused(reason), champions, quantiles, scores, skills)


def cautious_gate(
    contest: Contest,
    seed: int,
    *,
    clock: str = EVENT_DATES,
    minimum_scored: int = MINIMUM_SCORED,
    block_length: int | None = None,
) -> Gate:
    """The champion gate; below thirty forecasts the champions must also win most of them, by a sign test.

    The bootstrap of few projects is too narrow: of 150 histories of twelve in
    which size told nothing it let 13 pass, and with the sign test 7.
    """

    def judged(given: Contest) -> Gate:
        generator = np.random.default_rng(seed)
        return champion_gate(
            given, generator, clock=clock, block_length=block_length, minimum_scored=minimum_scored
        )  # fmt: skip

    gate = judged(contest)
    n = len(contest.judged.actual)
    if gate.passport.is_refused or n >= FEW:
        return gate
    wins = int((gate.scores < contest.judged.scores[gate.passport.naive_method]).sum())
    # As likely as so many wins or more are at even odds.
    if sum(math.comb(n, k) for k in range(wins, n + 1)) <= 0.025 * 2**n:
        return gate
    reason = f"of {n} forecasts the champions beat {gate.passport.naive_method} in {wins}, which chance does too"
    alone = {name: contest.scores[name] for name in contest.naive}
    naive = judged(replace(contest, scores=alone))
    return replace(naive, passport=naive.passport.refused(reason), skills=gate.skills)
