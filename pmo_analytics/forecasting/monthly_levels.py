"""Monthly figures of several series some months ahead, from their own last twelve months, with a backtest.

Naive are the last twelve months by exact ranks, and the same month a year ago
with the deviations of the last twelve. The quantile of level t is the value at
rank (n + 1) t of the n past ones, between neighbours in a straight line: where
months may change places, each gap between neighbours is as likely as any other
to hold the next, so that P10 to P90 of twelve hold 80 %, where the quantiles of
a bootstrap of them hold 9/13. The candidate is a reference class: the mean of
the series' twelve months times what such means were followed by in all series,
at the same horizon, as far as that was known. Sources: David and Nagaraja
(2003) for ranks; Hyndman and Athanasopoulos (2021) for the seasonal naive.

Worked example: the months of a year were 1 to 12. P80 is the value at rank
10.4, 10.4 hours; of a bootstrap it would be 10.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pmo_analytics.forecasting.backtest import TwoClocks
from pmo_analytics.forecasting.champion_gate import Contest, Gate, champion_gate
from pmo_analytics.forecasting.quantile_scores import Floats, checked_levels, mean_pinball

MONTHS, HORIZONS = 12, 6
LEVELS = tuple(k / 10 for k in range(1, 10))
RANKS, SEASON, CLASS = "the last twelve months", "the same month a year ago", "what followed such means"
# So few ratios bound no P90 and have no shape; their number was fixed before any data were seen.
FEWEST_RATIOS, MOST_RATIOS = 30, 500
MINIMUM_SCORED = 24


def by_ranks(past: Floats, levels: tuple[float, ...] = LEVELS) -> Floats:
    """Quantiles of the next month from past ones, shape (series, months), at rank (n + 1) t: (series, levels).

    Levels below 1 / (n + 1) or above n / (n + 1) are not bound; they give the
    least and the largest.
    """
    found: Floats = np.quantile(past, checked_levels(levels), axis=1, method="weibull").T
    return found


def by_season(past: Floats, horizon: int, levels: tuple[float, ...] = LEVELS) -> Floats:
    """The month a year before the one asked for, moved by the deviations of the last twelve; never below 0.

    `past` has shape (series, months), of which there are at least twelve.
    """
    recent = past[:, -MONTHS:]
    moved = past[:, horizon - MONTHS - 1][:, None] + by_ranks(recent - recent.mean(axis=1, keepdims=True), levels)
    found: Floats = np.maximum(moved, 0.0)
    return found


def by_class(past: Floats, ratios: Floats, levels: tuple[float, ...] = LEVELS) -> Floats:
    """The mean of the last twelve months times the quantiles of `ratios`; by ranks where these are too few."""
    if len(ratios) < FEWEST_RATIOS:
        return by_ranks(past[:, -MONTHS:], levels)
    found: Floats = past[:, -MONTHS:].mean(axis=1)[:, None] * by_ranks(ratios[None, -MOST_RATIOS:], levels)
    return found


def is_asked(values: Floats) -> NDArray[np.bool_]:
    """Which series can be asked after each month, shape (months, series).

    A year of them is known since the first that is above 0, and one of the last
    three is above 0: what has ended is not forecast. An unknown month is NaN.
    """
    positive = values > 0
    seen = np.cumsum(np.maximum.accumulate(positive, axis=0), axis=0) >= MONTHS
    lately = positive.copy()
    for back in (1, 2):
        lately[back:] |= positive[:-back]
    known = ~np.isnan(values)
    year = np.stack([np.pad(known, ((back, 0), (0, 0)))[: len(known)] for back in range(MONTHS)]).all(axis=0)
    return seen & lately & year


def monthly_contest(values: Floats, months: NDArray[np.datetime64]) -> Contest:
    """All forecasts of `values`, shape (months, series), one to six months ahead, from what was known before.

    `months` are the first days of successive months. Forecasts are asked on the
    last day of a month, all series and horizons of it together, and the outcome
    is known on the last day of its own.
    """
    asked = is_asked(values)
    ends = (months.astype("datetime64[M]") + 1).astype("datetime64[us]")
    found: list[tuple[int, int, int]] = []
    made: dict[str, list[Floats]] = {name: [] for name in (RANKS, SEASON, CLASS)}
    ratios: list[Floats] = [np.empty(0) for _ in range(HORIZONS + 1)]
    for place in range(len(values)):
        for horizon in range(1, HORIZONS + 1):
            start = place - horizon
            if start >= 0 and asked[start].any():
                before = values[start - MONTHS + 1 : start + 1, asked[start]].mean(axis=0)
                ratio = values[place, asked[start]] / before
                ratios[horizon] = np.concatenate([ratios[horizon], ratio[~np.isnan(ratio)]])
        who = np.flatnonzero(asked[place])
        past = values[place - MONTHS + 1 : place + 1, who].T
        for horizon in range(1, HORIZONS + 1):
            if place + horizon >= len(values) or not len(who):
                continue
            kept = ~np.isnan(values[place + horizon, who])
            found += [(place, int(series), horizon) for series in who[kept]]
            made[RANKS].append(by_ranks(past[kept]))
            made[SEASON].append(by_season(past[kept], horizon))
            made[CLASS].append(by_class(past[kept], ratios[horizon]))
    rows = np.array(found, dtype=np.int64).reshape(-1, 3)
    places, series, horizons = rows.T
    quantiles = {name: np.concatenate([np.empty((0, len(LEVELS))), *each]) for name, each in made.items()}
    actual = values[places + horizons, series]
    return Contest(
        quantiles=quantiles,
        scores={name: mean_pinball(actual, each, LEVELS) for name, each in quantiles.items()},
        naive=(RANKS, SEASON),
        levels=LEVELS,
        actual=actual,
        size_bands=np.array([in_words(int(horizon)) for horizon in horizons], dtype=str),
        clocks=TwoClocks(ends[places], ends[places + horizons]),
        positions=np.arange(len(rows)),
    )


def in_words(horizon: int) -> str:
    """How far ahead a forecast looks, as the bands of its passport are named."""
    return f"{horizon} month{'' if horizon == 1 else 's'} ahead"


def monthly_gate(contest: Contest, generator: np.random.Generator) -> Gate:
    """The champion gate of a `monthly_contest`; blocks hold the forecasts of six months, whose outcomes overlap."""
    origins = len(np.unique(contest.clocks.asked_at))
    length = max(1, round(len(contest.actual) / max(origins, 1) * HORIZONS))
    return champion_gate(
        contest, generator, minimum_scored=MINIMUM_SCORED, block_length=min(length, max(len(contest.actual), 1))
    )


def months_ahead(values: Floats, method: str) -> dict[int, Floats]:
    """Quantiles by `method` of the months after the last of `values`, shape (series, levels), by horizon.

    Series that cannot be asked get NaN.
    """
    asked = is_asked(values)
    who = np.flatnonzero(asked[-1])
    past = values[-MONTHS:, who].T
    found = {}
    for horizon in range(1, HORIZONS + 1):
        if method == RANKS:
            made = by_ranks(past)
        elif method == SEASON:
            made = by_season(past, horizon)
        else:
            made = by_class(past, _ratios(values, asked, horizon))
        found[horizon] = np.full((values.shape[1], len(LEVELS)), np.nan)
        found[horizon][who] = made
    return found


def _ratios(values: Floats, asked: NDArray[np.bool_], horizon: int) -> Floats:
    """What followed the means of twelve months, over them, in the order it was known."""
    known = [np.empty(0)]
    for start in range(MONTHS - 1, len(values) - horizon):
        before = values[start - MONTHS + 1 : start + 1, asked[start]].mean(axis=0)
        known.append(values[start + horizon, asked[start]] / before)
    ratios = np.concatenate(known)
    return ratios[~np.isnan(ratios)]
