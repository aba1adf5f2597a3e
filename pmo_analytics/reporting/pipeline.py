"""A pipeline: load what lies in the inbox, run its notebooks, publish their pages."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

import nbformat

from pmo_analytics import numerals
from pmo_analytics.errors import PmoError, ReportError, WarehouseError
from pmo_analytics.ingest import Edges, IngestOptions, LoadResult, ingest_files
from pmo_analytics.reporting import provenance
from pmo_analytics.reporting.cited_figures import linked
from pmo_analytics.reporting.index_page import publish_indexes
from pmo_analytics.reporting.notebooks import ReportNotebook, find_notebook, report_notebooks
from pmo_analytics.reporting.pack import FAILED, FILE, Entry, is_made, pack
from pmo_analytics.reporting.pack_facts import facts_of
from pmo_analytics.reporting.page import page_html
from pmo_analytics.reporting.page_tables import tables_of
from pmo_analytics.reporting.page_workbook import AboutPage, page_workbook, workbook_path
from pmo_analytics.reporting.parameters import distinct
from pmo_analytics.reporting.pdf_pages import page_pdf
from pmo_analytics.reporting.pipeline_settings import Pipeline, find_pipeline
from pmo_analytics.reporting.planning import Page, file_stem, page_for, pages_of, restricted_to
from pmo_analytics.reporting.publishing import (
    evidence_folder,
    failure_path,
    pdf_path,
    publish,
    publish_beside,
    publish_failure,
    remove_evidence,
    remove_orphans,
)
from pmo_analytics.reporting.runner import begin, end, failure_of, run_notebook
from pmo_analytics.warehouse import View, Warehouse
from pmo_analytics.warehouse.as_of import last_whole_period
from pmo_analytics.workspace import Workspace

PUBLISHED, KEPT = "published", "kept"


@dataclass(frozen=True)
class PublishedReport:
    """What became of one page: where it stands, or the failure page and the error.

    The state is `published`, `failed`, or `kept` where it stood already;
    `print_error` says why a page that stands could not be printed.
    """

    title: str
    path: Path
    error: ReportError | None = None
    state: str = PUBLISHED
    print_error: ReportError | None = None


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
    name: str,
    *,
    workspace: Workspace,
    as_of: str | Sequence[str] | None = None,
    version: int | None = None,
    jobs: int | None = None,
    resume: bool = False,
    browser: Path | None = None,
    frozen: Mapping[date, int] = MappingProxyType({}),
) -> list[PublishedReport]:
    """Run every notebook of a pipeline for one or several dates and publish the pages.

    Without a date it is the last day of the last whole period that the pipeline reports on.
    Each folder gets a `pack.json` and, last, an index page.

    All pages are checked before the first is run; `jobs` are run at the same
    time, by default as many as there are processors. A page that fails keeps
    its last good version and has its error in the result; the others are
    published. With `resume`, a page that stands already as it would be made is
    kept. With a `browser`, each page is printed beside itself. A date of
    `frozen` is made at the version beside it where no version is stated. Raises
    UsageError for an unknown pipeline, date or version.
    """
    pipeline = find_pipeline(name, workspace)
    dates = [as_of] if isinstance(as_of, str) else distinct(as_of or [])
    if not dates:
        dates = [reporting_date(pipeline, workspace, version).isoformat()]
    numerals.use(workspace.locale)
    begin()
    notebooks = [each for each in report_notebooks(workspace).values() if pipeline.name in each.pipelines]
    pages = pages_of(
        notebooks, workspace=workspace, dates=dates, version=version, folder=pipeline.folder, frozen=frozen
    )
    published = _run(pages, workspace, jobs=jobs, resume=resume, browser=browser)
    folders = [Path(folder) for folder in distinct(str(page.target.parent) for page in pages)]
    for folder in folders:
        told = [
            Entry(
                done.title, done.state, done.path, page.target, page.given, page.notebook.domain, page.notebook.alerts
            )
            for page, done in zip(pages, published, strict=True)
            if page.target.parent == folder
        ]
        publish_beside(pack(pipeline.title, told, pipeline.every).encode(), folder / FILE)
    publish_indexes(folders)
    return published


def reporting_date(pipeline: Pipeline, workspace: Workspace, version: int | None = None) -> date:
    """The last day of the pipeline's last period whose last working day events reach, as known in a version.

    Raises WarehouseError where nothing that is loaded has a date.
    """
    with Warehouse(workspace).everything(version) as view:
        latest = view.latest_event()
    if latest is None:
        raise WarehouseError(
            "nothing that is loaded has a date to report on",
            hint="load timesheets, issues or project status, or name a date with --as-of",
        )
    return last_whole_period(pipeline.every, latest, workspace.working_days)


def run_report(
    notebook: ReportNotebook | str,
    parameters: dict[str, Any],
    *,
    workspace: Workspace,
    as_of: str | None = None,
    version: int | None = None,
    folder: str = "single",
    browser: Path | None = None,
) -> PublishedReport:
    """Run one notebook and publish its page below `reports/<folder>/<reporting date>`.

    With a `browser`, it is printed beside itself. Raises UsageError, before
    anything is run, for a parameter that the notebook does not take or whose
    value is of another type, a date or version that does not exist, an unknown
    portfolio or project.
    """
    if isinstance(notebook, str):
        notebook = find_notebook(notebook, workspace)
    numerals.use(workspace.locale)
    begin()
    page = page_for(notebook, parameters, workspace=workspace, as_of=as_of, version=version, folder=folder)
    return _run([page], workspace, jobs=1, resume=False, browser=browser)[0]


def _run(
    pages: list[Page], workspace: Workspace, *, jobs: int | None, resume: bool, browser: Path | None
) -> list[PublishedReport]:
    """What became of each page, in their order. Notebooks run at the same time; their pages are made one by one."""
    for folder in {page.target.parent for page in pages}:
        remove_orphans(folder)
    done = {page.target: _kept(page) for page in pages if resume and is_made(page.target, page.record)}
    to_run = _apart([page for page in pages if page.target not in done])
    workers = min(jobs or _processors(), len(to_run)) or 1
    threads = max(1, _processors() // workers)
    pool = ThreadPoolExecutor(workers)
    try:
        running = {
            pool.submit(run_notebook, page.notebook.path, page.given, workspace, threads=threads): page
            for page in to_run
        }
        for executed in as_completed(running):
            page = running[executed]
            done[page.target] = _published(page, executed)
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        end()
        raise
    pool.shutdown()
    return [done[page.target] if browser is None else _printed(done[page.target], page, browser) for page in pages]


def _apart(pages: list[Page]) -> list[Page]:
    """The pages with those of one date as far apart as they can be: the second finds the marts that the first built."""
    turns: Counter[tuple[date, int]] = Counter()
    turn: dict[Path, int] = {}
    for page in pages:
        turn[page.target] = turns[page.as_of, page.version]
        turns[page.as_of, page.version] += 1
    return sorted(pages, key=lambda page: turn[page.target])


def _published(page: Page, executed: Future[nbformat.NotebookNode]) -> PublishedReport:
    """The page, or its failure page, where readers find it. Its workbook goes first: a page never leads to none."""
    try:
        notebook = executed.result()
        command = provenance.command(page.notebook.name, page.given)
        tables = tables_of(notebook)
        title = f"{page.title}, {page.as_of.isoformat()}"
        text = page_html(
            notebook, title=title, facts=page.facts, record=page.record, command=command,
            workbook=workbook_path(page.target).name if tables else "",
        )  # fmt: skip
        facts_of(text)
        book = page_workbook(tables, AboutPage(page.target, title, page.as_of, page.version, command))
    except ReportError as problem:
        place = publish_failure(failure_of(problem), page.target, title=page.title, as_of=page.as_of)
        return PublishedReport(page.title, place, problem, FAILED)
    with_links = linked(text, page.target.stem).encode()
    if not page.target.exists() or page.target.read_bytes() not in {text.encode(), with_links}:
        # What is printed of another page is not of this one.
        pdf_path(page.target).unlink(missing_ok=True)
    if tables:
        publish_beside(book, workbook_path(page.target))
    if with_links != _standing(page.target):
        publish(text, page.target)
        remove_evidence(page.target)
    if not tables:
        workbook_path(page.target).unlink(missing_ok=True)
    return PublishedReport(page.title, page.target)


def _printed(report: PublishedReport, page: Page, browser: Path) -> PublishedReport:
    """The report with its page printed beside it; a kept page whose print stands keeps that."""
    target = pdf_path(page.target)
    if report.error is not None or (report.state == KEPT and target.is_file()):
        return report
    try:
        publish_beside(page_pdf(page.target, browser=browser, as_of=page.as_of), target)
    except ReportError as problem:
        target.unlink(missing_ok=True)
        return replace(report, print_error=problem)
    return report


def _standing(target: Path) -> bytes | None:
    """What stands there with its evidence; None where nothing does, or the evidence is gone."""
    return target.read_bytes() if target.exists() and evidence_folder(target).is_dir() else None


def _kept(page: Page) -> PublishedReport:
    failure_path(page.target).unlink(missing_ok=True)
    return PublishedReport(page.title, page.target, state=KEPT)


def _processors() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def page_of(notebook: ReportNotebook, parameters: dict[str, Any], view: View) -> str:
    """The page of a notebook run with `parameters` at the view's date and version.

    Raises NotebookFailedError when a cell raises.
    """
    numerals.use(view.workspace.locale)
    given = {"as_of": view.as_of.isoformat(), "version": view.version, **parameters}
    name = restricted_to(parameters)
    executed = run_notebook(notebook.path, given, view.workspace)
    return page_html(
        executed,
        title=f"{notebook.title}, {name}, {view.as_of}" if name else f"{notebook.title}, {view.as_of}",
        facts=provenance.facts(view, notebook.path, given),
        record=provenance.record(notebook.path, given),
        command=provenance.command(notebook.name, given),
        workbook=workbook_path(Path(f"{file_stem(notebook, parameters)}.html")).name if tables_of(executed) else "",
    )
