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


def has_no_date(dates: Sequence[int]) -> str:
    """SQL that is 1 for a record of cells that may be a total, having no date, else 0."""
    blank = " AND ".join(f"coalesce(trim(c{at}), '') = ''" for at in dates)
    return f"CASE WHEN {blank} THEN 1 ELSE 0 END" if dates else "0"


def total_row(dates: Sequence[int], width: int) -> str:
    """SQL that is true for a record of cells that is a total."""
    first = "coalesce(" + ", ".join(f"nullif(trim(c{i}), '')" for i in range(width)) + ")"
    return f"{has_no_date(dates)} = 1 AND regexp_matches({first}, {literal(TOTAL)})"
