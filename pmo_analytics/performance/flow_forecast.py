"""When the open work is done, and how much will be done by then, from past throughput; with its record.

Weeks of throughput are drawn again in blocks of four, so that runs of good and
bad weeks stay. For what is open, arrivals of the same weeks are drawn with it:
the backlog grows while it is worked off. How many are done in the next four
weeks was asked at the end of each week of the past with what was known by then,
and is held against two naive forecasts, the median of all such sums and that of
the latest; a forecast that does not beat both is not shown. When everything is
done rests on the same draws, and was not itself tried: it lies too far ahead.
Sources: Politis and Romano (1992); the two naive ones are this project's own
rule.

Worked example: with two items done in every week of a year and none coming in,
eight are done in the next four weeks, and ten open ones take five; no forecast
can beat the median there, so none is shown.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Flag, Number, Text, Whole, checked, optional, required
from pmo_analytics.forecasting.backtest import TwoClocks
from pmo_analytics.forecasting.champion_gate import Contest, Gate, champion_gate
from pmo_analytics.forecasting.passport import ALL_SIZES, EVENT_DATES, ForecastPassport, Passport
from pmo_analytics.forecasting.quantile_scores import Floats, mean_pinball
from pmo_analytics.forecasting.throughput import MINIMUM_PERIODS, items_within, periods_until
from pmo_analytics.performance.flow_weeks import FlowByWeek

WEEKS, BLOCK = 4, 4
# Of the sums that are forecast; a chance of 95 % to do so many at least is the first of them.
LEVELS = (0.05, 0.15, 0.5, 0.85, 0.95)
SURE = (0.5, 0.85, 0.95)
LEAST_WEEKS, RECENT_WEEKS, LATEST_SUMS = 13, 26, 9
MEDIAN, LATEST_MEDIAN = "the median of all four-week sums", "the median of the latest nine"
ALL_WEEKS, RECENT = "all weeks drawn in blocks", f"the last {RECENT_WEEKS} weeks drawn in blocks"
BACKTEST_DRAWS, SEED = 2_000, 20_260_102
HOW_MANY, WHEN = "how_many", "when"


class ThroughputForecastRows(Contract):
    """One row per question and level: how many in the next weeks, and when all that is open now is done.

    Key: question, is_growing, level_pct. With the chance `level_pct` at least
    `item_count` items are done within `week_count` weeks, by `finish_date`. What
    is asked is the weeks of how_many and the items of when; what is answered is
    the other, missing where the draws do not reach it within five years, or where
    `is_refused`. `is_growing` where items that come in are counted as work.
    """

    question: Text = required(isin=[HOW_MANY, WHEN])
    is_growing: Flag = required()
    level_pct: Number = required(gt=0, lt=100)
    week_count: Whole = optional(ge=0)
    item_count: Whole = optional(ge=0)
    finish_date: Date = optional()
    weeks_known: Whole = required(ge=0)
    method: Text = required()
    is_refused: Flag = required()
    verdict: Text = required()


@dataclass(frozen=True)
class _Weeks:
    """Whole weeks in order: what was done and what came, by week, and the weeks' last days."""

    done: Floats
    come: Floats
    ends: NDArray[np.datetime64]


def _whole_weeks(flow_by_week: pd.DataFrame) -> _Weeks:
    rows = flow_by_week[flow_by_week[FlowByWeek.is_whole]]
    done, come = (rows[c].to_numpy(dtype=float) for c in (FlowByWeek.throughput_count, FlowByWeek.arrival_count))
    return _Weeks(done, come, rows[FlowByWeek.end_date].to_numpy(dtype="datetime64[us]"))


def _recent(method: str, weeks: Floats) -> Floats:
    return weeks[-RECENT_WEEKS:] if method == RECENT else weeks


def _sums(done: Floats) -> Floats:
    return np.convolve(done, np.ones(WEEKS), mode="valid")


def _asked(method: str, done: Floats) -> Floats:
    """Quantiles of the next four weeks' throughput, shape (levels,), from the weeks that are known."""
    if method in (MEDIAN, LATEST_MEDIAN):
        sums = _sums(done)
        return np.full(len(LEVELS), np.median(sums if method == MEDIAN else sums[-LATEST_SUMS:]))
    found = items_within(
        WEEKS, _recent(method, done), np.random.default_rng([SEED, len(done)]), block_length=BLOCK,
        levels=[round(1 - level, 4) for level in reversed(LEVELS)], draws=BACKTEST_DRAWS,
    )  # fmt: skip
    return np.array(found.values[::-1], dtype=float)  # noqa: PD011


