"""Headline and key figures of the page on budgets."""

from __future__ import annotations

import pandas as pd

from pmo_analytics import numerals
from pmo_analytics.reporting.key_figures import KeyFigure, days_of
from pmo_analytics.reporting.references import Reference, Shown, refer
from pmo_analytics.resources.budget_bridge import FORECAST, NOW, BudgetBridge
from pmo_analytics.resources.budget_charts import main_currency
from pmo_analytics.resources.budget_lines import COMPLETION, YEAR, BudgetLine
from pmo_analytics.resources.budget_months import BudgetMonth
from pmo_analytics.resources.budget_reallocation import ReallocationBalance

_MONTHS = 12


def _steps(bridge: pd.DataFrame, horizon: str) -> tuple[str, pd.DataFrame] | None:
    """The steps of the currency with the largest budget by name, and that currency; None where there is none."""
    of = bridge[bridge[BudgetBridge.horizon] == horizon]
    currency = main_currency(of[of[BudgetBridge.step] == NOW], BudgetBridge.step_amount)
    if currency is None:
        return None
    return currency, of[of[BudgetBridge.currency] == currency].set_index(BudgetBridge.step)


def _both(steps: pd.DataFrame) -> tuple[float, float]:
    """Budget and forecast of a bridge."""
    amounts = {str(name): float(amount) for name, amount in steps[BudgetBridge.step_amount].items()}
    return amounts[NOW], amounts[FORECAST]


def _refer(bridge: pd.DataFrame, horizon: str, currency: str, step: str, shown: Shown) -> Reference | None:
    key = {BudgetBridge.horizon: horizon, BudgetBridge.currency: currency, BudgetBridge.step: step}
    return refer(bridge, key, BudgetBridge.step_amount, shown)


def headline(bridge: pd.DataFrame, balance: pd.DataFrame, lines: pd.DataFrame) -> str:
    """What a finance partner has to know, from `BudgetBridge`, `ReallocationBalance` and `BudgetLine`."""
    parts = []
    for horizon, what in ((YEAR, "The year is forecast"), (COMPLETION, "The projects are forecast at completion")):
        found = _steps(bridge, horizon)
        if found is not None:
            currency, steps = found
            budget, forecast = _both(steps)
            side = "over" if forecast > budget else "under"
            gap = numerals.money(abs(forecast - budget), currency)
            standing = int(steps[BudgetBridge.projects_standing].iloc[0])
            since = f", where {standing} budgets stand that no record judges" if standing else ""
            parts.append(f"{what} {gap} {side} its budget of {numerals.money(budget, currency)}{since}")
    if not parts:
        return "No project has a budget and a forecast: this page shows what it can and names what is missing."
    parts[-1] = parts[-1].replace("its budget", "their budget") if len(parts) > 1 else parts[-1]
    moved = balance[balance[ReallocationBalance.moved_amount] > 0]
    if len(moved):
        currency = str(main_currency(moved, ReallocationBalance.moved_amount))
        amount = moved.loc[moved[ReallocationBalance.currency] == currency, ReallocationBalance.moved_amount].sum()
        parts.append(f"{numerals.money(amount, currency)} could move from projects that leave it over")
    foreign = _unconverted(lines)
    if foreign:
        parts.append(f"Money in {' and '.join(foreign)} has no dated rate and is in no sum")
    return ". ".join(parts) + "."


def _unconverted(lines: pd.DataFrame) -> list[str]:
    """Currencies of money that no rate converts."""
    is_foreign = lines[BudgetLine.quality_note].str.startswith("no dated rate from ")
    return sorted(set(lines.loc[is_foreign, BudgetLine.currency]))


def year_figure(bridge: pd.DataFrame) -> KeyFigure | None:
    """The forecast of the running fiscal year, from `BudgetBridge`."""
    return _forecast_figure("Forecast of the year", bridge, YEAR)


def completion_figure(bridge: pd.DataFrame) -> KeyFigure | None:
    """The forecast of whole projects, from `BudgetBridge`."""
    return _forecast_figure("Forecast at completion", bridge, COMPLETION)


def _forecast_figure(label: str, bridge: pd.DataFrame, horizon: str) -> KeyFigure | None:
    found = _steps(bridge, horizon)
    if found is None:
        return None
    currency, steps = found
    budget, forecast = _both(steps)
    shown = Shown("money", (currency,))
    side = "over" if forecast > budget else "under"
    share = f"{numerals.percent(abs(forecast / budget - 1), 1)} {side}" if budget else "beside"
    return KeyFigure(
        label,
        shown.text(forecast),
        f"{share} the budget of {shown.text(budget)}, {int(steps[BudgetBridge.project_count].iloc[0])} projects",
        reference=_refer(bridge, horizon, currency, FORECAST, shown),
        exact=forecast,
        unit=currency,
        form=shown,
    )


def spent_figure(months: pd.DataFrame, status_date: pd.Timestamp) -> KeyFigure | None:
    """Cost since the running fiscal year began, from `BudgetMonth`."""
    month = status_date.normalize().replace(day=1)
    now = months[months[BudgetMonth.period_month] == month]
    currency = main_currency(now, BudgetMonth.cumulative_budget_amount)
    if currency is None:
        return None
    rows = months[(months[BudgetMonth.currency] == currency) & (months[BudgetMonth.period_month] <= month)]
    last = rows.iloc[-1]
    shown = Shown("money", (currency,))
    key = {BudgetMonth.currency: currency, BudgetMonth.period_month: month}
    budget = float(last[BudgetMonth.cumulative_budget_amount])
    of_year = rows[rows[BudgetMonth.fiscal_year] == last[BudgetMonth.fiscal_year]].tail(_MONTHS)
    spent = float(last[BudgetMonth.cumulative_actual_amount])
    return KeyFigure(
        "Spent this year",
        shown.text(spent),
        f"of {shown.text(budget)} budgeted for these months of {last[BudgetMonth.fiscal_year]}",
        history=[float(value) for value in of_year[BudgetMonth.cumulative_actual_amount]],
        reference=refer(months, key, BudgetMonth.cumulative_actual_amount, shown),
        exact=spent,
        unit=currency,
        form=shown,
        months=days_of(of_year[BudgetMonth.period_month]),
    )


def moved_figure(balance: pd.DataFrame) -> KeyFigure | None:
    """Money that could move between projects, from `ReallocationBalance`; None where nobody lacks or leaves any."""
    if balance.empty:
        return None
    currency = str(main_currency(balance, ReallocationBalance.needed_amount))
    rows = balance[balance[ReallocationBalance.currency] == currency]
    row = rows.sort_values(ReallocationBalance.moved_amount, kind="stable").iloc[-1]
    shown = Shown("money", (currency,))
    names = (ReallocationBalance.currency, ReallocationBalance.fiscal_year, ReallocationBalance.kind)
    return KeyFigure(
        "Could move",
        shown.text(row[ReallocationBalance.moved_amount]),
        f"{row[ReallocationBalance.kind]}, in {numerals.number(row[ReallocationBalance.transfer_count])} transfers; "
        f"{shown.text(row[ReallocationBalance.uncovered_amount])} of the need stays uncovered",
        reference=refer(balance, {name: row[name] for name in names}, ReallocationBalance.moved_amount, shown),
        exact=float(row[ReallocationBalance.moved_amount]),
        unit=currency,
        form=shown,
    )
