"""Cells of a sheet that are numbers, beside cells that are text: each is read by what it is.

A number has a decimal point whatever the country; a number that someone wrote
as text has the mark of their country. The text alone decides which that is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from pmo_analytics.sources.export import Record


@dataclass
class DecimalCells:
    """The cells of number columns, at the positions `numeric`; what was seen of them."""

    numeric: frozenset[int]
    has_numbers: bool = False
    has_texts: bool = False

    @property
    def is_mixed(self) -> bool:
        """Whether numbers with decimals stand beside text with a decimal or thousands mark."""
        return self.has_numbers and self.has_texts

    def seen(self, records: Iterable[Record]) -> Iterator[Record]:
        """The records, looked at in passing."""
        for record in records:
            if not self.has_numbers:
                self.has_numbers = not self.numeric.isdisjoint(record.decimals)
            if not self.has_texts:
                self.has_texts = any(
                    "." in cell or "," in cell
                    for position in self.numeric.difference(record.decimals)
                    if position < len(record.cells) and (cell := record.cells[position])
                )
            yield record

    def texts_alone(self, records: Iterable[Record]) -> Iterator[Record]:
        """The records without their numbers, so that the text decides."""
        for record in records:
            yield self._with(record, lambda _: "")

    def marked(self, records: Iterable[Record], mark: str) -> Iterator[Record]:
        """The records with their numbers written as the text is."""
        for record in records:
            yield self._with(record, lambda cell: cell.replace(".", ",")) if mark == "comma" else record

    def _with(self, record: Record, change: Callable[[str], str]) -> Record:
        changed = self.numeric.intersection(record.decimals)
        if not changed:
            return record
        return replace(record, cells=[change(c) if i in changed else c for i, c in enumerate(record.cells)])
