"""Who works when on what: bookings by person and day, and what they cost."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from pmo_analytics.synthetic.people import (
    HOURS_A_DAY,
    LOAD_CHANGES,
    LOADS,
    SimulatedPerson,
    hourly_rate,
    working_days,
)
from pmo_analytics.synthetic.projects import LAST_DAY, PROJECTS, PlannedProject, add_months

_MOST_PROJECTS = 3
_STEP = 300


@dataclass(frozen=True)
class Booking:
    """One timer: who, on which project, from when to when."""

    person: SimulatedPerson
    project: PlannedProject
    started: datetime
    seconds: int

    @property
    def day(self) -> date:
        """The day the timer was started."""
        return self.started.date()

    @property
    def ended(self) -> datetime:
        """When the timer was stopped."""
        return self.started + timedelta(seconds=self.seconds)

    @property
    def cost(self) -> float:
        """Cost at the rate that held on the day."""
        return self.seconds / 3600 * hourly_rate(self.person.role, self.day)


def last_active_day(project: PlannedProject) -> date:
    """The last day on which the project is worked on."""
    months = project.cancelled_in_month if project.cancelled_in_month is not None else project.true_months
    return min(add_months(project.start, months) - timedelta(days=1), LAST_DAY)


def _shares(
    random: Random, person: SimulatedPerson, month: date, liking: dict[str, float]
) -> list[tuple[PlannedProject, float]]:
    weights = [
        (project, project.teams[person.team] * liking[project.project_id] * (0.7 + 0.6 * random.random()))
        for project in PROJECTS
        if person.team in project.teams and project.start <= month <= last_active_day(project)
    ]
    weights.sort(key=lambda pair: (-pair[1], pair[0].project_id))
    top = weights[:_MOST_PROJECTS]
    total = sum(weight for _, weight in top)
    return [(project, weight / total) for project, weight in top]


def _pick(random: Random, shares: list[tuple[PlannedProject, float]]) -> PlannedProject:
    at = random.random()
    for project, share in shares:
        at -= share
        if at < 0:
            return project
    return shares[-1][0]


def bookings(random: Random, everybody: list[SimulatedPerson], absent: dict[tuple[str, date], str]) -> list[Booking]:
    """Every booking, by person and time."""
    found: list[Booking] = []
    for person in everybody:
        liking = {project.project_id: 0.3 + random.random() ** 2 * 2 for project in PROJECTS}
        shares: dict[date, list[tuple[PlannedProject, float]]] = {}
        for day in working_days():
            if not person.is_employed(day) or (person.person_id, day) in absent:
                continue
            month = day.replace(day=1)
            if month not in shares:
                shares[month] = _shares(random, person, month, liking)
            if shares[month]:
                found += _day(random, person, day, shares[month])
    return found


def _day(
    random: Random, person: SimulatedPerson, day: date, shares: list[tuple[PlannedProject, float]]
) -> list[Booking]:
    load = LOADS[person.team][day >= LOAD_CHANGES]
    # Two uniform draws: a day is rarely far from its mean, and never empty.
    hours = HOURS_A_DAY * person.fte_pct / 100 * load * (0.7 + 0.3 * (random.random() + random.random()))
    total = max(_STEP, round(hours * 3600 / _STEP) * _STEP)
    first = _pick(random, shares)
    started = datetime.combine(day, time(8, 0)) + timedelta(seconds=_STEP * random.randrange(18))
    second = _pick(random, shares)
    if second == first or random.random() < 0.55:
        late = random.random() < 0.004
        return [Booking(person, first, datetime.combine(day, time(20, 40)) if late else started, total)]
    part = round(total * (0.35 + 0.4 * random.random()) / _STEP) * _STEP
    pause = timedelta(seconds=_STEP * (3 + random.randrange(9)))
    return [
        Booking(person, first, started, part),
        Booking(person, second, started + timedelta(seconds=part) + pause, total - part),
    ]


def monthly_cost(found: list[Booking]) -> dict[tuple[str, date], float]:
    """True cost by project and month."""
    costs: dict[tuple[str, date], float] = defaultdict(float)
    for booking in found:
        costs[booking.project.project_id, booking.day.replace(day=1)] += booking.cost
    return dict(costs)
