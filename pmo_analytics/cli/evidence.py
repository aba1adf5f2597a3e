"""The commands that open figures and hold versions against each other."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pmo_analytics.cli.application import DONE, AsOfOption, JsonOption, VersionOption, WorkspaceOption, app
from pmo_analytics.errors import UsageError, nearest

if TYPE_CHECKING:
    import pandas as pd

    from pmo_analytics.changes import Change
    from pmo_analytics.explanations import AnalysisExplanation, Explanation
    from pmo_analytics.warehouse import View


@app.command()
def explain(
    table: Annotated[
        str, typer.Argument(help="A page's figure, as PAGE.html#cost-at-completion; an analysis, a mart or a table.")
    ],
    column: Annotated[str | None, typer.Argument(help="The figure's column, as cost_amount.")] = None,
    row: Annotated[list[str] | None, typer.Argument(help="The row's key: project_id=A1 period_month=2026-03.")] = None,
    as_of: AsOfOption = None,
    version: VersionOption = None,
    lines: Annotated[int, typer.Option("--lines", help="Rows to print of each table.", min=0)] = 20,
    original: Annotated[bool, typer.Option("--original", help="Read the lines again from the archived files.")] = False,
    show_sql: Annotated[bool, typer.Option("--sql", help="Print the mart's SQL.")] = False,
    html: Annotated[Path | None, typer.Option("--html", help="Write the figure's evidence as a page.")] = None,
    html_all: Annotated[
        bool, typer.Option("--html-all", help="Write the evidence of each figure of a page beside it, and link to it.")
    ] = False,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> int:
    """Open a figure: the rows that it counts, with their files and lines. Persons are tokens, rates are withheld.

    PAGE.html alone lists the page's figures.
    """
    from pmo_analytics.analyses import analyses
    from pmo_analytics.cli.page_figures import explain_page, is_page
    from pmo_analytics.explanations import explain as opened
    from pmo_analytics.explanations import explain_analysis
    from pmo_analytics.warehouse import Warehouse

    if is_page(table):
        if column or as_of or version is not None or original or show_sql:
            raise UsageError("a page cites its date and version, and its figure", expected="PAGE.html#FIGURE alone")
        explain_page(table, workspace, lines=lines, html=html, is_every=html_all, as_json=json)
        return DONE
    if column is None or html_all:
        raise UsageError(
            f"{table!r} is no page", expected="PAGE.html, or a table with a column and the key of a row",
            hint="pmo explain cost_by_project_month cost_amount project_id=A1 period_month=2026-03",
        )  # fmt: skip
    with Warehouse.open(workspace).at(as_of, version) as view:
        if html is not None:
            _write_html(view, table, column, row or [], html)
            return DONE
        if table in analyses():
            if original or show_sql:
                raise UsageError(f"{table!r} is an analysis, of marts and registers", hint="open what it depends on")
            _print_analysis(explain_analysis(view, table, column, row or []), lines, as_json=json)
            return DONE
        found = opened(view, table, column, row or [], with_originals=lines if original else 0)
    if json:
        _print_json(found)
    else:
        _print(found, lines, show_sql=show_sql)
    return DONE


def _write_html(view: View, table: str, column: str, row: list[str], html: Path) -> None:
    from pmo_analytics.cli.page_figures import refuse_existing
    from pmo_analytics.explanations import usual_figure
    from pmo_analytics.reporting.evidence_folder import single_html
    from pmo_analytics.reporting.publishing import publish

    refuse_existing(html)
    words = ["pmo", "explain", table, column, *row, "--as-of", view.as_of.isoformat(), "--version", str(view.version)]
    publish(single_html(usual_figure(view, table, column, row), view, shlex.join(words)), html)
    print(html)


@app.command()
def changes(
    page: Annotated[Path | None, typer.Argument(help="A published page: which of its figures are others now.")] = None,
    since: Annotated[
        int | None, typer.Option("--since", help="The version to hold against: `pmo loads` lists them.")
    ] = None,
    mart: Annotated[list[str] | None, typer.Option("--mart", help="These marts alone; may be repeated.")] = None,
    look_into: Annotated[
        int | None, typer.Option("--causes", help="Figures of a mart (10) or page (100) to find the cause of.", min=0)
    ] = None,
    as_of: AsOfOption = None,
    version: VersionOption = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> int:
    """Name every figure that is another now than in an earlier version or page, and the rows that made it so."""
    from pmo_analytics.changes import changes as found_between
    from pmo_analytics.cli.page_figures import print_page_changes
    from pmo_analytics.contracts import rolled_up
    from pmo_analytics.warehouse import Warehouse

    if (page is None) == (since is None):
        raise UsageError("what to hold against is a page, or a version with --since", expected="one of the two")
    if page is not None:
        if mart or as_of:
            raise UsageError("a page cites its date, and its figures", expected="PAGE.html with --version alone")
        print_page_changes(page, workspace, version=version, most=100 if look_into is None else look_into, as_json=json)
        return DONE
    for name in mart or []:
        if name not in rolled_up():
            close = nearest(name, rolled_up())
            hint = f"did you mean {close!r}?" if close else None
            raise UsageError(f"there is no mart {name!r}", expected=", ".join(rolled_up()), hint=hint)
    warehouse = Warehouse.open(workspace)
    with warehouse.at(as_of, version) as now, warehouse.at(now.as_of, since) as before:
        found = found_between(before, now, looked_into=10 if look_into is None else look_into, marts=mart or None)
        _print_changes(found, before, now, as_json=json)
    return DONE


def _print_changes(found: list[Change], before: View, now: View, *, as_json: bool) -> None:
    from pmo_analytics.terminal import clean, plain, print_json

    if as_json:
        print_json(
            [vars(c) | {"key": {k: plain(cell(v)) for k, v in c.key.items()}, "before": plain(cell(c.before)),
                        "now": plain(cell(c.now))} for c in found]
        )  # fmt: skip
        return
    print(f"{len(found):,} figures of {now.as_of} differ between versions {before.version} and {now.version}")
    title = ("", "")
    for change in found:
        if (change.table, change.column) != title:
            title = (change.table, change.column)
            print(f"\n{change.table}.{change.column}")
        key = ", ".join("–" if value is None else clean(str(cell(value))) for value in change.key.values())
        values = (("nothing" if v is None else clean(str(cell(v)))) for v in (change.before, change.now))
        print(f"  {key}: {' → '.join(values)}" + (f"; {change.cause}" if change.cause else ""))
        if change.rows:
            print(f"    {clean(change.rows)}")


def _print(found: Explanation, lines: int, *, show_sql: bool) -> None:
    from pmo_analytics.explanations import told
    from pmo_analytics.terminal import clean, plain, print_table

    evidence = found.evidence
    print(f"{evidence.table}.{evidence.column} = {clean(str(evidence.value))}")
    print(", ".join(f"{name} {clean(str(plain(value)))}" for name, value in evidence.key.items()))
    print(f"reckoned from {', '.join(evidence.source_columns) or 'no stored column'}")
    for table, rows in evidence.rows.items():
        number = "1 row" if len(rows) == 1 else f"{len(rows):,} rows"
        print(f"\n{table}: {number}{cut(rows, lines)}")
        shown = told(rows).head(lines)
        print_table([str(c) for c in shown.columns], tuples(shown))
    for (table, version, line), cells in found.originals.items():
        print(f"\n{table}, version {version}, line {line} of the original:")
        for header, text in cells.items():
            print(f"  {clean(header)}: {clean(text)}")
    if show_sql and evidence.sql:
        print(f"\n{evidence.sql.strip()}")
    alone = "These rows alone give the figure."
    if not evidence.is_whole:
        alone = f"These rows alone give {evidence.again}: others have a part in it, as what they stand between."
    print(f"\n{alone}")


def _print_json(found: Explanation) -> None:
    from pmo_analytics.terminal import plain, print_json

    evidence = found.evidence
    print_json(
        {
            "table": evidence.table,
            "key": {name: plain(value) for name, value in evidence.key.items()},
            "column": evidence.column,
            "value": plain(evidence.value),
            "from_these_rows_alone": plain(evidence.again),
            "source_columns": evidence.source_columns,
            "sql": evidence.sql,
            "rows": {table: records(rows) for table, rows in evidence.rows.items()},
            "originals": [
                {"table": table, "version": version, "source_line": line, "cells": cells}
                for (table, version, line), cells in found.originals.items()
            ],
        }
    )


def _print_analysis(found: AnalysisExplanation, lines: int, *, as_json: bool) -> None:
    from pmo_analytics.terminal import clean, plain, print_json, print_table

    parts = found.influences
    value = cell(parts.value)
    if as_json:
        inputs = {
            table: {
                "columns": parts.columns[table],
                "rows": records(rows),
            }
            for table, rows in parts.rows.items()
        }
        print_json(
            {"analysis": found.analysis, "key": found.key, "column": found.column, "value": plain(value),
             "depends_on": inputs, "commands": found.commands}
        )  # fmt: skip
        return
    print(f"{found.analysis}.{found.column} = {clean(str(value))}")
    print(", ".join(f"{name} {clean(str(part))}" for name, part in found.key.items()))
    for table, rows in parts.rows.items():
        columns = ", ".join(parts.columns[table]) or "that it is there"
        print(f"\ndepends on {table}: {columns}{cut(rows, lines)}")
        shown = rows.head(lines).dropna(axis="columns", how="all")
        print_table([str(c) for c in shown.columns], tuples(shown))
    if found.commands:
        print("\nTo open what it is made of:")
    for command in found.commands:
        print(f"  {clean(command)}")


def cut(rows: pd.DataFrame, lines: int) -> str:
    """What is said of rows of which the first `lines` are printed."""
    return "" if len(rows) <= lines else f"; the first {lines} of {len(rows):,}"


def records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as JSON holds them."""
    from pmo_analytics.terminal import plain

    return [{str(c): plain(each) for c, each in zip(rows.columns, row, strict=True)} for row in tuples(rows)]


def tuples(rows: pd.DataFrame) -> list[tuple[Any, ...]]:
    """Rows with what is missing as None, days as days."""
    return [tuple(cell(each) for each in row) for row in rows.itertuples(index=False, name=None)]


def cell(value: Any) -> Any:
    """A value with what is missing as None, days as days, numbers of Python."""
    import pandas as pd

    if value is None or pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.date() if value == value.normalize() else value.to_pydatetime()
    return value.item() if hasattr(value, "item") else value
