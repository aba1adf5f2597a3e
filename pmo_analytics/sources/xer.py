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


def xer_rows(original: Original) -> Iterator[XerFields | XerRow]:
    """The fields and rows of every table in order.

    Raises SourceError, with the line, where the file is none of Primavera's or
    breaks off.
    """
    table: str | None = None
    fields: XerFields | None = None
    row: XerRow | None = None
    is_ended = False
    number = 0
    with original.path.open(encoding=original.encoding, errors="replace", newline="\n") as file:
        while text := file.readline(_LONGEST):
            number += 1
            cells = text.rstrip("\r\n").split("\t")
            mark = cells[0].strip()
            if number == 1 and mark != HEADER:
                raise _wrong(original, "the file is no XER file", number, mark)
            if number == 1 or (is_ended and not text.strip()):
                continue
            if is_ended:
                raise _wrong(original, "something stands behind the end of the XER file", number, text.strip())
            if mark not in _MARKS:
                if row is None and text.strip():
                    raise _wrong(original, "the line is of no table", number, text.strip())
                if row is not None:
                    row.cells[-1] += "\n" + cells[0]
                    row.cells += cells[1:]
                    row.last_line = number
                continue
            if row is not None:
                yield row
                row = None
            if mark == "%R":
                if fields is None:
                    raise _wrong(original, "the row has no fields above it", number, text.strip())
                readable = [_BREAK.sub("\n", cell) for cell in cells[1:]] or [""]
                row = XerRow(fields.table, fields.fields, readable, number, number, fields.line)
            elif mark == "%F":
                if table is None:
                    raise _wrong(original, "the fields have no table above them", number, text.strip())
                fields = XerFields(table, tuple(cell.strip() for cell in cells[1:]), number)
                yield fields
            else:
                table, fields = (cells[1].strip() if len(cells) > 1 else ""), None
                is_ended = mark == "%E"
    if row is not None:
        yield row
    if not is_ended:
        raise _wrong(original, "the XER file breaks off", number, "no line %E at its end")


def version(original: Original) -> str:
    """The version of Primavera that wrote the file, as its first line has it."""
    with original.path.open(encoding=original.encoding, errors="replace", newline="\n") as file:
        cells = file.readline(_LONGEST).rstrip("\r\n").split("\t")
    return cells[1].strip()[:20] if len(cells) > 1 else ""


def _wrong(original: Original, message: str, line: int, found: str) -> SourceError:
    return SourceError(message, file=original.name, row=line, found=found[:80], expected=_EXPECTED, hint=_AGAIN)
