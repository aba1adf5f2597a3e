"""Answers of Jira's REST interface as rows: issues, and the changes in their history.

A row is a list of cells under the headers below. Comments, worklogs and
whatever else has no header here stay in the archived file. A custom field that
holds a person stays there too: names of people have no place beside the work.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pmo_analytics.sources.jira_sprints import site, sprints, utc
from pmo_analytics.sources.line_breaks import one_line

ISSUE_HEADERS = (
    "key,id,fields.project.key,fields.issuetype.name,fields.status.name,fields.status.statusCategory.key,"
    "fields.summary,fields.priority.name,fields.assignee,fields.assignee.displayName,fields.assignee.emailAddress,"
    "fields.reporter,fields.reporter.displayName,fields.reporter.emailAddress,fields.parent.key,fields.created,"
    "fields.updated,fields.resolutiondate,fields.duedate,fields.timeoriginalestimate,fields.timeestimate,"
    "fields.timespent,fields.labels,fields.components,fields.fixVersions,fields.issuelinks,fields.sprints,"
    "fields.story points,fields.epic link,fields.custom"
).split(",")
CHANGE_HEADERS = (
    "issue.key,created,items.field,items.place,items.fromString,items.toString,author,author.displayName,"
    "author.emailAddress,items.from person,items.from person.displayName,items.to person,items.to person.displayName,"
    "histories.id"
).split(",")
# Names of the custom fields that Jira itself brings along, as in its CSV.
STORY_POINTS, EPIC_LINK = ("story points", "story point estimate"), ("epic link",)
_SIDES = ("from", "to", "fromString", "toString")
_PERSON_FIELDS = {"assignee", "reporter", "creator"}
# The two kinds of account that Cloud names by number, and the keys that Data Center makes.
_ACCOUNT = re.compile(r"\[?(?:[0-9a-f]{24}|[0-9]+:[0-9a-f-]{8,}[0-9a-z-]*|JIRAUSER[0-9]+)(?:[,\]].*)?", re.DOTALL)
# Entries are numbered through the whole site, so a change has one place whichever others an export shows.
_ITEMS = 10_000
_FOUR_DECIMALS = re.compile(r"-?[0-9]+\.[0-9]{1,3}")

Json = dict[str, Any]


class _PersonError(Exception):
    """A custom field's value names a person."""


@dataclass
class CustomFields:
    """What is known of a site's custom fields: their names by id, and the ids of those that were seen to hold persons.

    `hidden` counts the changes that were left out since they name persons.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    persons: set[str] = field(default_factory=set)
    hidden: int = 0

    def ids(self, set_id: str | None, known: Sequence[str]) -> list[str]:
        """The ids of the field that the settings name, and of those that bear one of the `known` names."""
        by_name = {name.strip().casefold(): each for each, name in self.names.items()}
        return [each for each in (set_id, *(by_name.get(name) for name in known)) if each]


def issue_cells(issue: Json, custom: CustomFields) -> tuple[list[str], dict[str, list[str]]]:
    """The cells of an issue but the last three, which custom fields fill, and its custom fields by id."""
    found = issue.get("fields")
    fields: Json = found if isinstance(found, dict) else {}
    key = _text(issue.get("key"))
    in_sprints: list[dict[str, str]] = []
    others: dict[str, list[str]] = {}
    of_site = site(issue.get("self"))
    for name, value in fields.items():
        if not name.startswith("customfield_") or value in (None, "", []):
            continue
        if (these := sprints(value)) is not None:
            in_sprints += [each | of_site for each in these]
            continue
        try:
            if texts := list(_texts(value)):
                others[name] = texts
        except _PersonError:
            custom.persons.add(name)
    cells = [
        key, _text(issue.get("id")), _at(fields, "project", "key") or key.rpartition("-")[0],
        _at(fields, "issuetype", "name"), _at(fields, "status", "name"), _at(fields, "status", "statusCategory", "key"),
        _text(fields.get("summary")), _at(fields, "priority", "name"),
        *_person(fields.get("assignee")), *_person(fields.get("reporter")), _at(fields, "parent", "key"),
        utc(_text(fields.get("created"))), utc(_text(fields.get("updated"))), utc(_text(fields.get("resolutiondate"))),
        _text(fields.get("duedate")), _text(fields.get("timeoriginalestimate")), _text(fields.get("timeestimate")),
        _text(fields.get("timespent")), _joined(fields.get("labels")), _joined(fields.get("components")),
        _joined(fields.get("fixVersions")), _links(fields.get("issuelinks")),
        json.dumps(in_sprints, ensure_ascii=False) if in_sprints else "",
    ]  # fmt: skip
    return [one_line(cell) for cell in cells], others


def custom_cells(
    others: dict[str, list[str]], names: Mapping[str, str], points: Sequence[str], epics: Sequence[str]
) -> list[str]:
    """The last three cells of an issue: story points, epic link, and its other custom fields under their names.

    `points` and `epics` are the ids of the fields that may hold the first two.
    """
    in_points = [text for each in points for text in others.pop(each, [])]
    in_epic = [text for each in epics for text in others.pop(each, [])]
    told: dict[str, list[str]] = {}
    for each, texts in others.items():
        told.setdefault(f"Custom field ({names[each]})" if each in names else each, []).extend(texts)
    shown = json.dumps(told, ensure_ascii=False) if told else ""
    return [_decimal(in_points[0]) if in_points else "", one_line(in_epic[0]) if in_epic else "", one_line(shown)]


def change_rows(key: str, histories: Any, custom: CustomFields) -> Iterator[list[str]]:
    """The rows of the changes in the histories of one issue; ValueError where they have not the shape of histories."""
    for history in _objects(histories):
        entry = _text(history.get("id"))
        base = int(entry) * _ITEMS if entry.isdecimal() and entry.isascii() else 0
        created, author = utc(_text(history.get("created"))), _person(history.get("author"))
        for place, item in enumerate(_objects(history.get("items")), start=base):
            name, sides = _text(item.get("field")), [_text(item.get(each)) for each in _SIDES]
            yield [key, created, one_line(name), str(place), *_values(item, name, sides, custom, author), entry]


def _values(item: Json, name: str, sides: list[str], custom: CustomFields, author: list[str]) -> list[str]:
    """The cells between place and entry: texts before and after, author, person's key and name before and after.

    A person has no text. Of `sides`, keys before and after come first, then what is shown of them.
    """
    before, after, shown_before, shown_after = sides
    field_id = _text(item.get("fieldId"))
    if name in _PERSON_FIELDS or field_id in _PERSON_FIELDS:
        persons = [before or shown_before, shown_before, after or shown_after, shown_after]
        return ["", "", *author, *map(one_line, persons)]
    if item.get("fieldtype") == "custom" and _is_of_persons(field_id, name, sides, custom):
        custom.hidden += 1
        return ["", "", *author, "", "", "", ""]
    return [one_line(shown_before or before), one_line(shown_after or after), *author, "", "", "", ""]


def _is_of_persons(field_id: str, name: str, sides: list[str], custom: CustomFields) -> bool:
    if _ACCOUNT.fullmatch(sides[0]) or _ACCOUNT.fullmatch(sides[1]):
        return True
    return field_id in custom.persons or any(custom.names.get(each) == name for each in custom.persons)


def _objects(value: Any) -> list[Json]:
    if value is None:
        return []
    if not isinstance(value, list) or not {*map(type, value)} <= {dict}:
        raise ValueError("a list of objects")
    return value


def _text(value: Any) -> str:
    """A single value as text; an object, which a damaged export may hold, as its JSON."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else json.dumps(value, ensure_ascii=False)


