"""Microsoft Project's XML (MSPDI) as rows: tasks, what ties them, and calendars.

A row is cells by header, as the XML names its elements; what nests is told with
a point. A task is known by its UID, which stays when tasks are moved; its ID is
only its place in the list. The project is known by its GUID, by UID or name
where it has none. Phased values, resources and assignments stay in the file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pmo_analytics.sources.working_times import Week, iso_weekday, period
from pmo_analytics.sources.xml_text import Element

NAMESPACE = "http://schemas.microsoft.com/project"
TASK, CALENDAR, ATTRIBUTE = ("Tasks", "Task"), ("Calendars", "Calendar"), ("ExtendedAttributes", "ExtendedAttribute")
LINK = (*TASK, "PredecessorLink")
PHASED = "TimephasedData"
IDENTIFIER, NAME, STATUS = "Project.Identifier", "Project.Name", "Project.StatusDate"
TASK_HEADERS = (
    "UID,Name,WBS,Start,Finish,Duration,RemainingDuration,PercentComplete,ActualStart,ActualFinish,Baseline.Start,"
    "Baseline.Finish,Milestone,Critical,TotalSlack,ConstraintType,ConstraintDate,CalendarUID,Calendar,Task.Type"
).split(",")
LINK_HEADERS = (
    "PredecessorUID,SuccessorUID,Type,LinkLag,LinkLag.Percent,LagFormat,Lag.Calendar,CrossProject,CrossProjectName,"
    "Predecessor.Project"
).split(",")
CALENDAR_HEADERS = ("UID", "Calendar.Name", "Calendar.IsDefault", "WeekDays", "Exceptions")
# Formats of a lag: a share of the predecessor's duration, and time round the clock.
_PERCENT = {"19", "20", "51", "52"}
_ELAPSED = {"4", "6", "8", "10", "12", "20", "36", "38", "40", "42", "44", "52"}
_NONE = {"", "-1"}
_FINISH_TO_START = "1"


def task_cells(task: Element, attributes: dict[str, str]) -> dict[str, str] | None:
    """The cells of a task, None for a blank line of the list; `attributes` names the extended ones by field."""
    if task.at("IsNull") == "1":
        return None
    cells: dict[str, str] = {}
    for child in task.children:
        if child.name == "PredecessorLink":
            continue
        if not child.children:
            _put(cells, child.name, child.text)
        elif child.name == "ExtendedAttribute":
            name = attributes.get(child.at("FieldID")) or child.at("FieldID")
            _put(cells, f"ExtendedAttribute.{name}", child.at("Value"))
        else:
            number = child.at("Number") if child.name == "Baseline" else ""
            for header, text in _leaves(child, f"{child.name}{'' if number == '0' else number}"):
                _put(cells, header, text)
    return {**cells, "Task.Type": _task_type(task)}


def attribute_name(attribute: Element) -> str:
    """What a file calls one of its extended attributes."""
    return attribute.at("Alias") or attribute.at("FieldName")


def link_cells(link: Element, successor: str) -> dict[str, str]:
    """The cells of what ties a task to the one before it.

    Another project's task is told as the project and the task, joined by /.
    """
    cells: dict[str, str] = {}
    for child in link.children:
        for header, text in _leaves(child, child.name) if child.children else [(child.name, child.text)]:
            _put(cells, header, text)
    cells["SuccessorUID"] = successor
    cells.setdefault("Type", _FINISH_TO_START)
    lag, written = cells.pop("LinkLag", "") or "0", cells.get("LagFormat", "")
    cells["LinkLag.Percent" if written in _PERCENT else "LinkLag"] = lag
    if written in _ELAPSED:
        cells["Lag.Calendar"] = "elapsed"
    if cells.get("CrossProject") == "1":
        project, _, task = cells.get("CrossProjectName", "").rpartition("\\")
        if project and task:
            cells |= {"Predecessor.Project": project, "PredecessorUID": f"{project}/{task}"}
    return cells


def is_of_a_resource(calendar: Element) -> bool:
    """Whether a calendar is that of a resource, whose name it bears."""
    return calendar.at("IsBaseCalendar") == "0"


def calendar_cells(calendar: Element) -> dict[str, str]:
    """The cells of a calendar; where its times cannot be read, what is wrong stands instead of the week."""
    cells = {"UID": calendar.at("UID"), "Calendar.Name": calendar.at("Name")}
    try:
        dated: list[dict[str, Any]] = []
        week = _week(calendar, dated)
        exceptions = [_exception(told) for told in _within(calendar, "Exceptions", "Exception")]
        # Programs write the same days again, for those that know of no named exceptions.
        named = {(each["from"], each["to"]) for each in exceptions}
        exceptions += [each for each in dated if (each["from"], each["to"]) not in named]
        for other in _within(calendar, "WorkWeeks", "WorkWeek"):
            exceptions.append({**_span(other), "name": other.at("Name"), "week": _week(other, exceptions)})
    except ValueError as problem:
        return {**cells, "WeekDays": str(problem)}
    return {
        **cells,
        "WeekDays": json.dumps(week, sort_keys=True),
        "Exceptions": json.dumps(exceptions, ensure_ascii=False),
    }


def _put(cells: dict[str, str], header: str, text: str) -> None:
    """Set a cell; an element that comes twice, which the format does not know, adds to it."""
    cells[header] = f"{cells[header]}\n{text}" if cells.get(header) else text


def _leaves(element: Element, name: str) -> Iterator[tuple[str, str]]:
    """Headers and texts of what stands within an element at any depth; its number is in the name."""
    for child in element.children:
        if child.children:
            yield from _leaves(child, f"{name}.{child.name}")
        elif child.name != "Number":
            yield f"{name}.{child.name}", child.text


def _task_type(task: Element) -> str:
    if task.at("Active") == "0":
        return "inactive"
    if task.at("ExternalTask") == "1":
        return "external"
    if task.at("Summary") == "1" or task.at("UID") == "0":
        return "summary"
    return "milestone" if task.at("Milestone") == "1" else "task"


def _within(element: Element, outer: str, inner: str) -> Iterator[Element]:
    return (child for group in element.all(outer) for child in group.all(inner))


def _week(holder: Element, exceptions: list[dict[str, Any]]) -> Week:
    """The working times by weekday; days told by date, as older programs do, join the exceptions."""
    week: Week = {}
    for day in _within(holder, "WeekDays", "WeekDay"):
        if day.at("DayType") == "0":
            exceptions.append({**_span(day), "times": _times(day)})
        else:
            week[iso_weekday(day.at("DayType"))] = _times(day)
    return week


def _times(day: Element) -> list[list[str]]:
    if day.at("DayWorking") == "0":
        return []
    times = _within(day, "WorkingTimes", "WorkingTime")
    return [period(time.at("FromTime"), time.at("ToTime")) for time in times if time.children]


def _span(holder: Element) -> dict[str, Any]:
    return {"from": holder.at("TimePeriod", "FromDate")[:10], "to": holder.at("TimePeriod", "ToDate")[:10]}


def _exception(told: Element) -> dict[str, Any]:
    """A named exception; type 1 is every day of the span, others recur within it by rules that are kept as told."""
    found = {**_span(told), "times": _times(told), "name": told.at("Name")}
    if told.at("Type") not in {"", "1"} or told.at("Period") not in {"", "0", "1"}:
        rules = {child.name: child.text for child in told.children if not child.children and child.text}
        found["recurs"] = {name: text for name, text in rules.items() if name not in {"Name", "DayWorking"}}
    return found


def calendar_name(uid: str, names: dict[str, str], project_calendar: str) -> str:
    """The name of a task's calendar, which is the project's where it has none of its own."""
    wanted = project_calendar if uid in _NONE else uid
    return "" if wanted in _NONE else names.get(wanted, f"calendar {wanted}")
