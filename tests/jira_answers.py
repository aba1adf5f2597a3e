"""What Jira's REST interface answers, in small, and how tests load it."""

from __future__ import annotations

import json
from typing import Any

from pmo_analytics.errors import PmoError, SourceError
from pmo_analytics.ingest import IngestOptions, LoadResult, ingest_files
from tests.exports import Desk, balances

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


def entries() -> list[Json]:
    """Two edits in one millisecond, one of which changes a field twice, and a later one."""
    at = "2026-03-02T10:00:00.000+0100"
    return [
        history(101, at, item("labels", "", "a"), item("labels", "a", "a b"), item("status", "A", "B")),
        history(102, at, item("labels", "a b", "b"), author=BEN),
        history(103, "2026-03-03T10:00:00.000+0100", item("status", "B", "C")),
    ]
