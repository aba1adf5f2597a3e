"""What each baseline moved in a project's budget: between which months, how much, on which day.

Of two baselines the later one's months that hold less gave money, those that
hold more took it. In order of month the money given goes to the months that
take; what is left over of the taking is new money, what is left over of the
giving was given back. Kinds of expenditure and currencies are looked at apart.
The record is the register's own; the pairing is this project's own rule, which
moves money over the fewest months where as much is given as taken.

Worked example: January 100, February 50 become January 70, February 50, March
60. 30 moved from January to March, and 30 of March are new.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Number, Text, checked, optional, required
from pmo_analytics.contracts.cost import Budget
from pmo_analytics.resources.budget_amounts import CAPITAL, NOT_SAID, OPERATING, amount_of, kind_of, units

_Kind = tuple[str, str]
_Plan = dict[_Kind, dict[pd.Timestamp, int]]


class BudgetMove(Contract):
    """One row per project, baseline after its first, currency, kind and pair of months between which money moved.

    Key: project_id, baseline_version, currency, kind, money_from_month,
    money_to_month. New money comes from no month, money given back goes to none. In
    the order of approval.
    """

    project_id: Text = required()
    baseline_version: Text = required()
    previous_version: Text = required()
    baselined_on_date: Date = required()
    currency: Text = required()
    kind: Text = required(isin=[CAPITAL, OPERATING, NOT_SAID])
    money_from_month: Date = optional()
    money_to_month: Date = optional()
    moved_amount: Number = required(gt=0)


def baselines(budget: pd.DataFrame, status_date: pd.Timestamp) -> Iterator[tuple[str, list[tuple[str, pd.DataFrame]]]]:
    """Each project with its baselines approved by a day, in the order in which they came into force.

    Of several of one day the last by name is in force.
    """
    known = budget[budget[Budget.baselined_on_date] <= status_date]
    for project, rows in known.groupby(Budget.project_id, sort=True):
        approved = rows.groupby(Budget.baseline_version)[Budget.baselined_on_date].max()
        order = sorted(approved.items(), key=lambda each: (each[1], str(each[0])))
        yield (
            str(project),
            [(str(version), rows[rows[Budget.baseline_version] == version]) for version, _ in order],
        )  # fmt: skip


def budget_moves(budget: pd.DataFrame, *, status_date: pd.Timestamp) -> DataFrame[BudgetMove]:
    """What each baseline approved by `status_date` moved against the one before, from the register `budget`."""
    made = []
    for project, versions in baselines(budget, status_date):
        for (before, old), (version, new) in pairwise(versions):
            common = {
                BudgetMove.project_id: project,
                BudgetMove.baseline_version: version,
                BudgetMove.previous_version: before,
                BudgetMove.baselined_on_date: new[Budget.baselined_on_date].max(),
            }
            made += [common | move for move in _moves(_plan(old), _plan(new))]
    frame = pd.DataFrame(made, columns=list(BudgetMove.to_schema().columns))
    for column in (BudgetMove.money_from_month, BudgetMove.money_to_month, BudgetMove.baselined_on_date):
        frame[column] = pd.to_datetime(frame[column])
    return checked(BudgetMove, frame)


def _plan(rows: pd.DataFrame) -> _Plan:
    """A baseline by currency and kind, and by month, in the smallest units."""
    found: _Plan = {}
    columns = [Budget.currency, Budget.is_capital, Budget.period_month, Budget.planned_value_amount]
    for currency, is_capital, day, amount in rows[columns].itertuples(index=False):
        kind = (str(currency), kind_of(is_capital))
        month = pd.Timestamp(day).replace(day=1)
        by_month = found.setdefault(kind, {})
        by_month[month] = by_month.get(month, 0) + units(amount)
    return found


def _moves(old: _Plan, new: _Plan) -> Iterator[dict[str, object]]:
    for kind in sorted({*old, *new}):
        for giver, taker, count in paired(old.get(kind, {}), new.get(kind, {})):
            yield {
                BudgetMove.currency: kind[0],
                BudgetMove.kind: kind[1],
                BudgetMove.money_from_month: giver,
                BudgetMove.money_to_month: taker,
                BudgetMove.moved_amount: amount_of(count),
            }


def paired(
    old: Mapping[pd.Timestamp, int], new: Mapping[pd.Timestamp, int]
) -> Iterator[tuple[pd.Timestamp | None, pd.Timestamp | None, int]]:
    """Months that hold less with those that hold more, in order of month, and how much goes from one to the other."""
    change = {month: new.get(month, 0) - old.get(month, 0) for month in sorted({*old, *new})}
    given = {month: -count for month, count in change.items() if count < 0}
    taken = {month: count for month, count in change.items() if count > 0}
    while given and taken:
        giver, taker = next(iter(given)), next(iter(taken))
        count = min(given[giver], taken[taker])
        yield giver, taker, count
        for side, month in ((given, giver), (taken, taker)):
            side[month] -= count
            if not side[month]:
                del side[month]
    yield from ((month, None, count) for month, count in given.items())
    yield from ((None, month, count) for month, count in taken.items())
