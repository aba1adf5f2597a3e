"""Documents of Word as text: headings by their style, paragraphs, and tables. Pictures and layout are not read.

A package is looked at before it is opened: one that unpacks to more than
documents do, or whose parts declare a type or entities, is refused. Nothing
that a document refers to is fetched.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from pmo_analytics.errors import SourceError
from pmo_analytics.sources.document_outline import Block, DocumentTable, Outline, Paragraph

MAIN = "word/document.xml"
_PACKED = b"PK\x03\x04"
_MOST_GROWTH = 200
_SMALL = 16 << 20
_LARGEST = 64 << 20
_MOST_PARTS = 5_000
_DECLARES = tuple(
    sign.encode(encoding) for sign in ("<!DOCTYPE", "<!ENTITY") for encoding in ("utf-8", "utf-16-le", "utf-16-be")
)
_PEEKED = 1 << 18
_MARK = b"pmo template: "
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
# Properties, what was deleted, instructions of fields, and what stands a second time for older programs.
_NOT_TEXT = {_FALLBACK} | {
    f"{_WORD}{name}"
    for name in ("pPr", "rPr", "tblPr", "trPr", "tcPr", "sdtPr", "del", "moveFrom", "instrText", "delText")
}
_SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\u2011", "softHyphen": "\u00ad"}
# What LibreOffice writes for the sign _ where a text looks like the escape of a control character.
_ESCAPED = re.compile("_x005F_(?=x[0-9A-Fa-f]{4}_)")
_HEADING = re.compile(r"heading ([1-9])", re.IGNORECASE)


def is_docx(path: Path, start: bytes) -> bool:
    """Whether a file that starts so is a document of Word, by what it holds."""
    if not start.startswith(_PACKED):
        return False
    try:
        with zipfile.ZipFile(path) as package:
            return MAIN in package.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False


def bears_mark(path: Path) -> bool:
    """Whether a document of Word or Markdown says near its beginning that it was made from a template."""
    start = b""
    with path.open("rb") as file:
        start = file.read(_PEEKED)
    if not is_docx(path, start):
        return _MARK in start
    with (
        suppress(zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError),
        zipfile.ZipFile(path) as package,
        package.open(MAIN) as main,
    ):
        # Spelling checkers cut a text into pieces.
        return _MARK in re.sub(rb"<[^>]*>", b"", main.read(_PEEKED))
    # What is wrong with it is told when it is read.
    return True


def docx_outline(path: Path, name: str) -> Outline:
    """The blocks of a document; SourceError where it is damaged, locked or not safe to open."""
    content = path.read_bytes()
    try:
        _check(content, name)
        import docx

        document = docx.Document(io.BytesIO(content))
        levels = {style.style_id: level for style in document.styles if (level := _level(style))}
        blocks = tuple(_blocks(document.element.body, levels))
    except SourceError:
        raise
    except RuntimeError as problem:
        raise SourceError(
            "the document is locked", file=name, found=str(problem), hint="save it without a password"
        ) from None
    except Exception as problem:  # noqa: BLE001
        # Whatever a library makes of a damaged package is told in the same words.
        raise SourceError(
            "the document is damaged", file=name, found=str(problem)[:200] or type(problem).__name__,
            hint="open it, let it be repaired, and save it as DOCX",
        ) from None  # fmt: skip
    is_tracked = any(True for _ in document.element.body.iter(f"{_WORD}ins", f"{_WORD}del"))
    notes = ["line n is the n-th paragraph or row of a table"]
    notes += ["tracked changes are read as accepted"] if is_tracked else []
    return Outline(blocks, "document of Word", tuple(notes))


def _check(content: bytes, name: str) -> None:
    """Raise SourceError for a package that would fill memory, or whose XML declares what no document needs."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        entries = package.infolist()
        unpacked = sum(entry.file_size for entry in entries)
        grown = any(e.file_size > _SMALL and e.file_size > _MOST_GROWTH * max(e.compress_size, 1) for e in entries)
        if grown or unpacked > _LARGEST or len(entries) > _MOST_PARTS:
            raise SourceError(
                "the document grows beyond what documents do", file=name,
                found=f"{len(content):,} bytes that unpack to {unpacked:,} in {len(entries):,} parts",
                expected=f"at most {_LARGEST:,}",
                hint="take pictures out of it; if you do not trust it, do not open it",
            )  # fmt: skip
        for entry in entries:
            if entry.filename.lower().endswith((".xml", ".rels")):
                text = package.read(entry)
                if any(sign in text for sign in _DECLARES):
                    raise SourceError(
                        "the document declares a document type or entities, which no document needs", file=name,
                        found=entry.filename, hint="do not trust this file; write a new one with `pmo templates new`",
                    )  # fmt: skip


def _level(style: Any) -> int:
    """The level of the headings that a style makes, whatever language its program speaks; 0 for any other."""
    named = style.element.name_val or ""
    found = _HEADING.fullmatch(named)
    return int(found[1]) if found else int(named.casefold() == "title")


def _blocks(body: Any, levels: dict[str, int]) -> Iterator[Block]:
    line = 0
    for element in _block_elements(body):
        if element.tag == f"{_WORD}p":
            line += 1
            yield Paragraph(line, _text(element), _heading_level(element, levels))
            continue
        rows = []
        for row in _within(element, f"{_WORD}tr"):
            line += 1
            rows.append((line, tuple(_cell_text(cell) for cell in _within(row, f"{_WORD}tc")) or ("",)))
        yield DocumentTable(tuple(rows))


def _heading_level(paragraph: Any, levels: dict[str, int]) -> int:
    style = paragraph.find(f"{_WORD}pPr/{_WORD}pStyle")
    return levels.get(style.get(f"{_WORD}val", ""), 0) if style is not None else 0


def _block_elements(parent: Any) -> Iterator[Any]:
    """Paragraphs and tables in order, those within content controls among them."""
    for child in parent:
        if child.tag in {f"{_WORD}p", f"{_WORD}tbl"}:
            yield child
        elif child.tag not in _NOT_TEXT:
            yield from _block_elements(child)


def _within(parent: Any, wanted: str) -> Iterator[Any]:
    """The rows of a table or the cells of a row, those of tables within cells left where they are."""
    for child in parent:
        if child.tag == wanted:
            yield child
        elif child.tag not in _NOT_TEXT:
            yield from _within(child, wanted)


def _cell_text(cell: Any) -> str:
    return "\n".join(_text(paragraph) for paragraph in cell.iter(f"{_WORD}p"))


def _text(paragraph: Any) -> str:
    return _ESCAPED.sub("_", "".join(_pieces(paragraph)))


def _pieces(element: Any) -> Iterator[str]:
    for child in element:
        if child.tag in _NOT_TEXT:
            continue
        space, _, name = str(child.tag).rpartition("}")
        if f"{space}}}" == _WORD and name == "t":
            yield child.text or ""
        elif f"{space}}}" == _WORD and name in _SIGNS:
            yield _SIGNS[name]
        else:
            yield from _pieces(child)
