"""Documents made from a template, laid out as tables: one for each register that they fill."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pmo_analytics.contracts.templates import Mark, mark_of
from pmo_analytics.errors import SourceError
from pmo_analytics.ingest.containers import NamedFile
from pmo_analytics.sources.document_outline import Outline
from pmo_analytics.sources.docx_text import docx_outline, is_docx
from pmo_analytics.sources.laid_out_table import LaidOutTable
from pmo_analytics.sources.markdown_text import is_markdown, markdown_outline
from pmo_analytics.sources.original import examine
from pmo_analytics.sources.template_document import FilledPart, filled_parts, mark_in
from pmo_analytics.sources.template_mark import known_template, lacking_notes

_LARGEST = 64 << 20
_START = 512
_STATUS_QUESTION = (
    "which date does this document speak of? Its status date is left blank",
    "fill in the status date",
)


@contextmanager
def docx_tables_of(file: NamedFile) -> Iterator[list[NamedFile]]:
    """The tables of a document of Word. Raises SourceError where it is damaged, unsafe, or made from no template."""
    _check_size(file)
    yield _tables(file, docx_outline(file.path, file.name))


@contextmanager
def markdown_tables_of(file: NamedFile, encoding: str | None, usual_encoding: str | None) -> Iterator[list[NamedFile]]:
    """The tables of a document in Markdown. Raises SourceError where it is made from no template."""
    _check_size(file)
    original = examine(file.path, file.name, encoding, usual_encoding)
    with original.path.open(encoding=original.encoding, errors="replace", newline="") as text:
        yield _tables(file, markdown_outline(text.read(), original.encoding))


def mark_of_file(path: Path) -> Mark | None:
    """What a file says of the template that it was made from, wherever its kind says so; None where it says nothing.

    Raises SourceError where it is damaged, and where what it says is not known here.
    """
    with path.open("rb") as opened:
        start = opened.read(_START)
    if is_docx(path, start):
        found = mark_in(docx_outline(path, path.name))
    elif is_markdown(path.name, start):
        found = mark_in(markdown_outline(path.read_text(encoding="utf-8", errors="replace"), ""))
    elif start.startswith(b"PK"):
        from pmo_analytics.sources.workbook import sheets

        book = sheets(path)
        found = mark_of(book[0].workbook.keywords) if book else None
    else:
        found = mark_of(start.decode("utf-8", errors="replace").lstrip("\ufeff").split("\n", 1)[0])
    if found:
        known_template(found, path.name)
    return found


def _check_size(file: NamedFile) -> None:
    size = file.path.stat().st_size
    if size > _LARGEST:
        raise SourceError(
            "the document is larger than documents are", file=file.name, found=f"{size:,} bytes",
            expected=f"at most {_LARGEST:,}", hint="take pictures out of it",
        )  # fmt: skip


def _tables(file: NamedFile, outline: Outline) -> list[NamedFile]:
    template, mark, parts = filled_parts(outline, file.name)
    if not parts:
        raise SourceError(
            "the document is not filled in", file=file.name, found=template.title.lower(),
            expected="values in its tables", hint="fill in the tables below its headings",
        )  # fmt: skip
    digest, size = hashlib.sha256(file.path.read_bytes()).hexdigest(), file.path.stat().st_size

    def laid_out(filled: FilledPart) -> LaidOutTable:
        return LaidOutTable(
            file.path, file.name, digest, size, f"{outline.described}, under {filled.part.title!r}",
            (*outline.notes, *lacking_notes(mark, file.name, filled.part.register)),
            filled.headers, lambda: iter(filled.records), filled.header_line, status_question=_STATUS_QUESTION,
        )  # fmt: skip

    return [NamedFile(file.path, file.name, table=laid_out(filled)) for filled in parts]
