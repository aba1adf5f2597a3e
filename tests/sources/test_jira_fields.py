"""What the fields of Jira's JSON become, and what is refused."""

from __future__ import annotations

import gzip
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from pmo_analytics.errors import SourceError
from pmo_analytics.ingest import IngestOptions, LoadResult, ingest_files
from pmo_analytics.sources.jira_rest import CustomFields, change_rows, custom_cells, issue_cells
from pmo_analytics.sources.jira_sprints import site, sprints, utc
from tests.exports import Desk, jira_row
from tests.jira_answers import (
    ANN,
    BEN,
    PAGE,
    PRINTED,
    entries,
    history,
    issue,
    item,
    loaded,
    refused,
)


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://One.example:8443/rest/api/3/issue/1", "one.example"),
        ("issue 1", None),
        ("https://[1", None),
        (7, None),
    ],
)
def test_the_site_of_an_issue_is_that_of_its_address(address: Any, host: str | None) -> None:
    assert site(address) == ({"site": host} if host else {})
    (found,) = json.loads(issue_cells(issue(customfield_1=[PRINTED]) | {"self": address}, CustomFields())[0][26])
    assert found.get("site") == host


def test_sprints_are_known_by_what_they_hold(desk: Desk) -> None:
    on_cloud = {"id": 3, "name": "Sprint 3", "state": "closed", "boardId": 7, "endDate": "2026-03-14T17:00:00.000Z"}
    assert sprints([on_cloud]) == [
        {"name": "Sprint 3", "id": "3", "state": "closed", "end_at": "2026-03-14T17:00:00.000Z"}
    ]
    assert sprints([PRINTED]) == [
        {"name": "Deck, part 2", "id": "444", "state": "active", "start_at": "2026-03-02T08:00:00.000Z"}
    ]
    assert sprints("Sprint 3") is None
    assert sprints([{"id": "3", "name": "a version"}]) is None
    search = [issue("BR-1", customfield_1=[on_cloud], customfield_2=["x"]), issue("BR-2", customfield_1=[PRINTED])]
    loaded(desk, {"issues": search})
    assert desk.query("SELECT issue_key, sprint FROM core.issue_sprint ORDER BY ALL") == [
        ("BR-1", "Sprint 3"),
        ("BR-2", "Deck, part 2"),
    ]


def test_links_are_seen_while_their_issue_states_them(desk: Desk) -> None:
    blocks = {"type": {"name": "Blocks"}, "outwardIssue": {"key": "BR-2"}}
    caused = {"type": {"name": "Cause"}, "inwardIssue": {"key": "OTHER-7", "fields": {}}}
    (first,) = loaded(desk, {"issues": [issue("BR-1", issuelinks=[blocks, caused])]})
    links = "SELECT issue_key, other_key, link_type, direction FROM core.issue_link ORDER BY ALL"
    assert desk.query(links) == [("BR-1", "BR-2", "Blocks", "outward"), ("BR-1", "OTHER-7", "Cause", "inward")]
    desk.register(
        "issue_link", "issue_key,other_key,link_type,direction",
        ["BR-1", "BR-2", "Blocks", "outward"], ["BR-5", "BR-6", "Blocks", "outward"],
    )  # fmt: skip
    loaded(desk, {"issues": [issue("BR-1", updated="2026-04-05T10:00:00.000+0100", issuelinks=[])]})
    assert desk.query(links) == [("BR-1", "BR-2", "Blocks", "outward"), ("BR-5", "BR-6", "Blocks", "outward")]
    with desk.warehouse.at("2026-03", first.version) as view:
        assert len(view.table("issue_link")) == 2
    with desk.warehouse.at("2026-02", first.version) as view:
        assert view.table("issue_link").empty


def points(desk: Desk) -> object:
    return desk.query("SELECT story_points, epic_key, custom FROM core.issue")


@pytest.mark.parametrize("is_behind", [False, True])
def test_custom_fields_are_known_by_their_names_wherever_these_stand(desk: Desk, is_behind: bool) -> None:
    names = {"customfield_1": "Story Points", "customfield_2": "Epic Link", "customfield_3": "Team"}
    issues = [issue("BR-1", customfield_1=3.5, customfield_2="BR-9", customfield_3={"value": "Bridge", "id": "4"})]
    loaded(desk, {"issues": issues, "names": names} if is_behind else {"names": names, "issues": issues})
    assert points(desk) == [(3.5, "BR-9", '{"Custom field (Team)": ["Bridge"]}')]


