"""Words of a month's close."""

from __future__ import annotations

from pmo_analytics.vocabulary.terms import COUNT, TEXT, terms

TERMS = [
    *terms(
        TEXT,
        "",
        {
            "subject_kind": "Whether a project or a portfolio is spoken of.",
            "section": "Section of a commentary: the summary, cost, schedule, scope, risk, benefits or decisions.",
            "close_id": "Month that is closed, as 2026-06.",
            "pack_digest": "SHA-256 of the record of a frozen pack.",
        },
    ),
    *terms(
        COUNT,
        "",
        {
            "asked_count": "Items that an owner was asked for.",
            "blocking_count": "Items that blocked the close.",
            "frozen_version": "Version of the warehouse that a frozen month stands on.",
        },
    ),
]
