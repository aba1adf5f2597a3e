"""Worklogs: what people recorded of their bookings, on issues and in quarters of an hour."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

from pmo_analytics.synthetic.effort import Booking
from pmo_analytics.synthetic.issues import SimulatedIssue
from pmo_analytics.synthetic.people import SimulatedPerson, hourly_rate
from pmo_analytics.synthetic.portfolio import SimulatedPortfolio
from pmo_analytics.synthetic.projects import PlannedProject

QUARTER = 900
# The designers keep their hours in the in-house logbook, everybody else in Tempo.
LOGBOOK_TEAM = "Design"
# A circle of three twenty-minute meetings: hours that no decimal fraction holds.
_THIRD, _THIRDS_SHARE, _TWICE_SHARE = 1200, 0.012, 0.02
_RECENT = 6
_ACTIVITIES = ("Development", "Testing", "Meeting", "Planning", "Support")
_REMARKS = (
    "{activity}: {summary}", "{summary}", "worked on {key}", "{activity}", "{summary}; open points noted",
    'called it "{summary}"', "first part\nsecond part of {key}", "Prüfung – {summary}",
)  # fmt: skip
HOSTILE_REMARK = "=1+1;<b>pier</b>"
_HOSTILE_NUMBER = 77


@dataclass(frozen=True)
class Worklog:
    """One record of work: who, on which issue, on which day, how long."""

    number: int
    person: SimulatedPerson
    project: PlannedProject
    issue: SimulatedIssue
    day: date
    seconds: int
    activity: str
    remark: str

    @property
    def month(self) -> date:
        """The first of the month of the work."""
        return self.day.replace(day=1)

    @property
    def is_in_logbook(self) -> bool:
        """Whether the in-house logbook holds it, not Tempo."""
        return self.person.team == LOGBOOK_TEAM

    @property
    def username(self) -> str:
        """The login of who worked."""
        return username(self.person)


def username(person: SimulatedPerson) -> str:
    """The login of a person in Tempo and Jira."""
    return person.email.partition("@")[0]


def worklogs(portfolio: SimulatedPortfolio, first: date, last: date) -> list[Worklog]:
    """The worklogs of `first` to `last`, by day and person; the draws do not depend on the two days."""
    random = Random(f"{portfolio.seed}:worklogs")  # noqa: S311
    by_project: dict[str, list[SimulatedIssue]] = defaultdict(list)
    for issue in portfolio.issues:
        by_project[issue.project.project_id].append(issue)
    found: list[Worklog] = []
    number = 0
    for booking in sorted(portfolio.bookings, key=lambda b: (b.started, b.person.person_id)):
        for worklog in _recorded(random, booking, by_project[booking.project.project_id], number):
            number = worklog.number
            if first <= worklog.day <= last:
                found.append(worklog)
    return found


def _recorded(random: Random, booking: Booking, issues: list[SimulatedIssue], number: int) -> Iterator[Worklog]:
    seconds = max(QUARTER, round(booking.seconds / QUARTER) * QUARTER)
    issue = _issue(random, issues, booking.day)
    kind = random.random()
    parts = [seconds]
    if kind < _THIRDS_SHARE and seconds > 3 * _THIRD:
        parts = [_THIRD, _THIRD, _THIRD, seconds - 3 * _THIRD]
    elif kind < _TWICE_SHARE and seconds % (2 * QUARTER) == 0:
        # Recorded in two equal halves with the same words: two rows alike, and both count.
        parts = [seconds // 2, seconds // 2]
    activity = _ACTIVITIES[random.randrange(len(_ACTIVITIES))]
    remark = _REMARKS[random.randrange(len(_REMARKS))].format(
        activity=activity, summary=issue.summary.lower(), key=issue.key
    )
    for position, part in enumerate(parts, start=1):
        own = f"{remark} ({position})" if part == _THIRD else remark
        at = number + position
        text = HOSTILE_REMARK if at % 1000 == _HOSTILE_NUMBER else own
        yield Worklog(at, booking.person, booking.project, issue, booking.day, part, activity, text)


def _issue(random: Random, issues: list[SimulatedIssue], day: date) -> SimulatedIssue:
    """One of the issues last created by then; the first of all before there were any."""
    known = bisect_right(issues, day, key=lambda issue: issue.created.date())
    back = random.randrange(_RECENT)
    return issues[max(known - 1 - back, 0)]


def seconds_by_person(found: Iterable[Worklog]) -> dict[tuple[str, str, date], int]:
    """Seconds by person, project and month."""
    total: dict[tuple[str, str, date], int] = defaultdict(int)
    for worklog in found:
        total[worklog.person.person_id, worklog.project.project_id, worklog.month] += worklog.seconds
    return dict(total)


@dataclass(frozen=True)
class LabourLine:
    """The work of one role on one project in one month, and what it costs at the rates of its days."""

    project: PlannedProject
    month: date
    role: str
    seconds: int
    cents: int


def labour_lines(found: Iterable[Worklog]) -> list[LabourLine]:
    """The worklogs by project, month and role; rates change with a month, so every line is exact in cents."""
    seconds: dict[tuple[str, date, str], int] = defaultdict(int)
    projects: dict[str, PlannedProject] = {}
    for worklog in found:
        projects[worklog.project.project_id] = worklog.project
        seconds[worklog.project.project_id, worklog.month, worklog.person.role] += worklog.seconds
    return [
        LabourLine(projects[project_id], month, role, total, labour_cents(total, hourly_rate(role, month)))
        for (project_id, month, role), total in sorted(seconds.items())
    ]


def labour_cents(seconds: int, rate: int) -> int:
    """What hours cost; quarters of an hour at whole prices leave no fraction of a cent."""
    cents, rest = divmod(seconds * rate * 100, 3600)
    if rest:
        raise ValueError(f"{seconds} seconds at {rate} an hour are no whole cents")
    return cents
