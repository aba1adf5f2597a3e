"""Who uses a warehouse: loads and views hold it, and whatever removes files waits until nobody does.

Whoever appends to the decision ledger or the alerts holds it as a load does, and is alone among those who append.

The locks are the operating system's and end with their process, however it ends.
"""

from __future__ import annotations

import fcntl
import os
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pmo_analytics.errors import WarehouseError

LOADING, READING, LEDGER, LESSONS = "loading.lock", "reading.lock", "ledger.lock", "lessons.lock"
# Of the workspace's logs, not of its warehouse.
SCHEDULED = "scheduled.lock"
_USERS = {
    LOADING: "a load is under way",
    READING: "a report, a notebook or the Lab is reading it",
    LEDGER: "another process is writing to the decision ledger or the alerts",
    LESSONS: "lessons are being searched",
    SCHEDULED: "a scheduled run is under way",
}
PATIENCE_SECONDS = 5.0
_PAUSE_SECONDS = 0.1


class Hold:
    """A share in the use of a warehouse, until it is released or forgotten."""

    def __init__(self, descriptor: int | None) -> None:
        self._release = None if descriptor is None else weakref.finalize(self, os.close, descriptor)

    def release(self) -> None:
        """Let go; a second time does nothing."""
        if self._release is not None:
            self._release()

    def __enter__(self) -> Hold:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def hold(root: Path, name: str) -> Hold:
    """Share in the use of the warehouse in `root`; waits while files are removed from it."""
    try:
        descriptor = _opened(root, name)
    except OSError:
        try:
            descriptor = os.open(root / name, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            # Where nobody has left a lock and none can be made, no file is removed either.
            return Hold(None)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return Hold(descriptor)


@contextmanager
def alone(root: Path, *names: str, patience_seconds: float | None = None) -> Iterator[None]:
    """Keep others out of the warehouse in `root`; WarehouseError where it is still in use after a while."""
    descriptors = []
    try:
        for name in names:
            descriptors.append(_opened(root, name))
            if not _taken(descriptors[-1], PATIENCE_SECONDS if patience_seconds is None else patience_seconds):
                raise WarehouseError(
                    "the warehouse is in use",
                    file=root,
                    found=_USERS[name],
                    expected="that nobody else uses it meanwhile",
                    hint="let it end, or end it, and try again",
                )
        yield
    finally:
        for descriptor in descriptors:
            os.close(descriptor)


def is_kept(root: Path, name: str) -> bool:
    """Whether somebody keeps others out by this lock now."""
    try:
        descriptor = os.open(root / name, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _opened(root: Path, name: str) -> int:
    return os.open(root / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)


def _taken(descriptor: int, patience_seconds: float) -> bool:
    for _ in range(max(1, round(patience_seconds / _PAUSE_SECONDS))):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_PAUSE_SECONDS)
        else:
            return True
    return False
