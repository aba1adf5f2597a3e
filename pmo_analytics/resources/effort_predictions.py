"""Forecasts of `effort_estimate` for the decision ledger: P10 to P90, the naive ones beside them, what they rest on.

The answers are those of `effort_estimate`, for many questions at once: how the
method did is the same for all questions that give the same marks. Sources: as
there.

Worked example: thirty finished items took what was estimated. An open item
estimated at 8 hours has P10 to P90 of 8 hours, and its inputs name the thirty
items by one digest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pmo_analytics.contracts.appended import canonical, plain_row, sha256_of
from pmo_analytics.contracts.marts import EstimateHistory
from pmo_analytics.contracts.predictions import Prediction
from pmo_analytics.forecasting.prediction_ledger import known_items, quantiles_text
from pmo_analytics.forecasting.recalibration import residuals_needed
from pmo_analytics.resources.effort_estimate import (
    LEVELS,
    NAIVE,
    class_gate,
    class_quantiles,
    record_in_words,
)
from pmo_analytics.resources.past_items import Question, asked_of, finished_items, known_of

_HOUR = 3600.0
_BASIS = [
    EstimateHistory.item_id, EstimateHistory.project_id, EstimateHistory.work_class, EstimateHistory.estimate_seconds,
    EstimateHistory.actual_seconds, EstimateHistory.estimated_on_date, EstimateHistory.finished_on_date,
]  # fmt: skip
_COLUMNS = [
    Prediction.item_id, Prediction.description, Prediction.method, Prediction.naive_method,
    Prediction.estimate_seconds, Prediction.work_class, Prediction.project_id, Prediction.quantiles,
    Prediction.naive_quantiles, Prediction.inputs,
]  # fmt: skip


@dataclass(frozen=True)
class EffortPredictions:
    """Forecasts, one row per question with the columns that `forecast_predictions` takes, and why others got none."""

    forecasts: pd.DataFrame
    refused: dict[str, str]


def open_questions(estimate_history: pd.DataFrame) -> list[tuple[str, Question]]:
    """A question for every open item with an estimate above zero, by item: its class, project and estimate."""
    is_open = (estimate_history[EstimateHistory.state] == "open") & (
        estimate_history[EstimateHistory.estimate_seconds] > 0
    )
    items = estimate_history.loc[is_open, EstimateHistory.item_id].astype(str).to_list()
    known = known_items(estimate_history, items)
    return [(item, _question(Question(), known[item])) for item in items]


def item_question(estimate_history: pd.DataFrame, item_id: str, given: Question | None = None) -> tuple[str, Question]:
    """The question of an item: what is given, and else what the mart `estimate_history` says of it."""
    return item_id, _question(given or Question(), known_items(estimate_history, [item_id]).get(item_id, {}))


def _question(asked: Question, item: dict[str, Any]) -> Question:
    estimate = item.get(EstimateHistory.estimate_seconds) or None
    return Question(
        asked.text,
        asked.work_class if asked.work_class is not None else item.get(EstimateHistory.work_class),
        asked.project_id if asked.project_id is not None else item.get(EstimateHistory.project_id),
        asked.estimate_seconds if asked.estimate_seconds is not None else estimate,
    )


def effort_predictions(
    estimate_history: pd.DataFrame, questions: Sequence[tuple[str, Question]], *, status_date: pd.Timestamp
) -> EffortPredictions:
    """P10 to P90 of each item's effort as `effort_estimate` answers its question, in the order of the questions.

    Raises UsageError as `asked_of` does. Items whose history is too thin are in
    `refused`, with the reason.
    """
    whole = known_of(estimate_history, status_date, has_estimate=False)
    asked = [(item, asked_of(whole, question)) for item, question in questions]
    found: dict[str, dict[str, Any]] = {}
    refused: dict[str, str] = {}
    for shape in dict.fromkeys((tuple(q.marks), q.estimate_seconds is not None) for _, q in asked):
        alike = [(i, q) for i, q in asked if (tuple(q.marks), q.estimate_seconds is not None) == shape]
        rows, reason = _alike(estimate_history, alike, status_date)
        found |= rows
        refused |= dict.fromkeys((item for item, _ in alike), reason) if reason else {}
    frame = pd.DataFrame([found[item] for item, _ in asked if item in found], columns=_COLUMNS)
    return EffortPredictions(frame, refused)


def _alike(
    estimate_history: pd.DataFrame, asked: list[tuple[str, Question]], status_date: pd.Timestamp
) -> tuple[dict[str, dict[str, Any]], str]:
    """The forecasts of questions with the same marks by item, or why there are none."""
    has_estimate = asked[0][1].estimate_seconds is not None
    items = finished_items(estimate_history, status_date, has_estimate=has_estimate)
    left_out = known_of(estimate_history, status_date, has_estimate=has_estimate).left_out
    gate = class_gate(items, list(asked[0][1].marks))
    if gate.passport.n < residuals_needed(LEVELS[-1]):
        return {}, record_in_words(gate)
    marks = pd.DataFrame([question.marks or {"": ""} for _, question in asked])
    hours = np.array([[(question.estimate_seconds or _HOUR) / _HOUR] for _, question in asked])
    made, naive = (hours * class_quantiles(items, method, marks) for method in (gate.method, NAIVE))
    basis = {
        "items": len(items),
        "left_out": left_out,
        "history_sha256": _digest(items, estimate_history),
        "record": record_in_words(gate),
    }
    known = known_items(estimate_history, [item for item, _ in asked])
    levels = list(LEVELS)
    rows = {}
    for place, (item, question) in enumerate(asked):
        said = {
            Prediction.estimate_seconds: question.estimate_seconds,
            Prediction.work_class: question.work_class,
            Prediction.project_id: question.project_id,
        }
        inputs = {"question": plain_row(said), "item": known.get(item), "basis": basis}
        rows[item] = said | {
            Prediction.item_id: item,
            Prediction.description: question.text or None,
            Prediction.method: gate.method,
            Prediction.naive_method: NAIVE,
            Prediction.quantiles: quantiles_text(levels, list(_HOUR * made[place])),
            Prediction.naive_quantiles: quantiles_text(levels, list(_HOUR * naive[place])),
            Prediction.inputs: canonical(inputs),
        }
    return rows, ""


def _digest(items: pd.DataFrame, estimate_history: pd.DataFrame) -> str:
    """The digest of the finished items that a forecast was made from, as the mart has them, in order of their names."""
    used = estimate_history[estimate_history[EstimateHistory.item_id].isin(items[EstimateHistory.item_id])]
    rows = used[_BASIS].sort_values(EstimateHistory.item_id).itertuples(index=False, name=None)
    return sha256_of([plain_row(dict(zip(_BASIS, row, strict=True))) for row in rows])
