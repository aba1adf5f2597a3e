"""Registers that lie on their side: headers down the first column, a record in each further one.

Read so, line n is column n. Only small files are: a field takes a line there.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, zip_longest

from pmo_analytics.sources.export import Rearranged, Record, written

_MOST_LINES = 1_000
_MOST_CELLS = 2_000_000


class Transposed(Rearranged):
    """An export whose columns are the records."""

    @property
    def described(self) -> str:
        """How it is written, and that a column of it is a row."""
        return f"{self.inner.described}, transposed: a column is a row; line n is column n"

    def records(self) -> Iterator[Record]:
        """Every column as a record; none where the file is too large to lie on its side."""
        rows = list(islice(self.inner.records(), _MOST_LINES + 1))
        if len(rows) > _MOST_LINES or len(rows) * max((len(row.cells) for row in rows), default=0) > _MOST_CELLS:
            return
        errors: dict[int, list[tuple[int, str]]] = {}
        decimals: dict[int, list[int]] = {}
        for position, row in enumerate(rows):
            for column, found in row.errors:
                errors.setdefault(column, []).append((position, found))
            for column in row.decimals:
                decimals.setdefault(column, []).append(position)
        for column, cells in enumerate(zip_longest(*(row.cells for row in rows), fillvalue="")):
            yield Record(
                column + 1,
                column + 1,
                list(cells),
                is_cut=any(row.is_cut for row in rows),
                errors=tuple(errors.get(column, ())),
                decimals=tuple(decimals.get(column, ())),
            )

    def verbatim(self, lines: dict[int, int]) -> dict[int, str]:
        """The columns of these numbers, each as one line of CSV."""
        return written(self.records(), lines)
