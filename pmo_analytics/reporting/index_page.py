"""The index pages of a pipeline: one of each reporting date, one of all of them, made of `pack.json` files alone.

They are written last. A reporting date's page holds what its pages tell, and
what differs from the nearest earlier date; so a pack that is written anew
changes the page of the date that follows it as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import quote

from pmo_analytics import numerals
from pmo_analytics.errors import ReportError
from pmo_analytics.reporting import theme
from pmo_analytics.reporting.contents import with_contents
from pmo_analytics.reporting.fragments import fragment
from pmo_analytics.reporting.key_figures import spark_end, spark_line
from pmo_analytics.reporting.notebooks import DOMAINS
from pmo_analytics.reporting.pack import FAILED, FILE, Pack, PackPage, read_pack
from pmo_analytics.reporting.pack_changes import PackChanges, pack_changes
from pmo_analytics.reporting.pack_facts import FigureFact, ProjectFact
from pmo_analytics.reporting.page import page_style
from pmo_analytics.reporting.publishing import publish_beside
from pmo_analytics.warehouse.as_of import MONTH, QUARTER

INDEX = "index.html"
_SHOWN_MOVES = 12


@dataclass(frozen=True)
class Earlier:
    """The nearest earlier reporting date: its folder's name, and its pack, None where it cannot be read."""

    folder: str
    pack: Pack | None


@dataclass(frozen=True)
class Month:
    """One reporting date of a pipeline: its folder's name and its pack, None where it cannot be read."""

    folder: str
    pack: Pack | None

    def shown(self, name: str, label: str) -> str:
        """A key figure of its page of this name as the page writes it, or the sign of what is missing."""
        pages = [page for page in self.pack.pages if page.name == name] if self.pack else []
        found = [fact.shown for page in pages for fact in page.facts.key_figures if fact.label == label]
        return found[0] if found else numerals.MISSING

    @property
    def failed(self) -> int:
        """How many of its pages failed."""
        return sum(page.state == FAILED for page in self.pack.pages) if self.pack else 0


@dataclass(frozen=True)
class Group:
    """Pages under one heading of the index: of the whole, and of portfolios below them."""

    id: str
    title: str
    pages: list[PackPage]
    by_portfolio: list[PackPage]


@dataclass(frozen=True)
class ProjectLine:
    """One project in the index: what is told of its status, and its own page, each where there is one."""

    project_id: str
    fact: ProjectFact | None
    page: PackPage | None


def publish_indexes(folders: Iterable[Path]) -> list[Path]:
    """Write the index page of each folder of a reporting date, of the date that follows it, and of their pipelines.

    Returns those of the folders. Raises ReportError where the `pack.json` of a folder cannot be read.
    """
    written = []
    asked = list(folders)
    for pipeline in dict.fromkeys(folder.parent for folder in asked):
        dates = _dates(pipeline)
        own = [folder.name for folder in asked if folder.parent == pipeline]
        follow = {later for name in own for later in dates[dates.index(name) + 1 : dates.index(name) + 2]}
        for name in sorted({*own, *follow}):
            text = _index_of(pipeline, name, dates, is_asked=name in own)
            if text:
                publish_beside(text.encode(), pipeline / name / INDEX)
        months = [Month(name, _read(pipeline / name)) for name in reversed(dates)]
        publish_beside(months_html(months).encode(), pipeline / INDEX)
        written += [pipeline / name / INDEX for name in own]
    return written


def _dates(pipeline: Path) -> list[str]:
    """The folders of reporting dates that hold a pack, oldest first."""
    found = []
    for path in pipeline.glob(f"*/{FILE}"):
        try:
            found.append((date.fromisoformat(path.parent.name), path.parent.name))
        except ValueError:
            continue
    return [name for _, name in sorted(found)]


def _index_of(pipeline: Path, name: str, dates: Sequence[str], *, is_asked: bool) -> str:
    here = read_pack(pipeline / name / FILE) if is_asked else _read(pipeline / name)
    before = dates[: dates.index(name)]
    earlier = Earlier(before[-1], _read(pipeline / before[-1])) if before else None
    return index_html(here, earlier) if here else ""


def _read(folder: Path) -> Pack | None:
    try:
        return read_pack(folder / FILE)
    except ReportError:
        return None


