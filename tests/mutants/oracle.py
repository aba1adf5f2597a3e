"""Records of delimited text, split by a reader of its own: what the ingestion is counted against."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tests.mutants.bases import Base


def records(text: str, delimiter: str) -> Iterator[list[str]]:
    """Every record, blank ones as an empty list; a quote opens only at the start of a cell and is doubled within."""
    cells: list[str] = []
    cell: list[str] = []
    state, i, begun = "start", 0, False
    while i < len(text):
        sign = text[i]
        i += 1
        if state == "quoted":
            state = "closing" if sign == '"' else state
            if sign != '"':
                cell.append(sign)
        elif state == "closing" and sign == '"':
            cell.append(sign)
            state = "quoted"
        elif sign in "\r\n":
            i += sign == "\r" and text[i : i + 1] == "\n"
            yield [*cells, "".join(cell)] if begun else []
            cells, cell, state, begun = [], [], "start", False
        elif sign == delimiter:
            cells.append("".join(cell))
            cell, state, begun = [], "start", True
        elif sign == '"' and state == "start":
            state, begun = "quoted", True
        else:
            cell.append(sign)
            state, begun = "plain", True
    if begun or state == "quoted":
        yield [*cells, "".join(cell)]


def known_rows(found: list[list[str]], base: Base) -> Counter[int] | None:
    """How often each row of `base` stands untouched among the records; None where its header does not."""
    wanted = Counter(base.headers)
    at = next((i for i, cells in enumerate(found) if set(base.headers) <= set(cells)), None)
    if at is None or Counter(found[at]) - Counter({"": len(found[at])}) != wanted:
        return None
    places: list[int] = []
    for header in base.headers:
        places.append(next(i for i, cell in enumerate(found[at]) if cell == header and i not in places))
    rows = {tuple(cell.strip() for cell in row): n for n, row in enumerate(base.rows)}
    counted: Counter[int] = Counter()
    for cells in found[at + 1 :]:
        if len(cells) < len(found[at]) or any(cell.strip() for cell in cells[len(found[at]) :]):
            continue
        named = set(places)
        beside = any(cell.strip() for i, cell in enumerate(cells[: len(found[at])]) if i not in named)
        n = rows.get(tuple(cells[i].strip() for i in places))
        if n is not None and not beside:
            counted[n] += 1
    return counted
