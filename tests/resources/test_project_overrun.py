from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from pmo_analytics.resources.project_overrun import COST, TIME, project_overrun
from tests.frames import contract_frame, course, project_row

STATUS = pd.Timestamp("2026-06-30")


def status(project: str, when: str, state: str) -> dict[str, Any]:
    return {"project_id": project, "status_date": pd.Timestamp(when), "state": state}


def baseline(version: str, when: str, amount: float, currency: str = "EUR", month: str = "2025-01") -> dict[str, Any]:
    return {
        "project_id": "A", "baseline_version": version, "period_month": pd.Timestamp(month),
        "baselined_on_date": pd.Timestamp(when), "planned_value_amount": amount, "currency": currency,
    }  # fmt: skip


def overrun(
    projects: list[dict[str, Any]],
    statuses: list[dict[str, Any]],
    budgets: list[dict[str, Any]],
    months: list[dict[str, Any]],
    on: pd.Timestamp = STATUS,
) -> pd.DataFrame:
    given = {"project": projects, "project_status": statuses, "budget": budgets, "planned_earned_actual": months}
    frames = [contract_frame(name, rows) for name, rows in given.items()]
    return project_overrun(*frames, status_date=on).set_index(["project_id", "outcome_kind"])


DATES = {"baseline_start_date": pd.Timestamp("2025-01-01"), "baseline_finish_date": pd.Timestamp("2025-06-30")}
DONE = [
    status("A", "2025-06-30", "active"),
    status("A", "2025-12-27", "complete"),
    status("A", "2026-01-31", "complete"),
]
MONTHS = course("A", [100], [100], [50, 110, 160])


def test_worked_example() -> None:
    budgets = [
        baseline("2", "2025-05-01", 150),
        baseline("1", "2024-12-01", 60),
        baseline("1", "2024-12-01", 40, month="2025-02"),
    ]
    found = overrun([project_row("A", category="IT", **DATES)], DONE, budgets, MONTHS)
    cost, time = found.loc[("A", COST)], found.loc[("A", TIME)]
    assert (cost["approved_value"], cost["final_value"], cost["overrun_ratio"]) == (100, 160, 1.6)
    assert (cost["category"], cost["outcome_unit"], cost["quality_note"]) == ("IT", "EUR", "")
    assert cost["finished_on_date"] == pd.Timestamp("2025-12-27")
    assert (time["approved_value"], time["final_value"], time["overrun_ratio"]) == (180, 360, 2)


@pytest.mark.parametrize(
    ("statuses", "is_finished"),
    [
        ([status("A", "2025-01-31", "complete"), status("A", "2025-02-28", "active")], False),
        ([status("A", "2025-01-31", "cancelled")], False),
        ([status("A", "2026-07-01", "complete")], False),
        ([], False),
        (
            [status("A", "2025-01-31", "complete"), status("A", "2025-02-28", "active"),
             status("A", "2025-03-31", "complete")],
            True,
        ),
    ],
)  # fmt: skip
def test_only_projects_that_stayed_complete_count(statuses: list[dict[str, Any]], is_finished: bool) -> None:
    found = overrun([project_row("A", **DATES)], statuses, [], [])
    assert len(found) == 2 * is_finished
    if is_finished:
        assert found["finished_on_date"].unique().tolist() == [pd.Timestamp("2025-03-31")]
        assert found["category"].unique().tolist() == ["no category"]


def test_what_cannot_be_held_against_each_other_is_withheld_and_named() -> None:
    one = [baseline("1", "2024-12-01", 100)]
    two = [*one, baseline("1", "2024-12-01", 5, "USD", "2025-02")]
    without_rate = [row | {"uncosted_seconds": 60.0} for row in MONTHS]
    for budgets, months, note in (
        ([], MONTHS, "no first baseline in one currency"),
        (two, MONTHS, "no first baseline in one currency"),
        (one, [], "no actual cost"),
        (one, course("A", [100], [100], [160], currency="USD"), "budget and cost are in two currencies"),
        (one, without_rate, "some of its time has no rate"),
    ):
        found = overrun([project_row("A", **DATES)], DONE, budgets, months)
        assert found.loc[("A", COST), "quality_note"] == note
        assert pd.isna(found.loc[("A", COST), "overrun_ratio"])
        assert found.loc[("A", TIME), "overrun_ratio"] == 2
    bare = overrun([project_row("A")], DONE, one, MONTHS)
    assert bare.loc[("A", TIME), "quality_note"] == "no baseline of its dates"


def test_rows_dated_later_change_nothing() -> None:
    budgets = [baseline("1", "2024-12-01", 100)]
    given = [project_row("A", **DATES)]
    first = overrun(given, DONE, budgets, MONTHS)
    later = overrun(
        given, [*DONE, status("A", "2026-08-31", "active")], [*budgets, baseline("0", "2026-08-01", 1)],
        [*MONTHS, course("A", [1], [1], [999], start="2026-08")[0]],
    )  # fmt: skip
    pd.testing.assert_frame_equal(first, later)
