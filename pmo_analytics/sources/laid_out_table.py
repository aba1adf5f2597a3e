"""A table that is laid out from a document: its rows are made while they are read, the document is what is kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from pmo_analytics.sources.export import Record, decimal_positions, written


@dataclass(frozen=True)
class LaidOutTable:
    """Rows under headers, and the document that they come from.

    `rows` gives the records below the header, every time anew. `status_hint`
    is what the document says that helps to answer of which date it speaks, and
    `status_question` how it is asked.
    """

    path: Path
    name: str
    sha256: str
    size: int
    described: str
    notes: tuple[str, ...]
    headers: tuple[str, ...]
    rows: Callable[[], Iterator[Record]]
    header_line: int = 1
    status_hint: str | None = None
    status_question: tuple[str, str] = (
        "which date does this schedule speak of? It states no status date",
        "set the status date in the schedule and export it again",
    )

    is_grid = True

    def records(self) -> Iterator[Record]:
        """The headers, then every row in order."""
        yield Record(self.header_line, self.header_line, list(self.headers))
        yield from self.rows()

    def verbatim(self, lines: dict[int, int]) -> dict[int, str]:
        """The rows on `lines` as CSV, each ended by a line feed."""
        return written(self.rows(), lines)


class Draft:
    """Rows written to a file while a document is read, to be read again under all the headers that were met.

    A row stands on the document's own line where each has one of its own;
    in a document of one line, row n stands on line n + 1.
    """

    def __init__(self, path: Path, headers: Sequence[str], file: TextIO) -> None:
        self.count = 0
        self.has_own_lines = True
        self._path = path
        self._headers = dict.fromkeys(headers)
        self._file = file
        self._last = 1

    @property
    def headers(self) -> tuple[str, ...]:
        """Every header that a row has a cell under, those that were given first."""
        return tuple(self._headers)

    @property
    def line_note(self) -> str:
        """What the lines of the rows are, in words."""
        return (
            "lines are those of the file"
            if self.has_own_lines
            else "the file has several rows in a line: line n is row n-1, counted through the file"
        )

    def add(self, line: int, cells: Mapping[str, str] | None) -> None:
        """Take a row in, None for a blank one; `line` is where it begins in the document."""
        self.count += 1
        self.has_own_lines = self.has_own_lines and line > self._last
        self._last = line
        self._headers.update(dict.fromkeys(cells or ()))
        self._file.write(json.dumps([line, cells]) + "\n")

    def rows(self, complete: Callable[[dict[str, str]], None], headers: Sequence[str]) -> Iterator[Record]:
        """The rows under these headers; `complete` adds to a row what only the whole document tells."""
        with self._path.open(encoding="utf-8") as file:
            for number, text in enumerate(file, start=2):
                line, cells = json.loads(text)
                place = line if self.has_own_lines else number
                if cells is None:
                    yield Record(place, place, [""] * len(headers))
                    continue
                complete(cells)
                texts = [cells.get(header, "") for header in headers]
                yield Record(place, place, texts, decimals=decimal_positions(texts))
