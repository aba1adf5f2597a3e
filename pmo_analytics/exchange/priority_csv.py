"""Priorities of projects as a CSV file: columns project_id and weight, a line for each project that is weighed."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from pmo_analytics.contracts.base import checked
from pmo_analytics.contracts.priorities import ProjectPriority
from pmo_analytics.errors import UsageError, nearest

_COLUMNS = (ProjectPriority.project_id, ProjectPriority.weight)
_SHOWN, _LONGEST = 10, 40


def read_priorities(path: Path, projects: Iterable[str]) -> pd.DataFrame:
    """The `ProjectPriority` that a file states of known projects; separated by commas or semicolons.

    Raises UsageError with line, column and what is expected for a column that is
    missing, a project that is unknown or stated twice, and a weight that is no
    number above 0.
    """
    head, rows = _rows(path)
    names = [name.strip().casefold() for name in rows[0][1]] if rows else []
    for column in _COLUMNS:
        if column not in names:
            close = nearest(column, names)
            raise UsageError(
                f"column {column!r} is missing", file=path, row=1, found=head or "an empty file",
                expected=",".join(_COLUMNS), hint=f"is {close!r} meant to be it?" if close else None,
            )  # fmt: skip
    places, known = [names.index(column) for column in _COLUMNS], sorted(set(projects))
    weights: dict[str, float] = {}
    for line, row in rows[1:]:
        name, weight = (row[place].strip() if place < len(row) else "" for place in places)
        _check_project(name, known, weights, path, line)
        weights[name] = _weight(weight, path, line)
    if not weights:
        raise UsageError("weighs no project", file=path, expected="a line for each project, such as PA-01,2")
    return checked(ProjectPriority, pd.DataFrame(list(weights.items()), columns=list(_COLUMNS)))


def _rows(path: Path) -> tuple[str, list[tuple[int, list[str]]]]:
    """The first line as it stands, and the rows that are not blank with the lines that they end on."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        head = text.split("\n", 1)[0].strip()
        reader = csv.reader(io.StringIO(text), delimiter=";" if ";" in head and "," not in head else ",")
        return head, [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except OSError as problem:
        raise UsageError("cannot be read", file=path, found=problem.strerror, expected="a CSV file") from None
    except UnicodeDecodeError:
        raise UsageError("is not in UTF-8", file=path, hint="save it as CSV in UTF-8") from None
    except csv.Error as problem:
        raise UsageError("is no CSV file", file=path, found=str(problem), expected=",".join(_COLUMNS)) from None


def _check_project(name: str, known: list[str], before: Iterable[str], path: Path, line: int) -> None:
    if name not in known:
        close = nearest(name, known)
        rest = f" and {len(known) - _SHOWN} more" if len(known) > _SHOWN else ""
        raise UsageError(
            f"no project {name[:_LONGEST]!r}", file=path, row=line, column=_COLUMNS[0],
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
            "a weight cannot be", file=path, row=line, column=_COLUMNS[1], found=repr(text[:_LONGEST]),
            expected="a number above 0, such as 1.5",
        )  # fmt: skip
    return weight
