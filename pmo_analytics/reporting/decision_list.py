"""What needs a decision, as the first section of a page: the verb first, then why, by when and what is at stake."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from pmo_analytics import numerals
from pmo_analytics.performance.decisions_needed import (
    COST_TOLERANCE,
    DELAY_TOLERANCE_DAYS,
    ESCALATED,
    LATE,
    NO_BASELINE,
    OVER_BUDGET,
    REVIEW_DUE,
    STATUS_DIFFERS,
    DecisionNeeded,
)
from pmo_analytics.reporting.fragments import Fragment, fragment
from pmo_analytics.reporting.references import References, Shown

Row = dict[str, Any]
_MONTH_DAYS = 30.4


def decision_list(
    decisions: pd.DataFrame,
    *,
    cost_tolerance: float = COST_TOLERANCE,
    delay_tolerance_days: float = DELAY_TOLERANCE_DAYS,
) -> Fragment:
    """The rows of a `DecisionNeeded` frame in its order; the tolerances are those that it was made with."""
    references = References()
    rows = [_line(row, decisions, references) for row in _rows(decisions)]
    return fragment(
        "decisions",
        rows=rows,
        cost_tolerance=cost_tolerance,
        delay_months=round(delay_tolerance_days / _MONTH_DAYS),
        references=references.plain(),
    )


def _rows(frame: pd.DataFrame) -> list[Row]:
    return [
        {str(name): None if pd.isna(value) else value for name, value in row.items()}
        for row in frame.to_dict("records")
    ]


def _line(row: Row, decisions: pd.DataFrame, references: References) -> Row:
    action, reason = _SENTENCES[row["decision_kind"]](row)
    key = {DecisionNeeded.subject_id: row["subject_id"], DecisionNeeded.decision_kind: row["decision_kind"]}
    money = Shown("money", (row["currency"],))
    name = references.add(("decision", row["subject_id"], "stake"), decisions, key, DecisionNeeded.stake_amount, money)
    return {
        "action": action,
        "reason": reason,
        "due": row["due_date"],
        "stake": None if row["stake_amount"] is None else money.text(row["stake_amount"]),
        "stake_note": {OVER_BUDGET: "over budget", NO_BASELINE: "spent"}.get(row["decision_kind"], ""),
        "figure": name,
        "project": row["project_id"] if row["decision_kind"] == ESCALATED else None,
    }


def _months(days: float) -> str:
    months = max(1, round(days / _MONTH_DAYS))
    return f"{months}{numerals.NBSP}month{'' if months == 1 else 's'}"


def _indices(row: Row) -> str:
    known = [
        f"{symbol}{numerals.NBSP}{numerals.number(row[column], 2)}"
        for symbol, column in (("CPI", "cost_performance_index"), ("SPI(t)", "time_schedule_performance_index"))
        if row[column] is not None
    ]
    return " and ".join(known)


def _further(row: Row) -> str:
    """What else leaves its tolerance, as the end of a sentence."""
    kinds = row["further_kinds"].split(", ")
    parts = []
    if LATE in kinds:
        parts.append(f"it finishes {_months(row['finish_delay_days'])} late")
    if STATUS_DIFFERS in kinds:
        parts.append("it reports green and computes red")
    return f"; {' and '.join(parts)}" if parts else ""


def _over_budget(row: Row) -> tuple[str, str]:
    estimate, budget = row["estimate_at_completion_amount"], row["budget_at_completion_amount"]
    assumes = f" ({row['cost_assumption']})" if row["cost_assumption"] else ""
    share = numerals.percent(estimate / budget - 1)
    over = f"{numerals.money(estimate, row['currency'])}{assumes}, {share} above its budget"
    at = f", at {_indices(row)}" if _indices(row) else ""
    action = f"Fund the overrun of {row['name']}, cut its scope, or stop it"
    return action, f"it is forecast at {over}{at}{_further(row)}."


def _no_baseline(row: Row) -> tuple[str, str]:
    return f"Approve a baseline for {row['name']}, or stop it", f"it spends without one{_further(row)}."


def _late(row: Row) -> tuple[str, str]:
    finish = numerals.month(row["expected_finish_date"])
    assumes = f" ({row['finish_assumption']})" if row["finish_assumption"] else ""
    also = "; it reports green and computes red" if STATUS_DIFFERS in row["further_kinds"] else ""
    return (
        f"Accept {finish} as the finish of {row['name']}, or cut its scope",
        f"it is expected {_months(row['finish_delay_days'])} after its baseline{assumes}{also}.",
    )


def _status_differs(row: Row) -> tuple[str, str]:
    return (
        f"Have {row['name']} re-planned, or its status corrected",
        f"it reports green and computes red, at {_indices(row)}.",
    )


def _escalated(row: Row) -> tuple[str, str]:
    since = f"escalated on {numerals.day(row['raised_on_date'])}" if row["raised_on_date"] is not None else "escalated"
    return f"Decide: {row['name']}", f"{since}, and not decided yet."


def _review_due(row: Row) -> tuple[str, str]:
    reason = f": {row['reason']}" if row["reason"] else ""
    decided = f"{row['decision']} on {numerals.day(row['raised_on_date'])}{reason}"
    return f"Look again at {row['name']}", f"{decided}, to be reviewed."


_SENTENCES: dict[str, Callable[[Row], tuple[str, str]]] = {
    OVER_BUDGET: _over_budget,
    NO_BASELINE: _no_baseline,
    LATE: _late,
    STATUS_DIFFERS: _status_differs,
    ESCALATED: _escalated,
    REVIEW_DUE: _review_due,
}
