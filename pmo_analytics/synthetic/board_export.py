"""The boards' items as Jira Cloud answers a search for them, change logs among them, as they stood on the last day."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from pmo_analytics.synthetic.boards import (
    BLOCKED,
    DONE,
    FLAGGED,
    IMPEDIMENT,
    IN_PROGRESS,
    IN_REVIEW,
    LAST_MOMENT,
    POINTS,
    RESOLUTION,
    SPRINT,
    STATUS,
    TO_DO,
    BoardItem,
    SimulatedBoard,
    Sprint,
)
from pmo_analytics.synthetic.jira_rest import stamp

Json = dict[str, Any]
SITE = "https://ferries.example"
_SPRINT_FIELD, _POINTS_FIELD, _FLAG_FIELD, _TEAM_FIELD = (f"customfield_100{n}" for n in (20, 16, 21, 1))
_NAMES = {_SPRINT_FIELD: SPRINT, _POINTS_FIELD: POINTS, _FLAG_FIELD: FLAGGED, _TEAM_FIELD: "Team"}
_STATUSES = {
    TO_DO: ("10000", "new"), IN_PROGRESS: ("3", "indeterminate"), BLOCKED: ("10003", "indeterminate"),
    IN_REVIEW: ("10002", "indeterminate"), DONE: ("10001", "done"),
}  # fmt: skip
_FLAG_NUMBER = "[10019]"
_FIRST_ENTRY = 300_001


def write_boards(path: Path, boards: Sequence[SimulatedBoard]) -> None:
    """Write the answer of one search for the items of all boards, one issue a line."""
    items = [item for board in boards for item in board.items if item.created <= LAST_MOMENT]
    entries = {(change[0], item.key) for item in items for change in item.changes if change[0] <= LAST_MOMENT}
    numbers = {entry: at for at, entry in enumerate(sorted(entries), start=_FIRST_ENTRY)}
    head = {"expand": "schema,names", "startAt": 0, "maxResults": 1000, "total": len(items), "names": _NAMES}
    lines = ",\n".join(_text(_issue(item, numbers)) for item in items)
    path.write_text(f'{_text(head)[:-1]},"issues":[\n{lines}\n]}}\n', encoding="utf-8", newline="")


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _issue(item: BoardItem, numbers: dict[tuple[datetime, str], int]) -> Json:
    changes = sorted((each for each in item.changes if each[0] <= LAST_MOMENT), key=lambda each: each[0])
    now: dict[str, Any] = {STATUS: TO_DO, RESOLUTION: "", FLAGGED: "", SPRINT: []}
    by_moment: dict[datetime, list[Json]] = {}
    for moment, name, before, after in changes:
        now[name] = after
        by_moment.setdefault(moment, []).append(_change(moment, name, before, after))
    author = {"accountId": f"acc-{item.assignee.person_id.lower()}"}
    histories = [
        {"id": str(numbers[moment, item.key]), "author": author, "created": stamp(moment), "items": found}
        for moment, found in reversed(by_moment.items())
    ]
    return {
        "id": str(item.number),
        "self": f"{SITE}/rest/api/3/issue/{item.number}",
        "key": item.key,
        "fields": _fields(item, now, changes),
        "changelog": {"startAt": 0, "maxResults": len(histories), "total": len(histories), "histories": histories},
    }


def _fields(item: BoardItem, now: dict[str, Any], changes: Sequence[tuple[datetime, str, object, object]]) -> Json:
    resolved = [moment for moment, name, _, after in changes if name == RESOLUTION and after]
    key = item.key.rpartition("-")[0]
    found: Json = {
        "summary": item.summary,
        "issuetype": {"name": item.issue_type},
        "project": {"key": key},
        "status": {"name": now[STATUS], "statusCategory": {"key": _STATUSES[now[STATUS]][1]}},
        "assignee": {"accountId": f"acc-{item.assignee.person_id.lower()}", "displayName": item.assignee.name},
        "created": stamp(item.created),
        "updated": stamp(changes[-1][0] if changes else item.created),
        _TEAM_FIELD: {"name": item.team},
    }
    if now[RESOLUTION]:
        found |= {"resolution": {"name": now[RESOLUTION]}, "resolutiondate": stamp(resolved[-1])}
    if now[SPRINT]:
        found[_SPRINT_FIELD] = [_sprint(each) for each in now[SPRINT]]
    if item.points is not None:
        found[_POINTS_FIELD] = item.points
    if now[FLAGGED]:
        found[_FLAG_FIELD] = [{"value": IMPEDIMENT}]
    return found


def _sprint(sprint: Sprint) -> Json:
    """A sprint as the field of an issue holds it on the last day."""
    state = "closed" if sprint.is_closed else "active" if sprint.start <= LAST_MOMENT else "future"
    found = {"id": sprint.number, "name": sprint.name, "state": state, "boardId": sprint.board.number}
    found |= {"startDate": stamp(sprint.start), "endDate": stamp(sprint.end)}
    return found | ({"completeDate": stamp(sprint.end)} if sprint.is_closed else {})


def _change(moment: datetime, name: str, before: Any, after: Any) -> Json:
    kind = {} if name in {STATUS, RESOLUTION} else {"fieldtype": "custom"}
    sides: list[tuple[str | None, str | None]] = [_side(moment, name, value) for value in (before, after)]
    (old, old_text), (new, new_text) = sides
    return {"field": name, **kind, "from": old, "fromString": old_text, "to": new, "toString": new_text}


def _side(moment: datetime, name: str, value: Any) -> tuple[str | None, str | None]:
    """A value as a change names it: its number, and what is shown of it."""
    if name == SPRINT:
        return _joined(str(each.number) for each in value), _joined(each.name_at(moment) for each in value)
    if name == FLAGGED:
        return (_FLAG_NUMBER, value) if value else (None, None)
    if name == STATUS:
        return _STATUSES[value][0], value
    return ("10000", value) if value else (None, None)


def _joined(texts: Iterable[str]) -> str:
    return ", ".join(texts)
