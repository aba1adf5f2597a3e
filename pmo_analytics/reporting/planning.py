"""What a run is to make: its pages, every one checked before the first is run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from pmo_analytics.contracts.portfolio import Project
from pmo_analytics.portfolio.membership import portfolio_names
from pmo_analytics.reporting import provenance
from pmo_analytics.reporting.notebooks import BY_PORTFOLIO, BY_PROJECT, WHOLE, ReportNotebook
from pmo_analytics.reporting.parameters import check_month, checked
from pmo_analytics.reporting.publishing import slug
from pmo_analytics.warehouse import View, Warehouse
from pmo_analytics.workspace import Workspace


@dataclass(frozen=True)
class Page:
    """One page to be made: its notebook, what the notebook is given, and where the page goes.

    `given` holds the parameters with the date and the version; `facts` are the
    footer's, read from the warehouse when the page was planned.
    """

    notebook: ReportNotebook
    title: str
    as_of: date
    version: int
    given: dict[str, Any]
    target: Path
    facts: list[tuple[str, str]]

    @property
    def record(self) -> dict[str, Any]:
        """What makes the page again, as it stands in its head."""
        return provenance.record(self.notebook.path, self.given)


@dataclass(frozen=True)
class Asked:
    """One page as it is asked for: a notebook, its parameters, and what its title and file name add."""

    notebook: ReportNotebook
    parameters: dict[str, Any]
    name: str = ""


def pages_of(
    notebooks: Iterable[ReportNotebook], *, workspace: Workspace, dates: Sequence[str | None], version: int | None,
    folder: str, frozen: Mapping[date, int] = MappingProxyType({}),
) -> list[Page]:  # fmt: skip
    """The pages of notebooks for each date, in order of date, notebook, portfolio and project.

    One portfolio is the whole, so it has no page of its own. All have the same
    version, by default the latest; where none is stated, the dates of `frozen`
    have the version that they are frozen at. Raises UsageError for a date, a version or a
    parameter that is wrong.
    """
    known = list(notebooks)
    pages: list[Page] = []
    if version is not None:
        frozen = {}
    for day in dates:
        kept = _frozen_version(day, frozen, workspace)
        with Warehouse(workspace).at(day, version if kept is None else kept) as view:
            if day is not None:
                check_month(view.as_of, view)
            project = view.table("project")
            asked = [each for notebook in known for each in _runs(notebook, project)]
            pages += [_page(each, view, project, folder) for each in asked]
            version = view.version if kept is None else version
    return list({page.target: page for page in pages}.values())


def _frozen_version(day: str | None, frozen: Mapping[date, int], workspace: Workspace) -> int | None:
    if not frozen:
        return None
    with Warehouse(workspace).at(day) as view:
        return frozen.get(view.as_of)


def page_for(
    notebook: ReportNotebook, parameters: dict[str, Any], *, workspace: Workspace, as_of: str | None,
    version: int | None, folder: str,
) -> Page:  # fmt: skip
    """The page of one notebook with these parameters; UsageError where one of them is wrong."""
    with Warehouse(workspace).at(as_of, version) as view:
        if as_of is not None:
            check_month(view.as_of, view)
        return _page(Asked(notebook, parameters, restricted_to(parameters)), view, view.table("project"), folder)


def _runs(notebook: ReportNotebook, project: pd.DataFrame) -> list[Asked]:
    found = [Asked(notebook, {})] if WHOLE in notebook.runs else []
    portfolios = portfolio_names(project)
    if BY_PORTFOLIO in notebook.runs and len(portfolios) > 1:
        found += [Asked(notebook, {"portfolio": name}, name) for name in portfolios]
    if BY_PROJECT in notebook.runs:
        names = sorted(str(name) for name in project[Project.project_id])
        found += [Asked(notebook, {"project": name}, name) for name in names]
    return found


def file_stem(notebook: ReportNotebook, parameters: Mapping[str, Any]) -> str:
    """The name of a page's file without its ending: the notebook's, and what it is restricted to."""
    name = restricted_to(parameters)
    kind = "project-" if "project" in parameters else ""
    return f"{notebook.name}-{kind}{slug(name)}" if name else notebook.name


def restricted_to(parameters: Mapping[str, Any]) -> str:
    """The project or portfolio that parameters restrict a page to; empty where they do not."""
    return next((str(parameters[key]) for key in ("project", "portfolio") if parameters.get(key)), "")


def _page(asked: Asked, view: View, project: pd.DataFrame, folder: str) -> Page:
    parameters = checked(asked.notebook, asked.parameters, project, view.as_of)
    given = {"as_of": view.as_of.isoformat(), "version": view.version, **parameters}
    notebook = asked.notebook
    return Page(
        notebook,
        f"{notebook.title}, {asked.name}" if asked.name else notebook.title,
        view.as_of,
        view.version,
        given,
        view.workspace.reports / folder / view.as_of.isoformat() / f"{file_stem(notebook, parameters)}.html",
        provenance.facts(view, notebook.path, given),
    )
