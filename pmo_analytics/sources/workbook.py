"""Excel workbooks: each sheet an export of its own, told as `file.xlsx/Sheet`.

A row is known by its number in the sheet; one without a filled cell is none.
Formulas stand by their stored value. What a cell shows beyond its value, such
as its colour, is not read.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import IO, ClassVar
from xml.etree.ElementTree import Element, ParseError
from xml.etree.ElementTree import fromstring as parsed
from xml.parsers.expat import ExpatError

from openpyxl.styles.numbers import BUILTIN_FORMATS
from openpyxl.utils.cell import range_boundaries

from pmo_analytics.errors import SourceError
from pmo_analytics.sources.cell_text import PLAIN, NumberFormat, number_format
from pmo_analytics.sources.export import Record, written
from pmo_analytics.sources.sheet_rows import CellContext, MalformedError, shared_texts, sheet_rows

_CHUNK = 1 << 20
# What grows more than exports do, and beyond a small size, was made to fill memory.
_MOST_GROWTH = 200
_SMALL = 64 << 20
_CELL = 8
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7})"')
_MERGED_LENGTH = 200
_MOST_MERGED = 10_000


@dataclass(frozen=True)
class Workbook:
    """An opened workbook: the file as it came, and the parts that its sheets refer to."""

    path: Path
    name: str
    sha256: str
    size: int

    def part(self, archive: zipfile.ZipFile, name: str) -> IO[bytes]:
        """A part to read from; SourceError where it would grow beyond reason, KeyError where it is missing."""
        entry = archive.getinfo(name)
        if entry.file_size > _SMALL and entry.file_size > _MOST_GROWTH * max(entry.compress_size, 1):
            raise self.too_large(f"{entry.compress_size:,} bytes that unpack to {entry.file_size:,}")
        return archive.open(entry)

    def too_large(self, found: str) -> SourceError:
        """What is said of a workbook that was made to fill memory."""
        return SourceError(
            "the workbook grows beyond what exports do",
            file=self.name,
            found=found,
            hint="if you trust it, save its sheets as CSV and load those",
        )

    @cached_property
    def _related(self) -> dict[str, tuple[str, str]]:
        """What the workbook refers to, by id: the kind of part, and its name."""
        return self._relations(f"{self._main.parent}/_rels/{self._main.name}.rels", self._main.parent)

    @cached_property
    def _main(self) -> PurePosixPath:
        found = self._relations("_rels/.rels", PurePosixPath()).values()
        return PurePosixPath(next((name for kind, name in found if kind == "officeDocument"), "xl/workbook.xml"))

    def _relations(self, name: str, base: PurePosixPath) -> dict[str, tuple[str, str]]:
        found = {}
        for element in self._tree(name):
            target = element.get("Target", "")
            place = posixpath.normpath(target.lstrip("/") if target.startswith("/") else str(base / target))
            found[element.get("Id", "")] = (element.get("Type", "").rpartition("/")[2], place)
        return found

    def _tree(self, name: str) -> Element:
        with zipfile.ZipFile(self.path) as archive, self.part(archive, name) as source:
            text = source.read()
        if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
            raise MalformedError("a document type, which no workbook has")
        return parsed(text)  # noqa: S314

    def _named(self, kind: str) -> str | None:
        return next((name for found, name in self._related.values() if found == kind), None)

    @cached_property
    def context(self) -> CellContext:
        """Shared texts, number formats by style, and the calendar."""
        main = self._tree(str(self._main))
        is_1904 = any(e.get("date1904") in {"1", "true"} for e in main.iter() if _is(e, "workbookPr"))
        texts: list[str] = []
        if name := self._named("sharedStrings"):
            with zipfile.ZipFile(self.path) as archive, self.part(archive, name) as source:
                texts = shared_texts(source)
        return CellContext(texts, self._formats(), is_1904)

    def _formats(self) -> list[NumberFormat]:
        name = self._named("styles")
        if name is None:
            return []
        tree = self._tree(name)
        codes: dict[int, str] = dict(BUILTIN_FORMATS)
        codes |= {int(e.get("numFmtId", 0)): e.get("formatCode", "") for e in tree.iter() if _is(e, "numFmt")}
        known = {identifier: number_format(code) for identifier, code in codes.items()}
        styles: Iterable[Element] = next((e for e in tree if _is(e, "cellXfs")), ())
        return [known.get(int(style.get("numFmtId", 0)), PLAIN) for style in styles]

    @cached_property
    def keywords(self) -> str:
        """The keywords among the properties of the workbook, which the programs that save it keep."""
        relations = self._relations("_rels/.rels", PurePosixPath()).values()
        name = next((name for kind, name in relations if kind == "core-properties"), None)
        if name is None:
            return ""
        # Properties are no data: where they are damaged, they say nothing.
        with suppress(KeyError, ParseError, MalformedError, zipfile.BadZipFile, zlib.error, ValueError):
            return next((e.text or "" for e in self._tree(name).iter() if _is(e, "keywords")), "")
        return ""

    def sheets(self) -> list[Sheet]:
        """Its sheets in their order, those of charts left out."""
        found = []
        for element in self._tree(str(self._main)).iter():
            if not _is(element, "sheet"):
                continue
            relation = next((value for key, value in element.attrib.items() if key.endswith("}id")), "")
            kind, part = self._related.get(relation, ("", ""))
            if kind == "worksheet":
                is_hidden = element.get("state", "visible") != "visible"
                found.append(Sheet(self, element.get("name", part), part, is_hidden))
        return found


def _is(element: Element, tag: str) -> bool:
    return element.tag.rpartition("}")[2] == tag


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook as an export.

    A cell merged over several rows counts for each of them down to
    `header_line`. Rows are at least as wide as the header, `width` cells.
    """

    workbook: Workbook
    title: str
    part: str
    is_hidden: bool
    header_line: int = 0
    width: int = 0
    merged: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)

    is_grid = True
    notes: ClassVar[tuple[str, ...]] = ()

    @property
    def path(self) -> Path:
        """Where the workbook is."""
        return self.workbook.path

    @property
    def name(self) -> str:
        """The workbook and the sheet."""
        return f"{self.workbook.name}/{self.title}"

    @property
    def sha256(self) -> str:
        """Digest of the workbook."""
        return self.workbook.sha256

    @property
    def size(self) -> int:
        """Bytes of the workbook."""
        return self.workbook.size

    @property
    def described(self) -> str:
        """That it is a sheet, and whether one sees it."""
        return f"{'hidden ' if self.is_hidden else ''}sheet {self.title!r}"

    def with_merged(self, lines: int) -> Sheet:
        """The sheet with the cells that are merged over several of its first rows, up to row `lines`."""
        with _told(self.workbook.name):
            return replace(self, header_line=lines, merged=self._merged(lines))

    def down_to(self, header_line: int, width: int) -> Sheet:
        """The sheet, its header of `width` cells standing in this row."""
        return replace(self, header_line=header_line, width=width)

    def _merged(self, lines: int) -> dict[tuple[int, int], tuple[int, int]]:
        """The first cell of each merged range, row and position, by the cells below it."""
        found: dict[tuple[int, int], tuple[int, int]] = {}
        with zipfile.ZipFile(self.path) as archive, self.workbook.part(archive, self.part) as source:
            rest = b""
            while chunk := source.read(_CHUNK):
                block = rest + chunk
                for match in _MERGED.finditer(block):
                    left, top, _, bottom = range_boundaries(match[1].decode())
                    below = range(top + 1, min(bottom, lines) + 1)
                    found |= {(row, left - 1): (top, left - 1) for row in below if len(found) < _MOST_MERGED}
                rest = block[-_MERGED_LENGTH:]
        return found

    def records(self) -> Iterator[Record]:
        """Every row that has a filled cell, read lazily; SourceError where the sheet is damaged."""
        held: dict[tuple[int, int], str] = {}
        tops = set(self.merged.values())
        taken, most = 0, max(_SMALL, _MOST_GROWTH * self.size)
        with _told(self.workbook.name), zipfile.ZipFile(self.path) as archive:
            context = self.workbook.context
            with self.workbook.part(archive, self.part) as source:
                for record in sheet_rows(source, context):
                    taken += sum(map(len, record.cells)) + _CELL * max(len(record.cells), self.width)
                    if taken > most:
                        raise self.workbook.too_large(f"{self.size:,} bytes that hold over {taken:,} characters")
                    if tops and record.line <= self.header_line:
                        held |= {at: _cell(record, at[1]) for at in tops if at[0] == record.line}
                        record = self._filled(record, held)  # noqa: PLW2901
                    yield record

    def _filled(self, record: Record, held: dict[tuple[int, int], str]) -> Record:
        cells = list(record.cells)
        for (row, position), top in self.merged.items():
            if row == record.line and top in held:
                cells += [""] * (position + 1 - len(cells))
                cells[position] = cells[position] or held[top]
        return replace(record, cells=cells)

    def verbatim(self, lines: dict[int, int]) -> dict[int, str]:
        """The rows of these numbers, each as one line of CSV."""
        return written(self.records(), lines)


