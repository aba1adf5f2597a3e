"""Which money could move from projects that will leave some over to those that will need more.

Within one currency, fiscal year and kind of expenditure. What a project can give
is its budget less its P80 where its forecast has one, so that four times in five
it still has enough, or less what it owes where it is closed. A project whose
budget merely stands, for want of a record, gives nothing. What one needs is its
forecast, or what is spent and ordered already, above its budget. As much as can
be is moved, by as few transfers as can be (`budget_transfers`, which says when
that is proven). It is a proposal: what is right between projects is the board's
to say. Source: management by exception within a portfolio's budget; the rule of
P80 is this project's own.

Worked example: a cancelled project leaves 30 of its budget, another is forecast
20 below its budget, but its P80 only 5 below it. A third is 25 over. It gets its
25 from the first, of which 5 are left, as are the 5 of the second.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Flag, Number, Text, Whole, checked, required
from pmo_analytics.resources.budget_amounts import amount_of, exact_sum, units
from pmo_analytics.resources.budget_lines import CLOSED, YEAR, BudgetLine
from pmo_analytics.resources.budget_transfers import MOST_TRIED, fewest_transfers

_GROUP = [BudgetLine.currency, BudgetLine.fiscal_year, BudgetLine.kind]


class Reallocation(Contract):
    """One row per proposed transfer of the running fiscal year.

    Key: currency, fiscal_year, kind, from_project_id, to_project_id.
    `reason` says why the one can give and the other needs it.
    """

    currency: Text = required()
    fiscal_year: Text = required()
    kind: Text = required()
    from_project_id: Text = required()
    to_project_id: Text = required()
    moved_amount: Number = required(gt=0)
    reason: Text = required()


class ReallocationBalance(Contract):
    """One row per currency, fiscal year and kind of expenditure in which a project can give or needs money.

    Key: currency, fiscal_year, kind. `available_amount` can be given,
    `needed_amount` is missing, the smaller of the two is moved. `is_fewest` says
    that no fewer transfers move as much; else that was not tried.
    """

    currency: Text = required()
    fiscal_year: Text = required()
    kind: Text = required()
    giver_count: Whole = required(ge=0)
    taker_count: Whole = required(ge=0)
    transfer_count: Whole = required(ge=0)
    available_amount: Number = required(ge=0)
    needed_amount: Number = required(ge=0)
    moved_amount: Number = required(ge=0)
    unused_amount: Number = required(ge=0)
    uncovered_amount: Number = required(ge=0)
    is_fewest: Flag = required()


def _groups(lines: pd.DataFrame) -> Iterator[tuple[dict[str, object], pd.DataFrame]]:
    """The lines of the running year that can give or need money, by currency, year and kind, with both amounts."""
    is_now = (lines[BudgetLine.horizon] == YEAR) & lines[BudgetLine.is_running].astype(bool)
    rows = lines[is_now & lines[BudgetLine.forecast_spend_amount].notna()].copy()
    safe = rows[BudgetLine.p80_amount].astype(float)
    safe = safe.mask(rows[BudgetLine.forecast_method] == CLOSED, rows[BudgetLine.forecast_spend_amount].astype(float))
    pairs = zip(rows[BudgetLine.budget_amount], safe, rows[BudgetLine.forecast_spend_amount], strict=True)
    # A budget that merely stands has no P80, and gives nothing.
    both = [
        (0 if np.isnan(high) else max(0, units(budget) - units(high)), max(0, units(cost) - units(budget)))
        for budget, high, cost in pairs
    ]
    rows = rows.assign(available=[each[0] for each in both], needed=[each[1] for each in both])
    for _, of_group in rows[(rows["available"] > 0) | (rows["needed"] > 0)].groupby(_GROUP, sort=True):
        ordered = of_group.sort_values(BudgetLine.project_id, ignore_index=True)
        yield {name: ordered[name].iloc[0] for name in _GROUP}, ordered


def reallocation(budget_line: pd.DataFrame) -> DataFrame[Reallocation]:
    """Transfers between projects of the running fiscal year, from `BudgetLine`; largest first within their group."""
    made = []
    for place, rows in _groups(budget_line):
        found = fewest_transfers(rows["available"].to_list(), rows["needed"].to_list())
        for giver, taker, count in sorted(found, key=lambda each: (-each[2], each[:2])):
            names = (Reallocation.from_project_id, giver), (Reallocation.to_project_id, taker)
            made.append(
                place
                | {name: rows[BudgetLine.project_id].iloc[at] for name, at in names}
                | {
                    Reallocation.moved_amount: amount_of(count),
                    Reallocation.reason: _reason(rows.iloc[giver], rows.iloc[taker]),
                }
            )
    return checked(Reallocation, pd.DataFrame(made, columns=list(Reallocation.to_schema().columns)))


def reallocation_balance(budget_line: pd.DataFrame) -> DataFrame[ReallocationBalance]:
    """What can be given, is needed and is moved in each group of the running fiscal year, from `BudgetLine`."""
    made = []
    for place, rows in _groups(budget_line):
        available, needed = int(rows["available"].sum()), int(rows["needed"].sum())
        moved = min(available, needed)
        givers, takers = int((rows["available"] > 0).sum()), int((rows["needed"] > 0).sum())
        found = fewest_transfers(rows["available"].to_list(), rows["needed"].to_list())
        made.append(
            place
            | {
                ReallocationBalance.giver_count: givers,
                ReallocationBalance.taker_count: takers,
                ReallocationBalance.transfer_count: len(found),
                ReallocationBalance.available_amount: amount_of(available),
                ReallocationBalance.needed_amount: amount_of(needed),
                ReallocationBalance.moved_amount: amount_of(moved),
                ReallocationBalance.unused_amount: amount_of(available - moved),
                ReallocationBalance.uncovered_amount: amount_of(needed - moved),
                ReallocationBalance.is_fewest: givers + takers <= MOST_TRIED,
            }
        )
    return checked(ReallocationBalance, pd.DataFrame(made, columns=list(ReallocationBalance.to_schema().columns)))


def _reason(giver: pd.Series, taker: pd.Series) -> str:
    """Why one can give and the other needs it, in words."""
    currency = giver[BudgetLine.currency]
    left = f"{currency} {amount_of(int(giver['available'])):,.2f}"
    if giver[BudgetLine.forecast_method] == CLOSED:
        gives = f"{giver[BudgetLine.project_id]} is closed and leaves {left} of its budget"
    else:
        gives = f"{giver[BudgetLine.project_id]} keeps its P80 and leaves {left} above it"
    missing = f"{currency} {amount_of(int(taker['needed'])):,.2f}"
    owed = exact_sum([
        taker[BudgetLine.actual_amount], taker[BudgetLine.accrual_amount], taker[BudgetLine.commitment_amount]
    ])  # fmt: skip
    is_owed = owed > taker[BudgetLine.budget_amount] and not taker[BudgetLine.to_go_amount]
    needs = "is spent or ordered above its budget" if is_owed else "is forecast above its budget"
    return f"{gives}; of {taker[BudgetLine.project_id]} {missing} {needs}"
