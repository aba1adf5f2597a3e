"""Budget, actual, accrual, orders and forecast of every project on one line, by fiscal year and at completion.

A forecast is what was spent, what was received and is not posted yet, what is
ordered, and what is to go beyond that. What is ordered is a part of what is to
come, never an addition to it: the forecast of all that is to come holds the
orders, and where these exceed it they stand. An accrual is no part of an order
(`open_commitment` says which part of an order it takes out).

The running year comes to what `year_end_forecast` says, later years to their
budgets, years that are over to what they cost. At completion a project comes to
what its estimate at completion leaves to go. A project that is complete or
cancelled spends no more than its open orders. Without a plan, progress or a
record the forecast is refused, or the budget stands, and the note says why.
Source: by the usual definitions of budgetary control; the estimate at completion
is that of earned value (PMI), under the assumption that its record lets be shown.

Worked example: of a year's budget of 100, 40 are spent, 5 accrued and 20 ordered,
and the year is forecast at 90: 25 are to go beyond the orders, and 10 are left
over. Were it forecast at 60, the orders would stand: 65, and nothing to go.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Flag, Number, Text, checked, optional, required
from pmo_analytics.contracts.budget_marts import BudgetByProjectYear as Year
from pmo_analytics.contracts.portfolio import ProjectStatus
from pmo_analytics.resources.budget_amounts import (
    CAPITAL,
    MIXED,
    NOT_SAID,
    OPERATING,
    amount_of,
    exact_sums,
    fiscal_year_start,
    kind_of,
    start_month,
    units,
)
from pmo_analytics.resources.budget_forecast import YearEndForecast
from pmo_analytics.resources.budget_notes import with_notes
from pmo_analytics.resources.budget_rests import EstimateToComplete, split_by_plan

YEAR, COMPLETION = "year", "completion"
CLOSED, OVER, STANDS, NO_FORECAST = "it is closed", "the year is over", "the budget stands", "none"
NOT_JUDGED = "no forecast of a year is judged yet"
_ENDED = ("complete", "cancelled")
_AMOUNTS = [
    Year.budget_amount, Year.budget_to_date_amount, Year.actual_amount, Year.accrual_amount, Year.commitment_amount,
    Year.received_amount, Year.overdue_amount, Year.converted_amount,
]  # fmt: skip


class BudgetLine(Contract):
    """One row per project, horizon, fiscal year, currency and kind of expenditure.

    Key: project_id, horizon, fiscal_year, currency, kind. The horizon is a fiscal
    year, or completion, which has no year, takes in what has no date, and is of
    mixed kind where its budget is of several. `forecast_spend_amount` is
    actual, accrual, orders and `to_go_amount` to the last digit; both are
    missing where nothing can be forecast, and `quality_note` says why.
    `budget_variance_amount` is the budget less the forecast, negative is over.
    `used_pct` is actual and accrual over the budget. P80 stands where the
    forecast has a record. Amounts without a rate into the project's currency,
    and money of no project, stand in rows of their own, without a forecast.
    """

    project_id: Text = optional()
    horizon: Text = required(isin=[YEAR, COMPLETION])
    fiscal_year: Text = optional()
    fiscal_year_start_date: Date = optional()
    currency: Text = optional()
    kind: Text = required(isin=[CAPITAL, OPERATING, MIXED, NOT_SAID])
    budget_amount: Number = required()
    budget_to_date_amount: Number = required()
    actual_amount: Number = required()
    accrual_amount: Number = required()
    commitment_amount: Number = required()
    received_amount: Number = required()
    overdue_amount: Number = required()
    converted_amount: Number = required()
    to_go_amount: Number = optional(ge=0)
    forecast_spend_amount: Number = optional()
    p80_amount: Number = optional()
    budget_variance_amount: Number = optional()
    used_pct: Number = optional()
    forecast_method: Text = required()
    is_running: Flag = required()
    quality_note: Text = required()


def budget_line(
    budget_by_project_year: pd.DataFrame,
    project_status: pd.DataFrame,
    estimate_to_complete: pd.DataFrame,
    year_end_forecast: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
) -> DataFrame[BudgetLine]:
    """Every project's lines from the mart, the register of reports, and the forecasts to completion and of the year.

    Fiscal years come in order, completion last. `is_running` marks the year of
    the reporting date, and completion of a project that is not closed.
    """
    reports = project_status[project_status[ProjectStatus.status_date] <= status_date]
    last = reports.sort_values(ProjectStatus.status_date).groupby(ProjectStatus.project_id)[ProjectStatus.state].last()
    closed = set(last[last.isin(_ENDED)].index)
    columns = list(BudgetLine.to_schema().columns)
    if budget_by_project_year.empty:
        return checked(BudgetLine, pd.DataFrame(columns=columns))
    years = _years(budget_by_project_year, year_end_forecast, closed, status_date)
    whole = _completion(budget_by_project_year, estimate_to_complete, closed)
    lines = pd.concat([each for each in (years, whole) if len(each)] or [whole], ignore_index=True)
    rows = with_notes(_reckoned(lines), budget_by_project_year, closed, status_date)
    order = [BudgetLine.project_id, "rank", BudgetLine.fiscal_year, BudgetLine.currency, BudgetLine.kind]
    rows = rows.assign(rank=(rows[BudgetLine.horizon] == COMPLETION).astype(int)).sort_values(order, ignore_index=True)
    return checked(BudgetLine, rows[columns])


def _bare(rows: pd.DataFrame) -> pd.DataFrame:
    """Lines that hold money, forecast columns empty; what is neither a project's nor converted is told apart."""
    kept = rows[(rows[_AMOUNTS] != 0).any(axis=1)].copy()
    kept["is_own"] = kept[Year.project_id].notna() & kept[Year.to_currency].isna() & kept[Year.currency].notna()
    kept["owed"] = kept[Year.actual_amount] + kept[Year.accrual_amount] + kept[Year.commitment_amount]
    kept["expected"], kept[BudgetLine.p80_amount] = np.nan, np.nan
    kept[BudgetLine.forecast_method], kept["reason"] = NO_FORECAST, ""
    return kept


