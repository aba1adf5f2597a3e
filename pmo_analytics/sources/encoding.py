"""How the bytes of a text file are to be read: byte order mark, UTF-8, or an older code page."""

from __future__ import annotations

import codecs
import mmap
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pmo_analytics.errors import SourceError

_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_OLD = "an old Excel or Word file"
_MAGIC = {
    b"PK\x03\x04": "a ZIP or XLSX file",
    b"\xd0\xcf\x11\xe0": _OLD,
    b"%PDF": "a PDF",
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"\x1f\x8b": "a gzip file",
    b"\x7fELF": "a program",
    b"SQLite format 3": "an SQLite database",
    b"PAR1": "a Parquet file",
}
# How the directory of an old container names a workbook that a password encrypts.
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_CHUNK = 1 << 20
# Text may hold a zero byte where a program went wrong; a binary file holds many.
_FEWEST_SIGNS_A_ZERO = 100
_MOST_UNDECODED = 1_000
_WESTERN = ("cp125", "latin", "iso8859", "cp437", "cp85", "cp86", "cp775", "mac_", "hp_", "cp037", "cp1140", "cp500")
_OTHER_SCRIPTS = {
    "cp1251", "cp1253", "cp1255", "cp1256", "cp855", "cp862", "cp864", "cp866", "mac_cyrillic", "mac_greek",
    "iso8859_5", "iso8859_6", "iso8859_7", "iso8859_8", "iso8859_11",
}  # fmt: skip

# In Central European text these bytes are letters; in Western text signs, which stand in no word, a capital Y that ends
# none, and nothing at all: Ą Ż ł ą Ľ ľ ż, ź, and Ť Ź ť that a word goes on after. Not Ł, which is the pound sign of £m.
_LETTER = rb"[A-Za-z\xc0-\xd6\xd8-\xf6\xf8-\xff]"
_CENTRAL = re.compile(
    _LETTER + rb"[\xa5\xaf\xb3\xb9\xbc\xbe\xbf]" + _LETTER + rb"|[a-z\xe0-\xf6\xf8-\xff]\x9f|[\x8d\x8f\x9d]" + _LETTER
)
# Bytes that are other letters in one than in the other.
_DIFFERING = bytes(
    b for b in range(0x80, 0x100) if bytes([b]).decode("cp1250", "replace") != bytes([b]).decode("cp1252", "replace")
)


@dataclass(frozen=True)
class Encoding:
    """A codec, whether a byte order mark is in front, what was assumed, and how many places are no text in it."""

    name: str
    has_bom: bool = False
    note: str | None = None
    undecoded: int = 0


def encoding_of(
    path: Path, shown: str, head: bytes, *, is_utf8: bool, option: str | None, configured: str | None
) -> Encoding:
    """The encoding of the file at `path`, of which `head` is the beginning.

    The option goes before the file, the file's being Unicode before the setting.

    SourceError for a binary file, and where the option does not fit.
    """
    for bom, name in _BOMS:
        if head.startswith(bom):
            return Encoding(name, True, undecoded=0 if is_utf8 else _undecoded(path, name)[0])
    kind = next((kind for magic, kind in _MAGIC.items() if head.startswith(magic)), None)
    if kind is not None or head.count(b"\x00") * _FEWEST_SIGNS_A_ZERO > len(head):
        if kind == _OLD and _is_locked(path):
            raise SourceError(
                "the workbook is locked by a password",
                file=shown,
                hint="open it, remove the password, and save it as XLSX",
            )
        raise SourceError(
            "the file is not text",
            file=shown,
            found=kind or "zero bytes, as in a binary file",
            expected="an XLSX workbook or a CSV export",
            hint="open it and save it as XLSX or CSV; renaming a file does not convert it",
        )
    if option:
        return _given(path, shown, option)
    undecoded, decoded = (0, 0) if is_utf8 else _undecoded(path, "utf-8")
    # Bytes of another encoding hardly ever look like letters of UTF-8.
    if undecoded <= decoded or _is_cut(path):
        return Encoding("utf-8", undecoded=undecoded)
    if configured and _decodes(path, configured):
        return Encoding(configured)
    return _other_script(path, shown, head) or _windows(path)


def _other_script(path: Path, shown: str, head: bytes) -> Encoding | None:
    """The encoding of Greek, Japanese and their like; None where the letters are Latin ones."""
    if not _is_another_script(head):
        return None
    from charset_normalizer import from_bytes

    best = from_bytes(head).best()
    if best is None:
        raise SourceError(
            "the file is not text", file=shown, found="bytes of no known encoding", hint="export it as UTF-8"
        )
    # Code pages of Latin letters can't be told apart so; exports come from Windows, not from DOS or an old Mac.
    if best.encoding.startswith(_WESTERN) and best.encoding not in _OTHER_SCRIPTS:
        return None
    return Encoding(best.encoding if _decodes(path, best.encoding) else "latin-1")


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
    if central and _decodes(path, "cp1250"):
        return Encoding("cp1250")
    name = "cp1252" if _decodes(path, "cp1252") else "latin-1"
    told = "accents are read as Western European; should names look wrong, try --encoding cp1250"
    return Encoding(name, note=told if differing else None)


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


def _is_locked(path: Path) -> bool:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return content.find(_LOCKED) >= 0


def _decodes(path: Path, encoding: str) -> bool:
    try:
        with path.open(encoding=encoding, newline="") as file:
            while file.read(_CHUNK):
                pass
    except (UnicodeDecodeError, LookupError):
        return False
    return True
