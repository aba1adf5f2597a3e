"""Parameters of a page, checked against its notebook and the warehouse before anything is run."""

from __future__ import annotations

import ast
import calendar
import re
from collections.abc import Iterable
from datetime import date
from typing import Any

import pandas as pd

from pmo_analytics.contracts.portfolio import Project
from pmo_analytics.errors import UsageError, nearest
from pmo_analytics.portfolio.membership import portfolio_names
from pmo_analytics.reporting.notebooks import ReportNotebook, check_parameters, declared_parameters
from pmo_analytics.warehouse import View

_WORDS = {bool: "true or false", int: "a whole number", float: "a number", str: "a text"}
_TRUTHS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
# The days of events; a plan or a register may be dated before and after all of them.
_DAYS = (
    ("timesheet_entry", "work_date"),
    ("issue", "created_at"),
    ("issue", "updated_at"),
    ("ledger_entry", "posting_date"),
    ("project_status", "status_date"),
    ("estimate_outcome", "finished_on_date"),
    ("project", "status_date"),
)


def checked(notebook: ReportNotebook, given: dict[str, Any], project: pd.DataFrame, as_of: date) -> dict[str, Any]:
    """The parameters with values of the types that the notebook's defaults have.

    `project` is the register on `as_of`: `portfolio` and `project` name one of
    its rows. A text, as the command line gives it, is read as the type asks.
    Raises UsageError for an unknown name, a value of another type, a portfolio
    or project that does not exist; each with the nearest name there is.
    """
    check_parameters(notebook, {"as_of": None, "version": None, **given})
    declared = declared_parameters(notebook)
    values = {name: typed(name, value, *declared[name]) for name, value in given.items() if value is not None}
    known = {
        "portfolio": portfolio_names(project),
        "project": sorted(str(name) for name in project[Project.project_id]),
    }
    for name in known.keys() & values.keys():
        _known(name, values[name], known[name], as_of)
    return values


def _known(kind: str, value: Any, known: list[str], as_of: date) -> None:
    if value in known:
        return
    close = nearest(str(value), known)
    raise UsageError(
        f"there is no {kind} {value!r} on {as_of.isoformat()}",
        expected=", ".join(known[:40]) + (", …" if len(known) > 40 else "") or f"a register of projects with a {kind}",
        hint=f"did you mean {close!r}?" if close else None,
    )


def typed(name: str, value: Any, default: str, hint: str) -> Any:
    """`value` in the type of a parameter whose default and type hint are given as the notebook writes them."""
    wanted = _wanted(default, hint)
    if wanted is None:
        return value
    found = _read(value, wanted) if isinstance(value, str) else value
    fits = isinstance(found, wanted) and (wanted is bool or not isinstance(found, bool))
    if wanted is float and isinstance(found, int) and not isinstance(found, bool):
        return float(found)
    if not fits:
        raise UsageError(
            f"the parameter {name!r} has a value of the wrong type",
            found=repr(value),
            expected=f"{_WORDS.get(wanted, f'a {wanted.__name__}')}, such as {default}",
        )
    return found


def _wanted(default: str, hint: str) -> type | None:
    """The type that a parameter asks for; None where neither its default nor its hint says."""
    try:
        value = ast.literal_eval(default)
    except (ValueError, SyntaxError):
        return None
    if value is not None:
        return type(value)
    named = {"bool": bool, "int": int, "float": float, "str": str}
    found = [named[word] for word in re.findall(r"\w+", hint) if word in named]
    return found[0] if len(found) == 1 else None


def _read(text: str, wanted: type) -> Any:
    """A text as a value of the type; the text itself where it is none."""
    if wanted is str:
        return text
    if wanted is bool:
        return _TRUTHS.get(text.strip().lower(), text)
    try:
        # Nothing but literals: a value from outside never becomes code.
        return wanted(text) if wanted in {int, float} else ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text


def check_month(as_of: date, view: View) -> None:
    """Refuse a reporting date in a month long before or after everything that is loaded.

    The month after the last event is taken: a quiet one is closed as well.
    """
    months = event_months(view)
    if not months:
        return
    month = f"{as_of:%Y-%m}"
    if month in months:
        return
    close = nearest(month, months)
    raise UsageError(
        f"there is no such month in what is loaded: {month}",
        expected=f"{months[0]} to {months[-1]}",
        hint=f"did you mean {close!r}?" if close else None,
    )


def event_months(view: View) -> list[str]:
    """Every month from the first event that the view's version knows to the month after the last."""
    days = " UNION ALL ".join(
        f"SELECT min(CAST({column} AS DATE)) AS low, max(CAST({column} AS DATE)) AS high FROM lake.core.{table}"  # noqa: S608
        for table, column in _DAYS
    )
    ((low, high),) = view.rows(f"SELECT min(low), max(high) FROM ({days})")[1]  # noqa: S608
    return [] if low is None else months_between(low, _next_month(high))


def months_between(first: date, last: date) -> list[str]:
    """The months from `first` to `last`, both included, as `2026-06`."""
    found, day = [], first.replace(day=1)
    while day <= last:
        found.append(f"{day:%Y-%m}")
        day = _next_month(day)
    return found


def months_of(text: str) -> list[str]:
    """The months of a range such as `2025-07..2026-06`, both included; UsageError where it is none."""
    match = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])\.\.(\d{4})-(0[1-9]|1[0-2])", text.strip())
    found = []
    if match and match[1] > "0000":
        found = months_between(date(int(match[1]), int(match[2]), 1), date(int(match[3]), int(match[4]), 1))
    if not found:
        raise UsageError(
            "no such range of months", found=repr(text), expected="the first and the last, such as 2025-07..2026-06"
        )
    return found


def _next_month(day: date) -> date:
    first = day.replace(day=1)
    length = calendar.monthrange(first.year, first.month)[1]
    return date.fromordinal(first.toordinal() + length)


def distinct(values: Iterable[str]) -> list[str]:
    """The values in the order given, each once."""
    return list(dict.fromkeys(values))
