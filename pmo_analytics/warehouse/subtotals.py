"""Subtotals that a printed list holds, checked against the rows that they sum."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from pmo_analytics.warehouse.connection import Connection
from pmo_analytics.warehouse.raw_rows import SUBTOTAL

_BATCH = 10_000
_SHOWN = 5


def check_subtotals(connection: Connection, columns: Sequence[str]) -> list[str]:
    """What the subtotal rows of `typed` say against the rows above them, in words; empty where there are none.

    A subtotal of a level sums the rows since the last one of its level or a
    higher one. Levels count the asterisks of the row.
    """
    sums = ", ".join(f'"{column}"' for column in columns)
    cursor = connection.execute(
        f"SELECT source_line, fault, {sums} FROM typed WHERE fault IS NULL OR starts_with(fault, '{SUBTOTAL}') "
        "ORDER BY source_line"
    )
    agreed, differing = 0, []
    open_sums: dict[int, list[Decimal]] = {}
    running = [Decimal(0)] * len(columns)
    while batch := cursor.fetchmany(_BATCH):
        for line, fault, *amounts in batch:
            if fault is None:
                running = _added(running, amounts)
                continue
            level = int(str(fault).removeprefix(SUBTOTAL))
            since = open_sums.get(level, [Decimal(0)] * len(columns))
            for column, stated, total, before in zip(columns, amounts, running, since, strict=True):
                if stated is None:
                    continue
                if stated == total - before:
                    agreed += 1
                else:
                    differing.append(
                        f"line {line}: the subtotal of {column} says {stated}, its rows sum to {total - before}"
                    )
            open_sums |= dict.fromkeys(range(1, level + 1), running)
    if not agreed and not differing:
        return []
    summary = f"{agreed} of {agreed + len(differing)} subtotals agree with the rows they sum"
    more = [f"{len(differing) - _SHOWN} more subtotals differ"] if len(differing) > _SHOWN else []
    return [summary, *differing[:_SHOWN], *more]


def _added(running: list[Decimal], amounts: Iterable[Decimal | None]) -> list[Decimal]:
    return [total + (amount or 0) for total, amount in zip(running, amounts, strict=True)]
