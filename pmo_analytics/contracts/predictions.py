"""What the decision ledger holds, and the digests that its rows are known by.

No load fills these: `warehouse.stores.decision_ledger` appends to them, and
gives each row its place and the digest of the row before.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from pmo_analytics.contracts.base import Contract, Date, Flag, Number, Text, Whole, optional, required
from pmo_analytics.vocabulary import COUNT, DATE, FLAG, INSTANT, TERMS, TEXT

FORECAST, RANGE = "forecast", "range"
SCORED, AFTER_THE_FACT, CANCELLED = "scored", "after the fact", "cancelled"
NO_ACTUAL, NO_FINISH_DATE, WITHDRAWN = "no actual", "no finish date", "withdrawn"
# What the ledger adds to a row; the last two are the chain that a changed past breaks.
CHAIN = ("position", "previous_sha256", "row_sha256")
_SCALE = re.compile(r"DECIMAL\(\d+,(\d+)\)")
_SHA256 = r"^[0-9a-f]{64}$"


class Prediction(Contract):
    """One row per prediction: of an item, by a method or a group, with what it rested on.

    Key: prediction_id. A forecast has `quantiles` and the naive ones beside it,
    a range `low_seconds`, `high_seconds` and how often it is to hold. Estimate,
    class and project are those that were asked for. `status_date` cuts what had
    happened, `warehouse_version` what was known; `made_at` is the real clock.
    """

    prediction_id: Text = required(str_matches=_SHA256)
    item_id: Text = required()
    description: Text = optional()
    kind: Text = required(isin=[FORECAST, RANGE])
    method: Text = required()
    naive_method: Text = optional()
    stated_by: Text = optional()
    made_at: Date = required()
    made_on_date: Date = required()
    status_date: Date = required()
    warehouse_version: Whole = required(ge=1)
    is_retrospective: Flag = required()
    estimate_seconds: Number = optional(gt=0)
    work_class: Text = optional()
    project_id: Text = optional()
    quantiles: Text = optional()
    naive_quantiles: Text = optional()
    low_seconds: Number = optional(ge=0)
    high_seconds: Number = optional(gt=0)
    stated_confidence_pct: Number = optional(gt=0, lt=100)
    inputs: Text = required()
    inputs_sha256: Text = required(str_matches=_SHA256)


class PredictionScore(Contract):
    """One row per prediction and outcome that was found for it: the last one counts, earlier ones stay.

    `score_state` is scored, or why it is not: the prediction was made on the
    day of the finish or later (after the fact), the item was cancelled, it has
    no actual or no finish date, or its outcome was taken back (withdrawn). Only
    what is scored has losses, and only a range has `is_within_range`.
    """

    prediction_id: Text = required(str_matches=_SHA256)
    item_id: Text = required()
    scored_at: Date = required()
    status_date: Date = required()
    warehouse_version: Whole = required(ge=1)
    score_state: Text = required(isin=[SCORED, AFTER_THE_FACT, CANCELLED, NO_ACTUAL, NO_FINISH_DATE, WITHDRAWN])
    actual_seconds: Number = optional(ge=0)
    finished_on_date: Date = optional()
    pinball_loss_seconds: Number = optional(ge=0)
    naive_pinball_loss_seconds: Number = optional(ge=0)
    level_scores: Text = optional()
    is_within_range: Flag = optional()


def columns_of(contract: type[Contract]) -> list[str]:
    """The columns of a contract, in its order."""
    return list(contract.to_schema().columns)


def canonical(value: Any) -> str:
    """A value as the JSON that its digest is made of: one text for one value. ValueError for NaN and infinities."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def sha256_of(value: Any) -> str:
    """The digest of a value that JSON can hold."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def plain_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of vocabulary columns as JSON can hold it, whether it comes from a frame or from the engine."""
    return {name: _plain(value, TERMS[name].sql_type) for name, value in row.items()}


def _plain(value: Any, sql_type: str) -> Any:
    if value is None or pd.isna(value):
        return None
    if sql_type == TEXT:
        return str(value)
    if sql_type in {DATE, INSTANT}:
        moment = pd.Timestamp(value)
        return moment.date().isoformat() if sql_type == DATE else moment.isoformat(timespec="microseconds")
    if sql_type == COUNT:
        return int(value)
    if sql_type == FLAG:
        return bool(value)
    # As many decimals as are stored, or the digest of what is read would be another.
    scale = _SCALE.search(sql_type)
    return round(float(value), int(scale[1])) if scale else float(value)
