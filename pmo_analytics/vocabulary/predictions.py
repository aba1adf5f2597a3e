"""Words of the decision ledger: what was predicted, what it rested on, and how it did."""

from __future__ import annotations

from pmo_analytics.vocabulary.terms import COUNT, DATE, FLAG, INSTANT, SECONDS, TEXT, terms

TERMS = [
    *terms(
        TEXT,
        "",
        {
            "prediction_id": "SHA-256 of an item, what a prediction of it rested on and what it says.",
            "method": "Method of a forecast; for a range that somebody stated, stated range.",
            "naive_method": "Method of the naive forecast that stands beside another.",
            "stated_by": "Label of the role or group that states a range or answers an alert; never a person's name.",
            "quantiles": "Levels, 0 to 1, with the seconds that an item stays within at each, as JSON.",
            "naive_quantiles": "The naive forecast's quantiles, as JSON.",
            "inputs": "What a prediction rested on: the question, the item as it was known, the history; as JSON.",
            "inputs_sha256": "SHA-256 of the inputs.",
            "previous_sha256": "Digest of the row before; empty in the first.",
            "row_sha256": "SHA-256 of a row's values and of the digest of the row before.",
            "score_state": "What an outcome means for a prediction: scored, or why it is not.",
            "level_scores": "Level, pinball loss in seconds and whether the outcome stayed within, as JSON.",
        },
    ),
    *terms(
        INSTANT,
        "UTC",
        {
            "made_at": "When a prediction or an event of an alert was made.",
            "scored_at": "When it was held to an outcome.",
        },
    ),
    *terms(
        DATE,
        "date",
        {"made_on_date": "Day a prediction or an event of an alert was made, in the workspace's time zone."},
    ),
    *terms(
        SECONDS,
        "seconds",
        {
            "pinball_loss_seconds": "Pinball loss, averaged over the levels; less is better.",
            "naive_pinball_loss_seconds": "Pinball loss of the naive forecast beside it.",
        },
    ),
    *terms(COUNT, "", {"warehouse_version": "Version of the warehouse that a row was made from."}),
    *terms(
        FLAG,
        "",
        {
            "is_retrospective": "Whether more was known than the prediction was allowed to see: a backtest.",
            "is_within_range": "Whether the outcome lies in the stated range, its ends included.",
        },
    ),
]
