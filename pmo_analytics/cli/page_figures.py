"""Figures of published pages on the command line: listed, opened, written as pages, held against a later version."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pmo_analytics.cli.application import find_workspace
from pmo_analytics.errors import UsageError

if TYPE_CHECKING:
    from pmo_analytics.figure_evidence import OpenedFigure
    from pmo_analytics.reporting.evidence_folder import PageFigure
    from pmo_analytics.workspace import Workspace


def is_page(text: str) -> bool:
    """Whether an argument names a page, or a figure of one: `PAGE.html`, `PAGE.html#FIGURE`."""
    return text.rpartition("#")[0].endswith(".html") or text.endswith(".html")


def explain_page(
    text: str, workspace: Path | None, *, lines: int, html: Path | None, is_every: bool, as_json: bool
) -> None:
    """List the figures of a page, open one, or write evidence pages."""
    from pmo_analytics.reporting.cited_figures import cited_page

    path, _, name = (text, "", "") if text.endswith(".html") else text.rpartition("#")
    if not Path(path).is_file():
        raise UsageError("there is no such page", file=path)
    page = cited_page(Path(path))
    if is_every:
        if name or html is not None:
            raise UsageError("--html-all writes every figure of the page", hint="leave the figure and --html out")
        _write_every(page, find_workspace(workspace))
    elif name:
        _open(page, name, find_workspace(workspace), lines=lines, html=html, as_json=as_json)
    elif html is not None:
        raise UsageError("--html writes one figure", expected=f"{Path(path).name}#FIGURE", hint="or ask for --html-all")
    else:
        _list(page, as_json=as_json)


def _list(page: Any, *, as_json: bool) -> None:
    from pmo_analytics.terminal import print_json, print_table

    if as_json:
        print_json([{"figure": f.name, "place": f.place, "published": f.published} for f in page.figures.values()])
        return
    print_table(["figure", "where", "as published"], [(f.name, f.place, f.published) for f in page.figures.values()])
    given = page.parameters
    print(f"{len(page.figures):,} figures of {given['as_of']}, version {given['version']}; open one with PAGE#FIGURE")


def _write_every(page: Any, workspace: Workspace) -> None:
    from pmo_analytics.reporting.evidence_folder import write_evidence
    from pmo_analytics.terminal import say

    folder, count = write_evidence(page, workspace)
    say(f"{count:,} evidence pages: {folder}")
    say(f"linked from: {page.path}")


def _open(page: Any, name: str, workspace: Workspace, *, lines: int, html: Path | None, as_json: bool) -> None:
    from pmo_analytics.reporting.evidence_folder import cited_view, figure_html, opened_figures
    from pmo_analytics.reporting.publishing import publish

    refuse_existing(html)
    page.figure(name)
    with cited_view(page, workspace) as view:
        (figure,) = opened_figures(page, [name], view)
        if html is not None:
            publish(figure_html(figure, page, view), html)
            print(html)
            return
    if as_json:
        _print_json(figure)
    else:
        _print(figure, lines)


def refuse_existing(html: Path | None) -> None:
    """Refuse to write over a file."""
    if html is not None and html.exists():
        raise UsageError("there is such a file already", file=html)


def _print(figure: PageFigure, lines: int) -> None:
    from pmo_analytics.terminal import clean

    opened, cited = figure.opened, figure.cited
    print(f"{clean(cited.place)}: {clean(cited.published)}")
    key = ", ".join(f"{name} {text or 'none'}" for name, text in opened.figure.key.items())
    print(clean(f"{opened.figure.made.name}.{opened.figure.column} = {opened.value}" + (f"; {key}" if key else "")))
    if not figure.agrees:
        print(clean(f"the page says {cited.published}, here {figure.now} is reckoned: `pmo reproduce` tells why"))
    print_opened(opened, lines)


def print_opened(opened: OpenedFigure, lines: int) -> None:
    """Print what a figure depends on and the stored rows it counts, `lines` rows of each table."""
    from pmo_analytics.cli.evidence import cut, tuples
    from pmo_analytics.explanations import told
    from pmo_analytics.terminal import print_table

    for part in opened.parts:
        print(f"\ndepends on {part.table}: {', '.join(part.columns) or 'that it is there'}{cut(part.rows, lines)}")
        shown = part.rows.head(lines).dropna(axis="columns", how="all")
        print_table([str(c) for c in shown.columns], tuples(shown))
    for table, rows in opened.stored_rows().items():
        number = "1 row" if len(rows) == 1 else f"{len(rows):,} rows"
        print(f"\ncounts {table}: {number}{cut(rows, lines)}")
        shown = told(rows).head(lines)
        print_table([str(c) for c in shown.columns], tuples(shown))


def _print_json(figure: PageFigure) -> None:
    from pmo_analytics.cli.evidence import cell, records
    from pmo_analytics.terminal import plain, print_json

    opened, cited = figure.opened, figure.cited
    print_json(
        {
            "figure": cited.name, "place": cited.place, "published": cited.published, "agrees": figure.agrees,
            "made": opened.figure.made.plain(), "key": opened.figure.key, "column": opened.figure.column,
            "value": plain(cell(opened.value)),
            "depends_on": {
                part.table: {"columns": part.columns, "rows": records(part.rows)} for part in opened.parts
            },
            "rows": {table: records(rows) for table, rows in opened.stored_rows().items()},
        }
    )  # fmt: skip


def print_page_changes(path: Path, workspace: Path | None, *, version: int | None, most: int, as_json: bool) -> None:
    """Print the figures of a page that are others in a later version, and why."""
    from pmo_analytics.reporting.page_changes import page_changes
    from pmo_analytics.terminal import clean, print_json

    if not path.is_file():
        raise UsageError("there is no such page", file=path)
    found = page_changes(path, find_workspace(workspace), version=version, looked_into=most)
    if as_json:
        print_json(vars(found) | {"changes": [vars(change) for change in found.changes]})
        return
    print(
        f"{len(found.changes):,} of {found.figures:,} figures of {clean(found.as_of)} "
        f"differ between the page, version {found.since}, and version {found.version}"
    )
    if found.code:
        print(f"the page was made with other code: {', '.join(found.code)}")
    for change in found.changes:
        before, now = ("nothing" if text is None else text for text in (change.published, change.now))
        cause = f"; {change.cause}" if change.cause else ""
        print(clean(f"{change.name} ({change.place}): {before} → {now}{cause}"))
        if change.rows:
            print(f"    {clean(change.rows)}")
