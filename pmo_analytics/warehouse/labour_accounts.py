"""Which cost elements of a ledger are labour: the organisation's word, as a table that roll-ups join.

    [reconciliation]
    labour_accounts = ["600000-609999", "6200*", "LAB-1"]

Digits with a hyphen between them are a range, both ends included; `*` stands
for any text and `?` for one character; anything else is meant exactly. Leading
zeros of a number do not count.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

import pyarrow as pa

from pmo_analytics.errors import UsageError
from pmo_analytics.warehouse.connection import Connection
from pmo_analytics.workspace import Workspace

_RANGE = re.compile(r"^(\d{1,30})\s*[-–]\s*(\d{1,30})$")
_NUMBER = re.compile(r"^\d{1,30}$")
_ESCAPE = "~"


@dataclass(frozen=True)
class LabourAccounts:
    """One entry of the list: a range of numbers, or a pattern of SQL's LIKE that is escaped by `~`."""

    first_number: Decimal | None = None
    last_number: Decimal | None = None
    pattern: str | None = None


def labour_accounts(workspace: Workspace) -> list[LabourAccounts]:
    """The entries of `labour_accounts` in `pmo.toml`; UsageError names one that means nothing."""
    return [_entry(given, workspace) for given in workspace.labour_accounts]


def _entry(given: str, workspace: Workspace) -> LabourAccounts:
    text = given.strip()
    if found := _RANGE.match(text):
        first, last = Decimal(found[1]), Decimal(found[2])
        if first <= last:
            return LabourAccounts(first, last)
    elif _NUMBER.match(text):
        return LabourAccounts(Decimal(text), Decimal(text))
    elif text.strip("*?"):
        escaped = re.sub(r"([~%_])", _ESCAPE + r"\1", text)
        return LabourAccounts(pattern=escaped.replace("*", "%").replace("?", "_"))
    raise UsageError(
        "an entry of labour_accounts names no cost element",
        file=workspace.settings_file,
        found=repr(given),
        expected="a cost element or account, a range from low to high such as 600000-609999, a pattern such as 6200*",
    )


def lay_labour_accounts(connection: Connection, entries: list[LabourAccounts]) -> None:
    """Make `meta.labour_account`, one row per entry; without entries nobody has said what labour is."""
    number = pa.decimal128(38, 0)
    rows = pa.table(
        {
            "position": pa.array(range(len(entries)), pa.int64()),
            "first_number": pa.array([entry.first_number for entry in entries], number),
            "last_number": pa.array([entry.last_number for entry in entries], number),
            "pattern": pa.array([entry.pattern for entry in entries], pa.string()),
        }
    )
    connection.register("labour_entries", rows)
    connection.execute("CREATE TABLE meta.labour_account AS SELECT * FROM labour_entries")
    connection.unregister("labour_entries")
