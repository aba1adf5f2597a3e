"""Predictions held to what came of them: the pinball loss of each level, and whether a range held.

A prediction is scored once its item is finished, if it was made before the day
of the finish; a cancelled item is a competing outcome and says so. The same
outcome again adds nothing; another one, edited late, adds a row and the earlier
row stays. A look at an earlier date or version than the last one changes
nothing. Source: Koenker and Bassett (1978) for the pinball loss; Gneiting and
Raftery (2007) on why it cannot be gamed.

Worked example: a P50 of 8 hours and a P80 of 12, and the item took 10. P50 was
exceeded by 2 hours and costs 0.5 x 2 = 1 hour; P80 held with 2 to spare and
costs 0.2 x 2 = 0.4. The mean is 0.7 hours.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd

from pmo_analytics.contracts.appended import canonical, columns_of
from pmo_analytics.contracts.base import checked
from pmo_analytics.contracts.marts import EstimateHistory
from pmo_analytics.contracts.predictions import (
    AFTER_THE_FACT,
    CANCELLED,
    FORECAST,
    NO_ACTUAL,
    NO_FINISH_DATE,
    RANGE,
    SCORED,
    WITHDRAWN,
    Prediction,
    PredictionScore,
)
from pmo_analytics.forecasting.prediction_ledger import quantiles_of
from pmo_analytics.forecasting.quantile_scores import pinball_loss

Row = dict[str, Any]


def new_scores(
    predictions: pd.DataFrame,
    scores: pd.DataFrame,
    estimate_history: pd.DataFrame,
    *,
    scored_at: datetime,
    status_date: date,
    warehouse_version: int,
) -> pd.DataFrame:
    """The rows of `PredictionScore` that the mart `estimate_history`, seen at a date and version, adds to `scores`.

    Both frames are in the order of the ledger. Empty where the outcomes are
    those of the last scores; open items give no row, unless an outcome that was
    scored before was taken back.
    """
    items = _rows(estimate_history, EstimateHistory.item_id)
    last = _rows(scores, PredictionScore.prediction_id)
    seen = {
        PredictionScore.scored_at: pd.Timestamp(scored_at).floor("us"),
        PredictionScore.status_date: pd.Timestamp(status_date),
        PredictionScore.warehouse_version: warehouse_version,
    }
    found = []
    for prediction in _rows(predictions, Prediction.prediction_id).values():
        before = last.get(prediction[Prediction.prediction_id])
        if before and _is_earlier_look(seen, before):
            continue
        outcome = _outcome(prediction, items.get(prediction[Prediction.item_id]), before)
        if outcome is None or (before and _is_same(outcome, before)):
            continue
        names = {name: prediction[name] for name in (Prediction.prediction_id, Prediction.item_id)}
        found.append(names | seen | outcome | _losses(prediction, outcome))
    if not found:
        return scores.iloc[:0]
    kept: pd.DataFrame = checked(PredictionScore, pd.DataFrame(found).reindex(columns=columns_of(PredictionScore)))
    return kept


def last_scores(scores: pd.DataFrame) -> pd.DataFrame:
    """The score that counts of each prediction: the last in the order of the ledger."""
    return scores.drop_duplicates(PredictionScore.prediction_id, keep="last", ignore_index=True)


def effective_day(prediction: Row) -> pd.Timestamp:
    """The last day that a prediction could have seen: a backtest's own date, else the later of that and the real day.

    Whoever states a range sees the real day, whatever was loaded.
    """
    if prediction[Prediction.is_retrospective] and prediction[Prediction.kind] == FORECAST:
        return pd.Timestamp(prediction[Prediction.status_date])
    return max(pd.Timestamp(prediction[name]) for name in (Prediction.made_on_date, Prediction.status_date))


def _rows(frame: pd.DataFrame, key: str) -> dict[str, Row]:
    """Rows by a key, missing values as None; of rows with one key the last."""
    plain = frame.astype(object).where(frame.notna(), None)
    return {row[key]: {str(name): value for name, value in row.items()} for row in plain.to_dict("records")}


def _is_earlier_look(seen: Row, before: Row) -> bool:
    names = (PredictionScore.status_date, PredictionScore.warehouse_version)
    return any(seen[name] < before[name] for name in names)


def _outcome(prediction: Row, item: Row | None, before: Row | None) -> Row | None:
    """State, actual and finish of a prediction's item; None where nothing is to be said of it."""
    state = item[EstimateHistory.state] if item else "open"
    if item is None or state == "open":
        return {PredictionScore.score_state: WITHDRAWN} if before else None
    actual, finish = item[EstimateHistory.actual_seconds], item[EstimateHistory.finished_on_date]
    actual = None if actual is None else round(float(actual), 3)
    outcome = {PredictionScore.actual_seconds: actual, PredictionScore.finished_on_date: finish}
    if state == "cancelled":
        said = CANCELLED
    elif actual is None or not actual > 0:
        said = NO_ACTUAL
    elif finish is None:
        said = NO_FINISH_DATE
    else:
        said = AFTER_THE_FACT if finish <= effective_day(prediction) else SCORED
    return outcome | {PredictionScore.score_state: said}


def _is_same(outcome: Row, before: Row) -> bool:
    names = (PredictionScore.score_state, PredictionScore.actual_seconds, PredictionScore.finished_on_date)
    return all(outcome.get(name) == before[name] for name in names)


def _losses(prediction: Row, outcome: Row) -> Row:
    if outcome[PredictionScore.score_state] != SCORED:
        return {}
    actual = float(outcome[PredictionScore.actual_seconds])
    if prediction[Prediction.kind] == RANGE:
        is_within = prediction[Prediction.low_seconds] <= actual <= prediction[Prediction.high_seconds]
        return {PredictionScore.is_within_range: is_within}
    levels, quantiles = quantiles_of(prediction[Prediction.quantiles])
    loss = pinball_loss([actual], [quantiles], levels)[0]
    found: Row = {
        PredictionScore.pinball_loss_seconds: round(float(loss.mean()), 3),
        PredictionScore.level_scores: canonical(
            [
                [level, round(float(each), 3), bool(actual <= quantile)]
                for level, each, quantile in zip(levels, loss, quantiles, strict=True)
            ]
        ),
    }
    if prediction[Prediction.naive_quantiles]:
        at, naive = quantiles_of(prediction[Prediction.naive_quantiles])
        loss_of_naive = float(np.mean(pinball_loss([actual], [naive], at)))
        found[PredictionScore.naive_pinball_loss_seconds] = round(loss_of_naive, 3)
    return found
