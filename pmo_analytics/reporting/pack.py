"""What a run left in a folder, told to a program: `pack.json`, written when every page stands, and in one step."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup, Tag

from pmo_analytics.errors import ReportError
from pmo_analytics.reporting import provenance
from pmo_analytics.reporting.cited_figures import EVIDENCE, unlinked
from pmo_analytics.reporting.pack_facts import PageFacts, facts_of, read_facts
from pmo_analytics.reporting.page_workbook import workbook_path
from pmo_analytics.reporting.publishing import pdf_path
from pmo_analytics.warehouse.as_of import MONTH

FILE = "pack.json"
FAILED = "failed"
_OF_WHAT = "a page as it is published; links to evidence, laid in later, are not counted"
_GIVEN = ("as_of", "version")


@dataclass(frozen=True)
class Entry:
    """One page of a run: its title, what became of it, its file or failure page, what the notebook was given.

    `target` is where the page stands, or an earlier one where it failed.
    """

    title: str
    state: str
    path: Path
    target: Path
    given: dict[str, Any]
    domain: str = ""
    alerts: str = ""


@dataclass(frozen=True)
class PackPage:
    """One page of a pack as `pack.json` tells it; `workbook` and `pdf` are empty where there is none.

    `last_good` is the earlier page that stands beside a failure page; `domain` and `alerts` are those of its notebook.
    """

    name: str
    title: str
    state: str
    file: str
    parameters: dict[str, Any]
    last_good: str
    workbook: str
    pdf: str
    facts: PageFacts
    domain: str = ""
    alerts: str = ""


@dataclass(frozen=True)
class Pack:
    """A pack as `pack.json` tells it."""

    title: str
    as_of: date
    version: int
    pages: list[PackPage]
    every: str = MONTH


def pack(title: str, entries: Iterable[Entry], every: str = MONTH) -> str:
    """The pages of one folder as JSON: of each its title, state, files, figures and what the notebook was given.

    The file is the page, or the failure page where the state is `failed`; its
    SHA-256 is that of the page without links to evidence. No clock and no path
    is in it, so that the same pages give the same bytes. Raises ReportError
    where a page tells what cannot be read.
    """
    known = list(entries)
    first = known[0].given
    told = {
        "title": title,
        "every": every,
        **{name: first[name] for name in _GIVEN},
        "sha256_is_of": _OF_WHAT,
        "pages": [_told(entry) for entry in known],
    }
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def _told(entry: Entry) -> dict[str, Any]:
    text = unlinked(entry.path.read_text(encoding="utf-8"))
    is_page = entry.state != FAILED
    facts = facts_of(text) if is_page else PageFacts([], [])
    return {
        "name": entry.target.stem,
        "title": entry.title,
        "state": entry.state,
        "domain": entry.domain or None,
        "alerts": entry.alerts or None,
        "file": entry.path.name,
        "sha256": sha256(text.encode()).hexdigest(),
        **{name: entry.given[name] for name in _GIVEN},
        "parameters": {name: entry.given[name] for name in sorted(entry.given) if name not in _GIVEN},
        "last_good": entry.target.name if not is_page and entry.target.exists() else None,
        "workbook": _beside(workbook_path(entry.path)) if is_page and _workbook_of(text) else None,
        "pdf": _beside(pdf_path(entry.path)) if is_page and pdf_path(entry.path).exists() else None,
        **facts.plain(),
    }


def _beside(path: Path) -> dict[str, str]:
    return {"file": path.name, "sha256": sha256(path.read_bytes()).hexdigest()}


def read_pack(path: Path) -> Pack:
    """The pack that a `pack.json` tells, which anybody may have written. Raises ReportError where it is none."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return Pack(
            str(told["title"]), date.fromisoformat(told["as_of"]), int(told["version"]),
            [_page(each) for each in told["pages"]], str(told.get("every", MONTH)),
        )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, ReportError) as problem:
        raise ReportError(
            "cannot be read as what a run left", file=path, found=f"{type(problem).__name__}: {problem}"[:200],
            hint="run the pipeline for this month again",
        ) from None  # fmt: skip


def _page(told: dict[str, Any]) -> PackPage:
    workbook, pdf = (str((told[part] or {}).get("file", "")) for part in ("workbook", "pdf"))
    return PackPage(
        name=str(told["name"]),
        title=str(told["title"]),
        state=str(told["state"]),
        file=str(told["file"]),
        parameters=dict(told["parameters"]),
        last_good=str(told["last_good"] or ""),
        workbook=workbook,
        pdf=pdf,
        facts=read_facts(told),
        domain=str(told.get("domain") or ""),
        alerts=str(told.get("alerts") or ""),
    )


def is_made(path: Path, record: dict[str, Any]) -> bool:
    """Whether a whole page stands at `path` that says it was made of exactly this, with links to evidence or not.

    Its workbook stands beside it where it has one.
    """
    try:
        text = path.read_text(encoding="utf-8")
        facts_of(text)
    except (OSError, UnicodeDecodeError, ReportError):
        return False
    if not text.rstrip().endswith("</html>"):
        return False
    if _workbook_of(text) and not workbook_path(path).is_file():
        return False
    head = BeautifulSoup(text.partition("<style>")[0], "html.parser")
    tag = head.find("meta", attrs={"name": provenance.META})
    try:
        cited = json.loads(str(tag["content"])) if isinstance(tag, Tag) else {}
        return bool({name: value for name, value in cited.items() if name != EVIDENCE} == record)
    except (ValueError, KeyError, AttributeError):
        return False


def _workbook_of(page: str) -> bool:
    """Whether a page says that a workbook stands beside it."""
    return '<a class="workbook" href="' in page