def test_custom_fields_are_known_by_the_settings(desk: Desk) -> None:
    search = {"issues": [issue("BR-1", customfield_10016=1.125, customfield_4=2)]}
    (result,) = loaded(desk, search)
    assert any("[jira] story_points" in text for text in result.assumptions)
    assert points(desk) == [(None, None, '{"customfield_10016": ["1.125"], "customfield_4": ["2"]}')]
    with (desk.workspace.root / "pmo.toml").open("a") as file:
        file.write('[jira]\nstory_points = "customfield_10016"\n')
    desk.workspace = desk.workspace.find(desk.workspace.root)
    (again,) = loaded(desk, search)
    assert again.rows["replacing"] == 1
    assert points(desk) == [(1.125, None, '{"customfield_4": ["2"]}')]


@pytest.mark.parametrize(
    ("value", "texts"),
    [
        ("text", ["text"]),
        (["a", "b"], ["a", "b"]),
        ({"self": "x", "value": "High", "id": "1"}, ["High"]),
        ({"value": "Europe", "child": {"value": "Oslo"}}, ["Europe - Oslo"]),
        ([{"name": "1.0", "released": False}], ["1.0"]),
        (True, ["true"]),
        ({"type": "doc", "content": [{"content": [{"type": "text", "text": "Hej"}, {"type": "hardBreak"}]}]}, ["Hej"]),
        ({"progress": "3"}, ['{"progress": "3"}']),
        ({"type": "doc", "content": [{"type": "mention", "attrs": {"text": "@Ann"}}]}, None),
        ([BEN], None),
        ({"approvers": [{"approver": ANN}]}, None),
        ({}, None),
    ],
)
def test_what_a_custom_field_shows(value: Any, texts: list[str] | None) -> None:
    custom = CustomFields()
    _, others = issue_cells(issue("BR-1", customfield_1=value), custom)
    assert others == ({} if texts is None else {"customfield_1": texts})
    names_persons = texts is None and bool(value)
    assert custom.persons == ({"customfield_1"} if names_persons else set())


def test_fields_of_one_name_are_kept_beside_each_other() -> None:
    cells = custom_cells(
        {"customfield_1": ["a"], "customfield_2": ["b"]},
        dict.fromkeys(("customfield_1", "customfield_2"), "Team"),
        [],
        [],
    )
    assert json.loads(cells[2]) == {"Custom field (Team)": ["a", "b"]}


def test_times_with_an_offset_become_utc_and_others_stay() -> None:
    assert utc("2026-01-05T09:30:00.000+0100") == "2026-01-05T08:30:00.000Z"
    assert utc("2026-01-05T09:30:00Z") == "2026-01-05T09:30:00.000Z"
    assert utc("2026-01-05T09:30:00") == "2026-01-05T09:30:00"
    assert utc("yesterday") == "yesterday"


def test_an_entry_without_a_number_keeps_its_order() -> None:
    rows = list(
        change_rows("BR-1", [{"created": "x", "items": [item("a", "1", "2"), item("a", "2", "3")]}], CustomFields())
    )
    assert [(row[2], row[3]) for row in rows] == [("a", "0"), ("a", "1")]


def test_rows_that_break_a_rule_are_rejected_with_their_line(desk: Desk) -> None:
    nameless = issue("BR-2")
    del nameless["key"]
    results = loaded(desk, {"issues": [issue("BR-1"), nameless, issue("BR-3", created="soon", project={})]})
    assert results[0].rows["rejected"] == 2
    told = {(r.source_line, r.column, r.rule) for r in results[0].rejects}
    assert {(3, "key", "required"), (4, "fields.created", "format")} <= told
    assert desk.query("SELECT issue_key FROM core.issue") == [("BR-1",)]


def test_an_export_of_histories_alone_has_no_issues(desk: Desk) -> None:
    bare = issue("BR-1", *entries())
    del bare["fields"]
    (changes,) = loaded(desk, {"issues": [bare]})
    assert (changes.table, changes.rows["added"]) == ("issue_change", 5)


