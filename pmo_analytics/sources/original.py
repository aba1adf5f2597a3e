"""The original file: its digest, its encoding, and what one reading of its bytes says of its lines."""

from __future__ import annotations

import codecs
import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pmo_analytics.errors import SourceError
from pmo_analytics.sources.encoding import encoding_of

_CHUNK = 1 << 20


@dataclass(frozen=True)
class Original:
    """A text file as it came.

    `lines` counts the lines that a line feed ends, and the last one where none
    does. `notes` tell what was assumed of the encoding, and what in the bytes is
    no text; that is read as a replacement sign. `has_broken_cells` says that a
    line may end inside quotes: without it every line is a record. `is_plain`
    says that the bytes are UTF-8 without a zero byte or a carriage return of its
    own, so that any reader splits them alike.
    """

    path: Path
    name: str
    sha256: str
    size: int
    encoding: str
    has_bom: bool
    notes: tuple[str, ...]
    lines: int
    has_broken_cells: bool
    is_plain: bool


def examine(path: Path, name: str, encoding: str | None = None, configured: str | None = None) -> Original:
    """Read the file at `path` once; `name` is what errors call it, `encoding` the user's word for how it is
    encoded, `configured` for how those are that are not in Unicode.

    SourceError for an empty file, a binary one, and one that is not in that encoding.
    """
    digest = hashlib.sha256()
    decoder = codecs.getincrementaldecoder("utf-8")()
    newlines = returns = size = 0
    quotes = 0
    has_broken_cells = False
    zeros = 0
    is_utf8 = True
    head = last = b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            head = head or chunk
            digest.update(chunk)
            size += len(chunk)
            newlines += chunk.count(b"\n")
            if b"\r" in chunk or last == b"\r":
                # A pair that two chunks share is no lone return.
                returns += chunk.count(b"\r") - chunk.count(b"\r\n") - (last == b"\r" and chunk[:1] == b"\n")
            if not has_broken_cells:
                inside, within = _quoted_line_feeds(chunk, quotes)
                has_broken_cells, quotes = inside > 0, quotes + within
            zeros += chunk.count(b"\x00")
            is_utf8 = is_utf8 and _goes_on(decoder, chunk)
            last = chunk[-1:]
    is_utf8 = is_utf8 and _goes_on(decoder, b"", is_end=True)
    if not head.strip(b"\xef\xbb\xbf\xff\xfe\r\n\t \x00"):
        raise SourceError(
            "the file is empty", file=name, expected="an export with a header line", hint="export it again"
        )
    found = encoding_of(path, name, head, is_utf8=is_utf8, option=encoding, configured=configured)
    zeros = 0 if found.name == "utf-16" else zeros
    counted = ((f"not {found.name}", found.undecoded), ("zero bytes", zeros))
    damage = ", ".join(f"{what} in {number:,} places" for what, number in counted if number)
    return Original(
        path=path,
        name=name,
        sha256=digest.hexdigest(),
        size=size,
        encoding=found.name,
        has_bom=found.has_bom,
        notes=tuple(note for note in (found.note, damage and f"damaged text, read as \ufffd: {damage}") if note),
        lines=newlines + (last != b"\n"),
        has_broken_cells=has_broken_cells,
        is_plain=found.name.startswith("utf-8") and not damage and returns == 0,
    )


def _quoted_line_feeds(chunk: bytes, quotes: int) -> tuple[int, int]:
    """Line feeds of the chunk with an odd number of quotes before them, `quotes` of them earlier; and its quotes."""
    if b'"' not in chunk:
        return (chunk.count(b"\n") if quotes % 2 else 0), 0
    signs = np.frombuffer(chunk, np.uint8)
    marks = np.flatnonzero(signs == ord('"'))
    before = np.searchsorted(marks, np.flatnonzero(signs == ord("\n"))) + quotes
    return int((before % 2).sum()), len(marks)


def _goes_on(decoder: codecs.IncrementalDecoder, chunk: bytes, *, is_end: bool = False) -> bool:
    """Whether the bytes so far are UTF-8."""
    if chunk.isascii() and not is_end and not decoder.getstate()[0]:
        return True
    try:
        decoder.decode(chunk, is_end)
    except UnicodeDecodeError:
        return False
    return True
