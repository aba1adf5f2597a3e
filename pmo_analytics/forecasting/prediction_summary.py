"""How the ledger's predictions did, by method: loss against the naive forecast beside it, coverage, hit rate.

Backtests stand apart from predictions that were made before anybody could know.
Of several predictions of an item by one method, or of one group at one level,
the first alone counts: said often, or changed to what is nearly known, it would
count too much. Stated ranges are taken together by level, never by who stated
them. Source: Clopper and Pearson (1934) for the bands of shares; the modules of
`forecasting` name those of the loss and of the interval of skill.

Worked example: of ten ranges stated at 80 % nine held. The hit rate is 90 %,
with a band from 55.5 to 99.7 %: they may hold as often as they are to.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from pmo_analytics.contracts.appended import columns_of
from pmo_analytics.contracts.base import Contract, Flag, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.predictions import (
    AFTER_THE_FACT,
    CANCELLED,
    FORECAST,
    RANGE,
    SCORED,
    Prediction,
    PredictionScore,
)
from pmo_analytics.forecasting.block_bootstrap import Interval
from pmo_analytics.forecasting.coverage import clopper_pearson, coverage
from pmo_analytics.forecasting.prediction_ledger import quantiles_of
from pmo_analytics.forecasting.prediction_scores import last_scores
from pmo_analytics.forecasting.skill import skill

THIN = 9
SHOWN = (0.8, 0.9)
SEED = 20_060_711


class PredictionSummary(Contract):
    """One row per method, level of a stated range, and whether the predictions are backtests.

    `prediction_count` are all predictions; they are scored, open, cancelled,
    after the fact, or withheld (no actual, no finish date, outcome withdrawn).
    The figures rest on `item_count`, the first scored prediction of each item.
    Losses are means in seconds; `skill` is 1 - loss / naive loss with its 95 %
    interval, missing below nine. Shares are 0 to 100 with Clopper and Pearson's
    95 % band: of outcomes within P80 and P90, or within ranges.
    """

    is_retrospective: Flag = required()
    method: Text = required()
    kind: Text = required()
    stated_confidence_pct: Number = optional()
    prediction_count: Whole = required(ge=1)
    scored_count: Whole = required(ge=0)
    open_count: Whole = required(ge=0)
    cancelled_count: Whole = required(ge=0)
    after_the_fact_count: Whole = required(ge=0)
    withheld_count: Whole = required(ge=0)
    item_count: Whole = required(ge=0)
    pinball_loss_seconds: Number = optional(ge=0)
    naive_method: Text = optional()
    naive_pinball_loss_seconds: Number = optional(ge=0)
    skill: Number = optional(le=1)
    skill_low: Number = optional(le=1)
    skill_high: Number = optional(le=1)
    p80_coverage_pct: Number = optional(ge=0, le=100)
    p80_coverage_low_pct: Number = optional(ge=0, le=100)
    p80_coverage_high_pct: Number = optional(ge=0, le=100)
    p90_coverage_pct: Number = optional(ge=0, le=100)
    p90_coverage_low_pct: Number = optional(ge=0, le=100)
    p90_coverage_high_pct: Number = optional(ge=0, le=100)
    hit_rate_pct: Number = optional(ge=0, le=100)
    hit_rate_low_pct: Number = optional(ge=0, le=100)
    hit_rate_high_pct: Number = optional(ge=0, le=100)
    quality_note: Text = required()


_GROUP = [Prediction.is_retrospective, Prediction.kind, Prediction.method, Prediction.stated_confidence_pct]


def prediction_summary(predictions: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """One row of `PredictionSummary` per method and level, genuine predictions first; both in the ledger's order."""
    outcomes = last_scores(scores).drop(
        columns=[Prediction.item_id, Prediction.status_date, Prediction.warehouse_version]
    )
    rows = predictions.merge(outcomes, on=Prediction.prediction_id, how="left")
    found = [
        dict(zip(_GROUP, key, strict=True)) | _counts(group) | _figures(group)
        for key, group in rows.groupby(_GROUP, dropna=False, sort=True)
    ]
    frame = pd.DataFrame(found).reindex(columns=columns_of(PredictionSummary))
    kept: pd.DataFrame = checked(PredictionSummary, frame)
    return kept