def _at(value: Any, *path: str) -> str:
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return _text(value)


def _person(value: Any) -> list[str]:
    """Key, name and e-mail address of a person: the account on Cloud; on a server the key, as changes name persons."""
    if not isinstance(value, dict):
        return [one_line(_text(value)), "", ""]
    key = next((_text(value[name]) for name in ("accountId", "key", "name") if value.get(name)), "")
    return [one_line(cell) for cell in (key, _text(value.get("displayName")), _text(value.get("emailAddress")))]


def _joined(value: Any) -> str:
    """Labels, or the names of components and versions, as one text."""
    elements = value if isinstance(value, list) else [value]
    return ", ".join(filter(None, (_at(each, "name") if isinstance(each, dict) else _text(each) for each in elements)))


def _links(value: Any) -> str:
    found = []
    for link in value if isinstance(value, list) else []:
        for direction in ("outward", "inward"):
            if key := _at(link, f"{direction}Issue", "key"):
                found += [{"key": key, "type": _at(link, "type", "name"), "direction": direction}]
    return json.dumps(found, ensure_ascii=False) if found else ""


def _texts(value: Any) -> Iterator[str]:
    """What a custom field holds, as texts; _PersonError where it is a person."""
    if isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif not isinstance(value, dict):
        if text := _text(value):
            yield text
    elif value.keys() & {"accountId", "emailAddress", "displayName"} or value.get("type") == "mention":
        raise _PersonError
    elif value.get("type") == "doc":
        if text := " ".join(_words(value)):
            yield text
    elif "value" in value or "name" in value:
        inner = [value.get("value", value.get("name")), *([value["child"]] if "child" in value else [])]
        if text := " - ".join(_texts(inner)):
            yield text
    elif value:
        # Only asked whether there is a person in it.
        list(_texts(list(value.values())))
        yield json.dumps(value, ensure_ascii=False)


def _words(node: Any) -> Iterator[str]:
    """The texts in a rich-text document."""
    if isinstance(node, list):
        for each in node:
            yield from _words(each)
    elif isinstance(node, dict):
        if node.get("type") == "mention":
            raise _PersonError
        if node.get("type") == "text":
            yield _text(node.get("text"))
        yield from _words(node.get("content"))


def _decimal(text: str) -> str:
    """A number whose point no reader can take for a thousands mark."""
    return text.ljust(text.index(".") + 5, "0") if _FOUR_DECIMALS.fullmatch(text) else text
