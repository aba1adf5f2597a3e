"""What a figure of a page is: its name in the page, the frame, row and column it stands in, and how it is written.

A block carries the references of its figures as data beside them. A page is
anybody's text: what is read from one are names, which are looked up among the
known, and values, which are bound.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import numpy as np
import pandas as pd

from pmo_analytics import numerals
from pmo_analytics.errors import UsageError
from pmo_analytics.origins import Figure, Origin, origin, origin_of

_NAME = re.compile(r"^[A-Za-z0-9_.]+(?:-[A-Za-z0-9_.]+)*$")
_PART = re.compile(r"^[A-Za-z0-9_][A-Za-z0-9_.]*(?:-[A-Za-z0-9_.]+)*$")
_LONGEST_PART, _LONGEST_NAME = 40, 160
# Numbers of decimals; a page could ask for a billion.
_ARGUMENTS = {None, *range(10)}
_FORMS: dict[str, Callable[..., str]] = {
    "number": numerals.number, "signed": numerals.signed, "money": numerals.money, "hours": numerals.hours,
    "hundredths_of_hours": lambda seconds: numerals.number(seconds / 3600, 2),
    "signed_hours": lambda seconds: numerals.signed(seconds / 3600, 2),
    "percent": numerals.percent, "day": numerals.day, "month": numerals.month,
    "months": lambda days: numerals.signed(round(days / 30.4)),
    "text": str,
}  # fmt: skip


@dataclass(frozen=True)
class Shown:
    """How a value is written: a form of `numerals` with its arguments, and the text before and behind."""

    form: str
    arguments: tuple[Any, ...] = ()
    before: str = ""
    behind: str = ""

    def text(self, value: Any) -> str:
        """The value as a page shows it. Raises UsageError where the value cannot be shown so."""
        try:
            return f"{self.before}{_FORMS[self.form](value, *self.arguments)}{self.behind}"
        except (TypeError, ValueError, AttributeError):
            raise UsageError("a figure cannot be written as its page says", found=f"{self.form} of {value!r}") from None


@dataclass(frozen=True)
class Reference(Figure):
    """One figure of a page, and how it is written there."""

    shown: Shown


@dataclass
class References:
    """The references of a block's figures by their names, which are told apart whatever exports hold."""

    found: dict[str, Reference] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)

    def add(
        self, parts: tuple[Any, ...], frame: pd.DataFrame, key: Mapping[str, Any], column: str, shown: Shown
    ) -> str:
        """The name of a figure of `frame`, empty where what made the frame is not known or the figure is missing."""
        reference = refer(frame, key, column, shown)
        return "" if reference is None else self.name(parts, reference)

    def name(self, parts: tuple[Any, ...], reference: Reference) -> str:
        """The name that a figure is known by in the page: `parts` as far as they can stand in one."""
        name = "-".join(_part(part) for part in parts)
        # A file system may not tell capitals apart.
        if name.casefold() in self.taken:
            name = f"{name}-{_digest(reference.made.text() + repr(sorted(reference.key.items())))}"
        self.taken.add(name.casefold())
        self.found[name] = reference
        return name

    def plain(self) -> dict[str, Any]:
        """The references as JSON holds them, each origin once."""
        made = {reference.made.text(): reference.made for reference in self.found.values()}
        places = {text: at for at, text in enumerate(made)}
        figures = {
            name: [
                places[each.made.text()], each.key, each.column,
                [each.shown.form, list(each.shown.arguments), each.shown.before, each.shown.behind],
            ]
            for name, each in self.found.items()
        }  # fmt: skip
        return {"made": [each.plain() for each in made.values()], "figures": figures}


def refer(frame: pd.DataFrame, key: Mapping[str, Any], column: str, shown: Shown) -> Reference | None:
    """The reference of a figure; None where the frame carries no origin, or not exactly one row has this key."""
    made = origin_of(frame)
    if made is None or column not in frame:
        return None
    fits = np.ones(len(frame), dtype=bool)
    for name, wanted in key.items():
        fits &= (frame[name].isna() if pd.isna(wanted) else frame[name] == wanted).to_numpy(dtype=bool)
    if fits.sum() != 1 or pd.isna(frame.loc[fits, column].iloc[0]):
        return None
    return Reference(made, {name: _written(value) for name, value in key.items()}, column, shown)


def read_references(data: Any) -> dict[str, Reference]:
    """The references that a block's data tells of, whoever wrote it. Raises UsageError where it is none."""
    try:
        made = [origin(each) for each in data["made"]]
        return {_name(name): _read(made, each) for name, each in data["figures"].items()}
    except (KeyError, TypeError, AttributeError, IndexError, ValueError, RecursionError):
        raise UsageError("a page's figures do not say what they are made of", found=str(data)[:80]) from None


def _read(made: list[Origin], data: Any) -> Reference:
    at, key, column, (form, arguments, before, behind) = data
    texts = [column, form, before, behind, *key, *(each for each in key.values() if each is not None)]
    are_known = form in _FORMS and all(isinstance(each, str) or each in _ARGUMENTS for each in arguments)
    if not all(isinstance(each, str) for each in texts) or not are_known:
        raise ValueError(form)
    return Reference(made[at], dict(key), column, Shown(form, tuple(arguments), before, behind))


def _name(name: str) -> str:
    if not is_name(name):
        raise ValueError(name)
    return name


def is_name(text: str) -> bool:
    """Whether a text can be a figure's name, and so a part of a path."""
    return len(text) <= _LONGEST_NAME and _NAME.match(text) is not None and not text.startswith(".")


def _part(value: Any) -> str:
    """A value as part of a name: as it is where it is plain, else folded, with a digest."""
    text = _written(value) or "none"
    if _PART.match(text) and len(text) <= _LONGEST_PART:
        return text
    folded = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:_LONGEST_PART].strip("-")
    return f"{folded}-{_digest(text)}" if folded else _digest(text)


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:8]


def _written(value: Any) -> str | None:
    if value is None or pd.isna(value):
        return None
    return value.date().isoformat() if isinstance(value, pd.Timestamp) else str(value)
