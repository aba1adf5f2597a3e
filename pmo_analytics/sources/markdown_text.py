r"""Documents in Markdown, as text: headings, paragraphs, and tables by their bars. Nothing is rendered.

A backslash takes the meaning from the sign behind it, as CommonMark has it;
`<br>` in a cell is a line break. Whatever else looks like markup or HTML stays
the text that it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from pmo_analytics.sources.document_outline import Block, DocumentTable, Outline, Paragraph

_HEADING = re.compile(r"(#{1,6})[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*")
_SIGNS = r"!-/:-@\[-`{-~"
_TAKEN_BACK = re.compile(rf"\\([{_SIGNS}])")
_IN_CELL = re.compile(rf"\\([{_SIGNS}])|<br[ ]*/?>", re.IGNORECASE)
_CELL = re.compile(r"((?:\\.|[^|\\]|\\$)*)(?:\||$)", re.DOTALL)
_RULE = re.compile(r"[\s|:-]*-[\s|:-]*")
# What stands near the beginning of a file in Markdown that was made from a template, whatever its name is.
_MARKED = re.compile(rb"^<!-- pmo template: [a-z_]+ version [0-9]+ -->\r?$", re.MULTILINE)


def is_markdown(name: str, start: bytes) -> bool:
    """Whether a file of this name that starts so is Markdown."""
    return name.lower().endswith((".md", ".markdown")) or _MARKED.search(start) is not None


def markdown_outline(text: str, encoding: str) -> Outline:
    """The blocks of a text in Markdown; lines are those of the file."""
    lines = enumerate(text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n"), start=1)
    return Outline(tuple(_blocks(list(lines))), f"Markdown, {encoding}")


def _blocks(lines: list[tuple[int, str]]) -> Iterator[Block]:
    for is_table, group in groupby(lines, key=lambda line: line[1].lstrip().startswith("|")):
        if is_table:
            rows = [(number, _cells(text)) for number, text in group if not _RULE.fullmatch(text)]
            yield DocumentTable(tuple(rows))
            continue
        for number, text in group:
            heading = _HEADING.fullmatch(text)
            level, shown = (len(heading[1]), heading[2]) if heading else (0, text)
            yield Paragraph(number, _TAKEN_BACK.sub(r"\1", shown), level)


def _cells(line: str) -> tuple[str, ...]:
    """The cells between the bars of a line."""
    bare = line.strip().removeprefix("|")
    found = [match[1] for match in _CELL.finditer(bare)]
    # Behind the last bar, and at the end of the text, an empty cell is found that is none.
    while len(found) > 1 and not found[-1]:
        found.pop()
    return tuple(_IN_CELL.sub(lambda sign: sign[1] or "\n", cell.strip()) for cell in found)
