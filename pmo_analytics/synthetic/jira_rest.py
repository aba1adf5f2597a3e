"""Answers of Jira's REST API: searches with change logs in the shapes of Cloud and of Data Center, and paged logs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pmo_analytics.synthetic.issues import SimulatedIssue
from pmo_analytics.synthetic.jira_history import (
    PRIORITY_NUMBERS,
    RESOLUTION_NUMBER,
    STATUS_NUMBERS,
    FieldChange,
    History,
    IssueHistory,
    sprint_number,
)
from pmo_analytics.synthetic.people import SimulatedPerson
from pmo_analytics.synthetic.projects import FIRST_DAY, LAST_DAY, PROJECTS
from pmo_analytics.synthetic.worklogs import username
from pmo_analytics.synthetic.written import FileTruth

CLOUD_SITE, SERVER_SITE = "https://ferries.example", "https://jira.fleet.example"
CLOUD_SPRINT, CLOUD_POINTS = "customfield_10020", "customfield_10016"
SERVER_SPRINT, SERVER_POINTS = "customfield_10104", "customfield_10106"
# What Cloud shows of a history within a search: the newest entries, so many at most.
EMBEDDED, PAGE = 20, 25
_ZONE = ZoneInfo("Europe/Berlin")
_BOARD = 7
_CATEGORIES = {"To Do": (2, "new"), "In Progress": (4, "indeterminate"), "Done": (3, "done")}
_CUSTOM = {"Sprint", "Story Points", "Rank"}
Json = dict[str, Any]


def stamp(moment: datetime) -> str:
    """A local time with milliseconds and an offset without a colon, as Jira writes it."""
    local = moment.replace(tzinfo=_ZONE)
    return f"{local:%Y-%m-%dT%H:%M:%S}.{local.microsecond // 1000:03d}{local:%z}"


def account_id(person: SimulatedPerson) -> str:
    """The Cloud account of a person."""
    return f"712020:{int(person.person_id[1:]) * 7919:08x}-ferry"


class Shape:
    """What Cloud's answers have; Data Center's differ where the subclass says so."""

    site = CLOUD_SITE
    version = "3"
    sprint_field, points_field = CLOUD_SPRINT, CLOUD_POINTS
    points_name = "Story point estimate"
    newest_first = names_field_ids = True

    def person(self, person: SimulatedPerson | None) -> Json | None:
        """A person as a field's value."""
        if person is None:
            return None
        return {"accountId": account_id(person), "displayName": person.name, "active": True, "accountType": "atlassian"}

    def person_key(self, person: SimulatedPerson) -> str:
        """A person as a change names them."""
        return account_id(person)

    def text(self, text: str) -> object:
        """A long text: a document of paragraphs."""
        words = {"type": "paragraph", "content": [{"type": "text", "text": text}]}
        return {"type": "doc", "version": 1, "content": [words]}

    def sprint(self, name: str) -> object:
        """A sprint as an element of its field."""
        number, begin, end, state = sprint_span(name)
        found = {"id": number, "name": name, "state": state, "boardId": _BOARD, "goal": ""}
        dates = {"startDate": _utc(begin), "endDate": _utc(end)}
        return found | dates | ({"completeDate": _utc(end)} if state == "closed" else {})

    def change(self, change: FieldChange) -> Json:
        """One item of a history."""
        old, old_name, new, new_name = change.old, change.old_name, change.new, change.new_name
        if change.field == "assignee":
            old, old_name = self._named(change.person_before)
            new, new_name = self._named(change.person_after)
        field = {"field": self.points_name if change.field == "Story Points" else change.field}
        kind = {"fieldtype": "custom" if change.field in _CUSTOM else "jira"}
        values = {"from": old, "fromString": old_name, "to": new, "toString": new_name}
        numbers = {"Sprint": self.sprint_field, "Story Points": self.points_field, "Rank": "customfield_10019"}
        field_id = {"fieldId": numbers.get(change.field, change.field)} if self.names_field_ids else {}
        return field | kind | field_id | values

    def _named(self, person: SimulatedPerson | None) -> tuple[str | None, str | None]:
        return (self.person_key(person), person.name) if person else (None, None)


