"""What a contract is: a pandera model plus its key, its lake and its clock.

A frame that keeps a contract holds text as `str`, dates and instants (naive,
UTC) as `datetime64[ns]`, counts as `Int64`, flags as `boolean` and every
DECIMAL of the warehouse as `float64`: sums are made exactly, in SQL, before a
frame exists; what reaches pandas is rolled up and goes into mathematics.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import DataFrame, Series

from pmo_analytics.errors import ContractError
from pmo_analytics.vocabulary import AMOUNT, TERMS

Text = Series[str]
Date = Series[pd.Timestamp]
Number = Series[float]
Whole = Series[pd.Int64Dtype]
Flag = Series[pd.BooleanDtype]

CORE = "core"
PERSONAL = "personal"
MARTS = "marts"

EVENT = "event"
REGISTER = "register"
TIMELESS = "timeless"

CURRENCY = r"^(?:[A-Z]{3})$"


class Contract(pa.DataFrameModel):
    """Base of every contract: exact columns, types coerced where that loses nothing."""

    class Config:
        """Columns beyond the contract's are refused, missing ones too."""

        strict = True
        coerce = True


Kept = TypeVar("Kept", bound=Contract)


def checked(contract: type[Kept], frame: pd.DataFrame) -> DataFrame[Kept]:
    """The frame as its contract has it; the constructor of pandera's type would check it a second time."""
    return contract.validate(frame)


def required(**checks: Any) -> Any:
    """A column that must have a value in every row."""
    return pa.Field(nullable=False, **checks)


def optional(**checks: Any) -> Any:
    """A column that may be empty."""
    return pa.Field(nullable=True, **checks)


@dataclass(frozen=True)
class Table:
    """A contract as the warehouse keeps it.

    `clock` says how `as_of` cuts the table: an EVENT is seen from its
    `clock_column` on; of a REGISTER the latest `status_date` not after `as_of`
    is seen; a TIMELESS table is always seen whole. `person_columns` hold an
    external name or key in an export and a person token in the warehouse. The
    rows of a bulk table are too many for pandas: SQL rolls them up.
    """

    name: str
    model: type[Contract]
    key: tuple[str, ...]
    lake: str
    clock: str
    clock_column: str | None
    person_columns: tuple[str, ...]
    is_register: bool
    is_bulk: bool = False

    @cached_property
    def columns(self) -> list[str]:
        """Column names in the contract's order."""
        return list(self.model.to_schema().columns)

    @property
    def grain(self) -> str:
        """What one row stands for: the first line of the contract's docstring."""
        return (self.model.__doc__ or "").strip().splitlines()[0]

    def sql_type(self, column: str) -> str:
        """Type of `column` in the warehouse."""
        return TERMS[column].sql_type

    def is_nullable(self, column: str) -> bool:
        """Whether `column` may be empty."""
        return bool(self.model.to_schema().columns[column].nullable)

    def currency_column(self, column: str) -> str | None:
        """The column that names the currency of an amount: that of its own prefix, else the row's; None without."""
        if TERMS[column].sql_type != AMOUNT:
            return None
        names = (f"{column.removesuffix('amount')}currency", "currency")
        return next((name for name in names if name in self.columns), None)


TABLES: dict[type[Contract], Table] = {}
_Model = TypeVar("_Model", bound=type[Contract])


def table(
    *,
    key: Iterable[str],
    lake: str = CORE,
    clock: str = TIMELESS,
    clock_column: str | None = None,
    persons: Iterable[str] = (),
    register: bool = False,
    bulk: bool = False,
) -> Callable[[_Model], _Model]:
    """Declare a contract as a table named after its class in snake case.

    A register whose clock is REGISTER carries `status_date` in its key. `bulk`
    marks events too many for pandas: no analysis is handed them.
    """

    def declare(model: _Model) -> _Model:
        name = "".join(f"_{c.lower()}" if c.isupper() else c for c in model.__name__).lstrip("_")
        full_key = (*key, "status_date") if clock == REGISTER else tuple(key)
        column = "status_date" if clock == REGISTER else clock_column
        TABLES[model] = Table(name, model, full_key, lake, clock, column, tuple(persons), register, bulk)
        return model

    return declare


def check_frame(contract: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """`frame` with the contract's columns and types, or a ContractError.

    The error names the contract, the first failing column, what was found and
    what was expected. The input is not changed.
    """
    try:
        found: pd.DataFrame = contract.model.validate(frame, lazy=True)
    except (pa.errors.SchemaErrors, pa.errors.SchemaError) as failure:
        cases = getattr(failure, "failure_cases", None)
        first = cases.iloc[0] if isinstance(cases, pd.DataFrame) and len(cases) else None
        raise ContractError(
            f"the frame does not keep the contract {contract.name!r} ({contract.grain})",
            column=None if first is None else str(first["column"]),
            found=str(failure).splitlines()[0] if first is None else first["failure_case"],
            expected=None if first is None else str(first["check"]),
            hint=f"columns are {', '.join(contract.columns)}",
        ) from None
    repeated = found.duplicated(list(contract.key))
    if repeated.any():
        raise ContractError(
            f"the frame repeats keys of the contract {contract.name!r} ({contract.grain})",
            column=", ".join(contract.key),
            found=f"{int(repeated.sum())} repeated rows",
            expected="one row per key",
        )
    return found
