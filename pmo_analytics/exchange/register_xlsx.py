"""Registers and other sheets as XLSX: typed cells, headers that explain themselves, the same bytes every time.

A sheet named after a register offers the values that its contract allows.
Text stays text whatever it begins with. A number stands as a number where
a spreadsheet keeps all its digits, else as text, so that nothing is rounded.
"""

from __future__ import annotations

import io
import math
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from numbers import Integral
from pathlib import Path
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from pmo_analytics.contracts import registers
from pmo_analytics.errors import UsageError
from pmo_analytics.exchange.template import STARTERS, choices, chosen, column_of, explanation, headers
from pmo_analytics.vocabulary import TERMS, TEXT

Rows = Iterable[Sequence[object]]
NumberFormat = Callable[[str], str | None]

_LAST_ROW = 1_048_576
_LONGEST_TEXT = 32_767
_LONGEST_TITLE = 31
_DIGITS = 15
_LARGEST_EXPONENT = 300
_FORMULA = ("=", "+", "-", "@")
_AS_TEXT = "@"
# Before this day spreadsheets disagree, since one of them holds 1900 for a leap year.
_FIRST_DAY = date(1900, 3, 1)
_MADE = datetime(2000, 1, 1)
_ZIPPED = (1980, 1, 1, 0, 0, 0)
_AUTHOR = "pmo_analytics"
# What XML cannot hold, or would change, is written as _xHHHH_; text that looks so already is marked as such.
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


_MARKED = PatternFill("solid", fgColor="FFE2A8")


class Marked(str):
    """A text whose cell is marked by its colour."""

    __slots__ = ()


def write_templates(folder: Path, names: Iterable[str] = STARTERS) -> list[Path]:
    """An empty XLSX with headers for each named register that has no file in `folder` yet."""
    written = []
    for register in chosen(names):
        path = folder / f"{register.name}.xlsx"
        if not path.exists():
            write(path, headers(register), [])
            written.append(path)
    return written


def write(path: Path, columns: Sequence[str], rows: Rows) -> None:
    """Write rows as one sheet, named as the file is."""
    write_workbook(path, [(path.stem, columns, rows)])


def write_workbook(path: Path, sheets: Iterable[tuple[str, Sequence[str], Rows]]) -> None:
    """Write sheets, each a title, headers and rows, in this order.

    A title is shortened to what a spreadsheet takes and told apart from those
    before it. Raises UsageError for a sheet or a text that is too long.
    """
    path.write_bytes(workbook_bytes(sheets, file=path))


def workbook_bytes(
    sheets: Iterable[tuple[str, Sequence[str], Rows]],
    *,
    file: Path,
    number_format: NumberFormat = lambda _: None,
    keywords: str | None = None,
) -> bytes:
    """The workbook that `write_workbook` writes; errors name `file`.

    `number_format` says how numbers under a header are shown; None: as they are.
    `keywords` stand among the workbook's properties.
    """
    book = Workbook(write_only=True)
    book.properties.creator = _AUTHOR
    book.properties.keywords = keywords
    taken: set[str] = set()
    packed = io.BytesIO()
    try:
        for title, columns, rows in sheets:
            sheet = book.create_sheet(sheet_title(title, taken))
            _head(sheet, title, columns)
            _body(sheet, file, columns, rows, [number_format(column) for column in columns])
    finally:
        # Sheets are streamed to temporary files, which only saving closes and removes.
        book.save(packed)
    return without_clock(packed)


def sheet_title(wanted: str, taken: set[str]) -> str:
    """A title as a spreadsheet takes it, told apart from those `taken`, which it is added to."""
    bare = re.sub(r"[\[\]:*?/\\\x00-\x1f]", "_", wanted).strip().strip("'") or "sheet"
    title, number = bare[:_LONGEST_TITLE], 1
    while title.casefold() in taken:
        number += 1
        title = f"{bare[: _LONGEST_TITLE - len(str(number)) - 1]}_{number}"
    taken.add(title.casefold())
    return title


def _head(sheet: Any, title: str, columns: Sequence[str]) -> None:
    """Freeze and explain the headers; offer the register's values; keep typed codes text."""
    register = registers().get(title)
    sheet.freeze_panes = "A2"
    cells = []
    for position, header in enumerate(columns, start=1):
        letter = get_column_letter(position)
        sheet.column_dimensions[letter].width = min(max(len(header) + 2, 12), 40)
        column = column_of(header)
        if column and TERMS[column].sql_type == TEXT:
            # So that a code typed into the template keeps its leading zeros.
            sheet.column_dimensions[letter].number_format = _AS_TEXT
        if allowed := choices(header, register):
            offer = DataValidation(type="list", formula1=f'"{",".join(allowed)}"', allow_blank=True)
            offer.error = f"one of {', '.join(allowed)}"
            offer.showErrorMessage = True
            offer.add(f"{letter}2:{letter}{_LAST_ROW}")
            sheet.data_validations.append(offer)
        cell = _text_cell(sheet, header)
        cell.font = Font(bold=True)
        if note := explanation(header, register):
            cell.comment = Comment(note, _AUTHOR, height=90, width=280)
        cells.append(cell)
    sheet.append(cells)


