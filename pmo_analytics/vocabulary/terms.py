"""What an entry of the data dictionary says, and the types of the warehouse it may have."""

from __future__ import annotations

from dataclasses import dataclass

TEXT = "VARCHAR"
DATE = "DATE"
INSTANT = "TIMESTAMP"
SECONDS = "DECIMAL(18,3)"
AMOUNT = "DECIMAL(20,4)"
RATE = "DECIMAL(20,8)"
QUANTITY = "DECIMAL(20,6)"
PERCENT = "DECIMAL(9,4)"
DAYS = "DECIMAL(12,3)"
NUMBER = "DOUBLE"
COUNT = "BIGINT"
FLAG = "BOOLEAN"


@dataclass(frozen=True)
class Term:
    """One entry of the data dictionary."""

    name: str
    sql_type: str
    definition: str
    unit: str = ""
    symbol: str = ""
    standard: str = ""


def terms(sql_type: str, unit: str, entries: dict[str, str]) -> list[Term]:
    """Entries of one type and unit, from their definitions by name."""
    return [Term(name, sql_type, definition, unit) for name, definition in entries.items()]
