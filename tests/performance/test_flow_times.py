from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmo_analytics.performance.flow_times import cycle_time_percentiles, service_level_record
from tests.frames import contract_frame, flow_row

STATUS = pd.Timestamp("2026-03-31")


def items(*rows: dict[str, Any]) -> pd.DataFrame:
    return contract_frame("issue_flow", rows)


def took(key: str, days: float, **values: Any) -> dict[str, Any]:
    """An item that was started on 1 January and took so many days."""
    end = pd.Timestamp("2026-01-01") + pd.Timedelta(days=days)
    return flow_row(key, "2026-01-01", started="2026-01-01", finished=str(end), **values)


def row_of(frame: pd.DataFrame, group: str = "all", clock: str = "cycle_time") -> pd.Series:
    (row,) = [row for _, row in frame.iterrows() if (row["group_name"], row["clock"]) == (group, clock)]
    return row


def test_the_worked_example() -> None:
    done = [took(f"A-{n}", n) for n in (1, 2, 3, 4)]
    still_open = flow_row("A-5", "2026-03-22", started="2026-03-22")
    row = row_of(cycle_time_percentiles(items(*done, still_open)))
    # Kaplan-Meier: 1/5, 2/5, 3/5 and 4/5 of the items are done by day 1, 2, 3 and 4.
    assert row["p50_days"] == 3
    assert math.isnan(row["p85_days"])
    assert (row["items_finished"], row["items_open"], row["quality_note"]) == (4, 1, "fewer than 10 finished items")
    assert row_of(cycle_time_percentiles(items(*done)))["p50_days"] == 2


def test_groups_count_what_they_leave_out() -> None:
    rows = [
        took("A-1", 2, issue_type="Bug", project_id="P"),
        took("A-2", 9, issue_type="Bug", state="cancelled"),
        flow_row("A-3", "2026-01-01", issue_type="Bug", finished="2026-01-05", quality_note="never in progress"),
        flow_row("A-4", "2026-01-01", issue_type="Bug"),
        flow_row("A-5", "2026-01-01", project_id="P", state="unmapped", lead_seconds=None, quality_note="x"),
    ]
    found = cycle_time_percentiles(items(*rows))
    bugs = row_of(found, "Bug")
    # A-4 waits to be started: it is not open work yet, and nothing of it is missing.
    counts = ["items_finished", "items_open", "items_cancelled", "items_left_out"]
    assert bugs[counts].to_list() == [1, 0, 1, 1]
    assert row_of(found, "Bug", "lead_time")[counts].to_list() == [2, 1, 1, 0]
    assert row_of(found)[counts].to_list() == [1, 0, 1, 2]
    assert set(found.loc[found["grouping"] == "project_id", "group_name"]) == {"P", "not stated"}
    assert "team" not in set(found["grouping"])


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(1, 60), st.booleans()), min_size=12, max_size=40))
def test_open_items_never_make_a_percentile_shorter(lasted: list[tuple[int, bool]]) -> None:
    rows = [took(f"A-{n}", days) for n, (days, _) in enumerate(lasted)]
    censored = [
        row | {"state": "in_progress" if is_open else "done"} for row, (_, is_open) in zip(rows, lasted, strict=True)
    ]
    closed = [row for row in censored if row["state"] == "done"]
    if not closed:
        return
    with_open, without = (row_of(cycle_time_percentiles(items(*each))) for each in (censored, closed))
    for name in ("p50_days", "p85_days", "p95_days"):
        assert math.isnan(with_open[name]) or with_open[name] >= without[name]


def test_an_expectation_is_held_against_what_was_started_after_it() -> None:
    known = [took(f"A-{n}", n) for n in range(1, 21)]
    later = [
        flow_row("B-1", "2026-02-02", started="2026-02-02", finished="2026-02-10"),
        flow_row("B-2", "2026-02-02", started="2026-02-02", finished="2026-03-20"),
        flow_row("B-3", "2026-02-25", started="2026-02-25"),
        flow_row("B-4", "2026-02-25", started="2026-02-25", finished="2026-02-26", state="cancelled"),
    ]
    found = service_level_record(items(*known, *later), status_date=STATUS).set_index("period_month")
    row = found.loc[pd.Timestamp("2026-02-01")]
    # 17 of 20 took 17 days or fewer; B-3 is open for 35 days, and B-4 tells nothing.
    assert row[["expected_days", "items_known"]].to_list() == [17, 20]
    assert row[["items_within", "items_beyond", "items_undecided"]].to_list() == [1, 2, 1]
    assert row["held_pct"] == pytest.approx(100 / 3)
    assert row["held_low_pct"] < 100 / 3 < row["held_high_pct"]
    assert pd.Timestamp("2026-01-01") not in found.index
    # By 12 March the time of what was begun on 25 February is not over; nor is it said of what was done quickly.
    quick = flow_row("B-5", "2026-02-25", started="2026-02-25", finished="2026-02-26")
    soon = service_level_record(items(*known, *later[:1], quick), status_date=pd.Timestamp("2026-03-12"))
    assert soon.loc[0, ["items_within", "items_beyond", "items_undecided"]].to_list() == [1, 0, 1]
    # The months before stay what they were when a later month is added.
    earlier = service_level_record(items(*known, *later[:2]), status_date=pd.Timestamp("2026-03-31"))
    assert earlier.set_index("period_month").loc[pd.Timestamp("2026-02-01"), "expected_days"] == 17


def test_what_was_open_on_the_eve_counts_as_open_though_it_is_done_by_now() -> None:
    known = [took(f"A-{n}", 5) for n in range(10)]
    slow = [flow_row(f"S-{n}", "2026-01-02", started="2026-01-02", finished="2026-03-01") for n in range(3)]
    asked = flow_row("B-1", "2026-02-02", started="2026-02-02", finished="2026-02-03")
    found = service_level_record(items(*known, *slow, asked), status_date=STATUS, level=0.75)
    # 10 of 13 are done by day 5: the three that were open hold P85 back, and P75 is 5 days.
    assert found["expected_days"].to_list() == [5]
    assert service_level_record(items(*known, *slow, asked), status_date=STATUS).empty


def test_lead_times_are_held_from_the_creation() -> None:
    known = [flow_row(f"A-{n}", "2026-01-01", finished="2026-01-11") for n in range(12)]
    asked = flow_row("B-1", "2026-02-02", finished="2026-02-20")
    found = service_level_record(items(*known, asked), status_date=STATUS, clock="lead_time")
    assert found[["expected_days", "items_within", "items_beyond"]].to_numpy().tolist() == [[10, 0, 1]]


def test_simulated_expectations_hold_what_they_promise() -> None:
    """Exponential times of one mean, started through two years: P85 holds 85 % within its band."""
    generator = np.random.default_rng(7)
    begins = pd.Timestamp("2024-04-01") + pd.to_timedelta(np.sort(generator.uniform(0, 720, 2_000)), unit="D")
    ends = begins + pd.to_timedelta(generator.exponential(12, 2_000), unit="D")
    rows = [
        flow_row(f"A-{n}", str(a), started=str(a), finished=str(b) if b < pd.Timestamp("2026-04-01") else None)
        for n, (a, b) in enumerate(zip(begins, ends, strict=True))
    ]
    found = service_level_record(items(*rows), status_date=STATUS)
    within, beyond = found["items_within"].iloc[3:-3].sum(), found["items_beyond"].iloc[3:-3].sum()
    assert within / (within + beyond) == pytest.approx(0.85, abs=0.03)
