"""The marts made of issues and their history, by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.exports import Desk, jira_row
from tests.jira_answers import history, issue, item, loaded

HOUR, DAY = 3600, 86_400
ALIAS = "source,external_key,project_id"


def at(day: int, hour: int = 10) -> str:
    return f"2026-03-{day:02d}T{hour:02d}:00:00.000+0000"


def status(name: str, category: str) -> dict[str, Any]:
    return {"name": name, "statusCategory": {"key": category}}


TO_DO, DOING, DONE = status("To Do", "new"), status("Doing", "indeterminate"), status("Done", "done")


@pytest.fixture(scope="module")
def tracker(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Three issues of a project with their history, and two without."""
    desk = Desk(tmp_path_factory.mktemp("tracker"))
    desk.register("project_alias", ALIAS, ["*", "BR", "A"])
    first = [
        history(1, at(2), item("status", "To Do", "Doing")),
        history(2, at(4, 12), item("status", "Doing", "Done"), item("resolution", None, "Done")),
        history(3, at(6), item("status", "Done", "Doing"), item("resolution", "Done", None)),
        history(4, at(9), item("status", "Doing", "Done"), item("resolution", None, "Fixed")),
    ]
    second = [history(5, at(5), item("summary", "Deck", "The deck"))]
    loaded(desk, [
        issue("BR-1", *first, created=at(1), updated=at(9), resolutiondate=at(9), status=DONE),
        issue("BR-2", *second, created=at(3), updated=at(5), status=TO_DO),
        issue("BR-3", created=at(3), updated=at(3), status=DOING),
    ])  # fmt: skip
    desk.jira(
        jira_row(
            "ZZ-1",
            "04/Mar/26 9:00 AM",
            Created="02/Mar/26 8:00 AM",
            Resolved="04/Mar/26 9:00 AM",
            Status="Done",
            Status_Category="Done",
        ),
        jira_row("ZZ-2", "04/Mar/26 9:00 AM", Created="02/Mar/26 8:00 AM"),
    )
    return desk


def mart(desk: Desk, name: str, as_of: str) -> pd.DataFrame:
    with desk.warehouse.at(as_of) as view:
        return view.table(name)


def test_stays_in_a_status_and_how_long_they_were(tracker: Desk) -> None:
    rows = mart(tracker, "issue_status_history", "2026-03-10").query("issue_key == 'BR-1'")
    assert rows["status"].to_list() == ["To Do", "Doing", "Done", "Doing", "Done"]
    assert rows["status_category"].to_list() == ["to_do", "in_progress", "done", "in_progress", "done"]
    assert rows["position"].to_list() == [1, 2, 3, 4, 5]
    assert set(rows["project_id"]) == {"A"}
    assert rows["entered_at"].dt.day.to_list() == [1, 2, 4, 6, 9]
    assert rows["left_at"].iloc[:-1].to_list() == rows["entered_at"].iloc[1:].to_list()
    assert pd.isna(rows["left_at"].iloc[-1])
    # The last one runs from the 9th, 10 o'clock, to the end of the 10th.
    assert rows["duration_seconds"].to_list() == [
        DAY, 2 * DAY + 2 * HOUR, 2 * DAY - 2 * HOUR, 3 * DAY, DAY + 14 * HOUR,
    ]  # fmt: skip


def test_on_an_earlier_day_the_stay_of_that_day_is_open(tracker: Desk) -> None:
    rows = mart(tracker, "issue_status_history", "2026-03-05").query("issue_key == 'BR-1'")
    assert rows["status"].to_list() == ["To Do", "Doing", "Done"]
    assert pd.isna(rows["left_at"].iloc[-1])
    assert rows["duration_seconds"].iloc[-1] == DAY + 12 * HOUR


def test_an_issue_that_never_moved_is_in_its_first_status_and_one_without_history_has_no_beginning(
    tracker: Desk,
) -> None:
    rows = mart(tracker, "issue_status_history", "2026-03-05").set_index("issue_key")
    for key, name in (("BR-2", "To Do"), ("BR-3", "Doing")):
        assert rows.loc[key, ["status", "entered_at"]].to_list() == [name, pd.Timestamp("2026-03-03 10:00")]
        assert rows.loc[key, "duration_seconds"] == 2 * DAY + 14 * HOUR
    assert rows.loc[["ZZ-1", "ZZ-2"], ["entered_at", "left_at", "duration_seconds"]].isna().all(axis=None)


def test_a_history_that_does_not_lead_to_the_status_is_not_trusted(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    moved = history(1, at(2), item("status", "To Do", "Doing"))
    loaded(desk, [issue("BR-1", moved, created=at(1), updated=at(2), status=DOING)])
    desk.jira(jira_row("BR-1", "05/Mar/26 9:15 AM", Status="Done"))
    rows = mart(desk, "issue_status_history", "2026-03-06")
    assert rows[["position", "status"]].to_numpy().tolist() == [[1, "Done"]]
    assert pd.isna(rows["entered_at"].iloc[0])


def test_the_first_stay_of_a_part_of_a_history_has_no_beginning(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    part = issue("BR-1", history(7, at(9), item("status", "Doing", "Done")), created=at(1), updated=at(9), status=DONE)
    part["changelog"]["total"] = 2
    loaded(desk, [part])
    rows = mart(desk, "issue_status_history", "2026-03-10")
    assert rows["entered_at"].isna().to_list() == [True, False]


def test_an_issue_that_shows_fewer_entries_than_one_that_is_cut_is_whole(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    moved = [history(7, at(5), item("status", "To Do", "Doing")), history(8, at(9), item("status", "Doing", "Done"))]
    cut = issue("BR-1", *moved, created=at(1), updated=at(9), status=DONE)
    cut["changelog"]["total"] = 3
    whole = issue(
        "BR-2", history(9, at(4), item("status", "To Do", "Doing")), created=at(1), updated=at(4), status=DOING
    )
    loaded(desk, [cut, whole])
    rows = mart(desk, "issue_status_history", "2026-03-10").set_index(["issue_key", "position"])
    assert pd.isna(rows.loc[("BR-1", 1), "entered_at"])
    assert rows.loc[("BR-2", 1), "entered_at"] == pd.Timestamp("2026-03-01 10:00")


def test_open_issues_by_spans_of_days(tracker: Desk) -> None:
    rows = mart(tracker, "open_issues_by_project", "2026-03-10")
    known = rows[rows["project_id"] == "A"]
    found = zip(known["start_date"].dt.day, known["end_date"].dt.day, known["open_count"], strict=True)
    # One from the 1st, three from the 3rd; BR-1 is resolved on the 4th, open again on the 6th, resolved on the 9th.
    assert list(found) == [(1, 2, 1), (3, 3, 3), (4, 5, 2), (6, 8, 3), (9, 10, 2)]
    unknown = rows[rows["project_id"].isna()]
    found = zip(unknown["start_date"].dt.day, unknown["end_date"].dt.day, unknown["open_count"], strict=True)
    assert list(found) == [(2, 3, 2), (4, 10, 1)]


def test_open_issues_of_an_earlier_day_are_those_of_that_day(tracker: Desk) -> None:
    rows = mart(tracker, "open_issues_by_project", "2026-03-07").query("project_id == 'A'")
    found = zip(rows["start_date"].dt.day, rows["end_date"].dt.day, rows["open_count"], strict=True)
    assert list(found) == [(1, 2, 1), (3, 3, 3), (4, 5, 2), (6, 7, 3)]
