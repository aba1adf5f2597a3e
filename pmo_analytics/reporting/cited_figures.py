"""What a published page says of its making and of each figure, read as anybody's text; links to evidence laid into it.

A page is published without links, since what they lead to is made later and
apart. Once evidence pages stand beside it, `linked` lays the links in and says
so in the page's record: both are texts made of the page alone, so that
`pmo reproduce` makes the linked page byte for byte as it makes the other.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from html import escape, unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import markupsafe
from bs4 import BeautifulSoup, Tag

from pmo_analytics.errors import ReportError, UsageError, nearest
from pmo_analytics.reporting import provenance
from pmo_analytics.reporting.references import Reference, read_references

EVIDENCE = "evidence"
_MOST_FIGURES = 5_000
_ANCHOR = re.compile(r'<a class="figure" id="([A-Za-z0-9_.-]+)"(?: href="[^"]*")?>')
_RECORD = re.compile(rf'(<meta name="{provenance.META}" content=")([^"]*)(">)')


@dataclass(frozen=True)
class CitedFigure:
    """A figure of a page: its name, where it stands in words, its text, what it refers to."""

    name: str
    place: str
    published: str
    reference: Reference


@dataclass(frozen=True)
class CitedPage:
    """A published page: its file and text, what it says of its making, its figures by name."""

    path: Path
    text: str
    record: dict[str, Any]
    figures: dict[str, CitedFigure]

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters it cites: those of its notebook, `as_of` and `version` among them."""
        return dict(self.record["parameters"])

    def figure(self, name: str) -> CitedFigure:
        """The figure of this name; UsageError names the nearest."""
        if name in self.figures:
            return self.figures[name]
        close = nearest(name, self.figures)
        raise UsageError(
            f"the page has no figure {name!r}",
            file=self.path.name,
            expected=f"one of its {len(self.figures):,} figures",
            hint=f"did you mean {close!r}?" if close else f"`pmo explain {self.path.name}` lists them",
        )


def published_text(path: Path) -> str:
    """The text of a page's file. Raises ReportError where it is none."""
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        raise ReportError("is not a published page", file=path, expected="a page that `pmo` has published") from None
    except OSError as problem:
        raise ReportError("cannot be read", file=path, found=problem.strerror) from None


def cited_record(text: str, path: Path) -> dict[str, Any]:
    """What a page says of its making. Raises ReportError where it says nothing of date and version."""
    tag = BeautifulSoup(text, "html.parser").find("meta", attrs={"name": provenance.META})
    try:
        cited: Any = json.loads(str(tag["content"])) if isinstance(tag, Tag) else None
    except (json.JSONDecodeError, KeyError, RecursionError):
        cited = None
    given = cited.get("parameters") if isinstance(cited, dict) else None
    if isinstance(given, dict) and isinstance(given.get("as_of"), str) and type(given.get("version")) is int:
        return dict(cited)
    raise ReportError(
        "does not say how it was made",
        file=path,
        expected=f"a page that `pmo` has published, with its {provenance.META} in the head",
        hint="its footer may name the command that makes it again",
    )


def cited_page(path: Path) -> CitedPage:
    """The page at `path` with its figures. Raises ReportError where it is none, or tells no figures."""
    page = page_figures(path, published_text(path))
    if not page.figures:
        raise ReportError(
            "has no figure that says what it is made of", file=path, hint="publish it again with this program"
        )
    return page


def page_figures(path: Path, text: str) -> CitedPage:
    """The page of `text`, made for `path`, which may have no figure. Raises ReportError where it is no page."""
    record = cited_record(text, path)
    soup = BeautifulSoup(text, "html.parser")
    known: dict[str, Reference] = {}
    for block in soup.select("script.figures"):
        try:
            known |= read_references(json.loads(block.get_text()))
        except (json.JSONDecodeError, RecursionError, UsageError) as problem:
            raise ReportError("says of its figures what cannot be read", file=path, found=str(problem)[:200]) from None
    figures: dict[str, CitedFigure] = {}
    for anchor in soup.select("a.figure[id]"):
        name = str(anchor["id"])
        if name in figures or len(figures) > _MOST_FIGURES:
            raise ReportError("names a figure twice, or too many", file=path, found=name)
        if name in known:
            figures[name] = CitedFigure(name, _place(anchor), _shown(anchor), known[name])
    return CitedPage(path, text, record, figures)


def linked(page: str, stem: str) -> str:
    """The page with its figures as links into the folder `<stem>.evidence` beside it, as its record says."""
    # The stem may be a page's own word: with its slashes it would lead anywhere.
    folder = quote(f"{stem}.{EVIDENCE}", safe="")
    known = {name for name in _ANCHOR.findall(page) if name in _told(page)}
    text = _ANCHOR.sub(
        lambda found: (
            f'<a class="figure" id="{found[1]}" href="{folder}/{found[1]}.html">' if found[1] in known else found[0]
        ),
        page,
    )
    return _RECORD.sub(lambda found: _with_evidence(found, stem), text, count=1)


def unlinked(page: str) -> str:
    """The page as it was before `linked` laid links in; one without links is as it was."""
    if not (found := _RECORD.search(page)):
        return page
    try:
        record = json.loads(unescape(found[2]))
    except (ValueError, RecursionError):
        return page
    if not isinstance(record, dict) or record.pop(EVIDENCE, None) is None:
        return page
    # Escaped as the page's template does it, which `html.escape` does not.
    text = markupsafe.escape(json.dumps(record, ensure_ascii=False, sort_keys=True))
    page = f"{page[: found.start()]}{found[1]}{text}{found[3]}{page[found.end() :]}"
    return _ANCHOR.sub(lambda anchor: f'<a class="figure" id="{anchor[1]}">', page)


def _told(page: str) -> set[str]:
    blocks = re.findall(r'<script type="application/json" class="figures">(.*?)</script>', page, re.DOTALL)
    return {name for block in blocks for name in json.loads(block)["figures"]}


def _with_evidence(found: re.Match[str], stem: str) -> str:
    record = json.loads(unescape(found[2])) | {EVIDENCE: stem}
    text = json.dumps(record, ensure_ascii=False, sort_keys=True)
    return f"{found[1]}{escape(text)}{found[3]}"


def _place(anchor: Tag) -> str:
    figure = anchor.find_parent(class_="key-figure")
    if isinstance(figure, Tag):
        return _words(figure.find("h3"))
    cell, row = anchor.find_parent("td"), anchor.find_parent("tr")
    label = str(cell.get("data-label", "")) if isinstance(cell, Tag) else ""
    told = [_words(row.find("th")) if isinstance(row, Tag) else "", label]
    section = anchor.find_parent("section")
    return ", ".join(part for part in told if part) or _words(section.find("h2") if isinstance(section, Tag) else None)


def _shown(anchor: Tag) -> str:
    labels = [str(each["aria-label"]) for each in anchor.select("svg[aria-label]")]
    return labels[0] if labels else anchor.get_text().strip()


def _words(tag: Any) -> str:
    return " ".join(tag.get_text(" ").split()) if tag is not None else ""
