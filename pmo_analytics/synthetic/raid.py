"""Milestones, risks and issues of the simulated projects, as their managers report them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from pmo_analytics.synthetic.projects import (
    LAST_DAY,
    PlannedProject,
    add_months,
    months_between,
    months_of_horizon,
)

# Names of milestones and the share of the duration at which each is planned.
_MILESTONES = {
    "agile": (("Backlog agreed", 0.15), ("First release", 0.4), ("Pilot users", 0.65), ("Acceptance", 0.85)),
    "waterfall": (("Scope signed", 0.2), ("Design approved", 0.45), ("Build complete", 0.7), ("Acceptance", 0.9)),
}
_LAST_MILESTONE = ("Go-live", 1.0)
_JITTER_DAYS = 6
_REBASELINED_MONTHS = 2
_RISKS = (
    ("Supplier delivers late", "supplier", "penalty agreed, second source asked"),
    ("Interface changes under way", "technical", "contract test with the other team"),
    ("Key person leaves", "people", "second person trained"),
    ("Harbour authority asks for more evidence", "compliance", "weekly call with the authority"),
    ("Test data are not representative", "quality", "sample of real sailings masked"),
    ("Season begins before acceptance", "schedule", "reduced scope for the season"),
    ("Hardware prices rise", "cost", "framework contract until the year's end"),
)
_ISSUES = (
    ("Test environment is down", "high"),
    ("Decision on scope is open", "medium"),
    ("Access rights are missing", "medium"),
    ("Acceptance criteria are disputed", "high"),
    ("Documentation is behind", "low"),
)
_LEFT_BY_MONTH_LATE = 0.1
_FEWEST_RISKS, _MOST_RISKS = 3, 6


@dataclass(frozen=True)
class MilestoneReport:
    """One milestone in one month's report; `reached` is empty until it is."""

    project: PlannedProject
    milestone_id: str
    name: str
    status_date: date
    baseline: date
    forecast: date
    reached: date | None


@dataclass(frozen=True)
class SimulatedRisk:
    """One risk from the month it was raised to the one it was closed, if it was; amounts in whole units.

    `driver` is its common cause, `ended` the state it was closed with, `lapses`
    what its manager leaves out of the register.
    """

    project: PlannedProject
    risk_id: str
    title: str
    category: str
    response: str
    raised: date
    closed: date | None
    proximity: date
    probabilities: tuple[float, float]
    costs: tuple[int, int, int]
    delays: tuple[int, int, int]
    driver: str = ""
    ended: str = ""
    lapses: frozenset[str] = frozenset()


@dataclass(frozen=True)
class SimulatedRaidIssue:
    """One issue of the RAID log; `closed` is empty while it is open."""

    project: PlannedProject
    issue_id: str
    title: str
    severity: str
    raised: date
    due: date
    closed: date | None


def _month_end(month: date) -> date:
    return add_months(month, 1) - timedelta(days=1)


def reporting_days(project: PlannedProject) -> list[date]:
    """The month-ends at which the project reports, the last of the horizon alone where it has not begun."""
    end = project.cancelled_in_month or project.true_months
    days = [_month_end(m) for m in months_of_horizon() if 0 <= months_between(project.start, m) < end]
    return days or [LAST_DAY]


def milestone_reports(random: Random, project: PlannedProject) -> list[MilestoneReport]:
    """Every milestone at every report: late projects admit their delay little by little, until it is reached."""
    planned_days = (add_months(project.start, project.planned_months) - project.start).days
    true_days = (add_months(project.start, project.true_months) - project.start).days
    marks = [*_MILESTONES[project.methodology], _LAST_MILESTONE]
    jitters = [0 if share == 1.0 else random.randint(-_JITTER_DAYS, _JITTER_DAYS) for _, share in marks]
    found = []
    for day in reporting_days(project):
        elapsed = max(0, (day - project.start).days)
        admitted = min(1.0, elapsed / true_days * 1.1)
        for position, ((name, share), jitter) in enumerate(zip(marks, jitters, strict=True), start=1):
            plan = planned_days
            again = project.rebaselined_in_month
            if again is not None and day >= add_months(project.start, again):
                plan = (add_months(project.start, project.planned_months + _REBASELINED_MONTHS) - project.start).days
            baseline = project.start + timedelta(days=round(share * plan) - 1)
            true_day = project.start + timedelta(days=round(share * true_days) - 1 + jitter)
            first = project.start + timedelta(days=round(share * planned_days) - 1)
            forecast = first + (true_day - first) * admitted
            reached = true_day if true_day <= day else None
            found.append(MilestoneReport(project, f"M{position}", name, day, baseline, reached or forecast, reached))
    return found


def risks(random: Random, project: PlannedProject, budget: int) -> list[SimulatedRisk]:
    """A project's risks: raised in its first months, some closed again, dearer where the project is dear."""
    days = reporting_days(project)
    picked = random.sample(_RISKS, random.randint(_FEWEST_RISKS, _MOST_RISKS))
    found = []
    for position, (title, category, response) in enumerate(picked, start=1):
        raised = days[random.randrange((len(days) + 1) // 2)]
        after = [day for day in days if day > raised]
        is_closed = bool(after) and random.random() < 0.4
        closed = after[random.randrange(len(after))] if is_closed else None
        low = round(budget * random.uniform(0.005, 0.02) / 1000) * 1000
        likely = low + round(budget * random.uniform(0.01, 0.04) / 1000) * 1000
        high = likely + round(budget * random.uniform(0.02, 0.09) / 1000) * 1000
        days_low = random.randint(0, 5)
        days_likely = days_low + random.randint(3, 15)
        first = random.choice((0.1, 0.2, 0.3, 0.5))
        found.append(
            SimulatedRisk(
                project,
                f"{project.project_id}-R{position}",
                title,
                category,
                response,
                raised,
                closed,
                raised + timedelta(days=random.randint(120, 450)),
                (first, random.choice((first, min(0.9, first * 2), first / 2))),
                (low, likely, high),
                (days_low, days_likely, days_likely + random.randint(5, 40)),
            )
        )
    return found


def raid_issues(random: Random, project: PlannedProject) -> list[SimulatedRaidIssue]:
    """A project's issues of the RAID log; a late project leaves more of them open past their day."""
    days = reporting_days(project)
    picked = random.sample(_ISSUES, random.randint(1, len(_ISSUES) - 1))
    found = []
    for position, (title, severity) in enumerate(picked, start=1):
        raised = days[random.randrange(len(days))] - timedelta(days=random.randint(0, 20))
        due = raised + timedelta(days=random.randint(14, 60))
        late = project.true_months - project.planned_months
        end = due + timedelta(days=random.randint(-10, 5 + 12 * late))
        is_left = random.random() < _LEFT_BY_MONTH_LATE * late
        closed = end if raised < end <= LAST_DAY and not is_left else None
        found.append(
            SimulatedRaidIssue(project, f"{project.project_id}-I{position}", title, severity, raised, due, closed)
        )
    return found
