"""What a written file truly holds: rows, time and money."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class FileTruth:
    """One file: its rows of data, seconds of work, cents by column and currency, histories and their changes."""

    name: str
    encoding: str
    rows: int
    seconds: int = 0
    cents: Mapping[tuple[str, str], int] = field(default_factory=dict)
    histories: int = 0
    changes: int = 0


def write_rows(
    path: Path,
    headers: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    delimiter: str = ",",
    encoding: str = "utf-8",
    line_end: str = "\n",
) -> int:
    """Write one CSV file row by row; return how many rows it holds.

    A letter that the encoding lacks becomes a question mark, as in real exports.
    """
    count = 0
    with path.open("w", encoding=encoding, errors="replace", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter, lineterminator=line_end)
        writer.writerow(headers)
        for row in rows:
            writer.writerow(row)
            count += 1
    return count
