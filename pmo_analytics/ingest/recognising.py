"""Which exports a file holds: itself, or the sheets of a workbook that have the headers of a known source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from pmo_analytics.contracts.templates import mark_of
from pmo_analytics.errors import SourceError
from pmo_analytics.ingest.containers import Kept, NamedFile
from pmo_analytics.ingest.correcting import REGISTER_SHEET, Corrected, Correction, corrections
from pmo_analytics.ingest.jira_tables import DELIMITER
from pmo_analytics.sources.definition import Definition
from pmo_analytics.sources.delimited import header_delimiter, layout
from pmo_analytics.sources.export import Export
from pmo_analytics.sources.recognition import HEADER_SEARCH, Recognised, recognise
from pmo_analytics.sources.template_mark import known_template, lacking_notes
from pmo_analytics.sources.transposed import Transposed

if TYPE_CHECKING:
    from pmo_analytics.sources.workbook import Sheet

_PACKED = b"PK\x03\x04"
# A sheet counts rows by their number, blank ones included.
_HEADER_ROWS = 100


@dataclass(frozen=True)
class KnownExport:
    """An export, as what it is read, the sheet it is of a workbook, what it corrects and what it was laid out from.

    `notes` are what its file says of the template that it was made from.
    """

    how: Export
    found: Recognised
    sheet: str | None = None
    correction: Correction | None = None
    original: Kept | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class KnownExports:
    """The exports of a file, and the sheets that are none."""

    exports: list[KnownExport]
    skipped: list[str]


def known_exports(
    file: NamedFile,
    *,
    source: str | None,
    own: Mapping[str, Definition],
    encoding: str | None = None,
    usual_encoding: str | None = None,
) -> KnownExports:
    """What the file holds; `source` and `own` as for `recognise`, encodings as for `layout`.

    Only where nothing has its headers in a line are they looked for in a column.
    Raises SourceError where the file holds nothing that is known.
    """
    path, name = file.path, file.name
    if file.table:
        first = islice(file.table.records(), 1)
        return KnownExports([KnownExport(file.table, recognise(first, file=name, source=source, own=own))], [])
    with path.open("rb") as start:
        is_packed = start.read(len(_PACKED)) == _PACKED
    if is_packed:
        return _of_workbook(path, name, source, own)
    how = layout(path, name, encoding, usual_encoding)
    if file.original:
        # A table that was written here leaves nothing to find out, whatever its texts look like.
        how = replace(how, delimiter=DELIMITER, notes=(*how.notes, *file.notes))
    head = list(islice(how.records(), HEADER_SEARCH))
    mark = mark_of("".join(head[0].cells)) if head else None
    if mark:
        how = replace(how, delimiter=header_delimiter(path, how))
        head = list(islice(how.records(), HEADER_SEARCH))
    try:
        found = recognise(head, file=name, source=source, own=own)
    except SourceError as unknown:
        return KnownExports([_transposed(how, source, own, None, unknown)], [])
    notes = lacking_notes(mark, name, found.definition.name) if mark else []
    return KnownExports([KnownExport(how, found, original=file.original, notes=tuple(notes))], [])


def _of_workbook(path: Path, name: str, source: str | None, own: Mapping[str, Definition]) -> KnownExports:
    from pmo_analytics.sources.workbook import sheets

    known: list[KnownExport] = []
    unknown: list[tuple[str, SourceError]] = []
    on_their_side: list[KnownExport] = []
    every = sheets(path, name)
    if any(sheet.title == REGISTER_SHEET for sheet in every):
        return _of_corrections({sheet.title: sheet for sheet in every}, own)
    mark = mark_of(every[0].workbook.keywords) if every else None
    if mark:
        # A later version is told of the file, not of each sheet.
        known_template(mark, name)
    for sheet in every:
        merged = sheet.with_merged(_HEADER_ROWS)
        head = list(islice(merged.records(), HEADER_SEARCH))
        try:
            found = recognise(head, file=sheet.name, source=source, own=own)
            how = merged.down_to(head[found.header_index].line, len(found.headers))
            notes = tuple(lacking_notes(mark, name, found.definition.name)) if mark else ()
            known.append(KnownExport(how, found, sheet.title, notes=notes))
        except SourceError as problem:
            unknown.append((sheet.title, problem))
    if not known:
        for sheet, (_, told) in zip(every, unknown, strict=True):
            try:
                on_their_side.append(_transposed(sheet, source, own, sheet.title, told))
            except SourceError:
                continue
    exports = known or on_their_side
    if not exports:
        raise _nothing_known(name, unknown)
    read = {export.sheet for export in exports}
    return KnownExports(exports, [title for title, _ in unknown if title not in read])


def _of_corrections(every: dict[str, Sheet], own: Mapping[str, Definition]) -> KnownExports:
    """The sheets that correct a load, each read as the source of its load."""
    known = []
    for title, correction in corrections(every[REGISTER_SHEET]).items():
        if title in every:
            how = Corrected(every[title])
            # Only the header is looked at.
            found = recognise(islice(how.records(), 1), file=how.name, source=correction.source, own=own)
            known.append(KnownExport(how, found, title, correction))
    read = {export.sheet for export in known} | {REGISTER_SHEET}
    return KnownExports(known, [title for title in every if title not in read])


def _transposed(
    how: Export, source: str | None, own: Mapping[str, Definition], sheet: str | None, unknown: SourceError
) -> KnownExport:
    """The register or mapped source whose headers stand in a column; else `unknown` is raised."""
    on_its_side = Transposed(how)
    head = islice(on_its_side.records(), HEADER_SEARCH)
    try:
        found = recognise(head, file=how.name, source=source, own=own, tables_alone=True)
    except SourceError:
        raise unknown from None
    return KnownExport(on_its_side, found, sheet)


def _nothing_known(name: str, unknown: list[tuple[str, SourceError]]) -> SourceError:
    if len(unknown) == 1:
        return unknown[0][1]
    found = "; ".join(f"{title}: {problem.found}" for title, problem in unknown)
    return SourceError(
        "no sheet of the workbook has the headers of a known export",
        file=name,
        found=found[:400] or "no sheet",
        expected=unknown[-1][1].expected if unknown else None,
        hint="keep the header line on the sheet, or name the source with --source",
    )