def index_html(pack: Pack, earlier: Earlier | None) -> str:
    """The index page of one reporting date, to stand beside its `pack.json`."""
    changes = pack_changes(earlier.pack, pack) if earlier and earlier.pack else PackChanges()
    failed = [page for page in pack.pages if page.state == FAILED]
    page = fragment(
        "index",
        style=_style(),
        pack=pack,
        lead=_lead(pack, failed, changes, earlier),
        failed=failed,
        groups=[group for group in _groups(pack) if group.pages or group.by_portfolio],
        alerts=[page for page in pack.pages if page.alerts and page.state != FAILED and not _restricted(page)],
        period=_period(pack),
        projects=_project_lines(pack),
        has_pages=any(_restricted(page) == "project" for page in pack.pages),
        labels=_labels(pack),
        earlier=earlier,
        changes=changes,
        shown_moves=_SHOWN_MOVES,
        quote=lambda name: quote(name, safe=""),
        line=_line,
        month_of=date.fromisoformat,
    ).html
    return with_contents(page)


def _groups(pack: Pack) -> list[Group]:
    """The pages that lead, those of each domain of a PMO, and portfolios' pages of no domain."""
    of_domain = {name: [page for page in pack.pages if page.domain == name] for name in DOMAINS}
    leading = [page for page in pack.pages if page.domain not in of_domain]
    return [
        Group("begin", "Begin here", [page for page in leading if not _restricted(page)], []),
        *(
            Group(
                name, name.capitalize(), [page for page in pages if not _restricted(page)],
                [page for page in pages if _restricted(page) == "portfolio"],
            )
            for name, pages in of_domain.items()
        ),
        Group("portfolios", "By portfolio", [page for page in leading if _restricted(page) == "portfolio"], []),
    ]  # fmt: skip


def _period(pack: Pack) -> str:
    """The period that a pack reports on."""
    if pack.every == MONTH:
        return numerals.long_month(pack.as_of)
    return f"{'quarter' if pack.every == QUARTER else 'week'} to {numerals.day(pack.as_of)}"


def months_html(months: Sequence[Month]) -> str:
    """The page that lists a pipeline's reporting dates, as given: the newest first."""
    newest = next((month.pack for month in months if month.pack), None)
    title = newest.title if newest else "Reports"
    first = newest.pages[0] if newest and newest.pages else None
    return fragment(
        "months",
        style=_style(),
        title=title,
        months=months,
        page=first,
        labels=[fact.label for fact in first.facts.key_figures] if first else [],
        quote=lambda name: quote(name, safe=""),
        day=date.fromisoformat,
    ).html


def _style() -> str:
    return page_style() + theme.template_text("index.css")


def _restricted(page: PackPage) -> str:
    """What a page is restricted to, `project` or `portfolio`; empty where it is of the whole."""
    return next((name for name in ("project", "portfolio") if page.parameters.get(name)), "")


def _project_lines(pack: Pack) -> list[ProjectLine]:
    """The projects that pages tell of, in the order of the first page that does, then those with a page alone."""
    facts: dict[str, ProjectFact] = {}
    for page in pack.pages:
        for fact in page.facts.projects:
            facts.setdefault(fact.project_id, fact)
    pages = {str(page.parameters["project"]): page for page in pack.pages if _restricted(page) == "project"}
    return [ProjectLine(name, facts.get(name), pages.get(name)) for name in {**facts, **pages}]


def _labels(pack: Pack) -> list[str]:
    """The labels of the key figures of project pages, in their order."""
    pages = [page for page in pack.pages if _restricted(page) == "project"]
    return list(dict.fromkeys(fact.label for page in pages for fact in page.facts.key_figures))


def _line(fact: FigureFact) -> dict[str, str]:
    """The path of a figure's last twelve months and where it ends; empty where there is none."""
    path = spark_line(fact.line)
    if not path:
        return {}
    x, y = spark_end(path)
    return {"path": path, "x": x, "y": y}


def _lead(pack: Pack, failed: Sequence[PackPage], changes: PackChanges, earlier: Earlier | None) -> str:
    """The run in a sentence or two."""
    made = len(pack.pages) - len(failed)
    parts = [f"{_count(made, 'page')}" + (f", {len(failed)} more failed" if failed else "")]
    if earlier and earlier.pack:
        moved = f"{_count(len(changes.moved), 'key figure')} moved since the pack before"
        restated = len(changes.restated)
        parts.append(
            moved
            + (f"; {restated} of its own {'is' if restated == 1 else 'are'} told differently now" if restated else "")
        )
    return ". ".join(parts) + "."


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
