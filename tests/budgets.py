"""Frames of budgets from the few values a test is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from pmo_analytics.contracts.completion import CompletionEstimate
from pmo_analytics.resources.budget_forecast import YearEndForecast
from pmo_analytics.resources.budget_rests import EstimateToComplete
from tests.frames import contract_frame

_NOTHING = dict.fromkeys(
    (
        "budget_amount", "budget_to_date_amount", "actual_amount", "ledger_amount", "timesheet_amount",
        "accrual_amount", "commitment_amount", "received_amount", "overdue_amount", "converted_amount",
        "uncosted_seconds",
    ),
    0.0,
)  # fmt: skip


def month(text: str) -> pd.Timestamp:
    return pd.Timestamp(text)


def baseline(
    project: str, version: str, approved: str, planned: Mapping[str, float], **cells: Any
) -> list[dict[str, Any]]:
    """Rows of the register `budget`: planned value by month."""
    return [
        {
            "project_id": project, "baseline_version": version, "baselined_on_date": pd.Timestamp(approved),
            "period_month": pd.Timestamp(day), "planned_value_amount": float(amount), "currency": "EUR",
            "is_capital": False,
        } | cells
        for day, amount in planned.items()
    ]  # fmt: skip


def budgets(*rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    return contract_frame("budget", [row for part in rows for row in part])


def year_row(project: str | None, start: str = "2026-01-01", **cells: Any) -> dict[str, Any]:
    """A row of `budget_by_project_year`."""
    first = pd.Timestamp(start)
    name = str(first.year) if first.month == 1 else f"{first.year}/{(first.year + 1) % 100:02d}"
    return _NOTHING | {
        "project_id": project, "fiscal_year": name, "fiscal_year_start_date": first, "currency": "EUR",
        "is_capital": False,
    } | cells  # fmt: skip


def years(*rows: dict[str, Any]) -> pd.DataFrame:
    names = contract_frame("budget_by_project_year", []).columns
    return contract_frame("budget_by_project_year", [{k: v for k, v in row.items() if k in names} for row in rows])


def month_row(project: str | None, day: str | None, start: str = "2026-01-01", **cells: Any) -> dict[str, Any]:
    """A row of `budget_by_project_month`; the year that it is in begins on the day `start` of some year."""
    first = pd.Timestamp(start)
    when = pd.NaT if day is None else pd.Timestamp(day)
    if day is not None:
        first = first.replace(year=when.year - (when.month < first.month))
    return _NOTHING | {
        "project_id": project, "fiscal_year_start_date": pd.NaT if day is None else first,
        "fiscal_year": None if day is None else str(first.year), "period_month": when, "currency": "EUR",
        "is_capital": False,
    } | cells  # fmt: skip


def months(*rows: dict[str, Any]) -> pd.DataFrame:
    names = contract_frame("budget_by_project_month", []).columns
    return contract_frame("budget_by_project_month", [{k: v for k, v in row.items() if k in names} for row in rows])


def currencies(*projects: str, currency: str = "EUR") -> pd.DataFrame:
    rows = [{"project_id": each, "currency": currency, "is_capital": False} for each in projects]
    return contract_frame("project_currency", [row | {"has_budget_by_month": True} for row in rows])


def statuses(**states: str) -> pd.DataFrame:
    """The register of reports: the state of each project at the end of May 2026."""
    day = pd.Timestamp("2026-05-31")
    rows = [{"project_id": name, "status_date": day, "state": state} for name, state in states.items()]
    return contract_frame("project_status", rows)


def rests(**amounts: float | tuple[float, float] | str) -> pd.DataFrame:
    """An `EstimateToComplete` frame: of each project the rest, the rest and its P80, or why there is none."""
    rows = []
    for name, told in amounts.items():
        rest, p80 = told if isinstance(told, tuple) else (told, None)
        is_known = not isinstance(rest, str)
        rows.append({
            "project_id": name, "currency": "EUR", "estimate_to_complete_amount": rest if is_known else None,
            "p80_amount": p80, "cost_assumption": "rest at plan" if is_known else None,
            "reason": "" if is_known else rest,
        })  # fmt: skip
    made: pd.DataFrame = EstimateToComplete.validate(
        pd.DataFrame(rows, columns=list(EstimateToComplete.to_schema().columns))
    )
    return made


def year_forecasts(is_refused: bool = False, **amounts: float | tuple[float, float]) -> pd.DataFrame:
    """A `YearEndForecast` frame of 2026: of each project the cost, or the cost and its P80."""
    rows = []
    for name, told in amounts.items():
        cost, p80 = told if isinstance(told, tuple) else (told, None)
        rows.append({
            "project_id": name, "fiscal_year": "2026", "currency": "EUR", "months_left": 6, "budget_amount": 0.0,
            "forecast_spend_amount": cost, "p80_amount": p80,
            "method": "the budget is spent" if is_refused else "rest at plan", "is_refused": is_refused,
            "verdict": "too few" if is_refused else "20 % better",
        })  # fmt: skip
    made: pd.DataFrame = YearEndForecast.validate(pd.DataFrame(rows, columns=list(YearEndForecast.to_schema().columns)))
    return made


def estimates(*rows: dict[str, Any]) -> pd.DataFrame:
    """A frame of estimates at completion; columns that no row gives are empty."""
    frame = pd.DataFrame(list(rows), columns=list(CompletionEstimate.to_schema().columns))
    made: pd.DataFrame = CompletionEstimate.validate(frame)
    return made