class DataCenter(Shape):
    """A server of one's own: login names, sprints as strings, texts as text, changes without identifiers."""

    site = SERVER_SITE
    version = "2"
    sprint_field, points_field = SERVER_SPRINT, SERVER_POINTS
    points_name = "Story Points"
    newest_first = names_field_ids = False

    def person(self, person: SimulatedPerson | None) -> Json | None:
        """A person as a field's value."""
        if person is None:
            return None
        key = self.person_key(person)
        return {"name": username(person), "key": key, "emailAddress": person.email, "displayName": person.name,
                "active": True, "timeZone": "Europe/Berlin"}  # fmt: skip

    def person_key(self, person: SimulatedPerson) -> str:
        """A person as a change names them: by the key, which is not the login."""
        return f"JIRAUSER{10_100 + int(person.person_id[1:])}"

    def text(self, text: str) -> object:
        """A long text."""
        return text

    def sprint(self, name: str) -> object:
        """A sprint as Java prints it; the order of its keys depends on the version that wrote it."""
        number, begin, end, state = sprint_span(name)
        done = "<null>" if state != "closed" else _local(end)
        parts = [f"rapidViewId={_BOARD}", f"state={state.upper()}", f"name={name}", f"startDate={_local(begin)}",
                 f"endDate={_local(end)}", f"completeDate={done}"]  # fmt: skip
        tail = [f"sequence={number}"]
        ordered = [*parts, *tail, f"id={number}"] if number % 3 == 0 else [f"id={number}", *parts, *tail]
        goal = ["goal="] if number % 4 == 0 else []
        mark = f"{0x4263B21C + number * 0x1F3:x}"
        return f"com.atlassian.greenhopper.service.sprint.Sprint@{mark}[{','.join([*ordered, *goal])}]"


CLOUD, DATA_CENTER = Shape(), DataCenter()


def sprint_span(name: str) -> tuple[int, datetime, datetime, str]:
    """Number, begin, end and state on the last day of a fortnight."""
    number = int(sprint_number(name))
    first = FIRST_DAY + timedelta(days=14 * (number - 1))
    begin, end = datetime.combine(first, time(9)), datetime.combine(first + timedelta(days=13), time(17))
    state = "closed" if end.date() <= LAST_DAY else "active" if first <= LAST_DAY else "future"
    return number, begin, end, state


def _utc(moment: datetime) -> str:
    return f"{moment.replace(tzinfo=_ZONE).astimezone(ZoneInfo('UTC')):%Y-%m-%dT%H:%M:%S}.000Z"


def _local(moment: datetime) -> str:
    return moment.replace(tzinfo=_ZONE).isoformat(timespec="milliseconds")


def _fields(shape: Shape, issue: SimulatedIssue) -> Json:
    number, category = _CATEGORIES[issue.category]
    project = issue.project
    estimate = issue.estimate_seconds
    due: date | None = (issue.created + timedelta(days=30)).date() if issue.number % 3 == 0 else None
    return {
        "summary": issue.summary,
        "issuetype": {"id": str(10_001 + len(issue.issue_type)), "name": issue.issue_type, "subtask": False},
        "project": {"id": str(10_200 + PROJECTS.index(project)), "key": project.jira_key, "name": project.name},
        "status": {
            "id": STATUS_NUMBERS[issue.status],
            "name": issue.status,
            "statusCategory": {"id": number, "key": category, "name": issue.category},
        },
        "priority": {"id": PRIORITY_NUMBERS[issue.priority], "name": issue.priority},
        "resolution": {"id": RESOLUTION_NUMBER, "name": "Done"} if issue.resolved else None,
        "assignee": shape.person(issue.assignee),
        "reporter": shape.person(issue.reporter),
        "creator": shape.person(issue.reporter),
        "created": stamp(issue.created),
        "updated": stamp(issue.updated),
        "resolutiondate": stamp(issue.resolved) if issue.resolved else None,
        "duedate": due.isoformat() if due else None,
        "labels": list(issue.labels),
        "components": [],
        "fixVersions": [],
        "issuelinks": [],
        "description": shape.text(f"{issue.summary}: as agreed with the crew"),
        "timeoriginalestimate": estimate,
        "timeestimate": 0 if estimate and issue.resolved else estimate,
        "timespent": issue.spent_seconds,
        shape.sprint_field: [shape.sprint(name) for name in issue.sprints],
        shape.points_field: None if issue.points is None else float(issue.points),
    }


