"""Registers as CSV: empty templates, drafts and sheets that read back in unchanged."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from pmo_analytics.exchange.template import STARTERS, chosen, headers

_FORMULA = re.compile("'*[=+@-]")
_ENDS = "\r\n"
# What reading trims, and a spreadsheet may, before it looks at a cell.
_BLANKS = " \t\r\n\u00a0"


class Digits(str):
    """A number by its own digits, which no spreadsheet takes for a formula."""

    __slots__ = ()


def write_templates(folder: Path, names: Iterable[str] = STARTERS) -> list[Path]:
    """An empty CSV with headers for each named register that has no file in `folder` yet."""
    written = []
    for register in chosen(names):
        path = folder / f"{register.name}.csv"
        if not path.exists():
            write(path, headers(register), [])
            written.append(path)
    return written


def write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]], *, title: str = "") -> None:
    """Write rows as UTF-8 CSV; text that a spreadsheet would take for a formula gets an apostrophe in front.

    A title stands above the headers, behind the sign of a comment.
    """
    with path.open("w", encoding="utf-8", newline="") as file:
        if title:
            file.write(f"# {title}\n")
        file.write(_line(columns))
        file.writelines(_line([_safe(value) for value in row]) for row in rows)


def _line(cells: Sequence[object]) -> str:
    """A line of CSV; asked for both signs of a line's end, the library puts a cell with either in quotes."""
    text = io.StringIO()
    csv.writer(text, lineterminator=_ENDS).writerow(cells)
    return text.getvalue().removesuffix(_ENDS) + "\n"


def is_empty(path: Path) -> bool:
    """Whether a register file is absent or holds nothing but its header."""
    if not path.exists():
        return True
    with path.open(encoding="utf-8-sig", newline="") as file:
        return sum(1 for row in csv.reader(file) if any(row)) <= 1


def _safe(value: object) -> object:
    if value is None:
        return ""
    return guarded(value) if isinstance(value, str) and not isinstance(value, Digits) else value


def guarded(text: str) -> str:
    """Text that begins like a formula, or like one that is guarded, with an apostrophe in front; else as it is."""
    bare = text.lstrip(_BLANKS)
    return f"'{bare}" if _FORMULA.match(bare) else text
