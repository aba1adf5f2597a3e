"""What of a published page is another now, figure by figure, and why: its data, its scope, or the code that makes it.

The page is made twice with the code that is here: of the version that it
cites, and of a later one. What differs from the page already in the first is
due to code or packages; what differs between the two is due to data, and the
rows of marts that the figure depends on are held against each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from pmo_analytics.changes import RULE, causes
from pmo_analytics.contracts import rolled_up, tables
from pmo_analytics.figure_evidence import OpenedFigure, Opening
from pmo_analytics.origins import PROJECT
from pmo_analytics.reporting import provenance
from pmo_analytics.reporting.cited_figures import CitedFigure, cited_page, page_figures
from pmo_analytics.reporting.notebooks import check_parameters, find_notebook
from pmo_analytics.reporting.pipeline import page_of
from pmo_analytics.warehouse import View, Warehouse
from pmo_analytics.workspace import Workspace

CODE, SCOPE = "code", "scope"
_Rows = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class FigureChange:
    """One figure of a page that is another now; None where it does not stand in the one or the other.

    `again` is its text in the page made of the cited version with the code
    here. `cause` is empty where it was not looked into.
    """

    name: str
    place: str
    published: str | None
    again: str | None
    now: str | None
    cause: str = ""
    rows: str = ""


@dataclass(frozen=True)
class PageChanges:
    """The figures of a page that are others now, between two versions; `code` names what of the code differs here."""

    as_of: str
    since: int
    version: int
    figures: int
    changes: list[FigureChange]
    code: list[str]


def page_changes(path: Path, workspace: Workspace, *, version: int | None, looked_into: int) -> PageChanges:
    """Every figure of the page at `path` that is another in `version`, by default the latest, in order of the page.

    The cause is looked for in the first `looked_into`. Raises ReportError
    where the file is no published page; UsageError where the workspace lacks
    what it cites.
    """
    page = cited_page(path)
    notebook = find_notebook(str(page.record.get("notebook")), workspace)
    check_parameters(notebook, page.parameters)
    given = page.parameters
    as_of, since = given.pop("as_of"), given.pop("version")
    warehouse = Warehouse(workspace)
    with warehouse.at(as_of, since) as before, warehouse.at(as_of, version) as now:
        again = page_figures(path, page_of(notebook, given, before)).figures
        here = again if now.version == since else page_figures(path, page_of(notebook, given, now)).figures
        changed = list(differing(page.figures, again, here))
        why = Causes(before, now)
        found = [*why.of(changed[:looked_into], again, here), *changed[looked_into:]]
        cited = provenance.record(notebook.path, page.parameters)
    code = [
        part for part in ("notebook sha256", "code sha256", "packages sha256") if page.record.get(part) != cited[part]
    ]
    return PageChanges(as_of, since, now.version, len(page.figures), found, code)


def differing(
    published: dict[str, CitedFigure], again: dict[str, CitedFigure], here: dict[str, CitedFigure]
) -> Iterator[FigureChange]:
    """The figures whose text differs between a page and another version, with that of the page made again."""
    for name in {**published, **here}:
        first, second, third = (found[name].published if name in found else None for found in (published, again, here))
        if first != third:
            yield FigureChange(name, (published.get(name) or here[name]).place, first, second, third)


class Causes:
    """Finds causes between two views of one date."""

    def __init__(self, before: View, now: View) -> None:
        self.before, self.now = before, now
        self.then, self.here = Opening(before), Opening(now)

    def of(
        self, changed: list[FigureChange], again: dict[str, CitedFigure], here: dict[str, CitedFigure]
    ) -> Iterator[FigureChange]:
        """The changes with their causes."""
        by_data = [change.name for change in changed if change.again != change.now]
        then = dict(self.then.opened({name: again[name].reference for name in by_data if name in again}))
        now = dict(self.here.opened({name: here[name].reference for name in by_data if name in here}))
        for change in changed:
            found = {CODE} if change.published != change.again else set()
            rows = ""
            if change.again != change.now:
                pair = (then.get(change.name), now.get(change.name))
                of_data, rows = self._of_data(pair, [self._scope(*side, pair) for side in self._sides(again, here)])
                found |= of_data
            yield FigureChange(
                change.name, change.place, change.published, change.again, change.now, ", ".join(sorted(found)), rows
            )

    def _sides(
        self, again: dict[str, CitedFigure], here: dict[str, CitedFigure]
    ) -> Iterator[tuple[Opening, dict[str, CitedFigure]]]:
        yield self.then, again
        yield self.here, here

    def _scope(
        self, opening: Opening, figures: dict[str, CitedFigure], pair: tuple[OpenedFigure | None, OpenedFigure | None]
    ) -> set[str]:
        """The projects that figures of one kind are about on a side: those they are restricted to, else all."""
        kinds = {each.figure.made.name for each in pair if each is not None}
        made = [each.reference.made for each in figures.values() if each.reference.made.name in kinds]
        chosen = [part.projects for each in made for part in each.parts() if part.projects is not None]
        known = {str(each) for each in opening.table("project")[PROJECT]}
        return known & set(sorted(chosen, key=len)[0]) if chosen else known

    def _of_data(
        self, pair: tuple[OpenedFigure | None, OpenedFigure | None], scopes: list[set[str]]
    ) -> tuple[set[str], str]:
        opened = [each for each in pair if each is not None]
        before, here = scopes
        of_row = opened[0].figure.key.get(PROJECT)
        moved = [f"+ {each}" for each in sorted(here - before)] + [f"− {each}" for each in sorted(before - here)]
        if of_row is not None and (of_row in before) != (of_row in here):
            return {SCOPE}, f"project {'+' if of_row in here else '−'} {of_row}"
        old_rows, new_rows = self._counted(opened, before & here)
        found, rows = causes(old_rows, new_rows, self.before.version, self.now)
        if of_row is None and moved:
            found, rows = found | {SCOPE}, "; ".join(part for part in ("project " + ", ".join(moved), rows) if part)
        return found or {RULE}, rows

    def _counted(self, opened: list[OpenedFigure], projects: set[str]) -> tuple[_Rows, _Rows]:
        """The stored rows behind the differing cells that a figure depends on, in the one view and the other."""
        old: dict[str, list[pd.DataFrame]] = {}
        new: dict[str, list[pd.DataFrame]] = {}
        is_of_several = all(PROJECT not in each.figure.key for each in opened)
        for table in sorted({part.table for each in opened for part in each.parts}):
            parts = [part for each in opened for part in each.parts if part.table == table]
            key = list(tables()[table].key)
            places = pd.concat([part.rows[key] for part in parts]).drop_duplicates()
            if PROJECT in places and is_of_several:
                places = places[places[PROJECT].isna() | places[PROJECT].isin(projects)]
            columns = {c for part in parts for c in part.columns if c not in key} or set(tables()[table].columns[-1:])
            for column in sorted(columns):
                cells = self._differing_cells(table, key, column, places)
                if len(cells):
                    for opening, found in ((self.then, old), (self.here, new)):
                        for stored, rows in opening.counted(table, column, cells).items():
                            found.setdefault(stored, []).append(rows)
        return _together(old), _together(new)

    def _differing_cells(self, table: str, key: list[str], column: str, places: pd.DataFrame) -> pd.DataFrame:
        """The keys, among `places`, whose cell differs between the views; of a register those whose row does."""
        compared = [column] if table in rolled_up() else [c for c in tables()[table].columns if c not in key]
        sides = [
            opening.table(table).merge(places, on=key, how="inner")[[*key, *compared]]
            for opening in (self.then, self.here)
        ]
        both = sides[0].merge(sides[1], on=[*key, *compared], how="outer", indicator="side")
        return both.loc[both["side"] != "both", key].drop_duplicates()


def _together(found: dict[str, list[pd.DataFrame]]) -> _Rows:
    place: list[Any] = ["load_id", "source_line"]
    return {table: pd.concat(rows).drop_duplicates(place) for table, rows in found.items()}