def _log_entry(shape: Shape, history: History) -> Json:
    return {
        "id": str(history.number),
        "author": shape.person(history.author),
        "created": stamp(history.at),
        "items": [shape.change(change) for change in history.changes],
    }


def embedded(shape: Shape, found: IssueHistory) -> Sequence[History]:
    """The entries that a search shows of an issue, in its order."""
    return found.histories[: -EMBEDDED - 1 : -1] if shape.newest_first else found.histories


def _issue(shape: Shape, found: IssueHistory) -> Json:
    issue, shown = found.issue, embedded(shape, found)
    log: Json = {"startAt": 0, "maxResults": len(shown), "total": len(found.histories)}
    return {
        "expand": "operations,versionedRepresentations,editmeta,changelog,renderedFields",
        "id": str(issue.number),
        "self": f"{shape.site}/rest/api/{shape.version}/issue/{issue.number}",
        "key": issue.key,
        "changelog": log | {"histories": [_log_entry(shape, history) for history in shown]},
        "fields": _fields(shape, issue),
    }


def write_search(path: Path, shape: Shape, found: Sequence[IssueHistory]) -> FileTruth:
    """Write a search's answer, one issue after the other."""
    names = {shape.sprint_field: "Sprint", shape.points_field: shape.points_name}
    head: Json = {"expand": "schema,names", "startAt": 0, "maxResults": max(len(found), 50), "total": len(found)}
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(json.dumps(head, ensure_ascii=False)[:-1])
        file.write(f', "names": {json.dumps(names)}, "issues": [')
        for position, each in enumerate(found):
            file.write(",\n" if position else "\n")
            file.write(json.dumps(_issue(shape, each), ensure_ascii=False))
        file.write("\n]}\n")
    shown = [embedded(shape, each) for each in found]
    changes = sum(len(history.changes) for entries in shown for history in entries)
    return FileTruth(path.name, "utf-8", len(found), histories=sum(map(len, shown)), changes=changes)


def write_changelog(folder: Path, found: IssueHistory) -> list[FileTruth]:
    """Write the pages of Cloud's change log of one issue, oldest first, whole where the search cut it."""
    return list(_pages(folder, found))


def _pages(folder: Path, found: IssueHistory) -> Iterator[FileTruth]:
    address = f"{CLOUD_SITE}/rest/api/3/issue/{found.issue.key}/changelog"
    total = len(found.histories)
    for page, start in enumerate(range(0, total, PAGE), start=1):
        shown = found.histories[start : start + PAGE]
        is_last = start + PAGE >= total
        answer: Json = {"self": f"{address}?startAt={start}&maxResults={PAGE}"}
        if not is_last:
            answer["nextPage"] = f"{address}?startAt={start + PAGE}&maxResults={PAGE}"
        answer |= {"maxResults": PAGE, "startAt": start, "total": total, "isLast": is_last}
        answer["values"] = [_log_entry(CLOUD, history) for history in shown]
        name = f"jira_changelog_{found.issue.key}_{page}.json"
        (folder / name).write_text(
            json.dumps(answer, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline=""
        )
        changes = sum(len(history.changes) for history in shown)
        yield FileTruth(name, "utf-8", len(shown), histories=len(shown), changes=changes)
