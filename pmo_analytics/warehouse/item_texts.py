"""What estimated items are about: the register's description of an item, or else what its issue is called."""

from __future__ import annotations

from pmo_analytics.warehouse.view import View

_TEXTS = """
SELECT DISTINCT ON (h.item_id) h.item_id, coalesce(e.description, i.summary) AS text
FROM marts.estimate_history AS h
LEFT JOIN core.estimate_outcome AS e ON e.item_id = h.item_id
LEFT JOIN core.issue AS i ON i.issue_key = upper(h.item_id)
WHERE coalesce(e.description, i.summary) IS NOT NULL
ORDER BY h.item_id, text
"""


def item_texts(view: View) -> dict[str, str]:
    """The text of each item of the mart `estimate_history` that has one, by `item_id`."""
    return {str(item): str(words) for item, words in view.rows(_TEXTS)[1]}
