"""What changed since a version: each figure of the marts that is another now, and which rows made it so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from pmo_analytics.contracts import rolled_up, stored
from pmo_analytics.contracts.base import Table
from pmo_analytics.warehouse import View

POSTED, RESTATED, REGISTERED, MAPPED, RULE = "posted late", "restated", "register", "mapping", "rule or setting"
PLANNED = "new plan or forecast"
# Registers that plan or forecast, and the day that tells a later one from a correction.
_PLANS = {
    "budget": "baselined_on_date",
    "project_status": "status_date",
    "project": "status_date",
    "milestone": "status_date",
    "benefit_value": "status_date",
    "business_case": "status_date",
}
_PLACE = ["load_id", "source_line"]
_Rows = dict[tuple[Any, ...], dict[str, Any]]
Frames = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class Change:
    """One figure that is another now; `cause` and `rows` are empty where it was not looked into.

    `rows` tells by table and file how many rows the figure counts more or less than it did.
    """

    table: str
    key: dict[str, Any]
    column: str
    before: Any
    now: Any
    cause: str = ""
    rows: str = ""


def changes(before: View, now: View, *, looked_into: int, marts: Collection[str] | None = None) -> list[Change]:
    """Every figure of the marts that differs between two views of one date, the largest of a column first.

    `marts` are all by default. The cause is looked for in the first
    `looked_into` of each mart: rows that came with later loads, rows that are
    gone, or rows that both versions have and count elsewhere.
    """
    found = []
    for name, table in rolled_up().items():
        if marts is not None and name not in marts:
            continue
        old, new = (_by_key(table, view.table(name)) for view in (before, now))
        differing = list(_differing(table, old, new))
        for change in differing[:looked_into]:
            key = tuple(change.key.values())
            then = before.explain(name, change.key, change.column).rows if key in old else {}
            here = now.explain(name, change.key, change.column).rows if key in new else {}
            why, rows_told = causes(then, here, before.version, now)
            found.append(replace(change, cause=", ".join(sorted(why)) or RULE, rows=rows_told))
        found += differing[looked_into:]
    return found


def _differing(table: Table, old: _Rows, new: _Rows) -> Iterator[Change]:
    for column in (c for c in table.columns if c not in table.key):
        found = []
        for key in dict.fromkeys([*old, *new]):
            left, right = (rows[key][column] if key in rows else None for rows in (old, new))
            if left != right:
                found.append(Change(table.name, dict(zip(table.key, key, strict=True)), column, left, right))
        yield from sorted(found, key=_size, reverse=True)


def _by_key(table: Table, rows: pd.DataFrame) -> _Rows:
    records = [{str(name): _plain(value) for name, value in row.items()} for row in rows.to_dict("records")]
    return {tuple(record[part] for part in table.key): record for record in records}


def _size(change: Change) -> float:
    """How much a number changed by; nothing for what is none."""
    pair = (change.before, change.now)
    if any(isinstance(value, bool | str | pd.Timestamp) for value in pair):
        return 0.0
    return abs(float(change.now or 0) - float(change.before or 0))


def causes(then: Frames, here: Frames, since: int, now: View) -> tuple[set[str], str]:
    """Why a figure is another: of the stored rows, by table, that it counted in version `since` and counts `now`.

    Returns the causes, none where the rows are the same, and in words how many
    rows of which files came and went.
    """
    counted = Counter[str]()
    found = set()
    come, gone = _less(here, then), _less(then, here)
    planned = {table for table, rows in come.items() if _is_later(table, rows, then.get(table))}
    for sign, rows_of, fresh in (("+", come, POSTED), ("−", gone, RESTATED)):
        for table, rows in rows_of.items():
            is_event = stored()[table].is_bulk
            # A row that both versions hold is counted elsewhere; of a register, where it goes another took its place.
            kept = [False] * len(rows)
            if sign == "+":
                kept = list(rows["version"] <= since)
            elif is_event:
                kept = now.still_stored(table, rows)
            of_register = PLANNED if table in planned else REGISTERED
            found |= {MAPPED if is_kept else fresh if is_event else of_register for is_kept in kept}
            for file, version in zip(rows["file"], rows["version"], strict=True):
                counted[f"{sign} {table}, {file}, version {version}"] += 1
    if RESTATED in found:
        found.discard(POSTED)
    return found, "; ".join(f"{what}: {number:,}" for what, number in counted.items())


def _is_later(table: str, come: pd.DataFrame, then: pd.DataFrame | None) -> bool:
    """Whether rows of a register tell of a later day than all that were counted before."""
    day = _PLANS.get(table)
    if day is None or day not in come:
        return False
    return then is None or not len(then) or bool(come[day].max() > then[day].max())


def _less(left: Frames, right: Frames) -> Frames:
    """The rows of one figure that another one does not count, by table."""
    found = {}
    for table, rows in left.items():
        known = set(map(tuple, right[table][_PLACE].to_numpy())) if table in right else set()
        rest = rows[[tuple(place) not in known for place in rows[_PLACE].to_numpy()]]
        if len(rest):
            found[table] = rest
    return found


def _plain(value: Any) -> Any:
    return None if value is None or pd.isna(value) else value
