"""Which cells of a record a field is read from, as SQL over staged cells `c0 … cn`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pmo_analytics.sources.definition import Field, fold


def literal(text: str) -> str:
    """`text` as an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def cell(position: int) -> str:
    """The trimmed text of a staged cell, NULL when blank; most cells are found clean without trimming."""
    c = f"c{position}"
    ends = " OR ".join(f"ends_with({c}, chr({code}))" for code in (32, 160, 9, 10, 13))
    return (
        f"CASE WHEN {c} < '!' OR starts_with({c}, chr(160)) OR {ends} "
        f"THEN nullif(trim({c}, ' \t\r\n\u00a0'), '') ELSE {c} END"
    )


def positions(headers: Sequence[str], name: str) -> list[int]:
    """Every position of the header `name`, repeats included."""
    return [i for i, header in enumerate(headers) if fold(header) == fold(name)]


def source_positions(field: Field, headers: Sequence[str]) -> list[list[int]]:
    """Where the cells stand that a field may be read from, by header; empty when the file has no such column."""
    if field.kind == "number" and field.pattern:
        return [[i for i, h in enumerate(headers) if re.match(field.pattern, h.strip())][:1]]
    found = [positions(headers, name) for name in headers_tried(field, headers)]
    return [p for p in found if p]


def source_text(field: Field, headers: Sequence[str]) -> str | None:
    """The text a field is read from, or None when the file has no such column; what is withheld is no text."""
    text = _written_text(field, headers)
    if text is None or not field.withheld:
        return text
    return f"CASE WHEN ({_is_withheld(field, text)}) IS NOT TRUE THEN {text} END"


def withheld_text(field: Field, headers: Sequence[str]) -> str | None:
    """The text of a cell that keeps its value back, or None where the field knows of none."""
    text = _written_text(field, headers) if field.withheld else None
    return f"CASE WHEN {_is_withheld(field, text)} THEN {text} END" if text else None


def number_text(field: Field, headers: Sequence[str]) -> str | None:
    """The text of a number without the currency sign that its definition allows."""
    text = source_text(field, headers)
    return f"replace({text}, {literal(field.sign)}, '')" if text and field.sign else text


def _is_withheld(field: Field, text: str) -> str:
    return " OR ".join(f"starts_with(lower({text}), {literal(begins.lower())})" for begins in field.withheld)


def _written_text(field: Field, headers: Sequence[str]) -> str | None:
    present = [p for p in source_positions(field, headers) if p]
    is_joined = field.kind == "instant" and len(field.headers) == 2
    if not present or (is_joined and len(present) < 2):
        return None
    if is_joined:
        return f"({cell(present[0][0])} || ' ' || {cell(present[1][0])})"
    if field.kind == "list":
        return f"nullif(concat_ws(', ', {', '.join(cell(i) for p in present for i in p)}), '')"
    if field.kind == "hours" or field.is_alone:
        # Under another header the same thing may stand in another unit or currency.
        return cell(present[0][0])
    cells = [cell(i) for p in present for i in p]
    return cells[0] if len(cells) == 1 else f"coalesce({', '.join(cells)})"


def headers_tried(field: Field, headers: Sequence[str]) -> tuple[str, ...]:
    """The headers to try: a currency's are those beside the amount that the file has."""
    return next((beside for amount, beside in field.beside.items() if positions(headers, amount)), field.headers)
