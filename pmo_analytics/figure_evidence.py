"""Figures of a page opened: what of marts and registers each depends on, and the stored rows with their lines."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from pmo_analytics.analyses import analyses, tables_given
from pmo_analytics.contracts import tables
from pmo_analytics.contracts.base import MARTS, PERSONAL
from pmo_analytics.errors import UsageError, nearest
from pmo_analytics.influences import Influences, influences_of
from pmo_analytics.origins import Figure, Origin, Reckoning
from pmo_analytics.warehouse import View

Rows = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class Part:
    """Rows of one mart or register that a figure depends on, the columns of these that count.

    `counted` holds by column, and by stored table, the stored rows behind them,
    with `version`, `file` and `source_line`; the columns of the key are not opened.
    """

    table: str
    rows: pd.DataFrame
    columns: list[str]
    counted: dict[str, Rows]


@dataclass(frozen=True)
class OpenedFigure:
    """One figure with its value, None or NaN where it is missing, and its parts."""

    figure: Figure
    value: Any
    parts: list[Part]

    def stored_rows(self) -> Rows:
        """The stored rows of all parts by table, events before registers, each once, in order of version and line."""
        found: dict[str, list[pd.DataFrame]] = {}
        for part in self.parts:
            for rows_of in part.counted.values():
                for table, rows in rows_of.items():
                    found.setdefault(table, []).append(rows)
        place = ["load_id", "source_line"]
        return {
            table: pd.concat(rows).drop_duplicates(place).sort_values(["version", "source_line"], ignore_index=True)
            for table, rows in sorted(found.items(), key=lambda each: (not tables()[each[0]].is_bulk, each[0]))
        }


@dataclass
class Opening:
    """Opens figures of one view; tables and what they count are read once for all of them."""

    view: View
    tables: Rows = field(default_factory=dict)
    known: dict[tuple[str, str, str], Rows] = field(default_factory=dict)

    def opened(self, figures: Mapping[str, Figure]) -> Iterator[tuple[str, OpenedFigure]]:
        """Each figure by its name, those of one row together, since they mostly rest on the same.

        Raises UsageError where a figure names what is not there.
        """
        groups: dict[tuple[str, str], list[str]] = {}
        for name, figure in figures.items():
            groups.setdefault((figure.made.text(), repr(sorted(figure.key.items(), key=str))), []).append(name)
        for names in groups.values():
            first = figures[names[0]]
            check_origin(first.made)
            found = self._influences(first, list(dict.fromkeys(figures[name].column for name in names)))
            for name in names:
                of_figure = found[figures[name].column]
                yield name, OpenedFigure(figures[name], of_figure.value, self._parts(figures[name], of_figure))

    def value(self, figure: Figure) -> Any:
        """The figure's value alone."""
        check_origin(figure.made)
        return self._influences(figure, [figure.column], is_value_alone=True)[figure.column].value

    def influenced(self, figure: Figure) -> Influences:
        """What of marts and registers one figure depends on."""
        check_origin(figure.made)
        return self._influences(figure, [figure.column])[figure.column]

    def _influences(self, figure: Figure, columns: list[str], *, is_value_alone: bool = False) -> dict[str, Influences]:
        made, day = figure.made, pd.Timestamp(self.view.as_of)
        inputs = {name: self.table(name) for name in made.tables()}
        try:
            reckoning = Reckoning(made, analyses(), day)
            whole = reckoning.of(inputs)
            for wanted in [*figure.key, *columns]:
                if wanted not in whole:
                    raise _unknown(f"{made.name} has no column", wanted, list(whole.columns))
            return influences_of(reckoning.of, inputs, figure.key, columns, is_value_alone=is_value_alone)
        except (LookupError, ValueError, TypeError, AttributeError) as problem:
            raise UsageError(
                f"no single row of {made.name}", found=f"{figure.key}: {problem}", expected="values that one row has"
            ) from None

    def table(self, name: str) -> pd.DataFrame:
        """A mart or register of the view, read once."""
        if name not in self.tables:
            self.tables[name] = self.view.table(name)
        return self.tables[name]

    def _parts(self, figure: Figure, found: Influences) -> list[Part]:
        parts = []
        for table, rows in found.rows.items():
            columns = found.columns[table] if figure.made.is_analysis else [figure.column]
            counted = {}
            for column in columns:
                if column not in tables()[table].key:
                    counted[column] = self.counted(table, column, rows)
            if not counted and tables()[table].lake != MARTS:
                counted = {"": self.counted(table, tables()[table].columns[-1], rows)}
            parts.append(Part(table, rows, columns, counted))
        return parts

    def counted(self, table: str, column: str, rows: pd.DataFrame) -> Rows:
        """The stored rows that a column counts in these rows of a mart or register."""
        key = (table, column, rows[list(tables()[table].key)].to_csv(index=False))
        if key not in self.known:
            self.known[key] = self.view.counted(table, column, rows)
        return self.known[key]


def check_origin(made: Origin) -> None:
    """Refuse an origin that names what this program has not; what a page says of a figure is anybody's text."""
    shown = {name for name, table in tables().items() if table.lake != PERSONAL and not table.is_bulk}
    for part in made.parts():
        if part.inputs is None:
            if part.name not in shown:
                raise _unknown("there is no mart or register", part.name, sorted(shown))
            if part.options:
                raise _unknown(f"{part.name} takes no option", next(iter(part.options)), [])
            continue
        if part.name not in analyses():
            raise _unknown("there is no analysis", part.name, sorted(analyses()))
        parameters = inspect.signature(analyses()[part.name]).parameters.values()
        options = [each.name for each in parameters if each.default is not inspect.Parameter.empty]
        # An option may be a frame too, such as priorities.
        if sorted(set(part.inputs) - set(options)) != sorted(tables_given(part.name)):
            raise _unknown(f"{part.name} is not given", ", ".join(part.inputs), sorted(tables_given(part.name)))
        for option in part.options:
            if option not in options:
                raise _unknown(f"{part.name} takes no option", option, options)


def _unknown(what: str, found: str, known: list[str]) -> UsageError:
    close = nearest(found, known)
    hint = f"did you mean {close!r}?" if close else None
    return UsageError(f"{what} {found!r}", expected=", ".join(known) or "none", hint=hint)


def usual_origin(name: str, options: Mapping[str, Any]) -> Origin:
    """The origin of a mart, a register or an analysis of all that there is, with those options that it takes."""
    if name not in analyses():
        return Origin(name)
    parameters = inspect.signature(analyses()[name]).parameters
    inputs = {each: usual_origin(each, options) for each in tables_given(name)}
    return Origin(name, inputs, {option: value for option, value in options.items() if option in parameters})
