"""Jira's JSON as Cloud and Data Center answer it, loaded as it is."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.exports import Desk
from tests.jira_answers import (
    ANN,
    ANN_ON_SERVER,
    BEN,
    PAGE,
    entries,
    history,
    issue,
    item,
    loaded,
)


def test_a_cloud_search_becomes_issues_and_changes(desk: Desk) -> None:
    moves = history(7, "2026-03-02T10:00:00.500+0100", item("status", "To Do", "Doing", fieldId="status"))
    one = issue(
        "BR-1", moves, priority={"name": "High"}, parent={"key": "BR-9"}, duedate="2026-04-30", labels=["deck", "b"],
        components=[{"name": "Steel"}], fixVersions=[{"name": "1.0"}], timeoriginalestimate=7200, timespent=90,
        resolutiondate=None, description={"type": "doc", "version": 1, "content": []},
        comment={"comments": [{"author": BEN, "body": "secret"}]},
    )  # fmt: skip
    issues, changes = loaded(desk, {"startAt": 0, "total": 1, "issues": [one], "isLast": True})
    assert (issues.source, changes.source) == ("jira_rest_issue", "jira_rest_change")
    assert (issues.rows["added"], changes.rows["added"]) == (1, 1)
    assert desk.query(
        "SELECT issue_key, issue_id, project_key, issue_type, status, status_category, priority, parent_key, "
        "created_at, updated_at, due_date::VARCHAR, original_estimate_seconds, time_spent_seconds, labels, components, "
        "fix_versions FROM core.issue"
    ) == [
        (
            "BR-1", "11", "BR", "Task", "Doing", "in_progress", "High", "BR-9", datetime(2026, 3, 1, 8, 30),
            datetime(2026, 3, 5, 9, 0, 0, 250_000), "2026-04-30", Decimal(7200), Decimal(90), "deck, b", "Steel", "1.0",
        )
    ]  # fmt: skip
    assert desk.query(
        "SELECT issue_key, changed_at, field, from_value, to_value, change_id FROM core.issue_change"
    ) == [("BR-1", datetime(2026, 3, 2, 9, 0, 0, 500_000), "status", "To Do", "Doing", "7")]


def test_the_original_is_archived_once_and_its_line_is_told(desk: Desk) -> None:
    content = json.dumps({"issues": [issue("BR-1"), issue("BR-2", summary="first\nsecond\r\nthird"), issue("BR-3")]})
    (result,) = loaded(desk, content.encode())
    assert "line n of the table is issue n-1 of the JSON" in result.assumptions
    (row,) = desk.query("SELECT sha256, bytes, file FROM meta.load")
    archived = list((desk.workspace.warehouse / "archive").rglob("*.zst"))
    assert [path.name.removesuffix(".zst") for path in archived] == [row[0]]
    assert row[1:] == (len(content), "search.json")
    rows = desk.query("SELECT issue_key, source_line, summary FROM core.issue ORDER BY source_line")
    assert rows == [("BR-1", 2, "Raise the deck"), ("BR-2", 3, "first\nsecond\r\nthird"), ("BR-3", 4, "Raise the deck")]


def test_a_list_and_a_single_issue_are_read_too(desk: Desk) -> None:
    (several,) = loaded(desk, [issue("BR-1"), issue("BR-2")], "list.json")
    (single,) = loaded(desk, issue("BR-3"), "BR-3.json")
    assert (several.rows["added"], single.rows["added"]) == (2, 1)
    assert loaded(desk, {"issues": []}, "none.json")[0].rows_in == 0


def test_the_same_file_changes_nothing_and_a_crash_between_its_loads_is_made_good(desk: Desk) -> None:
    search = {"issues": [issue("BR-1", history(1, "2026-03-02T10:00:00.000+0100", item("status", "A", "B")))]}
    (only,) = loaded(desk, search, source="jira_rest_issue")
    assert only.source == "jira_rest_issue"
    assert [r.state for r in loaded(desk, search)] == ["loaded", "loaded"]
    assert [r.state for r in loaded(desk, search)] == ["unchanged", "unchanged"]


def test_a_dry_run_changes_nothing(desk: Desk) -> None:
    search = {"issues": [issue("BR-1", history(1, "2026-03-02T10:00:00.000+0100", item("status", "A", "B")))]}
    assert [r.state for r in loaded(desk, search, dry_run=True)] == ["dry_run", "dry_run"]
    assert desk.loads() == []
    assert not (desk.workspace.warehouse / "archive").exists()


def test_persons_of_a_change_are_tokens_and_stay_out_of_the_core_lake(desk: Desk) -> None:
    changed = history(
        5, "2026-03-02T10:00:00.000+0100",
        item("assignee", ANN["displayName"], BEN["displayName"], **{"from": ANN["accountId"], "to": BEN["accountId"]}),
        item("Reviewer", "Ann Berg", None, fieldtype="custom", **{"from": ANN["accountId"]}),
        item("Team lead", "Ann Berg", "Ben Dahl", fieldtype="custom", fieldId="customfield_7"),
    )  # fmt: skip
    _, changes = loaded(desk, {"issues": [issue("BR-1", changed, customfield_7=BEN, customfield_8="plain")]})
    assert "the values of 2 changes of custom fields that name persons are kept in the archived file alone" in (
        changes.assumptions
    )
    rows = desk.query(
        "SELECT c.field, c.from_value, c.to_value, c.author_id = i.assignee_id, c.from_person_id = i.assignee_id, "
        "c.to_person_id IS NULL FROM core.issue_change AS c JOIN core.issue AS i USING (issue_key) ORDER BY position"
    )
    assert rows == [
        ("assignee", None, None, True, True, False),
        ("Reviewer", None, None, True, None, True),
        ("Team lead", None, None, True, None, True),
    ]
    assert desk.query("SELECT custom FROM core.issue") == [('{"customfield_8": ["plain"]}',)]
    for path in [desk.workspace.warehouse / "core.sqlite", *(desk.workspace.warehouse / "core").rglob("*.parquet")]:
        for text in (b"Ann Berg", b"Ben Dahl", b"712020"):
            assert text not in path.read_bytes()


def test_a_server_person_is_one_whether_a_field_or_a_change_names_them(desk: Desk) -> None:
    changed = history(
        5, "2026-03-02T10:00:00.000+0100",
        item("assignee", None, "Ann Berg", to="JIRAUSER10101"), author=ANN_ON_SERVER,
    )  # fmt: skip
    loaded(desk, {"issues": [issue("BR-1", changed, assignee=ANN_ON_SERVER)]})
    assert desk.query(
        "SELECT DISTINCT assignee_id = to_person_id, author_id = to_person_id "
        "FROM core.issue_change JOIN core.issue USING (issue_key)"
    ) == [(True, True)]
    with desk.warehouse.everything() as view:
        found = view.rows("SELECT name, email FROM personal_view.given_person_identity")[1]
    assert found == [("Ann Berg", "ann@example.test")]


def changes_of(desk: Desk) -> list[tuple[object, ...]]:
    return desk.query(
        "SELECT change_id, field, to_value FROM core.issue_change ORDER BY changed_at, position, change_id"
    )


IN_ORDER = [
    ("101", "labels", "a"), ("101", "labels", "a b"), ("101", "status", "B"), ("102", "labels", "b"),
    ("103", "status", "C"),
]  # fmt: skip


@pytest.mark.parametrize("step", [1, -1])
def test_overlapping_exports_merge_alike_in_any_order(desk: Desk, step: int) -> None:
    newest_first = entries()[::-1]
    files: list[tuple[str, Any]] = [
        # Cloud cuts a history within a search, and so between two edits of one instant.
        ("cut.json", {"issues": [issue("BR-1", *newest_first[:2])]}),
        ("server.json", {"issues": [issue("BR-1", *entries())]}),
        ("page_2.json", {"self": PAGE.format("BR-1"), "isLast": True, "values": entries()[1:]}),
    ]
    results = [result for name, content in files[::step] for result in loaded(desk, content, name)]
    fates = [r.rows for r in results if r.table == "issue_change"]
    assert sum(rows["added"] for rows in fates) == 5
    assert all(rows["replacing"] == rows["rejected"] == 0 for rows in fates)
    assert changes_of(desk) == IN_ORDER


def test_a_search_that_cuts_histories_says_so(desk: Desk) -> None:
    cut = issue("BR-1", *entries()[1:])
    cut["changelog"]["total"] = 3
    _, changes = loaded(desk, {"issues": [cut]})
    assert any(text.startswith("1 issues show a part of their history") for text in changes.assumptions)
    (page,) = loaded(desk, {"self": PAGE.format("br-1"), "values": entries()}, "page.json")
    assert {fate: n for fate, n in page.rows.items() if n} == {"added": 3, "unchanged": 2}
    assert changes_of(desk) == IN_ORDER
