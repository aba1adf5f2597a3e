"""The archive of original files: compressed, named by their sha256, never changed."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from pathlib import Path

import pyarrow as pa

from pmo_analytics.errors import WarehouseError

_CHUNK = 1 << 20


def sha256(path: Path) -> str:
    """Digest of the file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def keep(path: Path, folder: Path, digest: str) -> None:
    """Put the file at `path`, whose sha256 is `digest`, into the archive `folder` unless it is there."""
    target = _place(folder, digest)
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent)
    os.close(handle)
    draft = Path(name)
    with path.open("rb") as source, pa.CompressedOutputStream(str(draft), "zstd") as compressed:
        shutil.copyfileobj(source, compressed, _CHUNK)
    draft.chmod(0o444)
    draft.replace(target)


def restore(digest: str, folder: Path, target: Path) -> Path:
    """Write the archived original with this sha256 to `target`; WarehouseError when it is missing or altered."""
    place = _place(folder, digest)
    if not place.exists():
        raise WarehouseError("the archive lacks an original file", file=place, hint="restore it from a backup")
    with pa.CompressedInputStream(str(place), "zstd") as compressed, target.open("wb") as file:
        while chunk := compressed.read(_CHUNK):
            file.write(chunk)
    if sha256(target) != digest:
        raise WarehouseError("an archived file was altered", file=place, hint="restore it from a backup")
    return target


def _place(folder: Path, digest: str) -> Path:
    return folder / digest[:2] / f"{digest}.zst"
