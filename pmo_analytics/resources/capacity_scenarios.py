"""Scenarios of capacity: what an organisation might change, as a TOML file states it.

A file holds a name and tables of changes; each names a key that is wrong, what
was found and what is expected. `capacity_changes` applies them.

    name = "two hires from October"

    [[hire]]
    skill = "java"
    level = 3
    count = 2
    from = "2026-10"
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd

from pmo_analytics.errors import UsageError, nearest

_LEVELS = (0, 7)
_MOST_PERSONS, _MOST_HOURS, _MOST_MONTHS, _MOST_FACTOR = 10_000, 1_000_000, 120, 10
_MONTH = re.compile(r"(\d{4})-(\d{2})")


@dataclass(frozen=True)
class Hire:
    """Persons who are there from the first day of a month on, each with a share of full time."""

    skill: str
    count: int
    since: pd.Timestamp
    level: int
    full_time_pct: float

    @property
    def words(self) -> str:
        """The change in words."""
        part = "" if self.full_time_pct == 100 else f" at {self.full_time_pct:g} % of full time"
        return f"hire {self.count} of {self.skill} at level {self.level}{part} from {self.since:%Y-%m}"


@dataclass(frozen=True)
class Contractor:
    """Hours bought in each month from the first to the last; all of them reach projects."""

    skill: str
    hours_a_month: float
    since: pd.Timestamp
    until: pd.Timestamp
    level: int

    @property
    def words(self) -> str:
        """The change in words."""
        return f"buy {self.hours_a_month:g} h a month of {self.skill}, {self.since:%Y-%m} to {self.until:%Y-%m}"


@dataclass(frozen=True)
class Away:
    """Persons of a skill who are not there from a month on, or up to another one; who has fewest skills goes first."""

    skill: str
    count: int
    since: pd.Timestamp
    until: pd.Timestamp | None = None

    @property
    def words(self) -> str:
        """The change in words."""
        if self.until is None:
            return f"{self.count} of {self.skill} leave, gone from {self.since:%Y-%m}"
        return f"{self.count} of {self.skill} away, {self.since:%Y-%m} to {self.until:%Y-%m}"


@dataclass(frozen=True)
class Training:
    """Persons who have a level of a skill from a month on: of the skill's lower levels first, then neighbours."""

    skill: str
    to_level: int
    count: int
    since: pd.Timestamp

    @property
    def words(self) -> str:
        """The change in words."""
        return f"train {self.count} to level {self.to_level} of {self.skill}, able from {self.since:%Y-%m}"


@dataclass(frozen=True)
class ProjectChange:
    """A project that moves by months, is cancelled, or has another certainty: one of the three."""

    project: str
    move_months: int | None = None
    cancel: bool | None = None
    certainty: float | None = None

    @property
    def words(self) -> str:
        """The change in words."""
        if self.move_months is not None:
            way = "later" if self.move_months > 0 else "earlier"
            return f"move {self.project} {abs(self.move_months)} months {way}"
        return f"cancel {self.project}" if self.cancel else f"{self.project} comes about with {self.certainty:.0%}"


@dataclass(frozen=True)
class FocusChange:
    """Another share of available time that reaches projects: the usual one times a factor, in some months or in all."""

    factor: float
    since: pd.Timestamp | None = None
    until: pd.Timestamp | None = None

    @property
    def words(self) -> str:
        """The change in words."""
        span = "" if self.since is None else f" from {self.since:%Y-%m}"
        return f"{self.factor:g} times the usual focus{span}{'' if self.until is None else f' to {self.until:%Y-%m}'}"


Change = Hire | Contractor | Away | Training | ProjectChange | FocusChange


@dataclass(frozen=True)
class Scenario:
    """A named set of changes; `file` is where it is stated, for what is wrong in it."""

    name: str
    changes: tuple[Change, ...]
    file: str | None = None


