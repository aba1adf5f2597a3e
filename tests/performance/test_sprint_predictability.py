"""Completed over committed by sprint, by hand."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmo_analytics.performance.sprint_predictability import (
    COMPLETED,
    DONE_BEFORE,
    LEFT_OVER,
    NOT_KNOWN,
    REMOVED,
    sprint_predictability,
    sprint_record,
)
from tests.frames import contract_frame

OUTCOMES = [COMPLETED, LEFT_OVER, REMOVED, "cancelled", DONE_BEFORE, NOT_KNOWN]


def scoped(number: int, /, *items: tuple[bool, str, float | None], state: str = "closed", **more: Any) -> pd.DataFrame:
    """The rows of one sprint of a fortnight; an item is whether it was committed, its outcome and its points."""
    start = pd.Timestamp("2026-01-05") + pd.Timedelta(days=14 * number)
    end = start + pd.Timedelta(days=11)
    return contract_frame("sprint_scope", [
        {
            "sprint_id": str(number), "issue_key": f"BR-{number}{n}", "sprint": f"Deck {number}", "sprint_state": state,
            "start_at": start, "start_date": start, "ended_at": end if state == "closed" else None,
            "end_date": end if state == "closed" else None, "is_committed": None if outcome == NOT_KNOWN else committed,
            "outcome": outcome, "story_points": points, "project_id": "A",
            "quality_note": "no history of its sprints" if outcome == NOT_KNOWN else None,
        } | more
        for n, (committed, outcome, points) in enumerate(items)
    ])  # fmt: skip


def shares(*completed: int, of: int = 10) -> pd.DataFrame:
    """One sprint for each number of items that were completed of ten."""
    parts = [
        scoped(n, *[(True, COMPLETED, None)] * done, *[(True, LEFT_OVER, None)] * (of - done))
        for n, done in enumerate(completed)
    ]
    return pd.concat(parts, ignore_index=True)


EXAMPLE = [
    (True, COMPLETED, 3.0), (True, COMPLETED, None), (True, REMOVED, 2.0), (True, LEFT_OVER, 5.0),
    (False, COMPLETED, 8.0),
]  # fmt: skip


def test_the_worked_example() -> None:
    rows = sprint_predictability(scoped(1, *EXAMPLE))
    assert rows["grouping"].to_list() == ["all", "project_id"]
    row = rows.iloc[0]
    assert (row["items_committed"], row["items_completed"], row["completed_pct"]) == (4, 2, 50)
    assert (row["items_added"], row["items_added_completed"], row["added_pct"]) == (1, 1, 25)
    assert (row["items_removed"], row["items_cancelled"], row["items_carried_over"]) == (1, 0, 1)
    # Three of the four have points, ten in all.
    assert (row["points_committed"], row["points_completed"], row["points_added"]) == (10, 3, 8)
    assert row["completed_points_pct"] == 30
    assert row["is_scored"]


def test_the_median_has_an_interval_from_six_sprints_on() -> None:
    record = sprint_record(sprint_predictability(shares(5, 6, 7, 8, 9, 10))).iloc[0]
    assert record["sprints_scored"] == 6
    # 1 - 2/2^6 = 96.9 %: the extremes of six hold the median.
    assert record[["completed_pct", "completed_low_pct", "completed_high_pct"]].to_list() == [75, 50, 100]
    assert pd.isna(record["quality_note"])
    few = sprint_record(sprint_predictability(shares(5, 6, 7, 8, 9))).iloc[0]
    assert few["completed_pct"] == 70
    assert few[["completed_low_pct", "completed_high_pct"]].isna().all()
    assert few["quality_note"] == "fewer than 6 sprints"


def test_only_the_last_sprints_count_in_the_record() -> None:
    rows = sprint_predictability(shares(0, 0, 0, 8, 8, 8, 8, 8, 8))
    assert sprint_record(rows).iloc[0]["completed_pct"] == 80
    assert rows["sprint"].iloc[0] == "Deck 8"
    recent = sprint_record(rows, sprints=6).iloc[0]
    assert (recent["sprints_scored"], recent["completed_low_pct"]) == (6, 80)


def test_a_sprint_that_goes_on_is_open_and_one_without_dates_or_commitment_is_named() -> None:
    scope = pd.concat(
        [
            scoped(1, (True, COMPLETED, None), state="open"),
            scoped(2, (False, COMPLETED, None)),
            scoped(
                3, (True, NOT_KNOWN, None), state="not_known", start_date=None, quality_note="the sprint has no dates"
            ),
        ],
        ignore_index=True,
    )
    rows = sprint_predictability(scope)
    rows = rows[rows["grouping"] == "all"].set_index("sprint_id")
    assert not rows["is_scored"].any()
    assert rows["quality_note"].to_dict() == {
        "1": "it goes on", "2": "nothing was committed", "3": "the sprint has no dates",
    }  # fmt: skip
    record = sprint_record(sprint_predictability(scope)).iloc[0]
    assert record[["sprints_scored", "sprints_open", "sprints_left_out"]].to_list() == [0, 1, 1]
    assert pd.isna(record["completed_pct"])


def test_a_sprint_of_which_too_much_is_not_known_is_not_scored() -> None:
    known = [(True, COMPLETED, None)] * 9
    ten = sprint_predictability(scoped(1, *known, (True, NOT_KNOWN, None))).iloc[0]
    assert (ten["is_scored"], ten["items_unknown"], ten["completed_pct"]) == (True, 1, 100)
    more = sprint_predictability(scoped(1, *known, *[(True, NOT_KNOWN, None)] * 2)).iloc[0]
    assert (more["is_scored"], more["quality_note"]) == (False, "no history of its sprints")
    assert sprint_predictability(scoped(1, *known, *[(True, NOT_KNOWN, None)] * 2), most_unknown_pct=20).iloc[0][
        "is_scored"
    ]


def test_what_was_done_before_it_came_in_is_no_work_of_the_sprint() -> None:
    row = sprint_predictability(scoped(1, (True, DONE_BEFORE, 5.0), (True, LEFT_OVER, 1.0))).iloc[0]
    assert (row["items_committed"], row["items_done_before"], row["completed_pct"]) == (1, 1, 0)
    assert row["points_committed"] == 1


def test_projects_and_teams_have_rows_of_their_own() -> None:
    scope = pd.concat(
        [
            scoped(1, (True, COMPLETED, None), team="Blue"),
            scoped(1, (True, LEFT_OVER, None), (True, LEFT_OVER, None), project_id="B").assign(
                issue_key=["ZZ-1", "ZZ-2"]
            ),
        ],
        ignore_index=True,
    )
    rows = sprint_predictability(scope)
    told = {(r["grouping"], r["group_name"]): (r["items_committed"], r["items_completed"]) for _, r in rows.iterrows()}
    assert told == {
        ("all", "all"): (3, 1), ("project_id", "A"): (1, 1), ("project_id", "B"): (2, 0),
        ("team", "Blue"): (1, 1), ("team", "not stated"): (2, 0),
    }  # fmt: skip


@settings(max_examples=12)
@given(
    st.lists(st.tuples(st.booleans(), st.sampled_from(OUTCOMES), st.none() | st.floats(0, 20)), min_size=1, max_size=12)
)
def test_committed_and_added_items_come_to_one_end_each(items: list[tuple[bool, str, float | None]]) -> None:
    row = sprint_predictability(scoped(1, *items)).iloc[0]
    ends = ["completed", "added_completed", "removed", "cancelled", "carried_over"]
    assert row["items_committed"] + row["items_added"] == sum(row[f"items_{end}"] for end in ends)
    assert row["items_committed"] + row["items_added"] + row["items_done_before"] + row["items_unknown"] == len(items)
    assert row["items_completed"] <= row["items_committed"]
    assert not pd.notna(row["points_completed"]) or row["points_completed"] <= row["points_committed"]


@pytest.mark.parametrize("shuffle", [1, 2])
def test_the_order_of_rows_does_not_matter(shuffle: int) -> None:
    scope = pd.concat([scoped(1, *EXAMPLE), scoped(2, *EXAMPLE[:2])], ignore_index=True)
    mixed = scope.sample(frac=1, random_state=shuffle, ignore_index=True)
    pd.testing.assert_frame_equal(sprint_predictability(mixed), sprint_predictability(scope))
