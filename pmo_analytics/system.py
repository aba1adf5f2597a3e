"""The edges of the program: the present time and randomness, handed to whoever needs them."""

from __future__ import annotations

import secrets
import uuid
from datetime import UTC, datetime

from pmo_analytics.ingest import Edges


def edges() -> Edges:
    """The real clock in UTC, random load ids and random person tokens."""
    return Edges(
        now=lambda: datetime.now(UTC).replace(tzinfo=None),
        new_load_id=lambda: uuid.uuid4().hex,
        new_person_token=lambda: f"P{secrets.token_hex(6).upper()}",
    )