def throughput_gate(flow_by_week: pd.DataFrame) -> Gate:
    """What the champion gate lets through of forecasts of four weeks, asked at the end of each week of the past."""
    weeks = _whole_weeks(flow_by_week)
    asked = np.arange(LEAST_WEEKS, len(weeks.done) - WEEKS + 1)
    actual = np.array([weeks.done[at : at + WEEKS].sum() for at in asked], dtype=float)
    made = {
        name: np.array([_asked(name, weeks.done[:at]) for at in asked]).reshape(len(asked), len(LEVELS))
        for name in (MEDIAN, LATEST_MEDIAN, ALL_WEEKS, RECENT)
    }
    day = np.timedelta64(1, "D")
    contest = Contest(
        quantiles=made,
        scores={name: mean_pinball(actual, each, LEVELS) for name, each in made.items()},
        naive=(MEDIAN, LATEST_MEDIAN),
        levels=LEVELS,
        actual=actual,
        size_bands=np.full(len(asked), ALL_SIZES),
        clocks=TwoClocks(weeks.ends[asked - 1] + day, weeks.ends[asked + WEEKS - 1]),
        positions=asked - LEAST_WEEKS,
    )
    perfect = next((name for name in contest.naive if len(asked) and not contest.scores[name].any()), None)
    if perfect is not None:
        # Nothing is better than a forecast that was right every time, and no share of its score can be told.
        reason = f"no candidate beat {perfect}, which was right all {len(asked):,} times"
        known = Passport(perfect, perfect, EVENT_DATES, LEVELS, len(asked), None, {}, None, np.nan, reason)
        return Gate(perfect, known, np.full(len(asked), perfect), made[perfect], contest.scores[perfect], {})
    # Sums of four weeks overlap: neighbours are drawn together.
    length = max(WEEKS, int(np.ceil(np.sqrt(max(1, len(asked)))))) if len(asked) >= WEEKS else None
    return champion_gate(contest, np.random.default_rng(SEED), minimum_scored=LEAST_WEEKS, block_length=length)


def throughput_passport(flow_by_week: pd.DataFrame) -> DataFrame[ForecastPassport]:
    """How forecasts of four weeks' throughput did on this history. Takes the frame of `flow_by_week`."""
    return DataFrame[ForecastPassport](throughput_gate(flow_by_week).passport.frame())


def throughput_forecast(flow_by_week: pd.DataFrame) -> DataFrame[ThroughputForecastRows]:
    """How many items are done in the next four weeks, and when all open ones are, with the forecast's verdict.

    Takes the frame of `flow_by_week`; weeks are counted from the last whole one.
    No rows without items.
    """
    columns = list(ThroughputForecastRows.to_schema().columns)
    if flow_by_week.empty:
        return checked(ThroughputForecastRows, pd.DataFrame(columns=columns))
    gate, weeks = throughput_gate(flow_by_week), _whole_weeks(flow_by_week)
    open_items = int(flow_by_week[FlowByWeek.open_items].iloc[-1])
    is_refused = gate.passport.is_refused or len(weeks.done) < MINIMUM_PERIODS
    common = {"weeks_known": len(weeks.done), "method": gate.method, "is_refused": is_refused}
    common["verdict"] = gate.passport.verdict
    rows = []
    for question, is_growing in ((HOW_MANY, False), (WHEN, False), (WHEN, True)):
        found: tuple[int | None, ...] = (None,) * len(SURE)
        if not is_refused:
            found = _answers(question, gate.method, weeks, open_items, is_growing=is_growing)
        for level, value in zip(SURE, found, strict=True):
            count, last = (WEEKS, value) if question == HOW_MANY else (value, open_items)
            ends = None if is_refused or count is None else pd.Timestamp(weeks.ends[-1]) + pd.Timedelta(weeks=count)
            rows.append(
                common
                | {"question": question, "is_growing": is_growing, "level_pct": 100 * level, "finish_date": ends}
                | {"week_count": count, "item_count": last}
            )
    return checked(ThroughputForecastRows, pd.DataFrame(rows)[columns].astype({"finish_date": "datetime64[ns]"}))


def _answers(question: str, method: str, weeks: _Weeks, open_items: int, *, is_growing: bool) -> tuple[int | None, ...]:
    done, come = _recent(method, weeks.done), _recent(method, weeks.come)
    generator = np.random.default_rng(SEED)
    if question == HOW_MANY:
        return items_within(WEEKS, done, generator, block_length=BLOCK, levels=SURE).values  # noqa: PD011
    arrivals = come if is_growing else None
    found = periods_until(open_items, done, generator, block_length=BLOCK, levels=SURE, arrivals=arrivals, longest=260)
    return found.values  # noqa: PD011
