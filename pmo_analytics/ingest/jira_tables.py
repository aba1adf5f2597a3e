"""Jira's JSON laid out as tables that are read as any other: issues and the changes in their history.

The tables are written while the JSON is read, into a folder that goes away
again. Line n of a table is record n-1 of its kind in the JSON.
"""

from __future__ import annotations

import csv
import json
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TextIO

from pmo_analytics.contracts.work import PARTIAL_HISTORY
from pmo_analytics.errors import SourceError
from pmo_analytics.ingest.containers import Kept, NamedFile
from pmo_analytics.sources.jira_rest import (
    CHANGE_HEADERS,
    EPIC_LINK,
    ISSUE_HEADERS,
    STORY_POINTS,
    CustomFields,
    change_rows,
    custom_cells,
    issue_cells,
)
from pmo_analytics.sources.json_text import JsonText, is_json

DELIMITER = ","
_START = 512
_ISSUE = {"key", "fields", "changelog"}
_PAGE_OF = re.compile(r"/issue/([A-Za-z][A-Za-z0-9_]*-[0-9]+)/changelog\b")
_EXPECTED = (
    "a search with its issues, a list of issues, an issue, or a page of an issue's changelog, "
    "as Jira's REST interface answers"
)


@contextmanager
def laid_out(file: NamedFile, settings: Mapping[str, str]) -> Iterator[list[NamedFile]]:
    """The tables of an export in JSON; any other file as it is. `settings` are those of [jira] in `pmo.toml`.

    Raises SourceError where the JSON is unsound or not Jira's.
    """
    with file.path.open("rb") as start:
        if not is_json(file.name, start.read(_START)):
            yield [file]
            return
    folder = Path(tempfile.mkdtemp(prefix="pmo-"))
    try:
        yield _lay_out(file, folder, settings)
    finally:
        shutil.rmtree(folder)


def _lay_out(file: NamedFile, folder: Path, settings: Mapping[str, str]) -> list[NamedFile]:
    custom = CustomFields()
    with ExitStack() as stack:
        text = JsonText(stack.enter_context(file.path.open("rb")), file.name)
        issues = _IssueTable(folder, custom, stack)
        changes = _ChangeTable(folder, custom, stack)
        is_page = _Reader(text, issues, changes, custom).read()
    original = Kept(file.path, text.sha256, text.size)
    found = []
    if not is_page and (issues.has_fields or not changes.rows):
        notes = issues.finish(settings)
        found.append(NamedFile(issues.path, file.name, original, tuple(notes)))
    if is_page or changes.rows:
        found.append(NamedFile(changes.path, file.name, original, tuple(changes.notes())))
    return found


class _Reader:
    """Hands what a JSON text holds on to the two tables."""

    def __init__(self, text: JsonText, issues: _IssueTable, changes: _ChangeTable, custom: CustomFields) -> None:
        self._text = text
        self._issues = issues
        self._changes = changes
        self._custom = custom

    def read(self) -> bool:
        """Read to the end; whether it was a page of one issue's changelog."""
        members: set[str] = set()
        alone: dict[str, Any] = {}
        page_of: str | None = None
        for member, value in self._text.pieces({"issues", "values"}):
            members.add(member)
            if member in {"", "issues"}:
                self._issue(value)
            elif member == "values":
                if page_of is None:
                    found = "no member 'self' that names the issue by its key, before the values"
                    raise self._wrong("the changelog does not say whose it is", found)
                self._histories(page_of, [value])
            elif member == "self":
                address = _PAGE_OF.search(str(value))
                page_of = address[1].upper() if address else None
            elif member == "names" and isinstance(value, dict):
                self._custom.names = {name: str(shown) for name, shown in value.items()}
            elif member in {*_ISSUE, "id"}:
                alone[member] = value
        members |= self._text.empty_lists
        if "values" in members and "issues" not in members:
            return True
        if not members & {"", "issues"}:
            if not {"key", "fields"} <= members and not {"key", "changelog"} <= members:
                found = f"the members {', '.join(sorted(members))[:200]}"
                raise self._wrong("the JSON is none of Jira's exports", found)
            self._issue(alone)
        return False

    def _issue(self, issue: Any) -> None:
        if not isinstance(issue, dict) or not _ISSUE & issue.keys():
            shown = ", ".join(issue)[:200] if isinstance(issue, dict) else "no object"
            raise self._wrong("the JSON is none of Jira's exports", f"as issue {self._issues.rows + 1}: {shown}")
        key = str(issue.get("key") or "")
        with self._sound_texts(key):
            self._issues.add(issue)
        log = issue.get("changelog")
        if isinstance(log, dict):
            entries, total = self._histories(key, log.get("histories")), str(log.get("total", ""))
            self._changes.cut += total.isdecimal() and int(total) > entries

    def _histories(self, key: str, histories: Any) -> int:
        with self._sound_texts(key):
            self._changes.add(key, histories)
        return len(histories) if isinstance(histories, list) else 0

    @contextmanager
    def _sound_texts(self, key: str) -> Iterator[None]:
        try:
            yield
        except UnicodeEncodeError as problem:
            found = f"the surrogate {problem.object[problem.start]!r} in issue {key}"
            raise self._wrong("a text holds half a character", found, "both halves, or none") from None
        except RecursionError:
            raise self._wrong("the JSON is nested too deep", f"issue {key}", "a few levels, as Jira's has") from None
        except ValueError as problem:
            raise self._wrong("a history has not the shape of Jira's", f"issue {key}", str(problem)) from None

    def _wrong(self, message: str, found: str, expected: str = _EXPECTED) -> SourceError:
        return SourceError(
            message, file=self._text.name, found=found, expected=expected,
            hint="save the answer of Jira's REST interface as it comes, for example of "
            "/rest/api/2/search?expand=changelog,names",
        )  # fmt: skip


