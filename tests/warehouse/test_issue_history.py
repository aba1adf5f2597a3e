"""What issues were at a date before their last change, by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pmo_analytics.workspace import Workspace
from tests.exports import Desk, jira_row
from tests.jira_answers import ANN, BEN, PAGE, history, issue, item, loaded

MARCH = "2026-03-{:02d}T10:00:00.000+0000"
DONE = {"name": "Done", "statusCategory": {"key": "done"}}
SPRINTS = [
    {"id": n, "name": name, "state": "closed", "boardId": 1}
    for n, name in enumerate(["Deck, part 1", "Deck, part 2", "Paint"])
]


def person(before: str | None, after: str | None) -> dict[str, Any]:
    return item("assignee", before, after, **{"from": before, "to": after})


def state(desk: Desk, key: str, as_of: str, version: int | None = None) -> dict[str, Any] | None:
    """The visible state of an issue, without what is empty."""
    with desk.warehouse.at(as_of, version) as view:
        rows = view.table("issue")
    rows = rows[rows["issue_key"] == key]
    return None if rows.empty else rows.iloc[0].dropna().to_dict()


CHANGES = [
    history(1, MARCH.format(2), item("status", "To Do", "Doing"), person(None, BEN["accountId"])),
    history(2, MARCH.format(3), item("timespent", None, "3600"), item("timeestimate", "7200", "3600")),
    history(3, MARCH.format(4), item("priority", "Low", "High"), item("labels", "deck", "deck steel")),
    history(4, MARCH.format(5), person(BEN["accountId"], ANN["accountId"]), item("Story Points", "3", "5")),
    history(5, MARCH.format(6), item("status", "Doing", "Done"), item("resolution", None, "Done")),
    history(6, MARCH.format(7), item("summary", "Raise a deck", "Raise the deck"), item("Epic Link", "BR-8", "BR-9")),
    history(7, MARCH.format(8), item("timespent", "3600", "5400"), item("Component", None, "Hull")),
    history(8, MARCH.format(9), item("duedate", "2026-04-01 00:00:00.0", "2026-05-01 00:00:00.0")),
    history(9, MARCH.format(10), item("Parent", None, "BR-7"), item("timeoriginalestimate", "7200", "9000")),
    history(10, MARCH.format(11), item("Sprint", "Deck, part 1, Paint", "Deck, part 1, Paint, Deck, part 2")),
]
FIELDS = {
    "created": MARCH.format(1), "updated": MARCH.format(11), "status": DONE, "resolutiondate": MARCH.format(6),
    "priority": {"name": "High"}, "labels": ["deck", "steel"], "timespent": 5400, "timeestimate": 3600,
    "timeoriginalestimate": 9000, "duedate": "2026-05-01", "parent": {"key": "BR-7"}, "components": [{"name": "Hull"}],
    "customfield_1": 5, "customfield_2": "BR-9", "customfield_3": "blue", "customfield_4": SPRINTS,
}  # fmt: skip
NAMES = {"customfield_1": "Story Points", "customfield_2": "Epic Link", "customfield_3": "Colour"}


@pytest.fixture(scope="module")
def tracker(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = Desk(tmp_path_factory.mktemp("tracker"))
    other = issue("BR-2", created=MARCH.format(1), updated=MARCH.format(1), status={
        "name": "To Do", "statusCategory": {"key": "new"},
    })  # fmt: skip
    loaded(desk, {"names": NAMES, "issues": [issue("BR-1", *CHANGES, **FIELDS), other]})
    return desk


def test_each_column_has_the_value_from_before_its_first_later_change(tracker: Desk) -> None:
    first = state(tracker, "BR-1", "2026-03-01")
    assert first is not None
    assert first["status"] == "To Do"
    # What category a status has is known from the issues of that day that are in it.
    assert first["status_category"] == "to_do"
    assert first["updated_at"] == first["created_at"] == pd.Timestamp("2026-03-01 10:00")
    assert "assignee_id" not in first
    assert "resolved_at" not in first
    assert "time_spent_seconds" not in first
    assert "parent_key" not in first
    assert first["remaining_estimate_seconds"] == first["original_estimate_seconds"] == 7200
    assert (first["summary"], first["priority"], first["epic_key"]) == ("Raise a deck", "Low", "BR-8")
    assert (first["labels"], first["story_points"]) == ("deck", 3)
    assert first["due_date"] == pd.Timestamp("2026-04-01")


def test_a_state_changes_with_each_change(tracker: Desk) -> None:
    days = {day: state(tracker, "BR-1", f"2026-03-{day:02d}") or {} for day in range(2, 12)}
    assert [days[day]["status"] for day in (2, 5, 6, 11)] == ["Doing", "Doing", "Done", "Done"]
    assert days[4]["assignee_id"] != days[5]["assignee_id"] == days[11]["assignee_id"]
    assert [days[day].get("time_spent_seconds") for day in (2, 3, 7, 8)] == [None, 3600, 3600, 5400]
    assert [days[day].get("original_estimate_seconds") for day in (9, 10)] == [7200, 9000]
    assert [days[day].get("resolved_at") for day in (5, 6, 10)] == [None, *[pd.Timestamp("2026-03-06 10:00")] * 2]
    assert [days[day]["updated_at"].day for day in days] == list(days)
    # Components are told one by one: what stood there before is not known.
    assert [days[day].get("components") for day in (7, 8)] == [None, "Hull"]
    # Other fields leave no trace that could be relied on; today's state has them.
    assert ["custom" in days[day] for day in (10, 11)] == [False, True]


def test_sprints_of_a_day_by_name_though_names_hold_commas(tracker: Desk) -> None:
    query = "SELECT sprint FROM core.issue_sprint WHERE issue_key = 'BR-1' ORDER BY sprint"
    with tracker.warehouse.at("2026-03-10") as before, tracker.warehouse.at("2026-03-11") as now:
        assert before.rows(query)[1] == [("Deck, part 1",), ("Paint",)]
        assert now.rows(query)[1] == [("Deck, part 1",), ("Deck, part 2",), ("Paint",)]


def test_a_category_that_no_issue_of_the_day_shows_is_empty(tracker: Desk) -> None:
    assert "status_category" not in (state(tracker, "BR-1", "2026-03-03") or {})


def test_days_end_at_midnight_of_the_workspace(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    change = history(1, "2026-03-31T23:30:00.000-0500", item("status", "To Do", "Done"))
    loaded(desk, [issue("BR-1", change, created=MARCH.format(1), updated="2026-03-31T23:30:00.000-0500")])
    seen = {}
    for zone in ("America/Lima", "Asia/Tokyo"):
        desk.workspace = Workspace(desk.workspace.root, {"time_zone": zone})
        seen[zone] = (state(desk, "BR-1", "2026-03-31") or {})["status"]
    assert seen == {"America/Lima": "Doing", "Asia/Tokyo": "To Do"}


def test_an_issue_whose_history_does_not_reach_its_last_update_is_withheld(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    change = history(1, MARCH.format(5), item("status", "To Do", "Doing"))
    loaded(desk, [issue("BR-1", change, updated=MARCH.format(5))])
    desk.jira(jira_row("BR-1", "09/Mar/26 9:15 AM", Status="Done"), jira_row("BR-2", "09/Mar/26 9:15 AM"))
    assert state(desk, "BR-1", "2026-03-04", 2) is not None
    assert state(desk, "BR-1", "2026-03-04") is None
    with desk.warehouse.at("2026-03-04") as view:
        missing = view.missing().set_index("subject")
    assert missing.loc["Issues in a later state", "rows"] == 2
    # A page of the changelog that reaches it brings it back.
    page = {"self": PAGE.format("BR-1"), "values": [history(2, MARCH.format(9), item("status", "Doing", "Done"))]}
    loaded(desk, page, "page.json")
    assert (state(desk, "BR-1", "2026-03-04") or {})["status"] == "To Do"
    assert (state(desk, "BR-1", "2026-03-06") or {})["status"] == "Doing"


def test_a_comment_changes_nothing_but_the_update_where_the_file_tells_histories(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    change = history(1, MARCH.format(5), item("status", "To Do", "Doing"))
    commented = issue("BR-2", created=MARCH.format(1), updated=MARCH.format(20), timespent=60, customfield_3="blue")
    loaded(desk, [issue("BR-1", change, updated=MARCH.format(20)), commented])
    assert (state(desk, "BR-1", "2026-03-10") or {})["updated_at"] == pd.Timestamp("2026-03-05 10:00")
    seen = state(desk, "BR-2", "2026-03-10") or {}
    assert (seen["status"], seen["updated_at"]) == ("Doing", pd.Timestamp("2026-03-01 10:00"))
    # No change tells how the time came about: it may have been spent since.
    assert "time_spent_seconds" not in seen


def test_a_part_of_a_history_tells_nothing_of_the_time_before_it(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    part = issue("BR-1", history(7, MARCH.format(9), item("status", "Doing", "Done")), updated=MARCH.format(10))
    part["changelog"]["total"] = 2
    loaded(desk, [part])
    assert state(desk, "BR-1", "2026-03-05") is None
    assert (state(desk, "BR-1", "2026-03-09") or {})["updated_at"] == pd.Timestamp("2026-03-09 10:00")
    page = {"self": PAGE.format("BR-1"), "values": [history(6, MARCH.format(4), item("status", "To Do", "Doing"))]}
    loaded(desk, page, "page.json")
    assert (state(desk, "BR-1", "2026-03-05") or {})["status"] == "Doing"


def test_a_moved_issue_was_of_the_project_of_its_old_key(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    moved = history(1, MARCH.format(9), item("Key", "OLD_1-4", "BR-1"), item("project", "Old", "Bridge"))
    loaded(desk, [issue("BR-1", moved, updated=MARCH.format(9))])
    desk.register("project_alias", "source,external_key,project_id", ["*", "OLD_1", "A"], ["*", "BR", "B"])
    assert [(state(desk, "BR-1", f"2026-03-{day}") or {})["project_id"] for day in ("05", "09")] == ["A", "B"]


def test_a_register_of_issues_states_sprints_in_words_of_its_own(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.register(
        "issue",
        "issue_key,project_key,status,created_at,updated_at,links,sprints",
        ["BR-1", "BR", "To Do", "2026-03-01 09:00", "2026-03-02 09:00", "blocks BR-2", "Spring, part 1"],
    )
    found = state(desk, "BR-1", "2026-03-31")
    assert found is not None
    assert (found["sprints"], found["links"]) == ("Spring, part 1", "blocks BR-2")