def test_codes_and_persons_are_those_of_the_navigators_export(desk: Desk) -> None:
    desk.register("project", "project_id,name,status_date", ["PA-01", "Bridge", "2026-01-01"])
    desk.register("project_alias", "source,external_key,project_id", ["jira", "BR", "PA-01"])
    desk.jira(jira_row("BR-2", Assignee_Id=ANN["accountId"]))
    loaded(desk, {"issues": [issue("BR-1")]})
    assert desk.query("SELECT DISTINCT project_id FROM core.issue") == [("PA-01",)]
    assert desk.query("SELECT count(DISTINCT assignee_id) FROM core.issue") == [(1,)]


@pytest.mark.parametrize(
    ("content", "message", "found"),
    [
        ({"errorMessages": ["no such filter"], "errors": {}}, "none of Jira's exports", "errorMessages, errors"),
        ({"name": "package", "version": "1"}, "none of Jira's exports", "name, version"),
        ([1, 2], "none of Jira's exports", "issue 1: no object"),
        ({"issues": [{"id": "1"}]}, "none of Jira's exports", "issue 1: id"),
        ({"issues": [issue("BR-1"), None]}, "none of Jira's exports", "issue 2: no object"),
        ({"values": entries()}, "whose it is", "'self'"),
        ({"self": "https://x/rest/api/3/issue/10001/changelog", "values": entries()}, "whose it is", "'self'"),
        ({"self": PAGE.format("BR-1"), "values": [7]}, "not the shape", "BR-1"),
        ({"issues": [{"key": "BR-1", "changelog": {"histories": {"id": "1"}}}]}, "not the shape", "BR-1"),
        (b'{"issues": [{"key": "BR-1", "fields": {"summary": "half \\ud83d"}}]}', "half a character", "BR-1"),
        (b'{"issues": [{"key": "BR-1", "fields": {"timespent": NaN}}]}', "ambiguous", "byte 12"),
        (b'{"issues": [{"key": "BR-1"', "damaged", "byte 26"),
    ],
)  # fmt: skip
def test_what_is_no_export_is_refused_and_nothing_is_stored(desk: Desk, content: Any, message: str, found: str) -> None:
    problem = refused(desk, content)
    assert message in problem.message
    assert found in str(problem.found)
    assert problem.expected
    assert problem.hint


def test_a_text_of_ten_megabytes_is_kept_whole(desk: Desk) -> None:
    (result,) = loaded(desk, {"issues": [issue("BR-1", summary="x" * 10_000_000), issue("BR-2")]})
    assert result.rows["added"] == 2
    assert desk.query("SELECT length(summary) FROM core.issue ORDER BY issue_key") == [(10_000_000,), (14,)]


TEXTS = [
    "a\nb", "a\r\n\r\nb\n", 'say "so", then', "; | \t,", "'", "=1+1", "\\n", "\u2028x\u0085y", "é😀", "{}", '""',
    *["a;b\na;b"] * 9,
]  # fmt: skip


def test_any_text_comes_back_as_it_was(desk: Desk) -> None:
    edits = [history(n, "2026-03-02T10:00:00.000+0100", item("description", t, t)) for n, t in enumerate(TEXTS, 1)]
    loaded(desk, {"issues": [issue("BR-1", *edits)]})
    found = desk.query("SELECT from_value, to_value, source_line FROM core.issue_change ORDER BY source_line")
    assert found == [(text, text, line) for line, text in enumerate(TEXTS, start=2)]


def test_json_is_found_in_folders_and_in_packed_files(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    texts = [json.dumps({"issues": [issue(f"BR-{n}")]}).encode() for n in range(4)]
    (folder / "a.json").write_bytes(texts[0])
    (folder / "b.json.gz").write_bytes(gzip.compress(texts[1]))
    with zipfile.ZipFile(folder / "c.zip", "w") as container:
        container.writestr("deep/c.json", texts[2])
        container.writestr("bad.json", b"{")
        container.writestr("d.json", texts[3])
    results = list(ingest_files(desk.workspace, [folder], IngestOptions(), desk.edges))
    assert [r.file for r in results if isinstance(r, LoadResult)] == [
        "a.json", "b.json.gz/b.json", "c.zip/deep/c.json", "c.zip/d.json",
    ]  # fmt: skip
    (problem,) = [r for r in results if isinstance(r, SourceError)]
    assert problem.file == "c.zip/bad.json"
    assert len(list((desk.workspace.warehouse / "archive").rglob("*.zst"))) == 4
