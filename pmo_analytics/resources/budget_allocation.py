"""Where the money of the running fiscal year goes: by portfolio, and by kind of expenditure.

Shares are of one currency: nothing is converted. Lines without a forecast are in
budget and actual and counted beside the forecast, whose share is of those that
have one. Source: by the usual definition, sums and shares of sums.

Worked example: North has budgets of 60 and spent 30, South 40 and 50. North
holds 60 % of the budget and 37.5 % of the cost.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.portfolio import Project
from pmo_analytics.resources.budget_amounts import CAPITAL, NOT_SAID, OPERATING, exact_sums
from pmo_analytics.resources.budget_lines import YEAR, BudgetLine

NO_PORTFOLIO, NO_PROJECT = "no portfolio", "no project"
_SUMMED = [
    BudgetLine.budget_amount, BudgetLine.actual_amount, BudgetLine.accrual_amount, BudgetLine.commitment_amount,
    BudgetLine.forecast_spend_amount,
]  # fmt: skip


class PortfolioAllocation(Contract):
    """One row per currency and portfolio of the running fiscal year, the largest budget of a currency first.

    Key: currency, portfolio. `no portfolio` gathers projects that name none,
    `no project` what no register or alias maps. Shares are of the currency's
    sums, and missing where these are not above 0. `projects_left_out` have
    money and no forecast.
    """

    fiscal_year: Text = required()
    currency: Text = required()
    portfolio: Text = required()
    project_count: Whole = required(ge=0)
    projects_left_out: Whole = required(ge=0)
    budget_amount: Number = required()
    actual_amount: Number = required()
    accrual_amount: Number = required()
    commitment_amount: Number = required()
    forecast_spend_amount: Number = required()
    budget_share_pct: Number = optional()
    actual_share_pct: Number = optional()
    forecast_share_pct: Number = optional()


class BudgetKind(Contract):
    """One row per currency and kind of expenditure of the running fiscal year: capital, operating, not said.

    Key: currency, kind. As `PortfolioAllocation`.
    """

    fiscal_year: Text = required()
    currency: Text = required()
    kind: Text = required(isin=[CAPITAL, OPERATING, NOT_SAID])
    project_count: Whole = required(ge=0)
    projects_left_out: Whole = required(ge=0)
    budget_amount: Number = required()
    actual_amount: Number = required()
    accrual_amount: Number = required()
    commitment_amount: Number = required()
    forecast_spend_amount: Number = required()
    budget_share_pct: Number = optional()
    actual_share_pct: Number = optional()
    forecast_share_pct: Number = optional()


def portfolio_allocation(budget_line: pd.DataFrame, project: pd.DataFrame) -> DataFrame[PortfolioAllocation]:
    """Budget, cost and forecast of the running fiscal year by portfolio of the register `project`."""
    rows = _running(budget_line)
    portfolios = project.drop_duplicates(Project.project_id).set_index(Project.project_id)[Project.portfolio]
    named = rows[BudgetLine.project_id].map(portfolios).fillna(NO_PORTFOLIO)
    rows = rows.assign(portfolio=named.mask(rows[BudgetLine.project_id].isna(), NO_PROJECT))
    found = _allocated(rows, PortfolioAllocation.portfolio, list(PortfolioAllocation.to_schema().columns))
    return checked(PortfolioAllocation, found)


def budget_kinds(budget_line: pd.DataFrame) -> DataFrame[BudgetKind]:
    """Budget, cost and forecast of the running fiscal year by kind of expenditure."""
    rows = _running(budget_line)
    found = _allocated(rows, BudgetKind.kind, list(BudgetKind.to_schema().columns))
    return checked(BudgetKind, found)


def _running(lines: pd.DataFrame) -> pd.DataFrame:
    is_now = (lines[BudgetLine.horizon] == YEAR) & lines[BudgetLine.is_running].astype(bool)
    return lines[is_now & lines[BudgetLine.currency].notna()]


def _allocated(rows: pd.DataFrame, by: str, columns: Sequence[str]) -> pd.DataFrame:
    place = [BudgetLine.fiscal_year, BudgetLine.currency, by]
    sums = exact_sums(rows, place, _SUMMED)
    without = rows[rows[BudgetLine.forecast_spend_amount].isna()]
    for name, part in ((PortfolioAllocation.project_count, rows), (PortfolioAllocation.projects_left_out, without)):
        counts = part.groupby(place)[BudgetLine.project_id].nunique().rename(name).reset_index()
        sums = sums.merge(counts, on=place, how="left").fillna({name: 0})
    for name in ("budget", "actual", "forecast"):
        column = BudgetLine.forecast_spend_amount if name == "forecast" else f"{name}_amount"
        whole = sums.groupby(BudgetLine.currency)[column].transform("sum")
        sums[f"{name}_share_pct"] = (100 * sums[column] / whole.where(whole > 0)).round(4)
    order = sums.assign(size=-sums[BudgetLine.budget_amount]).sort_values([BudgetLine.currency, "size", by])
    return order[list(columns)].reset_index(drop=True)
