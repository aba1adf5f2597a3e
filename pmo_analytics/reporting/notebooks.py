"""The notebooks of reports: where they are, what they say of themselves, which parameters they take."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import nbformat

from pmo_analytics.errors import ReportError, UsageError, nearest
from pmo_analytics.workspace import Workspace

# The domains of a PMO, in the order of a pack's index.
DOMAINS = ("governance", "portfolio", "performance", "resources", "knowledge")
WHOLE, BY_PORTFOLIO, BY_PROJECT = "whole", "portfolio", "project"
# Of a notebook that names no place in the pack.
_LAST = 1_000
_RUNS = {WHOLE, BY_PORTFOLIO, BY_PROJECT}
# A page named index would stand where a run's own index page does.
NAME = re.compile(r"^(?!index$)[a-z][a-z0-9_]*$")


@dataclass(frozen=True)
class ReportNotebook:
    """One notebook of a report.

    Its metadata under `pmo` says its `title`, the `pipelines` that run it, and
    what it `runs` for: the whole organisation, each portfolio, each project, or several of these.
    In a pack those with an `order` come first, by that number, the others by name.
    `domain` is that of a PMO under which the pack's index lists its pages, empty for one that leads;
    `alerts` is the name of the section of its page that shows alerts, empty where none does.
    """

    name: str
    path: Path
    title: str
    pipelines: tuple[str, ...]
    runs: tuple[str, ...]
    order: int = _LAST
    domain: str = ""
    alerts: str = ""


def shipped(kind: str) -> Path:
    """The folder of the notebooks or pipelines that come with the package."""
    inside = Path(str(resources.files("pmo_analytics"))) / "_shipped" / kind
    return inside if inside.is_dir() else Path(str(resources.files("pmo_analytics"))).parent / kind


def report_notebooks(workspace: Workspace) -> dict[str, ReportNotebook]:
    """Every report notebook by name, in the order of a pack.

    One in the workspace's `notebooks` goes before a shipped one of its name.
    """
    found: dict[str, ReportNotebook] = {}
    for folder in (shipped("notebooks"), workspace.root / "notebooks"):
        for path in sorted(folder.glob("*.ipynb")):
            found[path.stem] = _read(path)
    return dict(sorted(found.items(), key=lambda item: (item[1].order, item[0])))


def find_notebook(name: str, workspace: Workspace) -> ReportNotebook:
    """The report notebook of this name; UsageError names the nearest known one."""
    known = report_notebooks(workspace)
    if name not in known:
        close = nearest(name, known)
        raise UsageError(
            f"there is no report notebook {name!r}",
            expected=", ".join(known) or "a notebook in the workspace's folder notebooks",
            hint=f"did you mean {close!r}?" if close else None,
        )
    return known[name]


def _read(path: Path) -> ReportNotebook:
    try:
        about: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["metadata"].get("pmo", {})
    except (json.JSONDecodeError, UnicodeDecodeError, KeyError):
        raise ReportError("is not a notebook", file=path, hint="open it in JupyterLab and save it again") from None
    runs = tuple(about.get("runs", [WHOLE]))
    if not NAME.match(path.stem) or not set(runs) <= _RUNS:
        raise ReportError(
            "a report notebook has a plain name, and runs for what is known",
            file=path,
            found=f"{path.stem}, {', '.join(runs)}",
            expected=f"a name of a–z, 0–9 and _, other than index; runs among {', '.join(sorted(_RUNS))}",
        )
    domain, alerts = str(about.get("domain", "")), str(about.get("alerts", ""))
    if domain not in {"", *DOMAINS} or not re.fullmatch(r"[a-z0-9-]*", alerts):
        raise ReportError(
            "a report notebook names its domain, and the section of its alerts, in plain words", file=path,
            found=f"{domain!r}, {alerts!r}", expected=f"none or one of {', '.join(DOMAINS)}; a name of a–z, 0–9 and -",
        )  # fmt: skip
    title = str(about.get("title", path.stem.replace("_", " ").capitalize()))
    order = about.get("order", _LAST)
    place = order if isinstance(order, int) else _LAST
    return ReportNotebook(path.stem, path, title, tuple(about.get("pipelines", [])), runs, place, domain, alerts)


def declared_parameters(notebook: ReportNotebook) -> dict[str, tuple[str, str]]:
    """Default and type hint of each parameter by its name, as the notebook writes them."""
    from papermill import inspect_notebook

    try:
        found = inspect_notebook(str(notebook.path))
    except (ValueError, nbformat.ValidationError) as problem:
        raise ReportError(
            "the notebook cannot be run",
            file=notebook.path,
            found=str(problem).splitlines()[0],
            hint="open it in JupyterLab with a Python kernel and save it again",
        ) from None
    return {name: (about["default"], about["inferred_type_name"]) for name, about in found.items()}


def check_parameters(notebook: ReportNotebook, given: dict[str, Any]) -> None:
    """Refuse a parameter that the notebook does not take, naming the nearest it does."""
    known = declared_parameters(notebook)
    for name in given:
        if name not in known:
            close = nearest(name, known)
            raise UsageError(
                f"the notebook {notebook.name!r} takes no parameter {name!r}",
                expected=", ".join(known) or "none",
                hint=f"did you mean {close!r}?" if close else None,
            )
