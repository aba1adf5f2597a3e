"""Jira's JSON as Cloud and Data Center answer it, loaded as it is."""

from __future__ import annotations

import gzip
import json
import zipfile
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pmo_analytics.errors import PmoError, SourceError
from pmo_analytics.ingest import IngestOptions, LoadResult, ingest_files
from pmo_analytics.sources.jira_rest import CustomFields, change_rows, custom_cells, issue_cells
from pmo_analytics.sources.jira_sprints import sprints, utc
from tests.exports import Desk, balances, jira_row

Json = dict[str, Any]
ANN = {"accountId": "712020:0a0b0c0d-0001", "displayName": "Ann Berg", "active": True}
BEN = {"accountId": "712020:0a0b0c0d-0002", "displayName": "Ben Dahl", "active": True}
ANN_ON_SERVER = {"name": "aberg", "key": "JIRAUSER10101", "displayName": "Ann Berg", "emailAddress": "ann@example.test"}
PRINTED = (
    "com.atlassian.greenhopper.service.sprint.Sprint@4263b21c[id=444,rapidViewId=158,state=ACTIVE,name=Deck, part 2,"
    "goal=raise,name=it,startDate=2026-03-02T09:00:00.000+01:00,endDate=<null>,completeDate=<null>,sequence=444]"
)
PAGE = "https://x.example/rest/api/3/issue/{}/changelog?startAt=0"


def item(field: str, before: str | None, after: str | None, **more: Any) -> Json:
    return {
        "field": field,
        "fieldtype": "jira",
        "from": None,
        "fromString": before,
        "to": None,
        "toString": after,
    } | more


def history(number: int, at: str, *items: Json, author: Json | None = None) -> Json:
    return {"id": str(number), "author": author or ANN, "created": at, "items": list(items)}


def issue(key: str = "BR-1", *histories: Json, **fields: Any) -> Json:
    given = {
        "summary": "Raise the deck",
        "project": {"key": key.rpartition("-")[0]},
        "issuetype": {"name": "Task"},
        "status": {"name": "Doing", "statusCategory": {"key": "indeterminate"}},
        "assignee": ANN,
        "created": "2026-03-01T09:30:00.000+0100",
        "updated": "2026-03-05T10:00:00.250+0100",
    } | fields
    found: Json = {"id": "1" + key.rpartition("-")[2], "key": key, "fields": given}
    return found | ({"changelog": {"total": len(histories), "histories": list(histories)}} if histories else {})


def load(desk: Desk, content: Any, name: str = "search.json", **options: Any) -> list[LoadResult | PmoError]:
    path = desk.folder / name
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False).encode())
    return list(ingest_files(desk.workspace, [path], IngestOptions(**options), desk.edges))


def loaded(desk: Desk, content: Any, name: str = "search.json", **options: Any) -> list[LoadResult]:
    results = [result for result in load(desk, content, name, **options) if isinstance(result, LoadResult)]
    assert all(balances(result) for result in results)
    return results


def refused(desk: Desk, content: Any) -> SourceError:
    (problem,) = load(desk, content)
    assert isinstance(problem, SourceError)
    assert desk.loads() == []
    return problem


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


def entries() -> list[Json]:
    """Two edits in one millisecond, one of which changes a field twice, and a later one."""
    at = "2026-03-02T10:00:00.000+0100"
    return [
        history(101, at, item("labels", "", "a"), item("labels", "a", "a b"), item("status", "A", "B")),
        history(102, at, item("labels", "a b", "b"), author=BEN),
        history(103, "2026-03-03T10:00:00.000+0100", item("status", "B", "C")),
    ]


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
