"""What the people can do, and what plans ask of it in the months to come.

Planted: data engineering is short from `SHORT_FROM` on, whoever does it; one
skill is asked for that nobody has; the study that is not decided yet is as
likely as not.
"""

from __future__ import annotations

from datetime import date
from random import Random

from pmo_analytics.synthetic.people import SimulatedPerson
from pmo_analytics.synthetic.projects import LAST_DAY, PROJECTS, add_months
from pmo_analytics.synthetic.proposals import proposal_demand
from pmo_analytics.synthetic.raid_registers import Rows

SKILLS = {
    "data-engineering": ("Data engineering", "specialised software"),
    "java": ("Java", "specialised software"),
    "networks": ("Networks and sensors", "industry standards"),
    "ux": ("User experience", "core practices"),
    "analysis": ("Business analysis", "core practices"),
    "planning": ("Project planning", "core practices"),
    "maritime-safety": ("Maritime safety cases", "industry standards"),
}
SHORT_SKILL, SHORT_FROM = "data-engineering", date(2026, 10, 1)
UNKNOWN_SKILL = "maritime-safety"
MONTHS = 12
_BY_ROLE = {
    "Developer": ("java", "data-engineering"),
    "Engineer": ("networks", "java"),
    "Analyst": ("analysis", "data-engineering"),
    "Designer": ("ux", "analysis"),
    "Project manager": ("planning", "analysis"),
}
_BY_TEAM = {("Developer", "Data"): ("data-engineering", "java"), ("Analyst", "Data"): ("data-engineering", "analysis")}
# Hours a month that each project asks for, by skill: level, hours, first and last month from now, certainty.
_ASKED: dict[str, tuple[tuple[str, int, int, int, int, float | None], ...]] = {
    "PA-01": (("java", 3, 150, 0, 2, 1.0), ("ux", 3, 110, 0, 2, 1.0), ("planning", 4, 60, 0, 2, 1.0)),
    "PA-05": (("data-engineering", 2, 120, 0, 4, 1.0), ("java", 2, 60, 0, 4, 0.9)),
    "FL-01": (("data-engineering", 3, 160, 0, 5, 1.0), ("networks", 3, 90, 0, 5, 1.0)),
    "FL-03": (("networks", 3, 130, 0, 1, 1.0), ("planning", 3, 40, 0, 1, 1.0)),
    "FL-04": (("networks", 2, 120, 0, 3, 1.0), ("ux", 2, 50, 0, 3, 1.0), ("analysis", 3, 60, 0, 3, None)),
    "FL-06": (("networks", 3, 150, 0, 6, 1.0), ("maritime-safety", 4, 40, 2, 4, 1.0)),
    "FL-07": (
        ("data-engineering", 3, 260, 3, 9, 0.5), ("analysis", 3, 120, 2, 9, 0.5), ("planning", 3, 60, 2, 9, 0.5),
    ),
}  # fmt: skip
# What is coming to the data team beside projects that have begun.
_COMING = ("PA-02", (("data-engineering", 3, 280, 3, 11, 0.8), ("java", 3, 140, 1, 8, 0.8)))


def skill_registers(random: Random, everybody: list[SimulatedPerson]) -> dict[str, Rows]:
    """Rows of the registers of skills, of what persons can do, and of demand to come."""
    return {
        "skill": (
            ["skill_id", "name", "category", "status_date"],
            [[skill, name, category, LAST_DAY.isoformat()] for skill, (name, category) in SKILLS.items()],
        ),
        "person_skill": _assessments(random, everybody),
        "demand": _demand(),
    }


def _assessments(random: Random, everybody: list[SimulatedPerson]) -> Rows:
    """A main skill of level 3 to 5 a person, and for two in three a second one of level 2 or 3."""
    rows: list[list[object]] = []
    for person in everybody:
        main, second = _BY_TEAM.get((person.role, person.team), _BY_ROLE[person.role])
        day = add_months(date(2026, 1, 15), random.randrange(4)).isoformat()
        rows.append([person.person_id, main, day, random.choice((3, 4, 4, 5)), "manager"])
        if random.random() < 2 / 3:
            rows.append([person.person_id, second, day, random.choice((2, 3)), "self"])
    return ["person_id", "skill_id", "assessed_on_date", "level", "assessor_kind"], rows


def _demand() -> Rows:
    first = date(LAST_DAY.year, LAST_DAY.month + 1, 1)
    known = {project.project_id for project in PROJECTS}
    rows: list[list[object]] = []
    for project, asked in [*_ASKED.items(), _COMING]:
        if project not in known:
            raise ValueError(f"no project {project}")
        for skill, level, hours, begin, end, certainty in asked:
            rows += [
                [
                    project, skill, add_months(first, month).isoformat(), level, hours,
                    "" if certainty is None else certainty, LAST_DAY.isoformat(),
                ]
                for month in range(begin, end + 1)
            ]  # fmt: skip
    rows += proposal_demand()
    return ["project_id", "skill_id", "period_month", "level", "demand_hours", "certainty", "status_date"], rows
