"""Commands about exports: load them, map their codes, look at what was loaded and what was refused."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pmo_analytics.cli.application import (
    DONE,
    PARTLY,
    REJECTED,
    FormatOption,
    JsonOption,
    WorkspaceOption,
    app,
    complain,
    one_of,
)
from pmo_analytics.cli.queries import print_query
from pmo_analytics.errors import PmoError
from pmo_analytics.workspace import Workspace


@app.command()
def ingest(
    paths: Annotated[
        list[Path],
        typer.Argument(help="Exports and registers, also packed in ZIP or GZIP files; folders and patterns of them."),
    ],
    source: Annotated[str | None, typer.Option("--source", help="Read the files as this source.")] = None,
    date_order: Annotated[str | None, typer.Option("--date-order", help="dmy or mdy.")] = None,
    decimal_mark: Annotated[str | None, typer.Option("--decimal-mark", help="comma or point.")] = None,
    month_language: Annotated[
        str | None, typer.Option("--month-language", help="Language of the months' names, such as de.")
    ] = None,
    encoding: Annotated[str | None, typer.Option("--encoding", help="Of files not in Unicode, such as cp1250.")] = None,
    status_date: Annotated[str | None, typer.Option("--status-date", help="Date a register speaks of.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Load a file whole or not at all.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell what would happen, change nothing.")] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Tell how the files would be read, column by column; change nothing.")
    ] = False,
    accept_removals: Annotated[
        bool, typer.Option("--accept-removals", help="Let a file hold far less than was loaded for its scope.")
    ] = False,
    report: Annotated[
        Path | None, typer.Option("--report", help="Write what became of the files to this .html or .json file.")
    ] = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> int:
    """Detect, check and load exports; print what was assumed, stored, rejected."""
    from dataclasses import asdict, replace

    from pmo_analytics.ingest import IngestOptions, ingest_files
    from pmo_analytics.sources.month_names import LANGUAGES
    from pmo_analytics.system import edges
    from pmo_analytics.terminal import print_json, print_load, print_reading, progress_bar
    from pmo_analytics.warehouse.as_of import parse_as_of

    one_of("--date-order", date_order, ("dmy", "mdy"))
    one_of("--decimal-mark", decimal_mark, ("comma", "point"))
    one_of("--month-language", month_language, LANGUAGES)
    one_of("--report", report.suffix.lower() if report else None, (".html", ".json"))
    day = parse_as_of(status_date) if status_date else None
    options = IngestOptions(
        source, date_order, decimal_mark, day, strict, dry_run or explain, accept_removals, month_language, encoding
    )
    place = Workspace.find(workspace)
    results, problems = [], []
    with progress_bar() as step:
        for result in ingest_files(place, paths, options, replace(edges(), step=step)):
            step(None)
            if isinstance(result, PmoError):
                problems.append(result)
                complain(str(result))
                continue
            results.append(result)
            if not json:
                print_load(result)
                print_reading(result, is_asked=explain)
    if report:
        from pmo_analytics.reporting.load_report import write_load_report

        write_load_report(report, results, problems)
    if json:
        print_json([asdict(result) for result in results])
    if problems:
        return PARTLY if results else max(problem.exit_code for problem in problems)
    return REJECTED if any(result.rows["rejected"] for result in results) else DONE


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
def rejects(
    only: Annotated[int | None, typer.Argument(metavar="VERSION", help="The load; by default every one.")] = None,
    xlsx: Annotated[Path | None, typer.Option("--xlsx", help="A new workbook to correct them in and load.")] = None,
    limit: Annotated[int, typer.Option("--limit", help="Print at most this many; 0 for all.")] = 50,
    format: FormatOption = "table",
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> int:
    """What was refused and why: file, line, column, value, rule, hint; or a workbook of the rows, to be corrected."""
    if xlsx is not None:
        from pmo_analytics.corrections import write_corrections
        from pmo_analytics.system import edges
        from pmo_analytics.terminal import print_corrections

        print_corrections(xlsx, write_corrections(Workspace.find(workspace), xlsx, edges(), version=only))
        return DONE
    query = (
        "SELECT l.version, l.file, r.source_line AS line, r.column_name AS column, r.value, r.rule, r.expected, r.hint "
        "FROM meta.reject AS r JOIN meta.load AS l USING (load_id)"
    )
    query += f" WHERE l.version = {only} ORDER BY ALL" if only is not None else " ORDER BY ALL"
    many = f"{query} LIMIT {limit}" if limit > 0 else query
    return print_query(many, workspace, "json" if json else format)


@app.command()
def loads(format: FormatOption = "table", workspace: WorkspaceOption = None, json: JsonOption = False) -> int:
    """What came from where: one line per load."""
    return print_query(
        "SELECT version, file, source, rows_in, rows_added AS added, rows_replacing AS replacing, "
        "rows_unchanged AS unchanged, rows_rejected AS rejected, rows_set_aside AS set_aside, rows_removed AS removed, "
        "loaded_at FROM meta.load ORDER BY version",
        workspace,
        "json" if json else format,
    )
