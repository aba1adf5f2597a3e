"""A published page made again from its own provenance, and compared with itself: bytes, then figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup

from pmo_analytics.reporting import provenance
from pmo_analytics.reporting.cited_figures import EVIDENCE, cited_record, linked, published_text
from pmo_analytics.reporting.notebooks import check_parameters, find_notebook
from pmo_analytics.reporting.pipeline import page_of
from pmo_analytics.warehouse import Warehouse
from pmo_analytics.workspace import Workspace


@dataclass(frozen=True)
class Difference:
    """One figure that is another now: where it stands, and what stood and stands there; None where nothing."""

    place: str
    published: str | None
    now: str | None


@dataclass(frozen=True)
class Reproduction:
    """What came of making a page again.

    `changed` names what the page cites of its making that is another here, with
    what it cites and what is here; `page` is the page made now.
    """

    is_same: bool
    changed: list[tuple[str, str, str]]
    differences: list[Difference]
    page: str


def reproduce(path: Path, workspace: Workspace) -> Reproduction:
    """Make the page at `path` again, from the notebook, date, version and parameters that it cites.

    Raises ReportError where the file is no published page, or its notebook
    fails now; UsageError where the workspace lacks what it cites.
    """
    published = published_text(path)
    cited = cited_record(published, path)
    notebook = find_notebook(str(cited.get("notebook")), workspace)
    # A page is anybody's text, and a parameter's name becomes code of the notebook: only names that it has pass.
    check_parameters(notebook, cited["parameters"])
    given = dict(cited["parameters"])
    as_of, version = given.pop("as_of"), given.pop("version")
    with Warehouse(workspace).at(as_of, version) as view:
        page = page_of(notebook, given, view)
        if isinstance(stem := cited.get(EVIDENCE), str):
            page = linked(page, stem)
        here = provenance.record(notebook.path, cited["parameters"])
    changed = [(part, str(cited.get(part, "")), str(now)) for part, now in here.items() if cited.get(part) != now]
    return Reproduction(page == published, changed, list(_differences(published, page)), page)


def _differences(published: str, now: str) -> Iterator[Difference]:
    before, after = dict(figures(published)), dict(figures(now))
    for place in {**before, **after}:
        if before.get(place) != after.get(place):
            yield Difference(place, before.get(place), after.get(place))


def figures(page: str) -> Iterator[tuple[str, str]]:
    """Every figure of a page by its place: the key figures, then each cell of each table, by row and column."""
    soup = BeautifulSoup(page, "html.parser")
    for figure in soup.select(".key-figure"):
        label = _words(figure.find("h3"))
        for part in (".value", ".context"):
            yield f"{label}{'' if part == '.value' else ', note'}", _words(figure.select_one(part))
    seen: dict[str, int] = {}
    for table in soup.find_all("table"):
        title = _words(table.find_previous(["h2", "h3"]))
        seen[title] = seen.get(title, 0) + 1
        name = title if seen[title] == 1 else f"{title} ({seen[title]})"
        heads = [_words(head) for head in table.select("thead th")]
        rows: dict[str, int] = {}
        for row in table.select("tbody tr"):
            cells = [_words(cell) for cell in row.find_all(["th", "td"])]
            label = cells[0] if cells else ""
            rows[label] = rows.get(label, 0) + 1
            shown = label if rows[label] == 1 else f"{label} ({rows[label]})"
            for at, cell in enumerate(cells[1:], 1):
                yield f"{name} / {shown} / {heads[at] if at < len(heads) else at}", cell


def _words(tag: Any) -> str:
    return " ".join(tag.get_text(" ").split()) if tag is not None else ""
