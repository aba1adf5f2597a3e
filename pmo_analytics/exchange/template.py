"""What a register looks like as a sheet: its headers, what each means, which values it takes."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from pmo_analytics.contracts import registers
from pmo_analytics.contracts.base import REGISTER, Table
from pmo_analytics.errors import UsageError, nearest
from pmo_analytics.vocabulary import DATE, INSTANT, TERMS

_THOUSANDS = 3
# What today's report reads. A new workspace gets empty templates of these alone: sixty would hide them.
STARTERS = (
    "absence",
    "budget",
    "estimate_outcome",
    "person",
    "project",
    "project_alias",
    "project_status",
    "rate",
    "team",
    "working_calendar",
)


def headers(register: Table) -> list[str]:
    """The headers of a register's template: names and contacts beside a person, durations in hours."""
    columns = [
        column.removesuffix("_seconds") + "_hours" if column.endswith("_seconds") else column
        for column in register.columns
    ]
    if register.name == "person":
        columns[1:1] = ["name", "email"]
    if register.clock == REGISTER:
        columns.remove("status_date")
        columns.append("status_date")
    return columns


def column_of(header: str) -> str | None:
    """The word of the data dictionary that a header stands for, if it is one."""
    column = header.removesuffix("_hours") + "_seconds" if header.endswith("_hours") else header
    return column if column in TERMS else None


def explanation(header: str, register: Table | None) -> str | None:
    """What a header means, its unit, and whether the register needs it in every row; None for an unknown header."""
    column = column_of(header)
    if column is None:
        return None
    term = TERMS[column]
    parts = [term.definition]
    if term.unit and term.sql_type not in {DATE, INSTANT}:
        parts.append(f"Unit: {'hours' if header.endswith('_hours') else term.unit}.")
    if register and column in register.columns:
        if column in register.person_columns:
            parts.append("In a file: the key or name that the person goes by.")
        if not register.is_nullable(column):
            parts.append("Required.")
    return " ".join(parts)


def choices(header: str, register: Table | None) -> list[str]:
    """The values that a register allows in a column; none where any will do."""
    if register is None or header not in register.columns:
        return []
    checks = register.model.to_schema().columns[header].checks
    return [str(v) for check in checks for v in (check.statistics or {}).get("allowed_values", [])]


def digits(number: Decimal | float) -> str:
    """A number as text that cannot be taken for another: with three decimals, a point could tell thousands apart."""
    text = format(Decimal(str(number)), "f")
    return f"{text}0" if len(text.partition(".")[2]) == _THOUSANDS else text


def chosen(names: Iterable[str]) -> list[Table]:
    """The registers of these names; UsageError for a name that is none."""
    known = registers()
    found = []
    for name in names:
        if name not in known:
            close = nearest(name, known)
            raise UsageError(
                f"no register {name!r}",
                expected=", ".join(known),
                hint=f"did you mean {close!r}?" if close else None,
            )
        found.append(known[name])
    return found
