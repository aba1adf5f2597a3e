"""What an estimate is asked against, as the engine picks it: the last finished items, what all of them hold, texts."""

from __future__ import annotations

import pandas as pd

from pmo_analytics.contracts import tables
from pmo_analytics.contracts.base import check_frame
from pmo_analytics.resources import past_items
from pmo_analytics.resources.past_items import Known, Question
from pmo_analytics.warehouse.view import View

# What an answer rests on, as `finished_items` picks it; the mart as a whole stays in the engine.
_USED = "state = 'finished' AND actual_seconds > 0 AND estimated_on_date <= finished_on_date AND {is_estimated}"
_KNOWN = """
SELECT
    list(DISTINCT work_class) FILTER (work_class IS NOT NULL),
    list(DISTINCT project_id) FILTER (project_id IS NOT NULL),
    count(*) FILTER ({used}),
    count(*) FILTER (state = 'finished')
FROM marts.estimate_history
"""
# All items of the first of the days are taken: which of them are among the last, their order tells.
_LAST = """
SELECT {columns} FROM marts.estimate_history
WHERE {used} AND finished_on_date >= (
    SELECT min(finished_on_date) FROM (
        SELECT finished_on_date FROM marts.estimate_history WHERE {used} ORDER BY finished_on_date DESC LIMIT {most}
    )
)
"""
# What the register says of an item, or else what its issue is called. The names of the first and the last item bound
# what is read of the register; issues, whose view takes half a second to lay, are read where they are needed.
_DESCRIPTIONS = """
SELECT item_id, description FROM core.estimate_outcome
WHERE item_id BETWEEN ? AND ? AND description IS NOT NULL AND item_id IN ({last})
"""
_SUMMARIES = """
SELECT h.item_id, i.summary FROM ({last}) AS h
JOIN core.issue AS i ON i.issue_key = upper(h.item_id)
WHERE i.summary IS NOT NULL
"""


def past_of(view: View, asked: Question) -> tuple[pd.DataFrame, Known, dict[str, str]]:
    """The last items of the mart `estimate_history`, what the whole of it holds, and the texts of these items."""
    condition = _USED.format(is_estimated="true" if asked.estimate_seconds is None else "estimate_seconds > 0")
    mart = tables()["estimate_history"]
    classes, projects, used, finished = view.rows(_KNOWN.format(used=condition))[1][0]
    known = Known(tuple(sorted(classes or ())), tuple(sorted(projects or ())), used, finished - used)
    columns = ", ".join(mart.columns)
    history = check_frame(mart, view.sql(_LAST.format(columns=columns, used=condition, most=past_items.MOST_ITEMS)))
    texts: dict[str, str] = {}
    if asked.text and len(history):
        last = _LAST.format(columns="item_id", used=condition, most=past_items.MOST_ITEMS)
        names = history["item_id"]
        texts = _pairs(view, _DESCRIPTIONS.format(last=last), names.min(), names.max())
        if len(texts) < len(history):
            texts = _pairs(view, _SUMMARIES.format(last=last)) | texts
    return history, known, texts


def _pairs(view: View, query: str, *values: str) -> dict[str, str]:
    return {str(item): str(text) for item, text in view.rows(query, values)[1]}
