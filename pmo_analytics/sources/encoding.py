"""How the bytes of a text file are to be read: byte order mark, UTF-8, or an older code page."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

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
_WESTERN = ("cp125", "latin", "iso8859", "cp437", "cp85", "cp86", "cp775", "mac_", "hp_", "cp037", "cp1140", "cp500")
_OTHER_SCRIPTS = {
    "cp1251", "cp1253", "cp1255", "cp1256", "cp855", "cp862", "cp864", "cp866", "mac_cyrillic", "mac_greek",
    "iso8859_5", "iso8859_6", "iso8859_7", "iso8859_8", "iso8859_11",
}  # fmt: skip

# In Central European text these bytes are letters; in Western text signs, which stand in no word: Ł ł Ą ą Ż ż ş ľ Ľ.
_LETTER = rb"[A-Za-z\xc0-\xd6\xd8-\xf6\xf8-\xff]"
_CENTRAL = re.compile(
    _LETTER + rb"[\xa3\xa5\xaf\xb3\xb9\xba\xbc\xbe\xbf]" + _LETTER + rb"|(?<![A-Za-z0-9])[\xa3\xaf]" + _LETTER
)
# Bytes that are other letters in one than in the other.
_DIFFERING = bytes(
    b for b in range(0x80, 0x100) if bytes([b]).decode("cp1250", "replace") != bytes([b]).decode("cp1252", "replace")
)


@dataclass(frozen=True)
class Encoding:
    """A codec's name, whether the file begins with a byte order mark, and what was assumed."""

    name: str
    has_bom: bool = False
    note: str | None = None


def encoding_of(
    path: Path, shown: str, head: bytes, *, is_utf8: bool, option: str | None, configured: str | None
) -> Encoding:
    """The encoding of the file at `path`, of which `head` is the beginning.

    The option goes before the file, the file's being Unicode before the setting.

    SourceError for a binary file, and where the option does not fit.
    """
    for bom, name in _BOMS:
        if head.startswith(bom) and (is_utf8 or name != "utf-8-sig"):
            return Encoding(name, has_bom=True)
    kind = next((kind for magic, kind in _MAGIC.items() if head.startswith(magic)), None)
    if kind is not None or b"\x00" in head:
        raise SourceError(
            "the file is not text",
            file=shown,
            found=kind or "zero bytes, as in a binary file",
            expected="a CSV export or register",
            hint="export it again as CSV; renaming a file does not convert it",
        )
    if option:
        return _given(path, shown, option)
    if is_utf8:
        return Encoding("utf-8")
    if configured and _decodes(path, configured):
        return Encoding(configured)
    from charset_normalizer import from_bytes

    best = from_bytes(head).best()
    if best is None:
        raise SourceError(
            "the file is not text", file=shown, found="bytes of no known encoding", hint="export it as UTF-8"
        )
    # Western code pages can't be told apart by a few accents; exports come from Windows, not from DOS or an old Mac.
    is_western = best.encoding.startswith(_WESTERN) and best.encoding not in _OTHER_SCRIPTS
    if not is_western:
        return Encoding(best.encoding if _decodes(path, best.encoding) else "latin-1")
    return _windows(path)


def _given(path: Path, shown: str, given: str) -> Encoding:
    try:
        name = codecs.lookup(given).name
    except LookupError:
        raise SourceError(
            "there is no such encoding", file=shown, found=given, hint="name one such as cp1250"
        ) from None
    if not _decodes(path, name):
        raise SourceError("the file is not in the encoding that was named", file=shown, found=given)
    return Encoding(name)


def _windows(path: Path) -> Encoding:
    """Western or Central European Windows text; what no word decides is taken for Western, and told."""
    central, differing = 0, False
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            central += len(_CENTRAL.findall(chunk))
            differing = differing or len(chunk.translate(None, _DIFFERING)) < len(chunk)
    if (central or not _decodes(path, "cp1252")) and _decodes(path, "cp1250"):
        return Encoding("cp1250")
    name = "cp1252" if _decodes(path, "cp1252") else "latin-1"
    told = "accents are read as Western European; should names look wrong, try --encoding cp1250"
    return Encoding(name, note=told if differing else None)


def _decodes(path: Path, encoding: str) -> bool:
    try:
        with path.open(encoding=encoding, newline="") as file:
            while file.read(_CHUNK):
                pass
    except (UnicodeDecodeError, LookupError):
        return False
    return True
