"""Commands that keep a warehouse: hold it against what was written, back it up, bring it to this program's schema."""

from __future__ import annotations

import os
from pathlib import Path
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


@warehouse.command()
def backup(
    file: Annotated[Path, typer.Argument(help="The backup to write; a new file.")],
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> int:
    """Pack catalogs, data files, originals and settings into one file; loads may go on meanwhile."""
    from pmo_analytics.system import edges
    from pmo_analytics.terminal import print_json, progress_bar
    from pmo_analytics.warehouse.backup import back_up

    with progress_bar() as step:
        made = back_up(Workspace.find(workspace), file, now=edges().now(), step=step)
    if json:
        print_json({"path": str(file), "bytes": file.stat().st_size, "parts": len(made.parts)})
        return DONE
    print(f"{file}: {len(made.parts):,} files, {file.stat().st_size:,} bytes")
    print("it holds persons' names and the original exports: keep it where those may be")
    return DONE


@warehouse.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A backup.")],
    folder: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="A new or empty folder; by default this one.")
    ] = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> int:
    """Make the workspace of a backup in a new or empty folder, every part checked."""
    from pmo_analytics.terminal import print_json, progress_bar
    from pmo_analytics.warehouse import restoration

    named = folder or workspace or os.environ.get("PMO_WORKSPACE")
    with progress_bar() as step:
        made = restoration.restore(file, Path(named) if named else Path.cwd(), step=step)
    if json:
        print_json({"workspace": str(made.root)})
        return DONE
    print(f"workspace {made.root}")
    print("next: pmo warehouse check")
    return DONE


@warehouse.command()
def compact(workspace: WorkspaceOption = None, json: JsonOption = False) -> int:
    """Merge small data files and remove those that no version needs; every version shows what it showed."""
    from dataclasses import asdict

    from pmo_analytics.terminal import print_json, progress_bar
    from pmo_analytics.warehouse import compaction

    with progress_bar() as step:
        made = compaction.compact(Workspace.find(workspace), step=step)
    if json:
        print_json(asdict(made))
        return DONE
    for name, extent in (("before", made.before), ("after", made.after)):
        print(f"{name:<8}{extent.files:>8,} data files {extent.bytes:>16,} bytes")
    print(f"all {made.versions:,} versions show the rows that they showed")
    return DONE