def _number(low: float, high: float, *, is_above: bool = False) -> tuple[str, Callable[[Any], Any]]:
    def read(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise ValueError
        if is_above and value == low:
            raise ValueError
        return float(value)

    return f"a number {'above' if is_above else 'from'} {low:g}{',' if is_above else ''} to {high:g}", read


def _whole(low: int, high: int) -> tuple[str, Callable[[Any], Any]]:
    def read(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise ValueError
        return value

    return f"a whole number from {low} to {high}", read


def _read_text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError
    return value.strip()


def _read_month(value: Any) -> pd.Timestamp:
    if isinstance(value, date) and not isinstance(value, datetime):
        value = f"{value:%Y-%m}" if value.day == 1 else None
    found = _MONTH.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError
    return pd.Timestamp(int(found[1]), int(found[2]), 1)


def _read_true(value: Any) -> bool:
    if value is not True:
        raise ValueError
    return True


_TEXT: tuple[str, Callable[[Any], Any]] = ("a text", _read_text)
_WHEN: tuple[str, Callable[[Any], Any]] = ('a month such as "2026-10"', _read_month)
_LEVEL, _COUNT = _whole(*_LEVELS), _whole(1, _MOST_PERSONS)
_NEEDED = object()
# By table: what it makes, and of each key the field, how it is read, and what holds where it is not there.
_TABLES: dict[str, tuple[Callable[..., Change], dict[str, tuple[str, tuple[str, Callable[[Any], Any]], Any]]]] = {
    "hire": (Hire, {
        "skill": ("skill", _TEXT, _NEEDED), "count": ("count", _COUNT, _NEEDED), "from": ("since", _WHEN, _NEEDED),
        "level": ("level", _LEVEL, _NEEDED), "full_time_pct": ("full_time_pct", _number(0, 100, is_above=True), 100.0),
    }),
    "contractor": (Contractor, {
        "skill": ("skill", _TEXT, _NEEDED), "from": ("since", _WHEN, _NEEDED), "to": ("until", _WHEN, _NEEDED),
        "hours_a_month": ("hours_a_month", _number(0, _MOST_HOURS, is_above=True), _NEEDED),
        "level": ("level", _LEVEL, _LEVELS[1]),
    }),
    "leave": (Away, {
        "skill": ("skill", _TEXT, _NEEDED), "count": ("count", _COUNT, _NEEDED), "from": ("since", _WHEN, _NEEDED),
        "to": ("until", _WHEN, _NEEDED),
    }),
    "leavers": (Away, {
        "skill": ("skill", _TEXT, _NEEDED), "count": ("count", _COUNT, _NEEDED), "from": ("since", _WHEN, _NEEDED),
    }),
    "train": (Training, {
        "skill": ("skill", _TEXT, _NEEDED), "to_level": ("to_level", _whole(1, _LEVELS[1]), _NEEDED),
        "count": ("count", _COUNT, _NEEDED), "from": ("since", _WHEN, _NEEDED),
    }),
    "project": (ProjectChange, {
        "project": ("project", _TEXT, _NEEDED),
        "move_months": ("move_months", _whole(-_MOST_MONTHS, _MOST_MONTHS), None),
        "cancel": ("cancel", ("true", _read_true), None), "certainty": ("certainty", _number(0, 1), None),
    }),
    "focus": (FocusChange, {
        "factor": ("factor", _number(0, _MOST_FACTOR), _NEEDED), "from": ("since", _WHEN, None),
        "to": ("until", _WHEN, None),
    }),
}  # fmt: skip


def scenario_of(given: Mapping[str, Any], *, file: str | None = None) -> Scenario:
    """The scenario that the text of a file states.

    Raises UsageError, with the file, the key, what was found and what is
    expected, for what it cannot say.
    """
    for name in given:
        if name != "name" and name not in _TABLES:
            _unknown(name, ["name", *_TABLES], "a scenario", file)
    try:
        title = _read_text(given.get("name"))
    except ValueError:
        raise UsageError(
            "a scenario has a name", file=file, found=repr(given.get("name")), expected='name = "…"'
        ) from None
    changes: list[Change] = []
    for kind, (made, keys) in _TABLES.items():
        entries = given.get(kind, [])
        if not isinstance(entries, list) or not all(isinstance(entry, Mapping) for entry in entries):
            raise UsageError(f"{kind} of a scenario is a list of tables", file=file, expected=f"[[{kind}]]")
        for place, entry in enumerate(entries, start=1):
            where = f"{kind} {place}"
            change = made(**_fields(entry, keys, where, file))
            _check_sense(change, where, file)
            changes.append(change)
    if not changes:
        raise UsageError(
            "a scenario changes something", file=file, expected=", ".join(f"[[{kind}]]" for kind in _TABLES)
        )
    return Scenario(title, tuple(changes), file)


def _fields(
    entry: Mapping[str, Any],
    keys: Mapping[str, tuple[str, tuple[str, Callable[[Any], Any]], Any]],
    where: str,
    file: str | None,
) -> dict[str, Any]:
    for name in entry:
        if name not in keys:
            _unknown(name, list(keys), where, file)
    found = {}
    for name, (field, (expected, read), default) in keys.items():
        if name not in entry and default is not _NEEDED:
            found[field] = default
            continue
        try:
            found[field] = read(entry.get(name))
        except ValueError:
            what = "is missing" if name not in entry else "cannot be"
            raise UsageError(
                f"{name} of {where} {what}", file=file, found=repr(entry.get(name)) if name in entry else None,
                expected=expected,
            ) from None  # fmt: skip
    return found


def _check_sense(change: Change, where: str, file: str | None) -> None:
    since, until = getattr(change, "since", None), getattr(change, "until", None)
    if since is not None and until is not None and until < since:
        raise UsageError(
            f"to of {where} is before from", file=file, found=f"{until:%Y-%m}", expected=f"{since:%Y-%m} or later"
        )
    if isinstance(change, ProjectChange):
        stated = [value for value in (change.move_months, change.cancel, change.certainty) if value is not None]
        if len(stated) != 1:
            raise UsageError(
                f"{where} states one change", file=file, found=f"{len(stated)} changes",
                expected="one of move_months, cancel, certainty",
            )  # fmt: skip


def _unknown(name: str, known: list[str], where: str, file: str | None) -> None:
    close = nearest(name, known)
    raise UsageError(
        f"unknown key {name!r} in {where}", file=file, expected=", ".join(known),
        hint=f"did you mean {close!r}?" if close else "remove it",
    )  # fmt: skip
