"""Total rows of an export: which records sum others instead of being entries.

A record is one when it has no date where every entry has one, and the first
cell that it fills says so in one of the languages that exports come in. Such a
record could never be loaded as an entry; so nothing is lost by the reading.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pmo_analytics.sources.definition import Definition
from pmo_analytics.sources.field_text import literal, positions

_DATES = {"date", "instant", "month"}
# Words that a total begins with: English, German, French, Spanish and Portuguese, Italian, Dutch, Polish, Czech.
TOTAL = (
    r"(?i)^\W*(?:(?:grand|sub|overall|report|sous)?[ -]?totals?\b|sum\b|(?:gesamt|zwischen|end)?(?:summe|ergebnis)\b"
    r"|(?:ins)?gesamt\b|suma\b|totale\b|(?:sub)?totaal\b|razem\b|celkem\b)"
)
_TOTAL = re.compile(TOTAL)


def date_positions(definition: Definition, headers: Sequence[str]) -> list[int]:
    """Where the cells stand that every entry of the source has a date in; empty where it has none."""
    required = [
        field for field in definition.fields if field.kind in _DATES and not definition.table.is_nullable(field.column)
    ]
    found = [[at for name in field.headers for at in positions(headers, name)] for field in required]
    return min((at for at in found if at), key=len, default=[])


def is_total(cells: Sequence[str], dates: Sequence[int]) -> bool:
    """Whether a record is a total, given where the dates of its source stand."""
    if not dates or any(cells[at].strip() for at in dates if at < len(cells)):
        return False
    first = next((cell for cell in cells if cell.strip()), "")
    return _TOTAL.match(first) is not None


def count_totals(dates: Sequence[int], width: int) -> str | None:
    """SQL that is 1 for a staged record that is a total, else 0; None where the source has no dates to tell by."""
    if not dates:
        return None
    blank = " AND ".join(f"coalesce(trim(c{at}), '') = ''" for at in dates)
    first = "coalesce(" + ", ".join(f"nullif(trim(c{i}), '')" for i in range(width)) + ")"
    return f"CASE WHEN {blank} AND regexp_matches({first}, {literal(TOTAL)}) THEN 1 ELSE 0 END"
