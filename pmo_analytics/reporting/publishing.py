"""Put pages where readers find them: whole or not at all, and never a broken one over a good one."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shutil
import tempfile
import unicodedata
from datetime import date
from hashlib import sha256
from pathlib import Path

from pmo_analytics.reporting.fragments import fragment
from pmo_analytics.reporting.page import page_style
from pmo_analytics.reporting.runner import CellFailure

_DRAFT = ".part"
_LONGEST_SLUG = 60
_PLAIN = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*\Z")


def slug(name: str) -> str:
    """A file name for a name from an export: plain letters, a hyphen for each space and an underscore for each hyphen.

    Names that differ in more than capitals get different ones: a digest stands where anything was lost.
    """
    folded = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    plain = folded.replace("-", "_").replace(" ", "-")
    if folded == name.lower() and _PLAIN.match(plain) and len(plain) <= _LONGEST_SLUG:
        return plain
    plain = re.sub(r"[^a-z0-9]+", "-", folded).strip("-")[:_LONGEST_SLUG]
    return f"{plain or 'portfolio'}-{sha256(name.encode()).hexdigest()[:6]}"


def publish(text: str, target: Path) -> None:
    """Write a page beside `target` and move it there in one step; a failure page of its name goes."""
    publish_beside(text.encode(), target)
    failure_path(target).unlink(missing_ok=True)


def publish_beside(content: bytes, target: Path) -> None:
    """Write what stands beside a page, as its workbook, and move it to `target` in one step."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = _draft(target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            draft.chmod(0o644)
            # Moved while it is locked, so that nobody takes it for an orphan.
            draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def publish_failure(failure: CellFailure, target: Path, *, title: str, as_of: date) -> Path:
    """Write the failure page of `target` and leave the last good page as it is."""
    page = fragment(
        "failure",
        title=title,
        as_of=as_of,
        is_older_kept=target.exists(),
        cell=failure.cell,
        error=failure.error,
        code=failure.code,
        trace=failure.trace,
        style=page_style(),
    )
    place = failure_path(target)
    publish_beside(page.html.encode(), place)
    return place


def failure_path(target: Path) -> Path:
    """Where the failure page of `target` stands."""
    return target.with_suffix(".failed.html")


def pdf_path(target: Path) -> Path:
    """Where the printed page of `target` stands."""
    return target.with_suffix(".pdf")


def evidence_folder(target: Path) -> Path:
    """Where the evidence pages of the figures of `target` stand."""
    return target.with_name(f"{target.stem}.evidence")


def remove_evidence(target: Path) -> None:
    """Remove the evidence of an earlier page at `target`: another one's figures are not what it shows."""
    folder = evidence_folder(target)
    if folder.is_dir() and all(each.suffix == ".html" and each.is_file() for each in folder.iterdir()):
        shutil.rmtree(folder)


def remove_orphans(folder: Path) -> None:
    """Remove the drafts that runs which were killed left in a folder; those of a run that is alive stay."""
    for draft in folder.glob(f".*{_DRAFT}"):
        with contextlib.suppress(OSError), draft.open("rb") as file:
            if _is_taken(file.fileno()):
                draft.unlink()


def _is_taken(descriptor: int) -> bool:
    """Take a file for this process until it is closed; False where it is another's."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _draft(folder: Path) -> tuple[int, Path]:
    """A new file that is this process's from its first moment."""
    while True:
        handle, name = tempfile.mkstemp(dir=folder, prefix=".", suffix=_DRAFT)
        if _is_taken(handle) and Path(name).exists():
            return handle, Path(name)
        # Another run took it for an orphan before it was locked.
        os.close(handle)
        Path(name).unlink(missing_ok=True)
