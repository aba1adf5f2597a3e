"""The reconciliation's news and figures, from frames of the analyses."""

from __future__ import annotations

import pandas as pd

from pmo_analytics import numerals
from pmo_analytics.governance.code_mapping import UnmappedCodeNearest as Code
from pmo_analytics.governance.reconciliation import (
    DIFFERING,
    NO_LABOUR,
    NOT_COMPARED,
    NOT_MAPPED,
    CostDifference,
    IssueTimeDifference,
    largest,
)
from pmo_analytics.reporting.key_figures import KeyFigure, days_of
from pmo_analytics.reporting.references import Shown

_MONTHS = 12


def exact_money(value: float, currency: str) -> str:
    """An amount to the cent."""
    return f"{currency}\u00a0{numerals.number(value, 2)}"


def is_compared(differences: pd.DataFrame) -> pd.Series:
    """Which rows of a `CostDifference` frame have two sides."""
    return ~differences[CostDifference.state].isin([NOT_COMPARED, NOT_MAPPED])


def lacks_labour_accounts(differences: pd.DataFrame) -> bool:
    """Whether rows of a `CostDifference` frame wait for the organisation's word on what labour is."""
    return bool((differences[CostDifference.quality_note] == NO_LABOUR).any())


def headline(differences: pd.DataFrame, codes: pd.DataFrame) -> str:
    """The news in one or two sentences, from `CostDifference` and `UnmappedCodeNearest` frames."""
    parts = []
    compared = differences[is_compared(differences)]
    open_rows = largest(differences)
    if len(open_rows):
        first = open_rows.iloc[0]
        month = numerals.long_month(first[CostDifference.period_month])
        parts.append(
            f"{len(open_rows):,} of {len(compared):,} project months differ between timesheets and ledger labour, most "
            f"{first[CostDifference.name]} in {month} by "
            f"{exact_money(abs(first[CostDifference.difference_amount]), first[CostDifference.currency])}"
        )
    elif len(compared):
        parts.append(f"Timesheets and ledger labour agree in all {len(compared):,} project months")
    elif lacks_labour_accounts(differences):
        parts.append("Timesheets and ledger are not compared yet: nobody has said which cost elements are labour")
    else:
        parts.append("Timesheets and ledger are not compared: no month has both")
    money = _unmapped_money(codes)
    if money:
        parts.append(f"{money} of the ledger are on codes that no register knows")
    return ". ".join(parts) + "."


def _unmapped_money(codes: pd.DataFrame) -> str:
    ledger = codes[(codes[Code.table_name] == "ledger_entry") & codes[Code.external_key].notna()]
    sums = ledger.groupby(Code.currency)[Code.amount].sum()
    texts = [exact_money(float(amount), str(currency)) for currency, amount in sums.items()]
    return " and ".join([", ".join(texts[:-1]), texts[-1]] if len(texts) > 1 else texts)


def difference_figure(differences: pd.DataFrame) -> KeyFigure | None:
    """Timesheet cost less ledger labour of all that is compared, in the currency with most rows."""
    rows = differences[is_compared(differences)]
    if rows.empty:
        return None
    currency = str(rows[CostDifference.currency].value_counts().idxmax())
    rows = rows[rows[CostDifference.currency] == currency]
    sums = rows[[CostDifference.cost_amount, CostDifference.labour_amount, CostDifference.difference_amount]].sum()
    history = rows.groupby(CostDifference.period_month)[CostDifference.difference_amount].sum().tail(_MONTHS)
    return KeyFigure(
        "Timesheets less ledger",
        f"{currency}\u00a0{numerals.signed(sums[CostDifference.difference_amount])}",
        f"timesheets cost {numerals.money(sums[CostDifference.cost_amount], currency)}, the ledger's labour is "
        f"{numerals.money(sums[CostDifference.labour_amount], currency)}; what is higher here and lower there offsets",
        history=[float(value) for value in history],
        exact=float(sums[CostDifference.difference_amount]),
        unit=currency,
        form=Shown("money", (currency,)),
        months=days_of(history.index),
    )


def months_figure(differences: pd.DataFrame) -> KeyFigure | None:
    """How many of the compared project months differ beyond the tolerance."""
    rows = differences[is_compared(differences)]
    if rows.empty:
        return None
    is_open = rows[CostDifference.state].isin(DIFFERING)
    history = is_open.groupby(rows[CostDifference.period_month]).sum().tail(_MONTHS)
    return KeyFigure(
        "Project months that differ",
        f"{int(is_open.sum()):,} of {len(rows):,}",
        "timesheet cost against ledger labour, beyond the tolerance",
        history=[float(value) for value in history],
        exact=float(is_open.sum()),
        unit="project months",
        form=Shown("number"),
        months=days_of(history.index),
    )


def unmapped_figure(codes: pd.DataFrame) -> KeyFigure:
    """How many codes no register knows, and what stands on them."""
    named = codes[codes[Code.external_key].notna()]
    count = len(named.drop_duplicates([Code.source, Code.external_key]))
    hours = named[Code.duration_seconds].sum()
    parts = [part for part in (_unmapped_money(codes), numerals.hours(hours) if hours else "") if part]
    return KeyFigure(
        "Codes not mapped",
        f"{count:,}",
        f"{' and '.join(parts) or 'no money and no hours'} stand on them in no project",
        exact=float(count),
        unit="codes",
        form=Shown("number"),
    )


def issue_figure(issues: pd.DataFrame) -> KeyFigure | None:
    """How many of the compared issues differ, from an `IssueTimeDifference` frame."""
    rows = issues[issues[IssueTimeDifference.state] != NOT_COMPARED]
    if rows.empty:
        return None
    is_open = rows[IssueTimeDifference.state].isin(DIFFERING)
    size = rows.loc[is_open, IssueTimeDifference.difference_seconds].abs().sum()
    return KeyFigure(
        "Issues that differ",
        f"{int(is_open.sum()):,} of {len(rows):,}",
        f"time spent by Jira against timesheets; {numerals.hours(size)} above and below together",
        exact=float(is_open.sum()),
        unit="issues",
        form=Shown("number"),
    )
