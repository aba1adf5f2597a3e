"""Frames that keep their contracts, from the few values a test is about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from pmo_analytics.contracts import tables
from pmo_analytics.contracts.base import check_frame
from pmo_analytics.performance.baselines import earned_value_as_baselined
from pmo_analytics.performance.completion_outlook import completion_outlook


def contract_frame(name: str, rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """A checked frame of the table or mart `name`; columns that no row gives are empty."""
    table = tables()[name]
    return check_frame(table, pd.DataFrame(list(rows)).reindex(columns=table.columns))


def course(
    project: str,
    planned: Sequence[float],
    earned: Sequence[float] = (),
    actual: Sequence[float] = (),
    *,
    start: str = "2025-01",
    currency: str | None = "EUR",
    months: int | None = None,
) -> list[dict[str, Any]]:
    """Rows of `planned_earned_actual` for one project; after the plan's end its last value stands."""
    length = months or max(len(planned), len(earned), len(actual))
    rows = []
    for i in range(length):
        month = pd.Timestamp(start) + pd.DateOffset(months=i)
        rows.append(
            {
                "project_id": project,
                "period_month": month,
                "status_date": month + pd.offsets.MonthEnd(0),
                "currency": currency,
                "baseline_version": "1" if planned else None,
                "budget_at_completion_amount": float(planned[-1]) if planned else None,
                "planned_value_amount": float(planned[min(i, len(planned) - 1)]) if planned else None,
                "earned_value_amount": float(earned[i]) if i < len(earned) else None,
                "actual_cost_amount": float(actual[i]) if i < len(actual) else None,
                "percent_complete_pct": 100 * earned[i] / planned[-1] if i < len(earned) and planned else None,
                "reported_on_date": month + pd.offsets.MonthEnd(0) if i < len(earned) else None,
                "uncosted_seconds": 0.0,
            }
        )
    return rows


def outlook_of(
    months: pd.DataFrame,
    reports: pd.DataFrame | None = None,
    budget: pd.DataFrame | None = None,
    *,
    status_date: pd.Timestamp,
) -> pd.DataFrame:
    """The `CompletionOutlook` of a frame of `planned_earned_actual`, of reports and budgets where there are any."""
    plans = contract_frame("budget", []) if budget is None else budget
    told = contract_frame("project_status", []) if reports is None else reports
    return completion_outlook(
        earned_value_as_baselined(months, plans, status_date=status_date), told, status_date=status_date
    )


def project_row(project: str, **values: Any) -> dict[str, Any]:
    """One row of the register of projects."""
    return {"project_id": project, "status_date": pd.Timestamp("2025-01-01"), "name": f"Project {project}"} | values


def flow_row(key: str, created: str, *, status_date: str = "2026-03-31", **values: Any) -> dict[str, Any]:
    """One row of `issue_flow`: `started` and `finished` are texts, `state` is told by them unless it is given."""
    begun, ended = (pd.Timestamp(values.pop(name, None)) for name in ("started", "finished"))
    end = pd.Timestamp(status_date) + pd.Timedelta(days=1) if pd.isna(ended) else ended
    made = pd.Timestamp(created)
    row = {
        "issue_key": key,
        "status": "Any",
        "state": "done" if pd.notna(ended) else "in_progress" if pd.notna(begun) else "to_do",
        "created_at": made,
        "started_at": begun,
        "finished_at": ended,
        "created_on_date": made.floor("D"),
        "started_on_date": begun.floor("D"),
        "finished_on_date": ended.floor("D"),
        "lead_seconds": (end - made).total_seconds(),
        "cycle_seconds": None if pd.isna(begun) else (end - begun).total_seconds(),
        "blocked_seconds": None if pd.isna(begun) else 0.0,
        "return_count": 0,
    }
    return row | values
