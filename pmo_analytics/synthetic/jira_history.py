"""The histories of the issues: every change from creation to the present state."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from random import Random

from pmo_analytics.synthetic.issues import SimulatedIssue
from pmo_analytics.synthetic.people import SimulatedPerson

STATUS_NUMBERS = {"To Do": "10000", "In Progress": "3", "In Review": "10002", "Done": "10001"}
PRIORITY_NUMBERS = {"High": "2", "Medium": "3", "Low": "4"}
RESOLUTION_NUMBER = "10000"
# One issue changes so often that a search no longer shows its whole history.
RESTLESS_CHANGES = 32
_REVIEWED, _REOPENED, _RANKED = 0.6, 0.15, 0.3
_LEAST_SECONDS = 60


@dataclass(frozen=True)
class FieldChange:
    """One field's change: numbers and names before and after, None where there was none."""

    field: str
    old: str | None
    old_name: str | None
    new: str | None
    new_name: str | None
    person_before: SimulatedPerson | None = None
    person_after: SimulatedPerson | None = None


@dataclass(frozen=True)
class History:
    """What one author changed in one moment."""

    number: int
    author: SimulatedPerson
    at: datetime
    changes: tuple[FieldChange, ...]


@dataclass(frozen=True)
class IssueHistory:
    """An issue with its changes, oldest first."""

    issue: SimulatedIssue
    histories: tuple[History, ...]

    @property
    def changes(self) -> int:
        """How many fields were changed."""
        return sum(len(history.changes) for history in self.histories)

    @property
    def statuses(self) -> tuple[tuple[datetime, str], ...]:
        """Each status and since when, from creation to the present."""
        moves = [(h.at, c.new_name or "") for h in self.histories for c in h.changes if c.field == "status"]
        return ((self.issue.created, "To Do"), *moves)


def sprint_number(name: str) -> str:
    """The number of a sprint in its name."""
    return name.rpartition(" ")[2]


def histories(random: Random, found: Iterable[SimulatedIssue], restless: frozenset[str]) -> list[IssueHistory]:
    """The history of each issue; those whose keys are in `restless` have at least `RESTLESS_CHANGES` entries."""
    numbers = count(200_001)
    return [_history(random, issue, numbers, is_restless=issue.key in restless) for issue in found]


def _history(random: Random, issue: SimulatedIssue, numbers: count[int], *, is_restless: bool) -> IssueHistory:
    steps = _steps(random, issue)
    if is_restless:
        steps[1:1] = [(_change("Rank", None, "", None, "Ranked higher"),)] * (RESTLESS_CHANGES - len(steps))
    people = [p for p in (issue.reporter, issue.assignee) if p is not None]
    written = [
        History(next(numbers), people[random.randrange(len(people))], at, changes)
        for at, changes in zip(_moments(random, issue, len(steps)), steps, strict=True)
    ]
    return IssueHistory(issue, tuple(written))


def _moments(random: Random, issue: SimulatedIssue, steps: int) -> list[datetime]:
    """Moments in order between creation and the last update; the last one is the resolution, where there is one."""
    end = issue.resolved or issue.updated
    span = int((end - issue.created).total_seconds())
    seconds = sorted(random.sample(range(_LEAST_SECONDS, span), steps))
    if issue.resolved and seconds:
        seconds[-1] = span
    return [issue.created + timedelta(seconds=at) for at in seconds]


def _change(field: str, old: str | None, old_name: str | None, new: str | None, new_name: str | None) -> FieldChange:
    return FieldChange(field, old, old_name, new, new_name)


def _status(old: str, new: str) -> FieldChange:
    return _change("status", STATUS_NUMBERS[old], old, STATUS_NUMBERS[new], new)


_RESOLVED = _change("resolution", None, None, RESOLUTION_NUMBER, "Done")
_UNRESOLVED = _change("resolution", RESOLUTION_NUMBER, "Done", None, None)


def _steps(random: Random, issue: SimulatedIssue) -> list[tuple[FieldChange, ...]]:
    """The changes, history by history: planning first, then the way through the workflow."""
    return [*_planning(random, issue), *_workflow(random, issue)]


def _planning(random: Random, issue: SimulatedIssue) -> list[tuple[FieldChange, ...]]:
    steps: list[tuple[FieldChange, ...]] = []
    for position in range(len(issue.sprints)):
        before, now = issue.sprints[:position], issue.sprints[: position + 1]
        steps.append((_change("Sprint", _numbers(before), ", ".join(before), _numbers(now), ", ".join(now)),))
    if issue.points is not None:
        steps.append((_change("Story Points", None, None, None, str(issue.points)),))
    if issue.labels:
        steps.append((_change("labels", None, "", None, " ".join(issue.labels)),))
    if issue.assignee is not None and random.random() < 0.7:
        steps.append((FieldChange("assignee", None, None, None, None, None, issue.assignee),))
    if issue.priority != "Medium":
        old, new = PRIORITY_NUMBERS["Medium"], PRIORITY_NUMBERS[issue.priority]
        steps.append((_change("priority", old, "Medium", new, issue.priority),))
    if random.random() < _RANKED:
        steps.append((_change("Rank", None, "", None, "Ranked higher"),))
    return steps


def _numbers(sprints: Sequence[str]) -> str:
    return ", ".join(sprint_number(name) for name in sprints)


def _workflow(random: Random, issue: SimulatedIssue) -> list[tuple[FieldChange, ...]]:
    if issue.status == "To Do":
        return []
    steps: list[tuple[FieldChange, ...]] = [(_status("To Do", "In Progress"),)]
    if issue.status == "In Progress":
        return steps
    at = "In Progress"
    if random.random() < _REOPENED:
        steps += [(_status(at, "Done"), _RESOLVED), (_UNRESOLVED, _status("Done", at))]
    if random.random() < _REVIEWED:
        steps.append((_status(at, "In Review"),))
        at = "In Review"
    return [*steps, (_RESOLVED, _status(at, "Done"))]
