"""The people: teams, roles, calendars, absences, rates."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from random import Random

from pmo_analytics.synthetic.projects import FIRST_DAY, LAST_DAY

RATES = {
    "Developer": (92, 96),
    "Engineer": (88, 92),
    "Analyst": (84, 88),
    "Designer": (80, 83),
    "Project manager": (104, 108),
}
RATE_RISE = date(2026, 1, 1)
HOURS_A_DAY = 8
CALENDAR = "harbour"
# Booked hours over available hours that a team works at, before and from the day its load changes.
LOADS = {
    "Applications": (0.90, 0.93),
    "Platform": (0.84, 0.88),
    "Data": (0.95, 1.13),
    "Design": (0.80, 0.78),
}
LOAD_CHANGES = date(2026, 2, 1)
_PEOPLE = (
    ("Astrid Øvergård", "Project manager", "Applications", 100),
    ("Benoît Lefèvre", "Developer", "Applications", 100),
    ("Carmen Ibáñez", "Developer", "Applications", 100),
    ("Dominik Wójcik", "Developer", "Applications", 80),
    ("Elif Şahin", "Analyst", "Applications", 100),
    ("Farid Haddad", "Developer", "Applications", 100),
    ("Greta Lindqvist", "Project manager", "Platform", 100),
    ("Hugo Marques", "Engineer", "Platform", 100),
    ("Ilse van Dijk", "Engineer", "Platform", 60),
    ("Jürgen Bäcker", "Engineer", "Platform", 100),
    ("Kateřina Nováková", "Engineer", "Platform", 100),
    ("Liam O’Connor", "Engineer", "Platform", 100),
    ("Márta Szűcs", "Project manager", "Data", 100),
    ("Nikos Pappas", "Developer", "Data", 100),
    ("Oana Dumitrescu", "Analyst", "Data", 100),
    ("Pekka Korhonen", "Developer", "Data", 100),
    ("Quentin Moreau", "Analyst", "Data", 100),
    ("Rūta Kazlauskaitė", "Designer", "Design", 100),
    ("Sofia D’Angelo", "Designer", "Design", 80),
    ("Tomáš Hruška", "Designer", "Design", 100),
)
# Further people of a larger company: first names by family names, in turns over these places.
_FIRST_NAMES = (
    "Agnes",
    "Bruno",
    "Clara",
    "Dieter",
    "Emilia",
    "Frida",
    "Gustav",
    "Hanna",
    "Ivo",
    "Jolanda",
    "Karl",
    "Lena",
)
_FAMILY_NAMES = ("Brandt", "Çelik", "Dahl", "Echevarría", "Fjord", "Groß", "Horn", "Jansen", "Köhler", "Löfgren")
_PLACES = (
    ("Developer", "Applications"),
    ("Engineer", "Platform"),
    ("Analyst", "Data"),
    ("Developer", "Applications"),
    ("Engineer", "Platform"),
    ("Designer", "Design"),
)
MOST_PEOPLE = len(_PEOPLE) + len(_FIRST_NAMES) * len(_FAMILY_NAMES)
_LEAVES = {"Dominik Wójcik": date(2026, 3, 31)}
_JOINS = {"Farid Haddad": date(2025, 9, 1), "Quentin Moreau": date(2025, 7, 1)}
_HOLIDAYS = {
    date.fromisoformat(day)
    for day in (
        "2025-04-18", "2025-04-21", "2025-05-01", "2025-05-29", "2025-06-09", "2025-10-03", "2025-12-25", "2025-12-26",
        "2026-01-01", "2026-04-03", "2026-04-06", "2026-05-01", "2026-05-14", "2026-05-25",
        "2026-12-25", "2027-01-01", "2027-03-26", "2027-03-29", "2027-05-06", "2027-05-17",
    )
}  # fmt: skip


@dataclass(frozen=True)
class SimulatedPerson:
    """One employee."""

    person_id: str
    name: str
    email: str
    role: str
    team: str
    fte_pct: int
    joined: date
    left: date | None

    def is_employed(self, day: date) -> bool:
        """Whether the person works here on `day`."""
        return self.joined <= day and (self.left is None or day <= self.left)


def persons(headcount: int = len(_PEOPLE)) -> list[SimulatedPerson]:
    """Everybody, in order of their number."""
    if not len(_PEOPLE) <= headcount <= MOST_PEOPLE:
        raise ValueError(f"a company has {len(_PEOPLE)} to {MOST_PEOPLE} people, not {headcount}")
    further = [
        (f"{first} {family}", *_PLACES[position % len(_PLACES)], 100)
        for position, (family, first) in enumerate(product(_FAMILY_NAMES, _FIRST_NAMES))
    ]
    found = []
    for number, (name, role, team, fte) in enumerate([*_PEOPLE, *further][:headcount], start=1):
        folded = (
            unicodedata.normalize("NFKD", name.replace("Ø", "O").replace("ß", "ss").replace("’", ""))
            .encode("ascii", "ignore")
            .decode()
        )
        email = ".".join(folded.lower().split()) + "@ferries.example"
        joined = _JOINS.get(name, date(2021, 1, 1))
        found.append(SimulatedPerson(f"E{number:03d}", name, email, role, team, fte, joined, _LEAVES.get(name)))
    return found


def days(first: date = FIRST_DAY, last: date = LAST_DAY) -> list[date]:
    """Every day from `first` to `last`."""
    return [first + timedelta(days=i) for i in range((last - first).days + 1)]


def working_days(first: date = FIRST_DAY, last: date = LAST_DAY) -> list[date]:
    """The days that the calendar gives working time to."""
    return [day for day in days(first, last) if day.weekday() < 5 and day not in _HOLIDAYS]


def absences(random: Random, everybody: list[SimulatedPerson]) -> dict[tuple[str, date], str]:
    """Whole days of holiday and sickness by person number and day."""
    open_days = working_days()
    found: dict[tuple[str, date], str] = {}
    for person in everybody:
        blocks = [(date(2025, 7, 1), 62, 10), (date(2025, 12, 22), 3, 4), (date(2025, 10, 6), 12, 4)]
        blocks += [(date(2026, 3, 23), 20, 5), (date(2026, 5, 11), 30, 4)]
        for earliest, spread, length in blocks:
            begin = earliest + timedelta(days=random.randrange(spread))
            for day in [d for d in open_days if d >= begin][:length]:
                found[person.person_id, day] = "holiday"
        for _ in range(4):
            begin = open_days[random.randrange(len(open_days))]
            for day in [d for d in open_days if d >= begin][: 1 + random.randrange(3)]:
                found.setdefault((person.person_id, day), "sickness")
    by_number = {person.person_id: person for person in everybody}
    return {key: kind for key, kind in sorted(found.items()) if by_number[key[0]].is_employed(key[1])}


def hourly_rate(role: str, day: date) -> int:
    """Price of an hour of a role on a day."""
    return RATES[role][day >= RATE_RISE]
