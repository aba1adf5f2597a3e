"""Rows of registers as plain values, and the last report among several, for checks that go row by row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

import pandas as pd

Row = dict[str, Any]


def rows_of(frame: pd.DataFrame) -> list[Row]:
    """The rows of a frame by column, what is missing as None."""
    if frame.empty:
        return []
    names = [str(name) for name in frame.columns]
    columns = [_values(frame.iloc[:, place]) for place in range(len(names))]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _values(column: pd.Series) -> list[Any]:
    """The values of a column; a frame made into one of objects takes many times as long."""
    values = column.astype(object).tolist()
    missing = column.isna().to_numpy()
    return [None if is_missing else value for value, is_missing in zip(values, missing, strict=True)]


def last_rows(
    rows: Iterable[Row], key: Sequence[str], dated: str, status_date: pd.Timestamp, *, keeps_undated: bool = False
) -> list[Row]:
    """Of the rows of each key the one with the latest date up to `status_date`, in the order of the rows."""
    last: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        day = row[dated]
        if day is None:
            if keeps_undated:
                last.setdefault(tuple(row[name] for name in key), row)
            continue
        if day > status_date:
            continue
        name = tuple(row[column] for column in key)
        before = last.get(name)
        if before is None or before[dated] is None or day >= before[dated]:
            last[name] = row
    return list(last.values())


def by_project(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """The rows of each project, in their order; those of no project are left out."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        if row["project_id"] is not None:
            found.setdefault(row["project_id"], []).append(row)
    return found


def joined(
    left: pd.DataFrame, right: pd.DataFrame, on: Sequence[str], *, how: Literal["inner", "left"]
) -> pd.DataFrame:
    """Rows joined by columns of names; one in which no name stands may be of any type."""
    names = dict.fromkeys(on, object)
    return left.astype(names).merge(right.astype(names), how=how, on=list(on))


def text_of(value: Any) -> str | None:
    """A text as it is stated, without outer blanks; None where nothing is."""
    return None if value is None or pd.isna(value) or not str(value).strip() else str(value).strip()


def names_of(value: Any) -> list[str]:
    """The names that a cell lists with commas between."""
    return [name for each in (text_of(value) or "").split(",") if (name := each.strip())]


def folded(text: Any) -> str:
    """A name as it is compared: without case and outer blanks; nothing for none."""
    return "" if text is None else str(text).strip().casefold()
