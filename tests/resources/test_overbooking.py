"""Promises beyond the calendar, and three kinds of time side by side, by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from pmo_analytics.resources.overbooking import booked_promised_asked, overbooking
from tests.frames import contract_frame

HOUR = 3600.0
JULY, TODAY = pd.Timestamp("2026-07-01"), pd.Timestamp("2026-06-30")


def promised(*rows: tuple[str, str, str, float]) -> pd.DataFrame:
    return contract_frame(
        "allocation",
        [
            {"person_id": who, "project_id": project, "period_month": pd.Timestamp(month), "status_date": TODAY,
             "allocated_seconds": hours * HOUR}
            for who, project, month, hours in rows
        ],
    )  # fmt: skip


def test_the_worked_example_and_a_month_after_leaving() -> None:
    calendar = contract_frame(
        "planned_calendar_by_person_month",
        [{"person_id": who, "period_month": JULY, "calendar_seconds": 160 * HOUR} for who in ("ann", "bo", "cy")],
    )
    found = overbooking(
        promised(
            ("ann", "B", "2026-07-01", 90), ("ann", "A", "2026-07-01", 100), ("bo", "A", "2026-07-01", 160),
            ("cy", "A", "2026-08-01", 40), ("ann", "A", "2026-06-01", 500),
        ),
        calendar, status_date=TODAY,
    )  # fmt: skip
    assert found["person_id"].to_list() == ["cy", "ann"]
    assert (found["excess_seconds"] / HOUR).to_list() == [40, 30]
    assert found.iloc[1][["project_ids", "project_count"]].to_list() == ["A, B", 2]
    assert found.iloc[0]["calendar_seconds"] == 0


def test_three_kinds_of_time_stand_side_by_side_and_keep_their_sums() -> None:
    effort = contract_frame(
        "effort_by_person_month",
        [
            {"person_id": who, "project_id": project, "period_month": JULY, "duration_seconds": hours * HOUR,
             "billable_seconds": 0.0, "entry_count": 1}
            for who, project, hours in (("ann", "A", 50.0), ("bo", "A", 30.0), ("bo", None, 5.0))
        ],
    )  # fmt: skip
    demand = contract_frame(
        "demand",
        [{"project_id": "A", "skill_id": skill, "period_month": JULY, "status_date": TODAY, "demand_seconds": 60 * HOUR}
         for skill in ("x", "y")],
    )  # fmt: skip
    cost = contract_frame(
        "cost_by_project_month",
        [
            {"project_id": "A", "period_month": JULY, "currency": currency, "cost_amount": amount,
             "costed_seconds": 0.0, "uncosted_seconds": uncosted * HOUR}
            for currency, amount, uncosted in (("EUR", 800.0, 0.0), ("USD", 90.0, 0.0), (None, 0.0, 3.0))
        ],
    )  # fmt: skip
    found = booked_promised_asked(effort, promised(("ann", "A", "2026-07-01", 70)), demand, cost)
    of_a = found[found["project_id"] == "A"]
    assert (of_a[["duration_seconds", "allocated_seconds", "demand_seconds"]].sum() / HOUR).to_list() == [80, 70, 120]
    assert of_a["cost_amount"].to_list() == [800, 90, 0]
    assert of_a["duration_seconds"].to_list() == [80 * HOUR, 0, 0]
    assert of_a["uncosted_seconds"].sum() == 3 * HOUR
    assert found[found["project_id"].isna()]["duration_seconds"].item() == pytest.approx(5 * HOUR)
