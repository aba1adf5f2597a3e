"""What loading Jira's JSON with its history costs, against a bare pass over the same file, and whether memory is flat.

The baselines are `json.load` of the whole file, which stores nothing and holds
everything in memory, and a bare pass of ijson. Each runs
in a process of its own, which tells its CPU seconds and its peak of memory.
`PMO_BENCH_CHANGES` sets the number of changes.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from tests.benchmarks.processes import measure

CHANGES = int(os.environ.get("PMO_BENCH_CHANGES", "2000000"))
CHANGES_AN_ISSUE = 10
WHOLE = """
started = time.process_time()
with path.open("rb") as file:
    json.load(file)
"""
BARE = """
import ijson
started = time.process_time()
with path.open("rb") as file:
    for _ in ijson.items(file, "issues.item"):
        pass
"""
INGEST = """
import pmo_analytics.ingest as ingest
from pmo_analytics.ingest import jira_tables
from pmo_analytics.system import edges
from pmo_analytics.warehouse import archive
from pmo_analytics.workspace import Workspace
timed(jira_tables, "_lay_out")
timed(archive, "keep")
timed(ingest, "_ingest")
workspace = Workspace.create(folder)
started = time.process_time()
results = list(ingest.ingest_files(workspace, [path], ingest.IngestOptions(), edges()))
steps["added"] = [result.rows["added"] for result in results]
"""


def person(number: int) -> dict[str, object]:
    return {"accountId": f"712020:{number % 5000:08x}", "displayName": f"Person Number {number % 5000}", "active": True}


def issue(number: int) -> dict[str, object]:
    """An issue as Cloud answers it, with five entries of two changes each."""
    someone = person(number)
    entries = [
        {
            "id": str(number * 5 + place),
            "author": someone,
            "created": f"2026-01-{1 + (number + place) % 28:02d}T09:30:{number % 60:02d}.{number % 1000:03d}+0100",
            "items": [
                {"field": "status", "fieldtype": "jira", "fieldId": "status", "from": "3",
                 "fromString": "In Progress", "to": "10001", "toString": "Done"},
                {"field": "assignee", "fieldtype": "jira", "fieldId": "assignee", "from": None, "fromString": None,
                 "to": someone["accountId"], "toString": someone["displayName"]},
            ],
        }
        for place in range(CHANGES_AN_ISSUE // 2)
    ]  # fmt: skip
    words = {"type": "paragraph", "content": [{"type": "text", "text": "Check the deck plates. " * 10}]}
    fields = {
        "summary": f"Deck plate {number}", "project": {"id": "1", "key": f"PRJ{number % 97}", "name": "Bridge"},
        "issuetype": {"id": "3", "name": "Task", "subtask": False}, "assignee": someone, "reporter": person(number + 1),
        "status": {"id": "10001", "name": "Done", "statusCategory": {"id": 3, "key": "done", "name": "Done"}},
        "created": "2025-12-01T09:30:00.000+0100", "updated": "2026-02-01T09:30:00.000+0100", "labels": ["a", "b"],
        "customfield_10016": 3.0, "description": {"type": "doc", "version": 1, "content": [words]},
        "customfield_10020": [{"id": 3, "name": "Sprint 3", "state": "closed", "boardId": 7}],
    }  # fmt: skip
    log = {"startAt": 0, "maxResults": len(entries), "total": len(entries), "histories": entries}
    address = f"https://x.example/rest/api/3/issue/{number}"
    key = f"PRJ{number % 97}-{number}"
    return {"expand": "operations", "id": str(number), "self": address, "key": key, "changelog": log, "fields": fields}


def write_search(path: Path, changes: int) -> Path:
    with path.open("w", encoding="utf-8") as file:
        file.write('{"expand": "schema,names", "issues": [')
        for number in range(changes // CHANGES_AN_ISSUE):
            file.write(",\n" if number else "\n")
            json.dump(issue(number), file)
        file.write('\n], "names": {"customfield_10016": "Story Points", "customfield_10020": "Sprint"}}')
    return path


def test_ingest_of_a_search_with_its_history(tmp_path: Path) -> None:
    small, large = CHANGES // 10, CHANGES
    few, many = (write_search(tmp_path / f"search_{number}.json", number) for number in (small, large))
    whole = measure(WHOLE, many, tmp_path / "whole")
    bare = measure(BARE, many, tmp_path / "bare")
    first, ours = (measure(INGEST, path, tmp_path / path.stem) for path in (few, many))
    assert ours["added"] == [large // CHANGES_AN_ISSUE, large]  # type: ignore[comparison-overlap]
    print(f"\n{large:,} changes of {large // CHANGES_AN_ISSUE:,} issues, {many.stat().st_size / 1e6:,.0f} MB of JSON")
    print(f"  bare ijson pass           {bare['cpu']:8.1f} CPU s  {bare['peak_gb']:5.2f} GB")
    print(f"  json.load of the whole    {whole['cpu']:8.1f} CPU s  {whole['peak_gb']:5.2f} GB")
    print(f"  laid out as tables        {ours['_lay_out']:8.1f} CPU s")
    print(f"  laid out and loaded       {ours['cpu']:8.1f} CPU s  {ours['peak_gb']:5.2f} GB")
    print(f"  with a tenth of it        {first['cpu']:8.1f} CPU s  {first['peak_gb']:5.2f} GB")
    print(f"  by step, CPU s: {ours}")
