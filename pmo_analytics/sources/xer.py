"""The lines of a Primavera P6 XER file: tables, their fields and rows.

A line begins with what it is: `%T` names a table, `%F` its fields, `%R` is a
row, `%E` the end; cells are parted by tabs. A line that begins otherwise goes
on with the row before it. Trailing cells that are empty may be missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pmo_analytics.errors import SourceError
from pmo_analytics.sources.original import Original

HEADER = "ERMHDR"
_MARKS = {"%T", "%F", "%R", "%E"}
# Primavera parts the lines of a text by this sign, twice.
_BREAK = re.compile("\x7f{1,2}")
_LONGEST = 64 << 20
_AGAIN = "export it again from Primavera; the file was cut off or altered"
_EXPECTED = "lines that begin with ERMHDR, %T, %F, %R and, last, %E"


@dataclass
class XerRow:
    """A row: its table, the names of its fields as they stand, its cells, its first and last line, and its %F line."""

    table: str
    fields: tuple[str, ...]
    cells: list[str]
    line: int
    last_line: int
    fields_line: int

    def named(self) -> dict[str, str]:
        """The cells by field."""
        return dict(zip(self.fields, (cell.strip() for cell in self.cells), strict=False))


@dataclass(frozen=True)
class XerFields:
    """The fields of a table, on a line of their own."""

    table: str
    fields: tuple[str, ...]
    line: int


def is_xer(name: str, start: bytes) -> bool:
    """Whether a file of this name that starts so is an XER file."""
    return name.lower().endswith(".xer") or start.removeprefix(b"\xef\xbb\xbf").startswith(HEADER.encode())


@dataclass
class _Line:
    mark: str
    texts: list[str]
    first: int
    last: int

    @property
    def text(self) -> str:
        return "\n".join(self.texts)

    @property
    def cells(self) -> list[str]:
        return self.text.split("\t")[1:]


def xer_rows(original: Original) -> Iterator[XerFields | XerRow]:
    """The fields and rows of every table in order.

    Raises SourceError, with the line, where the file is none of Primavera's or
    breaks off.
    """
    table: str | None = None
    fields: XerFields | None = None
    is_ended = False
    last = 1
    for line in _lines(original):
        last = line.last
        if is_ended:
            raise _wrong(original, "something stands behind the end of the XER file", line.first, line.mark)
        if line.mark == "%R":
            if fields is None:
                raise _wrong(original, "the row has no fields above it", line.first, line.text)
            readable = [_BREAK.sub("\n", cell) for cell in line.cells] or [""]
            yield XerRow(fields.table, fields.fields, readable, line.first, line.last, fields.line)
        elif line.mark == "%F":
            if table is None:
                raise _wrong(original, "the fields have no table above them", line.first, line.text)
            fields = XerFields(table, tuple(cell.strip() for cell in line.cells), line.first)
            yield fields
        else:
            table, fields = "".join(line.cells[:1]).strip(), None
            is_ended = line.mark == "%E"
    if not is_ended:
        raise _wrong(original, "the XER file breaks off", last, "no line %E at its end")


def _lines(original: Original) -> Iterator[_Line]:
    """The lines below the first that begin with a mark, each with those that go on with it."""
    line: _Line | None = None
    with original.path.open(encoding=original.encoding, errors="replace", newline="\n") as file:
        first = file.readline(_LONGEST)
        if first.split("\t")[0].strip() != HEADER:
            raise _wrong(original, "the file is no XER file", 1, first.strip())
        for number, text in enumerate(iter(lambda: file.readline(_LONGEST), ""), start=2):
            mark = text.split("\t", 1)[0].strip()
            if mark in _MARKS:
                if line:
                    yield line
                line = _Line(mark, [text.rstrip("\r\n")], number, number)
            elif line and line.mark == "%R":
                line.texts.append(text.rstrip("\r\n"))
                line.last = number
            elif text.strip():
                raise _wrong(original, "the line is of no table", number, text.strip())
    if line:
        yield line


def version(original: Original) -> str:
    """The version of Primavera that wrote the file, as its first line has it."""
    with original.path.open(encoding=original.encoding, errors="replace", newline="\n") as file:
        cells = file.readline(_LONGEST).rstrip("\r\n").split("\t")
    return cells[1].strip()[:20] if len(cells) > 1 else ""


def _wrong(original: Original, message: str, line: int, found: str) -> SourceError:
    return SourceError(message, file=original.name, row=line, found=found[:80], expected=_EXPECTED, hint=_AGAIN)
