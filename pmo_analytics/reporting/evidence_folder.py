"""The figures of a published page opened where it cites, and their evidence written beside it, whole or not at all."""

from __future__ import annotations

import shlex
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pandas as pd

from pmo_analytics.errors import UsageError
from pmo_analytics.explanations import originals
from pmo_analytics.figure_evidence import OpenedFigure, Opening
from pmo_analytics.origins import Figure
from pmo_analytics.reporting.cited_figures import CitedFigure, CitedPage, linked
from pmo_analytics.reporting.evidence_page import About, evidence_html, left_out_rows, shown_now
from pmo_analytics.reporting.notebooks import check_parameters, find_notebook
from pmo_analytics.reporting.publishing import evidence_folder as beside
from pmo_analytics.reporting.publishing import publish
from pmo_analytics.warehouse import View, Warehouse
from pmo_analytics.workspace import Workspace

_LINES, _QUOTED, _QUOTED_OF_TABLE = 200, 4, 2
_EVERY = 1_000_000


@dataclass(frozen=True)
class PageFigure:
    """A figure of a page, opened; `now` is the text of its value as reckoned here, empty where it cannot be written."""

    cited: CitedFigure
    opened: OpenedFigure
    now: str

    @property
    def agrees(self) -> bool:
        """Whether the page shows what is reckoned here."""
        return self.now in {"", self.cited.published}


@contextmanager
def cited_view(page: CitedPage, workspace: Workspace) -> Iterator[View]:
    """The view at the date and version that a page cites.

    Raises UsageError where the workspace lacks them, or its notebook does not
    take the parameters: a page is anybody's text.
    """
    notebook = find_notebook(str(page.record.get("notebook")), workspace)
    check_parameters(notebook, page.parameters)
    with Warehouse(workspace).at(page.parameters["as_of"], page.parameters["version"]) as view:
        yield view


def opened_figures(page: CitedPage, names: Iterable[str], view: View) -> Iterator[PageFigure]:
    """Figures of a page, opened in a view. Raises UsageError for one that the page has not, or that names nothing."""
    cited = {name: page.figure(name) for name in names}
    for name, opened in Opening(view).opened({name: each.reference for name, each in cited.items()}):
        yield PageFigure(cited[name], opened, shown_now(cited[name].reference, opened.value))


def figure_html(figure: PageFigure, page: CitedPage, view: View, *, lines: int = _LINES) -> str:
    """The evidence page of one figure, to stand anywhere."""
    shown = originals(view, _quoted(figure.opened), _QUOTED)
    return evidence_html(_about(figure, page), figure.opened, view, shown, lines=lines, left=left_out_rows(view))


def single_html(figure: Figure, view: View, command: str) -> str:
    """The evidence page of a figure that stands on no page; `command` opens it again."""
    ((_, opened),) = Opening(view).opened({"": figure})
    about = About(page=figure.made.name, place=figure.column.replace("_", " "), published="", command=command)
    shown = originals(view, _quoted(opened), _QUOTED)
    return evidence_html(about, opened, view, shown, lines=_LINES, left=left_out_rows(view))


def write_evidence(page: CitedPage, workspace: Workspace) -> tuple[Path, int]:
    """Write the evidence pages of all figures into `<page>.evidence` and lay links to them into the page.

    Returns the folder and how many pages are in it. The folder takes an
    earlier one's place in one step, then the page its own. Raises UsageError
    where something else than evidence stands in the folder's place.
    """
    folder = beside(page.path)
    if folder.exists() and not (folder.is_dir() and all(each.suffix == ".html" for each in folder.iterdir())):
        raise UsageError("something else stands where the evidence goes", file=folder, hint="move it away")
    if len({name.casefold() for name in page.figures}) < len(page.figures):
        raise UsageError("figures of the page differ in capitals alone", file=page.path)
    with cited_view(page, workspace) as view:
        figures = list(opened_figures(page, page.figures, view))
        quoted = _read_together(view, [_quoted(figure.opened) for figure in figures])
        left = left_out_rows(view)
        draft = Path(tempfile.mkdtemp(dir=page.path.parent, prefix=".", suffix=".part"))
        try:
            for figure in figures:
                about = _about(figure, page, is_beside=True)
                shown = _of(quoted, _quoted(figure.opened))
                text = evidence_html(about, figure.opened, view, shown, lines=_LINES, left=left)
                publish(text, draft / f"{figure.cited.name}.html")
            draft.chmod(0o755)
            _take_the_place(draft, folder)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    publish(linked(page.text, page.path.stem), page.path)
    return folder, len(figures)


def _take_the_place(draft: Path, folder: Path) -> None:
    if not folder.exists():
        draft.rename(folder)
        return
    earlier = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".", suffix=".old"))
    folder.rename(earlier / folder.name)
    draft.rename(folder)
    shutil.rmtree(earlier)


def _about(figure: PageFigure, page: CitedPage, *, is_beside: bool = False) -> About:
    name = figure.cited.name
    return About(
        page=page.path.name,
        place=figure.cited.place,
        published=figure.cited.published,
        command=f"pmo explain {shlex.quote(page.path.name)}#{name}",
        back=f"../{quote(page.path.name)}#{name}" if is_beside else "",
    )


def _quoted(opened: OpenedFigure) -> dict[str, pd.DataFrame]:
    """The few rows whose lines are shown as they were received."""
    return {table: rows.head(_QUOTED_OF_TABLE) for table, rows in opened.stored_rows().items()}


def _read_together(view: View, wanted: list[dict[str, pd.DataFrame]]) -> dict[tuple[str, int, int], dict[str, str]]:
    """The lines of all figures, each archived file opened once."""
    rows: dict[str, list[pd.DataFrame]] = {}
    for each in wanted:
        for table, found in each.items():
            rows.setdefault(table, []).append(found[["load_id", "version", "source_line"]])
    together = {table: pd.concat(found).drop_duplicates() for table, found in rows.items()}
    return originals(view, together, _EVERY)


def _of(
    known: Mapping[tuple[str, int, int], dict[str, str]], rows_of: Mapping[str, pd.DataFrame]
) -> dict[tuple[str, int, int], dict[str, str]]:
    places = [
        (table, int(version), int(line))
        for table, rows in rows_of.items()
        for version, line in zip(rows["version"], rows["source_line"], strict=True)
    ]
    return {place: known[place] for place in places[:_QUOTED] if place in known}
