"""One file that holds a workspace's warehouse, its settings and its originals, as of one moment.

Loads may go on meanwhile. The core catalog is copied first, then the personal
one, which is committed first; then the files that the copies name, which no
load ever changes. So the copy holds whole versions, and all that they need.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from pmo_analytics import __version__
from pmo_analytics.errors import UsageError, WarehouseError
from pmo_analytics.warehouse import archive, catalogs
from pmo_analytics.warehouse.connection import connect
from pmo_analytics.warehouse.lakes import attach, schema_version
from pmo_analytics.warehouse.locks import READING, hold
from pmo_analytics.workspace import SETTINGS_FILE, Workspace

MANIFEST = "manifest.json"
FORMAT = 1
CHUNK = 1 << 20
# What is packed already is stored as it is.
_PACKED = {".parquet", ".zst"}


@dataclass(frozen=True)
class Part:
    """One file of a backup: its name in it, which is its place in the workspace, its size and its digest."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself."""

    format: int
    program: str
    schema_version: int
    made_at: str
    parts: list[Part]

    @property
    def bytes(self) -> int:
        """Size of everything in it, unpacked."""
        return sum(part.bytes for part in self.parts)


def back_up(
    workspace: Workspace, target: Path, *, now: datetime, step: Callable[[str], None] = lambda _: None
) -> Manifest:
    """Write a backup of the workspace to `target`, whole or not at all.

    Raises UsageError where `target` exists, WarehouseError where nothing was
    loaded or a data file is missing or not as it was written.
    """
    if target.exists():
        raise _exists(target)
    with connect() as connection:
        attach(connection, workspace, read_only=True)
        schema = schema_version(connection)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=".part")
    draft = Path(name)
    try:
        with (
            os.fdopen(handle, "wb") as file,
            tempfile.TemporaryDirectory(prefix="pmo-backup-") as folder,
            hold(workspace.warehouse, READING),
        ):
            parts = []
            with zipfile.ZipFile(file, "w", allowZip64=True) as packed:
                for member, path, size in _files(workspace, Path(folder)):
                    step(f"packing {member}")
                    parts.append(_pack(packed, member, path, now))
                    if size is not None and parts[-1].bytes != size:
                        raise _damaged(path, f"{parts[-1].bytes:,} bytes", f"{size:,} bytes")
                made = Manifest(FORMAT, __version__, schema, now.isoformat(timespec="seconds"), parts)
                text = json.dumps(asdict(made), indent=1, ensure_ascii=False)
                packed.writestr(_member(MANIFEST, now), text.encode(), zipfile.ZIP_DEFLATED)
            file.flush()
            os.fsync(file.fileno())
        _put(draft, target)
    finally:
        draft.unlink(missing_ok=True)
    return made


def _files(workspace: Workspace, folder: Path) -> Iterator[tuple[str, Path, int | None]]:
    """Name, place and known size of every file to pack; catalogs are copied into `folder` first."""
    root = workspace.warehouse
    copies = {lake: _copied(catalogs.catalog_path(root, lake), folder) for lake in catalogs.LAKES}
    yield SETTINGS_FILE, workspace.settings_file, None
    for copy in copies.values():
        yield f"warehouse/{copy.name}", copy, None
    for lake, copy in copies.items():
        with catalogs.opened(copy) as catalog:
            named = catalogs.named_files(catalog, root / lake)
        for file in named:
            if not file.path.is_file() or not catalogs.is_within(file.path, root / lake):
                raise _damaged(file.path, "no such data file in the warehouse", "what its catalog names")
            yield file.path.relative_to(workspace.root).as_posix(), file.path, file.size
    for path in archive.originals(root / "archive").values():
        yield path.relative_to(workspace.root).as_posix(), path, None


def _copied(path: Path, folder: Path) -> Path:
    """A copy of a catalog as it stands at this moment, whoever writes to it, without what it has to remove yet."""
    copy = folder / path.name
    with catalogs.opened(path) as source:
        target = sqlite3.connect(copy)
        try:
            source.backup(target)
            target.execute("DELETE FROM ducklake_files_scheduled_for_deletion")
            target.commit()
        finally:
            target.close()
    return copy


def _pack(packed: zipfile.ZipFile, name: str, path: Path, now: datetime) -> Part:
    info = _member(name, now)
    info.compress_type = zipfile.ZIP_STORED if path.suffix in _PACKED else zipfile.ZIP_DEFLATED
    with path.open("rb") as source, packed.open(info, "w", force_zip64=True) as target:
        size, digest = copy_hashed(source, target)
    return Part(name, size, digest)


def _member(name: str, now: datetime) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, (now.year, now.month, now.day, now.hour, now.minute, now.second))
    info.external_attr = 0o100600 << 16
    return info


def copy_hashed(source: IO[bytes], target: IO[bytes], limit: int | None = None) -> tuple[int, str]:
    """Copy until the end, or until more than `limit` bytes came; return how many, and their sha256."""
    size, digest = 0, hashlib.sha256()
    while chunk := source.read(CHUNK):
        size += len(chunk)
        if limit is not None and size > limit:
            break
        digest.update(chunk)
        target.write(chunk)
    return size, digest.hexdigest()


def _put(draft: Path, target: Path) -> None:
    """Give the finished file its name, never over another's."""
    try:
        os.link(draft, target)
    except FileExistsError:
        raise _exists(target) from None
    except OSError:
        # A file system without links: what came in between is not seen there, what stood before was.
        if target.exists():
            raise _exists(target) from None
        shutil.move(draft, target)


def _exists(target: Path) -> UsageError:
    return UsageError("the file exists", file=target, hint="name a new one: a backup is never written over another")


def _damaged(path: Path, found: str, expected: str) -> WarehouseError:
    return WarehouseError(
        "the warehouse is damaged, so it was not backed up",
        file=path,
        found=found,
        expected=expected,
        hint="`pmo warehouse check` tells all that is; earlier backups stay as they are",
    )
