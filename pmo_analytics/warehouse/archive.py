"""The archive of original files: compressed, named by their sha256, never changed."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import tempfile
from pathlib import Path

import pyarrow as pa

from pmo_analytics.errors import WarehouseError

_CHUNK = 1 << 20
_ORIGINAL = re.compile(r"[0-9a-f]{64}\.zst")


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
    try:
        with path.open("rb") as source, pa.CompressedOutputStream(str(draft), "zstd") as compressed:
            shutil.copyfileobj(source, compressed, _CHUNK)
        with draft.open("rb") as written:
            # A load names its original: what it is committed after must not be lost with the current.
            os.fsync(written.fileno())
        draft.chmod(0o444)
        draft.replace(target)
    except OSError as problem:
        raise WarehouseError(
            "the original could not be kept in the archive, so nothing was loaded",
            file=target,
            found=problem.strerror or str(problem),
            hint="make room on the disk and load the file again" if _is_full(problem) else None,
        ) from None
    finally:
        draft.unlink(missing_ok=True)


def _is_full(problem: OSError) -> bool:
    return problem.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


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


def fault(digest: str, folder: Path) -> tuple[Path, str] | None:
    """Where an original should stand and what is wrong with it; None where it is there, unpacks and is unchanged."""
    place = _place(folder, digest)
    if not place.is_file():
        return place, "the original is missing"
    found = hashlib.sha256()
    try:
        with pa.CompressedInputStream(str(place), "zstd") as compressed:
            while chunk := compressed.read(_CHUNK):
                found.update(chunk)
    except (OSError, pa.ArrowException) as problem:
        return place, f"the original cannot be unpacked: {str(problem).splitlines()[0]}"
    return None if found.hexdigest() == digest else (place, "the original was altered: its sha256 is another")


def originals(folder: Path) -> dict[str, Path]:
    """Every original that stands in the archive, by its sha256."""
    return {path.stem: path for path in sorted(folder.glob("*/*.zst")) if _ORIGINAL.fullmatch(path.name)}


def drafts(folder: Path) -> list[Path]:
    """Files in the archive that are no originals: what a killed load left half written."""
    return [path for path in sorted(folder.glob("*/*")) if not _ORIGINAL.fullmatch(path.name)]


def _place(folder: Path, digest: str) -> Path:
    return folder / digest[:2] / f"{digest}.zst"
