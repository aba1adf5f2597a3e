"""A plan of who covers what, mended once somebody has less time, with as little changed as can be.

Goals of each month in their order, each kept while the next is improved: (1) as
much as can be of what was covered stays covered, of what weighs more first; (2)
few of the shares that others have lose time; (3) little is taken off shares; (4)
few shares grow or begin; (5) who is on a project takes over there; (6) nobody far
above the level asked for; (7) people where the project is. What was not covered
before is not planned anew. Time that is reserved for a project and used by none of
its needs stays reserved; of what is used, the mended plan may take. Who leaves
takes on nothing. Source: minimum perturbation (El Sakkout and Wallace 2000), as
a flow with a fixed charge for each change.

Worked example: of A's 100 hours Ann does 60 and Bob 40; Bob has 20 hours more, Cid
100 on B and none left. Ann leaves: Bob does 60 of A, 40 stay uncovered, since Cid
does as much for B, which weighs the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from pmo_analytics.forecasting.ordered_goals import NODES, GoalProgramme, Terms, ordered_goals
from pmo_analytics.resources.assignment import ranks
from pmo_analytics.resources.assignment_reasons import Minutes
from pmo_analytics.resources.staffing import Staffing

_PersonMonth = tuple[str, pd.Timestamp]


@dataclass
class _Share:
    """A person's share of a need: what is kept of it, what is added, and the choices that allow a change."""

    kept: int | None = None
    added: int | None = None
    loses: int | None = None
    grows: int | None = None

    @property
    def unknowns(self) -> list[int]:
        return [unknown for unknown in (self.kept, self.added) if unknown is not None]


@dataclass
class _Goals:
    """Sums to be made small, in their order."""

    covered: Terms = field(default_factory=dict)
    losing: Terms = field(default_factory=dict)
    taken: Terms = field(default_factory=dict)
    growing: Terms = field(default_factory=dict)
    beyond: tuple[Terms, Terms, Terms] = field(default_factory=lambda: ({}, {}, {}))

    def ask(self, programme: GoalProgramme) -> None:
        for goal in (self.covered, self.losing, self.taken, self.growing, *self.beyond):
            programme.minimise(goal)


def least_change(
    staff: Staffing,
    planned: Minutes,
    less: Mapping[_PersonMonth, int],
    *,
    leaver: str,
    on_site: bool = False,
    nodes: int = NODES,
) -> tuple[Minutes, bool]:
    """The plan once the leaver has but `less` by month, and whether no plan is better by any of the goals.

    `planned` are minutes by place of the need and person, that of the staff while
    nobody leaves. Months in which the leaver keeps what is planned stay as they are.
    """
    found = dict(planned)
    room = _room(staff, planned)
    on_project, is_proven = set(staff.on_project), True
    for month in sorted({need.month for need in staff.needs}):
        of_month = {key: value for key, value in planned.items() if staff.needs[key[0]].month == month}
        on_project |= {(who, staff.needs[place].project_id) for place, who in of_month if who != leaver}
        given = sum(value for (_, who), value in of_month.items() if who == leaver)
        left = min(given, less.get((leaver, month), 0))
        if left < given:
            rooms = {who: minutes for (who, when), minutes in room.items() if when == month} | {leaver: left}
            mended, is_best = _month(staff, of_month, rooms, on_project, leaver=leaver, on_site=on_site, nodes=nodes)
            found = {key: value for key, value in found.items() if key not in of_month} | mended
            is_proven &= is_best
            on_project |= {(who, staff.needs[place].project_id) for place, who in mended if who != leaver}
    return found, is_proven


def _room(staff: Staffing, planned: Minutes) -> dict[_PersonMonth, int]:
    """Minutes of each person and month for needs: all there are, less what is reserved and used by no need."""
    by_project: dict[tuple[str, pd.Timestamp, str], int] = {}
    used: dict[_PersonMonth, int] = {}
    for (place, who), value in planned.items():
        need = staff.needs[place]
        key = (who, need.month, need.project_id)
        by_project[key] = by_project.get(key, 0) + value
        used[who, need.month] = used.get((who, need.month), 0) + value
    idle: dict[_PersonMonth, int] = {}
    for slot in staff.slots:
        if slot.project_id is not None:
            rest = slot.minutes - by_project.get((slot.person_id, slot.month, slot.project_id), 0)
            idle[slot.person_id, slot.month] = idle.get((slot.person_id, slot.month), 0) + max(0, rest)
    return {key: max(used.get(key, 0), minutes - idle.get(key, 0)) for key, minutes in staff.most.items()}


def _month(
    staff: Staffing,
    planned: Minutes,
    rooms: dict[str, int],
    on_project: Iterable[tuple[str, str]],
    *,
    leaver: str,
    on_site: bool,
    nodes: int,
) -> tuple[Minutes, bool]:
    """The mended plan of one month."""
    programme, goals, on_it = GoalProgramme(), _Goals(), set(on_project)
    covered: dict[int, int] = {}
    for (place, _), value in planned.items():
        covered[place] = covered.get(place, 0) + value
    rank = ranks(staff.needs[place].weight for place in covered)
    shares: dict[tuple[int, str], _Share] = {}
    by_person: dict[str, Terms] = {}
    for place, most in covered.items():
        need, of_need = staff.needs[place], dict[int, int]()
        for who, room in rooms.items():
            if not staff.is_eligible(who, need, on_site=on_site):
                continue
            had = planned.get((place, who), 0)
            share = _share(programme, goals, had, 0 if who == leaver else min(room, most), is_leaver=who == leaver)
            shares[place, who] = share
            for unknown in share.unknowns:
                of_need[unknown] = by_person.setdefault(who, {})[unknown] = 1
                goals.covered[unknown] = -rank[need.weight]
                stays, above, elsewhere = goals.beyond
                stays[unknown] = -int((who, need.project_id) in on_it)
                above[unknown] = staff.level_of(who, need.skill_id) - need.level
                elsewhere[unknown] = int(staff.is_elsewhere(who, need.project_id))
        programme.at_most(of_need, most)
    for who, terms in by_person.items():
        programme.at_most(terms, rooms[who])
    goals.ask(programme)
    answer = ordered_goals(programme, nodes=nodes)
    minutes = {key: sum(int(answer.amounts[unknown]) for unknown in share.unknowns) for key, share in shares.items()}
    return {key: value for key, value in minutes.items() if value}, all(answer.is_proven)


def _share(programme: GoalProgramme, goals: _Goals, had: int, more: int, *, is_leaver: bool) -> _Share:
    """A share of `had` minutes that may lose, and grow by `more`."""
    share = _Share()
    if had:
        share.kept = programme.amount(had)
        goals.taken[share.kept] = -1
        if not is_leaver:
            share.loses = programme.choice()
            goals.losing[share.loses] = 1
            # Whole unless it may lose.
            programme.at_most({share.kept: -1, share.loses: -had}, -had)
    if more:
        share.added, share.grows = programme.amount(more), programme.choice()
        goals.growing[share.grows] = 1
        programme.at_most({share.added: 1, share.grows: -more}, 0)
    return share
