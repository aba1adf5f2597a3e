"""An organisation's past and plans, and what then was asked for and delivered, by skill and month.

What happens follows no formula of a forecast. The share of time that reaches
projects drifts from month to month, for all and for each skill, and differs by
person; leave comes in blocks, most of them in summer and at the year's end,
sickness in spells, and some are away for months; who leaves depends on the year
and on how long they have been there. Projects take more or less than planned
each in its own way, and more or less in some years for all; their hours move
between skills and months; those that are not decided come about more or less
together. The months in which work falls are those planned: no overrun goes on
after a plan's last month. Nobody who is hired later counts as supply.

Rows of the past are of the marts' and registers' shape.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from pmo_analytics.synthetic.projects import add_months

Row = dict[str, object]
Place = tuple[str, date]
NOW, PAST, TO_COME = date(2026, 6, 30), 36, 12
SKILLS = ("S1", "S2", "S3", "S4", "S5", "S6")
# Persons of these two share them; of the others each has one alone.
SHARED = ("S5", "S6")
_HOUR, _DAY_HOURS = 3600.0, 8.0
_LEAVE = (2, 2, 2, 3, 3, 3, 9, 9, 3, 3, 2, 6)
_SICK = (1.5, 1.6, 1.3, 1.0, 0.8, 0.7, 0.6, 0.6, 0.8, 1.1, 1.3, 1.3)


@dataclass(frozen=True)
class _Colleague:
    person_id: str
    skills: tuple[str, ...]
    share: float
    joined: date
    left: date | None
    bent: float


@dataclass
class CapacityOutcomes:
    """Rows by table as known on `NOW`, and what was asked and delivered in the months after, in seconds."""

    tables: dict[str, list[Row]] = field(default_factory=dict)
    demand: dict[Place, float] = field(default_factory=dict)
    supply: dict[Place, float] = field(default_factory=dict)

    def add(self, table: str, rows: Iterable[Row]) -> None:
        """Rows of a table beside those that it has."""
        self.tables.setdefault(table, []).extend(rows)


def capacity_outcomes(seed: int) -> CapacityOutcomes:
    """The organisation of a seed."""

    def random(concern: str) -> Random:
        return Random(f"{seed}:{concern}")  # noqa: S311

    found = CapacityOutcomes()
    shocks = _year_shocks(random("years"))
    _finished_work(random("past"), shocks, found)
    _plans(random("plans"), shocks, found)
    focus = _focus(random("focus"))
    for person in _people(random("people")):
        _person_rows(random(f"person {person.person_id}"), person, focus, found)
    return found


def months() -> list[date]:
    """The first days of all months simulated, the past ones first."""
    return [add_months(date(NOW.year, NOW.month, 1), step) for step in range(1 - PAST, TO_COME + 1)]


def _is_to_come(month: date) -> bool:
    return month > NOW


def _working_days(month: date) -> int:
    days = (add_months(month, 1) - month).days
    return sum((month + timedelta(days=day)).weekday() < 5 for day in range(days))


def _drift(random: Random, steps: int, *, stays: float, jump: float) -> list[float]:
    """Deviations that fade by `stays` from step to step, begun where such a course is usually found."""
    value = random.gauss(0.0, jump / math.sqrt(1 - stays * stays))
    course = []
    for _ in range(steps):
        course.append(value)
        value = stays * value + random.gauss(0.0, jump)
    return course


def _year_shocks(random: Random) -> dict[int, float]:
    """What every project of a year takes more or less than planned, as a logarithm: a habit and the year's luck."""
    habit = random.gauss(0.1, 0.1)
    return {year: habit + random.gauss(0.0, 0.12) for year in range(NOW.year - 4, NOW.year + 2)}


def _around_one(random: Random, spread: float) -> float:
    """A factor whose mean is 1, so that a project's sum tends to what its own inclination says."""
    return math.exp(random.gauss(-spread * spread / 2, spread))


