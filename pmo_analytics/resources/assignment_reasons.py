"""Why a person covers a need, and why nobody does, in words that name what would have to change.

This project's own wording. A need that is not covered is so for the first of:
nobody has the skill; nobody has it at the level; nobody who has it is in the
project's place, where that is asked for; nobody who fits has any time known in
the month; all their time is taken. By the way people are assigned what takes it
weighs at least as much, was allocated before, or is work for the same need.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from pmo_analytics.resources.staffing import Staffing

UNKNOWN_SKILL, NO_TIME, LEVEL, PLACE, TAKEN = "unknown skill", "no time known", "level too low", "place", "taken"
_SHOWN = 4
# By place of the need and person.
Minutes = dict[tuple[int, str], int]


@dataclass(frozen=True)
class Cover:
    """Minutes by need and person, as they were assigned, beside what could have been."""

    staff: Staffing
    minutes: Minutes
    on_site: bool

    def of_need(self, place: int) -> dict[str, int]:
        """Minutes by person."""
        return self._by_need.get(place, {})

    @cached_property
    def _by_need(self) -> dict[int, dict[str, int]]:
        found: dict[int, dict[str, int]] = {}
        for (place, who), value in self.minutes.items():
            found.setdefault(place, {})[who] = value
        return found

    @cached_property
    def _by_person(self) -> dict[tuple[str, pd.Timestamp], dict[str, int]]:
        found: dict[tuple[str, pd.Timestamp], dict[str, int]] = {}
        for (place, who), value in self.minutes.items():
            need = self.staff.needs[place]
            projects = found.setdefault((who, need.month), {})
            projects[need.project_id] = projects.get(need.project_id, 0) + value
        return found

    def holders(self, skill_id: str) -> list[str]:
        """Who has the skill at any level."""
        return sorted(who for who, held in self.staff.levels.items() if skill_id in held)

    def taken(self, who: list[str], month: pd.Timestamp) -> dict[str, int]:
        """Minutes of persons by the project that has them, what is allocated elsewhere too."""
        found: dict[str, int] = {}
        for person in who:
            key = (person, month)
            for each in (self._by_person.get(key, {}), self.staff.elsewhere.get(key, {})):
                for project, value in each.items():
                    found[project] = found.get(project, 0) + value
        for slot in self.staff.slots:
            if slot.project_id is not None and slot.month == month and slot.person_id in who:
                used = self._by_person.get((slot.person_id, month), {}).get(slot.project_id, 0)
                if slot.minutes > used:
                    found[slot.project_id] = found.get(slot.project_id, 0) + slot.minutes - used
        return found


def hours(minutes: float) -> str:
    """Minutes as hours, in tenths below ten."""
    value = minutes / 60
    return f"{value:,.0f} h" if value >= 10 else f"{value:,.1f} h"


def month_name(month: pd.Timestamp) -> str:
    """A month as 2026-07."""
    return month.strftime("%Y-%m")


def covered_reason(cover: Cover, place: int, who: str, basis: str) -> str:
    """Why this person: kept, stays, or what fits of the others who could."""
    staff, need = cover.staff, cover.staff.needs[place]
    if basis == "kept":
        return "allocated already"
    fits = [other for other in cover.holders(need.skill_id) if staff.is_eligible(other, need, on_site=cover.on_site)]
    fits = [other for other in fits if staff.most.get((other, need.month))]
    asked = f"{need.level} asked for" if need.level else "any level asked for"
    level = f"{need.skill_id} at {staff.level_of(who, need.skill_id)}, {asked}"
    one_of = "the only one who fits" if len(fits) == 1 else f"one of {len(fits)} who fit"
    there = staff.project_places.get(need.project_id)
    place_text = ""
    if staff.is_elsewhere(who, need.project_id):
        place_text = f"; in {staff.places[who]}, the project is in {there}"
    elif there is not None and who in staff.places:
        place_text = f"; in {there} as the project"
    start = "on the project already" if basis == "stays" else one_of
    return f"{start}; {level}{place_text}"


def unmet_cause(cover: Cover, place: int) -> tuple[str, str]:
    """The kind of reason that a need is not covered, and the reason in words."""
    staff, need = cover.staff, cover.staff.needs[place]
    have = cover.holders(need.skill_id)
    if not have:
        return UNKNOWN_SKILL, f"nobody has {need.skill_id}"
    able = [who for who in have if staff.level_of(who, need.skill_id) >= need.level]
    if not able:
        best = max(staff.level_of(who, need.skill_id) for who in have)
        return LEVEL, f"{need.skill_id} at {need.level} is asked for; {_people(len(have))}, at {best} at most"
    fits = [who for who in able if staff.is_eligible(who, need, on_site=cover.on_site)]
    if not fits:
        there = staff.project_places[need.project_id]
        return PLACE, f"{_people(len(able))} {need.skill_id} at {need.level}, none in {there}, where the project is"
    takers = cover.taken(fits, need.month)
    if not takers:
        return NO_TIME, f"{_people(len(fits))} it, with no working time known in {month_name(need.month)}"
    weight = {other.project_id: other.weight for other in staff.needs}
    ordered = sorted(takers.items(), key=lambda each: (-weight.get(each[0], 0), -each[1], each[0]))
    told = [
        f"{project} {hours(value)}"
        + (f" (priority {weight[project]:g})" if project in weight else " (allocated, no demand stated)")
        for project, value in ordered[:_SHOWN]
    ]
    rest = f" and {len(ordered) - _SHOWN} more" if len(ordered) > _SHOWN else ""
    return TAKEN, f"{_people(len(fits))} it, all taken: {', '.join(told)}{rest}; this is priority {need.weight:g}"


def _people(count: int) -> str:
    return "1 person has" if count == 1 else f"{count} people have"
