"""What ingestion reads: a sequence of records, whatever file they come from."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

_DECIMAL = re.compile(r"[+-]?[0-9]*\.[0-9]+")


@dataclass(frozen=True)
class Record:
    """One record: its first and last line (the first is 1), its cells, and whether the file ends inside a quote.

    In a sheet a line is a row. There `errors` tells what stands in a cell
    instead of a value, and `decimals` which cells are numbers with decimals,
    not text; both by the position of the cell.
    """

    line: int
    last_line: int
    cells: list[str]
    is_cut: bool = False
    errors: tuple[tuple[int, str], ...] = ()
    decimals: tuple[int, ...] = ()

    @property
    def is_blank(self) -> bool:
        """Whether no cell holds anything."""
        return not any(cell.strip() for cell in self.cells)


class Export(Protocol):
    """A text file, or a sheet of a workbook: the file as it came, and its records.

    In a grid a record may end before the header does: what is left is blank.
    """

    @property
    def path(self) -> Path:
        """Where the file is."""

    @property
    def name(self) -> str:
        """What it is told as."""

    @property
    def sha256(self) -> str:
        """Digest of the file as it came."""

    @property
    def size(self) -> int:
        """Bytes of the file as it came."""

    @property
    def is_grid(self) -> bool:
        """Whether its cells have columns of their own, so that none can be shifted."""

    @property
    def described(self) -> str:
        """How it is written, in words."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What was assumed of it, and what in it is damaged."""

    def records(self) -> Iterator[Record]:
        """Every record in order, read lazily."""

    def verbatim(self, lines: dict[int, int]) -> dict[int, str]:
        """The text of the records that begin on `lines` (first line to last line, both included)."""


@dataclass(frozen=True)
class Rearranged:
    """What an export needs that gives the records of another one differently."""

    inner: Export

    is_grid = True

    @property
    def path(self) -> Path:
        """Where the file is."""
        return self.inner.path

    @property
    def name(self) -> str:
        """What it is told as."""
        return self.inner.name

    @property
    def sha256(self) -> str:
        """Digest of the file as it came."""
        return self.inner.sha256

    @property
    def size(self) -> int:
        """Bytes of the file as it came."""
        return self.inner.size

    @property
    def notes(self) -> tuple[str, ...]:
        """What was assumed of the export."""
        return self.inner.notes


def written(records: Iterable[Record], lines: Iterable[int]) -> dict[int, str]:
    """The records of these lines as CSV, each ended by a line feed."""
    wanted, found = set(lines), {}
    for record in records:
        if record.line in wanted:
            text = io.StringIO()
            csv.writer(text, lineterminator="\n").writerow(record.cells)
            found[record.line] = text.getvalue()
        if len(found) == len(wanted):
            break
    return found


def decimal_positions(cells: Sequence[str]) -> tuple[int, ...]:
    """Where numbers with a decimal point stand, for a format that writes no other mark."""
    return tuple(at for at, cell in enumerate(cells) if "." in cell and _DECIMAL.fullmatch(cell))
