"""Commands on a workspace: make one, open the Lab on it, try the whole with simulated data."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

import typer

from pmo_analytics.cli.application import (
    DONE,
    PARTLY,
    WorkspaceOption,
    app,
)
from pmo_analytics.workspace import Workspace


@app.command()
def demo(
    workspace: Annotated[Path | None, typer.Option("--workspace", help="Where to put it; by default pmo-demo.")] = None,
) -> int:
    """Simulate a portfolio, ingest its exports, publish the monthly pack, print where it is."""
    from pmo_analytics.demo import run_demo
    from pmo_analytics.terminal import print_indexes, print_load, print_reports, say

    folder = workspace or Path(os.environ.get("PMO_WORKSPACE", "pmo-demo"))
    reports = run_demo(folder, say=say, loaded=print_load)
    is_whole = print_reports(reports)
    print_indexes(reports)
    return DONE if is_whole else PARTLY


@app.command()
def init(
    folder: Annotated[Path | None, typer.Argument(help="The workspace to make; by default this folder.")] = None,
    from_data: Annotated[
        bool, typer.Option("--from-data", help="Draft project, person and calendar registers from what was loaded.")
    ] = False,
    register: Annotated[
        list[str] | None,
        typer.Option("--register", help="Write this register's template; by default the usual ones."),
    ] = None,
    xlsx: Annotated[bool, typer.Option("--xlsx", help="Templates as workbooks, with values to choose from.")] = False,
    notebook: Annotated[
        str | None, typer.Option("--notebook", help="Write a new report notebook of this name to begin with.")
    ] = None,
    time_zone: Annotated[str, typer.Option("--time-zone", help="Zone of times that carry none.")] = "UTC",
    workspace: WorkspaceOption = None,
) -> int:
    """Make a workspace: pmo.toml, an inbox, register templates; or draft its registers from data."""
    from pmo_analytics.exchange import register_csv, register_xlsx, template

    if from_data:
        return _draft(Workspace.find(folder or workspace))
    if notebook is not None:
        from pmo_analytics.reporting.new_page import write_new_page

        print(f"wrote {write_new_page(Workspace.find(folder or workspace), notebook)}")
        print(f"next: pmo report {notebook}, or pmo lab to work on it")
        return DONE
    named = folder or workspace or os.environ.get("PMO_WORKSPACE")
    made = Workspace.create(Path(named) if named else Path.cwd(), time_zone=time_zone)
    write_templates = register_xlsx.write_templates if xlsx else register_csv.write_templates
    templates = write_templates(made.registers, register or template.STARTERS)
    print(f"workspace {made.root}")
    print(f"  settings   {made.root / 'pmo.toml'}")
    print(f"  inbox      {made.inbox}")
    print(f"  registers  {made.registers} ({len(templates)} templates written)")
    print("next: pmo ingest PATH…")
    return DONE


def _draft(workspace: Any) -> int:
    from pmo_analytics.ingest import IngestOptions, ingest_file
    from pmo_analytics.registers import draft
    from pmo_analytics.system import edges
    from pmo_analytics.terminal import print_load
    from pmo_analytics.warehouse import Warehouse

    with Warehouse(workspace).everything() as view:
        drafts = draft(workspace, view)
    for path in drafts:
        print(f"drafted {path}")
        print_load(ingest_file(workspace, path, IngestOptions(), edges()))
    if not drafts:
        print("nothing to draft: every project and person that was loaded is in a register")
    return DONE


@app.command()
def lab(
    options: Annotated[
        list[str] | None, typer.Argument(help="Options of JupyterLab itself, after --, such as -- --no-browser.")
    ] = None,
    workspace: WorkspaceOption = None,
) -> int:
    """Open JupyterLab on the workspace, with the report notebooks beside it."""
    from pmo_analytics.lab import start_lab

    return start_lab(Workspace.find(workspace), options or [])
