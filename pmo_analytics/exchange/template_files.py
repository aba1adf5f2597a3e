"""Templates as files: a workbook, CSV, a document; empty, or filled with rows of registers.

What is filled in reads back in as the same rows. Every file says which template
it is, in which version: a workbook among its properties, CSV in a comment above
the headers, a document in a line below its title.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from pmo_analytics.contracts import registers
from pmo_analytics.contracts.templates import DOCUMENT, DOCUMENT_KIND, Mark, Template, templates
from pmo_analytics.errors import UsageError, nearest
from pmo_analytics.exchange import register_csv, register_xlsx
from pmo_analytics.exchange.document_blocks import document_blocks
from pmo_analytics.exchange.document_docx import docx_bytes
from pmo_analytics.exchange.document_markdown import markdown_text
from pmo_analytics.exchange.template import digits, headers

Row = Mapping[str, object]
Fill = Mapping[str, Sequence[Row]]


def template_named(name: str) -> Template:
    """The template of this name; UsageError for a name that is none."""
    known = templates()
    if name not in known:
        close = nearest(name, known)
        raise UsageError(
            f"no template {name!r}", expected="a name of `pmo templates list`",
            hint=f"did you mean {close!r}?" if close else None,
        )  # fmt: skip
    return known[name]


def usual_format(template: Template) -> str:
    """What a template is written as where nobody says: documents for Word, else workbooks."""
    return "docx" if template.kind == DOCUMENT_KIND else "xlsx"


def write_template(
    template: Template, path: Path, fill: Fill, *, form: str, prose: Mapping[str, str] | None = None
) -> list[Path]:
    """Write a template as `form`, filled with rows by register and header; the files that were written.

    CSV of several registers becomes a folder, a file for each. `prose` by
    heading is for documents; elsewhere the text of a document is a cell of its
    row. Raises UsageError for what there is already, a format that the template
    does not have, and text that the format cannot hold.
    """
    if form not in template.formats:
        raise UsageError(
            f"the template {template.name} is not written as {form}", expected=" or ".join(template.formats),
        )  # fmt: skip
    if path.exists():
        raise UsageError("there is such a file already", file=path, hint="name a new one, so that no work is lost")
    mark = str(Mark(template.name, template.version))
    if form == "csv":
        return _write_csv(template, path, fill, mark)
    if form == "xlsx":
        sheets = [
            (name, headers(registers()[name]), _rows(name, fill, is_text_guarded=True)) for name in template.registers
        ]
        path.write_bytes(register_xlsx.workbook_bytes(sheets, file=path, keywords=mark))
        return [path]
    blocks = document_blocks(template, fill, prose or {}, mark)
    if form == "docx":
        path.write_bytes(docx_bytes(blocks))
    else:
        path.write_text(markdown_text(blocks), encoding="utf-8", newline="\n")
    return [path]


def _write_csv(template: Template, path: Path, fill: Fill, mark: str) -> list[Path]:
    places = {template.registers[0]: path}
    if len(template.registers) > 1:
        path.mkdir(parents=True)
        places = {name: path / f"{name}.csv" for name in template.registers}
    for name, place in places.items():
        rows = [[_in_text(value) for value in row] for row in _rows(name, fill)]
        register_csv.write(place, headers(registers()[name]), rows, title=mark)
    return list(places.values())


def _rows(register: str, fill: Fill, *, is_text_guarded: bool = False) -> list[list[object]]:
    """The rows of a register in the order of its headers.

    A cell of a workbook keeps a formula text by itself; there an apostrophe is
    only written before one that reading would take away.
    """
    columns = headers(registers()[register])
    rows: list[list[object]] = [[row.get(column) for column in columns] for row in fill.get(register, ())]
    if not is_text_guarded:
        return rows
    return [[_kept(value) for value in row] for row in rows]


def _in_text(value: object) -> object:
    return register_csv.Digits(digits(value)) if isinstance(value, Decimal | float) else value


def _kept(value: object) -> object:
    return register_csv.guarded(value) if isinstance(value, str) and value.lstrip().startswith("'") else value


def first_row(template: Template, project_id: str | None) -> dict[str, list[Row]]:
    """What an empty template says already: the project, and of a document its title and kind."""
    told: dict[str, object] = {"project_id": project_id} if project_id else {}
    if template.kind == DOCUMENT_KIND:
        return {DOCUMENT: [told | {"title": template.title, "artefact_kind": template.name}]}
    return {}
