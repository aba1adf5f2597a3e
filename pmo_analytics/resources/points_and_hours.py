"""How many hours a story point takes, by class of work: finished items alone, and with the open ones counted in.

Two readings stand side by side. `finished` takes finished items alone, and
flatters, for the long ones are still open. `open counted in` takes an open item
as one that takes more than it has had so far. Hours per point are given as the
pooled ratio of sums (finished alone; a block bootstrap in the order of
finishing), as the Kaplan-Meier median, and as the mean of a lognormal line of
hours on points; the line's slope says whether points are proportional to hours
(1), or large ones are undersized (above 1). Never a mean of ratios. Both ways of
counting open items in take them to be open for no reason that lies in them.

Sources: Kaplan and Meier (1958) and `forecasting.kaplan_meier`; Tobin (1958) and
`forecasting.censored_lognormal`; Künsch (1989) and `forecasting.block_bootstrap`.

Worked example: nine items of 1 to 9 points took 2 hours a point, but for the
last, of 9 points, which took 54. Pooled they took (72 + 54) / 45 = 2.8 hours a
point, with a median of 2. Were the last still open after 20 hours, the finished
ones alone would say 2 of all; eight are too few for a line.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.effort import EstimateOutcome
from pmo_analytics.contracts.marts import EstimateHistory
from pmo_analytics.forecasting.block_bootstrap import ratio_interval
from pmo_analytics.forecasting.censored_lognormal import lognormal_line
from pmo_analytics.forecasting.kaplan_meier import cycle_times
from pmo_analytics.forecasting.quantile_scores import Floats
from pmo_analytics.resources.estimation import THIN, UNCLASSED

FINISHED, COUNTED_IN = "finished", "open counted in"
SEED = 19_580_601
Figures = dict[str, float | int | str]


class PointsAndHours(Contract):
    """One row per class of work and reading: hours that a story point, or the class's own unit of size, takes.

    `items_open` are open with time so far, of which only the reading `open
    counted in` makes use; `open_pct` is their share of both, 0 to 100.
    `items_withheld` are finished without a size or time, or open without them:
    of these nothing is known. Ends `_low` and `_high` are of
    95 % intervals; a median is missing where the curve does not reach it.
    `log_slope` is 1 where hours are proportional to points, `log_spread` the
    standard deviation of the logarithm of hours about the line. `quality_note`
    says what is missing.
    """

    work_class: Text = required()
    reading: Text = required(isin=[FINISHED, COUNTED_IN])
    items_finished: Whole = required(ge=0)
    items_open: Whole = required(ge=0)
    open_pct: Number = optional(ge=0, le=100)
    items_withheld: Whole = required(ge=0)
    pooled_hours_per_point: Number = optional(ge=0)
    pooled_hours_per_point_low: Number = optional(ge=0)
    pooled_hours_per_point_high: Number = optional(ge=0)
    median_hours_per_point: Number = optional(ge=0)
    median_hours_per_point_low: Number = optional(ge=0)
    median_hours_per_point_high: Number = optional(ge=0)
    mean_hours_per_point: Number = optional(ge=0)
    mean_hours_per_point_low: Number = optional(ge=0)
    mean_hours_per_point_high: Number = optional(ge=0)
    log_slope: Number = optional()
    log_slope_low: Number = optional()
    log_slope_high: Number = optional()
    log_spread: Number = optional(ge=0)
    quality_note: Text = required()


def hours_per_point(points: ArrayLike, hours: ArrayLike, is_open: ArrayLike, *, seed: int = SEED) -> dict[str, Figures]:
    """Both readings of items in the order they were finished, by name, with the columns of `PointsAndHours`.

    `points` and `hours` are above zero, shape (n,); hours of an open item are
    those so far. Nothing is said below nine finished items but their number.
    """
    p, h, waiting = np.asarray(points, dtype=float), np.asarray(hours, dtype=float), np.asarray(is_open, dtype=bool)
    n, still_open = int((~waiting).sum()), int(waiting.sum())
    readings = {FINISHED: ~waiting, COUNTED_IN: np.ones(len(p), dtype=bool)}
    counts: Figures = {"items_finished": n, "items_open": still_open}
    if n + still_open:
        counts["open_pct"] = 100.0 * still_open / (n + still_open)
    return {name: counts | _figures(p[used], h[used], waiting[used], seed) for name, used in readings.items()}


def _figures(p: Floats, h: Floats, waiting: NDArray[np.bool_], seed: int) -> Figures:
    n = int((~waiting).sum())
    if n < THIN:
        return {
            "quality_note": f"thin: {n} finished with points and hours, {THIN - n} more are missing" if n else "none"
        }
    found: Figures = {"quality_note": ""}
    if not waiting.any():
        pooled = ratio_interval(h, p, np.random.default_rng(seed))
        found |= _ends("pooled_hours_per_point", pooled.value, pooled.low, pooled.high)
    middle = cycle_times(h / p, waiting, (0.5,)).quantiles[0]
    found |= _ends("median_hours_per_point", middle.value, middle.low, middle.high)
    fit = lognormal_line(p, h, waiting)
    if fit is None:
        return found | {"quality_note": "all on one line: there is no spread to fit"}
    found |= _ends("mean_hours_per_point", fit.mean_ratio, fit.mean_ratio_low, fit.mean_ratio_high)
    found |= _ends("log_slope", fit.slope, fit.slope_low, fit.slope_high) | {"log_spread": fit.spread}
    return found if not math.isnan(fit.slope) else found | {"quality_note": "all of one size: there is no slope"}


def _ends(name: str, value: float | None, low: float | None, high: float | None) -> Figures:
    given = {name: value, f"{name}_low": low, f"{name}_high": high}
    return {key: math.nan if each is None else each for key, each in given.items()}


def points_and_hours(
    estimate_history: pd.DataFrame, estimate_outcome: pd.DataFrame, *, status_date: pd.Timestamp
) -> DataFrame[PointsAndHours]:
    """Hours per story point by class of work, in both readings; items without a size stand in no class's figures.

    Takes the mart `estimate_history`, and the register `estimate_outcome` for
    the time that items which it calls open have had so far. Of an open Jira
    issue that is not known. Items finished after `status_date` count as open
    without a time.
    """
    rows = estimate_history[estimate_history[EstimateHistory.state] != "cancelled"]
    finished_on = rows[EstimateHistory.finished_on_date]
    is_open = (rows[EstimateHistory.state] == "open") | (finished_on > status_date)
    waiting = estimate_outcome[estimate_outcome[EstimateOutcome.state] == "open"]
    so_far = waiting.drop_duplicates(EstimateOutcome.item_id, keep="last").set_index(EstimateOutcome.item_id)
    until_now = rows[EstimateHistory.item_id].map(so_far[EstimateOutcome.actual_seconds])
    items = rows.assign(
        is_open=is_open,
        seconds=rows[EstimateHistory.actual_seconds].where(~is_open, until_now),
        work_class=rows[EstimateHistory.work_class].fillna(UNCLASSED),
    ).sort_values([EstimateHistory.finished_on_date, EstimateHistory.item_id])
    found = []
    for name, each in items.groupby(EstimateHistory.work_class, sort=True):
        used = each[(each[EstimateHistory.size] > 0) & (each["seconds"] > 0)]
        hours = used["seconds"].to_numpy(dtype=float) / 3600.0
        points = used[EstimateHistory.size].to_numpy(dtype=float)
        readings = hours_per_point(points, hours, used["is_open"].to_numpy(dtype=bool))
        common = {"work_class": name, "items_withheld": len(each) - len(used)}
        found += [common | {"reading": reading} | figures for reading, figures in readings.items()]
    frame = pd.DataFrame(found).reindex(columns=list(PointsAndHours.to_schema().columns))
    return checked(PointsAndHours, frame)
