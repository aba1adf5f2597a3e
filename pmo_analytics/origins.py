"""Where a frame comes from: the table or analysis, and what that was given; written as text, so that a page can say it.

A frame of a view carries its origin as text among its attributes, which pandas
hands on when rows are picked; a frame that was changed is known by comparison.
"""

from __future__ import annotations

import inspect
import json
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from pandera.config import config_context

from pmo_analytics.errors import UsageError

ATTRIBUTE = "pmo origin"
PROJECT = "project_id"
_MOST_PARTS, _DEEPEST, _LONGEST = 60, 8, 200_000
_MOST_CELLS = 5_000_000
_PLAIN = (str, int, float, bool)


@dataclass(frozen=True)
class Origin:
    """What made a frame: a table by its name, or an analysis with its inputs and options.

    `projects` are those whose rows alone the frame holds; None where it holds all.
    """

    name: str
    inputs: dict[str, Origin] | None = None
    options: dict[str, Any] = field(default_factory=dict)
    projects: tuple[str, ...] | None = None

    @property
    def is_analysis(self) -> bool:
        """Whether an analysis made it, rather than a table of the warehouse."""
        return self.inputs is not None

    def parts(self) -> Iterator[Origin]:
        """The origin itself and those of its inputs, at every depth."""
        yield self
        for each in (self.inputs or {}).values():
            yield from each.parts()

    def tables(self) -> list[str]:
        """The marts and registers that it rests on, by name."""
        return sorted({part.name for part in self.parts() if not part.is_analysis})

    def text(self) -> str:
        """The origin as JSON, the same for the same origin."""
        return json.dumps(self.plain(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    def plain(self) -> dict[str, Any]:
        """The origin as JSON holds it."""
        found: dict[str, Any] = {"name": self.name}
        if self.inputs is not None:
            found["inputs"] = {name: each.plain() for name, each in self.inputs.items()}
        if self.options:
            found["options"] = dict(self.options)
        if self.projects is not None:
            found["projects"] = list(self.projects)
        return found


@dataclass(frozen=True)
class Figure:
    """One figure: `column` of the row of the frame of `made` that has the values of `key`, written as text."""

    made: Origin
    key: dict[str, str | None]
    column: str


def _is_list_of_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def is_plain(value: Any) -> bool:
    """Whether an option can be written down."""
    return value is None or isinstance(value, _PLAIN) or _is_list_of_texts(value)


def origin(data: Any, *, depth: int = 0) -> Origin:
    """The origin that JSON data tells of, whoever wrote it. Raises UsageError where it tells of none.

    Names are not looked up here: `reckoned` does so among what there is.
    """
    if not isinstance(data, dict) or depth > _DEEPEST or not set(data) <= {"name", "inputs", "options", "projects"}:
        raise _no_origin(data)
    name, inputs, options, projects = (data.get(part) for part in ("name", "inputs", "options", "projects"))
    are_texts = projects is None or (isinstance(projects, list) and all(isinstance(each, str) for each in projects))
    is_map = inputs is None or isinstance(inputs, dict)
    are_plain = options is None or (isinstance(options, dict) and all(map(is_plain, options.values())))
    if not (isinstance(name, str) and are_texts and is_map and are_plain):
        raise _no_origin(data)
    given = None if inputs is None else {str(part): origin(each, depth=depth + 1) for part, each in inputs.items()}
    found = Origin(name, given, dict(options or {}), None if projects is None else tuple(projects))
    if depth == 0 and sum(1 for _ in found.parts()) > _MOST_PARTS:
        raise _no_origin(data)
    return found


def _no_origin(data: Any) -> UsageError:
    return UsageError(
        "a figure does not say what it is made of",
        found=str(data)[:80],
        expected="a table or an analysis and its inputs",
    )


def stamped(frame: pd.DataFrame, made: Origin | None) -> pd.DataFrame:
    """The frame with its origin among its attributes; without one where it has none."""
    frame.attrs.pop(ATTRIBUTE, None)
    if made is not None:
        frame.attrs[ATTRIBUTE] = made.text()
    return frame


def origin_of(frame: pd.DataFrame) -> Origin | None:
    """The origin that a frame carries; None where it carries none."""
    text = frame.attrs.get(ATTRIBUTE)
    return origin(json.loads(text)) if isinstance(text, str) and len(text) < _LONGEST else None


def restricted(whole: pd.DataFrame, part: pd.DataFrame, made: Origin) -> Origin | None:
    """The origin of `part`, of rows of `whole`: that of all, or of some projects; None where it is neither."""
    shown = part.reset_index(drop=True)
    if whole.reset_index(drop=True).equals(shown):
        return made
    if PROJECT not in part or PROJECT not in whole:
        return None
    projects = tuple(sorted({str(each) for each in part[PROJECT].dropna()}))
    if not _of_projects(whole, projects).equals(shown):
        return None
    return Origin(made.name, made.inputs, made.options, projects)


def _of_projects(frame: pd.DataFrame, projects: tuple[str, ...]) -> pd.DataFrame:
    return frame[frame[PROJECT].isin(projects)].reset_index(drop=True)


def reckoned(
    made: Origin,
    tables: Mapping[str, pd.DataFrame],
    functions: Mapping[str, Callable[..., pd.DataFrame]],
    status_date: pd.Timestamp,
) -> pd.DataFrame:
    """The frame of an origin, from the tables it rests on and the analyses by name.

    Contracts are not checked: what is tried out may lack what they ask for.
    Raises KeyError for a table or an analysis that is not there.
    """
    return Reckoning(made, functions, status_date).of(tables)


class Reckoning:
    """The frame of one origin, reckoned from tables again and again.

    A part whose tables are the very frames that it was reckoned from before is
    not reckoned again; of these parts, those asked for last are kept.
    """

    def __init__(
        self, made: Origin, functions: Mapping[str, Callable[..., pd.DataFrame]], status_date: pd.Timestamp
    ) -> None:
        self._made, self._functions, self._status_date = made, functions, status_date
        self._names = {id(part): (part.text(), part.tables()) for part in made.parts()}
        # The tables stay beside what was made of them, so that no other frame takes their place in memory.
        self._known: OrderedDict[tuple[Any, ...], tuple[pd.DataFrame, list[pd.DataFrame]]] = OrderedDict()
        self._size = 0

    def of(self, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
        """The frame from these tables, as `reckoned` gives it."""
        with config_context(validation_enabled=False):
            return self._part(self._made, tables)

    def _part(self, made: Origin, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
        text, names = self._names[id(made)]
        rested = [tables[name] for name in names]
        place = (text, *map(id, rested))
        if place not in self._known:
            found = self._reckoned(made, tables)
            self._known[place] = (found, rested)
            self._size += found.size
            while self._size > _MOST_CELLS and len(self._known) > 1:
                self._size -= self._known.popitem(last=False)[1][0].size
        self._known.move_to_end(place)
        # An analysis that adds a column to what it is given adds it to its own.
        return self._known[place][0].copy(deep=False)

    def _reckoned(self, made: Origin, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
        if made.inputs is None:
            frame = tables[made.name]
        else:
            given: dict[str, Any] = {name: self._part(each, tables) for name, each in made.inputs.items()}
            function = self._functions[made.name]
            if takes_status_date(function):
                given["status_date"] = self._status_date
            frame = function(**given, **made.options)
        return frame if made.projects is None else _of_projects(frame, made.projects)


def takes_status_date(function: Callable[..., Any]) -> bool:
    """Whether an analysis asks for the reporting date."""
    return "status_date" in inspect.signature(function).parameters
