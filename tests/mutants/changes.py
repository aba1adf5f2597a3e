"""What is done to an export: changes that keep its meaning, and changes that need not."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from tests.mutants.bases import Base

ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252", "latin-1"]


@dataclass(frozen=True)
class Written:
    """Cells and how they are written; `order` are the rows of the base that they come from."""

    headers: list[str]
    rows: list[list[str]]
    delimiter: str
    encoding: str
    titles: list[str]
    is_list: bool
    newline: str = "\n"
    quoting: str = "minimal"
    is_closed: bool = True
    trailing: str = ""
    blanks: frozenset[int] = frozenset()
    changes: list[str] = field(default_factory=list)

    def text(self) -> str:
        lines = list(self.titles)
        records = [self.headers, *self.rows]
        for n, record in enumerate(records):
            if n in self.blanks:
                lines.append("" if n % 2 else self.delimiter * (len(self.headers) - 1 + self.is_list))
            cells = ["", *record] if self.is_list else record
            lines.append(self.delimiter.join(self._cell(cell) for cell in cells) + self.trailing)
            if self.is_list and n == 0:
                lines.append(self.delimiter + "-" * 60)
        return self.newline.join(lines) + (self.newline if self.is_closed else "")

    def _cell(self, cell: str) -> str:
        needs = any(sign in cell for sign in (self.delimiter, '"', "\n", "\r"))
        is_number = cell.replace(".", "").replace("-", "").isdigit()
        if self.quoting == "all" or needs or (self.quoting == "text" and cell and not is_number):
            return '"' + cell.replace('"', '""') + '"'
        return cell

    def data(self) -> bytes:
        mark = b"\xfe\xff" if self.encoding == "utf-16-be" else b""
        return mark + self.text().encode(self.encoding)


Kept = Callable[[Written, random.Random], Written]
Broken = Callable[[bytes, random.Random], bytes]


def start(base: Base) -> Written:
    """The base as its vendor writes it."""
    return Written(base.headers, base.rows, base.delimiter, base.encoding, base.titles, base.is_list)


def _encoding(w: Written, chance: random.Random) -> Written:
    encoding = chance.choice(ENCODINGS)
    try:
        w.text().encode(encoding)
    except UnicodeEncodeError:
        return w
    return replace(w, encoding=encoding)


def _delimiter(w: Written, chance: random.Random) -> Written:
    return w if w.is_list else replace(w, delimiter=chance.choice(",;\t|"))


def _quoting(w: Written, chance: random.Random) -> Written:
    return w if w.is_list else replace(w, quoting=chance.choice(["all", "text"]))


def _newline(w: Written, chance: random.Random) -> Written:
    return replace(w, newline=chance.choice(["\n", "\r\n", "\r"]))


def _columns(w: Written, chance: random.Random) -> Written:
    """Another order of columns; repeats of one keep theirs."""
    places = list(range(len(w.headers)))
    chance.shuffle(places)
    for header in {h for h in w.headers if w.headers.count(h) > 1}:
        at = [i for i, place in enumerate(places) if w.headers[place] == header]
        for i, place in zip(at, sorted(places[i] for i in at), strict=True):
            places[i] = place
    return replace(w, headers=[w.headers[p] for p in places], rows=[[row[p] for p in places] for row in w.rows])


def _rows(w: Written, chance: random.Random) -> Written:
    return replace(w, rows=chance.sample(w.rows, len(w.rows)))


def _end(w: Written, chance: random.Random) -> Written:
    return replace(w, is_closed=not w.is_closed)


def _blanks(w: Written, chance: random.Random) -> Written:
    return replace(w, blanks=frozenset(chance.choices(range(1, len(w.rows) + 1), k=3)))


def _trailing(w: Written, chance: random.Random) -> Written:
    return replace(w, trailing=w.delimiter * chance.randrange(1, 3))


def _titles(w: Written, chance: random.Random) -> Written:
    return replace(w, titles=chance.choice([["Export of 2026"], ["Report", "", "Printed 30.06.2026"], [""]]))


def _padding(w: Written, chance: random.Random) -> Written:
    return replace(w, rows=[[f" {cell}  " if chance.random() < 0.2 else cell for cell in row] for row in w.rows])


KEPT: dict[str, Kept] = {
    "encoding": _encoding, "columns": _columns, "delimiter": _delimiter, "quoting": _quoting, "newline": _newline,
    "rows": _rows, "end": _end, "blanks": _blanks, "trailing": _trailing, "titles": _titles, "padding": _padding,
}  # fmt: skip
# What others write in: before what they do is done.
_ORDER = list(KEPT)


def _place(data: bytes, chance: random.Random) -> int:
    return chance.randrange(len(data) + 1)


def _cut(data: bytes, chance: random.Random) -> bytes:
    return data[: _place(data, chance)]


def _flip(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice([1, 1, 1, 5])):
        if changed:
            changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _insert(data: bytes, chance: random.Random) -> bytes:
    at = _place(data, chance)
    piece = chance.choice(
        [b"\x00", b'"', b"\n", b"\r", b"\r\n", b",", b";", b"\t", b"|", b"\xff\xfe", b"\xc3", b"\xe9"]
    )
    return data[:at] + piece + data[at:]


def _remove(data: bytes, chance: random.Random) -> bytes:
    at = _place(data, chance)
    return data[:at] + data[at + chance.choice([1, 2, 40]) :]


def _line(data: bytes, chance: random.Random) -> bytes:
    lines = data.split(b"\n")
    at, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    what = chance.choice(["double", "drop", "swap", "short", "long"])
    if what == "double":
        lines.insert(at, lines[at])
    elif what == "drop":
        del lines[at]
    elif what == "swap":
        lines[at], lines[other] = lines[other], lines[at]
    elif what == "short":
        lines[at] = lines[at].rpartition(b",")[0]
    else:
        lines[at] += b",more,cells"
    return b"\n".join(lines)


def _huge(data: bytes, chance: random.Random) -> bytes:
    lines = data.split(b"\n")
    at = chance.randrange(len(lines))
    lines[at] = lines[at].replace(b"a", chance.choice([b"a" * 300_000, b'a"' * 9, b"\xf0\x9f\x9a\xa2" * 5_000]), 1)
    return b"\n".join(lines)


def _drop_column(data: bytes, chance: random.Random) -> bytes:
    lines, n = data.split(b"\n"), chance.randrange(12)
    return b"\n".join(b",".join(c for i, c in enumerate(line.split(b",")) if i != n) for line in lines)


def _double_column(data: bytes, chance: random.Random) -> bytes:
    lines, n = data.split(b"\n"), chance.randrange(12)
    return b"\n".join(b",".join([*line.split(b",")[: n + 1], *line.split(b",")[n:]]) for line in lines)


BROKEN: dict[str, Broken] = {
    "cut": _cut, "flip": _flip, "insert": _insert, "remove": _remove, "line": _line, "huge": _huge,
    "drop_column": _drop_column, "double_column": _double_column,
}  # fmt: skip


def mutant(base: Base, chance: random.Random) -> tuple[Written, bytes, list[str], bool]:
    """A mutant of `base`: how it is written, its bytes, what was done, and whether that keeps the meaning."""
    written, done = start(base), []
    for name in sorted(chance.sample(_ORDER, chance.choice([0, 1, 1, 2, 3, 4])), key=_ORDER.index):
        written = KEPT[name](written, chance)
        done.append(name)
    data = written.data()
    breaking = chance.choices(list(BROKEN), k=chance.choice([0, 1, 1, 2])) if done else [chance.choice(list(BROKEN))]
    for name in breaking:
        data = BROKEN[name](data, chance)
    return written, data, [*done, *breaking], not breaking
