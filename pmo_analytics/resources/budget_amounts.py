"""Money of budgets added up to the last digit, in the project's currency, by fiscal year."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

import numpy as np
import pandas as pd

from pmo_analytics.contracts.budget_marts import BudgetByProjectMonth as Month

UNITS = 10_000
CAPITAL, OPERATING, MIXED, NOT_SAID = "capital", "operating", "mixed", "not said"
_AMOUNTS = [
    Month.budget_amount, Month.actual_amount, Month.ledger_amount, Month.timesheet_amount, Month.accrual_amount,
    Month.commitment_amount, Month.received_amount, Month.overdue_amount,
]  # fmt: skip


def units(amount: float) -> int:
    """An amount in ten-thousandths, the smallest that the warehouse keeps; exact below a hundred thousand million."""
    return round(Decimal(repr(float(amount))) * UNITS)


def amount_of(count: int) -> float:
    """The amount of so many ten-thousandths."""
    return float(Decimal(count) / UNITS)


def exact_sum(values: Iterable[float]) -> float:
    """The sum of amounts, which floats alone would miss by their last digits; missing ones are left out."""
    known = [value for value in values if not np.isnan(value)]
    return amount_of(sum(units(value) for value in known))


def exact_sums(frame: pd.DataFrame, by: Sequence[str], amounts: Sequence[str]) -> pd.DataFrame:
    """Exact sums of amounts by columns, of which a missing value is a group of its own, in their order."""
    return frame.groupby(list(by), dropna=False, as_index=False, sort=True)[list(amounts)].agg(exact_sum)


def kind_of(is_capital: object) -> str:
    """A kind of expenditure in a word, from the register's flag."""
    if not isinstance(is_capital, bool | np.bool_):
        return NOT_SAID
    return CAPITAL if is_capital else OPERATING


def in_project_currency(budget_by_project_month: pd.DataFrame) -> pd.DataFrame:
    """The rows of the mart, money for which a rate is known in the project's currency.

    A row that still names another in `to_currency` is money that no rate converts.
    """
    rows = budget_by_project_month.copy()
    is_rated = rows[Month.rate].notna()
    if is_rated.any():
        rows.loc[is_rated, _AMOUNTS] = rows.loc[is_rated, _AMOUNTS].mul(rows.loc[is_rated, Month.rate], axis=0).round(4)
        rows.loc[is_rated, Month.currency] = rows.loc[is_rated, Month.to_currency]
        rows[Month.to_currency] = rows[Month.to_currency].mask(is_rated)
    return rows


def start_month(fiscal_year_start_dates: pd.Series) -> int:
    """The month in which fiscal years begin, from any of their first days; January where there is none."""
    known = fiscal_year_start_dates.dropna()
    return int(known.iloc[0].month) if len(known) else 1


def fiscal_year_start(day: pd.Timestamp, month: int) -> pd.Timestamp:
    """The first day of the fiscal year that `day` lies in, where years begin in `month`."""
    return pd.Timestamp(year=day.year - (day.month < month), month=month, day=1)


def fiscal_year_name(first_day: pd.Timestamp) -> str:
    """A fiscal year by its first day, as the marts name it: 2026, or 2026/27 where it lies in two."""
    return str(first_day.year) if first_day.month == 1 else f"{first_day.year}/{(first_day.year + 1) % 100:02d}"
