"""Delimited text as exports really come: delimiter, and records with their lines."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from pmo_analytics.errors import SourceError
from pmo_analytics.sources.export import Record
from pmo_analytics.sources.original import Original, examine

DELIMITERS = ",;\t|"
_CHUNK = 1 << 20
_HEADER_SEARCH = 20

csv.field_size_limit(64 * 1024 * 1024)


@dataclass(frozen=True)
class Layout(Original):
    """How a delimited text file is written: the original and its delimiter."""

    delimiter: str

    is_grid = False

    @property
    def described(self) -> str:
        """How it is written, in words."""
        return f"{self.encoding}{', BOM' if self.has_bom else ''}, delimiter {self.delimiter!r}"

    def records(self) -> Iterator[Record]:
        """Every record in order, read lazily."""
        return records(self.path, self)

    def verbatim(self, lines: dict[int, int]) -> dict[int, str]:
        """The text of the records that begin on `lines`."""
        return verbatim(self.path, self, lines)


def layout(path: Path, name: str | None = None, encoding: str | None = None, configured: str | None = None) -> Layout:
    """How the file at `path` is written, told as `name`; SourceError as `examine` says."""
    original = examine(path, name or path.name, encoding, configured)
    with path.open(encoding=original.encoding, errors="replace", newline="") as text:
        return Layout(**vars(original), delimiter=_delimiter(text.read(_CHUNK)))


def _delimiter(sample: str) -> str:
    """The delimiter under which the first records have the most cells, and alike."""

    def score(delimiter: str) -> tuple[int, int]:
        rows = csv.reader(sample.splitlines(keepends=True)[:200], delimiter=delimiter)
        widths = [len(row) for row in islice(rows, _HEADER_SEARCH) if any(row)]
        most = max(set(widths), key=widths.count, default=0)
        return (widths.count(most) if most > 1 else 0, most)

    return max(DELIMITERS, key=score)


def header_delimiter(path: Path, how: Layout) -> str:
    """The delimiter of a file whose second line is a header: the one that stands most often in it."""
    with path.open(encoding=how.encoding, errors="replace") as file:
        header = next(islice(file, 1, None), "")
    return max(DELIMITERS, key=header.count)


def records(path: Path, how: Layout) -> Iterator[Record]:
    """Every record of the file in order, read lazily.

    A record in which the file ends inside a quoted cell is marked as cut.
    """
    with path.open(encoding=how.encoding, errors="replace", newline="") as file:
        text: list[str] = []

        def remembered() -> Iterator[str]:
            for line in file:
                clean = line.replace("\x00", "\ufffd")
                text.append(clean)
                yield clean

        reader = csv.reader(remembered(), delimiter=how.delimiter)
        waiting: Record | None = None
        last_text: list[str] = []
        for cells in _unbroken(reader, how.name):
            if waiting is not None:
                yield waiting
            waiting = Record(reader.line_num - len(text) + 1, reader.line_num, cells)
            last_text = text.copy()
            text.clear()
        if waiting is not None:
            yield replace(waiting, is_cut=_is_cut("".join(last_text), how.delimiter))


def _unbroken(rows: Iterator[list[str]], name: str) -> Iterator[list[str]]:
    """What `rows` yields; SourceError where a cell goes on for longer than any text does."""
    try:
        yield from rows
    except csv.Error as problem:
        raise SourceError(
            "a cell never ends",
            file=name,
            found=str(problem),
            expected="cells of at most 64 MB",
            hint="look for a quote that opens and does not close, and export again",
        ) from None


def _is_cut(record: str, delimiter: str) -> bool:
    """Whether a quote opens in the record and never closes."""
    try:
        list(csv.reader(record.splitlines(keepends=True), delimiter=delimiter, strict=True))
    except csv.Error as problem:
        return "unexpected end" in str(problem)
    return False


def verbatim(path: Path, how: Layout, lines: dict[int, int]) -> dict[int, str]:
    """The text of the records that begin on `lines` (first line to last line, both included)."""
    if how.is_plain:
        wanted = sorted({number for first, last in lines.items() for number in range(first, last + 1)})
        texts = dict(lines_at(path, how, wanted))
        return {
            first: "".join(texts.get(number, "") for number in range(first, last + 1)) for first, last in lines.items()
        }
    found: dict[int, list[str]] = {first: [] for first in lines}
    open_records: list[tuple[int, int]] = sorted(lines.items())
    with path.open(encoding=how.encoding, errors="replace", newline="") as file:
        index = 0
        for number, text in enumerate(file, start=1):
            while index < len(open_records) and open_records[index][1] < number:
                index += 1
            if index == len(open_records):
                break
            first, last = open_records[index]
            if first <= number <= last:
                found[first].append(text)
    return {first: "".join(parts) for first, parts in found.items()}


def lines_at(path: Path, how: Layout, wanted: list[int]) -> Iterator[tuple[int, str]]:
    """The lines of a plain file that are `wanted`, in order: number and text. Blocks without one are not split."""
    index, first, rest = 0, 1, b""
    with path.open("rb") as file:
        while index < len(wanted):
            chunk = file.read(_CHUNK)
            whole, feed, rest = (rest + chunk).rpartition(b"\n") if chunk else (rest, b"", b"")
            block = whole + feed
            behind = first + block.count(b"\n") + (not chunk)
            if wanted[index] < behind:
                lines = block.splitlines(keepends=True) if b"\r" not in block else _split(block)
                while index < len(wanted) and wanted[index] < behind:
                    yield wanted[index], lines[wanted[index] - first].decode(how.encoding)
                    index += 1
            first = behind
            if not chunk:
                return


def _split(block: bytes) -> list[bytes]:
    return [line + b"\n" for line in block.split(b"\n")]


def records_at(path: Path, how: Layout, lines: list[int]) -> Iterator[Record]:
    """The records on `lines` of a plain file without quotes, where every line is a record."""
    for number, text in lines_at(path, how, lines):
        cells = next(csv.reader([text], delimiter=how.delimiter), [])
        yield Record(number, number, cells)