def _finished_work(random: Random, shocks: dict[int, float], found: CapacityOutcomes) -> None:
    """Items of projects of the last years with estimates and what they took."""
    for number in range(random.randint(14, 26)):
        own, project = random.gauss(0.0, 0.25), f"Q{number:02d}"
        first = add_months(NOW, -random.randint(4, 40))
        for item in range(random.randint(6, 30)):
            day = first + timedelta(days=random.randint(20, 300))
            estimate = math.exp(random.gauss(2.5, 0.8))
            took = estimate * math.exp(own + shocks[day.year]) * _around_one(random, 0.5)
            is_done = day <= NOW
            found.add("estimate_history", [{
                "item_id": f"{project}-{item}", "project_id": project, "work_class": "Task",
                "estimate_seconds": estimate * _HOUR, "actual_seconds": took * _HOUR if is_done else None,
                "estimated_on_date": first, "finished_on_date": day if is_done else None,
                "state": "finished" if is_done else "open", "actual_source": "timesheets",
            }])  # fmt: skip


def _plans(random: Random, shocks: dict[int, float], found: CapacityOutcomes) -> None:
    """Projects to come with the hours that they plan, and what those that came about asked for."""
    common = random.gauss(0.0, 1.0)
    future = [month for month in months() if _is_to_come(month)]
    found.demand.update({(skill, month): 0.0 for skill in SKILLS for month in future})
    for number in range(random.randint(14, 22)):
        project, is_firm = f"P{number:02d}", number < 8 or random.random() < 0.4
        chance = 1.0 if is_firm else random.uniform(0.15, 0.95)
        own = random.gauss(0.0, 0.25)
        comes = is_firm or _normal_share(math.sqrt(0.15) * common + math.sqrt(0.85) * random.gauss(0, 1)) < chance
        begins = 0 if is_firm and random.random() < 0.7 else random.randint(0, 7)
        # The first eight ask for every skill in every month, so that there is always something to judge.
        lasts = TO_COME if number < 8 else random.randint(3, 10)
        skills = SKILLS if number < 8 else tuple(sorted(random.sample(SKILLS, random.randint(1, 4))))
        begins = 0 if number < 8 else begins
        for skill in skills:
            hours, tilt = random.uniform(25, 140), _around_one(random, 0.15)
            for month in future[begins : begins + lasts]:
                planned = hours * random.uniform(0.8, 1.2)
                factor = math.exp(own + shocks[month.year]) * tilt * _around_one(random, 0.2)
                found.demand[skill, month] += planned * factor * _HOUR * comes
                found.add("demand", [{
                    "project_id": project, "skill_id": skill, "period_month": month, "status_date": NOW,
                    "demand_seconds": round(planned) * _HOUR, "level": None,
                    "certainty": 1.0 if is_firm else round(chance, 1),
                }])  # fmt: skip


def _normal_share(value: float) -> float:
    return 0.5 * (1.0 + math.erf(value / math.sqrt(2.0)))


def _focus(random: Random) -> dict[Place, float]:
    """How inclined a skill's persons are to book on projects in a month, as log odds."""
    level, course = random.uniform(0.6, 1.4), _drift(random, PAST + TO_COME, stays=0.7, jump=0.15)
    found = {}
    for skill in SKILLS:
        usual, own = random.gauss(level, 0.35), _drift(random, PAST + TO_COME, stays=0.6, jump=0.15)
        for place, month in enumerate(months()):
            found[skill, month] = usual + course[place] + own[place] - 0.15 * (month.month == 12)
    return found


