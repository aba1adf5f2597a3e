"""Every prediction of the ledger beside what came of it, and what has changed since it was made.

A prediction stands as it was made; the item may not. Its estimate, class or
project may be others now, and its outcome may have been edited after it was
scored: both are named, neither changes what was said. Source: this project's
own rule, after the two clocks of the warehouse.

Worked example: an item was forecast with an estimate of 8 hours, scored at 9.0
hours, and stands at 12.0 hours in a later load with an estimate of 10. Its note
says: outcome changed from 9.0 h to 12.0 h; inputs changed since: estimate 8.0 h,
now 10.0 h.
"""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pandas as pd

from pmo_analytics.contracts.appended import columns_of
from pmo_analytics.contracts.base import Contract, Date, Flag, Number, Text, checked, optional, required
from pmo_analytics.contracts.marts import EstimateHistory
from pmo_analytics.contracts.predictions import Prediction, PredictionScore
from pmo_analytics.forecasting.prediction_ledger import known_items
from pmo_analytics.forecasting.prediction_scores import last_scores

OPEN = "open"
_HOUR = 3600.0


class PredictionStanding(Contract):
    """One row per prediction, in the order of the ledger, with its last score.

    Key: prediction_id. `score_state` is that of the score, or open where no
    outcome is known. `quality_note` names what has changed since.
    """

    prediction_id: Text = required()
    item_id: Text = required()
    description: Text = optional()
    kind: Text = required()
    method: Text = required()
    stated_by: Text = optional()
    made_at: Date = required()
    status_date: Date = required()
    is_retrospective: Flag = required()
    estimate_seconds: Number = optional()
    quantiles: Text = optional()
    low_seconds: Number = optional()
    high_seconds: Number = optional()
    stated_confidence_pct: Number = optional()
    score_state: Text = required()
    actual_seconds: Number = optional()
    finished_on_date: Date = optional()
    pinball_loss_seconds: Number = optional()
    naive_pinball_loss_seconds: Number = optional()
    is_within_range: Flag = optional()
    quality_note: Text = required()


def prediction_standing(
    predictions: pd.DataFrame, scores: pd.DataFrame, estimate_history: pd.DataFrame
) -> pd.DataFrame:
    """One row of `PredictionStanding` per prediction; `estimate_history` is the mart as it is seen now."""
    outcomes = last_scores(scores).drop(
        columns=[Prediction.item_id, Prediction.status_date, Prediction.warehouse_version]
    )
    rows = predictions.merge(outcomes, on=Prediction.prediction_id, how="left")
    rows[PredictionStanding.score_state] = rows[PredictionStanding.score_state].fillna(OPEN)
    # Most were scored once, and have nothing to tell.
    often = scores[scores.duplicated(PredictionScore.prediction_id, keep=False)]
    earlier = dict(list(often.groupby(PredictionScore.prediction_id, sort=False)))
    items = known_items(estimate_history, set(rows[Prediction.item_id]))
    rows[PredictionStanding.quality_note] = [
        "; ".join([*_outcome_changes(earlier.get(key)), *_input_changes(str(inputs), items.get(item))])
        for key, inputs, item in rows[[Prediction.prediction_id, Prediction.inputs, Prediction.item_id]].itertuples(
            index=False, name=None
        )
    ]
    kept: pd.DataFrame = checked(PredictionStanding, rows[columns_of(PredictionStanding)])
    return kept


def _outcome_changes(scores: pd.DataFrame | None) -> list[str]:
    """In words, each change of an outcome from one score to the next."""
    if scores is None:
        return []
    said = []
    names = [PredictionScore.score_state, PredictionScore.actual_seconds, PredictionScore.finished_on_date]
    rows = scores[names].to_dict("records")
    for before, now in pairwise(rows):
        hours = _pair(*(row[PredictionScore.actual_seconds] for row in (before, now)))
        days = [_day(row[PredictionScore.finished_on_date]) for row in (before, now)]
        states = [str(row[PredictionScore.score_state]) for row in (before, now)]
        if hours[0] != hours[1]:
            said.append(f"outcome changed from {hours[0]} to {hours[1]}")
        if days[0] != days[1]:
            said.append(f"finish changed from {days[0]} to {days[1]}")
        if states[0] != states[1]:
            said.append(f"was {states[0]}")
    return said


def _input_changes(inputs: str, now: dict[str, Any] | None) -> list[str]:
    """In words, what of an item is another than when it was predicted; where it was unknown then, than was asked."""
    told = json.loads(inputs)
    then = told.get("item") or told.get("question")
    if then is None:
        return []
    if now is None:
        return ["the item is no longer in the history"] if told.get("item") else []
    said = []
    for name, what in (
        (EstimateHistory.estimate_seconds, "estimate"),
        (EstimateHistory.work_class, "class"),
        (EstimateHistory.project_id, "project"),
    ):
        pair = then.get(name), now.get(name)
        if pair[0] != pair[1]:
            shown = _pair(*pair) if what == "estimate" else [each or "none" for each in pair]
            said.append(f"{what} {shown[0]}, now {shown[1]}")
    return [f"inputs changed since: {', '.join(said)}"] if said else []


def _pair(before: Any, now: Any) -> list[str]:
    """Two efforts in hours, with as many decimals as tell them apart."""
    shown = [["none" if pd.isna(each) else f"{each / _HOUR:,.{n}f} h" for each in (before, now)] for n in (1, 4)]
    return shown[0] if shown[0][0] != shown[0][1] else shown[1]


def _day(day: Any) -> str:
    return "none" if day is None or pd.isna(day) else f"{pd.Timestamp(day):%Y-%m-%d}"
