"""Jira issues of the projects, as their teams would have written them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from pmo_analytics.synthetic.effort import last_active_day
from pmo_analytics.synthetic.people import SimulatedPerson
from pmo_analytics.synthetic.projects import FIRST_DAY, LAST_DAY, PROJECTS, PlannedProject

_PER_MONTH = 3.5
_VERBS = ("Add", "Check", "Replace", "Document", "Test", "Move", "Simplify", "Repair", "Measure", "Agree on")
_THINGS = (
    "seat map", "gate sensor feed", "timetable import", "crew swap rule", "berth plan", "fare table", "login page",
    "alarm limits", "spare part codes", "fuel figures", "night batch", "printer queue", "access rights", "data model",
    "delay message", "archive job", "test data", "search form", "map view", "handbook",
)  # fmt: skip
_PLACES = (
    "for pier 4",
    "on the bridge",
    "in the depot",
    "for season guests",
    "at check-in",
    "in the office",
    "on board",
)
_TYPES = ("Feature", "Feature", "Task", "Task", "Bug")
_LABELS = ("harbour", "mobile", "backend", "safety", "data")
_POINTS = (1, 2, 3, 5, 8, 13)


@dataclass(frozen=True)
class SimulatedIssue:
    """One issue in the state of the last day."""

    key: str
    number: int
    project: PlannedProject
    issue_type: str
    summary: str
    status: str
    category: str
    priority: str
    assignee: SimulatedPerson | None
    reporter: SimulatedPerson
    created: datetime
    updated: datetime
    resolved: datetime | None
    labels: tuple[str, ...]
    sprints: tuple[str, ...]
    points: int | None
    estimate_seconds: int | None
    spent_seconds: int | None


def issues(random: Random, everybody: list[SimulatedPerson]) -> list[SimulatedIssue]:
    """The issues of every project that has begun, in order of creation."""
    found: list[SimulatedIssue] = []
    for project in (p for p in PROJECTS if p.start <= LAST_DAY):
        first, last = max(project.start, FIRST_DAY), last_active_day(project)
        team = [p for p in everybody if p.team in project.teams]
        count = round((last - first).days / 30.4 * _PER_MONTH)
        created = sorted(first + timedelta(days=random.randrange((last - first).days)) for _ in range(count))
        for number, day in enumerate(created, start=1):
            found.append(_issue(random, project, number=number, day=day, last=last, team=team))
    found.sort(key=lambda issue: (issue.created, issue.key))
    return found


def _issue(
    random: Random, project: PlannedProject, *, number: int, day: date, last: date, team: list[SimulatedPerson]
) -> SimulatedIssue:
    created = datetime.combine(day, time(8 + random.randrange(9), random.randrange(60)))
    takes = timedelta(days=4 + random.randrange(45), minutes=random.randrange(400))
    done = created + takes if (created + takes).date() <= last else None
    status, category = (
        ("Done", "Done") if done else (("In Progress", "In Progress"), ("To Do", "To Do"))[random.randrange(2)]
    )
    employed = [person for person in team if person.is_employed(day)]
    estimate = 1800 * (1 + random.randrange(32)) if random.random() < 0.8 else None
    summary = f"{_one(random, _VERBS)} {_one(random, _THINGS)} {_one(random, _PLACES)}"
    sprint = (day - FIRST_DAY).days // 14 + 1
    return SimulatedIssue(
        f"{project.jira_key}-{number}",
        10_000 + 400 * PROJECTS.index(project) + number,
        project,
        _one(random, _TYPES),
        summary,
        status,
        category,
        _one(random, ("Medium", "Medium", "High", "Low")),
        employed[random.randrange(len(employed))] if employed and random.random() < 0.9 else None,
        employed[random.randrange(len(employed))] if employed else team[0],
        created,
        done or created + timedelta(hours=random.randrange(1, 5)),
        done,
        tuple(sorted({_one(random, _LABELS) for _ in range(random.randrange(3))})),
        tuple(f"Sprint {sprint + i}" for i in range(1 + random.randrange(2))),
        _one_of(random, _POINTS) if random.random() < 0.7 else None,
        estimate,
        round(estimate * (0.4 + 1.4 * random.random()) / 900) * 900 if estimate and done else None,
    )


def _one(random: Random, choices: tuple[str, ...]) -> str:
    return choices[random.randrange(len(choices))]


def _one_of(random: Random, choices: tuple[int, ...]) -> int:
    return choices[random.randrange(len(choices))]
