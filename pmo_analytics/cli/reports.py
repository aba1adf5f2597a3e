"""Commands that publish pages."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from pmo_analytics.cli.application import (
    DONE,
    FAILED,
    PARTLY,
    AsOfOption,
    JsonOption,
    VersionOption,
    WorkspaceOption,
    app,
    complain,
)
from pmo_analytics.errors import UsageError
from pmo_analytics.workspace import Workspace

PdfOption = Annotated[
    bool, typer.Option("--pdf", help="Print each page beside itself, by the Chromium of this machine or PMO_CHROMIUM.")
]


@app.command()
def run(
    pipeline: Annotated[str, typer.Argument(help="Which one, such as monthly.")],
    as_of: Annotated[
        list[str] | None,
        typer.Option("--as-of", help="Reporting date: 2026-06-30, or 2026-06 for its last day; may be given again."),
    ] = None,
    months: Annotated[
        str | None, typer.Option("--months", help="The first and the last month, such as 2025-07..2026-06.")
    ] = None,
    version: VersionOption = None,
    jobs: Annotated[
        int | None, typer.Option("--jobs", min=1, help="Notebooks run at the same time; by default one a processor.")
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Keep pages that stand as they would be made.")] = False,
    pdf: PdfOption = False,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> int:
    """Load what lies in the inbox, run a pipeline's notebooks, publish their pages."""
    from pmo_analytics.reporting.close_freezing import PIPELINE, frozen_months
    from pmo_analytics.reporting.parameters import months_of
    from pmo_analytics.reporting.pipeline import load_inbox, run_pipeline
    from pmo_analytics.reporting.pipeline_settings import find_pipeline
    from pmo_analytics.system import edges
    from pmo_analytics.terminal import print_indexes, print_load, say

    place = Workspace.find(workspace)
    dates = [*(as_of or []), *(months_of(months) if months else [])]
    find_pipeline(pipeline, place)
    browser = _browser(pdf)
    problems = load_inbox(place, edges(), loaded=(lambda _: None) if json else print_load)
    for problem in problems:
        complain(str(problem))
    frozen = frozen_months(place) if version is None and pipeline == PIPELINE else {}
    made = run_pipeline(
        pipeline, workspace=place, as_of=dates or None, version=version, jobs=jobs, resume=resume, browser=browser,
        frozen=frozen,
    )  # fmt: skip
    code = _print_pages(made, json)
    if not json:
        print_indexes(made)
        for day, kept in frozen.items():
            if any(report.path.parent.name == day.isoformat() for report in made):
                say(f"{day:%Y-%m} is frozen: its pages are of version {kept}; `pmo close {day:%Y-%m} reopen` opens it")
    return PARTLY if problems else code


@app.command()
def report(
    notebook: Annotated[str, typer.Argument(help="Which one, such as portfolio_review.")],
    parameter: Annotated[
        list[str] | None, typer.Option("-p", "--parameter", help="A parameter of the notebook: name=value.")
    ] = None,
    as_of: AsOfOption = None,
    version: VersionOption = None,
    pdf: PdfOption = False,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> int:
    """Run one notebook and publish its page."""
    from pmo_analytics.reporting.pipeline import run_report

    given: dict[str, str] = {}
    for text in parameter or []:
        name, equals, value = text.partition("=")
        if not equals:
            raise UsageError("a parameter is given as name=value", found=text)
        given[name] = value
    for name in ("as_of", "version"):
        if name in given:
            raise UsageError(f"{name} has an option of its own", found=name, hint=f"use --{name.replace('_', '-')}")
    place = Workspace.find(workspace)
    browser = _browser(pdf)
    made = run_report(notebook, given, workspace=place, as_of=as_of, version=version, browser=browser)
    return _print_pages([made], json)


@app.command()
def reproduce(
    page: Annotated[Path, typer.Argument(help="A published page.", exists=True, dir_okay=False)],
    output: Annotated[Path | None, typer.Option("--output", help="Where to write the page as it is made now.")] = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> int:
    """Make a published page again from what it cites, and say whether it is the same, or which figures differ."""
    from pmo_analytics.reporting.publishing import publish
    from pmo_analytics.reporting.reproduction import reproduce as made_again
    from pmo_analytics.terminal import print_reproduction

    if output is not None and output.exists():
        raise UsageError("there is such a file already", file=output)
    found = made_again(page, Workspace.find(workspace))
    if output is not None:
        publish(found.page, output)
    print_reproduction(found, as_json=json)
    return DONE if found.is_same else FAILED


def _browser(is_asked: bool) -> Path | None:
    from pmo_analytics.reporting.pdf_pages import find_browser

    return find_browser() if is_asked else None


def _print_pages(reports: list[Any], json: bool) -> int:
    from pmo_analytics.terminal import print_json, print_reports

    if not reports:
        raise UsageError("the pipeline runs no notebook", hint="a notebook's metadata names its pipelines")
    if not json:
        return DONE if print_reports(reports) else PARTLY
    print_json(
        [
            {
                "title": r.title,
                "path": str(r.path),
                "state": r.state,
                "error": r.error and str(r.error),
                "print_error": r.print_error and str(r.print_error),
            }
            for r in reports
        ]
    )
    return DONE if all(r.error is None and r.print_error is None for r in reports) else PARTLY
