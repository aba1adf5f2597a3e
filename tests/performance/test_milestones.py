from __future__ import annotations

import pandas as pd

from pmo_analytics.performance.milestones import AHEAD, OVERDUE, REACHED, UNDATED, milestone_outlook
from tests.frames import contract_frame

STATUS = pd.Timestamp("2026-06-30")


def report(milestone: str, day: str, **values: object) -> dict[str, object]:
    dates = {name: pd.Timestamp(str(value)) for name, value in values.items() if name.endswith("_date")}
    return {"project_id": "P", "milestone_id": milestone, "status_date": pd.Timestamp(day)} | values | dates


def test_worked_example_the_last_report_counts_and_its_own_forecast_has_passed() -> None:
    rows = contract_frame(
        "milestone_slip",
        [
            report("M", "2026-04-30", baseline_date="2026-05-10", forecast_date="2026-05-20", slip_days=10.0),
            report(
                "M", "2026-05-31", baseline_date="2026-05-10", forecast_date="2026-06-04", slip_days=25.0,
                slip_since_report_days=15.0,
            ),
        ],
    )  # fmt: skip
    (only,) = milestone_outlook(rows, status_date=STATUS).to_dict("records")
    assert (only["slip_days"], only["slip_since_report_days"], only["milestone_state"]) == (25.0, 15.0, OVERDUE)


def test_a_milestone_is_reached_overdue_ahead_or_undated() -> None:
    rows = contract_frame(
        "milestone_slip",
        [
            report("A", "2026-06-30", baseline_date="2026-02-01", actual_date="2026-02-03"),
            report("B", "2026-06-30", baseline_date="2026-03-01"),
            report("C", "2026-06-30", baseline_date="2026-04-01", forecast_date="2026-06-30"),
            report("D", "2026-06-30"),
            # Reached by a day that has not come.
            report("E", "2026-06-30", baseline_date="2026-05-01", forecast_date="2026-07-01", actual_date="2026-07-01"),
        ],
    )
    states = milestone_outlook(rows, status_date=STATUS).set_index("milestone_id")["milestone_state"].to_dict()
    assert states == {"A": REACHED, "B": OVERDUE, "C": AHEAD, "D": UNDATED, "E": AHEAD}


def test_a_later_report_changes_nothing() -> None:
    told = report("A", "2026-06-30", baseline_date="2026-07-01", forecast_date="2026-07-09", slip_days=8.0)
    later = report("A", "2026-07-31", baseline_date="2026-07-01", forecast_date="2026-09-09", slip_days=70.0)
    now = milestone_outlook(contract_frame("milestone_slip", [told]), status_date=STATUS)
    pd.testing.assert_frame_equal(
        now, milestone_outlook(contract_frame("milestone_slip", [told, later]), status_date=STATUS)
    )
