"""Sprints as Jira's fields hold them: objects on Cloud, what Java prints of an object on Data Center."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

_PRINTED = re.compile(r"com\.atlassian\.greenhopper\.service\.sprint\.Sprint@[0-9a-f]+\[(.*)\]", re.DOTALL)
# A name may hold a comma: parts are told apart by the keys that Data Center writes.
_PARTS = re.compile(
    r",(?=(?:id|rapidViewId|state|name|goal|startDate|endDate|completeDate|activatedDate|sequence|synced"
    r"|autoStartStop|incompleteIssuesDestinationId)=)"
)
_OBJECT = {"id", "name", "state"}
_TIMES = {"start_at": "startDate", "end_at": "endDate", "completed_at": "completeDate"}


def utc(text: str) -> str:
    """An instant with an offset as UTC with milliseconds; what is none stays as it is."""
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            return text
        return moment.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"
    except (ValueError, OverflowError):
        return text


def site(address: Any) -> dict[str, str]:
    """The site that an issue's own address is of: numbers of sprints are each site's own."""
    try:
        host = urlsplit(address).hostname if isinstance(address, str) else None
    except ValueError:
        host = None
    return {"site": host} if host else {}


def sprints(value: Any) -> list[dict[str, str]] | None:
    """The sprints that a field's value states, with name, id, state and times; None where it states something else."""
    elements = value if isinstance(value, list) else [value]
    found = [_sprint(element) for element in elements]
    return [each for each in found if each] if found and all(each is not None for each in found) else None


def _sprint(element: Any) -> dict[str, str] | None:
    if isinstance(element, str):
        printed = _PRINTED.fullmatch(element)
        if printed is None:
            return None
        parts: dict[str, Any] = {}
        for part in _PARTS.split(printed[1]):
            name, _, text = part.partition("=")
            # A goal is free text that may look like further parts.
            parts.setdefault(name, None if text == "<null>" else text)
    elif isinstance(element, dict) and element.keys() >= _OBJECT and {"boardId", "originBoardId"} & element.keys():
        parts = element
    else:
        return None
    told = {"name": parts.get("name"), "id": parts.get("id"), "state": str(parts.get("state") or "").lower()}
    times = {ours: utc(str(parts[theirs])) for ours, theirs in _TIMES.items() if parts.get(theirs)}
    return {name: str(text) for name, text in (told | times).items() if text}
