"""Predictions as the decision ledger keeps them: what was said, what it rested on, and when.

A prediction is known by the SHA-256 of its item, its inputs and what it says;
the same one said twice is one. Nothing of it is changed later. One made with an
earlier date than the latest that was known is retrospective: it is a backtest,
and stays apart. Source: prequential forecasting, Dawid (1984); registering a
forecast before its outcome is Tetlock's practice (2005). Digests of rows are
this project's own rule.

Worked example: an item estimated at 8 hours is forecast at 8.0 hours for P50.
Said again with the same history the digest is the same, and nothing is added;
with one more finished item in the history it is another prediction.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd

from pmo_analytics.contracts.appended import canonical, columns_of, plain_row, sha256_of
from pmo_analytics.contracts.base import checked
from pmo_analytics.contracts.marts import EstimateHistory
from pmo_analytics.contracts.predictions import FORECAST, RANGE, Prediction
from pmo_analytics.contracts.recorded_events import group_label
from pmo_analytics.errors import UsageError

STATED_RANGE = "stated range"
_HOUR = 3600.0
# What makes two predictions the same.
_IDENTITY = [
    Prediction.item_id, Prediction.kind, Prediction.method, Prediction.stated_by, Prediction.is_retrospective,
    Prediction.quantiles, Prediction.naive_quantiles, Prediction.low_seconds, Prediction.high_seconds,
    Prediction.stated_confidence_pct, Prediction.inputs_sha256,
]  # fmt: skip
_ITEM = [
    EstimateHistory.estimate_seconds, EstimateHistory.work_class, EstimateHistory.project_id, EstimateHistory.state,
    EstimateHistory.finished_on_date,
]  # fmt: skip


@dataclass(frozen=True)
class Moment:
    """When predictions are made: the real clock (UTC, and the day where the workspace is), and what could be seen.

    `status_date` cuts what had happened, `warehouse_version` what was known;
    `latest_date` is the day of the latest event that was known.
    """

    made_at: datetime
    made_on: date
    status_date: date
    warehouse_version: int
    latest_date: date

    @property
    def is_retrospective(self) -> bool:
        """Whether more was known than may be seen."""
        return self.status_date < self.latest_date


@dataclass(frozen=True)
class StatedRange:
    """What a group says: `item_id` takes `low_hours` to `high_hours`, with `level_pct` (0 to 100) confidence."""

    item_id: str
    low_hours: float
    high_hours: float
    level_pct: float
    stated_by: str
    description: str | None = None


def quantiles_text(levels: list[float], seconds: list[float]) -> str:
    """Quantiles as the ledger writes them: pairs of level and seconds, to the millisecond."""
    return canonical([[level, round(float(value), 3)] for level, value in zip(levels, seconds, strict=True)])


def quantiles_of(text: str) -> tuple[list[float], list[float]]:
    """Levels and seconds of quantiles as the ledger writes them."""
    pairs = json.loads(text)
    return [float(pair[0]) for pair in pairs], [float(pair[1]) for pair in pairs]


def known_items(estimate_history: pd.DataFrame, items: Collection[str]) -> dict[str, dict[str, Any]]:
    """Estimate, class, project, state and finish of those of the items that the mart has, for the inputs."""
    rows = estimate_history[estimate_history[EstimateHistory.item_id].isin(items)]
    return {
        str(item): plain_row(dict(zip(_ITEM, values, strict=True)))
        for item, *values in rows[[EstimateHistory.item_id, *_ITEM]].itertuples(index=False, name=None)
    }


def forecast_predictions(forecasts: pd.DataFrame, moment: Moment) -> pd.DataFrame:
    """Predictions from forecasts, shape and columns of `Prediction`.

    `forecasts` holds, one row each, item_id, description, method, naive_method,
    estimate_seconds, work_class, project_id, quantiles, naive_quantiles and
    inputs, as `resources.effort_predictions` gives them.
    """
    return _predictions(forecasts.assign(kind=FORECAST), moment)


def range_prediction(said: StatedRange, estimate_history: pd.DataFrame, moment: Moment) -> pd.DataFrame:
    """One prediction from a stated range, with the item as the mart `estimate_history` has it.

    Raises UsageError for a range, a level or a label that cannot be one.
    """
    _check_range(said)
    item = known_items(estimate_history, [said.item_id]).get(said.item_id)
    row = {
        Prediction.item_id: said.item_id,
        Prediction.description: said.description,
        Prediction.kind: RANGE,
        Prediction.method: STATED_RANGE,
        Prediction.stated_by: said.stated_by.strip(),
        Prediction.low_seconds: round(_HOUR * said.low_hours, 3),
        Prediction.high_seconds: round(_HOUR * said.high_hours, 3),
        Prediction.stated_confidence_pct: round(said.level_pct, 4),
        Prediction.estimate_seconds: (item or {}).get(EstimateHistory.estimate_seconds) or None,
        Prediction.work_class: (item or {}).get(EstimateHistory.work_class),
        Prediction.project_id: (item or {}).get(EstimateHistory.project_id),
        Prediction.inputs: canonical({"item": item}),
    }
    return _predictions(pd.DataFrame([row]), moment)


def unrecorded(predictions: pd.DataFrame, recorded: pd.DataFrame) -> pd.DataFrame:
    """The predictions that are not recorded yet, each once."""
    is_known = predictions[Prediction.prediction_id].isin(recorded[Prediction.prediction_id])
    return predictions[~is_known].drop_duplicates(Prediction.prediction_id, ignore_index=True)


def no_predictions() -> pd.DataFrame:
    """A ledger without a prediction."""
    return checked(Prediction, pd.DataFrame(columns=columns_of(Prediction)))


def _predictions(rows: pd.DataFrame, moment: Moment) -> pd.DataFrame:
    if rows.empty:
        return no_predictions()
    frame = rows.assign(
        made_at=pd.Timestamp(moment.made_at).floor("us"),
        made_on_date=pd.Timestamp(moment.made_on),
        status_date=pd.Timestamp(moment.status_date),
        warehouse_version=moment.warehouse_version,
        is_retrospective=moment.is_retrospective,
        inputs_sha256=[sha256_of(json.loads(text)) for text in rows[Prediction.inputs]],
    ).reindex(columns=columns_of(Prediction))
    seconds = [Prediction.estimate_seconds, Prediction.low_seconds, Prediction.high_seconds]
    frame[seconds] = frame[seconds].astype(float).round(3)
    frame[Prediction.prediction_id] = [
        sha256_of(plain_row(dict(zip(_IDENTITY, row, strict=True))))
        for row in frame[_IDENTITY].itertuples(index=False, name=None)
    ]
    kept: pd.DataFrame = checked(Prediction, frame)
    return kept


def _check_range(said: StatedRange) -> None:
    low, high, level = said.low_hours, said.high_hours, said.level_pct
    if not (math.isfinite(low) and math.isfinite(high) and 0 <= low <= high and high > 0):
        raise UsageError(
            "a range goes from its low to its high end, in hours",
            found=f"{low:g} to {high:g}",
            expected="such as --low 5 --high 20",
        )
    if not 0 < level < 100:
        raise UsageError(
            "a level is how often such ranges are to hold, in per cent",
            found=f"{level:g}",
            expected="above 0 and below 100, such as 80",
        )
    group_label(
        said.stated_by, told="a range is stated by a group, under a label", such_as="--by 'team north'",
        kept="predictions are kept",
    )  # fmt: skip
