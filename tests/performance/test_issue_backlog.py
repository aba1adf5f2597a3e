from __future__ import annotations

import math

import pandas as pd

from pmo_analytics.performance.issue_backlog import issue_backlog
from tests.frames import contract_frame


def spans(*rows: tuple[str | None, str, str, int]) -> pd.DataFrame:
    return contract_frame(
        "open_issues_by_project",
        [
            {"project_id": p, "start_date": pd.Timestamp(a), "end_date": pd.Timestamp(b), "open_count": n}
            for p, a, b, n in rows
        ],
    )


def test_worked_example_at_the_ends_of_two_months() -> None:
    rows = spans(("P", "2026-05-10", "2026-06-19", 3), ("P", "2026-06-20", "2026-06-30", 2))
    found = issue_backlog(rows, status_date=pd.Timestamp("2026-06-30"))
    assert found["open_count"].to_list() == [3, 2]
    assert found["change_count"].to_list()[1] == -1.0
    assert math.isnan(found["change_count"].iloc[0])


def test_the_status_dates_own_month_is_counted_on_it_and_a_later_span_is_not_seen() -> None:
    rows = spans(("P", "2026-05-31", "2026-06-14", 1), ("P", "2026-06-15", "2026-06-30", 9))
    found = issue_backlog(rows, status_date=pd.Timestamp("2026-06-14"))
    assert found["open_count"].to_list() == [1, 1]
    assert found["counted_on_date"].to_list() == [pd.Timestamp("2026-05-31"), pd.Timestamp("2026-06-14")]


def test_months_without_a_change_keep_the_number_and_projects_stay_apart() -> None:
    rows = spans(
        ("A", "2026-01-15", "2026-06-30", 4),
        ("B", "2026-05-02", "2026-06-30", 1),
        (None, "2026-06-30", "2026-06-30", 7),
    )
    found = issue_backlog(rows, status_date=pd.Timestamp("2026-06-30"))
    assert found[found["project_id"] == "A"]["open_count"].to_list() == [4] * 6
    assert found[found["project_id"] == "B"]["open_count"].to_list() == [1, 1]
    assert found[found["project_id"].isna()]["open_count"].to_list() == [7]
