"""Which rows and columns of its inputs a figure depends on, found by experiment.

An analysis is any function of frames, so what a figure of it depends on is
tried out: inputs are dropped, narrowed to the rows that share the figure's key,
then thinned block by block as by Zeller and Hildebrandt, "Simplifying and
Isolating Failure-Inducing Input" (IEEE TSE 28, 2002), and their columns emptied.
What can go without a change of the figure is no part of it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

Frames = dict[str, pd.DataFrame]
_MOST_THINNED = 200


@dataclass(frozen=True)
class Influences:
    """A figure's value, the rows of each input that give it by themselves, and the columns of these that count."""

    value: Any
    rows: Frames
    columns: dict[str, list[str]]


def influences(
    reckon: Callable[[Frames], pd.DataFrame], inputs: Frames, row: Mapping[str, Any], column: str
) -> Influences:
    """What `column` depends on, in the row of `reckon(inputs)` that has the values of `row`.

    Raises LookupError where not exactly one row has them.
    """
    return influences_of(reckon, inputs, row, [column])[column]


def influences_of(
    reckon: Callable[[Frames], pd.DataFrame],
    inputs: Frames,
    row: Mapping[str, Any],
    columns: Sequence[str],
    *,
    is_value_alone: bool = False,
) -> dict[str, Influences]:
    """What each of several columns of one row depends on, by column.

    The inputs are first thinned for all of them together, which is most of the
    work, then for each alone; where the value alone is asked, nothing is tried
    out. Raises LookupError where not exactly one row has the values of `row`.
    """
    if is_value_alone:
        values = _Figure(reckon, dict(row), tuple(columns)).of(inputs)
        return {column: Influences(value, {}, {}) for column, value in zip(columns, values, strict=True)}
    every = _Figure(reckon, dict(row), tuple(columns))
    values = every.of(inputs)
    together = _thinned_inputs(every, inputs)
    changing = {
        (name, each): _changing(every, together, name, each, values)
        for name, frame in together.items()
        for each in frame.columns
        if len(frame) and each not in row
    }
    found = {}
    for at, column in enumerate(columns):
        alone = _Figure(reckon, dict(row), (column,))
        kept = together if len(columns) == 1 else _thinned_inputs(alone, together)
        needed = {name: frame for name, frame in kept.items() if len(frame)}
        counting = {
            name: [c for c in frame.columns if at in changing.get((name, c), ())] for name, frame in needed.items()
        }
        found[column] = Influences(values[at], needed, counting)
    return found


def _thinned_inputs(figure: _Figure, inputs: Frames) -> Frames:
    """The inputs without the rows that can go, all figures unchanged."""
    values = figure.of(inputs)

    def holds(tried: Frames) -> bool:
        return _are_same(figure.tried(tried), values)

    kept = dict(inputs)
    for name, frame in inputs.items():
        if len(frame) and holds(kept | {name: frame.iloc[:0]}):
            kept[name] = frame.iloc[:0]
    for part, wanted in figure.row.items():
        for name, frame in kept.items():
            narrowed = frame[_equals(frame[part], wanted)] if part in frame else frame
            if len(narrowed) < len(frame) and holds(kept | {name: narrowed}):
                kept[name] = narrowed
    for name in kept:
        kept[name] = _thinned(kept, name, holds)
    return kept


def _thinned(kept: Frames, name: str, holds: Callable[[Frames], bool]) -> pd.DataFrame:
    """An input without the blocks of rows that can go; a long one is left as it is."""
    frame = kept[name]
    size = len(frame) // 2 if len(frame) <= _MOST_THINNED else 0
    while size:
        at = 0
        while at < len(frame):
            rest = pd.concat([frame.iloc[:at], frame.iloc[at + size :]])
            if len(rest) and holds(kept | {name: rest}):
                frame = rest
            else:
                at += size
        size //= 2
    return frame


def _changing(figure: _Figure, kept: Frames, name: str, column: str, values: tuple[Any, ...]) -> set[int]:
    """Which of the figures change with a column: when it is emptied, or else, where it has to be filled, altered."""
    tried = figure.tried(kept | {name: _emptied(kept[name], column)})
    if tried is None:
        tried = figure.tried(kept | {name: _altered(kept[name], column)})
    return {at for at, value in enumerate(values) if tried is None or not _is_same(tried[at], value)}


@dataclass(frozen=True)
class _Figure:
    """Columns of one row of what is reckoned."""

    reckon: Callable[[Frames], pd.DataFrame]
    row: dict[str, Any]
    columns: tuple[str, ...]

    def of(self, inputs: Frames) -> tuple[Any, ...]:
        result = self.reckon(inputs)
        fits = np.ones(len(result), dtype=bool)
        for name, wanted in self.row.items():
            fits &= _equals(result[name], wanted).to_numpy()
        if fits.sum() != 1:
            raise LookupError(f"{int(fits.sum())} rows have {self.row}")
        found = result.loc[fits, list(self.columns)]
        return tuple(found[column].iloc[0] for column in self.columns)

    def tried(self, inputs: Frames) -> tuple[Any, ...] | None:
        """The figures, or None where they cannot be reckoned."""
        try:
            return self.of(inputs)
        except Exception:  # noqa: BLE001
            # An analysis may do anything with what its contract never gives it.
            return None


def _equals(values: pd.Series, wanted: Any) -> pd.Series:
    if wanted is None or (isinstance(wanted, float) and math.isnan(wanted)):
        return values.isna()
    if isinstance(values.dtype, np.dtype) and values.dtype.kind == "M":
        return values == pd.Timestamp(wanted)
    return values.astype(str) == str(wanted)


def _emptied(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    return frame.assign(**{column: frame[column].where(np.zeros(len(frame), dtype=bool))})


def _altered(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    values = frame[column]
    if values.dtype.kind in "iuf":
        return frame.assign(**{column: values * 2 + 1})
    if values.dtype.kind == "M":
        return frame.assign(**{column: values + pd.Timedelta(days=1)})
    return frame.assign(**{column: values.astype(str) + "?"})


def _are_same(left: tuple[Any, ...] | None, right: tuple[Any, ...]) -> bool:
    return left is not None and all(map(_is_same, left, right))


def _is_same(left: Any, right: Any) -> bool:
    if isinstance(left, float) and isinstance(right, float):
        return math.isclose(left, right, rel_tol=1e-12) or (math.isnan(left) and math.isnan(right))
    if pd.isna(left) or pd.isna(right):
        return bool(pd.isna(left)) and bool(pd.isna(right))
    return bool(left == right)