def _counts(group: pd.DataFrame) -> dict[str, object]:
    states = group[PredictionScore.score_state]
    counted = {
        PredictionSummary.prediction_count: len(group),
        PredictionSummary.scored_count: int((states == SCORED).sum()),
        PredictionSummary.open_count: int(states.isna().sum()),
        PredictionSummary.cancelled_count: int((states == CANCELLED).sum()),
        PredictionSummary.after_the_fact_count: int((states == AFTER_THE_FACT).sum()),
    }
    told = sum(number for name, number in counted.items() if name != PredictionSummary.prediction_count)
    return {**counted, PredictionSummary.withheld_count: len(group) - told}


def _figures(group: pd.DataFrame) -> dict[str, object]:
    # In the order they were asked, which a backtest of several dates need not have been recorded in.
    scored = group[group[PredictionScore.score_state] == SCORED].sort_values(Prediction.status_date, kind="stable")
    first = scored.drop_duplicates([Prediction.item_id, Prediction.stated_by])
    n = len(first)
    found: dict[str, object] = {PredictionSummary.item_count: n}
    if n and (first[Prediction.kind] == RANGE).all():
        hits = int(first[PredictionScore.is_within_range].sum())
        found |= _share("hit_rate", hits / n, *clopper_pearson(hits, n))
    if n and (first[Prediction.kind] == FORECAST).all():
        found |= _forecast_figures(first)
    notes = []
    if n < THIN:
        notes.append(f"thin: {n} of the {THIN} outcomes that a figure takes" if n else "no outcome yet")
    if len(scored) > n:
        notes.append(f"{len(scored) - n} further predictions of the same items do not count")
    if n and (first[Prediction.method] == first[Prediction.naive_method]).all():
        notes.append("is the naive forecast itself: nothing to compare")
    return found | {PredictionSummary.quality_note: "; ".join(notes)}


def _forecast_figures(first: pd.DataFrame) -> dict[str, object]:
    loss, naive = (
        first[name].to_numpy(dtype=float)
        for name in (PredictionScore.pinball_loss_seconds, PredictionScore.naive_pinball_loss_seconds)
    )
    names = first[Prediction.naive_method].dropna().unique()
    found: dict[str, object] = {
        PredictionSummary.pinball_loss_seconds: loss.mean(),
        PredictionSummary.naive_method: ", ".join(sorted(names)) or None,
        PredictionSummary.naive_pinball_loss_seconds: naive.mean(),
    }
    is_itself = (first[Prediction.method] == first[Prediction.naive_method]).all()
    if len(first) >= THIN and not is_itself and np.isfinite(naive).all() and naive.sum() > 0:
        gain: Interval = skill(loss, naive, np.random.default_rng(SEED))
        found |= {"skill": gain.value, "skill_low": gain.low, "skill_high": gain.high}
    for level in SHOWN:
        pairs = [_at(text, level) for text in first[Prediction.quantiles]]
        held = [(a, q) for a, q in zip(first[PredictionScore.actual_seconds], pairs, strict=True) if q is not None]
        if held:
            each = coverage([a for a, _ in held], [[q] for _, q in held], [level])[0]
            found |= _share(f"p{100 * level:.0f}_coverage", each.share, each.low, each.high)
    return found


def _at(text: str, level: float) -> float | None:
    """The quantile at a level, None where the forecast has none."""
    levels, seconds = quantiles_of(text)
    return next((q for tau, q in zip(levels, seconds, strict=True) if math.isclose(tau, level)), None)


def _share(name: str, share: float, low: float, high: float) -> dict[str, object]:
    values = zip(("pct", "low_pct", "high_pct"), (share, low, high), strict=True)
    return {f"{name}_{suffix}": 100 * value for suffix, value in values}
