"""The forecast that all pages show: by hand, with its assumption and reason, and never by what came later."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from pmo_analytics.performance.completion_outlook import CompletionOutlook, latest_outlook
from tests.frames import contract_frame, course, outlook_of
from tests.performance.portfolios import Frames, now_of, portfolio

MAY = pd.Timestamp("2025-05-31")
PLAN = [10.0 * k for k in range(1, 11)]


def report(day: str, finish: str | None, **values: Any) -> dict[str, Any]:
    told = None if finish is None else pd.Timestamp(finish)
    row = {"project_id": "P", "status_date": pd.Timestamp(day), "state": "active", "forecast_finish_date": told}
    return row | values


def last(
    months: list[dict[str, Any]], reports: list[dict[str, Any]] | None = None, day: pd.Timestamp = MAY
) -> dict[str, Any]:
    told = contract_frame("project_status", reports or [])
    rows = latest_outlook(outlook_of(contract_frame("planned_earned_actual", months), told, status_date=day), day)
    (row,) = rows.to_dict("records")
    return {str(name): value for name, value in row.items()}


def test_the_worked_example() -> None:
    months = course("P", PLAN, [8.0, 16.0, 24.0, 32.0, 40.0], [10.0, 20.0, 30.0, 40.0, 50.0])
    row = last(months, [report("2025-05-31", "2025-10-31")])
    assert row["estimate_at_completion_amount"] == pytest.approx(110)
    assert row["variance_at_completion_amount"] == pytest.approx(-10)
    assert row["cost_assumption"] == row["finish_assumption"] == "rest at plan"
    assert row["expected_finish_date"] == pd.Timestamp("2025-11-30")
    assert row["forecast_finish_date"] == pd.Timestamp("2025-10-31")
    assert row["cost_assumption_reason"] == "0 finished projects; it takes 9 to prove another better"
    assert pd.isna(row["p80_amount"])


def test_what_is_wholly_earned_costs_what_it_has_cost() -> None:
    done = course("P", PLAN, [*PLAN, 100.0], [2 * value for value in PLAN] + [210.0])
    row = last(done, day=pd.Timestamp("2025-11-30"))
    assert (row["estimate_at_completion_amount"], row["cost_assumption"]) == (210, "all work is earned")
    # Nobody reported: the day is that of the first month in which all was earned.
    assert (row["expected_finish_date"], row["finish_assumption"]) == (pd.Timestamp("2025-10-31"), "all work is earned")
    told = last(done, [report("2025-10-31", "2025-10-20", state="complete")], day=pd.Timestamp("2025-11-30"))
    assert told["expected_finish_date"] == pd.Timestamp("2025-10-20")


@pytest.mark.parametrize(
    ("earned", "spent", "estimate", "reason"),
    [
        (0.0, 5.0, 105.0, "nothing is earned yet"),
        (0.0, 0.0, 100.0, "nothing is earned yet"),
        # Work that cost nothing is work whose cost is not known.
        (10.0, 0.0, None, None),
        (10.0, None, None, None),
        (None, 10.0, None, None),
    ],
)
def test_before_anything_is_earned_and_where_something_is_not_known(
    earned: float | None, spent: float | None, estimate: float | None, reason: str | None
) -> None:
    months = course("P", PLAN, [1.0], [1.0])
    months[0] |= {"earned_value_amount": earned, "actual_cost_amount": spent}
    row = last(months, day=pd.Timestamp("2025-01-31"))
    found = row["estimate_at_completion_amount"], row["cost_assumption_reason"]
    assert tuple(None if pd.isna(value) else value for value in found) == (estimate, reason)
    assert pd.isna(row["cost_assumption"]) == (estimate is None)


def test_without_a_clock_the_managers_day_is_expected() -> None:
    reports = [report("2025-03-10", "2025-08-15"), report("2025-05-20", "2025-09-15")]
    found = outlook_of(
        contract_frame("planned_earned_actual", []), contract_frame("project_status", reports), status_date=MAY
    )
    assert found["period_month"].dt.strftime("%Y-%m").to_list() == ["2025-03", "2025-04", "2025-05"]
    assert found["expected_finish_date"].dt.strftime("%m-%d").to_list() == ["08-15", "08-15", "09-15"]
    assert set(found["finish_assumption"]) == {"as its manager reports"}
    assert set(found["finish_assumption_reason"]) == {"no plan by month and progress is known"}
    assert found["status_date"].to_list()[-1] == MAY


def test_a_project_that_is_reported_complete_ended_when_that_says() -> None:
    months = course("P", PLAN, [8.0, 16.0, 24.0], [10.0, 20.0, 30.0])
    row = last(months, [report("2025-03-31", "2025-03-15", state="complete")], day=pd.Timestamp("2025-03-31"))
    assert row["expected_finish_date"] == pd.Timestamp("2025-03-15")
    assert row["finish_assumption_reason"] == "it is reported complete"


def test_a_project_that_was_opened_again_has_not_ended() -> None:
    months = course("P", PLAN, [*PLAN, 100.0], [*PLAN, 105.0])
    months[10] |= {"budget_at_completion_amount": 120.0, "planned_value_amount": 120.0}
    row = last(months, day=pd.Timestamp("2025-11-30"))
    assert (row["estimate_at_completion_amount"], row["cost_assumption"]) == (125, "rest at plan")


def whole(frames: Frames, day: pd.Timestamp) -> pd.DataFrame:
    months, reports, plans = (frames[n] for n in ("planned_earned_actual", "project_status", "budget"))
    return outlook_of(months, reports, plans, status_date=day)


def test_rows_of_later_days_change_no_earlier_month() -> None:
    frames = portfolio(16)
    now = now_of(frames)
    then = now - pd.offsets.MonthEnd(18)
    found = whole(frames, now)
    earlier = found[found[CompletionOutlook.status_date] <= then].reset_index(drop=True)
    pd.testing.assert_frame_equal(earlier, whole(frames, then))
    clocks = {"planned_earned_actual": "status_date", "project_status": "status_date", "budget": "baselined_on_date"}
    cut = {name: frame[frame[clocks[name]] <= then] for name, frame in frames.items() if name in clocks}
    # The plan ahead of what had been approved by then is known.
    plan = frames["planned_earned_actual"]
    known = plan[plan["project_id"].isin(cut["planned_earned_actual"]["project_id"])]
    ahead = known["status_date"] > then
    known = known.assign(
        **{
            name: known[name].mask(ahead)
            for name in ("earned_value_amount", "actual_cost_amount", "percent_complete_pct")
        }
    )
    pd.testing.assert_frame_equal(earlier, whole(cut | {"planned_earned_actual": known}, then))
