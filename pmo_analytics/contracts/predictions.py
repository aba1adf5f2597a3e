"""What the decision ledger holds: predictions, and what came of them.

No load fills these: `warehouse.stores.decision_ledger` appends to them, and
gives each row its place and the digest of the row before.
"""

from __future__ import annotations

from pmo_analytics.contracts.base import Contract, Date, Flag, Number, Text, Whole, optional, required

FORECAST, RANGE = "forecast", "range"
SCORED, AFTER_THE_FACT, CANCELLED = "scored", "after the fact", "cancelled"
NO_ACTUAL, NO_FINISH_DATE, WITHDRAWN = "no actual", "no finish date", "withdrawn"
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
