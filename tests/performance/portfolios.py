"""Marts and registers of portfolios in which projects finished one after another and others still run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from tests.frames import contract_frame, course, project_row

PLAN = [100.0 * k for k in range(1, 11)]
SLOW = [80.0 * k for k in range(1, 13)] + [1000.0]
Frames = dict[str, pd.DataFrame]


def _rows(name: str, start: pd.Timestamp, cost_index: float, earned: Sequence[float]) -> list[dict[str, Any]]:
    return course(name, PLAN, earned, [value / cost_index for value in earned], start=f"{start:%Y-%m}")


def _reports(name: str, months: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Its manager reports the plan's end, until that is past, and then the next month's."""
    told = [row for row in months if row["earned_value_amount"] is not None]
    end = months[9]["status_date"]
    return [
        {
            "project_id": name,
            "status_date": row["status_date"],
            "state": "complete" if row["earned_value_amount"] >= PLAN[-1] else "active",
            "rag_status": "green",
            "percent_complete_pct": row["percent_complete_pct"],
            "forecast_finish_date": max(end, row["status_date"]),
        }
        for row in told
    ]


def portfolio(finished: int, *, running: Sequence[float] = (0.8, 0.95), begun: str = "2010-01") -> Frames:
    """`finished` projects at a CPI of 0.8 and 13 months instead of ten, a new one every other month, and running ones.

    Those run at the CPIs given, have earned 400 of 1,000 after five months, and
    begin when the last one has finished.
    """
    first = pd.Timestamp(begun)
    starts = [first + pd.DateOffset(months=2 * k) for k in range(finished)]
    now = (starts[-1] if starts else first) + pd.DateOffset(months=15)
    given = [(f"P{k:02}", start, 0.8, SLOW) for k, start in enumerate(starts)]
    given += [(f"R{k}", now, index, SLOW[:5]) for k, index in enumerate(running)]
    months, plans, reports = [], [], []
    for name, start, index, earned in given:
        rows = _rows(name, start, index, earned)
        months += rows
        reports += _reports(name, rows)
        plans += [
            {
                "project_id": name, "baseline_version": "1", "period_month": start + pd.DateOffset(months=k),
                "baselined_on_date": start, "planned_value_amount": 100.0, "currency": "EUR",
            }
            for k in range(10)
        ]  # fmt: skip
    ends = {name: start + pd.DateOffset(months=9) + pd.offsets.MonthEnd(0) for name, start, _, _ in given}
    projects = [
        project_row(name, status_date=first, baseline_finish_date=ends[name], currency="EUR") for name in ends
    ]  # fmt: skip
    return {
        "planned_earned_actual": contract_frame("planned_earned_actual", months),
        "budget": contract_frame("budget", plans),
        "project": contract_frame("project", projects),
        "project_status": contract_frame("project_status", reports),
    }


def now_of(frames: Frames) -> pd.Timestamp:
    """The last day that a report speaks of."""
    day: pd.Timestamp = frames["project_status"]["status_date"].max()
    return day
