"""Rows of the risk register, and earned value of one month, for tests of what is reckoned from them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from pmo_analytics.performance.earned_value import EarnedValue, earned_value
from tests.frames import contract_frame, course, project_row

STATUS = pd.Timestamp("2026-06-30")


def risk(identifier: str, day: str = "2026-06-30", *, cost: tuple[float, ...] = (), **values: Any) -> dict[str, Any]:
    """One report of a risk of project A; `cost` is low, most likely and high, or one value for all three."""
    row: dict[str, Any] = {"risk_id": identifier, "status_date": pd.Timestamp(day), "title": f"Risk {identifier}"}
    row |= {"project_id": "A", "state": "open"}
    if cost:
        low, likely, high = cost if len(cost) == 3 else cost * 3
        row |= {"cost_low_amount": low, "cost_most_likely_amount": likely, "cost_high_amount": high, "currency": "EUR"}
    return row | values


def risks(*rows: dict[str, Any]) -> pd.DataFrame:
    """The rows as the register holds them."""
    return contract_frame("risk", rows)


def estimates(*rows: dict[str, Any]) -> pd.DataFrame:
    """Rows of the register of estimates."""
    return contract_frame("estimate", rows)


def earned(**projects: tuple[float, float, float]) -> pd.DataFrame:
    """`EarnedValue` of projects in June 2026 from budget, earned value and actual cost of each."""
    rows = [
        row
        for name, (budget, value, cost) in projects.items()
        for row in course(name, [budget], [value], [cost], start="2026-06")
    ]
    register = contract_frame("project", [project_row(name) for name in projects])
    made: pd.DataFrame = earned_value(contract_frame("planned_earned_actual", rows), register, status_date=STATUS)
    assert set(made[EarnedValue.project_id]) == set(projects)
    return made
