"""Which source a file is, and in which of its records the header stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pmo_analytics.errors import SourceError, UsageError, nearest
from pmo_analytics.sources.definition import Definition, definitions, fold
from pmo_analytics.sources.export import Record
from pmo_analytics.sources.field_text import number_text, source_positions, source_text

HEADER_SEARCH = 20
NUMERIC = {"number", "seconds", "hours"}
# A file with at least this share of a source's headers was probably meant to be one.
_NEARLY = 0.6
_MOST_COLUMNS = 3_000


@dataclass(frozen=True)
class Recognised:
    """The definition a file is read by, its header cells and the record they stand in (from 0)."""

    definition: Definition
    headers: list[str]
    header_index: int
    unread: list[str]


def recognise(
    first: Iterable[Record],
    *,
    file: str,
    source: str | None,
    own: Mapping[str, Definition] | None = None,
    tables_alone: bool = False,
) -> Recognised:
    """The source whose headers a record among the first holds.

    `source` names it instead of finding it; `own` are the organisation's own; with `tables_alone`
    no vendor's export is looked for. Raises SourceError when no record
    is a header of a known source, UsageError when `source` is unknown.
    """
    known = {**definitions(), **(own or {})}
    if source is not None and source not in known:
        close = nearest(source, known)
        raise UsageError(
            f"unknown source {source!r}",
            expected=", ".join(known),
            hint=f"did you mean {close!r}?" if close else None,
        )
    candidates = [known[source]] if source else list(known.values())
    if tables_alone:
        candidates = [d for d in candidates if d.is_register or d.name in (own or {})]
    head = list(first)
    for index, record in enumerate(head):
        cells = {fold(cell) for cell in record.cells}
        fitting = [d for d in candidates if all(_has(cells, names) for names in d.detect)]
        if fitting:
            definition = max(fitting, key=lambda d: (len(d.known_headers() & cells), len(d.detect)))
            unread = [
                cell.strip()
                for cell in record.cells
                if cell.strip() and fold(cell) not in definition.known_headers() and definition.is_register
            ]
            if len(record.cells) > _MOST_COLUMNS:
                raise SourceError(
                    "the file has more columns than an export",
                    file=file,
                    row=record.line,
                    found=f"{len(record.cells):,} columns",
                    expected=f"at most {_MOST_COLUMNS:,}",
                    hint="choose fewer columns and export it again",
                )
            return Recognised(definition, record.cells, index, unread)
    raise _unknown(head, candidates or list(known.values()), file)


def _has(cells: set[str], names: tuple[str, ...]) -> bool:
    return any(fold(name) in cells for name in names)


def _unknown(head: list[Record], candidates: list[Definition], file: str) -> SourceError:
    # Titles may stand above it: the header is the widest.
    header = max((record for record in head if not record.is_blank), key=lambda r: len(r.cells), default=None)
    cells = {fold(cell) for cell in header.cells} if header else set()
    share, closest = max(
        ((sum(_has(cells, n) for n in d.detect) / len(d.detect), d) for d in candidates), key=lambda scored: scored[0]
    )
    lacking = [" or ".join(names) for names in closest.detect if not _has(cells, names)]
    exports = [d.name for d in candidates if not d.is_register or len(candidates) == 1]
    return SourceError(
        "no known export has these headers",
        file=file,
        row=header.line if header else None,
        found=", ".join(header.cells)[:200] if header else "no header",
        expected=(
            f"for {closest.title}, also: {', '.join(lacking)}"
            if share >= _NEARLY
            else f"the headers of one of: {', '.join(exports)}, or of a register's template"
        ),
        hint="export it with its header line, name the source with --source, or map its columns in pmo.toml",
    )


def date_columns(definition: Definition, headers: list[str]) -> dict[str, str]:
    """SQL for the text of each column that is read as a date, month or instant."""
    found = {}
    for field in definition.fields:
        if field.kind in {"date", "month", "instant"}:
            text = source_text(field, headers)
            if text is not None:
                found[field.column] = text
    return found


def number_positions(definition: Definition, headers: list[str]) -> frozenset[int]:
    """Where the cells stand that are read as numbers."""
    numeric = [f for f in definition.fields if f.kind in NUMERIC]
    return frozenset(i for f in numeric for places in source_positions(f, headers) for i in places)


def number_texts(definition: Definition, headers: list[str]) -> list[str]:
    """SQL for the text of each column that is read as a number."""
    texts = [number_text(f, headers) for f in definition.fields if f.kind in NUMERIC]
    return [text for text in texts if text is not None]
