"""The life of a month's close: only what can come next is taken, and the state follows from the events alone."""

from __future__ import annotations

from datetime import date, datetime

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmo_analytics.contracts.month_close import FROZEN, REOPENED, REVIEWED, SIGNED
from pmo_analytics.contracts.recorded_events import Instant
from pmo_analytics.errors import UsageError
from pmo_analytics.performance.close_events import (
    COMPLETING,
    close_id,
    close_state,
    closing_event,
    frozen_version,
    no_close_events,
    reminder_events,
    reminders,
    signed_text,
)

NOW = Instant(datetime(2026, 7, 7, 9), date(2026, 7, 7), 5)
KINDS = (REVIEWED, SIGNED, FROZEN, REOPENED)
# By state, what may come: written out again, apart from the code.
MAY = {
    COMPLETING: {REVIEWED}, REVIEWED: {REVIEWED, SIGNED, REOPENED}, SIGNED: {FROZEN, REOPENED}, FROZEN: {REOPENED},
}  # fmt: skip


def taken(events: pd.DataFrame, kind: str, close: str = "2026-06", version: int = 7) -> pd.DataFrame:
    told = {"frozen_version": version, "pack_digest": "0" * 64} if kind == FROZEN else {}
    new = closing_event(events, close, kind, instant=NOW, by="PMO lead", comment="an invoice", **told)
    return pd.concat([events, new], ignore_index=True) if len(events) else new


# Each event is checked against its contract, which takes ten milliseconds.
@settings(max_examples=20)
@given(st.lists(st.tuples(st.sampled_from(KINDS), st.sampled_from(["2026-05", "2026-06"])), max_size=12))
def test_states_follow_from_events_that_may_come(steps: list[tuple[str, str]]) -> None:
    events = no_close_events()
    state = {"2026-05": COMPLETING, "2026-06": COMPLETING}
    frozen: dict[str, int] = {}
    for version, (kind, close) in enumerate(steps, start=1):
        if kind not in MAY[state[close]]:
            with pytest.raises(UsageError, match="cannot be"):
                taken(events, kind, close)
            continue
        events = taken(events, kind, close, version)
        state[close] = COMPLETING if kind == REOPENED else kind
        if kind == FROZEN:
            frozen[close] = version
    for close, expected in state.items():
        found = close_state(events, close)
        assert (found.state, found.frozen_version) == (expected, frozen.get(close))
        assert frozen_version(events, close) == (frozen.get(close) if expected == FROZEN else None)


def test_what_is_reopened_keeps_what_it_was_frozen_at_and_why() -> None:
    events = no_close_events()
    for kind in (REVIEWED, SIGNED, FROZEN, REOPENED, REVIEWED, SIGNED):
        events = taken(events, kind)
    found = close_state(events, "2026-06")
    assert (found.state, found.frozen_version, found.reopened_count, found.reason) == (SIGNED, 7, 1, "an invoice")
    assert signed_text(found, 2, "the board meets") == (
        "Reviewed by PMO lead; signed off by PMO lead, although 2 items were open: the board meets. "
        "Re-opened 1 times before, last for: an invoice."
    )


def test_whoever_says_so_is_a_role_and_a_reason_is_given() -> None:
    events = taken(no_close_events(), REVIEWED)
    with pytest.raises(UsageError, match="who says"):
        closing_event(events, "2026-06", SIGNED, instant=NOW)
    with pytest.raises(UsageError, match="who says so is a role"):
        closing_event(events, "2026-06", SIGNED, instant=NOW, by="ann@example.test")
    with pytest.raises(UsageError, match="why is 2026-06 re-opened"):
        closing_event(events, "2026-06", REOPENED, instant=NOW, by="PMO", comment=" ")
    with pytest.raises(UsageError, match="too long"):
        closing_event(events, "2026-06", REOPENED, instant=NOW, by="PMO", comment="x" * 2001)
    for wrong in ("2026", "2026-13", "2026-06-30", "../2026-06"):
        with pytest.raises(UsageError, match="a close is of a month"):
            close_id(wrong)


def test_reminders_are_counted_by_owner_and_change_no_state() -> None:
    first = reminder_events("2026-06", [("team lead, Data", 1), ("PMO, K1", 2)], instant=NOW)
    later = Instant(datetime(2026, 7, 9, 9), date(2026, 7, 9), 5)
    events = pd.concat([first, reminder_events("2026-06", [("PMO, K1", 1)], instant=later)], ignore_index=True)
    found = reminders(events, "2026-06")
    assert {owner: (count, f"{day:%m-%d}") for owner, (count, day) in found.items()} == {
        "team lead, Data": (1, "07-07"), "PMO, K1": (2, "07-09"),
    }  # fmt: skip
    assert close_state(events, "2026-06").state == COMPLETING
    assert reminders(events, "2026-05") == {}