class _IssueTable:
    """Issues as they come; what custom fields mean may be told behind them, so their table is written in the end."""

    def __init__(self, folder: Path, custom: CustomFields, stack: ExitStack) -> None:
        self.path = folder / "issues.csv"
        self.rows = 0
        self.has_fields = False
        self._custom = custom
        self._draft_path = folder / "issues.jsonl"
        self._draft = stack.enter_context(self._draft_path.open("w", encoding="utf-8", newline=""))

    def add(self, issue: dict[str, Any]) -> None:
        """Take an issue in."""
        self.rows += 1
        self.has_fields = self.has_fields or bool(issue.get("fields"))
        self._draft.write(json.dumps(issue_cells(issue, self._custom), ensure_ascii=False) + "\n")

    def finish(self, settings: Mapping[str, str]) -> list[str]:
        """Write the table; return what is to be known of it."""
        names = self._custom.names
        points = self._custom.ids(settings.get("story_points"), STORY_POINTS)
        epics = self._custom.ids(settings.get("epic_link"), EPIC_LINK)
        unnamed = 0
        with self._draft_path.open(encoding="utf-8", newline="") as draft, _opened(self.path) as file:
            writer = csv.writer(file, delimiter=DELIMITER, lineterminator="\n")
            writer.writerow(ISSUE_HEADERS)
            for line in draft:
                cells, others = json.loads(line)
                unnamed += bool(others) and not points
                writer.writerow(cells + custom_cells(others, names, points, epics))
        notes = [
            "line n of the table is issue n-1 of the JSON",
            "comments, worklogs and other fields without a column are kept in the archived file",
        ]
        if unnamed:
            notes.append(
                "no field of story points is known: export with expand=names, or name it in pmo.toml, "
                '[jira] story_points = "customfield_…"'
            )
        if self._custom.persons:
            shown = ", ".join(sorted(self._custom.persons))
            notes.append(f"custom fields that name persons are kept in the archived file alone: {shown}")
        return notes


class _ChangeTable:
    """Changes, written as they come; `cut` counts the issues that show a part of their history."""

    def __init__(self, folder: Path, custom: CustomFields, stack: ExitStack) -> None:
        self.path = folder / "changes.csv"
        self.rows = 0
        self.cut = 0
        self._custom = custom
        self._writer = csv.writer(stack.enter_context(_opened(self.path)), delimiter=DELIMITER, lineterminator="\n")
        self._writer.writerow(CHANGE_HEADERS)

    def add(self, key: str, histories: Any) -> None:
        """Write the changes in the histories of one issue."""
        for row in change_rows(key, histories, self._custom):
            self.rows += 1
            self._writer.writerow(row)

    def notes(self) -> list[str]:
        """What is to be known of the table."""
        found = ["line n of the table is change n-1 of the JSON, counted through all histories"]
        if self.cut:
            found.append(f"{self.cut} issues {PARTIAL_HISTORY}: load the pages of their changelog as well")
        if self._custom.hidden:
            found.append(
                f"the values of {self._custom.hidden} changes of custom fields that name persons "
                "are kept in the archived file alone"
            )
        return found


def _opened(path: Path) -> TextIO:
    return path.open("w", encoding="utf-8", newline="")
