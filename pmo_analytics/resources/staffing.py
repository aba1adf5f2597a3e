"""Who could do what is asked for: needs, persons' time and levels, and where each hour of a person may go.

What assignment, levelling and re-planning share. Time is counted in whole
minutes. What is allocated already is reserved for its project; what of it the
project asks for in no skill that the person has is left where it is. Who has
booked time on a project in the last three months, or is allocated to it, is on
it; a project's place is where most of those on it are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from pmo_analytics.contracts.marts import EffortByPersonMonth as Effort
from pmo_analytics.contracts.people import Allocation, Demand, Person, PersonSkill, planned_demand_of
from pmo_analytics.contracts.priorities import ProjectPriority
from pmo_analytics.resources.availability import AvailabilityToCome

MINUTE = 60.0
EVEN = 1.0
_MONTHS_BACK = 3
# Above every level.
_NOT_ASKED = 99


@dataclass(frozen=True)
class Need:
    """What a project asks for of one skill, from a level on, in one month."""

    project_id: str
    skill_id: str
    level: int
    month: pd.Timestamp
    minutes: int
    weight: float


@dataclass(frozen=True)
class Slot:
    """Time of a person in a month: free, or reserved for the project that it is allocated to."""

    person_id: str
    month: pd.Timestamp
    project_id: str | None
    minutes: int


@dataclass(frozen=True)
class Staffing:
    """Needs, slots and what is known of persons.

    `most` is what a person can give to projects that ask for skills, by month;
    `elsewhere` what is allocated to others, in minutes, by person and month.
    """

    needs: tuple[Need, ...]
    slots: tuple[Slot, ...]
    most: dict[tuple[str, pd.Timestamp], int]
    elsewhere: dict[tuple[str, pd.Timestamp], dict[str, int]]
    levels: dict[str, dict[str, int]]
    places: dict[str, str]
    on_project: frozenset[tuple[str, str]]
    project_places: dict[str, str]

    def level_of(self, person_id: str, skill_id: str) -> int:
        """The level of a person's skill; -1 for none."""
        return self.levels.get(person_id, {}).get(skill_id, -1)

    def is_elsewhere(self, person_id: str, project_id: str) -> bool:
        """Whether a person is known to be in another place than the project's."""
        here, there = self.places.get(person_id), self.project_places.get(project_id)
        return here is not None and there is not None and here != there

    def is_eligible(self, person_id: str, need: Need, *, on_site: bool) -> bool:
        """Whether a person has the skill at the level, and with `on_site` is in the project's place."""
        has_level = self.level_of(person_id, need.skill_id) >= need.level
        return has_level and not (on_site and self.is_elsewhere(person_id, need.project_id))

    def pairs(self, *, on_site: bool) -> Iterator[tuple[int, int]]:
        """Places of slots and needs of the same month that fit each other."""
        by_month: dict[pd.Timestamp, list[int]] = {}
        for place, need in enumerate(self.needs):
            by_month.setdefault(need.month, []).append(place)
        for slot_place, slot in enumerate(self.slots):
            for place in by_month.get(slot.month, []):
                need = self.needs[place]
                is_free = slot.project_id in {None, need.project_id}
                if is_free and self.is_eligible(slot.person_id, need, on_site=on_site):
                    yield slot_place, place


