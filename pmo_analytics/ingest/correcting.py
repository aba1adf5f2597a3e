"""Workbooks of rejected rows that come back corrected.

A sheet in them corrects one load. Its first columns say which line of the
loaded file a row is and what was wrong with it; behind them stands the file's
own header. A sheet beside names the load of each, and how its file was written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from pmo_analytics.errors import SourceError
from pmo_analytics.ingest.results import IngestOptions
from pmo_analytics.sources.export import Export, Rearranged, Record, written

REGISTER_SHEET = "pmo_corrections"
REGISTER_COLUMNS = ["sheet", "load_id", "source", "date_order", "decimal_mark", "status_date"]
FRONT = ["rejected line", "what is wrong"]


@dataclass(frozen=True)
class Correction:
    """Which load a sheet corrects, and how the file of that load was read."""

    load_id: str
    source: str
    date_order: str
    decimal_mark: str
    status_date: date | None

    def options(self, given: IngestOptions) -> IngestOptions:
        """`given`, with what it leaves open as it was for the load."""
        return replace(
            given,
            source=self.source,
            date_order=given.date_order or self.date_order,
            decimal_mark=given.decimal_mark or self.decimal_mark,
            status_date=given.status_date or self.status_date,
        )


class Corrected(Rearranged):
    """A sheet of corrected rows as the export whose lines they are."""

    @property
    def described(self) -> str:
        """That it corrects rows, and what a line is."""
        return f"{self.inner.described}, corrections: line n is line n of the file that is corrected"

    def records(self) -> Iterator[Record]:
        """The header, then every row under the line that it corrects; SourceError where a row names none."""
        cut, seen = len(FRONT), set[int]()
        for number, record in enumerate(self.inner.records()):
            line = record.line
            if not number and record.cells[:cut] != FRONT:
                raise self._changed(record)
            if number:
                text = record.cells[0].strip()
                line = int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0
                if not line or line in seen:
                    raise self._changed(record)
                seen.add(line)
            yield Record(
                line,
                line,
                record.cells[cut:],
                errors=tuple((position - cut, found) for position, found in record.errors if position >= cut),
                decimals=tuple(position - cut for position in record.decimals if position >= cut),
            )

    def _changed(self, record: Record) -> SourceError:
        return SourceError(
            "a row does not say which line it corrects",
            file=self.name,
            row=record.line,
            column=FRONT[0],
            found=record.cells[0] or "an empty cell",
            expected="the first columns as they were written, each line once",
            hint="new rows go into an export of their own",
        )

    def verbatim(self, lines: dict[int, int]) -> dict[int, str]:
        """The rows that correct these lines, each as one line of CSV."""
        rows = self.records()
        next(rows, None)
        return written(rows, lines)


def corrections(sheet: Export) -> dict[str, Correction]:
    """What the sheet that names the loads says, by the title of a sheet; SourceError where it was changed."""
    header, *rows = [[cell.strip() for cell in record.cells] for record in sheet.records()] or [[]]
    found = {}
    for row in rows if header == REGISTER_COLUMNS else []:
        title, load_id, source, order, mark, *rest = [*row, *[""] * (len(REGISTER_COLUMNS) - len(row))]
        if order in {"dmy", "mdy"} and mark in {"point", "comma"}:
            day = date.fromisoformat(rest[0]) if rest[0] else None
            found[title] = Correction(load_id, source, order, mark, day)
    if not found:
        raise SourceError(
            "the sheet that names the corrected loads was changed",
            file=sheet.name,
            hint="write the workbook anew with `pmo rejects --xlsx`",
        )
    return found
