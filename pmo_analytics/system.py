"""The edges of the program: the present time and randomness, handed to whoever needs them, and the process's output."""

from __future__ import annotations

import ctypes
import os
import secrets
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from pmo_analytics.ingest import Edges


def edges() -> Edges:
    """The real clock in UTC, random load ids and random person tokens."""
    return Edges(
        now=lambda: datetime.now(UTC).replace(tzinfo=None),
        new_load_id=lambda: uuid.uuid4().hex,
        new_person_token=lambda: f"P{secrets.token_hex(6).upper()}",
    )


def now_in_utc() -> datetime:
    """The present instant, with its zone."""
    return datetime.now(UTC)


@contextmanager
def solver_output_dropped() -> Iterator[None]:
    """Drops what compiled code prints to standard output: HiGHS notes steps there that no option turns off."""
    sys.stdout.flush()
    library = ctypes.CDLL(None)
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        yield
    finally:
        # C keeps what it prints until its buffer is full.
        library.fflush(None)
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)
