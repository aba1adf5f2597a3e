"""The rows of a sheet, parsed as they are read, in memory that does not grow with the sheet.

Kept readers either drop error cells and the formats of numbers, hold a sheet of
a million declared rows as a whole, or take ten times as long.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO
from xml.parsers import expat

from openpyxl.utils import column_index_from_string, get_column_letter

from pmo_analytics.sources.cell_text import (
    PLAIN,
    NumberFormat,
    date_text,
    number_text,
    padded,
    percent_text,
    unescaped,
)
from pmo_analytics.sources.export import Record

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
_CHUNK = 1 << 18
_DIGITS = "0123456789"
_NO_VALUE = "a formula without a stored value"


class MalformedError(Exception):
    """A part of the workbook is not what its kind has to be."""


@dataclass(frozen=True)
class CellContext:
    """What the cells of a workbook refer to: its texts, its formats by style, and from when its days count."""

    texts: list[str]
    formats: list[NumberFormat]
    is_1904: bool


def events(source: IO[bytes], start: object, end: object, text: object) -> Iterator[None]:
    """Parse XML, handing its elements to the three handlers; give way after every block."""
    # Names come out as the same objects, so that they are found without being compared.
    parser = expat.ParserCreate(intern={})
    parser.buffer_text = True
    parser.StartElementHandler = start  # type: ignore[assignment]
    parser.EndElementHandler = end  # type: ignore[assignment]
    parser.CharacterDataHandler = text  # type: ignore[assignment]
    parser.StartDoctypeDeclHandler = _refuse
    while chunk := source.read(_CHUNK):
        parser.Parse(chunk, False)
        yield
    parser.Parse(b"", True)
    yield


def _refuse(*_: object) -> None:
    raise MalformedError("a document type, which no workbook has")


class _Tags(dict[str, str]):
    """Elements' names without their prefix, each cut once."""

    def __missing__(self, name: str) -> str:
        tag = self[name] = name[name.find(":") + 1 :]
        return tag


def shared_texts(source: IO[bytes]) -> list[str]:
    """The texts that cells share, without the readings that East Asian ones carry beside."""
    found: list[str] = []
    parts: list[str] = []
    state = {"t": 0, "rPh": 0}
    tags = _Tags()

    def start(name: str, _: dict[str, str]) -> None:
        if (tag := tags[name]) in state:
            state[tag] += 1

    def end(name: str) -> None:
        if (tag := tags[name]) in state:
            state[tag] -= 1
        elif tag == "si":
            found.append(unescaped("".join(parts)))
            parts.clear()

    def text(data: str) -> None:
        if state["t"] and not state["rPh"]:
            parts.append(data)

    for _ in events(source, start, end, text):
        pass
    return found


def sheet_rows(source: IO[bytes], context: CellContext) -> Iterator[Record]:
    """Every row of a sheet that has a filled cell, as a record of texts."""
    rows = _Rows(context)
    for _ in events(source, rows.start, rows.end, rows.text):
        yield from rows.ready
        rows.ready.clear()


class _Rows:
    """Handlers that gather cells into rows."""

    def __init__(self, context: CellContext) -> None:
        self.ready: list[Record] = []
        self._tags = _Tags()
        self._context = context
        self._columns: dict[str, int] = {}
        self._row = 0
        self._cells: list[str] = []
        self._errors: list[tuple[int, str]] = []
        self._decimals: list[int] = []
        self._column = -1
        self._kind, self._style = "n", 0
        self._parts: list[str] = []
        self._is_text = self._is_reading = self._is_formula = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = self._tags[name]
        if tag == "c":
            self._open_cell(attributes)
        elif tag in {"v", "t"}:
            self._is_text = True
        elif tag == "row":
            self._open_row(attributes.get("r"))
        elif tag == "f":
            self._is_formula = True
        elif tag == "rPh":
            self._is_reading = True

    def text(self, data: str) -> None:
        if self._is_text and not self._is_reading:
            self._parts.append(data)

    def end(self, name: str) -> None:
        tag = self._tags[name]
        if tag == "c":
            self._close_cell()
        elif tag in {"v", "t"}:
            self._is_text = False
        elif tag == "row":
            if self._cells:
                self.ready.append(
                    Record(
                        self._row,
                        self._row,
                        self._cells,
                        errors=tuple(self._errors),
                        decimals=tuple(self._decimals),
                    )
                )
        elif tag == "rPh":
            self._is_reading = False

    def _open_row(self, number: str | None) -> None:
        row = int(number) if number else self._row + 1
        if not self._row < row <= LAST_ROW:
            raise MalformedError(f"row {row} behind row {self._row}")
        self._row, self._column = row, -1
        self._cells, self._errors, self._decimals = [], [], []

    def _open_cell(self, attributes: dict[str, str]) -> None:
        place = attributes.get("r")
        column = self._column + 1
        if place:
            letters = place.rstrip(_DIGITS)
            known = self._columns.get(letters)
            if known is None:
                known = self._columns[letters] = column_index_from_string(letters) - 1
            if known < column:
                raise MalformedError(f"cell {place} stands behind a later one")
            column = known
        if column >= LAST_COLUMN:
            raise MalformedError(f"a row of more than {LAST_COLUMN:,} cells")
        self._column = column
        self._kind = attributes.get("t", "n")
        self._style = int(attributes.get("s", 0))
        self._parts.clear()
        self._is_formula = False

    def _close_cell(self) -> None:
        raw = "".join(self._parts)
        if not raw and not (self._is_formula and self._kind == "n"):
            return
        try:
            text = self._value(raw)
        except (ValueError, OverflowError):
            text = self._error(f"{raw[:40]}, which is no value of its kind,")
        if text:
            self._cells += [""] * (self._column - len(self._cells))
            self._cells.append(text)

    def _value(self, raw: str) -> str:
        kind = self._kind
        if kind == "s":
            texts, at = self._context.texts, int(raw)
            if not 0 <= at < len(texts):
                raise MalformedError(f"a cell refers to text {at} of {len(texts)}")
            return texts[at]
        if kind == "n":
            return self._number(raw) if raw else self._error(_NO_VALUE)
        if kind == "b":
            return "FALSE" if raw in {"0", "false"} else "TRUE"
        if kind == "e":
            return self._error(raw)
        if kind == "d":
            return raw.removesuffix("T00:00:00")
        return unescaped(raw)

    def _number(self, raw: str) -> str:
        formats = self._context.formats
        shown = formats[self._style] if self._style < len(formats) else PLAIN
        if shown.is_date:
            return date_text(raw, is_1904=self._context.is_1904, is_duration=shown.is_duration)
        text = percent_text(raw) if shown.is_percent else number_text(raw)
        if "." in text:
            self._decimals.append(self._column)
        return padded(text, shown.digits) if shown.digits else text

    def _error(self, found: str) -> str:
        self._errors.append((self._column, f"{found} in {get_column_letter(self._column + 1)}{self._row}"))
        return found