def _body(sheet: Any, path: Path, columns: Sequence[str], rows: Rows, formats: Sequence[str | None]) -> None:
    for number, row in enumerate(rows, start=2):
        if number > _LAST_ROW:
            raise UsageError(
                "more rows than a sheet holds", file=path, expected=f"at most {_LAST_ROW - 1:,}", hint="write it as CSV"
            )
        for header, value in zip(columns, row, strict=True):
            if isinstance(value, str) and _length(value) > _LONGEST_TEXT:
                raise UsageError(
                    "a text is longer than a cell holds",
                    file=path,
                    row=number,
                    column=header,
                    found=f"{_length(value):,} characters",
                    expected=f"at most {_LONGEST_TEXT:,}",
                    hint="write it as CSV",
                )
        cells = [_cell(sheet, value) for value in row]
        for cell, number_format in zip(cells, formats, strict=True):
            if number_format and getattr(cell, "data_type", None) == "n":
                cell.number_format = number_format
        sheet.append(cells)


def _length(text: str) -> int:
    """Characters as a spreadsheet counts them: some signs are two, and what is written as _xHHHH_ is so many."""
    if len(text) * len("_xHHHH_") <= _LONGEST_TEXT:
        return len(text)
    written = _UNWRITABLE.sub("_xHHHH_", text)
    return len(written) + sum(sign > "\uffff" for sign in written)


def _cell(sheet: Any, value: Any) -> Any:
    """A value as a spreadsheet keeps it without loss: number, date, truth value, else text."""
    if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)):
        return None
    if isinstance(value, Marked):
        cell = _text_cell(sheet, value)
        cell.fill = _MARKED
        return cell
    if isinstance(value, str):
        return _text_cell(sheet, value) if value else None
    if isinstance(value, datetime):
        return _instant(sheet, value)
    if isinstance(value, date):
        return value if value >= _FIRST_DAY else _text_cell(sheet, value.isoformat())
    return _number(sheet, value)


def _number(sheet: Any, value: Any) -> Any:
    """A truth value or a number whose digits are all kept; anything else as text."""
    if pd.api.types.is_bool(value):
        return bool(value)
    if isinstance(value, float) and math.isfinite(value):
        return _number_cell(sheet, repr(float(value)))
    if isinstance(value, Integral | Decimal) and _is_kept(Decimal(str(value))):
        return _number_cell(sheet, str(value))
    return _text_cell(sheet, str(value))


def _instant(sheet: Any, value: datetime) -> Any:
    """A whole second as a date cell; anything finer, older or with a zone as text that says it all."""
    if value.tzinfo is not None:
        return _text_cell(sheet, value.astimezone(UTC).isoformat().replace("+00:00", "Z"))
    if value.microsecond or value.date() < _FIRST_DAY:
        return _text_cell(sheet, value.isoformat(sep=" "))
    return value


def _is_kept(number: Decimal) -> bool:
    """Whether a spreadsheet, which keeps fifteen digits, keeps all of a number's."""
    if not number.is_finite():
        return False
    digits = "".join(map(str, number.as_tuple().digits)).strip("0")
    return len(digits) <= _DIGITS and abs(number.adjusted()) <= _LARGEST_EXPONENT


def _number_cell(sheet: Any, digits: str) -> Any:
    """A number by its own digits; given as a number, the library would cut it to sixteen."""
    cell = WriteOnlyCell(sheet, digits)
    cell.data_type = "n"
    return cell


def _text_cell(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, _UNWRITABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", text))
    # The library takes a leading = for a formula and #N/A for an error.
    cell.data_type = "s"
    cell.number_format = _AS_TEXT
    cell.quotePrefix = text.startswith(_FORMULA)
    return cell


def without_clock(packed: io.BytesIO) -> bytes:
    """The archive with fixed times, so that the same sheets are the same bytes."""
    result = io.BytesIO()
    with zipfile.ZipFile(packed) as found, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in _members(found):
            entry = zipfile.ZipInfo(name, _ZIPPED)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system, entry.external_attr = 3, 0o600 << 16
            made.writestr(entry, content)
    return result.getvalue()


def _members(archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    for name in archive.namelist():
        content = archive.read(name)
        if name == "docProps/core.xml":
            stamp = rf"\g<1>{_MADE.isoformat()}Z<".encode()
            content = re.sub(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*<", stamp, content)
        yield name, content
