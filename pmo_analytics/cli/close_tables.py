"""What the command of a month's close prints."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from pmo_analytics.performance.close_events import CloseState
    from pmo_analytics.performance.close_items import CloseItem
    from pmo_analytics.reporting.close_inputs import MonthClose
    from pmo_analytics.warehouse.stores.chained_tables import Appended

_NEXT = {
    "completing": "pmo close {0} chase, form and comment FILE; then pmo close {0} review --by ROLE",
    "reviewed": "pmo close {0} sign --by ROLE",
    "signed off": "pmo close {0} freeze",
    "frozen": "pmo close {0} reopen --by ROLE --reason TEXT, where something has to change",
}


def print_close(found: MonthClose, version: int, *, as_json: bool) -> None:
    """Print where a close stands, what is open, and what comes next."""
    from pmo_analytics.reporting.close_tables import headline
    from pmo_analytics.terminal import print_json, print_table, say

    if as_json:
        reminded = {who: {"count": count, "last": f"{day:%Y-%m-%d}"} for who, (count, day) in found.reminded.items()}
        print_json(
            {
                **_state(found.state), "version": version, "items": [_plain(item) for item in found.items],
                "commentary": len(found.commentary),
                "reminders": reminded,
            }
        )  # fmt: skip
        return
    say(headline(found))
    rows: list[tuple[Any, ...]] = [
        (item.effect, item.subject, item.kind, item.what, _amount(item), f"{item.due:%Y-%m-%d}", item.owner_role,
         found.reminded.get(item.owner, (0, None))[0])
        for item in found.items
    ]  # fmt: skip
    if rows:
        print_table(["it", "where", "what", "how", "how much", "due", "asked of", "reminders"], rows)
    say(f"{found.close_id} is {_told(found.state)}; {len(found.commentary)} texts of commentary; version {version}")
    say(f"next: {_NEXT[found.state.state].format(found.close_id)}")


def print_event(kept: Appended, close: str, events: pd.DataFrame, *, as_json: bool) -> None:
    """Print what was recorded and where the close stands now."""
    from pmo_analytics.cli.evidence import records
    from pmo_analytics.performance.close_events import close_state
    from pmo_analytics.terminal import print_json, say

    state = close_state(events, close)
    if as_json:
        print_json({**_state(state), "events": records(kept.rows), "upgrades": kept.upgrades})
        return
    for step in kept.upgrades:
        say(f"the warehouse was upgraded, {step}")
    say(f"{close} is {_told(state)}")
    say(f"next: {_NEXT[state.state].format(close)}")


def _told(state: CloseState) -> str:
    told = state.state
    if state.is_frozen:
        told += f" at version {state.frozen_version}"
    elif state.reopened_count:
        told += f", re-opened {state.reopened_count} times"
        told += f", frozen before at version {state.frozen_version}" if state.frozen_version else ""
    return told


def _state(state: CloseState) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(state)


def _amount(item: CloseItem) -> str:
    from pmo_analytics.performance.close_items import counted

    if math.isnan(item.value):
        return ""
    value = item.value / 3600 if item.unit == "seconds" else item.value
    return f"{value:,.2f} h" if item.unit == "seconds" else f"{value:,.10g} {counted(item.unit, value)}"


def _plain(item: CloseItem) -> dict[str, Any]:
    return {
        "kind": item.kind, "subject": item.subject, "subject_id": item.subject_id, "owner_role": item.owner_role,
        "owner_id": item.owner_id, "what": item.what, "effect": item.effect, "due": f"{item.due:%Y-%m-%d}",
        "value": None if math.isnan(item.value) else item.value, "unit": item.unit,
    }  # fmt: skip
