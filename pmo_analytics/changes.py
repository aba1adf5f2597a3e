"""What changed since a version: each figure of the marts that is another now, and which rows made it so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pmo_analytics.contracts import rolled_up, stored
from pmo_analytics.contracts.base import Table
from pmo_analytics.warehouse import View
from pmo_analytics.warehouse.counted_rows import Evidence

POSTED, RESTATED, REGISTERED, MAPPED, RULE = "posted late", "restated", "register", "mapping", "rule or setting"
_PLACE = ["load_id", "source_line"]


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

    `marts` are all by default. The cause is looked for in the first `looked_into` of each mart: rows that
    came with later loads, rows that are gone, or rows that both versions have
    and count differently.
    """
    found = []
    for name, table in rolled_up().items():
        if marts is not None and name not in marts:
            continue
        differing = list(_differing(table, before.table(name), now.table(name)))
        found += [_with_cause(before, now, change) for change in differing[:looked_into]] + differing[looked_into:]
    return found


def _differing(table: Table, before: pd.DataFrame, now: pd.DataFrame) -> Iterator[Change]:
    old, new = _by_key(table, before), _by_key(table, now)
    for column in (c for c in table.columns if c not in table.key):
        found = []
        for key in dict.fromkeys([*old, *new]):
            left, right = (rows[key][column] if key in rows else None for rows in (old, new))
            if left != right:
                found.append(Change(table.name, dict(zip(table.key, key, strict=True)), column, left, right))
        yield from sorted(found, key=_size, reverse=True)


def _by_key(table: Table, rows: pd.DataFrame) -> dict[tuple[Any, ...], dict[str, Any]]:
    records = [{str(name): _plain(value) for name, value in row.items()} for row in rows.to_dict("records")]
    return {tuple(record[part] for part in table.key): record for record in records}


def _size(change: Change) -> float:
    """How much a number changed by; nothing for what is none."""
    pair = (change.before, change.now)
    if any(isinstance(value, bool | str | pd.Timestamp) for value in pair):
        return 0.0
    return abs(float(change.now or 0) - float(change.before or 0))


def _with_cause(before: View, now: View, change: Change) -> Change:
    old, new = (_evidence(view, change) for view in (before, now))
    gone, come = _less(old, new), _less(new, old)
    counted = Counter[str]()
    causes = set()
    for sign, rows_of in (("+", come), ("−", gone)):
        for table, rows in rows_of.items():
            for file, version in zip(rows["file"], rows["version"], strict=True):
                counted[f"{sign} {table}, {file}, version {version}"] += 1
                causes.add(_cause(table, is_new=int(version) > before.version, is_come=sign == "+"))
    if RESTATED in causes:
        causes.discard(POSTED)
    told = "; ".join(f"{what}: {number:,}" for what, number in counted.items())
    return Change(
        change.table, change.key, change.column, change.before, change.now, ", ".join(sorted(causes)) or RULE, told
    )


def _cause(table: str, *, is_new: bool, is_come: bool) -> str:
    if is_come and not is_new:
        return MAPPED
    if not stored()[table].is_bulk:
        return REGISTERED
    return POSTED if is_come else RESTATED


def _evidence(view: View, change: Change) -> Evidence | None:
    """The evidence of a figure, or None where the view has no such row."""
    rows = view.table(change.table)
    for name, value in change.key.items():
        column = rows[name]
        rows = rows[column.isna() if value is None else column == value]
    return view.explain(change.table, change.key, change.column) if len(rows) == 1 else None


def _less(left: Evidence | None, right: Evidence | None) -> dict[str, pd.DataFrame]:
    """The rows of one figure that another one does not count, by table."""
    found = {}
    for table, rows in (left.rows if left else {}).items():
        others = right.rows.get(table) if right else None
        known = set() if others is None else set(map(tuple, others[_PLACE].to_numpy()))
        rest = rows[[tuple(place) not in known for place in rows[_PLACE].to_numpy()]]
        if len(rest):
            found[table] = rest
    return found


def _plain(value: Any) -> Any:
    return None if value is None or pd.isna(value) else value
