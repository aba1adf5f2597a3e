"""What an item's effort may come to, from its estimate: a distribution of A/E, tried on this history.

The effort forecast is the estimate times a distribution of actual over estimate
(A/E), as items that were finished before it was asked for took. Candidates are
reference classes shrunk towards the organisation, a quantile forest, boosted
quantiles, and the mean of the three's logarithmic quantiles; each is
recalibrated by size band on the past alone. The naive forecasts are the
quantiles of the last 1,000 ratios, and of all of them. What is shown has passed
the champion gate on a rolling origin, scored by the pinball loss in hours over
P10 to P90. Sources: Flyvbjerg (2006) for reference classes; Meinshausen (2006)
for forests; the modules of `forecasting` name those of the scores and the gate.

Worked example: the last nine finished items took 0.5, 0.8, 1, 1, 1, 1.2, 1.5,
2 and 3 times their estimates. For an item estimated at 10 hours the naive P50
is 10 hours and its P80 17: 0.8 x 8 = 6.4 steps above the least ratio, four
tenths of the way from 1.5 to 2. With so few items no model can be tried, and
the forecast is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Flag, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.marts import EstimateHistory
from pmo_analytics.forecasting.backtest import Forecaster, Positions, TwoClocks, backtest, two_clocks
from pmo_analytics.forecasting.champion_gate import Contest, Gate, champion_gate, prequential_choice
from pmo_analytics.forecasting.passport import ForecastPassport
from pmo_analytics.forecasting.quantile_scores import Floats, mean_pinball
from pmo_analytics.forecasting.recalibration import recalibrated
from pmo_analytics.forecasting.recent_outcomes import recent_outcomes
from pmo_analytics.forecasting.reference_classes import class_weights
from pmo_analytics.forecasting.tree_quantiles import boosted_quantiles, forest_quantiles
from pmo_analytics.forecasting.weighted_quantiles import weighted_quantiles
from pmo_analytics.resources.estimation import BAND_ORDER, BANDS, UNCLASSED

LEVELS = tuple(k / 10 for k in range(1, 10))
LAST_RATIOS, ALL_RATIOS = "last 1,000 ratios", "all ratios"
CLASSES, FOREST, BOOSTED, MEAN = "reference classes", "quantile forest", "boosted quantiles", "mean of three"
LAST = 1_000
MINIMUM_KNOWN = 30
# Trees learn from so many of the last items, and from no fewer.
TREE_MINIMUM, TREE_HISTORY = 200, 5_000
CLASS_HISTORY, PSEUDO_COUNTS = 3_000, (10.0, 30.0, 100.0)
REFIT_CLASSES, REFIT_TREES = 100, 500
SEED = 20_060_711
_RECENT = [f"{name}_{k}" for name in ("class", "project", "band") for k in ("mean", "exact", "spread")]
_MARKS = ("size_band", "work_class", "project_id")


class EffortDistribution(Contract):
    """One row per open item with an estimate above zero: what its effort may come to, in seconds.

    Key: item_id. P10 to P90 are the efforts that it stays within with that
    chance. `items_known` finished items were known. `method` passed the gate,
    or is the best naive forecast where `is_refused`; `verdict` says how it did.
    Figures are missing where fewer than 30 finished items are known. Do not
    show one that is refused without its verdict.
    """

    item_id: Text = required()
    size_band: Text = required(isin=list(BAND_ORDER))
    estimate_seconds: Number = required(gt=0)
    p10_seconds: Number = optional(ge=0)
    p50_seconds: Number = optional(ge=0)
    p80_seconds: Number = optional(ge=0)
    p90_seconds: Number = optional(ge=0)
    items_known: Whole = required(ge=0)
    method: Text = required()
    is_refused: Flag = required()
    verdict: Text = required()


@dataclass(frozen=True)
class EffortForecasts:
    """Forecasts of every method for finished items as of their asking, and for open ones as of the status date.

    `items` are the items asked or learned from; `left_out` counts finished ones
    without a ratio or without usable dates. `positions` are the places in
    `items` of the rows of `quantiles`, in order of asking; those have the shape
    (forecasts, levels) and are logarithms of A/E.
    """

    items: pd.DataFrame
    clocks: TwoClocks
    left_out: int
    positions: Positions
    quantiles: dict[str, Floats]

    def rows(self, *, are_open: bool) -> NDArray[np.int64]:
        """Which rows of `quantiles` are of open items, or of finished ones."""
        is_open = np.isnat(self.clocks.known_at[self.positions])
        return np.flatnonzero(is_open == are_open).astype(np.int64)


def size_bands(estimate_seconds: pd.Series[float]) -> NDArray[np.str_]:
    """Name of the size band of each estimate, the bands of `estimation`."""
    upper = [bound for bound, _ in BANDS[:-1]]
    names: NDArray[np.str_] = np.array(BAND_ORDER)[np.searchsorted(upper, estimate_seconds.to_numpy(dtype=float))]
    return names


def effort_items(estimate_history: pd.DataFrame, status_date: pd.Timestamp) -> tuple[pd.DataFrame, TwoClocks, int]:
    """Finished items with a ratio and both dates, then open ones; their clocks; how many finished are left out.

    An open item is asked the day after `status_date`, so that all that is known
    by then may be used. Rows keep the order of the mart; cancelled items are in
    neither.
    """
    history = estimate_history[estimate_history[EstimateHistory.estimate_seconds] > 0]
    finished_on = history[EstimateHistory.finished_on_date]
    asked_on = history[EstimateHistory.estimated_on_date]
    is_finished = (history[EstimateHistory.state] == "finished") & ~(finished_on > status_date)
    is_used = is_finished & (history[EstimateHistory.actual_seconds] > 0) & (asked_on <= finished_on)
    is_open = ~is_finished & (history[EstimateHistory.state] != "cancelled") & ~(asked_on > status_date)
    all_finished = (estimate_history[EstimateHistory.state] == "finished") & ~(
        estimate_history[EstimateHistory.finished_on_date] > status_date
    )
    items = pd.concat([history[is_used], history[is_open]], ignore_index=True)
    waiting = np.arange(len(items)) >= int(is_used.sum())
    items["asked"] = items[EstimateHistory.estimated_on_date].where(~waiting, status_date + pd.Timedelta(days=1))
    items["known"] = items[EstimateHistory.finished_on_date].where(~waiting)
    clocks = two_clocks(items, asked_at="asked", known_at="known")
    seconds = items[EstimateHistory.estimate_seconds]
    items["log_estimate"] = np.log(seconds.to_numpy(dtype=float))
    items["log_ratio"] = np.log(items[EstimateHistory.actual_seconds].where(~waiting) / seconds)
    items["size_band"] = size_bands(seconds)
    for column in (EstimateHistory.work_class, EstimateHistory.project_id):
        items[column] = items[column].fillna(UNCLASSED)
    recent = [
        recent_outcomes(items["log_ratio"].to_numpy(), items[mark].to_numpy(dtype=object), clocks)
        for mark in (EstimateHistory.work_class, EstimateHistory.project_id, "size_band")
    ]
    items[_RECENT] = np.concatenate(recent, axis=1)
    # What is known only afterwards is kept out of what a forecaster may see.
    hidden = [EstimateHistory.actual_seconds, EstimateHistory.finished_on_date, EstimateHistory.state]
    return items.drop(columns=[*hidden, "actual_source"]), clocks, int(all_finished.sum() - is_used.sum())


def _last_ratios(last: int | None) -> Forecaster:
    def forecast(known: pd.DataFrame, asked: pd.DataFrame) -> Floats:
        ratios = np.exp(known["log_ratio"].to_numpy()[-last:] if last else known["log_ratio"].to_numpy())
        return np.tile(np.log(np.quantile(ratios, LEVELS)), (len(asked), 1))

    return forecast


def _reference_classes(pseudo_count: float) -> Forecaster:
    def forecast(known: pd.DataFrame, asked: pd.DataFrame) -> Floats:
        recent = known.iloc[-CLASS_HISTORY:]
        marks, questions = ([frame[mark].to_numpy(dtype=object) for mark in _MARKS] for frame in (recent, asked))
        weights, _ = class_weights(marks, questions, pseudo_count=pseudo_count, organisation=LAST)
        return weighted_quantiles(recent["log_ratio"], weights, LEVELS)

    return forecast


def _features(known: pd.DataFrame, frame: pd.DataFrame) -> Floats:
    """Estimate, size, class and project in order of their first knowledge, and what was recent when each was asked."""
    columns = [frame["log_estimate"], frame[EstimateHistory.size].fillna(-1.0)]
    for mark in (EstimateHistory.work_class, EstimateHistory.project_id):
        codes = {name: code for code, name in enumerate(known[mark].unique())}
        columns.append(frame[mark].map(codes).fillna(-1))
    return np.column_stack([*columns, frame[_RECENT]]).astype(float)


def _trees(model: Callable[..., Floats]) -> Forecaster:
    def forecast(known: pd.DataFrame, asked: pd.DataFrame) -> Floats:
        if len(known) < TREE_MINIMUM:
            return _last_ratios(LAST)(known, asked)
        recent = known.iloc[-TREE_HISTORY:]
        outcomes = recent["log_ratio"].to_numpy()
        return model(_features(recent, recent), outcomes, _features(recent, asked), LEVELS, seed=SEED)

    return forecast


def _hours(forecasts: EffortForecasts, values: Floats) -> Floats:
    """Logarithms of A/E of each forecast, shape (n, …), as hours of effort."""
    estimate = forecasts.items["log_estimate"].to_numpy()[forecasts.positions] - np.log(3600.0)
    hours: Floats = np.exp(values + estimate.reshape(-1, *[1] * (values.ndim - 1)))
    return hours


def _scores(forecasts: EffortForecasts, quantiles: Floats) -> Floats:
    """Mean pinball loss over the levels in hours; NaN for open items."""
    actual = _hours(forecasts, forecasts.items["log_ratio"].to_numpy()[forecasts.positions])
    return mean_pinball(actual, _hours(forecasts, quantiles), LEVELS)


def effort_forecasts(
    estimate_history: pd.DataFrame, *, status_date: pd.Timestamp, minimum_known: int = MINIMUM_KNOWN
) -> EffortForecasts:
    """Every method's forecasts on a rolling origin; an item is asked once `minimum_known` finished ones are known.

    The naive ones are made anew with each outcome, reference classes every 100
    and trees every 500. How much classes are shrunk is chosen at each origin by
    the score on its past.
    """
    items, clocks, left_out = effort_items(estimate_history, status_date)
    methods: dict[str, tuple[Forecaster, int]] = {
        LAST_RATIOS: (_last_ratios(LAST), 1),
        ALL_RATIOS: (_last_ratios(None), 1),
        **{f"{CLASSES} {count:g}": (_reference_classes(count), REFIT_CLASSES) for count in PSEUDO_COUNTS},
        FOREST: (_trees(forest_quantiles), REFIT_TREES),
        BOOSTED: (_trees(boosted_quantiles), REFIT_TREES),
    }
    made = {
        name: backtest(
            items,
            forecaster,
            outcome="log_ratio",
            asked_at="asked",
            known_at="known",
            minimum_known=minimum_known,
            refit_every=every,
        )
        for name, (forecaster, every) in methods.items()
    }
    positions = made[LAST_RATIOS].positions
    quantiles = {name: found.quantiles for name, found in made.items()}
    forecasts = EffortForecasts(items, clocks, left_out, positions, quantiles)
    if not len(positions):
        return forecasts
    classes = [quantiles.pop(f"{CLASSES} {count:g}") for count in PSEUDO_COUNTS]
    chosen = prequential_choice([_scores(forecasts, each) for each in classes], clocks, positions)
    quantiles[CLASSES] = np.stack(classes)[chosen, np.arange(len(positions))]
    quantiles[MEAN] = np.mean([quantiles[name] for name in (CLASSES, FOREST, BOOSTED)], axis=0)
    for name in (CLASSES, FOREST, BOOSTED, MEAN):
        quantiles[name] = recalibrated(
            items["log_ratio"].to_numpy()[positions],
            quantiles[name],
            LEVELS,
            size_bands=items["size_band"].to_numpy(dtype=str)[positions],
            clocks=clocks,
            positions=positions,
        )
    return forecasts


def effort_contest(forecasts: EffortForecasts) -> Contest:
    """The forecasts of finished items in hours, with their outcomes and scores, for the champion gate."""
    rows = forecasts.rows(are_open=False)
    positions = forecasts.positions[rows]
    naive = (LAST_RATIOS, ALL_RATIOS)
    if len(rows):
        made = {name: _hours(forecasts, each)[rows] for name, each in forecasts.quantiles.items()}
        scores = {name: _scores(forecasts, each)[rows] for name, each in forecasts.quantiles.items()}
    else:
        made = {name: np.empty((0, len(LEVELS))) for name in naive}
        scores = {name: np.empty(0) for name in naive}
    return Contest(
        quantiles=made,
        scores=scores,
        naive=naive,
        levels=LEVELS,
        actual=_hours(forecasts, forecasts.items["log_ratio"].to_numpy()[forecasts.positions])[rows],
        size_bands=forecasts.items["size_band"].to_numpy(dtype=str)[positions],
        clocks=forecasts.clocks,
        positions=positions,
    )


def effort_gate(forecasts: EffortForecasts) -> Gate:
    """What the champion gate lets through of `forecasts`, with a stated seed."""
    return champion_gate(effort_contest(forecasts), np.random.default_rng(SEED))


def effort_passport(estimate_history: pd.DataFrame, *, status_date: pd.Timestamp) -> DataFrame[ForecastPassport]:
    """How effort forecasts did on this history, by size band and level: the passport of `effort_distribution`.

    Takes the mart `estimate_history`; items finished after `status_date` count
    as open. The clock is the items' own dates.
    """
    gate = effort_gate(effort_forecasts(estimate_history, status_date=status_date))
    return DataFrame[ForecastPassport](gate.passport.frame())


def effort_distribution(estimate_history: pd.DataFrame, *, status_date: pd.Timestamp) -> DataFrame[EffortDistribution]:
    """P10, P50, P80 and P90 of the effort of each open item, by the method that passed the gate, with its verdict.

    Takes the mart `estimate_history`; items finished after `status_date` count
    as open. Rows are in the order of the mart.
    """
    forecasts = effort_forecasts(estimate_history, status_date=status_date)
    gate = effort_gate(forecasts)
    items = forecasts.items
    is_open = np.isnat(forecasts.clocks.known_at)
    found = np.full((len(items), len(LEVELS)), np.nan)
    if len(forecasts.positions):
        found[forecasts.positions] = 3600.0 * _hours(forecasts, forecasts.quantiles[gate.method])
    left_out = f"; {forecasts.left_out} finished items left out: no ratio or no usable dates"
    frame = items.loc[is_open, [EstimateHistory.item_id, "size_band", EstimateHistory.estimate_seconds]].copy()
    for level, name in ((0.1, "p10"), (0.5, "p50"), (0.8, "p80"), (0.9, "p90")):
        frame[f"{name}_seconds"] = found[is_open, LEVELS.index(level)]
    frame[EffortDistribution.items_known] = int((~is_open).sum())
    frame[EffortDistribution.method] = gate.method
    frame[EffortDistribution.is_refused] = gate.passport.is_refused
    frame[EffortDistribution.verdict] = gate.passport.verdict + (left_out if forecasts.left_out else "")
    frame = frame.reset_index(drop=True)
    return checked(EffortDistribution, frame)
