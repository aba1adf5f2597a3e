"""What a document comes down to, whatever it is written in: headings, paragraphs and tables, each at its line."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Paragraph:
    """A paragraph, or a heading where it has a level, 1 being the document's title."""

    line: int
    text: str
    level: int = 0


@dataclass(frozen=True)
class DocumentTable:
    """A table: the cells of each row, and the line that it stands on."""

    rows: tuple[tuple[int, tuple[str, ...]], ...]


Block = Paragraph | DocumentTable


@dataclass(frozen=True)
class Outline:
    """The blocks of a document in order; how it is written and what its lines are, in words."""

    blocks: tuple[Block, ...]
    described: str
    notes: tuple[str, ...] = ()
