"""The life of a month's close: reviewed, signed off, frozen, re-opened; and who was reminded of what.

Events are appended, and the state follows from them. A month is completing until
it is reviewed; what is signed off can be frozen; what is frozen can only be
re-opened, with a reason, and is then completing again. Source: the close of
books in accounting; the states are this project's own convention.

Worked example: June is reviewed on 6 July, signed off on the 7th and frozen at
version 212. On the 11th it is re-opened for a corrected invoice: it is completing
again, and was frozen at version 212, which its first pack stays made of.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from pmo_analytics.contracts.appended import columns_of
from pmo_analytics.contracts.base import checked
from pmo_analytics.contracts.month_close import CLOSE_ID, FROZEN, REMINDED, REOPENED, REVIEWED, SIGNED, CloseEvent
from pmo_analytics.contracts.recorded_events import Instant, group_label
from pmo_analytics.errors import UsageError

COMPLETING = "completing"
STATES = (COMPLETING, REVIEWED, SIGNED, FROZEN)
LONGEST_COMMENT = 2000
# From which states each event may come.
_FROM = {REVIEWED: (COMPLETING, REVIEWED), SIGNED: (REVIEWED,), FROZEN: (SIGNED,), REOPENED: (REVIEWED, SIGNED, FROZEN)}
_NEXT = {
    COMPLETING: "`pmo close MONTH review --by ROLE` comes first",
    REVIEWED: "`pmo close MONTH sign --by ROLE` comes next",
    SIGNED: "`pmo close MONTH freeze` comes next",
    FROZEN: "`pmo close MONTH reopen --by ROLE --reason TEXT` opens it again",
}


@dataclass(frozen=True)
class CloseState:
    """Where the close of a month stands.

    `reviewed_by` and `signed_by` are of the round that is under way;
    `frozen_version` is that of the last freeze, whether or not the month was
    re-opened since, and `pack_digest` that of its pack.
    """

    close_id: str
    state: str = COMPLETING
    reviewed_by: str = ""
    signed_by: str = ""
    frozen_version: int | None = None
    pack_digest: str = ""
    reopened_count: int = 0
    reason: str = ""

    @property
    def is_frozen(self) -> bool:
        """Whether the month's pack is that of its frozen version."""
        return self.state == FROZEN


def close_id(month: str) -> str:
    """The month, as 2026-06; UsageError where it is none."""
    if not re.fullmatch(CLOSE_ID, month):
        raise UsageError("a close is of a month", found=month, expected="such as 2026-06")
    return month


def no_close_events() -> pd.DataFrame:
    """Closes before the first event."""
    return _events([])


def close_state(events: pd.DataFrame, close: str) -> CloseState:
    """Where a month stands by these `CloseEvent` rows, in the order appended."""
    state: dict[str, Any] = {"close_id": close}
    for event in events[events[CloseEvent.close_id] == close].to_dict("records"):
        kind = event[CloseEvent.kind]
        if kind == REMINDED:
            continue
        state["state"] = COMPLETING if kind == REOPENED else kind
        if kind == REVIEWED:
            state["reviewed_by"] = event[CloseEvent.stated_by]
        elif kind == SIGNED:
            state["signed_by"] = event[CloseEvent.stated_by]
        elif kind == FROZEN:
            state |= {
                "frozen_version": int(event[CloseEvent.frozen_version]),
                "pack_digest": str(event[CloseEvent.pack_digest]),
            }
        else:
            state |= {
                "reviewed_by": "", "signed_by": "", "reason": str(event[CloseEvent.comment]),
                "reopened_count": state.get("reopened_count", 0) + 1,
            }  # fmt: skip
    return CloseState(**state)


def frozen_version(events: pd.DataFrame, close: str) -> int | None:
    """The version that a month's pack stands on while it is frozen; None where it is open."""
    state = close_state(events, close)
    return state.frozen_version if state.is_frozen else None


def reminders(events: pd.DataFrame, close: str) -> dict[str, tuple[int, pd.Timestamp]]:
    """How often each owner was reminded in a month's close, and the last day of it."""
    asked = events[(events[CloseEvent.close_id] == close) & (events[CloseEvent.kind] == REMINDED)]
    found: dict[str, tuple[int, pd.Timestamp]] = {}
    for row in asked.to_dict("records"):
        owner = str(row[CloseEvent.owner_role])
        found[owner] = (found.get(owner, (0, None))[0] + 1, row[CloseEvent.made_on_date])
    return found


def closing_event(
    events: pd.DataFrame,
    close: str,
    kind: str,
    *,
    instant: Instant,
    by: str | None = None,
    comment: str | None = None,
    **told: Any,
) -> pd.DataFrame:
    """The event that takes a month's close on. Raises UsageError where it cannot come now, or lacks who says so.

    `told` are further columns of `CloseEvent`.
    """
    state = close_state(events, close)
    if state.state not in _FROM[kind]:
        hint = _NEXT[state.state].replace("MONTH", close)
        raise UsageError(f"{close} cannot be {kind} now", found=f"it is {state.state}", hint=hint)
    if kind != FROZEN and by is None:
        raise UsageError(f"who says that {close} is {kind}?", expected="--by ROLE", hint="a role, never a name")
    who = None if by is None else group_label(
        by, told="who says so is a role", such_as="'PMO lead'", kept="the close is kept"
    )  # fmt: skip
    reason = (comment or "").strip()
    if kind == REOPENED and not reason:
        raise UsageError(f"why is {close} re-opened?", expected="--reason TEXT", hint="it is kept for good")
    if len(reason) > LONGEST_COMMENT:
        raise UsageError("the reason is too long", found=f"{len(reason):,} characters", expected="at most 2,000")
    row = {"close_id": close, "kind": kind, "stated_by": who, "comment": reason or None, **told}
    return _events([row | instant.stamp(last_day(close))])


def reminder_events(close: str, asked: Iterable[tuple[str, int]], *, instant: Instant) -> pd.DataFrame:
    """A reminder for each owner and the number of things asked for."""
    stamp = instant.stamp(last_day(close))
    return _events(
        [
            {"close_id": close, "kind": REMINDED, "owner_role": owner, "asked_count": count} | stamp
            for owner, count in asked
        ]
    )


def last_day(close: str) -> date:
    """The last day of a month, which its close is of."""
    return (pd.Timestamp(f"{close}-01") + pd.offsets.MonthEnd(0)).date()


def signed_text(state: CloseState, blocking: int, comment: str = "") -> str:
    """What the pack says of its review and sign-off, in words."""
    told = f"Reviewed by {state.reviewed_by}; signed off by {state.signed_by}"
    told += f", although {blocking} items were open: {comment}." if blocking else "."
    if state.reopened_count:
        told += f" Re-opened {state.reopened_count} times before, last for: {state.reason}."
    return told


def _events(rows: list[dict[str, Any]]) -> pd.DataFrame:
    frame: pd.DataFrame = checked(CloseEvent, pd.DataFrame(rows, columns=columns_of(CloseEvent)))
    return frame
