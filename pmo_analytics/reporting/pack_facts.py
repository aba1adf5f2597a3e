"""What a page tells its pack: key figures with their history, projects with their status; written and read.

It stands in the page as data, so that a pack is told from pages alone,
whenever they were made. A page is a file that anybody can change: what is
read from one is checked, and only ever shown as text.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import pandas as pd

from pmo_analytics.errors import ReportError, UsageError
from pmo_analytics.reporting.key_figures import KeyFigure
from pmo_analytics.reporting.page_tables import plain_table
from pmo_analytics.reporting.references import Shown

KEY_FIGURES, PROJECTS = "key_figures", "projects"
FORMS = ("money", "number", "percent")
_BLOCK = re.compile(r'<script type="application/json" class="pack">(.*?)</script>', re.DOTALL)
_MOST_DECIMALS = 6


@dataclass(frozen=True)
class FigureFact:
    """One key figure of a page: its text, its value in `unit`, written as `form` says; its history by month."""

    label: str
    shown: str
    exact: float | None
    unit: str
    form: str
    decimals: int
    change: str
    is_worse: bool | None
    history: list[tuple[str, float | None]]

    @property
    def line(self) -> list[float]:
        """The history's values, those that are not known as NaN."""
        return [math.nan if value is None else value for _, value in self.history]

    def text(self, value: float) -> str:
        """A value of its history as the page writes it, with what its rounding hides."""
        arguments: tuple[Any, ...] = (self.decimals + (1 if self.form == "percent" or self.decimals else 0),)
        if self.form == "money":
            return Shown("number", (0,), before=f"{self.unit}\u00a0").text(value)
        return Shown(self.form, arguments).text(value)


@dataclass(frozen=True)
class ProjectFact:
    """One project of a page: what its manager declared and what is computed; None where nothing is."""

    project_id: str
    name: str
    state: str | None
    declared: str | None
    computed: str | None


@dataclass(frozen=True)
class PageFacts:
    """What one page tells its pack."""

    key_figures: list[FigureFact]
    projects: list[ProjectFact]

    def plain(self) -> dict[str, Any]:
        """The facts as JSON holds them."""
        return asdict(self)


def told_figure(figure: KeyFigure) -> dict[str, Any]:
    """A key figure as its page tells it to the pack."""
    form, arguments = (figure.form.form, figure.form.arguments) if figure.form else ("number", ())
    months = [month.isoformat() for month in figure.months]
    # Without months a history says nothing about another page's.
    history = (
        zip(months, figure.history, strict=True) if months else [(str(at), v) for at, v in enumerate(figure.history)]
    )
    return asdict(
        FigureFact(
            figure.label, figure.value, _known(figure.exact), figure.unit, form if form in FORMS else "number",
            arguments[0] if form != "money" and arguments else 0, figure.change, figure.is_worse,
            [(month, _known(value)) for month, value in history],
        )
    )  # fmt: skip


def told_project(row: Mapping[str, Any]) -> dict[str, Any]:
    """A line of the project table, missing values as None, as its page tells it to the pack."""
    return asdict(
        ProjectFact(str(row["project_id"]), str(row["name"]), row["state"], row["rag_status"], row["computed_rag"])
    )


def figure_tables(title: str, figures: Sequence[KeyFigure]) -> list[dict[str, Any]]:
    """The key figures, and their histories by month, as tables of the page's workbook; none where none is told."""
    now = pd.DataFrame(
        [[f.label, f.value, f.exact, f.unit, f.change, f.note] for f in figures],
        columns=["figure", "shown", "value", "unit", "change", "note"],
    )
    then = pd.DataFrame(
        [
            [f.label, month, value, f.unit]
            for f in figures
            if f.months
            for month, value in zip(f.months, f.history, strict=True)
        ],
        columns=["figure", "period_month", "value", "unit"],
    )
    found = [(title, now), (f"{title}, by month", then)]
    return [plain_table(name, frame) for name, frame in found if len(frame)]


def facts_of(page: str) -> PageFacts:
    """What the text of a page tells its pack. Raises ReportError where that cannot be read."""
    found: dict[str, list[Any]] = {KEY_FIGURES: [], PROJECTS: []}
    try:
        for block in _BLOCK.findall(page):
            told = json.loads(block)
            for part, items in found.items():
                items.extend(told.get(part, []))
    except (ValueError, TypeError, AttributeError, RecursionError) as problem:
        raise _unreadable(problem) from None
    return read_facts(found)


def read_facts(plain: Mapping[str, Any]) -> PageFacts:
    """Facts from JSON that anybody may have written. Raises ReportError where they are none."""
    try:
        return PageFacts(
            [_figure(each) for each in plain[KEY_FIGURES]],
            [_project(each) for each in plain[PROJECTS]],
        )
    except (KeyError, TypeError, ValueError, AttributeError, UsageError) as problem:
        raise _unreadable(problem) from None


def _figure(plain: Any) -> FigureFact:
    fact = FigureFact(
        label=str(plain["label"]),
        shown=str(plain["shown"]),
        exact=_number(plain["exact"]),
        unit=str(plain["unit"]),
        form=str(plain["form"]),
        decimals=int(plain["decimals"]),
        change=str(plain["change"]),
        is_worse=None if plain["is_worse"] is None else bool(plain["is_worse"]),
        history=[(str(month), _number(value)) for month, value in plain["history"]],
    )
    if fact.form not in FORMS or not 0 <= fact.decimals <= _MOST_DECIMALS:
        raise ValueError(f"a figure written as {fact.form}, {fact.decimals}")
    return fact


def _number(value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"no number: {value!r}")
    return float(value)


def _project(plain: Any) -> ProjectFact:
    told = {name: plain[name] for name in ("state", "declared", "computed")}
    return ProjectFact(
        str(plain["project_id"]),
        str(plain["name"]),
        **{name: None if value is None else str(value) for name, value in told.items()},
    )


def _known(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)


def is_month(text: str) -> bool:
    """Whether a point of a history has a month."""
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def _unreadable(problem: Exception) -> ReportError:
    return ReportError(
        "tells its pack what cannot be read",
        found=f"{type(problem).__name__}: {problem}"[:200],
        hint="publish the page again",
    )