def _told(rows: pd.DataFrame, by_project: pd.DataFrame) -> dict[str, pd.Series]:
    """What a frame with one row a project says of each line's project, by column."""
    known = by_project.set_index(Year.project_id).astype(object)
    return {name: rows[Year.project_id].map(known[name]).astype(object) for name in known.columns}


def _years(
    mart: pd.DataFrame, forecasts: pd.DataFrame, closed: set[object], status_date: pd.Timestamp
) -> pd.DataFrame:  # fmt: skip
    """Lines of fiscal years with what each comes to."""
    rows = _bare(mart[mart[Year.fiscal_year].notna()])
    begin = rows[Year.fiscal_year_start_date]
    is_now = begin == fiscal_year_start(status_date, start_month(mart[Year.fiscal_year_start_date]))
    is_over = begin + pd.DateOffset(years=1) <= status_date + pd.Timedelta(days=1)
    is_closed, has_budget = rows[Year.project_id].isin(closed), rows[Year.budget_amount] > 0
    told = _told(rows, forecasts)
    has_record = told[YearEndForecast.is_refused].eq(False)
    is_judged = rows["is_own"] & is_now & ~is_over & ~is_closed & has_record
    # The first that fits says what a year comes to.
    for is_so, method, expected in (
        (has_budget, STANDS, rows[Year.budget_amount]),
        (is_judged, told[YearEndForecast.method], rows["owed"] + split_by_plan(rows, told, is_judged)),
        (is_closed, CLOSED, rows["owed"]),
        (is_over, OVER, rows["owed"]),
    ):
        rows["expected"] = rows["expected"].mask(is_so & rows["is_own"], expected)
        rows[BudgetLine.forecast_method] = rows[BudgetLine.forecast_method].mask(is_so & rows["is_own"], method)
    # The interval is of the project's year: of a part of it none is known.
    is_whole = ~rows.duplicated([Year.project_id, Year.fiscal_year, Year.currency], keep=False)
    rows[BudgetLine.p80_amount] = told[YearEndForecast.p80_amount].astype(float).where(is_judged & is_whole)
    stands = is_now & (rows[BudgetLine.forecast_method] == STANDS)
    rows["reason"] = rows["reason"].mask(stands, NOT_JUDGED)
    beyond = stands & (rows["owed"] > rows[Year.budget_amount])
    rows["reason"] = rows["reason"].mask(
        beyond, "more than the budget is spent or ordered, so that it costs at least this"
    )
    rows["reason"] = rows["reason"].mask(rows["is_own"] & rows["expected"].isna(), "nothing is budgeted in this year")
    rows[BudgetLine.horizon], rows[BudgetLine.is_running] = YEAR, is_now
    rows[BudgetLine.kind] = [kind_of(each) for each in rows[Year.is_capital].astype(object)]
    return rows


