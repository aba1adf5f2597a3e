"""Two records of the same work held against each other: timesheets and ledger, Jira and timesheets.

This project's own comparison, in the manner of an account reconciliation: both
sides summed by the same key, the difference, and whether it is within a
tolerance. No side is taken for the right one.

Worked example: timesheets of a project cost 12,000.00 in March, the ledger's
labour of March is 11,400.00: the difference is +600.00, timesheets higher. With
a tolerance of 5 % of the larger side, which is 600.00, the two agree. In April
the ledger holds labour of 900.00 and nobody booked time: it is missing in the
timesheets. A month of which no ledger is loaded is not compared at all.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Flag, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.marts import IssueTimeReconciliation as Issue
from pmo_analytics.contracts.marts import LedgerByProjectMonth as Ledger
from pmo_analytics.contracts.marts import TimesheetLedgerReconciliation as Mart
from pmo_analytics.contracts.portfolio import Project

AGREES = "agrees"
TIMESHEETS_HIGHER, LEDGER_HIGHER, JIRA_HIGHER = "timesheets higher", "ledger higher", "Jira higher"
MISSING_IN_TIMESHEETS, MISSING_IN_LEDGER, MISSING_IN_JIRA = (
    "missing in timesheets",
    "missing in ledger",
    "missing in Jira",
)
NOT_MAPPED, NOT_COMPARED = "not mapped", "not compared"
DIFFERING = (TIMESHEETS_HIGHER, LEDGER_HIGHER, JIRA_HIGHER, MISSING_IN_TIMESHEETS, MISSING_IN_LEDGER, MISSING_IN_JIRA)
NO_LABOUR = "pmo.toml does not say which cost elements are labour"
_PLACE = [Mart.project_id, Mart.period_month]


class CostDifference(Contract):
    """One row per project, month and currency with timesheet cost or postings up to the status date.

    `difference_amount` is timesheet cost less ledger labour, `difference_ratio`
    that over the larger of the two. `uncosted_seconds` are hours of the project
    and month without a rate: they are in no cost, and stand beside each currency.
    A row that is not compared says why in `quality_note`. `offset_project_id`
    and `offset_month` name the one row with the opposite difference to the cent,
    of another project in the month or of the project a month before or after:
    work posted on the wrong project, or late.
    """

    project_id: Text = optional()
    name: Text = optional()
    period_month: Date = required()
    currency: Text = optional()
    cost_amount: Number = required()
    labour_amount: Number = optional()
    difference_amount: Number = optional()
    difference_ratio: Number = optional()
    other_amount: Number = optional()
    ledger_amount: Number = required()
    uncosted_seconds: Number = required()
    posting_count: Whole = required()
    state: Text = required()
    offset_project_id: Text = optional()
    offset_month: Date = optional()
    quality_note: Text = required()


class LedgerElement(Contract):
    """One row per cost element and currency of the ledger up to the status date, largest sum first.

    `is_labour` is empty where the organisation has not said which are.
    """

    cost_element: Text = optional()
    currency: Text = required()
    is_labour: Flag = optional()
    ledger_amount: Number = required()
    posting_count: Whole = required()
    first_month: Date = required()
    last_month: Date = required()


class IssueTimeDifference(Contract):
    """One row per issue with time in Jira or in timesheets, largest difference first.

    `difference_seconds` is what timesheets hold less what Jira says was spent.
    Issues that are not compared come last and say why in `quality_note`.
    """

    issue_key: Text = required()
    project_id: Text = optional()
    time_spent_seconds: Number = optional()
    duration_seconds: Number = required()
    difference_seconds: Number = required()
    entry_count: Whole = required()
    state: Text = required()
    quality_note: Text = required()


def cost_differences(
    timesheet_ledger_reconciliation: pd.DataFrame,
    project: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
    tolerance_amount: float = 1.0,
    tolerance_pct: float = 0.0,
) -> DataFrame[CostDifference]:
    """Timesheet cost at dated rates against ledger labour by project, month and currency up to `status_date`.

    Takes the mart and the register `project`, for the names. Two sides agree
    where they differ by no more than `tolerance_amount`, or by no more than
    `tolerance_pct` per cent of the larger one. Months that one side holds
    nothing of, for any project, are not compared.
    """
    mart = timesheet_ledger_reconciliation
    mart = mart[mart[Mart.period_month] <= status_date].reset_index(drop=True)
    rows = _with_uncosted(mart)
    cost, labour = rows[Mart.cost_amount], rows[Mart.labour_amount]
    larger = _larger(cost, labour)
    rows[CostDifference.difference_ratio] = rows[Mart.difference_amount] / larger.where(larger > 0)
    has_time, has_ledger = _covered(mart)
    month = rows[Mart.period_month]
    beyond = ~_is_within(rows[Mart.difference_amount], larger, tolerance_amount, tolerance_pct)
    reasons = [
        (rows[Mart.currency].isna(), "no rate holds for its hours"),
        (~month.isin(has_ledger), "no ledger of this month is loaded"),
        (~month.isin(has_time), "no timesheets of this month are loaded"),
        (labour.isna(), NO_LABOUR),
    ]
    states = [
        (rows[Mart.project_id].isna(), NOT_MAPPED),
        *((is_so, NOT_COMPARED) for is_so, _ in reasons),
        (beyond & (cost == 0), MISSING_IN_TIMESHEETS),
        (beyond & (labour == 0), MISSING_IN_LEDGER),
        (beyond & (cost > labour), TIMESHEETS_HIGHER),
        (beyond, LEDGER_HIGHER),
    ]
    rows[CostDifference.state] = _first(states, AGREES)
    not_compared = rows[CostDifference.state] == NOT_COMPARED
    rows[CostDifference.quality_note] = np.where(not_compared, _first(reasons, ""), _rate_note(rows))
    names = project.drop_duplicates(Project.project_id).set_index(Project.project_id)[Project.name]
    rows[CostDifference.name] = rows[Mart.project_id].map(names).fillna(rows[Mart.project_id])
    rows = rows.join(_offsets(rows))
    ordered = rows.reindex(columns=list(CostDifference.to_schema().columns))
    return checked(CostDifference, ordered)


def largest(differences: pd.DataFrame) -> pd.DataFrame:
    """The rows of a `CostDifference` frame that differ beyond the tolerance, largest first within a currency.

    Amounts of several currencies cannot be ranked against each other: the
    currency with most rows comes first.
    """
    rows = differences[differences[CostDifference.state].isin(DIFFERING)]
    rank = rows.groupby(CostDifference.currency)[CostDifference.state].transform("size").astype(float)
    return (
        rows.assign(rank=-rank, size=-rows[CostDifference.difference_amount].abs())
        .sort_values(["rank", CostDifference.currency, "size", *_PLACE])
        .drop(columns=["rank", "size"])
        .reset_index(drop=True)
    )


def ledger_elements(ledger_by_project_month: pd.DataFrame, *, status_date: pd.Timestamp) -> DataFrame[LedgerElement]:
    """What the ledger holds by cost element and currency up to `status_date`, to choose those that are labour.

    Takes the mart. Sums of credits may be negative; the order is by size.
    """
    rows = ledger_by_project_month[ledger_by_project_month[Ledger.period_month] <= status_date]
    grouped = rows.groupby([Ledger.cost_element, Ledger.currency], as_index=False, dropna=False).agg(
        is_labour=(Ledger.is_labour, "first"),
        ledger_amount=(Ledger.ledger_amount, "sum"),
        posting_count=(Ledger.posting_count, "sum"),
        first_month=(Ledger.period_month, "min"),
        last_month=(Ledger.period_month, "max"),
    )
    size = grouped[LedgerElement.ledger_amount].abs()
    order = [LedgerElement.currency, "size", LedgerElement.cost_element]
    grouped = grouped.assign(size=-size).sort_values(order, ignore_index=True)
    ordered = grouped.reindex(columns=list(LedgerElement.to_schema().columns))
    return checked(LedgerElement, ordered)


def issue_time_differences(
    issue_time_reconciliation: pd.DataFrame, *, tolerance_seconds: float = 900.0, tolerance_pct: float = 0.0
) -> DataFrame[IssueTimeDifference]:
    """Time spent by Jira against timesheet entries that name the issue.

    Takes the mart. Jira leaves time spent empty where none was logged, which
    counts as none. Two sides agree within `tolerance_seconds` or
    `tolerance_pct` per cent of the larger one. Where one side states no time on
    any issue, nothing is compared.
    """
    rows = issue_time_reconciliation.copy()
    spent = rows[Issue.time_spent_seconds].fillna(0.0)
    booked = rows[Issue.duration_seconds]
    larger = _larger(spent, booked)
    beyond = ~_is_within(rows[Issue.difference_seconds], larger, tolerance_seconds, tolerance_pct)
    known = rows[Issue.state]
    nothing = pd.Series(True, index=rows.index)
    reasons = [
        (known == "withheld", "changed after the reporting date"),
        (known == "not_loaded", "nothing of its Jira project is loaded"),
        (nothing & bool((booked == 0).all()), "no timesheet entry names an issue"),
        (nothing & bool((spent == 0).all()), "the issues' export states no time spent"),
    ]
    states = [
        *((is_so, NOT_COMPARED) for is_so, _ in reasons),
        (known == "unknown", MISSING_IN_JIRA),
        (beyond & (booked == 0), MISSING_IN_TIMESHEETS),
        (beyond & (booked > spent), TIMESHEETS_HIGHER),
        (beyond, JIRA_HIGHER),
    ]
    rows[IssueTimeDifference.state] = _first(states, AGREES)
    not_compared = rows[IssueTimeDifference.state] == NOT_COMPARED
    rows[IssueTimeDifference.quality_note] = np.where(not_compared, _first(reasons, ""), "")
    rows = (
        rows.assign(last=not_compared, size=-rows[Issue.difference_seconds].abs())
        .sort_values(["last", "size", Issue.issue_key])
        .reset_index(drop=True)
    )
    ordered = rows.reindex(columns=list(IssueTimeDifference.to_schema().columns))
    return checked(IssueTimeDifference, ordered)


def _offsets(rows: pd.DataFrame) -> pd.DataFrame:
    """By index, the project and month of the only row that offsets a differing one."""
    month = rows[Mart.period_month].dt.year * 12 + rows[Mart.period_month].dt.month
    is_open = rows[CostDifference.state].isin(DIFFERING)
    open_rows = pd.DataFrame(
        {
            "index": rows.index,
            "project": rows[Mart.project_id],
            "month": month,
            "period_month": rows[Mart.period_month],
            "currency": rows[Mart.currency],
            "amount": rows[Mart.difference_amount].round(4),
        }
    )[is_open]
    opposite = open_rows.assign(amount=-open_rows["amount"])
    pairs = open_rows.merge(opposite, on=["currency", "amount"], suffixes=("", "_b"))
    same_project, apart = pairs["project"] == pairs["project_b"], (pairs["month"] - pairs["month_b"]).abs()
    pairs = pairs[(~same_project & (apart == 0)) | (same_project & (apart == 1))]
    # Where an amount has several opposites, none can be told to be its own.
    is_only = ~pairs["index"].duplicated(keep=False) & ~pairs["index_b"].duplicated(keep=False)
    pairs = pairs[is_only].set_index("index")
    names = {"project_b": CostDifference.offset_project_id, "period_month_b": CostDifference.offset_month}
    return pairs[list(names)].rename(columns=names)


def _with_uncosted(mart: pd.DataFrame) -> pd.DataFrame:
    """Rows with a currency beside the project-month's hours without a rate; these alone where there is no other row."""
    hours = mart.groupby(_PLACE, dropna=False)[Mart.uncosted_seconds].transform("sum")
    rows = mart.assign(uncosted_seconds=hours)
    with_currency = mart.groupby(_PLACE, dropna=False)[Mart.currency].transform("count")
    return rows[rows[Mart.currency].notna() | (with_currency == 0)].reset_index(drop=True)


