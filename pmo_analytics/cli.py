"""`pmo`: parse, one library call, print."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from pmo_analytics import __version__
from pmo_analytics.errors import PmoError, UsageError
from pmo_analytics.workspace import Workspace

DONE, FAILED, USAGE, REJECTED, PARTLY = range(5)


def _leave(code: int | None, **_: object) -> None:
    raise typer.Exit(code or DONE)


app = typer.Typer(
    name="pmo",
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
        _complain(str(problem))
        code = problem.exit_code
    except OSError as problem:
        _complain(f"{problem.filename or 'the system'}: {problem.strerror or problem}")
    sys.exit(code)


def _complain(text: str) -> None:
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


@app.command()
def demo(
    workspace: Annotated[Path | None, typer.Option("--workspace", help="Where to put it; by default pmo-demo.")] = None,
) -> int:
    """Simulate a portfolio, ingest its exports, publish the monthly pack, print where it is."""
    from pmo_analytics.demo import run_demo
    from pmo_analytics.terminal import print_load, print_reports, say

    folder = workspace or Path(os.environ.get("PMO_WORKSPACE", "pmo-demo"))
    return DONE if print_reports(run_demo(folder, say=say, loaded=print_load)) else PARTLY


@app.command()
def init(
    folder: Annotated[Path | None, typer.Argument(help="The workspace to make; by default this folder.")] = None,
    from_data: Annotated[
        bool, typer.Option("--from-data", help="Draft project, person and calendar registers from what was loaded.")
    ] = False,
    time_zone: Annotated[str, typer.Option("--time-zone", help="Zone of times that carry none.")] = "UTC",
    workspace: WorkspaceOption = None,
) -> int:
    """Make a workspace: pmo.toml, an inbox, register templates; or draft its registers from data."""
    from pmo_analytics.exchange.register_csv import write_templates

    if from_data:
        return _draft(Workspace.find(folder or workspace))
    named = folder or workspace or os.environ.get("PMO_WORKSPACE")
    made = Workspace.create(Path(named) if named else Path.cwd(), time_zone=time_zone)
    templates = write_templates(made.registers)
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
def ingest(
    paths: Annotated[
        list[Path],
        typer.Argument(help="Exports and registers, also packed in ZIP or GZIP files; folders and patterns of them."),
    ],
    source: Annotated[str | None, typer.Option("--source", help="Read the files as this source.")] = None,
    date_order: Annotated[str | None, typer.Option("--date-order", help="dmy or mdy.")] = None,
    decimal_mark: Annotated[str | None, typer.Option("--decimal-mark", help="comma or point.")] = None,
    status_date: Annotated[str | None, typer.Option("--status-date", help="Date a register speaks of.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Load a file whole or not at all.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell what would happen, change nothing.")] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Tell how the files would be read; same as --dry-run.")
    ] = False,
    accept_removals: Annotated[
        bool, typer.Option("--accept-removals", help="Let a file hold far less than was loaded for its scope.")
    ] = False,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> int:
    """Detect, check and load exports; print what was assumed, stored, rejected."""
    from pmo_analytics.ingest import IngestOptions, ingest_files
    from pmo_analytics.system import edges
    from pmo_analytics.terminal import print_json, print_load
    from pmo_analytics.warehouse.as_of import parse_as_of

    _one_of("--date-order", date_order, ("dmy", "mdy"))
    _one_of("--decimal-mark", decimal_mark, ("comma", "point"))
    day = parse_as_of(status_date) if status_date else None
    options = IngestOptions(source, date_order, decimal_mark, day, strict, dry_run or explain, accept_removals)
    place = Workspace.find(workspace)
    results, problems = [], []
    for result in ingest_files(place, paths, options, edges()):
        if isinstance(result, PmoError):
            problems.append(result)
            _complain(str(result))
            continue
        results.append(result)
        if not json:
            print_load(result)
    if json:
        print_json([_load_record(result) for result in results])
    if problems:
        return PARTLY if results else max(problem.exit_code for problem in problems)
    return REJECTED if any(result.rows["rejected"] for result in results) else DONE


def _load_record(result: Any) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(result)


def _one_of(option: str, value: str | None, allowed: tuple[str, ...]) -> None:
    if value is not None and value not in allowed:
        raise UsageError(f"{option} is not one of its values", found=value, expected=" or ".join(allowed))


@app.command(name="map")
def map_codes(workspace: WorkspaceOption = None, json: JsonOption = False) -> int:
    """Write sheets of unknown projects and persons with their nearest names; filled in, load them with ingest."""
    from pmo_analytics.registers import write_unknown_codes
    from pmo_analytics.terminal import print_json
    from pmo_analytics.warehouse import Warehouse

    warehouse = Warehouse.open(workspace)
    with warehouse.everything() as view:
        sheets = write_unknown_codes(warehouse.workspace, view)
    if json:
        print_json([{"path": str(s.path), "codes": s.codes, "rows": s.rows, "hours": s.hours} for s in sheets])
        return DONE
    for sheet in sheets:
        print(f"{sheet.path}: {sheet.codes} codes, {sheet.rows} rows, {sheet.hours:,.2f} h")
    print("fill in the sheets, then: pmo ingest SHEET" if sheets else "every code is mapped")
    return DONE


@app.command()
def status(workspace: WorkspaceOption = None, json: JsonOption = False) -> int:
    """What is in the warehouse, whether every load balances, and what is missing."""
    from pmo_analytics.terminal import print_status
    from pmo_analytics.warehouse import Warehouse

    with Warehouse.open(workspace).everything() as view:
        print_status(view, as_json=json)
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
def rejects(
    limit: Annotated[int, typer.Option("--limit", help="Print at most this many; 0 for all.")] = 50,
    format: FormatOption = "table",
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> int:
    """What was refused and why: file, line, column, value, rule, hint."""
    query = (
        "SELECT l.version, l.file, r.source_line AS line, r.column_name AS column, r.value, r.rule, r.expected, r.hint "
        "FROM meta.reject AS r JOIN meta.load AS l USING (load_id) ORDER BY ALL"
    )
    many = f"{query} LIMIT {limit}" if limit > 0 else query
    return _print_query(many, workspace, "json" if json else format)


@app.command()
def loads(format: FormatOption = "table", workspace: WorkspaceOption = None, json: JsonOption = False) -> int:
    """What came from where: one line per load."""
    return _print_query(
        "SELECT version, file, source, rows_in, rows_added AS added, rows_replacing AS replacing, "
        "rows_unchanged AS unchanged, rows_rejected AS rejected, rows_set_aside AS set_aside, rows_removed AS removed, "
        "loaded_at FROM meta.load ORDER BY version",
        workspace,
        "json" if json else format,
    )


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
    return _print_query(query, workspace, "json" if json else format, as_of=as_of, version=version)


@app.command()
def run(
    pipeline: Annotated[str, typer.Argument(help="Which one, such as monthly.")],
    as_of: AsOfOption = None,
    version: VersionOption = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> int:
    """Load what lies in the inbox, run a pipeline's notebooks, publish their pages."""
    from pmo_analytics.reporting.pipeline import load_inbox, run_pipeline
    from pmo_analytics.system import edges
    from pmo_analytics.terminal import print_load

    place = Workspace.find(workspace)
    problems = load_inbox(place, edges(), loaded=(lambda _: None) if json else print_load)
    for problem in problems:
        _complain(str(problem))
    code = _print_pages(run_pipeline(pipeline, workspace=place, as_of=as_of, version=version), json)
    return PARTLY if problems else code