def _people(random: Random) -> list[_Colleague]:
    """Everybody there at some time: who leaves is followed by another one two months later, in the past alone."""
    found: list[_Colleague] = []
    unrest = {year: random.uniform(0.5, 1.8) for year in range(NOW.year - 4, NOW.year + 2)}
    for skill in SKILLS:
        for seat in range(random.randint(5, 18)):
            joined = add_months(months()[0], -random.randint(1, 90))
            turn = 0
            while True:
                left = _leaves(random, joined, unrest)
                share = 1.0 if random.random() < 0.8 else random.choice((0.5, 0.6, 0.8))
                other = SHARED[1 - SHARED.index(skill)] if skill in SHARED and random.random() < 0.3 else ""
                skills = (skill, other) if other else (skill,)
                found.append(
                    _Colleague(f"{skill}-{seat:02d}-{turn}", skills, share, joined, left, random.gauss(0.0, 0.6))
                )
                if left is None or add_months(left, 2) > NOW:
                    break
                joined, turn = add_months(left, 2), turn + 1
    return found


def _leaves(random: Random, joined: date, unrest: dict[int, float]) -> date | None:
    """The last day of a month by whose end a person has left; None where they stay to the end."""
    for month in months():
        if month < joined:
            continue
        is_new = (month - joined).days < 365
        if random.random() < 0.006 * unrest[month.year] * (1.8 if is_new else 1.0):
            return add_months(month, 1) - timedelta(days=1)
    return None


def _person_rows(
    random: Random, person: _Colleague, focus: dict[Place, float], found: CapacityOutcomes
) -> None:  # fmt: skip
    """What a person's calendar held, what they were away for and booked; later what reached projects."""
    known_left = person.left if person.left is not None and person.left <= NOW else None
    found.add("person", [{
        "person_id": person.person_id, "status_date": NOW, "role": "Engineer", "team": person.skills[0],
        "fte_pct": 100 * person.share, "joined_date": person.joined, "left_date": known_left,
    }])  # fmt: skip
    found.add("person_skill", [
        {"person_id": person.person_id, "skill_id": skill, "assessed_on_date": person.joined, "level": 4}
        for skill in person.skills
    ])  # fmt: skip
    away_until = date.min
    for month in months():
        if month < person.joined:
            continue
        days = _working_days(month)
        calendar = days * _DAY_HOURS * person.share * _HOUR
        if _is_to_come(month) and known_left is None:
            found.add("planned_calendar_by_person_month", [
                {"person_id": person.person_id, "period_month": month, "calendar_seconds": calendar}
            ])  # fmt: skip
        if random.random() < 0.002:
            away_until = add_months(month, random.randint(2, 9))
        away = 1.0 if month < away_until else min(1.0, _days_away(random, month) / days)
        odds = focus[person.skills[0], month] + person.bent + random.gauss(0.0, 0.4)
        reached = calendar * (1 - away) / (1 + math.exp(-odds))
        if person.left is not None and month > person.left:
            continue
        if _is_to_come(month):
            key = (person.skills[0], month)
            found.supply[key] = found.supply.get(key, 0.0) + reached
            continue
        key_of = {"person_id": person.person_id, "period_month": month}
        found.add("availability_by_person_month", [key_of | {
            "calendar_seconds": calendar, "absence_seconds": calendar * away,
            "available_seconds": calendar * (1 - away),
        }])  # fmt: skip
        booked = {"P": reached, None: 0.8 * (calendar * (1 - away) - reached)}
        found.add("effort_by_person_month", [
            key_of | {"project_id": project, "duration_seconds": seconds, "billable_seconds": 0.0, "entry_count": 1}
            for project, seconds in booked.items() if seconds > 0
        ])  # fmt: skip


def _days_away(random: Random, month: date) -> float:
    """Working days of leave and sickness in a month."""
    usual = _LEAVE[month.month - 1]
    # A long holiday falls into the summer for some and not for others; other leave is single days.
    days = float(
        random.choice((5, 10, 15)) if usual >= 9 and random.random() < 0.55 else random.uniform(0, 0.9 * usual)
    )
    if month.month == 12 and random.random() < 0.7:
        days += 4
    if random.random() < 0.22 * _SICK[month.month - 1]:
        days += min(15.0, random.expovariate(1 / 2.5))
    return days
