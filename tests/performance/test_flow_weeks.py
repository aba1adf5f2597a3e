from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from pmo_analytics.performance.flow_delays import flow_delays
from pmo_analytics.performance.flow_times import cycle_time_percentiles
from pmo_analytics.performance.flow_weeks import flow_by_week, flow_left_out, flow_rate
from pmo_analytics.performance.work_item_age import work_item_age
from tests.frames import contract_frame, flow_row

STATUS = pd.Timestamp("2026-03-31")
DAY = 86_400.0
COUNTS = ["arrival_count", "start_count", "throughput_count", "cancelled_count"]
STANDS = ["open_items", "in_progress_items", "done_total"]


def items(*rows: dict[str, Any]) -> pd.DataFrame:
    return contract_frame("issue_flow", rows)


def test_the_worked_example_of_a_week() -> None:
    rows = [
        flow_row("A-1", "2026-03-23", started="2026-03-24", finished="2026-03-27"),
        flow_row("A-2", "2026-03-23"),
        flow_row("A-3", "2026-03-23"),
    ]
    found = flow_by_week(items(*rows), status_date=STATUS)
    assert found["start_date"].dt.strftime("%m-%d").to_list() == ["03-23", "03-30"]
    assert found.loc[0, [*COUNTS, *STANDS]].to_list() == [3, 1, 1, 0, 2, 0, 1]
    # The status date is a Tuesday: its week is not whole.
    assert found["is_whole"].to_list() == [True, False]
    assert found["end_date"].iloc[-1] == STATUS


def test_what_cannot_be_placed_in_time_is_in_no_week_and_is_named() -> None:
    rows = [
        flow_row("A-1", "2026-03-23", finished="2026-03-24", quality_note="start not known"),
        flow_row(
            "A-2", "2026-03-23", finished="2026-03-22", quality_note="finished before it was created", lead_seconds=None
        ),
        flow_row("A-3", "2026-03-23", state="unmapped", quality_note="status not mapped"),
    ]
    found = flow_by_week(items(*rows), status_date=STATUS)
    assert found[["arrival_count", "throughput_count"]].sum().to_list() == [1, 1]
    told = flow_left_out(items(*rows)).set_index("quality_note")
    assert told["issue_count"].to_dict() == {
        "start not known": 1, "finished before it was created": 1, "status not mapped": 1,
    }  # fmt: skip
    assert told["is_counted"].to_dict() == {
        "start not known": True, "finished before it was created": False, "status not mapped": False,
    }  # fmt: skip


DAYS = st.dates(date(2026, 1, 1), date(2026, 3, 31))


@settings(max_examples=40)
@given(st.lists(st.tuples(st.lists(DAYS, min_size=1, max_size=3), st.booleans()), min_size=1, max_size=25))
def test_what_came_is_open_done_or_cancelled_at_every_weeks_end(courses: list[tuple[list[date], bool]]) -> None:
    rows = []
    for n, (days, is_cancelled) in enumerate(courses):
        named = dict(zip(("created", "started", "finished"), map(str, sorted(days)), strict=False))
        state = {"state": "cancelled"} if is_cancelled and "finished" in named else {}
        rows.append(flow_row(f"A-{n}", named.pop("created"), **named, **state))
    found = flow_by_week(items(*rows), status_date=STATUS)
    total = found[COUNTS].astype(int).cumsum()
    assert (total["arrival_count"] - total["throughput_count"] - total["cancelled_count"]).equals(
        found["open_items"].astype("int64")
    )
    assert (found["in_progress_items"] <= found["open_items"]).all()
    assert total.iloc[-1][["arrival_count", "start_count"]].to_list() == [
        len(rows), sum("started_at" in row and pd.notna(row["started_at"]) for row in rows),
    ]  # fmt: skip


def test_rates_are_means_of_whole_weeks_with_intervals() -> None:
    weeks = pd.date_range("2026-01-05", periods=12, freq="7D")
    # One item in every second week, two in the others; what is done in the week that is not over counts in no rate.
    days = [day for n, day in enumerate(weeks) for _ in range(1 + n % 2)] + [pd.Timestamp("2026-03-31")] * 5
    rows = [flow_row(f"A-{n}", "2026-01-05", finished=str(day)) for n, day in enumerate(days)]
    found = flow_rate(flow_by_week(items(*rows), status_date=STATUS)).iloc[0]
    assert (found["weeks_counted"], found["throughput_per_week"]) == (12, 1.5)
    assert 1 <= found["throughput_low"] <= 1.5 <= found["throughput_high"] <= 2
    assert found["arrivals_per_week"] == len(days) / 12


def test_age_is_held_against_percentiles_of_the_same_clock() -> None:
    done = [
        flow_row(f"A-{n}", "2026-01-01", started="2026-01-01", finished=f"2026-01-{1 + n:02d}") for n in range(1, 21)
    ]
    now = [
        flow_row("W-1", "2026-03-20", started="2026-03-20"),
        flow_row("W-2", "2026-03-01", started="2026-03-01", state="blocked", blocked_seconds=4 * DAY),
        flow_row("W-3", "2026-03-30", state="in_progress", quality_note="start not known"),
        flow_row("W-4", "2026-03-30"),
    ]
    flow = items(*done, *now)
    percentiles = cycle_time_percentiles(items(*done))
    found = work_item_age(flow, percentiles).set_index("issue_key")
    assert found.index.to_list() == ["W-2", "W-1", "W-3"]
    # Of 20 items that took 1 to 20 days P50 is 10 and P85 is 17; ages are 31, 12 and 2 days.
    assert found["age_days"].to_list() == [31, 12, 2]
    assert found["age_band"].to_list() == ["past P95", "P50 to P85", "within P50"]
    assert found["clock"].to_list() == ["cycle_time", "cycle_time", "lead_time"]
    assert found.loc["W-2", ["blocked_days", "p85_days"]].to_list() == [4, 17]
    nothing = work_item_age(items(*now), cycle_time_percentiles(items(*now)))
    assert set(nothing["age_band"]) == {"not known"}


def test_the_worked_example_of_delays() -> None:
    rows = [
        flow_row("A-1", "2026-01-01", started="2026-01-01", finished="2026-01-09", blocked_seconds=2 * DAY),
        flow_row("A-2", "2026-01-01", started="2026-01-01", finished="2026-01-03"),
        flow_row("A-3", "2026-01-01", finished="2026-01-03"),
        flow_row("A-4", "2026-01-01", return_count=2),
        flow_row("A-5", "2026-01-01"),
        flow_row("A-6", "2026-01-01", finished="2026-01-03", return_count=None),
    ]
    found = flow_delays(items(*rows)).iloc[0]
    assert found[["items_timed", "items_blocked", "blocked_pct"]].to_list() == [2, 1, 20]
    # Done at least once are; what A-6 did before is not known.
    assert found[["items_done", "items_returned", "return_count", "returned_pct"]].to_list() == [4, 1, 2, 25]
    assert [round(found[name], 1) for name in ("returned_low_pct", "returned_high_pct")] == [0.6, 80.6]
