"""The reconciliation in a few numbers: what was compared, how much of it differs, what no register knows.

Source: by the usual definition, counts and sums of the rows that
`governance.reconciliation` and `governance.code_mapping` tell one by one.

Worked example: of three project months two are compared, one differs by 40 of
timesheet cost above the ledger's labour: two compared, one differing, and a
difference of 40 in that currency. A third without a ledger is in no number.
"""

from __future__ import annotations

import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Number, Text, Whole, checked, required
from pmo_analytics.governance.code_mapping import UnmappedCodeNearest
from pmo_analytics.governance.reconciliation import (
    DIFFERING,
    NOT_COMPARED,
    NOT_MAPPED,
    CostDifference,
    IssueTimeDifference,
)


class CostDifferenceTotal(Contract):
    """One row per currency of what is compared, the one with most rows first: both sides, and their difference."""

    currency: Text = required()
    months_compared: Whole = required(ge=0)
    cost_amount: Number = required()
    labour_amount: Number = required()
    difference_amount: Number = required()


class ComparedCount(Contract):
    """One row: how many are compared, how many of them differ beyond the tolerance."""

    items_compared: Whole = required(ge=0)
    items_differing: Whole = required(ge=0)


class UnmappedCodeCount(Contract):
    """One row: how many codes of a source no register and no alias knows."""

    code_count: Whole = required(ge=0)


def is_compared(cost_differences: pd.DataFrame) -> pd.Series:
    """Which rows of a `CostDifference` frame have two sides."""
    return ~cost_differences[CostDifference.state].isin([NOT_COMPARED, NOT_MAPPED])


def cost_difference_totals(cost_differences: pd.DataFrame) -> DataFrame[CostDifferenceTotal]:
    """Timesheet cost and ledger labour of all that is compared, by currency; nothing is converted."""
    rows = cost_differences[is_compared(cost_differences)]
    groups = rows.groupby(CostDifference.currency)
    sums = groups[[CostDifference.cost_amount, CostDifference.labour_amount, CostDifference.difference_amount]].sum()
    totals = groups.size().rename(CostDifferenceTotal.months_compared).to_frame().join(sums).reset_index()
    ordered = totals.sort_values([CostDifferenceTotal.months_compared, "currency"], ascending=[False, True])
    return checked(CostDifferenceTotal, ordered.reset_index(drop=True))


def cost_difference_count(cost_differences: pd.DataFrame) -> DataFrame[ComparedCount]:
    """How many project months have both sides, and how many of them differ."""
    return _count(cost_differences[is_compared(cost_differences)], CostDifference.state)


def issue_difference_count(issue_time_differences: pd.DataFrame) -> DataFrame[ComparedCount]:
    """How many issues have time in Jira and in timesheets to compare, and how many of them differ."""
    states = issue_time_differences[IssueTimeDifference.state]
    return _count(issue_time_differences[states != NOT_COMPARED], IssueTimeDifference.state)


def unmapped_code_count(unmapped_codes: pd.DataFrame) -> DataFrame[UnmappedCodeCount]:
    """How many different codes stand unmapped; rows without any code are none."""
    named = unmapped_codes[unmapped_codes[UnmappedCodeNearest.external_key].notna()]
    count = len(named.drop_duplicates([UnmappedCodeNearest.source, UnmappedCodeNearest.external_key]))
    return checked(UnmappedCodeCount, pd.DataFrame({UnmappedCodeCount.code_count: [count]}))


def _count(rows: pd.DataFrame, state: str) -> DataFrame[ComparedCount]:
    counts = {
        ComparedCount.items_compared: [len(rows)],
        ComparedCount.items_differing: [int(rows[state].isin(DIFFERING).sum())],
    }
    return checked(ComparedCount, pd.DataFrame(counts))
