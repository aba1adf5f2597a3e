"""A pipeline: load what lies in the inbox, run its notebooks, publish their pages."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pmo_analytics.errors import PmoError, ReportError, UsageError, nearest
from pmo_analytics.ingest import Edges, IngestOptions, LoadResult, ingest_files
from pmo_analytics.portfolio.membership import portfolio_names
from pmo_analytics.reporting import provenance
from pmo_analytics.reporting.notebooks import (
    BY_PORTFOLIO,
    WHOLE,
    ReportNotebook,
    check_parameters,
    find_notebook,
    report_notebooks,
    shipped,
)
from pmo_analytics.reporting.page import page_html
from pmo_analytics.reporting.publishing import publish, publish_failure, slug
from pmo_analytics.reporting.runner import NotebookFailedError, run_notebook
from pmo_analytics.warehouse import View, Warehouse
from pmo_analytics.workspace import Workspace


@dataclass(frozen=True)
class PublishedReport:
    """What became of one page: where it stands, or the failure page and the error."""

    title: str
    path: Path
    error: ReportError | None = None


@dataclass(frozen=True)
class Pipeline:
    """A pipeline by its file: what it is called and where below `reports` its pages go."""

    name: str
    title: str
    folder: str


def find_pipeline(name: str, workspace: Workspace) -> Pipeline:
    """The pipeline of this name, of the workspace or shipped; UsageError names the nearest."""
    files = {
        path.stem: path
        for folder in (shipped("pipelines"), workspace.root / "pipelines")
        for path in sorted(folder.glob("*.toml"))
    }
    if name not in files:
        close = nearest(name, files)
        raise UsageError(
            f"there is no pipeline {name!r}",
            expected=", ".join(sorted(files)),
            hint=f"did you mean {close!r}?" if close else None,
        )
    try:
        settings = tomllib.loads(files[name].read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as problem:
        raise UsageError("is not valid TOML", file=files[name], found=str(problem)) from None
    if unknown := set(settings) - {"title", "folder"}:
        raise UsageError(
            "unknown setting", file=files[name], found=", ".join(sorted(unknown)), expected="title, folder"
        )
    return Pipeline(name, str(settings.get("title", name)), slug(str(settings.get("folder", name))))


def load_inbox(workspace: Workspace, edges: Edges, *, loaded: Callable[[LoadResult], None]) -> list[PmoError]:
    """Load every export in the inbox; return the problems of the files that could not be loaded."""
    problems = []
    for result in ingest_files(
        workspace, [workspace.inbox] if workspace.inbox.is_dir() else [], IngestOptions(), edges
    ):
        if isinstance(result, PmoError):
            problems.append(result)
        else:
            loaded(result)
    return problems


def run_pipeline(
    name: str, *, workspace: Workspace, as_of: str | None = None, version: int | None = None
) -> list[PublishedReport]:
    """Run every notebook of a pipeline and publish its pages.

    A page that fails keeps its last good version and has its error in the
    result; the others are published. Raises UsageError for an unknown pipeline,
    date or version.
    """
    pipeline = find_pipeline(name, workspace)
    published = []
    for notebook in report_notebooks(workspace).values():
        if pipeline.name in notebook.pipelines:
            with Warehouse(workspace).at(as_of, version) as view:
                portfolios = portfolio_names(view.table("project"))
            runs: list[str | None] = [None] if WHOLE in notebook.runs else []
            # One portfolio is the whole.
            if BY_PORTFOLIO in notebook.runs and len(portfolios) > 1:
                runs += portfolios
            published += [
                run_report(
                    notebook,
                    {"portfolio": portfolio} if portfolio else {},
                    workspace=workspace,
                    as_of=as_of,
                    version=version,
                    folder=pipeline.folder,
                )
                for portfolio in runs
            ]
    return published


def run_report(
    notebook: ReportNotebook | str,
    parameters: dict[str, Any],
    *,
    workspace: Workspace,
    as_of: str | None = None,
    version: int | None = None,
    folder: str = "single",
) -> PublishedReport:
    """Run one notebook and publish its page below `reports/<folder>/<reporting date>`.

    Raises UsageError, before anything is run, for a parameter that the notebook
    does not take, a date or version that does not exist, an unknown portfolio.
    """
    if isinstance(notebook, str):
        notebook = find_notebook(notebook, workspace)
    check_parameters(notebook, {"as_of": as_of, "version": version, **parameters})
    with Warehouse(workspace).at(as_of, version) as view:
        _check_portfolio(view, parameters.get("portfolio"))
        portfolio = parameters.get("portfolio")
        title = _title(notebook, parameters)
        name = f"{notebook.name}-{slug(str(portfolio))}" if portfolio else notebook.name
        target = workspace.reports / folder / view.as_of.isoformat() / f"{name}.html"
        try:
            page = page_of(notebook, parameters, view)
        except NotebookFailedError as problem:
            return PublishedReport(
                title, publish_failure(problem.failure, target, title=title, as_of=view.as_of), problem
            )
    publish(page, target)
    return PublishedReport(title, target)


def page_of(notebook: ReportNotebook, parameters: dict[str, Any], view: View) -> str:
    """The page of a notebook run with `parameters` at the view's date and version.

    Raises NotebookFailedError when a cell raises.
    """
    given = {"as_of": view.as_of.isoformat(), "version": view.version, **parameters}
    return page_html(
        run_notebook(notebook.path, given, view.workspace),
        title=f"{_title(notebook, parameters)}, {view.as_of.isoformat()}",
        facts=provenance.facts(view, notebook.path, given),
        record=provenance.record(notebook.path, given),
        command=provenance.command(notebook.name, given),
    )


def _title(notebook: ReportNotebook, parameters: dict[str, Any]) -> str:
    portfolio = parameters.get("portfolio")
    return f"{notebook.title}, {portfolio}" if portfolio else notebook.title


def _check_portfolio(view: View, portfolio: Any) -> None:
    if portfolio is None:
        return
    known = portfolio_names(view.table("project"))
    if portfolio not in known:
        close = nearest(str(portfolio), known)
        raise UsageError(
            f"there is no portfolio {portfolio!r} on {view.as_of.isoformat()}",
            expected=", ".join(known) or "a register of projects that names portfolios",
            hint=f"did you mean {close!r}?" if close else None,
        )
