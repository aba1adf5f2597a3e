"""A document of Word: headings by its own styles, forms and tables, the same bytes every time."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pmo_analytics.exchange.document_blocks import Block, Grid, Heading, Line, Prose
from pmo_analytics.exchange.register_xlsx import without_clock

_AUTHOR = "pmo_analytics"
_MADE = datetime(2000, 1, 1)
_FORM_WIDTHS = (1.6, 2.6, 2.3)
_SMALL = 9
# Programs write so for the sign _ before what looks like the escape of a control character.
_ESCAPE = "_x005F_"
_GREY = (0x59, 0x59, 0x59)


def _kept(text: str) -> str:
    """A text in which reading finds no escape that is none."""
    return text.replace(_ESCAPE, _ESCAPE * 2)


def docx_bytes(blocks: Iterable[Block]) -> bytes:
    """The blocks of a document as a document of Word."""
    import docx

    document = docx.Document()
    properties = document.core_properties
    properties.author, properties.comments = _AUTHOR, ""
    properties.created = properties.modified = _MADE
    for block in blocks:
        if isinstance(block, Heading):
            # Level 0 is the style of titles.
            document.add_heading(block.text, level=0 if block.level == 1 else block.level)
            if block.level == 1:
                properties.title = block.text
        elif isinstance(block, Line):
            _add_line(document, block)
        elif isinstance(block, Prose):
            for line in block.text.split("\n"):
                document.add_paragraph(_kept(line))
        else:
            _add_grid(document, block)
    packed = io.BytesIO()
    document.save(packed)
    return without_clock(packed)


def _add_line(document: Any, line: Line) -> None:
    from docx.shared import Pt, RGBColor

    run = document.add_paragraph().add_run(line.text)
    run.italic = not line.is_mark
    run.font.size = Pt(_SMALL)
    run.font.color.rgb = RGBColor(*_GREY)


def _add_grid(document: Any, grid: Grid) -> None:
    from docx.shared import Inches, Pt

    table = document.add_table(rows=1 + len(grid.rows), cols=len(grid.header))
    table.style, table.autofit = "Table Grid", not grid.is_form
    rows = list(table.rows)
    for row, texts in zip(rows, (grid.header, *grid.rows), strict=True):
        # Asked for once: the library counts through the whole table for each cell.
        for position, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
            cell.paragraphs[0].paragraph_format.space_after = Pt(0)
            run = cell.paragraphs[0].add_run(_kept(text))
            run.bold = row is rows[0] or (grid.is_form and position == 0)
            run.font.size = Pt(_SMALL if grid.is_form and position == len(_FORM_WIDTHS) - 1 else _SMALL + 1)
            if grid.is_form:
                cell.width = Inches(_FORM_WIDTHS[position])
    document.add_paragraph()
