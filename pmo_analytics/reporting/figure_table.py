"""Tables of a page whose numbers are figures: each has a name, opens, and goes into the page's workbook typed."""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from pmo_analytics import numerals
from pmo_analytics.reporting.fragments import Fragment, fragment
from pmo_analytics.reporting.page_tables import plain_table
from pmo_analytics.reporting.references import References, Shown
from pmo_analytics.vocabulary import AMOUNT, COUNT, DATE, DAYS, FLAG, NUMBER, PERCENT, SECONDS, TERMS, TEXT

Row = dict[Hashable, Any]
_UNIT = re.compile(r"_(amount|seconds|days|date|pct)$")
_MONTH = "_month"
# Types of columns that are an analysis's own, by how their names end.
_ENDINGS = {
    "_amount": AMOUNT, "_seconds": SECONDS, "_days": DAYS, "_pct": PERCENT, "_date": DATE, "_month": DATE,
}  # fmt: skip
# How a value of each type of the vocabulary is written, and what its heading says of the unit.
_FORMS = {
    AMOUNT: (Shown("number", (2,)), ""),
    SECONDS: (Shown("hundredths_of_hours"), ", h"),
    DAYS: (Shown("number"), ", days"),
    PERCENT: (Shown("number", (1,)), ", %"),
    NUMBER: (Shown("number", (2,)), ""),
    COUNT: (Shown("number"), ""),
}


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading, and whether numbers or remarks stand in it."""

    label: str
    is_number: bool = False
    is_remark: bool = False


@dataclass(frozen=True)
class Cell:
    """One cell: its text, an identifier beside or a line below it, whether it stands out, its figure's name."""

    text: str
    sub: str = ""
    id: str = ""
    is_off: bool = False
    figure: str = ""


@dataclass(frozen=True)
class TableFigures:
    """The figures of one table: their frame, the columns of its key, what their names begin with."""

    first: str
    frame: pd.DataFrame
    key: tuple[str, ...]
    references: References = field(default_factory=References)

    def cell(self, row: Row, column: str, shown: Shown, **values: Any) -> Cell:
        """The cell of a number or a date, written as `shown`, under the name of its figure."""
        key = {name: row[name] for name in self.key}
        text = numerals.MISSING if is_missing(row[column]) else shown.text(row[column])
        parts = (self.first, *key.values(), _UNIT.sub("", column))
        return Cell(text, figure=self.references.add(parts, self.frame, key, column, shown), **values)


def figure_table(
    anchor: str,
    title: str,
    columns: Sequence[Column],
    rows: Sequence[Sequence[Cell]],
    *,
    figures: TableFigures,
    data: pd.DataFrame,
    note: str = "",
    left_out: int = 0,
    all_of: str = "",
    absent: str = "",
    remedy: str = "",
    folded: str = "",
) -> Fragment:
    """A table of cells with the rows of `data` behind it, those that the page leaves out among them.

    `anchor` names the section; `absent` and `remedy` are said where there are
    no rows, `all_of` where some are left out. With `folded` the table is shut until that text is clicked.
    """
    made = fragment(
        "comparison", anchor=anchor, title=title, columns=columns, rows=rows, note=note, left_out=left_out,
        all_of=all_of, absent=absent, remedy=remedy, folded=folded, zip=zip, references=figures.references.plain(),
    )  # fmt: skip
    return made.with_tables(plain_table(title, data)) if len(data) else made


def frame_table(
    frame: pd.DataFrame, *, anchor: str, title: str, key: Sequence[str], note: str = "", most: int = 40
) -> Fragment:
    """The frame of an analysis as a table in its order: headings, types and units are the vocabulary's.

    `key` names the columns that tell its rows apart, the first of them first
    in the table. At most `most` rows are shown; the workbook has all.
    """
    figures = TableFigures(anchor, frame, tuple(key))
    types = {name: _type(name, frame[name]) for name in [*key, *(str(n) for n in frame.columns if n not in key)]}
    rows = [
        [_cell(figures, row, name, sql_type) for name, sql_type in types.items()]
        for row in frame.head(most).to_dict("records")
    ]
    columns = [_column(name, sql_type) for name, sql_type in types.items()]
    return figure_table(
        anchor, title, columns, rows, figures=figures, data=frame, note=note, left_out=max(0, len(frame) - most),
        all_of="the page's workbook has all.", absent="There are no rows.",
    )  # fmt: skip


def _type(name: str, values: pd.Series) -> str:
    """The type that the vocabulary gives a column, or that its name or its values tell."""
    if name in TERMS:
        return TERMS[name].sql_type
    ending = next((sql_type for ending, sql_type in _ENDINGS.items() if name.endswith(ending)), None)
    if ending is not None:
        return ending
    if pd.api.types.is_bool_dtype(values):
        return FLAG
    if pd.api.types.is_integer_dtype(values):
        return COUNT
    return NUMBER if pd.api.types.is_numeric_dtype(values) else TEXT


def _column(name: str, sql_type: str) -> Column:
    words = _UNIT.sub("", name).replace("_", " ")
    symbol = TERMS[name].symbol if name in TERMS else ""
    unit = _FORMS[sql_type][1] if sql_type in _FORMS else ""
    label = f"{words[0].upper()}{words[1:]}{f' ({symbol})' if symbol else ''}{unit}"
    return Column(label, is_number=sql_type in _FORMS or sql_type == DATE)


def _cell(figures: TableFigures, row: Row, name: str, sql_type: str) -> Cell:
    value = row[name]
    if sql_type in _FORMS:
        return figures.cell(row, name, _FORMS[sql_type][0])
    if is_missing(value):
        return Cell(numerals.MISSING)
    if sql_type == DATE:
        return Cell(numerals.month(value) if name.endswith(_MONTH) else numerals.day(value))
    if sql_type == FLAG:
        return Cell("yes" if value else "no")
    return Cell(str(value))


def is_missing(value: Any) -> bool:
    """Whether a cell holds nothing."""
    return bool(pd.isna(value))
