"""Tables that are appended to and never changed, and the digests that their rows are known by.

No load fills them: `warehouse.stores` does, and gives each row its place and
the digest of the row before.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from pmo_analytics.contracts.base import Contract
from pmo_analytics.vocabulary import COUNT, DATE, FLAG, INSTANT, TERMS, TEXT

# What is added to a row; the last two are the chain that a changed past breaks.
CHAIN = ("position", "previous_sha256", "row_sha256")
_SCALE = re.compile(r"DECIMAL\(\d+,(\d+)\)")


def columns_of(contract: type[Contract]) -> list[str]:
    """The columns of a contract, in its order."""
    return list(contract.to_schema().columns)


def canonical(value: Any) -> str:
    """A value as the JSON that its digest is made of: one text for one value. ValueError for NaN and infinities."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def sha256_of(value: Any) -> str:
    """The digest of a value that JSON can hold."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def plain_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of vocabulary columns as JSON can hold it, whether it comes from a frame or from the engine."""
    return {name: _plain(value, TERMS[name].sql_type) for name, value in row.items()}


def _plain(value: Any, sql_type: str) -> Any:
    if value is None or pd.isna(value):
        return None
    if sql_type == TEXT:
        return str(value)
    if sql_type in {DATE, INSTANT}:
        moment = pd.Timestamp(value)
        return moment.date().isoformat() if sql_type == DATE else moment.isoformat(timespec="microseconds")
    if sql_type == COUNT:
        return int(value)
    if sql_type == FLAG:
        return bool(value)
    # As many decimals as are stored, or the digest of what is read would be another.
    scale = _SCALE.search(sql_type)
    return round(float(value), int(scale[1])) if scale else float(value)
