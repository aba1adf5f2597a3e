"""Priorities of projects as a CSV file: columns project_id and weight, a line for each project that is weighed."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from pmo_analytics.contracts.base import checked
from pmo_analytics.contracts.priorities import ProjectPriority
from pmo_analytics.errors import UsageError, nearest

_COLUMNS = (ProjectPriority.project_id, ProjectPriority.weight)
_SHOWN = 10


def read_priorities(path: Path, projects: Iterable[str]) -> pd.DataFrame:
    """The `ProjectPriority` that a file states of known projects; separated by commas or semicolons.

    Raises UsageError with line, column and what is expected for a column that is
    missing, a project that is unknown or stated twice, and a weight that is no
    number above 0.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as problem:
        raise UsageError("cannot be read", file=path, found=problem.strerror, expected="a CSV file") from None
    except UnicodeDecodeError:
        raise UsageError("is not in UTF-8", file=path, hint="save it as CSV in UTF-8") from None
    head = lines[0] if lines else ""
    rows = csv.reader(lines, delimiter=";" if ";" in head and "," not in head else ",")
    names = [name.strip().casefold() for name in next(rows, [])]
    for column in _COLUMNS:
        if column not in names:
            close = nearest(column, names)
            raise UsageError(
                f"column {column!r} is missing", file=path, row=1, found=head or "an empty file",
                expected=",".join(_COLUMNS), hint=f"is {close!r} meant to be it?" if close else None,
            )  # fmt: skip
    places, known = [names.index(column) for column in _COLUMNS], sorted(set(projects))
    weights: dict[str, float] = {}
    for row in rows:
        if not any(cell.strip() for cell in row):
            continue
        name, weight = (row[place].strip() if place < len(row) else "" for place in places)
        _check_project(name, known, weights, path, rows.line_num)
        weights[name] = _weight(weight, path, rows.line_num)
    if not weights:
        raise UsageError("weighs no project", file=path, expected="a line for each project, such as PA-01,2")
    return checked(ProjectPriority, pd.DataFrame(list(weights.items()), columns=list(_COLUMNS)))


def _check_project(name: str, known: list[str], before: Iterable[str], path: Path, line: int) -> None:
    if name not in known:
        close = nearest(name, known)
        rest = f" and {len(known) - _SHOWN} more" if len(known) > _SHOWN else ""
        raise UsageError(
            f"no project {name!r}", file=path, row=line, column=_COLUMNS[0],
            expected=", ".join(known[:_SHOWN]) + rest or "projects in registers/project.csv, which is not loaded",
            hint=f"did you mean {close!r}?" if close else None,
        )  # fmt: skip
    if name in before:
        raise UsageError("a project is weighed twice", file=path, row=line, column=_COLUMNS[0], found=name)


def _weight(text: str, path: Path, line: int) -> float:
    try:
        weight = float(text)
    except ValueError:
        weight = math.nan
    if not 0 < weight < math.inf:
        raise UsageError(
            "a weight cannot be", file=path, row=line, column=_COLUMNS[1], found=repr(text),
            expected="a number above 0, such as 1.5",
        )  # fmt: skip
    return weight
