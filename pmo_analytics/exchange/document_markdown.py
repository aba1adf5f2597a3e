r"""A document in Markdown, its texts escaped so that no viewer takes them for a tag, a table or a heading."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pmo_analytics.exchange.document_blocks import Block, Grid, Heading, Line

_IN_TEXT = re.compile(r"[\\<]")
_IN_CELL = re.compile(r"[\\<|]")
# What begins a heading, and a table, at the beginning of a line.
_AT_START = re.compile(r"^([ \t]*)(#|\|)", re.MULTILINE)


def markdown_text(blocks: Iterable[Block]) -> str:
    """The blocks of a document as Markdown."""
    return "\n\n".join(_block(block) for block in blocks) + "\n"


def _block(block: Block) -> str:
    if isinstance(block, Heading):
        return f"{'#' * block.level} {block.text}"
    if isinstance(block, Line):
        return f"<!-- {block.text} -->" if block.is_mark else block.text
    if isinstance(block, Grid):
        return "\n".join([_row(block.header), _row(["---"] * len(block.header)), *map(_row, block.rows)])
    return _AT_START.sub(r"\1\\\2", _IN_TEXT.sub(r"\\\g<0>", block.text))


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(_IN_CELL.sub(_escaped, cell).replace(chr(10), '<br>') for cell in cells)} |"


def _escaped(sign: re.Match[str]) -> str:
    return f"\\{sign.group()}"
