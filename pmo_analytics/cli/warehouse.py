"""Commands that keep a warehouse: hold it against what was written, back it up, bring it to this program's schema."""

from __future__ import annotations

from typing import Annotated

import typer

from pmo_analytics.cli.application import DONE, FAILED, JsonOption, WorkspaceOption, app
from pmo_analytics.workspace import Workspace

warehouse = typer.Typer(
    name="warehouse", help="Keep the warehouse: check, back up, restore, upgrade, compact.", no_args_is_help=True
)
app.add_typer(warehouse)


@warehouse.command()
def check(
    remove_orphans: Annotated[
        bool, typer.Option("--remove-orphans", help="Remove files that no catalog names, left by killed loads.")
    ] = False,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> int:
    """Read everything that is stored and hold it against what was written; 1 where something does not hold."""
    from pmo_analytics.terminal import print_inspection, progress_bar
    from pmo_analytics.warehouse.integrity import inspect_warehouse

    with progress_bar() as step:
        found = inspect_warehouse(Workspace.find(workspace), removes_orphans=remove_orphans, step=step)
    print_inspection(found, as_json=json)
    return DONE if found.is_clean else FAILED


@warehouse.command()
def upgrade(workspace: WorkspaceOption = None, json: JsonOption = False) -> int:
    """Bring an earlier warehouse to this program's schema; a load does so by itself."""
    from dataclasses import asdict

    from pmo_analytics.terminal import print_json
    from pmo_analytics.warehouse import schema_versions

    made = schema_versions.upgrade(Workspace.find(workspace))
    if json:
        print_json(asdict(made))
        return DONE
    for step in made.steps:
        print(step)
    print(f"schema version {made.after}" + ("" if made.steps else ": nothing to do"))
    return DONE
