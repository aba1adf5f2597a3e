"""Delimited text as exports really come: encoding, delimiter and records with their lines."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from pmo_analytics.errors import SourceError

DELIMITERS = ",;\t|"
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_MAGIC = {
    b"PK\x03\x04": "a ZIP or XLSX file",
    b"\xd0\xcf\x11\xe0": "an old Excel or Word file",
    b"%PDF": "a PDF",
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"\x1f\x8b": "a gzip file",
    b"\x7fELF": "a program",
    b"SQLite format 3": "an SQLite database",
    b"PAR1": "a Parquet file",
}
_CHUNK = 1 << 20
_HEADER_SEARCH = 20

csv.field_size_limit(64 * 1024 * 1024)


@dataclass(frozen=True)
class Layout:
    """How a text file is written: its encoding, whether it has a BOM, its delimiter."""

    encoding: str
    has_bom: bool
    delimiter: str


@dataclass(frozen=True)
class Record:
    """One record: its first and last line (the first is 1), its cells, and whether the file ends inside a quote."""

    line: int
    last_line: int
    cells: list[str]
    is_cut: bool = False

    @property
    def is_blank(self) -> bool:
        """Whether no cell holds anything."""
        return not any(cell.strip() for cell in self.cells)


def layout(path: Path) -> Layout:
    """How the file at `path` is written; SourceError for an empty or a binary file."""
    with path.open("rb") as file:
        head = file.read(_CHUNK)
    if not head.strip(b"\xef\xbb\xbf\xff\xfe\r\n\t \x00"):
        raise SourceError(
            "the file is empty", file=path.name, expected="an export with a header line", hint="export it again"
        )
    encoding, has_bom = _encoding(path, head)
    with path.open(encoding=encoding, newline="") as text:
        sample = text.read(_CHUNK)
    return Layout(encoding, has_bom, _delimiter(sample))


def _encoding(path: Path, head: bytes) -> tuple[str, bool]:
    for bom, name in _BOMS:
        if head.startswith(bom):
            return name, True
    kind = next((kind for magic, kind in _MAGIC.items() if head.startswith(magic)), None)
    if kind is not None or b"\x00" in head:
        raise SourceError(
            "the file is not text",
            file=path.name,
            found=kind or "zero bytes, as in a binary file",
            expected="a CSV export or register",
            hint="export it again as CSV; renaming a file does not convert it",
        )
    if _decodes(path, "utf-8"):
        return "utf-8", False
    from charset_normalizer import from_bytes

    best = from_bytes(head).best()
    if best is None:
        raise SourceError(
            "the file is not text", file=path.name, found="bytes of no known encoding", hint="export it as UTF-8"
        )
    # Single-byte Western encodings differ only in a few signs; cp1252 decodes what Windows writes.
    name = "cp1252" if best.encoding.startswith(("cp125", "latin", "iso8859")) else best.encoding
    return (name if _decodes(path, name) else "latin-1"), False


def _decodes(path: Path, encoding: str) -> bool:
    try:
        with path.open(encoding=encoding, newline="") as file:
            while file.read(_CHUNK):
                pass
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def _delimiter(sample: str) -> str:
    """The delimiter under which the first records have the most cells, and alike."""

    def score(delimiter: str) -> tuple[int, int]:
        rows = csv.reader(sample.splitlines(keepends=True)[:200], delimiter=delimiter)
        widths = [len(row) for _, row in zip(range(_HEADER_SEARCH), rows, strict=False) if any(row)]
        most = max(set(widths), key=widths.count, default=0)
        return (widths.count(most) if most > 1 else 0, most)

    return max(DELIMITERS, key=score)


def records(path: Path, how: Layout) -> Iterator[Record]:
    """Every record of the file in order, read lazily.

    A record in which the file ends inside a quoted cell is marked as cut.
    """
    with path.open(encoding=how.encoding, newline="") as file:
        text: list[str] = []

        def remembered() -> Iterator[str]:
            for line in file:
                clean = line.replace("\x00", "\ufffd")
                text.append(clean)
                yield clean

        reader = csv.reader(remembered(), delimiter=how.delimiter)
        waiting: Record | None = None
        last_text: list[str] = []
        for cells in reader:
            if waiting is not None:
                yield waiting
            waiting = Record(reader.line_num - len(text) + 1, reader.line_num, cells)
            last_text = text.copy()
            text.clear()
        if waiting is not None:
            yield replace(waiting, is_cut=_is_cut("".join(last_text), how.delimiter))


def _is_cut(record: str, delimiter: str) -> bool:
    """Whether a quote opens in the record and never closes."""
    try:
        list(csv.reader(record.splitlines(keepends=True), delimiter=delimiter, strict=True))
    except csv.Error as problem:
        return "unexpected end" in str(problem)
    return False


def verbatim(path: Path, how: Layout, lines: dict[int, int]) -> dict[int, str]:
    """The text of the records that begin on `lines` (first line to last line, both included)."""
    wanted: dict[int, list[str]] = {first: [] for first in lines}
    open_records: list[tuple[int, int]] = sorted(lines.items())
    with path.open(encoding=how.encoding, newline="") as file:
        index = 0
        for number, text in enumerate(file, start=1):
            while index < len(open_records) and open_records[index][1] < number:
                index += 1
            if index == len(open_records):
                break
            first, last = open_records[index]
            if first <= number <= last:
                wanted[first].append(text)
    return {first: "".join(parts) for first, parts in wanted.items()}
