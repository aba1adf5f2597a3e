"""The tables of an evidence page: rows of marts and registers, stored rows with their lines and totals."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import pandas as pd

from pmo_analytics import numerals
from pmo_analytics.contracts import tables
from pmo_analytics.figure_evidence import OpenedFigure, Part
from pmo_analytics.vocabulary import INSTANT, TERMS

_SUMMED = ("_seconds", "_amount", "_count")
_PLACE = ["version", "file", "source_line", "load_id"]
_WITHHELD = {"rate": "Rates are withheld: these rows say from which day which of them holds."}


def exact(value: Any, column: str = "") -> str:
    """A value with all that is to be seen of it: seconds as hours, days as days, numbers to four decimals."""
    if value is None or value is pd.NaT or (not isinstance(value, str) and pd.isna(value)):
        return numerals.MISSING
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat() if value == value.normalize() else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, bool | str) or not isinstance(value, int | float | Decimal):
        return str(value)
    number = float(value)
    if column.endswith("_seconds"):
        return numerals.number(number / 3600, 2)
    if column.endswith("_amount"):
        return numerals.number(number, 2)
    text = numerals.number(number, 4)
    return text.rstrip("0").rstrip(".") if "." in text else text


def unit_of(opened: OpenedFigure) -> str:
    """The unit of a figure: its currency where it has one, else that of the vocabulary."""
    term = TERMS.get(opened.figure.column)
    if term is None:
        return ""
    if term.unit == "seconds":
        return "h"
    if term.unit != "currency":
        return term.unit if term.unit not in {"date", "rows"} else ""
    found = {opened.figure.key.get("currency")} - {None}
    for part in opened.parts:
        if "currency" in part.rows:
            found |= {str(each) for each in part.rows["currency"].dropna()}
    return str(found.pop()) if len(found) == 1 else ""


def same(left: float, right: float) -> bool:
    """Whether two sums are one, to what a float may add."""
    return math.isclose(left, right, rel_tol=1e-9, abs_tol=1e-6)


def part_table(part: Part, lines: int) -> dict[str, Any]:
    """Rows of a mart or register that a figure depends on: the columns of its key and those that count."""
    key = [name for name in tables()[part.table].key if part.rows[name].notna().any()]
    columns = [*key, *(column for column in part.columns if column not in key)]
    shown = part.rows[columns].head(lines)
    words = ", ".join(column.replace("_", " ") for column in part.columns)
    return {
        "table": part.table,
        "grain": tables()[part.table].grain,
        "counts": f"What counts: {words}." if words else "What counts is that it is there.",
        "heads": [_head(column, part.rows[column]) for column in columns],
        "rows": [
            [exact(value, name) for name, value in zip(columns, row, strict=True)]
            for row in shown.itertuples(index=False, name=None)
        ],
        "left_out": len(part.rows) - len(shown),
    }


def stored_table(table: str, rows: pd.DataFrame, opened: OpenedFigure, lines: int) -> dict[str, Any]:
    """Stored rows with file and line in front, totals of what may be summed, and what the totals are equal to."""
    body = rows.drop(columns=[*_PLACE, *_beside_the_line(table)]).dropna(axis="columns", how="all")
    columns = [str(column) for column in body.columns]
    totals = {column: _total(rows, column) for column in columns}
    shown = rows.head(lines)
    files = [f"{file}:{line}" for file, line in zip(shown["file"], shown["source_line"], strict=True)]
    cells = [
        [place, str(version), *(exact(value, name) for name, value in zip(columns, row, strict=True))]
        for place, version, row in zip(
            files, shown["version"], shown[columns].itertuples(index=False, name=None), strict=True
        )
    ]
    heads = [{"label": "File and line", "is_number": False}, {"label": "Version", "is_number": True}]
    heads += [_head(column, body[column]) for column in columns]
    texts = ["Total", ""] + ["" if totals[c] is None else exact(totals[c], c) for c in columns]
    number = "1 row" if len(rows) == 1 else f"{len(rows):,} rows"
    return {
        "table": table, "count": f"{number}. {tables()[table].grain}", "withheld": _WITHHELD.get(table, ""),
        "heads": heads, "rows": cells, "left_out": len(rows) - len(shown), "all": len(rows),
        "totals": texts if any(texts[2:]) else [], "equal": _equal(table, totals, opened),
    }  # fmt: skip


def _beside_the_line(table: str) -> list[str]:
    """Columns that tell a reader no more than file and line: the made key of an event, and its times of day."""
    about = tables()[table]
    if not about.is_bulk:
        return []
    return [c for c in about.columns if about.sql_type(c) == INSTANT or (len(about.key) == 1 and c in about.key)]


def _head(column: str, values: pd.Series) -> dict[str, Any]:
    hours = column.endswith("_seconds")
    label = f"{column.removesuffix('_seconds').replace('_', ' ')}, h" if hours else column.replace("_", " ")
    first = next(iter(values.dropna()), None)
    return {"label": label, "is_number": isinstance(first, int | float | Decimal) and not isinstance(first, bool)}


def _total(rows: pd.DataFrame, column: str) -> float | None:
    """The sum of a column that may be summed; None of amounts in several currencies."""
    if not column.endswith(_SUMMED):
        return None
    if column.endswith("_amount"):
        currency = next((c for c in (f"{column.removesuffix('amount')}currency", "currency") if c in rows), None)
        if currency is None or len(rows[currency].drop_duplicates()) != 1:
            return None
    return float(sum(Decimal(str(value)) for value in rows[column].dropna()))


def _equal(table: str, totals: dict[str, float | None], opened: OpenedFigure) -> list[str]:
    """What the totals of a table are equal to: the figure, or a value that it depends on."""
    found = []
    for column, total in totals.items():
        if not total:
            continue
        label = _head(column, pd.Series(dtype=float))["label"]
        if _is(total, opened.value):
            found.append(f"The total of {label} equals the figure.")
            continue
        for part in opened.parts:
            of = [c for c, rows_of in part.counted.items() if set(rows_of) == {table} and c in part.rows]
            equal = [c for c in of if c.endswith(_SUMMED) and _is(total, float(part.rows[c].sum()))]
            found += [f"The total of {label} equals {c.replace('_', ' ')} of {part.table} above." for c in equal[:1]]
    return found


def _is(total: float, value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and same(total, float(value))
