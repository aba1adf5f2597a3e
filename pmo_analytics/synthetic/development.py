"""Courses, mentors and coaching of the people: how they learn what plans ask of them.

Planted: a path of two courses leads to the skill that nobody has; a session is
overbooked and one seat in it is of somebody who has left; the platform team was
trained together, which changed none of its estimates; a certificate that plans
still need has run out; two persons are not to be paired.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from pmo_analytics.synthetic.people import SimulatedPerson
from pmo_analytics.synthetic.projects import LAST_DAY, add_months
from pmo_analytics.synthetic.raid_registers import Rows

# Course: skill, level from and to, cost, days from its end to work at the level.
COURSES = {
    "DE2": ("data-engineering", 1, 2, 900, 14),
    "DE3": ("data-engineering", 2, 3, 1400, 21),
    "JV3": ("java", 2, 3, 1200, 21),
    "MS2": ("maritime-safety", 0, 2, 1800, 14),
    "MS4": ("maritime-safety", 2, 4, 2600, 14),
    "NW3": ("networks", 2, 3, 1100, 21),
    "PL4": ("planning", 3, 4, 1500, 14),
    "UX3": ("ux", 2, 3, 1000, 14),
}
# Session: course, first day, days, seats, place.
SESSIONS = {
    "T01": ("DE2", date(2026, 7, 13), 2, 3, "online"),
    "T02": ("DE3", date(2026, 9, 7), 3, 2, "online"),
    "T03": ("DE3", date(2026, 11, 16), 3, 4, "harbour"),
    "T04": ("MS2", date(2026, 7, 20), 3, 3, "harbour"),
    "T05": ("MS4", date(2026, 9, 14), 3, 2, "harbour"),
    "T06": ("JV3", date(2026, 8, 24), 2, 2, "online"),
    "T07": ("NW3", date(2026, 10, 5), 2, 4, "harbour"),
    "T08": ("PL4", date(2026, 9, 21), 2, 2, "online"),
    "T09": ("UX3", date(2026, 8, 31), 2, 3, "online"),
    "T10": ("NW3", date(2026, 5, 11), 2, 6, "harbour"),
}
OVERBOOKED, GONE = "T09", "E004"
_SEATS = {
    "T03": ("E003", "E005"), "T06": ("E012",), "T07": ("E010", "E011"), "T08": ("E007",),
    OVERBOOKED: ("E018", "E019", "E020", GONE),
}  # fmt: skip
_WAITING = {OVERBOOKED: ("E005",), "T08": ("E013",)}
TRAINED_TEAM, TRAINED_ON = "Platform", date(2026, 1, 20)
MENTORS = {"E013": 2, "E015": 2, "E010": 1, "E019": 1}
EXCLUSION = ("E003", "E015")
_GOALS = (
    ("E002", "data-engineering", 3, 3), ("E003", "data-engineering", 3, 5), ("E006", "data-engineering", 2, 5),
    ("E009", "networks", 5, 6), ("E001", "planning", 4, 2), ("E007", "analysis", 3, 8), ("E005", "ux", 3, 4),
    ("E016", "maritime-safety", 4, 6),
)  # fmt: skip
_PAIRS = (("E013", "E001", "planning", 5), ("E019", "E020", "ux", 8), ("E014", "E016", "java", 14))
_ENDED = 3
_COACHED = ("E014", "E015", "E016", "E017", "E013", "E001", "E019")
_TOPICS = ("estimating", "reviews", "status reports")
COACHING_FIRST, COACHING_MONTHS = date(2026, 3, 3), 4


def development_registers(random: Random, everybody: list[SimulatedPerson]) -> dict[str, Rows]:
    """Rows of the registers of training, mentoring and coaching."""
    day = LAST_DAY.isoformat()
    team = [person.person_id for person in everybody if person.team == TRAINED_TEAM]
    return {
        "training_course": (
            ["course_id", "name", "skill_id", "level_from", "level_to", "cost_amount", "currency", "lead_time_days",
             "status_date"],
            [[course, f"{skill} {high}", skill, low, high, cost, "EUR", lead, day]
             for course, (skill, low, high, cost, lead) in COURSES.items()],
        ),
        "training_session": (
            ["session_id", "course_id", "start_date", "end_date", "seats", "location", "status_date"],
            [[name, course, first.isoformat(), (first + timedelta(days=days - 1)).isoformat(), seats, place, day]
             for name, (course, first, days, seats, place) in SESSIONS.items()],
        ),
        "enrolment": (
            ["session_id", "person_id", "state", "status_date"],
            [[name, who, state, day] for state, lists in (("confirmed", _SEATS), ("waiting", _WAITING))
             for name, persons in lists.items() for who in persons],
        ),
        "training_record": _records(random, team),
        "mentor": (["person_id", "seats", "status_date"], [[who, seats, day] for who, seats in MENTORS.items()]),
        "mentoring_exclusion": (["person_id", "other_person_id", "status_date"], [[*EXCLUSION, day]]),
        "development_goal": (
            ["person_id", "skill_id", "target_level", "due_date", "status_date"],
            [[who, skill, level, add_months(LAST_DAY, months).isoformat(), day]
             for who, skill, level, months in _GOALS],
        ),
        "mentoring_pair": (
            ["mentor_id", "mentee_id", "skill_id", "start_date", "end_date"],
            [[mentor, mentee, skill, add_months(LAST_DAY, -months).isoformat(),
              add_months(LAST_DAY, -1).isoformat() if number == _ENDED else ""]
             for number, (mentor, mentee, skill, months) in enumerate(_PAIRS, start=1)],
        ),
        "coaching_session": _talks(random),
    }  # fmt: skip


def _records(random: Random, team: list[str]) -> Rows:
    """The whole platform team's course in planning, and others, one of whose certificates has run out."""
    rows: list[list[object]] = [[who, "PL4", TRAINED_ON.isoformat(), "passed", "", ""] for who in team]
    rows += [[who, "NW3", "2026-05-12", "passed", "Networks", "2028-05-12"] for who in team[1:3]]
    rows.append(["E014", "DE3", "2024-05-13", "passed", "Pipelines", "2026-05-13"])
    for who, course, name in (("E016", "DE3", "Pipelines"), ("E002", "JV3", "Java"),
                              ("E018", "UX3", "Usability"), ("E008", "NW3", "Networks")):  # fmt: skip
        done = date(2024, 6, 3) + timedelta(days=random.randrange(0, 240))
        rows.append([who, course, done.isoformat(), "passed", name, (done + timedelta(days=730)).isoformat()])
    rows.append(["E003", "DE3", "2026-04-15", "failed", "", ""])
    return ["person_id", "course_id", "completed_on_date", "outcome", "certificate", "expires_on_date"], rows


def _talks(random: Random) -> Rows:
    """Who is coached talks with a coach about once a month."""
    rows: list[list[object]] = []
    for month in range(COACHING_MONTHS):
        for who in _COACHED:
            coach = "E007" if who == "E013" else "E013"
            if random.random() < 6 / 7:
                on = add_months(COACHING_FIRST, month) + timedelta(days=random.randrange(0, 20))
                number = f"K{len(rows) + 1:02d}"
                rows.append([number, who, coach, random.choice(_TOPICS), min(on, LAST_DAY).isoformat(), "0.75"])
    return ["session_id", "person_id", "coach_id", "topic", "session_date", "duration_hours"], rows
