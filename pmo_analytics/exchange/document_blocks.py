"""A template's document as blocks, whatever it is to be written in: headings, forms, tables and prose."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from pmo_analytics.contracts import registers
from pmo_analytics.contracts.templates import DOCUMENT, ROWS_GUIDANCE, Part, Template
from pmo_analytics.errors import UsageError
from pmo_analytics.exchange.template import choices, digits, explanation, headers

_EMPTY_ROWS = 3
_PROSE_COLUMN = "text"
# What no document holds: control characters, halves of a character, and what is none.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
FORM_HEADER = ("Field", "Value", "What it means")


@dataclass(frozen=True)
class Heading:
    """A heading; the title of the document is of level 1."""

    text: str
    level: int = 2


@dataclass(frozen=True)
class Line:
    """A line that is not of the document's own text: its mark, or what is to be written."""

    text: str
    is_mark: bool = False


@dataclass(frozen=True)
class Prose:
    """Text of the document, with its line breaks."""

    text: str


@dataclass(frozen=True)
class Grid:
    """A table: its header, and rows of texts."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    is_form: bool


Block = Heading | Line | Prose | Grid


def label(header: str) -> str:
    """A header as a document shows it; reading knows it again, since blanks and capitals do not count there."""
    return header.replace("_", " ").capitalize()


def document_blocks(
    template: Template,
    fill: Mapping[str, Sequence[Mapping[str, object]]],
    prose: Mapping[str, str],
    mark: str,
) -> list[Block]:
    """The document of a template, filled with rows by register and header, and prose by heading.

    Raises UsageError for text that no document can hold, a second row of a form,
    and prose under a heading that the template does not have.
    """
    known = [section.heading for section in template.sections]
    unknown = next((heading for heading in prose if heading not in known), None)
    if unknown is not None:
        raise UsageError(f"the template {template.name} has no section {unknown!r}", expected=", ".join(known))
    blocks: list[Block] = [Heading(template.title, 1), Line(mark, is_mark=True)]
    for part in template.parts:
        blocks.append(Heading(part.title))
        rows = fill.get(part.register, ())
        blocks += _form(part, rows) if part.is_form else _table(part, rows)
    for section in template.sections:
        blocks += [Heading(section.heading), Line(section.guidance)]
        if text := prose.get(section.heading, ""):
            blocks.append(Prose(_written(text, section.heading)))
    return blocks


def _columns(part: Part) -> list[str]:
    hidden = {*part.inherits, *([_PROSE_COLUMN] if part.register == DOCUMENT else [])}
    return [header for header in headers(registers()[part.register]) if header not in hidden]


def _form(part: Part, rows: Sequence[Mapping[str, object]]) -> list[Block]:
    if len(rows) > 1:
        raise UsageError(f"a form holds one row of {part.register}", found=f"{len(rows)} rows", expected="one")
    if rows and rows[0].get(_PROSE_COLUMN) and part.register == DOCUMENT:
        raise UsageError("the text of a document is written under its headings", column=_PROSE_COLUMN)
    row = rows[0] if rows else {}
    lines = [(label(header), _text(row.get(header), header), _meaning(header, part)) for header in _columns(part)]
    return [Grid(FORM_HEADER, tuple(lines), is_form=True)]


def _table(part: Part, rows: Sequence[Mapping[str, object]]) -> list[Block]:
    columns = _columns(part)
    lines = [tuple(_text(row.get(header), header) for header in columns) for row in rows]
    lines = lines or [("",) * len(columns)] * _EMPTY_ROWS
    return [Line(ROWS_GUIDANCE), Grid(tuple(map(label, columns)), tuple(lines), is_form=False)]


def _meaning(header: str, part: Part) -> str:
    register = registers()[part.register]
    allowed = choices(header, register)
    return " ".join(filter(None, [explanation(header, register), f"One of: {', '.join(allowed)}." if allowed else ""]))


def _text(value: object, header: str) -> str:
    """A value as a document shows it, and reading takes it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal | float):
        return digits(value)
    return _written(str(value), header)


def _written(text: str, place: str) -> str:
    """Text with its line breaks alike; UsageError where it holds what a document cannot."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    if found := _UNWRITABLE.search(plain):
        raise UsageError(
            "a document cannot hold a control character", column=place, found=repr(found.group()),
            expected="text, tabs and line breaks", hint="take it out, or use the template as a workbook",
        )  # fmt: skip
    return plain
