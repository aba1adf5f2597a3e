"""Needs covered from pools of skill and month: what could be done when, without saying by whom.

This project's own layout of the transport problem. Free time of people flows
into a pool for each skill, level and month that they can give it to, and from
the pool to needs of that skill and level in this month or an earlier one; time
reserved for a project flows to its needs alone. What the pools can give people
can do, and the other way round, with a tenth of the flows that pairs of people
and needs would take.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from pmo_analytics.forecasting.ordered_goals import GoalProgramme, Terms
from pmo_analytics.resources.staffing import Need, Staffing

# Skill, level, and with work on site alone the project's place.
_Kind = tuple[str, int, str | None]


@dataclass
class _Done:
    """The unknown minutes of needs, by month done in and by need."""

    programme: GoalProgramme
    needs: tuple[Need, ...]
    by_month: dict[tuple[int, pd.Timestamp], list[int]] = field(default_factory=dict)
    by_need: dict[int, Terms] = field(default_factory=dict)

    def add(self, place: int, month: pd.Timestamp, most: int) -> int:
        """A further unknown of a need, in a month."""
        unknown = self.programme.amount(min(most, self.needs[place].minutes))
        self.by_month.setdefault((place, month), []).append(unknown)
        self.by_need.setdefault(place, {})[unknown] = 1
        return unknown


def pooled_flows(
    programme: GoalProgramme, staff: Staffing, *, on_site: bool
) -> dict[tuple[int, pd.Timestamp], list[int]]:
    """The unknown minutes of each need, by its place and the month that they are done in: its own or a later one."""
    done = _Done(programme, staff.needs)
    _from_reserved(done, staff, on_site=on_site)
    kinds: dict[_Kind, list[int]] = {}
    for place, need in enumerate(staff.needs):
        there = staff.project_places.get(need.project_id) if on_site else None
        kinds.setdefault((need.skill_id, need.level, there), []).append(place)
    for (kind, month), into in _into_pools(programme, staff, kinds, on_site=on_site).items():
        most = sum(programme.upper[unknown] for unknown in into)
        out = [done.add(place, month, most) for place in kinds[kind] if staff.needs[place].month <= month]
        programme.at_most(dict.fromkeys(out, 1) | dict.fromkeys(into, -1), 0)
    for place, terms in done.by_need.items():
        programme.at_most(terms, staff.needs[place].minutes)
    return done.by_month


def _from_reserved(done: _Done, staff: Staffing, *, on_site: bool) -> None:
    by_person: dict[tuple[str, pd.Timestamp], Terms] = {}
    for slot in staff.slots:
        if slot.project_id is None:
            continue
        terms = {
            done.add(place, slot.month, slot.minutes): 1
            for place, need in enumerate(staff.needs)
            if need.project_id == slot.project_id
            and need.month <= slot.month
            and staff.is_eligible(slot.person_id, need, on_site=on_site)
        }
        done.programme.at_most(terms, slot.minutes)
        by_person.setdefault((slot.person_id, slot.month), {}).update(terms)
    # More may be allocated than a person has.
    for key, terms in by_person.items():
        done.programme.at_most(terms, staff.most.get(key, 0))


def _into_pools(
    programme: GoalProgramme, staff: Staffing, kinds: dict[_Kind, list[int]], *, on_site: bool
) -> dict[tuple[_Kind, pd.Timestamp], list[int]]:
    """The unknown minutes of free time that go to each pool."""
    pools: dict[tuple[_Kind, pd.Timestamp], list[int]] = {}
    first = {kind: min(staff.needs[place].month for place in places) for kind, places in kinds.items()}
    for slot in staff.slots:
        if slot.project_id is not None:
            continue
        terms: Terms = {}
        for kind, places in kinds.items():
            is_fit = staff.is_eligible(slot.person_id, staff.needs[places[0]], on_site=on_site)
            if is_fit and first[kind] <= slot.month:
                unknown = programme.amount(slot.minutes)
                terms[unknown] = 1
                pools.setdefault((kind, slot.month), []).append(unknown)
        programme.at_most(terms, slot.minutes)
    return pools
