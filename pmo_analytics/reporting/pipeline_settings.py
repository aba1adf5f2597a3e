"""What a pipeline's file says: its title, where its pages go, the period that a run reports on, when it runs.

A file of its name in the workspace's folder `pipelines` says what is other there.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pmo_analytics.errors import UsageError, nearest
from pmo_analytics.reporting.notebooks import NAME, shipped
from pmo_analytics.reporting.publishing import slug
from pmo_analytics.reporting.run_times import RunTime, parse_run_time
from pmo_analytics.warehouse.as_of import MONTH, PERIODS
from pmo_analytics.workspace import Workspace

# Periods that a scheduled run makes up for, where the file states no other number.
CATCH_UP = 6
_MOST_CATCH_UP = 60
_CHECKS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "title": ("a text", lambda value: isinstance(value, str) and bool(value.strip())),
    "folder": ("the name of a folder", lambda value: isinstance(value, str) and bool(value.strip())),
    "every": (", ".join(PERIODS), lambda value: value in PERIODS),
    "schedule": ("a text", lambda value: isinstance(value, str)),
    "catch_up": (
        f"a whole number from 1 to {_MOST_CATCH_UP}",
        lambda value: isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= _MOST_CATCH_UP,
    ),
}


@dataclass(frozen=True)
class Pipeline:
    """A pipeline by its file: what it is called, where below `reports` its pages go, the period that it reports on.

    `run_time` says when a scheduled run is due, None where the file does not;
    a scheduled run makes up for at most `catch_up` periods.
    """

    name: str
    title: str
    folder: str
    every: str = MONTH
    run_time: RunTime | None = None
    catch_up: int = CATCH_UP


def pipeline_names(workspace: Workspace) -> list[str]:
    """The pipelines that there are, shipped ones and the workspace's, by name."""
    return sorted({path.stem for paths in _files(workspace) for path in paths})


def find_pipeline(name: str, workspace: Workspace) -> Pipeline:
    """The pipeline of this name; UsageError names the nearest, or what is wrong in its files."""
    files = [path for paths in _files(workspace) for path in paths if path.stem == name]
    if not files:
        known = pipeline_names(workspace)
        close = nearest(name, known)
        raise UsageError(
            f"there is no pipeline {name!r}",
            expected=", ".join(known),
            hint=f"did you mean {close!r}?" if close else None,
        )
    if not NAME.match(name):
        raise UsageError("a pipeline has a plain name", file=files[-1], expected="a name of a–z, 0–9 and _")
    settings: dict[str, Any] = {}
    for path in files:
        settings |= _read(path)
    run_time = None
    if "schedule" in settings:
        try:
            run_time = parse_run_time(settings["schedule"], settings.get("every", MONTH))
        except UsageError as problem:
            raise UsageError(
                problem.message, file=files[-1], found=problem.found, expected=problem.expected, hint=problem.hint
            ) from None
    return Pipeline(
        name, settings.get("title", name), slug(settings.get("folder", name)), settings.get("every", MONTH), run_time,
        settings.get("catch_up", CATCH_UP),
    )  # fmt: skip


def _files(workspace: Workspace) -> list[list[Path]]:
    return [sorted(folder.glob("*.toml")) for folder in (shipped("pipelines"), workspace.root / "pipelines")]


def _read(path: Path) -> dict[str, Any]:
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise UsageError("is not valid TOML", file=path, found=str(problem), hint="mend the line it names") from None
    for name, value in settings.items():
        if name not in _CHECKS:
            close = nearest(name, _CHECKS)
            raise UsageError(
                f"unknown setting {name!r}", file=path, expected=", ".join(_CHECKS),
                hint=f"did you mean {close!r}?" if close else "remove it",
            )  # fmt: skip
        expected, holds = _CHECKS[name]
        if not holds(value):
            raise UsageError(f"{name} of a pipeline cannot be", file=path, found=repr(value), expected=expected)
    return settings
