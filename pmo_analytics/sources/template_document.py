"""A filled document as rows of registers: its forms, its tables, and its prose as the text of the document.

What stands under a heading that the template does not know is prose as well,
so that nothing which was written is lost.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from pmo_analytics.contracts.templates import (
    DOCUMENT,
    DOCUMENT_KIND,
    ROWS_GUIDANCE,
    Mark,
    Part,
    Template,
    document_text,
    mark_of,
)
from pmo_analytics.errors import SourceError
from pmo_analytics.sources.definition import fold
from pmo_analytics.sources.document_outline import Block, DocumentTable, Outline, Paragraph
from pmo_analytics.sources.export import Record
from pmo_analytics.sources.template_mark import known_template

_TEXT, _STATUS_DATE = "text", "status_date"
# How the header of a form begins.
_FIELD = "field"
_GUARDED = re.compile("'+[=+@-]")
_BLANKS = " \t\r\n\u00a0"


@dataclass(frozen=True)
class FilledPart:
    """The rows of one register in a document: headers, and the records below them."""

    part: Part
    headers: tuple[str, ...]
    records: tuple[Record, ...]
    header_line: int


@dataclass
class _Found:
    """What stands under the headings of a document: a table for each part, prose by heading."""

    tables: dict[str, DocumentTable] = field(default_factory=dict)
    prose: dict[str, list[str]] = field(default_factory=dict)


def mark_in(outline: Outline) -> Mark | None:
    """The mark that stands above the first part or section of a document."""
    for block in outline.blocks:
        if isinstance(block, DocumentTable) or block.level > 1:
            return None
        if mark := mark_of(block.text):
            return mark
    return None


def filled_parts(outline: Outline, file: str) -> tuple[Template, Mark, list[FilledPart]]:
    """The template that a document was made from, its mark, and the parts of it that are filled in.

    Raises SourceError for a document of no template known here, and of a later version.
    """
    mark = mark_in(outline)
    if mark is None:
        raise SourceError(
            "the document was not made from a template", file=file, expected="a line such as "
            f"'{Mark('charter', 1)}' below the title", hint="write one with `pmo templates new`, and fill that in",
        )  # fmt: skip
    template = known_template(mark, file)
    if template.kind != DOCUMENT_KIND:
        raise SourceError(
            "the template is none of a document", file=file, found=str(mark), expected="a template of a document",
            hint="`pmo templates list`",
        )  # fmt: skip
    found = _gathered(outline.blocks, template)
    read = [_read(part, found.tables[part.title]) for part in template.parts if part.title in found.tables]
    return template, mark, _with_text(read, found)


def _gathered(blocks: tuple[Block, ...], template: Template) -> _Found:
    parts = {fold(part.title): part for part in template.parts}
    sections = {fold(section.heading): section for section in template.sections}
    guidance = {section.guidance for section in template.sections} | {ROWS_GUIDANCE}
    found, heading, part = _Found(), "", None
    title = next((block for block in blocks if isinstance(block, Paragraph) and block.level), None)
    for block in blocks:
        if isinstance(block, DocumentTable):
            if part is not None and part.title not in found.tables:
                found.tables[part.title] = block
            else:
                found.prose.setdefault(heading, []).extend(" | ".join(cells) for _, cells in block.rows)
        elif block.level in {1, 2}:
            named = fold(block.text)
            part = parts.get(named)
            heading = sections[named].heading if named in sections else block.text.strip()
            if block is title and block.level == 1:
                # It stands in the form of the document.
                part, heading = None, ""
        elif not (heading == "" and mark_of(block.text)) and block.text not in guidance:
            found.prose.setdefault(heading, []).append(_prose(block))
    return found


def _prose(block: Paragraph) -> str:
    return f"{'#' * block.level} {block.text}" if block.level else block.text


def _read(part: Part, table: DocumentTable) -> FilledPart:
    first = table.rows[0][0] if table.rows else 1
    if not part.is_form:
        names = tuple(table.rows[0][1]) if table.rows else ()
        rows = [(line, cells) for line, cells in table.rows[1:] if any(cell.strip() for cell in cells)]
        return FilledPart(part, names, tuple(Record(line, line, list(cells)) for line, cells in rows), first)
    has_header = bool(table.rows) and fold(table.rows[0][1][0]) == _FIELD
    lines = [(line, cells) for line, cells in table.rows[has_header:] if cells[0].strip()]
    told = {cells[0]: cells[1] if len(cells) > 1 else "" for _, cells in lines}
    told = {name: value for name, value in told.items() if value.strip() or fold(name) != fold(_STATUS_DATE)}
    line = lines[0][0] if lines else first
    is_filled = any(value.strip() for value in told.values())
    records = (Record(line, line, list(told.values())),) if is_filled else ()
    return FilledPart(part, tuple(told), records, first)


def _with_text(parts: list[FilledPart], found: _Found) -> list[FilledPart]:
    """The filled parts with what they inherit, the document's row with the prose."""
    text = document_text((heading, "\n".join(lines)) for heading, lines in found.prose.items())
    told: dict[str, str] = {}
    done = []
    for filled in parts:
        own = {fold(header) for header in filled.headers}
        extra = {
            name: told[fold(name)] for name in filled.part.inherits if fold(name) in told and fold(name) not in own
        }
        if filled.part.register == DOCUMENT:
            extra[_TEXT] = text
        done.append(_extended(filled, extra))
        if filled.part.is_form and filled.records:
            told |= {fold(name): value for name, value in zip(filled.headers, filled.records[0].cells, strict=True)}
    return [filled for filled in done if filled.records]


def _extended(filled: FilledPart, extra: dict[str, str]) -> FilledPart:
    """The part with more columns, the same in every row; texts as registers write them."""
    width, records = len(filled.headers), []
    for record in filled.records:
        cells = record.cells + [""] * (width - len(record.cells))
        cells = [_guarded(cell) for cell in [*cells[:width], *extra.values(), *cells[width:]]]
        records.append(replace(record, cells=cells))
    return replace(filled, headers=(*filled.headers, *extra), records=tuple(records))


def _guarded(text: str) -> str:
    """A text that begins with an apostrophe before a sign of formulas, with the one more that registers write."""
    bare = text.strip(_BLANKS)
    return f"'{bare}" if _GUARDED.match(bare) else text
