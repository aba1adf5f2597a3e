"""Whether the ranges that groups state hold what they say, how much wider they would have to be, and ranges pooled.

A range from low to high with a stated confidence is read on the logarithm of
effort: its middle is the root of low x high, and its half-width divided by the
normal quantile of its confidence is its spread. An actual's distance from the
middle in spreads is its score. The widening factor is the conformal quantile of
the scores at the group's mean confidence over the normal one: 1 holds, 2 says
that ranges twice as wide, in logarithms, would have held. It is also tried
forward: each range is widened by what was known of its group before it was made.
Ranges of several estimators for one item are pooled by averaging their
quantiles with equal weights, in logarithms, after each was widened so.

Groups only, never a person: fewer than five estimators, or fewer than nine
finished ranges, are withheld. Small teams are folded into one group, and there
is no row for all, from which a withheld one could be got by subtraction.

Sources: Jørgensen, Teigen and Moløkken (2004) for hit rates of effort ranges;
Romano, Patterson and Candès (2019) for the conformal factor; Lichtendahl,
Grushka-Cockayne and Winkler (2013) for averaging quantiles; Clopper and Pearson
(1934) for the band. Weights by performance, as Budescu and Chen (2015) have
them, are not used: they would rank persons.

Worked example: nine ranges of 80 to 125 hours, each said to hold with 80 %, and
actuals of 100 hours five times and of 150, 150, 200 and 50: 5 of 9 held, 56 %.
The eighth of the ordered scores is that of 200 or 50, ln 2 from the middle
against a half-width of ln 1.25: ranges 3.1 times as wide would have held.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.effort import Estimate
from pmo_analytics.contracts.marts import EstimateHistory
from pmo_analytics.contracts.people import Person
from pmo_analytics.forecasting.coverage import clopper_pearson
from pmo_analytics.forecasting.quantile_scores import Floats
from pmo_analytics.forecasting.recalibration import residuals_needed
from pmo_analytics.resources.estimation import THIN
from pmo_analytics.resources.utilisation import NO_TEAM, shown_teams

FEWEST = 5
POOLED_PCT = 80.0


class StatedRange(Contract):
    """One row per range that was stated for an item, without the person who stated it.

    `person_count` is how many estimators of the group stated ranges. The actual
    and its day are missing while the item is open.
    """

    item_id: Text = required()
    estimator_group: Text = required()
    person_count: Whole = required(ge=0)
    estimated_on_date: Date = required()
    low_seconds: Number = optional(ge=0)
    high_seconds: Number = optional(ge=0)
    stated_confidence_pct: Number = optional(ge=0, le=100)
    actual_seconds: Number = optional(ge=0)
    finished_on_date: Date = optional()


class IntervalCalibration(Contract):
    """One row per group of estimators: how often its ranges held, against what they said.

    `range_count` finished ranges were judged; `ranges_withheld` have no width, no
    confidence between 0 and 100, or a low of zero. `held_pct` has a 95 % band that
    takes ranges as independent; `under_low_pct` and `over_high_pct` make up the
    rest. `widening_factor` is what half-widths, in logarithms, would have to be
    multiplied by; `forward_held_pct` is how many of `forward_count` ranges held
    when widened by what was known before each. All are missing below five
    estimators or nine finished ranges, and `quality_note` says so.
    """

    estimator_group: Text = required()
    person_count: Whole = required(ge=0)
    range_count: Whole = required(ge=0)
    ranges_withheld: Whole = required(ge=0)
    stated_confidence_pct: Number = optional(ge=0, le=100)
    held_pct: Number = optional(ge=0, le=100)
    held_low_pct: Number = optional(ge=0, le=100)
    held_high_pct: Number = optional(ge=0, le=100)
    under_low_pct: Number = optional(ge=0, le=100)
    over_high_pct: Number = optional(ge=0, le=100)
    widening_factor: Number = optional(ge=0)
    forward_count: Whole = optional(ge=0)
    forward_held_pct: Number = optional(ge=0, le=100)
    quality_note: Text = required()


class PooledRange(Contract):
    """One row per open item with ranges: one 80 % range of them all, each with equal weight.

    `ranges_recalibrated` of `range_count` were widened by their group's record;
    the others stand as stated, which is mostly too narrow.
    """

    item_id: Text = required()
    range_count: Whole = required(ge=1)
    ranges_recalibrated: Whole = required(ge=0)
    stated_confidence_pct: Number = required(gt=0, lt=100)
    low_seconds: Number = required(gt=0)
    high_seconds: Number = required(gt=0)


def stated_range(
    estimate: pd.DataFrame, person: pd.DataFrame, estimate_history: pd.DataFrame, *, status_date: pd.Timestamp
) -> DataFrame[StatedRange]:
    """Ranges that teams stated for items, with what those took; estimators are counted and left out.

    Takes the registers `estimate` and `person` and the mart `estimate_history`.
    Teams below five persons are one group together. Items finished after
    `status_date` count as open.
    """
    known = estimate[estimate[Estimate.estimated_on_date] <= status_date]
    ranges = known[known[Estimate.low_seconds].notna() & known[Estimate.high_seconds].notna()]
    latest = person.sort_values(Person.status_date).drop_duplicates(Person.person_id, keep="last")
    teams = shown_teams(latest, FEWEST).set_index(Person.person_id)[Person.team]
    frame = ranges.assign(estimator_group=ranges[Estimate.estimator_id].map(teams).fillna(NO_TEAM))
    counts = frame.groupby("estimator_group")[Estimate.estimator_id].nunique()
    history = estimate_history.drop_duplicates(EstimateHistory.item_id).set_index(EstimateHistory.item_id)
    done = history[(history[EstimateHistory.state] == "finished") & (history["finished_on_date"] <= status_date)]
    columns = [EstimateHistory.actual_seconds, EstimateHistory.finished_on_date]
    frame = frame.join(done[columns], on=Estimate.item_id)
    is_cancelled = frame[Estimate.item_id].isin(history.index[history[EstimateHistory.state] == "cancelled"])
    frame = frame[~is_cancelled]
    frame = frame.assign(person_count=frame["estimator_group"].map(counts))
    ordered = frame.sort_values([Estimate.estimated_on_date, Estimate.item_id, Estimate.low_seconds])
    return checked(StatedRange, ordered[list(StatedRange.to_schema().columns)].reset_index(drop=True))


def _normal(confidence_pct: Floats | float) -> Floats:
    from scipy.special import ndtri

    return np.asarray(ndtri((1.0 + np.asarray(confidence_pct, dtype=float) / 100.0) / 2.0), dtype=float)


def _read(ranges: pd.DataFrame) -> pd.DataFrame:
    """The ranges that can be read, with `middle`, `spread` and, where finished, `score`."""
    low, high, level = (ranges[name] for name in ("low_seconds", "high_seconds", "stated_confidence_pct"))
    found = ranges[(low > 0) & (high > low) & (level > 0) & (level < 100)].copy()
    logs = {name: np.log(found[f"{name}_seconds"].to_numpy(dtype=float)) for name in ("low", "high")}
    found["middle"] = (logs["low"] + logs["high"]) / 2.0
    found["spread"] = (logs["high"] - logs["low"]) / 2.0 / _normal(found["stated_confidence_pct"].to_numpy(dtype=float))
    actual = found["actual_seconds"].where(found["actual_seconds"] > 0).to_numpy(dtype=float)
    found["score"] = np.abs(np.log(actual) - found["middle"]) / found["spread"]
    return found


def _spreads_needed(scores: Floats, confidence_pct: float) -> float:
    """The conformal quantile of the scores; NaN where they do not bound it, or are fewer than nine."""
    level = confidence_pct / 100.0
    if len(scores) < max(THIN, residuals_needed(max(level, 0.5))):
        return math.nan
    return float(np.sort(scores)[math.ceil((len(scores) + 1) * level - 1e-9) - 1])


def _forward(finished: pd.DataFrame) -> dict[str, object]:
    """Of the ranges made when enough was known of the group, how many held as widened by it."""
    scores, stated = (finished[name].to_numpy(dtype=float) for name in ("score", "stated_confidence_pct"))
    asked, known = (
        finished[name].to_numpy(dtype="datetime64[us]") for name in ("estimated_on_date", "finished_on_date")
    )
    needed = np.array(
        [_spreads_needed(scores[known < day], float(level)) for day, level in zip(asked, stated, strict=True)]
    )
    is_tried = ~np.isnan(needed)
    found: dict[str, object] = {"forward_count": int(is_tried.sum())}
    if is_tried.any():
        found["forward_held_pct"] = 100.0 * float(np.mean(scores[is_tried] <= needed[is_tried] + 1e-12))
    return found


def _figures(finished: pd.DataFrame) -> dict[str, object]:
    actual = finished["actual_seconds"].to_numpy(dtype=float)
    is_under = actual < finished["low_seconds"].to_numpy(dtype=float)
    is_over = actual > finished["high_seconds"].to_numpy(dtype=float)
    n, hits = len(finished), int((~is_under & ~is_over).sum())
    low, high = clopper_pearson(hits, n)
    confidence = float(finished["stated_confidence_pct"].mean())
    needed = _spreads_needed(finished["score"].to_numpy(dtype=float), confidence)
    return {
        "stated_confidence_pct": confidence, "held_pct": 100.0 * hits / n, "held_low_pct": 100.0 * low,
        "held_high_pct": 100.0 * high, "under_low_pct": 100.0 * float(is_under.mean()),
        "over_high_pct": 100.0 * float(is_over.mean()), "widening_factor": needed / float(_normal(confidence)),
        "quality_note": "too few ranges to bound their confidence" if math.isnan(needed) else "",
    } | _forward(finished)  # fmt: skip


def interval_calibration(stated_range: pd.DataFrame) -> DataFrame[IntervalCalibration]:
    """How often the ranges of each group held, and how much wider they would have to be, by name of the group.

    Takes the analysis `stated_range`, or any frame under its contract.
    """
    rows: list[dict[str, object]] = []
    for name, ranges in stated_range.groupby("estimator_group", sort=True):
        read = _read(ranges)
        finished = read[read["score"].notna()]
        persons = int(ranges["person_count"].min())
        row: dict[str, object] = {
            "estimator_group": name, "person_count": persons, "range_count": len(finished),
            "ranges_withheld": len(ranges) - len(read),
        }  # fmt: skip
        if persons < FEWEST:
            row["quality_note"] = f"fewer than {FEWEST} estimators: not shown"
        elif len(finished) < THIN:
            row["quality_note"] = f"{len(finished)} finished ranges, {THIN - len(finished)} more are missing: not shown"
        else:
            row |= _figures(finished)
        rows.append(row)
    frame = pd.DataFrame(rows).reindex(columns=list(IntervalCalibration.to_schema().columns))
    return checked(IntervalCalibration, frame)


def pooled_range(stated_range: pd.DataFrame) -> DataFrame[PooledRange]:
    """One 80 % range for each open item, of all that were stated for it, each widened by its group's record first.

    Takes the analysis `stated_range`, or any frame under its contract. A group
    below five estimators, or without enough finished ranges, has no record.
    """
    read = _read(stated_range)
    as_stated = float(_normal(POOLED_PCT))
    reach = pd.Series(as_stated, index=read.index)
    is_widened = pd.Series(False, index=read.index)
    for _, ranges in read.groupby("estimator_group"):
        needed = _spreads_needed(ranges["score"].dropna().to_numpy(dtype=float), POOLED_PCT)
        if ranges["person_count"].min() >= FEWEST and not math.isnan(needed):
            reach[ranges.index], is_widened[ranges.index] = needed, True
    half = read["spread"] * reach
    read = read.assign(log_low=read["middle"] - half, log_high=read["middle"] + half, is_widened=is_widened)
    is_open = read["actual_seconds"].isna() & read["finished_on_date"].isna()
    groups = read[is_open].groupby("item_id", sort=True)
    found = groups.agg(
        range_count=("middle", "size"),
        ranges_recalibrated=("is_widened", "sum"),
        low_seconds=("log_low", "mean"),
        high_seconds=("log_high", "mean"),
    ).reset_index()
    for column in ("low_seconds", "high_seconds"):
        found[column] = np.exp(found[column].to_numpy(dtype=float))
    found["stated_confidence_pct"] = POOLED_PCT
    return checked(PooledRange, found[list(PooledRange.to_schema().columns)])
