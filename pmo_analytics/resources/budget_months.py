"""Budget and actual month by month, and added up within the fiscal year.

Money for which no rate into its project's currency is known is left out; money
of no project is in. Nothing is converted between projects' currencies. Source:
by the usual definition, sums.

Worked example: January's budget is 100 and its cost 90, February's 50 and 70. At
the end of February 150 were budgeted and 160 spent. March's cost is not known in
February, and so is what is spent by then.
"""

from __future__ import annotations

import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Number, Text, checked, optional, required
from pmo_analytics.contracts.budget_marts import BudgetByProjectMonth as Month
from pmo_analytics.resources.budget_amounts import (
    amount_of,
    exact_sums,
    fiscal_year_name,
    fiscal_year_start,
    in_project_currency,
    start_month,
    units,
)

_MONTHS_A_YEAR = 12
_SUMMED = [Month.budget_amount, Month.actual_amount, Month.accrual_amount, Month.commitment_amount]


class BudgetMonth(Contract):
    """One row per currency and month of the fiscal years that hold money, months without any among them.

    Key: currency, period_month. Cumulative amounts begin anew with each year;
    actual is missing in months that begin after the reporting date.
    """

    currency: Text = required()
    fiscal_year: Text = required()
    period_month: Date = required()
    budget_amount: Number = required()
    actual_amount: Number = optional()
    accrual_amount: Number = required()
    commitment_amount: Number = required()
    cumulative_budget_amount: Number = required()
    cumulative_actual_amount: Number = optional()


def budget_months(budget_by_project_month: pd.DataFrame, *, status_date: pd.Timestamp) -> DataFrame[BudgetMonth]:
    """Budget, actual, accruals and orders by month, from the mart; what has no month is in none."""
    start = start_month(budget_by_project_month[Month.fiscal_year_start_date])
    money = in_project_currency(budget_by_project_month)
    is_told = money[Month.to_currency].isna() & money[Month.currency].notna() & money[Month.period_month].notna()
    sums = exact_sums(money[is_told], [Month.currency, Month.period_month], _SUMMED)
    made = []
    for currency, rows in sums.groupby(Month.currency, sort=True):
        by_month = {row[Month.period_month]: row for row in rows.to_dict("records")}
        for first in sorted({fiscal_year_start(month, start) for month in by_month}):
            budgeted = spent = 0
            for month in pd.date_range(first, periods=_MONTHS_A_YEAR, freq="MS"):
                row = by_month.get(month, dict.fromkeys(_SUMMED, 0.0))
                budgeted += units(row[Month.budget_amount])
                spent += units(row[Month.actual_amount])
                is_past = month <= status_date
                made.append({
                    **{name: row[name] for name in _SUMMED},
                    BudgetMonth.currency: currency,
                    BudgetMonth.fiscal_year: fiscal_year_name(first),
                    BudgetMonth.period_month: month,
                    BudgetMonth.actual_amount: row[Month.actual_amount] if is_past else None,
                    BudgetMonth.cumulative_budget_amount: amount_of(budgeted),
                    BudgetMonth.cumulative_actual_amount: amount_of(spent) if is_past else None,
                })  # fmt: skip
    return checked(BudgetMonth, pd.DataFrame(made, columns=list(BudgetMonth.to_schema().columns)))