def _completion(mart: pd.DataFrame, rests: pd.DataFrame, closed: set[object]) -> pd.DataFrame:
    """Lines of whole projects with what each comes to."""
    by = [Year.project_id, Year.currency, Year.to_currency]
    rows = _bare(exact_sums(mart, by, _AMOUNTS))
    budgeted = mart[mart[Year.budget_amount] > 0]
    kinds = budgeted[Year.is_capital].astype(object).map(kind_of).groupby(budgeted[Year.project_id]).unique()
    kind = kinds.map(lambda each: each[0] if len(each) == 1 else MIXED)
    is_closed = rows[Year.project_id].isin(closed)
    spent = rows[Year.actual_amount] + rows[Year.accrual_amount]
    of = _told(rows, rests)
    rest = of[EstimateToComplete.estimate_to_complete_amount].astype(float)
    fits = rows["is_own"] & (rows[Year.currency] == of[EstimateToComplete.currency])
    done = is_closed & rows["is_own"]
    rows["expected"] = (spent + rest).where(fits).mask(done, rows["owed"])
    rows[BudgetLine.p80_amount] = (spent + of[EstimateToComplete.p80_amount].astype(float)).where(fits & ~done)
    methods = of[EstimateToComplete.cost_assumption].where(fits & rest.notna(), NO_FORECAST)
    rows[BudgetLine.forecast_method] = methods.mask(done, CLOSED)
    reasons = of[EstimateToComplete.reason].fillna("no plan, progress or cost of it is known")
    reasons = reasons.mask(rest.notna() & ~fits, "its plan is in another currency")
    rows["reason"] = reasons.where(rows["is_own"] & rows["expected"].isna(), "")
    rows[BudgetLine.kind] = rows[Year.project_id].map(kind).astype(object).fillna(NOT_SAID)
    rows[Year.fiscal_year], rows[Year.fiscal_year_start_date] = None, pd.NaT
    rows[BudgetLine.horizon], rows[BudgetLine.is_running] = COMPLETION, ~is_closed
    return rows


def _reckoned(rows: pd.DataFrame) -> pd.DataFrame:
    """What is to go, the forecast, the variance and the share used, each to the last digit."""
    made: dict[str, list[float]] = {"to_go": [], "forecast": [], "variance": []}
    names = [Year.budget_amount, Year.actual_amount, Year.accrual_amount, Year.commitment_amount, "expected"]
    for budget, actual, accrual, ordered, expected in rows[names].itertuples(index=False):
        if pd.isna(expected):
            for values in made.values():
                values.append(np.nan)
            continue
        owed = units(actual) + units(accrual) + units(ordered)
        forecast = max(owed, units(expected))
        for name, count in (("to_go", forecast - owed), ("forecast", forecast), ("variance", units(budget) - forecast)):
            made[name].append(amount_of(count))
    budget_amounts = rows[Year.budget_amount]
    used = 100 * (rows[Year.actual_amount] + rows[Year.accrual_amount]) / budget_amounts.where(budget_amounts > 0)
    forecast_amounts = pd.Series(made["forecast"], index=rows.index)
    p80 = rows[BudgetLine.p80_amount].astype(float)
    return rows.assign(
        to_go_amount=made["to_go"],
        forecast_spend_amount=forecast_amounts,
        budget_variance_amount=made["variance"],
        used_pct=used.round(4),
        p80_amount=p80.clip(lower=forecast_amounts).round(4),
    )
