"""Commands that ask the warehouse."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from pmo_analytics.cli.application import (
    DONE,
    REJECTED,
    AsOfOption,
    FormatOption,
    JsonOption,
    VersionOption,
    WorkspaceOption,
    app,
    one_of,
)


@app.command()
def status(workspace: WorkspaceOption = None, json: JsonOption = False) -> int:
    """What is in the warehouse, whether every load balances, and what is missing."""
    from pmo_analytics.cli.schedule_tables import last_runs, run_text
    from pmo_analytics.terminal import clean, print_status
    from pmo_analytics.warehouse import Warehouse

    with Warehouse.open(workspace).everything() as view:
        runs = last_runs(view.workspace)
        print_status(view, as_json=json, runs={"scheduled_runs": [asdict(state) for state in runs]})
        for state in [] if json else runs:
            print(clean(f"scheduled {state.pipeline}: {run_text(state, view.workspace)}"))
    return DONE


@app.command()
def check(workspace: WorkspaceOption = None, json: JsonOption = False) -> int:
    """Hold tables against each other: codes, persons, currencies, dates and issues that do not fit."""
    from pmo_analytics.terminal import print_checks
    from pmo_analytics.warehouse import Warehouse
    from pmo_analytics.warehouse.checks import evaluate

    with Warehouse.open(workspace).everything() as view:
        found = evaluate(view.rows, view.workspace)
    return DONE if print_checks(found, as_json=json) else REJECTED


@app.command()
def sql(
    query: Annotated[str, typer.Argument(help="SQL over core, marts and meta.")],
    format: FormatOption = "table",
    as_of: AsOfOption = None,
    version: VersionOption = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> int:
    """Ask the warehouse. Without --as-of nothing is cut by date."""
    return print_query(query, workspace, "json" if json else format, as_of=as_of, version=version)


def print_query(
    query: str, workspace: Path | None, format: str, *, as_of: str | None = None, version: int | None = None
) -> int:
    """Ask the warehouse and print the rows in the format."""
    from pmo_analytics.terminal import print_rows
    from pmo_analytics.warehouse import Warehouse

    one_of("--format", format, ("table", "csv", "json"))
    warehouse = Warehouse.open(workspace)
    view = warehouse.at(as_of, version) if as_of else warehouse.everything(version)
    with view:
        print_rows(*view.rows(query), format)
    return DONE
