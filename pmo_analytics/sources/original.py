"""The original file: its digest, its encoding, and what one reading of its bytes says of its lines."""

from __future__ import annotations

import codecs
import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pmo_analytics.errors import SourceError

_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_MAGIC = {
    b"PK\x03\x04": "a ZIP or XLSX file",
    b"\xd0\xcf\x11\xe0": "an old Excel or Word file",
    b"%PDF": "a PDF",
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"\x1f\x8b": "a gzip file",
    b"\x7fELF": "a program",
    b"SQLite format 3": "an SQLite database",
    b"PAR1": "a Parquet file",
}
_CHUNK = 1 << 20
# Text may hold a zero byte where a program went wrong; a binary file holds many.
_FEWEST_SIGNS_A_ZERO = 100
_MOST_UNDECODED = 1_000
_WESTERN = ("cp125", "latin", "iso8859", "cp437", "cp85", "cp86", "cp775", "mac_", "hp_", "cp037", "cp1140", "cp500")
_OTHER_SCRIPTS = {
    "cp1251", "cp1253", "cp1255", "cp1256", "cp855", "cp862", "cp864", "cp866", "mac_cyrillic", "mac_greek",
    "iso8859_5", "iso8859_6", "iso8859_7", "iso8859_8", "iso8859_11",
}  # fmt: skip


@dataclass(frozen=True)
class Original:
    """A text file as it came.

    `lines` counts the lines that a line feed ends, and the last one where none
    does. `has_broken_cells` says that a line may end inside quotes: without it
    every line is a record. `is_plain` says that the bytes are UTF-8 without a zero byte or a
    carriage return of its own, so that any reader splits them alike. `damage` says
    in words what in the bytes is no text; it is read as a replacement sign.
    """

    path: Path
    name: str
    sha256: str
    size: int
    encoding: str
    has_bom: bool
    lines: int
    has_broken_cells: bool
    is_plain: bool
    damage: str | None


def examine(path: Path, name: str) -> Original:
    """Read the file at `path` once; `name` is what errors call it. SourceError for an empty or a binary file."""
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
    encoding, has_bom = _encoding(path, name, head, is_utf8=is_utf8)
    is_whole = is_utf8 or not encoding.startswith("utf")
    undecoded = 0 if is_whole and encoding != "utf-16" else _undecoded(path, encoding)[0]
    found = ((f"not {encoding}", undecoded), ("zero bytes", 0 if encoding == "utf-16" else zeros))
    damage = ", ".join(f"{what} in {number:,} places" for what, number in found if number)
    return Original(
        path=path,
        name=name,
        sha256=digest.hexdigest(),
        size=size,
        encoding=encoding,
        has_bom=has_bom,
        lines=newlines + (last != b"\n"),
        has_broken_cells=has_broken_cells,
        is_plain=encoding.startswith("utf-8") and not damage and returns == 0,
        damage=f"damaged text, read as \ufffd: {damage}" if damage else None,
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


def _encoding(path: Path, shown: str, head: bytes, *, is_utf8: bool) -> tuple[str, bool]:
    for bom, name in _BOMS:
        if head.startswith(bom):
            return name, True
    kind = next((kind for magic, kind in _MAGIC.items() if head.startswith(magic)), None)
    if kind is not None or head.count(b"\x00") * _FEWEST_SIGNS_A_ZERO > len(head):
        raise SourceError(
            "the file is not text",
            file=shown,
            found=kind or "zero bytes, as in a binary file",
            expected="a CSV export or register",
            hint="export it again as CSV; renaming a file does not convert it",
        )
    undecoded, decoded = (0, 0) if is_utf8 else _undecoded(path, "utf-8")
    # Bytes of another encoding hardly ever look like letters of UTF-8.
    if undecoded <= decoded or _is_cut(path):
        return "utf-8", False
    name = "cp1252"
    if _is_another_script(head):
        from charset_normalizer import from_bytes

        best = from_bytes(head).best()
        if best is None:
            raise SourceError(
                "the file is not text", file=shown, found="bytes of no known encoding", hint="export it as UTF-8"
            )
        # Western code pages can't be told apart by their letters; exports come from Windows, not from DOS.
        is_western = best.encoding.startswith(_WESTERN) and best.encoding not in _OTHER_SCRIPTS
        name = "cp1252" if is_western else best.encoding
    return (name if _decodes(path, name) else "latin-1"), False


def _is_another_script(head: bytes) -> bool:
    """Whether letters beyond ASCII stand beside each other, as in Greek or Japanese, not alone, as accents do."""
    high = np.frombuffer(head, np.uint8) >= 0x80
    return int((high[1:] & high[:-1]).sum()) * 3 > int(high.sum())


def _undecoded(path: Path, encoding: str) -> tuple[int, int]:
    """Places that are no text in this encoding, and letters beyond ASCII that are; given up where most are not."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    bad = good = 0
    with path.open("rb") as file:
        is_end = False
        while not is_end and (bad <= _MOST_UNDECODED or bad <= good):
            chunk = file.read(_CHUNK)
            is_end = not chunk
            text = decoder.decode(chunk, is_end)
            if not text.isascii():
                signs = text.count("\ufffd")
                bad += signs
                good += len(text) - len(text.encode("ascii", "ignore")) - signs
    return bad, good


def _is_cut(path: Path) -> bool:
    """Whether the file is UTF-8 but for its last letter, which lacks bytes."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
    except UnicodeDecodeError:
        return False
    return True


def _decodes(path: Path, encoding: str) -> bool:
    try:
        with path.open(encoding=encoding, newline="") as file:
            while file.read(_CHUNK):
                pass
    except (UnicodeDecodeError, LookupError):
        return False
    return True