def _cell(record: Record, position: int) -> str:
    return record.cells[position] if position < len(record.cells) else ""


def sheets(path: Path, name: str | None = None) -> list[Sheet]:
    """The sheets of the workbook at `path`, told as `name`.

    Raises SourceError where it is locked, damaged, binary, or no workbook.
    """
    shown = name or path.name
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    with _told(shown):
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
        if "xl/workbook.bin" in names or "[Content_Types].xml" not in names:
            raise SourceError(
                "the file is not text and no workbook that can be read",
                file=shown,
                found="a binary workbook" if "xl/workbook.bin" in names else "a ZIP file of something else",
                expected="an XLSX workbook or a CSV export",
                hint="open it and save it as XLSX or CSV; renaming a file does not convert it",
            )
        return Workbook(path, shown, digest, path.stat().st_size).sheets()


@contextmanager
def _told(name: str) -> Iterator[None]:
    """Any way in which a workbook can be damaged, as an error that a person can act on."""
    try:
        yield
    except (
        MalformedError, ParseError, ExpatError, zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError,
        NotImplementedError,
    ) as problem:  # fmt: skip
        raise SourceError(
            "the workbook is damaged",
            file=name,
            found=str(problem).strip("'\""),
            hint="open it, let it be repaired, and save it as XLSX",
        ) from None
    except RuntimeError as problem:
        raise SourceError(
            "the workbook is locked", file=name, found=str(problem), hint="save it without a password"
        ) from None
