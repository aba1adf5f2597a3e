"""Scenarios of choice: budgets, capacity and rules of the game, as a TOML file states them.

A file holds a name and what differs from a choice without limits; what is wrong
names the file, the key, what was found and what is expected.

    name = "lean years"
    alpha = 0.1                  # in 9 of 10 draws all demand fits

    [budget]
    2027 = 400_000

    [capacity]
    java = 0.8                   # of the time that is there

    [[minimum]]
    portfolio = "North"
    count = 2
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pmo_analytics.errors import UsageError, nearest

VALUE, GROSS, WEIGHTED = "value", "gross", "weighted"
SUMMED = ("value", "cost", "count")
_YEAR, _CURRENCY = re.compile(r"\d{4}"), re.compile(r"[A-Z]{3}")
Read = tuple[str, Callable[[Any], Any]]


@dataclass(frozen=True)
class GroupTerm:
    """A least or a most of value, cost or count over a portfolio or an objective."""

    is_least: bool
    portfolio: str | None
    objective: str | None
    measure: str
    amount: float

    @property
    def words(self) -> str:
        """What is limited."""
        group = f"portfolio {self.portfolio}" if self.portfolio is not None else f"objective {self.objective}"
        return f"{self.measure} of {group}"


@dataclass(frozen=True)
class RunningTerm:
    """A running project that may be left: what going on is worth and costs over some months, and what leaving costs."""

    project: str
    value: float
    cost: float
    months: int
    exit_cost: float


@dataclass(frozen=True)
class SelectionTerms:
    """What a choice is held to; without a file, nothing but the hours that there are.

    `value_kind` says what is maximised: values as stated, which are after cost;
    "gross" where they are stated before it, so that cost is taken off; or the
    weighted value of the board's criteria. `against` names the objective that value
    is held against. `file` is where it is stated.
    """

    name: str = "no limits"
    value_kind: str = VALUE
    currency: str | None = None
    alpha: float | None = None
    months: int = 24
    start_window_months: int = 0
    value_error_pct: float = 0.0
    value_lost_pct_a_month: float = 0.0
    near_pct: float = 1.0
    capacity_factor: float = 1.0
    against: str | None = None
    is_in: tuple[str, ...] = ()
    is_out: tuple[str, ...] = ()
    budget: tuple[tuple[str, float], ...] = ()
    capacity: tuple[tuple[str, float], ...] = ()
    groups: tuple[GroupTerm, ...] = ()
    running: tuple[RunningTerm, ...] = ()
    file: str | None = None


def _number(low: float, high: float) -> Read:
    def read(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise ValueError
        return float(value)

    return f"a number from {low:,g} to {high:,g}", read


def _whole(low: int, high: int) -> Read:
    def read(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise ValueError
        return value

    return f"a whole number from {low} to {high}", read


def _read_text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError
    return value.strip()


def _read_kind(value: Any) -> str:
    if value not in {VALUE, GROSS, WEIGHTED}:
        raise ValueError
    return str(value)


def _read_currency(value: Any) -> str:
    if not isinstance(value, str) or _CURRENCY.fullmatch(value) is None:
        raise ValueError
    return value


def _read_names(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ValueError  # noqa: TRY004 - what cannot be, as with the others
    return tuple(_read_text(each) for each in value)


_MONEY, _TEXT = _number(0, 1e13), ("a text", _read_text)
_ANY_MONEY = _number(-1e13, 1e13)
# By key: the field, what is expected, and how it is read.
_KEYS: dict[str, tuple[str, Read]] = {
    "name": ("name", _TEXT),
    "value": ("value_kind", ('"value", "gross" or "weighted"', _read_kind)),
    "currency": ("currency", ('three letters such as "EUR"', _read_currency)),
    "alpha": ("alpha", _number(0, 0.5)),
    "months": ("months", _whole(1, 120)),
    "start_window_months": ("start_window_months", _whole(0, 60)),
    "value_error_pct": ("value_error_pct", _number(0, 300)),
    "value_lost_pct_a_month": ("value_lost_pct_a_month", _number(0, 50)),
    "near_pct": ("near_pct", _number(0, 50)),
    "capacity_factor": ("capacity_factor", _number(0, 10)),
    "against": ("against", _TEXT),
    "in": ("is_in", ('a list of proposals such as ["N-01"]', _read_names)),
    "out": ("is_out", ('a list of proposals such as ["N-01"]', _read_names)),
}
_TABLES = ("budget", "capacity", "minimum", "maximum", "running")
_RUNNING: dict[str, tuple[str, Read]] = {
    "project": ("project", _TEXT), "value": ("value", _ANY_MONEY), "cost": ("cost", _MONEY),
    "months": ("months", _whole(1, 120)), "exit_cost": ("exit_cost", _MONEY),
}  # fmt: skip


def scenario_terms(text: str, *, file: str | None = None) -> SelectionTerms:
    """The scenario that the text of a file states; nothing limits where it states nothing. UsageError as `terms_of`."""
    if not text.strip():
        return SelectionTerms()
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise UsageError("is not valid TOML", file=file, found=str(problem), hint="mend the line it names") from None
    return terms_of(given, file=file)


def terms_of(given: Mapping[str, Any], *, file: str | None = None) -> SelectionTerms:
    """The scenario that the text of a file states; UsageError, with file and key, for what it cannot say."""
    for name in given:
        if name not in _KEYS and name not in _TABLES:
            _unknown(name, [*_KEYS, *_TABLES], "a scenario", file)
    if "name" not in given:
        raise UsageError("a scenario has a name", file=file, expected='name = "…"')
    fields = {field: _value(given, name, read, file) for name, (field, read) in _KEYS.items() if name in given}
    both = sorted({*fields.get("is_in", ())} & {*fields.get("is_out", ())})
    if both:
        raise UsageError("a proposal is both in and out", file=file, found=", ".join(both), hint="take it out of one")
    groups = [
        _group(entry, f"{kind} {place}", is_least=kind == "minimum", file=file)
        for kind in ("minimum", "maximum")
        for place, entry in enumerate(_entries(given, kind, file), start=1)
    ]
    running = [_running(entry, place, file) for place, entry in enumerate(_entries(given, "running", file), start=1)]
    return SelectionTerms(
        **fields, budget=_amounts(given, "budget", _MONEY, file), file=file, groups=tuple(groups),
        capacity=_amounts(given, "capacity", _number(0, 10), file), running=tuple(running),
    )  # fmt: skip


def _value(given: Mapping[str, Any], name: str, read: Read, file: str | None, where: str = "a scenario") -> Any:
    if name not in given:
        raise UsageError(f"{name} of {where} is missing", file=file, expected=read[0])
    try:
        return read[1](given[name])
    except ValueError:
        raise UsageError(
            f"{name} of {where} cannot be", file=file, found=repr(given[name]), expected=read[0]
        ) from None  # fmt: skip


def _amounts(given: Mapping[str, Any], table: str, read: Read, file: str | None) -> tuple[tuple[str, float], ...]:
    entries = given.get(table, {})
    if not isinstance(entries, Mapping):
        raise UsageError(f"{table} of a scenario is a table", file=file, found=repr(entries), expected=f"[{table}]")
    for name in entries:
        if table == "budget" and _YEAR.fullmatch(name) is None:
            raise UsageError("a budget is of a year", file=file, found=repr(name), expected="a key such as 2027")
    return tuple((str(name), _value(entries, name, read, file, f"[{table}]")) for name in entries)


def _entries(given: Mapping[str, Any], kind: str, file: str | None) -> list[Mapping[str, Any]]:
    entries = given.get(kind, [])
    if not isinstance(entries, list) or not all(isinstance(entry, Mapping) for entry in entries):
        raise UsageError(f"{kind} of a scenario is a list of tables", file=file, expected=f"[[{kind}]]")
    return entries


def _group(entry: Mapping[str, Any], where: str, *, is_least: bool, file: str | None) -> GroupTerm:
    known = ["portfolio", "objective", *SUMMED]
    for name in entry:
        if name not in known:
            _unknown(name, known, where, file)
    groups, measures = [n for n in known[:2] if n in entry], [n for n in SUMMED if n in entry]
    if len(groups) != 1 or len(measures) != 1:
        raise UsageError(
            f"{where} limits one sum of one group", file=file, found=", ".join([*groups, *measures]) or "neither",
            expected="portfolio or objective, and one of value, cost and count",
        )  # fmt: skip
    name = _value(entry, groups[0], _TEXT, file, where)
    amount = _value(entry, measures[0], _MONEY, file, where)
    is_portfolio = groups[0] == "portfolio"
    return GroupTerm(
        is_least, name if is_portfolio else None, None if is_portfolio else name, measures[0], amount
    )  # fmt: skip


def _running(entry: Mapping[str, Any], place: int, file: str | None) -> RunningTerm:
    where = f"running {place}"
    for name in entry:
        if name not in _RUNNING:
            _unknown(name, list(_RUNNING), where, file)
    return RunningTerm(**{field: _value(entry, name, read, file, where) for name, (field, read) in _RUNNING.items()})


def _unknown(name: str, known: list[str], where: str, file: str | None) -> None:
    close = nearest(name, known)
    raise UsageError(
        f"unknown key {name!r} in {where}", file=file, expected=", ".join(known),
        hint=f"did you mean {close!r}?" if close else "remove it",
    )  # fmt: skip