def staffing(  # noqa: PLR0917 - marts and registers are bound by name
    demand: pd.DataFrame,
    availability_to_come: pd.DataFrame,
    person: pd.DataFrame,
    person_skill: pd.DataFrame,
    allocation: pd.DataFrame,
    effort_by_person_month: pd.DataFrame | None = None,
    *,
    status_date: pd.Timestamp,
    priority: pd.DataFrame | None = None,
) -> Staffing:
    """What is asked for and who is there in the months that `availability_to_come` covers.

    Without the mart of effort those alone are on a project who are allocated to it.
    """
    available = {
        (str(who), month): int(seconds // MINUTE)
        for who, month, seconds in availability_to_come[
            [AvailabilityToCome.person_id, AvailabilityToCome.period_month, AvailabilityToCome.available_seconds]
        ].itertuples(index=False, name=None)
    }
    months = {month for _, month in available}
    needs = _needs(demand, months, weights(priority))
    levels = held_levels(person_skill, status_date)
    booked = allocated_minutes(allocation, months)
    asking: dict[tuple[str, pd.Timestamp, str], int] = {}
    for need in needs:
        key = (need.project_id, need.month, need.skill_id)
        asking[key] = min(need.level, asking.get(key, need.level))
    usable: dict[tuple[str, pd.Timestamp, str], int] = {}
    elsewhere: dict[tuple[str, pd.Timestamp], dict[str, int]] = {}
    for (who, month, project), minutes in booked.items():
        held = levels.get(who, {})
        if any(level >= asking.get((project, month, skill), _NOT_ASKED) for skill, level in held.items()):
            usable[who, month, project] = minutes
        else:
            elsewhere.setdefault((who, month), {})[project] = minutes
    most = {key: max(0, minutes - sum(elsewhere.get(key, {}).values())) for key, minutes in available.items()}
    slots = [Slot(who, month, project, minutes) for (who, month, project), minutes in sorted(usable.items())]
    taken: Counter[tuple[str, pd.Timestamp]] = Counter()
    for slot in slots:
        taken[slot.person_id, slot.month] += slot.minutes
    slots += [
        Slot(who, month, None, minutes - taken[who, month])
        for (who, month), minutes in sorted(most.items())
        if minutes > taken[who, month]
    ]
    on_project = _on_project(effort_by_person_month, allocation, status_date)
    known = person.dropna(subset=[Person.location])
    places = dict(zip(known[Person.person_id].astype(str), known[Person.location].astype(str), strict=True))
    return Staffing(
        needs, tuple(slots), most, elsewhere, levels, places, on_project, _project_places(on_project, places)
    )


def weights(priority: pd.DataFrame | None) -> dict[str, float]:
    """Weights by project, where a frame of the contract `ProjectPriority` states them."""
    if priority is None:
        return {}
    given = ProjectPriority.validate(priority)
    pairs = zip(given[ProjectPriority.project_id], given[ProjectPriority.weight], strict=True)
    return {str(name): float(weight) for name, weight in pairs}


def held_levels(person_skill: pd.DataFrame, status_date: pd.Timestamp) -> dict[str, dict[str, int]]:
    """Levels by person and skill, as last assessed by the reporting date."""
    known = person_skill[person_skill[PersonSkill.assessed_on_date] <= status_date]
    last = known.sort_values(PersonSkill.assessed_on_date, kind="stable")
    found: dict[str, dict[str, int]] = {}
    columns = [PersonSkill.person_id, PersonSkill.skill_id, PersonSkill.level]
    for who, skill, level in last[columns].itertuples(index=False, name=None):
        found.setdefault(str(who), {})[str(skill)] = int(level)
    return found


def allocated_minutes(allocation: pd.DataFrame, months: set[pd.Timestamp]) -> dict[tuple[str, pd.Timestamp, str], int]:
    """Minutes allocated by person, month and project, in these months."""
    month = allocation[Allocation.period_month].dt.to_period("M").dt.start_time
    rows = allocation.assign(**{Allocation.period_month: month})[month.isin(months)]
    key = [Allocation.person_id, Allocation.period_month, Allocation.project_id]
    sums = rows.groupby(key)[Allocation.allocated_seconds].sum()
    found: dict[tuple[str, pd.Timestamp, str], int] = {}
    for who, first, project, seconds in sums.reset_index().itertuples(index=False, name=None):
        if minutes := int(seconds // MINUTE):
            found[str(who), first, str(project)] = minutes
    return found


def _needs(demand: pd.DataFrame, months: set[pd.Timestamp], weight: dict[str, float]) -> tuple[Need, ...]:
    demand = planned_demand_of(demand)
    rows = demand.assign(
        **{
            Demand.period_month: demand[Demand.period_month].dt.to_period("M").dt.start_time,
            Demand.level: demand[Demand.level].fillna(0),
        }
    )
    rows = rows[rows[Demand.period_month].isin(months) & (rows[Demand.demand_seconds] > 0)]
    key = [Demand.project_id, Demand.skill_id, Demand.level, Demand.period_month]
    sums = rows.groupby(key)[Demand.demand_seconds].sum()
    return tuple(
        Need(str(project), str(skill), int(level), month, round(seconds / MINUTE), weight.get(str(project), EVEN))
        for project, skill, level, month, seconds in sums.reset_index().itertuples(index=False, name=None)
    )


def _on_project(
    effort: pd.DataFrame | None, allocation: pd.DataFrame, status_date: pd.Timestamp
) -> frozenset[tuple[str, str]]:
    since = status_date - pd.DateOffset(months=_MONTHS_BACK)
    is_promised = (allocation[Allocation.period_month] > since) & (allocation[Allocation.allocated_seconds] > 0)
    pairs = [Allocation.person_id, Allocation.project_id]
    rows = list(allocation.loc[is_promised, pairs].itertuples(index=False, name=None))
    if effort is not None:
        is_recent = effort[Effort.period_month].between(since, status_date) & effort[Effort.project_id].notna()
        rows += effort.loc[is_recent, pairs].itertuples(index=False, name=None)
    return frozenset((str(who), str(project)) for who, project in rows)


def _project_places(on_project: frozenset[tuple[str, str]], places: dict[str, str]) -> dict[str, str]:
    """Where most of those on each project are; of equal places the first by name."""
    found: dict[str, Counter[str]] = {}
    for who, project in sorted(on_project):
        if who in places:
            found.setdefault(project, Counter())[places[who]] += 1
    return {project: min(count, key=lambda place: (-count[place], place)) for project, count in found.items()}