def _covered(mart: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """The months that timesheets, and those that postings, hold anything of."""
    booked = (mart[Mart.costed_seconds] != 0) | (mart[Mart.uncosted_seconds] != 0)
    return mart.loc[booked, Mart.period_month], mart.loc[mart[Mart.posting_count] > 0, Mart.period_month]


def _larger(left: pd.Series, right: pd.Series) -> pd.Series:
    return pd.concat([left.abs(), right.abs()], axis="columns").max(axis="columns")


def _is_within(difference: pd.Series, larger: pd.Series, absolute: float, share_pct: float) -> pd.Series:
    # Sums were made exactly, in SQL; what a float adds to them is far below this.
    allowed = (larger * share_pct / 100).clip(lower=absolute) + 1e-6
    return difference.abs() <= allowed


def _first(cases: list[tuple[pd.Series, str]], otherwise: str) -> np.ndarray:
    """Of each row the text of the first case that holds."""
    texts = np.full(len(cases[0][0]), otherwise, dtype=object)
    for is_so, text in reversed(cases):
        texts[is_so.to_numpy(dtype=bool)] = text
    return texts


def _rate_note(rows: pd.DataFrame) -> list[str]:
    seconds = rows[Mart.uncosted_seconds]
    return [f"{value / 3600:,.2f} h without a rate are not in the cost" if value else "" for value in seconds]
