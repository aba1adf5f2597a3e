"""Subtotals that a printed list holds, checked against the rows that they sum."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from pmo_analytics.warehouse.connection import Connection
from pmo_analytics.warehouse.raw_rows import ANY_LEVEL, SUBTOTAL

_BATCH = 10_000
_SHOWN = 5


def check_subtotals(connection: Connection, columns: Sequence[str]) -> list[str]:
    """What the subtotal rows of `typed` say against the rows above them, in words; empty where there are none.

    A subtotal of a level sums the rows since the last one of its level or a
    higher one. Levels count the asterisks of the row; one without sums the
    rows since the beginning or since any subtotal above it.
    """
    sums = ", ".join(["source_line", "fault", *(f'"{column}"' for column in columns)])
    cursor = connection.execute(
        f"SELECT {sums} FROM typed WHERE fault IS NULL OR starts_with(fault, '{SUBTOTAL}') ORDER BY source_line"
    )
    agreed, differing = 0, []
    running = _Running(len(columns))
    while batch := cursor.fetchmany(_BATCH):
        for line, fault, *amounts in batch:
            if fault is None:
                running.add(amounts)
                continue
            level = int(str(fault).removeprefix(SUBTOTAL))
            for index, (column, stated) in enumerate(zip(columns, amounts, strict=True)):
                if stated is None:
                    continue
                if running.agrees(index, stated, level):
                    agreed += 1
                else:
                    differing.append(
                        f"line {line}: the subtotal of {column} says {stated}, "
                        f"its rows sum to {running.since(index, level)}"
                    )
            running.close(level)
    if not agreed and not differing:
        return []
    summary = f"{agreed} of {agreed + len(differing)} subtotals agree with the rows they sum"
    more = [f"{len(differing) - _SHOWN} more subtotals differ"] if len(differing) > _SHOWN else []
    return [summary, *differing[:_SHOWN], *more]


class _Running:
    """Sums of the rows so far, and what they were at each subtotal."""

    def __init__(self, columns: int) -> None:
        self._sums = [Decimal(0)] * columns
        self._at_level: dict[int, list[Decimal]] = {}
        self._at_any = [{Decimal(0)} for _ in range(columns)]

    def add(self, amounts: Iterable[Decimal | None]) -> None:
        self._sums = [total + (amount or 0) for total, amount in zip(self._sums, amounts, strict=True)]

    def since(self, index: int, level: int) -> Decimal:
        """The sum of the rows since the last subtotal of the level or a higher one."""
        before = self._at_level.get(level)
        return self._sums[index] - (before[index] if before else 0)

    def agrees(self, index: int, stated: Decimal, level: int) -> bool:
        if level == ANY_LEVEL:
            return self._sums[index] - stated in self._at_any[index]
        return stated == self.since(index, level)

    def close(self, level: int) -> None:
        self._at_level |= dict.fromkeys(range(ANY_LEVEL, level + 1), self._sums)
        for sums, total in zip(self._at_any, self._sums, strict=True):
            sums.add(total)
