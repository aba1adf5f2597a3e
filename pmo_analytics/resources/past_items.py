"""Past items that an estimate is asked against: the question, what a history holds, and its finished items in order."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pmo_analytics.contracts.marts import EstimateHistory
from pmo_analytics.errors import UsageError, nearest
from pmo_analytics.resources.effort_distribution import size_bands
from pmo_analytics.resources.estimation import UNCLASSED

# Of a longer history the last so many finished items are tried and searched: the classes use 3,000, and of 3,000
# forecasts the share that P90 held is known within a point.
MOST_ITEMS = 6_000
MARKS = ("size_band", EstimateHistory.work_class, EstimateHistory.project_id)
_HOUR = 3600.0


@dataclass(frozen=True)
class Question:
    """What is asked: words, class, project and estimate in seconds; all but the words may be left out (None)."""

    text: str = ""
    work_class: str | None = None
    project_id: str | None = None
    estimate_seconds: float | None = None

    @property
    def marks(self) -> dict[str, str]:
        """The marks of its reference classes, widest first."""
        band = None if self.estimate_seconds is None else str(size_bands(pd.Series([self.estimate_seconds]))[0])
        given = zip(MARKS, (band, self.work_class, self.project_id), strict=True)
        return {name: value for name, value in given if value is not None}


@dataclass(frozen=True)
class Known:
    """What a whole history holds: its classes and projects, its finished items, and those left out among them."""

    classes: tuple[str, ...]
    projects: tuple[str, ...]
    items: int
    left_out: int


def known_of(estimate_history: pd.DataFrame, status_date: pd.Timestamp, *, has_estimate: bool) -> Known:
    """What the mart `estimate_history` holds by `status_date`."""
    classes, projects = (
        tuple(sorted(estimate_history[column].dropna().astype(str).unique()))
        for column in (EstimateHistory.work_class, EstimateHistory.project_id)
    )
    is_finished, is_used = _is_used(estimate_history, status_date, has_estimate=has_estimate)
    return Known(classes, projects, int(is_used.sum()), int(is_finished.sum() - is_used.sum()))


def asked_of(known: Known, question: Question) -> Question:
    """The question with class and project as the history writes them. UsageError, with the nearest, for unknown ones.

    Also UsageError where the estimate is not a number above zero.
    """
    seconds = question.estimate_seconds
    if seconds is not None and not (math.isfinite(seconds) and seconds > 0):
        raise UsageError("an estimate must be above zero hours", found=f"{seconds / _HOUR:g}", expected="such as 8")
    found = {}
    for names, what, given in (
        (known.classes, "class", question.work_class),
        (known.projects, "project", question.project_id),
    ):
        same = [name for name in names if given is not None and name.casefold() == given.casefold()]
        if given is not None and not same:
            close = nearest(given, names)
            raise UsageError(
                f"no past item is of {what} {given!r}",
                found=given,
                expected=", ".join(names[:20]) or f"a {what}, of which the history has none",
                hint=f"did you mean {close!r}?" if close else f"leave the {what} out to ask the whole organisation",
            )
        found[what] = given if given is None or given in same else same[0]
    return Question(question.text, found["class"], found["project"], seconds)


def _is_used(
    estimate_history: pd.DataFrame, status_date: pd.Timestamp, *, has_estimate: bool
) -> tuple[pd.Series, pd.Series]:
    """Which items are finished by `status_date`, and which of them have both dates and what a forecast is made of."""
    finished_on, asked_on = (
        estimate_history[name] for name in (EstimateHistory.finished_on_date, EstimateHistory.estimated_on_date)
    )
    is_finished = (estimate_history[EstimateHistory.state] == "finished") & ~(finished_on > status_date)
    is_used = is_finished & (estimate_history[EstimateHistory.actual_seconds] > 0) & (asked_on <= finished_on)
    if has_estimate:
        is_used &= estimate_history[EstimateHistory.estimate_seconds] > 0
    return is_finished, is_used


def finished_items(estimate_history: pd.DataFrame, status_date: pd.Timestamp, *, has_estimate: bool) -> pd.DataFrame:
    """The last `MOST_ITEMS` finished by `status_date` with both dates and an outcome, in order of knowledge.

    Adds `size_band`, `log_base` (logarithm of the estimate in hours, 0 without
    an estimate), `log_outcome` (of A/E, or of hours) and `log_days` (of the calendar
    days from estimate to finish, both counted).
    """
    _, is_used = _is_used(estimate_history, status_date, has_estimate=has_estimate)
    order = [EstimateHistory.finished_on_date, EstimateHistory.item_id]
    items = estimate_history[is_used].sort_values(order).tail(MOST_ITEMS).reset_index(drop=True)
    seconds = items[EstimateHistory.estimate_seconds].to_numpy(dtype=float)
    base = np.log(seconds / _HOUR) if has_estimate else np.zeros(len(items))
    items["size_band"] = size_bands(items[EstimateHistory.estimate_seconds])
    items["log_base"] = base
    items["log_outcome"] = np.log(items[EstimateHistory.actual_seconds].to_numpy(dtype=float) / _HOUR) - base
    elapsed = items[EstimateHistory.finished_on_date] - items[EstimateHistory.estimated_on_date]
    items["log_days"] = np.log(elapsed.dt.days.to_numpy(dtype=float) + 1.0)
    for column in (EstimateHistory.work_class, EstimateHistory.project_id):
        items[column] = items[column].fillna(UNCLASSED)
    return items
