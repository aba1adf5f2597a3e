"""The rows behind the tables and charts of a page, typed, as an output carries them beside its HTML.

They travel as JSON under a MIME type of their own, which JupyterLab and the
page leave alone; the page's workbook is made of them. Nothing is in them that
the page does not show, or that a reader could not ask for: groups that are
withheld are withheld here, persons are tokens.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from itertools import accumulate
from typing import Any

import nbformat
import pandas as pd

from pmo_analytics.errors import ReportError

MIME = "application/vnd.pmo.tables+json"
TEXT, NUMBER, DATE, INSTANT, FLAG = "text", "number", "date", "instant", "flag"
MOST_CHARACTERS, MOST_TEXT = 200_000, 4_000
_SECONDS, _HOURS, _SECONDS_AN_HOUR = "_seconds", "_hours", 3600
# Charts are given days as text; what a name does not call a day may only look like one.
_DAY, _DAY_NAME = re.compile(r"^\d{4}-\d\d-\d\d$"), re.compile(r"(^|_)(month|date|day)$")
_READ = {DATE: date.fromisoformat, INSTANT: datetime.fromisoformat}


@dataclass(frozen=True)
class PageTable:
    """Rows of one table of a page: title, columns by the vocabulary's words, typed cells, how many rows are left out.

    Durations are hours; a cell is None, text, a truth value, a number, a date or a time.
    """

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[object]]
    note: str = ""
    left_out: int = 0


def plain_table(title: str, data: pd.DataFrame, *, note: str = "", left_out: int = 0) -> dict[str, Any]:
    """A frame as JSON holds it, with the type of each column; columns of seconds become hours.

    `left_out` rows are missing already; what goes beyond `MOST_CHARACTERS` is
    left out as well, and counted: an output may not grow without end.
    """
    columns = [_column(str(name), data[name]) for name in data.columns]
    rows = [list(row) for row in zip(*(cells for _, _, cells in columns), strict=True)]
    ends = accumulate(len(json.dumps(row, ensure_ascii=False)) for row in rows)
    shown = [row for row, end in zip(rows, ends, strict=True) if end <= MOST_CHARACTERS]
    return {
        "title": title,
        "note": note,
        "columns": [[name, kind] for name, kind, _ in columns],
        "rows": shown,
        "left_out": left_out + len(rows) - len(shown),
    }


def bundle(tables: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """The part of an output's MIME bundle that holds its tables; empty where there is none."""
    known = list(tables)
    return {MIME: {"tables": known}} if known else {}


def _column(name: str, values: pd.Series) -> tuple[str, str, list[Any]]:
    kind = _kind(name, values)
    if kind == NUMBER and name.endswith(_SECONDS):
        values, name = values.astype(float) / _SECONDS_AN_HOUR, name.removesuffix(_SECONDS) + _HOURS
    return name, kind, [_plain(value, kind) for value in values]


def _kind(name: str, values: pd.Series) -> str:
    known = [value for value in values if not _is_missing(value)]
    if known and _DAY_NAME.search(name) and all(isinstance(value, str) and _DAY.match(value) for value in known):
        return DATE
    if known and all(isinstance(value, date) for value in known):
        moments = [pd.Timestamp(value) for value in known]
        return DATE if all(moment.tzinfo is None and moment == moment.normalize() for moment in moments) else INSTANT
    if known and all(pd.api.types.is_bool(value) for value in known):
        return FLAG
    if known and all(pd.api.types.is_number(value) or isinstance(value, Decimal) for value in known):
        return NUMBER
    return TEXT


def _is_missing(value: Any) -> bool:
    return value is None or (pd.api.types.is_scalar(value) and bool(pd.isna(value)))


def _plain(value: Any, kind: str) -> Any:
    if _is_missing(value):
        return None
    if kind == DATE:
        return pd.Timestamp(value).date().isoformat()
    if kind == INSTANT:
        return pd.Timestamp(value).isoformat()
    if kind == FLAG:
        return bool(value)
    if kind == NUMBER:
        return _plain_number(value)
    return cut(str(value))


def _plain_number(value: Any) -> Any:
    """A number as JSON keeps all of it: what JSON has no number for stands as text."""
    if isinstance(value, Decimal) or not math.isfinite(value):
        return str(value)
    return int(value) if pd.api.types.is_integer(value) else float(value)


def tables_of(notebook: nbformat.NotebookNode) -> list[PageTable]:
    """The tables of an executed notebook in order of its outputs. Raises ReportError where one cannot be read."""
    return [_read(plain) for plain in _carried(notebook)]


def _carried(notebook: nbformat.NotebookNode) -> Iterator[Any]:
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            carried = output.get("data", {}).get(MIME)
            if carried is None:
                continue
            if not isinstance(carried, dict) or not isinstance(carried.get("tables"), list):
                raise _unreadable("no list of tables")
            yield from carried["tables"]


def _read(plain: Any) -> PageTable:
    try:
        names = [cut(str(name)) for name, _ in plain["columns"]]
        kinds = [str(kind) for _, kind in plain["columns"]]
        rows = [[_cell(value, kind) for value, kind in zip(row, kinds, strict=True)] for row in plain["rows"]]
        return PageTable(
            cut(str(plain["title"])), names, rows, cut(str(plain.get("note", ""))), int(plain.get("left_out", 0))
        )
    except (KeyError, TypeError, ValueError, InvalidOperation, AttributeError) as problem:
        raise _unreadable(f"{type(problem).__name__}: {problem}") from None


def _unreadable(found: str) -> ReportError:
    return ReportError(
        "an output carries tables that cannot be read",
        found=found[:200],
        expected=f"under {MIME} what page_tables.plain_table makes",
        hint="show a block or a figure, which carry their own",
    )


def _cell(value: Any, kind: str) -> object:
    if value is None:
        return None
    if kind in _READ:
        return _READ[kind](value)
    if kind == NUMBER:
        return Decimal(value) if isinstance(value, str) else value
    return value if kind == FLAG else cut(str(value))


def cut(text: str) -> str:
    """A text as long as a reader reads; a spreadsheet's cell holds 32,767 characters."""
    return text if len(text) <= MOST_TEXT else f"{text[: MOST_TEXT - 1]}…"
