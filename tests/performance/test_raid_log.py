from __future__ import annotations

import math

import pandas as pd
import pytest

from pmo_analytics.performance.raid_log import open_raid_issues, open_risks, pert_mean
from tests.frames import contract_frame

STATUS = pd.Timestamp("2026-06-30")


def risk(identifier: str, day: str = "2026-06-30", **values: object) -> dict[str, object]:
    return {"risk_id": identifier, "status_date": pd.Timestamp(day), "title": identifier, "project_id": "P"} | values


def test_exposure_is_probability_times_the_pert_mean() -> None:
    rows = contract_frame(
        "risk",
        [
            risk(
                "R", probability=0.3, cost_low_amount=10e3, cost_most_likely_amount=20e3, cost_high_amount=60e3,
                delay_most_likely_days=10.0, currency="EUR",
            )
        ],
    )  # fmt: skip
    (only,) = open_risks(rows, status_date=STATUS).to_dict("records")
    assert only["exposure_amount"] == pytest.approx(7.5e3)
    assert only["exposure_days"] == pytest.approx(3.0)


def test_the_mean_of_equal_values_is_the_value_and_it_lies_between_low_and_high() -> None:
    assert pert_mean(5.0, 5.0, 5.0) == 5.0
    assert -20.0 < pert_mean(-20.0, 0.0, 10.0) < 10.0
    assert math.isnan(pert_mean(math.nan, math.nan, 4.0))


def test_the_last_report_says_whether_a_risk_is_open() -> None:
    rows = contract_frame(
        "risk",
        [
            risk("closed", "2026-05-31", state="open"),
            risk("closed", "2026-06-30", state=" Closed "),
            risk("again", "2026-05-31", state="closed"),
            risk("again", "2026-06-30", state="open"),
            risk("silent", "2026-01-31"),
            risk("tomorrow", "2026-07-01"),
        ],
    )
    assert set(open_risks(rows, status_date=STATUS)["risk_id"]) == {"again", "silent"}


def test_risks_past_their_day_come_first_then_the_largest_exposure() -> None:
    rows = contract_frame(
        "risk",
        [
            risk("small", probability=0.1, cost_most_likely_amount=100.0),
            risk("large", probability=0.9, cost_most_likely_amount=100.0, proximity_date=pd.Timestamp("2026-06-30")),
            risk("past", probability=0.0, cost_most_likely_amount=1.0, proximity_date=pd.Timestamp("2026-06-29")),
            risk("unknown"),
        ],
    )
    found = open_risks(rows, status_date=STATUS)
    assert found["risk_id"].to_list() == ["past", "large", "small", "unknown"]
    assert found["is_past_proximity"].to_list() == [True, False, False, False]


def test_issues_are_the_longest_overdue_first_and_those_without_a_date_last() -> None:
    def issue(identifier: str, due: str | None, state: str = "open") -> dict[str, object]:
        return {
            "raid_issue_id": identifier, "status_date": STATUS, "title": identifier, "state": state,
            "due_date": None if due is None else pd.Timestamp(due),
        }  # fmt: skip

    rows = contract_frame(
        "raid_issue",
        [
            issue("ahead", "2026-07-10"), issue("late", "2026-06-20"), issue("none", None),
            issue("later", "2026-06-01"), issue("done", "2026-01-01", "RESOLVED"),
        ],
    )  # fmt: skip
    found = open_raid_issues(rows, status_date=STATUS)
    assert found["raid_issue_id"].to_list() == ["later", "late", "ahead", "none"]
    assert found["overdue_days"].to_list()[:3] == [29.0, 10.0, -10.0]
    assert math.isnan(found["overdue_days"].iloc[3])
