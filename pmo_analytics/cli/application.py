"""What every command shares: the application, its exit codes and options, how a failure is told."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from pmo_analytics import __version__
from pmo_analytics.errors import PmoError, UsageError
from pmo_analytics.workspace import LOCALE_VARIABLE, Workspace

DONE, FAILED, USAGE, REJECTED, PARTLY, BLOCKED = range(6)
_ORDER = (
    "demo init templates ingest rejects map loads check status sql estimate capacity level skills coaching "
    "prioritise select methodology audit lessons ledger alerts explain changes bridge report run schedule close "
    "reproduce lab warehouse"
).split()


def _leave(code: int | None, **_: object) -> None:
    raise typer.Exit(code or DONE)


class _AsTheyAreUsed(TyperGroup):
    """Commands in the order in which a newcomer meets them; others behind."""

    def list_commands(self, ctx: Any) -> list[str]:
        known = super().list_commands(ctx)
        return [name for name in _ORDER if name in known] + sorted(set(known) - set(_ORDER))


app = typer.Typer(
    name="pmo",
    cls=_AsTheyAreUsed,
    help="PMO analytics workbench: raw exports in, reports whose every figure opens its rows out.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    result_callback=_leave,
)

WorkspaceOption = Annotated[
    Path | None, typer.Option("--workspace", help="The workspace; by default the nearest pmo.toml upward.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print data as JSON.")]
FormatOption = Annotated[str, typer.Option("--format", help="table, csv or json.")]
AsOfOption = Annotated[
    str | None, typer.Option("--as-of", help="Reporting date: 2026-06-30, or 2026-06 for its last day.")
]
VersionOption = Annotated[int | None, typer.Option("--version", help="What was known in this version.")]


def main() -> None:
    """Run the command line; every error a person can cause ends in a message and an exit code."""
    code = FAILED
    try:
        app()
    except PmoError as problem:
        complain(str(problem))
        code = problem.exit_code
    except OSError as problem:
        complain(f"{problem.filename or 'the system'}: {problem.strerror or problem}")
    sys.exit(code)


def complain(text: str) -> None:
    """Print what went wrong where errors go."""
    from pmo_analytics.terminal import clean

    print(f"pmo: {clean(text)}", file=sys.stderr)


@app.callback(invoke_without_command=True)
def _root(
    workspace: WorkspaceOption = None,
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.", is_eager=True)] = False,
) -> None:
    if version:
        print(__version__)
        raise typer.Exit
    if workspace is not None:
        # Where every command looks next, and what a notebook's kernel inherits.
        os.environ["PMO_WORKSPACE"] = str(workspace.resolve())


def find_workspace(given: Path | None) -> Workspace:
    """The workspace that a command is for; what it shows of pages is in the workspace's locale."""
    found = Workspace.find(given)
    os.environ[LOCALE_VARIABLE] = found.locale
    return found


def one_of(option: str, value: str | None, allowed: tuple[str, ...]) -> None:
    """UsageError where an option has another value than those allowed."""
    if value is not None and value not in allowed:
        raise UsageError(f"{option} is not one of its values", found=value, expected=" or ".join(allowed))
