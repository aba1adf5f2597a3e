from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

import pytest

from pmo_analytics.synthetic.jira_rest import EMBEDDED, stamp
from tests.synthetic.conftest import WrittenCompany

SEARCHES = ["jira_cloud_search.json", "jira_server_search.json"]
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d{4}")
# Name of a change's field, and what the issue's own field says of it.
PRESENT = {
    "status": lambda fields: fields["status"]["name"],
    "resolution": lambda fields: fields["resolution"] and fields["resolution"]["name"],
    "priority": lambda fields: fields["priority"]["name"],
    "labels": lambda fields: " ".join(fields["labels"]),
    "assignee": lambda fields: fields["assignee"] and fields["assignee"]["displayName"],
}


def read(company: WrittenCompany, name: str) -> dict[str, Any]:
    answer = json.loads(company.text(name))
    assert isinstance(answer, dict)
    return answer


def pages(company: WrittenCompany) -> list[dict[str, Any]]:
    names = [each.name for each in company.truth.files if each.name.startswith("jira_changelog")]
    return [read(company, name) for name in names]


@pytest.mark.parametrize("name", SEARCHES)
def test_a_search_holds_what_the_truth_says(company: WrittenCompany, name: str) -> None:
    answer, truth = read(company, name), company.truth.file(name)
    assert answer["expand"] == "schema,names"
    assert (answer["startAt"], answer["total"]) == (0, len(answer["issues"]))
    entries = [entry for issue in answer["issues"] for entry in issue["changelog"]["histories"]]
    assert len(answer["issues"]) == truth.rows > 100
    assert (len(entries), sum(len(entry["items"]) for entry in entries)) == (truth.histories, truth.changes)


@pytest.mark.parametrize("name", SEARCHES)
def test_the_last_change_of_each_field_is_its_present_value(company: WrittenCompany, name: str) -> None:
    for issue in read(company, name)["issues"]:
        last: dict[str, Any] = {}
        for entry in sorted(issue["changelog"]["histories"], key=lambda entry: entry["created"]):
            assert MOMENT.fullmatch(entry["created"])
            last |= {item["field"]: item["toString"] for item in entry["items"]}
        for field, value in last.items():
            if field in PRESENT:
                assert PRESENT[field](issue["fields"]) == value


@pytest.mark.parametrize("name", SEARCHES)
def test_status_histories_are_the_true_ones(company: WrittenCompany, name: str) -> None:
    for issue in read(company, name)["issues"]:
        moves = [
            (datetime.strptime(entry["created"], "%Y-%m-%dT%H:%M:%S.%f%z").replace(tzinfo=None), item["toString"])
            for entry in sorted(issue["changelog"]["histories"], key=lambda entry: entry["created"])
            for item in entry["items"]
            if item["field"] == "status"
        ]
        true = company.truth.statuses[issue["key"]]
        # A search that cuts a history shows its end.
        assert moves == list(true[len(true) - len(moves) :])
        if issue["changelog"]["total"] <= EMBEDDED:
            assert len(moves) == len(true) - 1


def test_cloud_has_accounts_sprint_objects_and_field_ids(company: WrittenCompany) -> None:
    issues = read(company, SEARCHES[0])["issues"]
    for issue in issues:
        assert {"id", "name", "state", "boardId"} <= issue["fields"]["customfield_10020"][0].keys()
        assert "accountId" in issue["fields"]["reporter"]
        entries = issue["changelog"]["histories"]
        assert [e["created"] for e in entries] == sorted((e["created"] for e in entries), reverse=True)
        assert all("accountId" in e["author"] and "name" not in e["author"] for e in entries)
        assert all("fieldId" in item for e in entries for item in e["items"])


def test_the_server_has_names_and_sprints_as_java_prints_them(company: WrittenCompany) -> None:
    issues = read(company, SEARCHES[1])["issues"]
    first_keys = set()
    for issue in issues:
        assert {"name", "key"} <= issue["fields"]["reporter"].keys()
        for entry in issue["changelog"]["histories"]:
            assert "accountId" not in entry["author"]
            assert all("fieldId" not in item for item in entry["items"])
        for sprint in issue["fields"]["customfield_10104"]:
            found = re.fullmatch(r"com\.atlassian\.greenhopper\.service\.sprint\.Sprint@[0-9a-f]+\[(.*)\]", sprint)
            assert found
            parts = dict(part.split("=", 1) for part in found[1].split(","))
            assert parts["name"] == f"Sprint {parts['id']}"
            assert (parts["completeDate"] == "<null>") == (parts["state"] != "CLOSED")
            first_keys.add(next(iter(parts)))
    assert first_keys == {"id", "rapidViewId"}


def test_the_paged_log_holds_the_whole_history_that_the_search_cuts(company: WrittenCompany) -> None:
    found = pages(company)
    values = [value for page in found for value in page["values"]]
    assert [page["isLast"] for page in found] == [False, True]
    assert len(values) == found[0]["total"] == len({value["id"] for value in values})
    assert [value["created"] for value in values] == sorted(value["created"] for value in values)
    assert found[0]["nextPage"] == found[1]["self"]
    key = found[0]["self"].split("/")[-2]
    issue = next(issue for issue in read(company, SEARCHES[0])["issues"] if issue["key"] == key)
    shown = issue["changelog"]["histories"]
    assert shown == values[: -EMBEDDED - 1 : -1]
    assert issue["changelog"]["total"] == len(values) > len(shown)


def test_all_changes_are_told_by_the_three_together(company: WrittenCompany) -> None:
    entries = [e for name in SEARCHES for i in read(company, name)["issues"] for e in i["changelog"]["histories"]]
    entries += [value for page in pages(company) for value in page["values"]]
    by_number = {entry["id"]: entry for entry in entries}
    assert sum(len(entry["items"]) for entry in by_number.values()) == company.truth.changes


def test_stamps_follow_summer_time() -> None:
    assert stamp(datetime(2026, 1, 5, 9, 30)) == "2026-01-05T09:30:00.000+0100"
    assert stamp(datetime(2026, 7, 5, 9, 30)) == "2026-07-05T09:30:00.000+0200"
