"""Schedules laid out as tables that are read as any other: tasks, what ties them, and calendars."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from pmo_analytics.errors import SourceError
from pmo_analytics.ingest.containers import NamedFile
from pmo_analytics.sources import mspdi, xer_tables
from pmo_analytics.sources.laid_out_table import Draft, LaidOutTable
from pmo_analytics.sources.original import examine
from pmo_analytics.sources.xer import version
from pmo_analytics.sources.xer_tables import XerTables
from pmo_analytics.sources.xml_text import Element, XmlText

_PRIMAVERA = "APIBusinessObjects"
_OF_RESOURCES = "calendars of resources, which bear their names, stay in the archived file"
_OUTSIDE = "links from tasks that the file does not hold"
_TITLES = {xer_tables.CALENDAR: "calendars", xer_tables.TASK: "tasks", xer_tables.LINK: "links"}


@contextmanager
def xer_tables_of(file: NamedFile, encoding: str | None, usual_encoding: str | None) -> Iterator[list[NamedFile]]:
    """The tables of a Primavera P6 XER file. Raises SourceError where it is damaged, or holds no tasks."""
    original = examine(file.path, file.name, encoding, usual_encoding)
    tables = XerTables.of(original)
    if xer_tables.TASK not in tables.fields_lines:
        raise SourceError(
            "the XER file holds no schedule", file=file.name,
            found=", ".join(sorted(tables.counts))[:200] or "no table", expected="a table TASK",
            hint="export projects with their activities from Primavera",
        )  # fmt: skip
    described = f"Primavera P6 XER {version(original)}, {original.encoding}"
    wanted = [t for t in _TITLES if t == xer_tables.TASK or tables.counts[t]]
    found = []
    for name in wanted:
        table = LaidOutTable(
            original.path, original.name, original.sha256, original.size, described,
            (*original.notes, *_xer_notes(tables, name)), tables.headers(name),
            partial(tables.records, name), tables.fields_lines.get(name, 1),
        )  # fmt: skip
        found.append(NamedFile(file.path, file.name, table=table))
    yield found


def _xer_notes(tables: XerTables, table: str) -> list[str]:
    if table == xer_tables.TASK:
        unread = ", ".join(sorted(tables.counts.keys() - xer_tables.READ))
        found = ["percent complete is by each task's own type"]
        found += [f"tables not read, kept in the archived file: {unread[:400]}"] if unread else []
        if len(tables.schedules) > 1:
            found.append(f"{len(tables.schedules)} projects, each a schedule of its own")
        found += [f"baselines of others among them: {tables.baselines}"] if tables.baselines else []
        return found
    if table == xer_tables.LINK:
        outside = tables.links_from_outside
        return [f"{_OUTSIDE}: {outside}"] if outside else []
    found = []
    if tables.resource_calendars:
        found.append(f"{_OF_RESOURCES}: {tables.resource_calendars}")
    if len(tables.schedules) > 1:
        found.append("shared calendars stand once for each schedule: line n is row n-1 of them")
    return found


@contextmanager
def mspdi_tables_of(file: NamedFile) -> Iterator[list[NamedFile]]:
    """The tables of a Microsoft Project XML file. Raises SourceError where it is damaged, unsafe, or another XML."""
    with tempfile.TemporaryDirectory(prefix="pmo-") as folder:
        yield _Mspdi(file, Path(folder)).tables()


class _Mspdi:
    """Reads a Microsoft Project XML file once; what is told of the project may stand behind its tasks."""

    def __init__(self, file: NamedFile, folder: Path) -> None:
        self._file = file
        self._folder = folder
        self._project: dict[str, str] = {}
        self._calendar_names: dict[str, str] = {}
        self._attributes: dict[str, str] = {}
        self._uids: set[str] = set()
        self._predecessors: Counter[str] = Counter()
        self._left_out = 0

    def tables(self) -> list[NamedFile]:
        with ExitStack() as stack:
            self._tasks = self._draft("tasks", mspdi.TASK_HEADERS, stack)
            self._links = self._draft("links", mspdi.LINK_HEADERS, stack)
            self._calendars = self._draft("calendars", mspdi.CALENDAR_HEADERS, stack)
            document = stack.enter_context(self._file.path.open("rb"))
            wanted = (mspdi.TASK, mspdi.CALENDAR, mspdi.ATTRIBUTE)
            rows = (mspdi.TASK, mspdi.LINK)
            text = XmlText(document, self._file.name, self._check_root, wanted, {mspdi.PHASED}, rows=rows)
            for piece in text.pieces():
                self._take(piece)
        made = [
            (self._calendars, self._complete_calendar, self._calendar_notes()),
            (self._tasks, self._complete, ["phased values, resources and assignments stay in the archived file"]),
            (self._links, self._complete, self._link_notes()),
        ]
        return [
            NamedFile(self._file.path, self._file.name, table=self._table(text, draft, complete, notes))
            for draft, complete, notes in made
            if draft.count or draft is self._tasks
        ]

    def _draft(self, name: str, headers: list[str] | tuple[str, ...], stack: ExitStack) -> Draft:
        path = self._folder / f"{name}.jsonl"
        return Draft(path, headers, stack.enter_context(path.open("w", encoding="utf-8")))

    def _check_root(self, namespace: str, name: str, line: int) -> None:
        if name == "Project" and namespace in {"", mspdi.NAMESPACE}:
            return
        if name == _PRIMAVERA:
            raise SourceError(
                "the XML is Primavera's own, which is not read", file=self._file.name, row=line,
                found=f"the root element <{name}>", expected="Primavera's XER, or Microsoft Project XML",
                hint="export it from Primavera with File, Export, as Primavera PM (XER), or as Microsoft Project XML",
            )  # fmt: skip
        raise SourceError(
            "the XML is no schedule", file=self._file.name, row=line, found=f"the root element <{name[:60]}>",
            expected="<Project> of Microsoft Project XML",
            hint="save a schedule as XML from Microsoft Project, as XER from Primavera; a spreadsheet as XLSX or CSV",
        )  # fmt: skip

    def _take(self, piece: Element) -> None:
        if piece.name == "Task":
            self._take_task(piece)
        elif piece.name == "Calendar":
            if mspdi.is_of_a_resource(piece):
                self._left_out += 1
                return
            self._calendar_names[piece.at("UID")] = piece.at("Name")
            self._calendars.add(piece.line, mspdi.calendar_cells(piece))
        elif piece.name == "ExtendedAttribute":
            self._attributes[piece.at("FieldID")] = mspdi.attribute_name(piece)
        elif piece.text:
            self._project.setdefault(piece.name, piece.text)

    def _take_task(self, task: Element) -> None:
        uid = task.at("UID")
        self._uids.add(uid)
        self._tasks.add(task.line, mspdi.task_cells(task, self._attributes))
        for link in task.all("PredecessorLink"):
            cells = mspdi.link_cells(link, uid)
            self._predecessors[cells.get("PredecessorUID", "")] += 1
            self._links.add(link.line, cells)

    def _table(
        self, text: XmlText, draft: Draft, complete: Callable[[dict[str, str]], None], notes: list[str]
    ) -> LaidOutTable:
        told = self._project
        joined = [mspdi.IDENTIFIER, *([mspdi.STATUS] if "StatusDate" in told else [])]
        headers = (*draft.headers, *joined, *([mspdi.NAME] if draft is self._tasks else []))
        current = told.get("CurrentDate", "")[:10]
        return LaidOutTable(
            self._file.path, self._file.name, text.sha256, text.size, "Microsoft Project XML",
            (draft.line_note, *notes), headers, lambda: draft.rows(complete, headers),
            status_hint=f"its current date was {current} when it was saved" if current else None,
        )  # fmt: skip

    def _complete(self, cells: dict[str, str]) -> None:
        told = self._project
        names = [told[name] for name in ("GUID", "UID", "Name") if name in told]
        cells[mspdi.IDENTIFIER] = names[0] if names else ""
        cells[mspdi.NAME] = told.get("Title") or told.get("Name", "")
        cells[mspdi.STATUS] = told.get("StatusDate", "")
        if "Task.Type" in cells:
            uid = cells.get("CalendarUID", "")
            cells["Calendar"] = mspdi.calendar_name(uid, self._calendar_names, told.get("CalendarUID", ""))

    def _complete_calendar(self, cells: dict[str, str]) -> None:
        self._complete(cells)
        cells["Calendar.IsDefault"] = "1" if cells.get("UID") == self._project.get("CalendarUID") else "0"

    def _calendar_notes(self) -> list[str]:
        left = self._left_out
        return [f"{_OF_RESOURCES}: {left}"] if left else []

    def _link_notes(self) -> list[str]:
        outside = sum(count for uid, count in self._predecessors.items() if uid not in self._uids)
        return [f"{_OUTSIDE}: {outside}"] if outside else []
