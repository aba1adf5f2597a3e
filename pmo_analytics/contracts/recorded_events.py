"""What events have in common that are appended for good: when they were made, who says so, how they are named.

Alerts, findings of the audit and stated ranges keep a label of a role or a
group, never a person's name, and are called by the first characters of their
identifiers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd

from pmo_analytics.errors import UsageError

LONGEST_LABEL = 80
_SHORTEST_START = 4


@dataclass(frozen=True)
class Instant:
    """When an event is made: the real clock (UTC, and the day where the workspace is), and the latest version."""

    made_at: datetime
    made_on: date
    warehouse_version: int

    def stamp(self, status_date: date) -> dict[str, Any]:
        """The columns that say so, with the day that the event is of."""
        return {
            "status_date": pd.Timestamp(status_date),
            "warehouse_version": self.warehouse_version,
            "made_at": pd.Timestamp(self.made_at).floor("us"),
            "made_on_date": pd.Timestamp(self.made_on),
        }


def group_label(label: str, *, told: str, such_as: str, kept: str) -> str:
    """A label of a role or a group. Raises UsageError for one that is empty, long, no text, or an address.

    `told` is what the label is for, `such_as` an example, `kept` what keeps it for good.
    """
    found = label.strip()
    if not found or "@" in found or len(found) > LONGEST_LABEL or not found.isprintable():
        raise UsageError(
            told, found=repr(found) if found else "nothing",
            expected=f"such as {such_as}, at most {LONGEST_LABEL} characters and no address",
            hint=f"names of persons are personal data, and {kept} for good: leave them out",
        )  # fmt: skip
    return found


def beginning_so(identifiers: Iterable[str], start: str, *, thing: str, listed_by: str, made_by: str) -> str:
    """The one identifier that begins so. Raises UsageError where none does, or more than one.

    `thing` is what is identified; `listed_by` and `made_by` are the commands that list and make them.
    """
    asked = start.strip().lower()
    known = sorted(set(identifiers))
    fitting = [name for name in known if name.startswith(asked)] if len(asked) >= _SHORTEST_START else []
    if len(fitting) != 1:
        raise UsageError(
            f"more than one {thing} begins so" if fitting else f"there is no such {thing}", found=start,
            expected=f"an identifier of `{listed_by}`, or its first {_SHORTEST_START} characters or more",
            hint=f"such as {', '.join((fitting or known)[:3])}" if known else f"`{made_by}` comes first",
        )  # fmt: skip
    return str(fitting[0])


def no_later_look(looked: pd.Series, status_date: date, *, told: str) -> None:
    """Raise UsageError where one of these days is later: an earlier look would take back what came since."""
    if len(looked) and looked.max() > pd.Timestamp(status_date):
        raise UsageError(
            f"{told}, and an earlier one would take back what came since",
            found=status_date.isoformat(), expected=f"--as-of {looked.max():%Y-%m-%d} or later",
        )  # fmt: skip
