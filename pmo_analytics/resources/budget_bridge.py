"""From the first budget to the forecast in steps that sum to the last digit.

The first budget is each project's first baseline; what later baselines added
and took leads to the budget. The forecast is built from nothing: spent,
accrued, ordered, to go. Only lines with a forecast are in the bridge, the
projects without one are counted. Nothing is converted: each currency has a
bridge of its own. Source: the steps of a budgetary control report; that projects
without a forecast stay out of both ends is this project's own rule.

Worked example: a first budget of 100, of which a second baseline takes 10 of
this year, is 90. 40 are spent, 5 accrued, 20 ordered and 30 to go: 95, and the
year is 5 over.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Flag, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.cost import Budget
from pmo_analytics.resources.budget_amounts import amount_of, exact_sum, units
from pmo_analytics.resources.budget_lines import COMPLETION, STANDS, YEAR, BudgetLine
from pmo_analytics.resources.budget_moves import baselines

FIRST, ADDED, TAKEN, NOW = "first budget", "moved in or added", "moved out or given back", "budget"
SPENT, ACCRUED, ORDERED, TO_GO, FORECAST = "spent", "accrued", "ordered", "to go", "forecast"
STEPS = (FIRST, ADDED, TAKEN, NOW, SPENT, ACCRUED, ORDERED, TO_GO, FORECAST)
_OF_LINES = {
    SPENT: BudgetLine.actual_amount, ACCRUED: BudgetLine.accrual_amount, ORDERED: BudgetLine.commitment_amount,
    TO_GO: BudgetLine.to_go_amount,
}  # fmt: skip


class BudgetBridge(Contract):
    """One row per horizon, currency and step, in their order: the running fiscal year, then completion.

    Key: horizon, currency, step. Each step's bar begins where the one before
    ends; that of a total, and of what is spent, begins at 0. `project_count` are
    in it, of `projects_standing` no forecast is judged, so that their budget
    stands; `projects_left_out` have money and no forecast.
    """

    horizon: Text = required(isin=[YEAR, COMPLETION])
    fiscal_year: Text = optional()
    currency: Text = required()
    position: Whole = required(ge=1)
    step: Text = required(isin=STEPS)
    step_amount: Number = required()
    begin_amount: Number = required()
    end_amount: Number = required()
    is_total: Flag = required()
    project_count: Whole = required(ge=1)
    projects_standing: Whole = required(ge=0)
    projects_left_out: Whole = required(ge=0)


def budget_bridge(
    budget_line: pd.DataFrame, budget: pd.DataFrame, *, status_date: pd.Timestamp
) -> DataFrame[BudgetBridge]:
    """The steps from the first budget to the forecast of the lines that have one, and the register `budget`."""
    own = budget_line[budget_line[BudgetLine.project_id].notna()]
    is_year = (own[BudgetLine.horizon] == YEAR) & own[BudgetLine.is_running].astype(bool)
    made = []
    for horizon, part in ((YEAR, own[is_year]), (COMPLETION, own[own[BudgetLine.horizon] == COMPLETION])):
        for currency, lines in part.groupby(BudgetLine.currency, sort=True):
            known = lines[lines[BudgetLine.forecast_spend_amount].notna()]
            if known.empty:
                continue
            begin = known[BudgetLine.fiscal_year_start_date].iloc[0]
            changes = _changes(known, budget, begin, status_date)
            common = {
                BudgetBridge.horizon: horizon,
                BudgetBridge.fiscal_year: known[BudgetLine.fiscal_year].iloc[0],
                BudgetBridge.currency: currency,
                BudgetBridge.project_count: known[BudgetLine.project_id].nunique(),
                BudgetBridge.projects_standing: known.loc[
                    known[BudgetLine.forecast_method] == STANDS, BudgetLine.project_id
                ].nunique(),
                BudgetBridge.projects_left_out: len(
                    set(lines[BudgetLine.project_id]) - set(known[BudgetLine.project_id])
                ),
            }
            made += [common | step for step in _steps(known, changes)]
    return checked(BudgetBridge, pd.DataFrame(made, columns=list(BudgetBridge.to_schema().columns)))


def _changes(
    lines: pd.DataFrame, budget: pd.DataFrame, year_start: pd.Timestamp, status_date: pd.Timestamp
) -> list[int]:  # fmt: skip
    """By how much each baseline of the lines' projects changed their budget, of a year where its first day is known."""
    is_of = budget[Budget.project_id].isin(lines[BudgetLine.project_id])
    own = budget[is_of & budget[Budget.currency].isin(lines[BudgetLine.currency])]
    amounts = own[Budget.planned_value_amount]
    if not pd.isna(year_start):
        months = own[Budget.period_month]
        amounts = amounts.where((months >= year_start) & (months < year_start + pd.DateOffset(years=1)), 0.0)
    found = []
    for _, versions in baselines(own.assign(amount=amounts), status_date):
        sums = [sum(units(each) for each in rows["amount"]) for _, rows in versions]
        found += [later - earlier for earlier, later in pairwise(sums)]
    return found


def _steps(lines: pd.DataFrame, changes: list[int]) -> Iterator[dict[str, object]]:
    now = units(exact_sum(lines[BudgetLine.budget_amount]))
    added, taken = sum(each for each in changes if each > 0), sum(each for each in changes if each < 0)
    amounts = {FIRST: now - added - taken, ADDED: added, TAKEN: taken, NOW: now}
    amounts |= {step: units(exact_sum(lines[column])) for step, column in _OF_LINES.items()}
    amounts[FORECAST] = units(exact_sum(lines[BudgetLine.forecast_spend_amount]))
    at = 0
    for position, step in enumerate(STEPS, start=1):
        begin = 0 if step in {FIRST, NOW, SPENT, FORECAST} else at
        at = begin + amounts[step]
        yield {
            BudgetBridge.position: position,
            BudgetBridge.step: step,
            BudgetBridge.step_amount: amount_of(amounts[step]),
            BudgetBridge.begin_amount: amount_of(begin),
            BudgetBridge.end_amount: amount_of(at),
            BudgetBridge.is_total: step in {FIRST, NOW, FORECAST},
        }
