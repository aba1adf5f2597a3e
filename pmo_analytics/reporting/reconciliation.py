"""The reconciliation's news and figures, from frames of the analyses."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from pmo_analytics import numerals
from pmo_analytics.governance.code_mapping import UnmappedCodeNearest as Code
from pmo_analytics.governance.reconciliation import (
    DIFFERING,
    NO_LABOUR,
    CostDifference,
    IssueTimeDifference,
    largest,
)
from pmo_analytics.governance.reconciliation_totals import (
    ComparedCount,
    CostDifferenceTotal,
    UnmappedCodeCount,
    is_compared,
)
from pmo_analytics.reporting.key_figures import KeyFigure, days_of
from pmo_analytics.reporting.references import Shown, refer

_MONTHS = 12


def exact_money(value: float, currency: str) -> str:
    """An amount to the cent."""
    return f"{currency}\u00a0{numerals.number(value, 2)}"


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
            f"{numerals.number(len(open_rows))} of {numerals.number(len(compared))} project months differ between "
            "timesheets and ledger labour, most "
            f"{first[CostDifference.name]} in {month} by "
            f"{exact_money(abs(first[CostDifference.difference_amount]), first[CostDifference.currency])}"
        )
    elif len(compared):
        parts.append(f"Timesheets and ledger labour agree in all {numerals.number(len(compared))} project months")
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


def difference_figure(differences: pd.DataFrame, totals: pd.DataFrame) -> KeyFigure | None:
    """Timesheet cost less ledger labour of all that is compared, in the currency with most rows.

    `totals` is the `CostDifferenceTotal` of `differences`.
    """
    if totals.empty:
        return None
    total = totals.iloc[0]
    currency = str(total[CostDifferenceTotal.currency])
    rows = differences[is_compared(differences) & (differences[CostDifference.currency] == currency)]
    history = rows.groupby(CostDifference.period_month)[CostDifference.difference_amount].sum().tail(_MONTHS)
    shown = Shown("signed", before=f"{currency}\u00a0")
    return KeyFigure(
        "Timesheets less ledger",
        shown.text(total[CostDifferenceTotal.difference_amount]),
        f"timesheets cost {numerals.money(total[CostDifferenceTotal.cost_amount], currency)}, the ledger's labour is "
        f"{numerals.money(total[CostDifferenceTotal.labour_amount], currency)}; what is higher here and lower there "
        "offsets",
        history=[float(value) for value in history],
        reference=refer(totals, {CostDifferenceTotal.currency: currency}, CostDifferenceTotal.difference_amount, shown),
        exact=float(total[CostDifferenceTotal.difference_amount]),
        unit=currency,
        form=Shown("money", (currency,)),
        months=days_of(history.index),
    )


def _compared(label: str, counts: pd.DataFrame, note: str, unit: str) -> KeyFigure | None:
    """How many of what is compared differ, from a `ComparedCount`."""
    of, differing = (
        int(counts[name].iloc[0]) for name in (ComparedCount.items_compared, ComparedCount.items_differing)
    )
    if not of:
        return None
    shown = Shown("number", behind=f" of {numerals.number(of)}")
    return KeyFigure(
        label,
        shown.text(differing),
        note,
        reference=refer(counts, {}, ComparedCount.items_differing, shown),
        exact=float(differing),
        unit=unit,
        form=Shown("number"),
    )


def months_figure(differences: pd.DataFrame, counts: pd.DataFrame) -> KeyFigure | None:
    """How many of the compared project months differ; `counts` is the `ComparedCount` of `differences`."""
    made = _compared(
        "Project months that differ", counts, "timesheet cost against ledger labour, beyond the tolerance",
        "project months",
    )  # fmt: skip
    if made is None:
        return None
    rows = differences[is_compared(differences)]
    is_open = rows[CostDifference.state].isin(DIFFERING)
    history = is_open.groupby(rows[CostDifference.period_month]).sum().tail(_MONTHS)
    return replace(made, history=[float(value) for value in history], months=days_of(history.index))


def unmapped_figure(codes: pd.DataFrame, counts: pd.DataFrame) -> KeyFigure:
    """How many codes no register knows, and what stands on them; `counts` is the `UnmappedCodeCount` of `codes`."""
    hours = codes.loc[codes[Code.external_key].notna(), Code.duration_seconds].sum()
    parts = [part for part in (_unmapped_money(codes), numerals.hours(hours) if hours else "") if part]
    count, shown = counts[UnmappedCodeCount.code_count].iloc[0], Shown("number")
    return KeyFigure(
        "Codes not mapped",
        shown.text(count),
        f"{' and '.join(parts) or 'no money and no hours'} stand on them in no project",
        reference=refer(counts, {}, UnmappedCodeCount.code_count, shown),
        exact=float(count),
        unit="codes",
        form=shown,
    )


def issue_figure(issues: pd.DataFrame, counts: pd.DataFrame) -> KeyFigure | None:
    """How many of the compared issues differ; `counts` is the `ComparedCount` of these `IssueTimeDifference` rows."""
    is_open = issues[IssueTimeDifference.state].isin(DIFFERING)
    size = issues.loc[is_open, IssueTimeDifference.difference_seconds].abs().sum()
    note = f"time spent by Jira against timesheets; {numerals.hours(size)} above and below together"
    return _compared("Issues that differ", counts, note, "issues")
