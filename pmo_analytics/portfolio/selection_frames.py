"""What a choice comes to as frames: totals, hours by skill and month, the frontier, and what more of a limit is worth.

Source: `selection_answer`, whose numbers these are.

Worked example: A is worth 10 and costs 6, B 7 and 4, C 6 and 4, under a budget of 8.
The total of B and C is 13 for 8, 2 of 3 chosen; the frontier is 13 for 8, 10 for 6
and 7 for 4, and one more unit of the budget, tried with 2, is worth 2.
"""

from __future__ import annotations

import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Flag, Number, Text, Whole, checked, optional, required
from pmo_analytics.portfolio.project_selection import SelectedProposal
from pmo_analytics.portfolio.selection_answer import SelectionAnswer
from pmo_analytics.portfolio.selection_case import used_hours
from pmo_analytics.portfolio.selection_frontier import Frontier
from pmo_analytics.portfolio.selection_reasons import UnitWorth


class SelectionTotal(Contract):
    """One row per currency of costs: how many are chosen of how many, their value and cost, and what is left out."""

    currency: Text = optional()
    chosen_count: Whole = required(ge=0)
    subject_count: Whole = required(ge=0)
    counted_value: Number = required()
    cost_amount: Number = required()
    lost_count: Whole = required(ge=0)
    lost_value: Number = required()


class SelectionLoad(Contract):
    """One row per skill and month in which what is chosen asks for hours.

    Key: skill_id, period_month. What is free is missing where nothing is known of it.
    """

    skill_id: Text = required()
    period_month: Date = required()
    chosen_seconds: Number = required(ge=0)
    free_seconds: Number = optional()


class FrontierChoice(Contract):
    """One row per choice of a frontier, the most value first: none is worth as much for less."""

    counted_value: Number = required()
    cost_amount: Number = required()
    chosen_count: Whole = required(ge=0)
    is_proven: Flag = required()


class LimitWorth(Contract):
    """One row per budget and skill: what a unit more is worth, between two values, one where both are proven."""

    limit_kind: Text = required(isin=["budget", "hours"])
    limit_name: Text = required()
    tried_amount: Number = required(gt=0)
    least_unit_value: Number = required()
    most_unit_value: Number = required()


def selection_total(project_selection: pd.DataFrame) -> DataFrame[SelectionTotal]:
    """What is chosen and what is left out of it, in all, from a `SelectedProposal` frame."""
    rows = []
    for currency, group in project_selection.groupby(SelectedProposal.currency, dropna=False):
        taken = group[SelectedProposal.is_chosen].astype(bool)
        value = group[SelectedProposal.counted_value] + group[SelectedProposal.tied_value]
        rows.append(
            {
                "currency": currency, "chosen_count": int(taken.sum()), "subject_count": len(group),
                "counted_value": float(value[taken].sum()),
                "cost_amount": float(group.loc[taken, SelectedProposal.cost_amount].sum()),
                "lost_count": int((~taken).sum()), "lost_value": float(value[~taken].clip(lower=0.0).sum()),
            }
        )  # fmt: skip
    return checked(SelectionTotal, pd.DataFrame(rows, columns=list(SelectionTotal.to_schema().columns)))


def selection_loads(answer: SelectionAnswer) -> pd.DataFrame:
    """Hours of what is chosen, beside those free."""
    case = answer.ready.case
    hours = used_hours(case, answer.choice.start)
    rows = [
        (name, answer.ready.months[at], 3600.0 * hours[place, at], 3600.0 * case.capacity[place, at])
        for place, name in enumerate(case.skill_names)
        for at in range(case.months)
        if hours[place, at] > 0
    ]
    frame = pd.DataFrame(rows, columns=list(SelectionLoad.to_schema().columns))
    free = frame[SelectionLoad.free_seconds].replace(float("inf"), float("nan"))
    return checked(SelectionLoad, frame.assign(free_seconds=free))


def frontier_choices(found: Frontier) -> pd.DataFrame:
    """The points of a frontier of value against cost."""
    rows = [(point.gain, point.other, int((point.start >= 0).sum()), point.is_proven) for point in found.points]
    return checked(FrontierChoice, pd.DataFrame(rows, columns=list(FrontierChoice.to_schema().columns)))


def limit_worths(found: list[UnitWorth]) -> pd.DataFrame:
    """What more of each limit is worth, the most first."""
    rows = [(each.kind, each.name, each.unit, each.low, each.high) for each in found]
    frame = pd.DataFrame(rows, columns=list(LimitWorth.to_schema().columns))
    order = [LimitWorth.limit_kind, LimitWorth.most_unit_value]
    return checked(LimitWorth, frame.sort_values(order, ascending=[True, False], kind="stable", ignore_index=True))
