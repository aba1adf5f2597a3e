"""The files that a call names: folders, patterns, and exports packed in ZIP and GZIP files.

A packed export is unpacked into a folder that goes away again, under a name
that is made here; names from within a container are shown, never used as paths.
"""

from __future__ import annotations

import gzip
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Protocol

from pmo_analytics.errors import SourceError
from pmo_analytics.sources.docx_text import bears_mark
from pmo_analytics.sources.laid_out_table import LaidOutTable
from pmo_analytics.sources.toml_text import is_toml, states_registers

# Documents may be anybody's: of those that a folder holds, the ones made from a template are exports.
_DOCUMENTS = {".docx", ".md"}
_EXPORTS = {".csv", ".tsv", ".txt", ".json", ".xml", ".xer", ".xls", ".xlsx", ".xlsm", ".zip", ".gz"}
# What a spreadsheet that is open writes beside a workbook.
_OWNER_FILE = "~$"
_CHUNK = 1 << 20
_MOST_MEMBERS = 10_000
# Text shrinks to a hundredth at best; what grows more, and beyond a small size, was made to fill disks.
_MOST_GROWTH = 200
_SMALL = 64 << 20


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes:
        """The next bytes, at most `size`."""


@dataclass(frozen=True)
class Kept:
    """The file that a table was laid out from: what is archived, and what its evidence is made from again."""

    path: Path
    sha256: str
    size: int


@dataclass(frozen=True)
class NamedFile:
    """A file to load, and the name that it is told by.

    A table that was written out from another file has that one as its `original`,
    and `notes` on how it was made; of a document whose rows are made as they
    are read, `table` is one.
    """

    path: Path
    name: str
    original: Kept | None = None
    notes: tuple[str, ...] = ()
    table: LaidOutTable | None = None


def export_files(paths: list[Path]) -> list[Path]:
    """The files that `paths` name: a folder stands for the exports in and below it, a pattern for what it matches.

    Raises SourceError where there is nothing of that name.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(
                f for f in path.rglob("*") if not f.name.startswith(_OWNER_FILE) and f.is_file() and _is_export(f)
            )
        elif path.is_file():
            found.append(path)
        elif matching := sorted(path.parent.glob(path.name)) if "*" in path.name or "?" in path.name else []:
            found += export_files(matching)
        else:
            raise SourceError("there is no such file or folder", file=path, hint="check the path")
    return found


def _is_export(file: Path) -> bool:
    suffix = file.suffix.lower()
    if is_toml(file.name):
        return states_registers(file)
    return suffix in _EXPORTS or (suffix in _DOCUMENTS and bears_mark(file))


@contextmanager
def unpacked(path: Path) -> Iterator[Iterator[NamedFile]]:
    """The exports in the file at `path`, one after another: itself, or what a ZIP or GZIP file holds.

    SourceError for a container that is damaged, locked, grows beyond reason or
    names places outside itself.
    """
    with path.open("rb") as file:
        start = file.read(4)
    if start == b"PK\x03\x04" and path.suffix.lower() == ".zip":
        members = _zip_members(path)
    elif start[:2] == b"\x1f\x8b":
        members = _gzip_member(path)
    else:
        yield iter([NamedFile(path, path.name)])
        return
    folder = Path(tempfile.mkdtemp(prefix="pmo-"))
    try:
        yield _unpack(path, members, folder)
    finally:
        shutil.rmtree(folder)


def _zip_members(path: Path) -> Iterator[tuple[str, int, _Readable]]:
    with zipfile.ZipFile(path) as container:
        entries = [entry for entry in container.infolist() if not entry.is_dir()]
        outside = [e.filename for e in entries if _leads_out(PureWindowsPath(e.filename))]
        if outside or len(entries) > _MOST_MEMBERS:
            raise SourceError(
                "the ZIP file is not one of exports",
                file=path.name,
                found=f"a name outside of it: {outside[0]}" if outside else f"{len(entries)} files",
                hint="unpack it yourself and load the exports you trust",
            )
        for entry in entries:
            with container.open(entry) as member:
                yield entry.filename, entry.compress_size, member


def _leads_out(name: PureWindowsPath) -> bool:
    """Whether a name in a container is of a place outside it; the rules of Windows include all others'."""
    return ".." in name.parts or bool(name.anchor)


def _gzip_member(path: Path) -> Iterator[tuple[str, int, _Readable]]:
    with gzip.open(path, "rb") as member:
        yield path.name.removesuffix(".gz"), path.stat().st_size, member


def _unpack(path: Path, members: Iterator[tuple[str, int, _Readable]], folder: Path) -> Iterator[NamedFile]:
    try:
        for number, (name, packed, member) in enumerate(members):
            target = folder / f"{number}{PurePosixPath(name).suffix[:8]}"
            _copy(path, name, packed, member, target)
            yield NamedFile(target, f"{path.name}/{name}")
            target.unlink()
    except (zipfile.BadZipFile, gzip.BadGzipFile, EOFError, zlib.error, NotImplementedError) as problem:
        raise SourceError(
            "the container is damaged", file=path.name, found=str(problem), hint="export or pack it again"
        ) from None
    except RuntimeError as problem:
        raise SourceError(
            "the ZIP file is locked", file=path.name, found=str(problem), hint="unpack it with its password first"
        ) from None


def _copy(path: Path, name: str, packed: int, member: _Readable, target: Path) -> None:
    size = 0
    with target.open("wb") as file:
        while chunk := member.read(_CHUNK):
            size += len(chunk)
            if size > _SMALL and size > _MOST_GROWTH * max(packed, 1):
                raise SourceError(
                    "a packed file grows beyond what exports do",
                    file=f"{path.name}/{name}",
                    found=f"{packed:,} bytes that unpack to over {size:,}",
                    hint="unpack it yourself if you trust it, and load what it holds",
                )
            file.write(chunk)