@app.command()
def report(
    notebook: Annotated[str, typer.Argument(help="Which one, such as portfolio_review.")],
    parameter: Annotated[
        list[str] | None, typer.Option("-p", "--parameter", help="A parameter of the notebook: name=value.")
    ] = None,
    as_of: AsOfOption = None,
    version: VersionOption = None,
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
    return _print_pages([run_report(notebook, given, workspace=place, as_of=as_of, version=version)], json)


def _print_pages(reports: list[Any], json: bool) -> int:
    from pmo_analytics.terminal import print_json, print_reports

    if not reports:
        raise UsageError("the pipeline runs no notebook", hint="a notebook's metadata names its pipelines")
    if not json:
        return DONE if print_reports(reports) else PARTLY
    print_json([{"title": r.title, "path": str(r.path), "error": r.error and str(r.error)} for r in reports])
    return DONE if all(r.error is None for r in reports) else PARTLY


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


def _print_query(
    query: str, workspace: Path | None, format: str, *, as_of: str | None = None, version: int | None = None
) -> int:
    from pmo_analytics.terminal import print_rows
    from pmo_analytics.warehouse import Warehouse

    _one_of("--format", format, ("table", "csv", "json"))
    warehouse = Warehouse.open(workspace)
    view = warehouse.at(as_of, version) if as_of else warehouse.everything(version)
    with view:
        print_rows(*view.rows(query), format)
    return DONE


if __name__ == "__main__":
    main()
