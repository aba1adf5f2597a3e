"""Who does what: people to what projects ask for, by skill, level, time and place, and why.

Goals in their order, each kept while the next is improved: (1) as much as can be
is covered, of what the portfolio weighs more first; (2) people do what they are
allocated to; (3) who is on a project stays; (4) nobody does work far below their
level; (5) people are where the project is. Nobody gets more than they have, leave and what is allocated already
taken off; what is allocated is kept. Months go one after the other, and who
began on a project in one is on it in the next. Exact: hours flow from people to
needs, the transport problem (Hitchcock 1941). What can be covered in a month is
a matroid (Edmonds 1971), so that by goal 1 no hour goes to a project while one
that weighs more lacks it and could have it: the order of the weights decides,
not their sizes.

Sources: Hitchcock (1941) and Edmonds (1971), as said.

Worked example: A, of weight 2, asks for 100 hours of SQL in July, B, of weight
1, for 80. Ann has 120 hours and SQL, Bob 40 hours and SQL, and is on B. A gets
100 hours of Ann, B all 40 of Bob and 20 of Ann; 20 of B are not covered, since
all who have SQL are taken.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Flag, Number, Text, Whole, checked, optional, required
from pmo_analytics.forecasting.ordered_goals import GoalProgramme, Terms, ordered_goals
from pmo_analytics.resources.assignment_reasons import Cover, Minutes, covered_reason, unmet_cause
from pmo_analytics.resources.staffing import MINUTE, Staffing, staffing

KEPT, STAYS, NEW, UNMET = "kept", "stays", "new", "unmet"
CAUSES = ["unknown skill", "no time known", "level too low", "place", "taken"]


class Assignment(Contract):
    """One row per need (project, skill, level and month) and person who covers some of it, or nobody.

    Key: project_id, skill_id, level, period_month, person_id. The rows of a need
    sum to what is asked for; that without a person is not covered, and
    `unmet_cause` says what kind of reason `reason` gives. `assignment_basis` is
    kept where it is allocated already, stays where the person is on the project.
    """

    project_id: Text = required()
    skill_id: Text = required()
    level: Whole = required()
    period_month: Date = required()
    person_id: Text = optional()
    assigned_seconds: Number = required(gt=0)
    weight: Number = required(gt=0)
    held_level: Whole = optional()
    assignment_basis: Text = required(isin=[KEPT, STAYS, NEW, UNMET])
    is_elsewhere: Flag = required()
    unmet_cause: Text = optional(isin=CAUSES)
    reason: Text = required()


def assignment(  # noqa: PLR0917 - marts and registers are bound by name
    demand: pd.DataFrame,
    availability_to_come: pd.DataFrame,
    person: pd.DataFrame,
    person_skill: pd.DataFrame,
    allocation: pd.DataFrame,
    effort_by_person_month: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
    priority: pd.DataFrame | None = None,
    on_site: bool = False,
) -> DataFrame[Assignment]:
    """People to the demand of the months that `availability_to_come` covers.

    `priority` has the contract `ProjectPriority`; without one all weigh the
    same. With `on_site` nobody works for a project that is in another place.
    """
    staff = staffing(
        demand, availability_to_come, person, person_skill, allocation, effort_by_person_month,
        status_date=status_date, priority=priority,
    )  # fmt: skip
    return checked(Assignment, assigned(staff, on_site=on_site))


def assigned(staff: Staffing, *, on_site: bool = False) -> pd.DataFrame:
    """The `Assignment` of needs to people, month by month."""
    minutes, basis = covered(staff, on_site=on_site)
    rows = _rows(staff, Cover(staff, minutes, on_site), basis)
    return checked(Assignment, pd.DataFrame(rows, columns=list(Assignment.to_schema().columns)))


def covered(staff: Staffing, *, on_site: bool = False) -> tuple[Minutes, dict[tuple[int, str], str]]:
    """Minutes by place of the need and person, and on what basis each pair stands."""
    by_month: dict[pd.Timestamp, list[tuple[int, int]]] = {}
    for pair in staff.pairs(on_site=on_site):
        by_month.setdefault(staff.needs[pair[1]].month, []).append(pair)
    minutes: Minutes = {}
    basis: dict[tuple[int, str], str] = {}
    on_project = set(staff.on_project)
    for _, pairs in sorted(by_month.items()):
        given = _month(staff, pairs, on_project)
        for (slot_place, need_place), value in given.items():
            slot, need = staff.slots[slot_place], staff.needs[need_place]
            key = (need_place, slot.person_id)
            minutes[key] = minutes.get(key, 0) + value
            is_on = (slot.person_id, need.project_id) in on_project
            # Of a need that one person covers with reserved and with free time the reserved part names it.
            if slot.project_id is not None or key not in basis:
                basis[key] = KEPT if slot.project_id is not None else STAYS if is_on else NEW
        on_project |= {(staff.slots[s].person_id, staff.needs[n].project_id) for s, n in given}
    return minutes, basis


def _month(
    staff: Staffing, pairs: list[tuple[int, int]], on_project: set[tuple[str, str]]
) -> dict[tuple[int, int], int]:
    """Minutes from slots to needs of one month."""
    programme = GoalProgramme()
    unknowns = flows(programme, staff, pairs)
    rank = ranks(staff.needs[need].weight for _, need in pairs)
    covered: Terms = {}
    allocated: Terms = {}
    stays: Terms = {}
    above: Terms = {}
    elsewhere: Terms = {}
    for (slot_place, need_place), unknown in unknowns.items():
        slot, need = staff.slots[slot_place], staff.needs[need_place]
        covered[unknown] = -rank[need.weight]
        allocated[unknown] = -int(slot.project_id is not None)
        stays[unknown] = -int((slot.person_id, need.project_id) in on_project)
        above[unknown] = staff.level_of(slot.person_id, need.skill_id) - need.level
        elsewhere[unknown] = int(staff.is_elsewhere(slot.person_id, need.project_id))
    for goal in (covered, allocated, stays, above, elsewhere):
        programme.minimise(goal)
    values = ordered_goals(programme).amounts
    return {pair: int(values[unknown]) for pair, unknown in unknowns.items() if values[unknown]}


def flows(programme: GoalProgramme, staff: Staffing, pairs: Iterable[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """The unknown minutes from slots to needs: no more than a slot holds, a need asks for and a person has."""
    found: dict[tuple[int, int], int] = {}
    by_slot: dict[int, Terms] = {}
    by_need: dict[int, Terms] = {}
    by_person: dict[tuple[str, pd.Timestamp], Terms] = {}
    for slot_place, need_place in pairs:
        slot, need = staff.slots[slot_place], staff.needs[need_place]
        unknown = programme.amount(min(slot.minutes, need.minutes))
        found[slot_place, need_place] = unknown
        by_slot.setdefault(slot_place, {})[unknown] = 1
        by_need.setdefault(need_place, {})[unknown] = 1
        by_person.setdefault((slot.person_id, slot.month), {})[unknown] = 1
    for place, terms in by_slot.items():
        programme.at_most(terms, staff.slots[place].minutes)
    for place, terms in by_need.items():
        programme.at_most(terms, staff.needs[place].minutes)
    for key, terms in by_person.items():
        programme.at_most(terms, staff.most.get(key, 0))
    return found


def ranks(weights: Iterable[float]) -> dict[float, int]:
    """Places of weights in their order, from 1: within a month nothing but the order counts."""
    return {weight: rank for rank, weight in enumerate(sorted(set(weights)), start=1)}


def _rows(staff: Staffing, cover: Cover, basis: dict[tuple[int, str], str]) -> list[dict[str, object]]:
    """A row for each need and person, then one for what of the need nobody covers."""
    rows = []
    for place, need in enumerate(staff.needs):
        shared = {
            Assignment.project_id: need.project_id,
            Assignment.skill_id: need.skill_id,
            Assignment.level: need.level,
            Assignment.period_month: need.month,
            Assignment.weight: need.weight,
        }
        for who, value in sorted(cover.of_need(place).items()):
            rows.append(
                shared
                | {
                    Assignment.person_id: who,
                    Assignment.assigned_seconds: value * MINUTE,
                    Assignment.held_level: staff.level_of(who, need.skill_id),
                    Assignment.assignment_basis: basis[place, who],
                    Assignment.is_elsewhere: staff.is_elsewhere(who, need.project_id),
                    Assignment.reason: covered_reason(cover, place, who, basis[place, who]),
                }
            )
        if left := need.minutes - sum(cover.of_need(place).values()):
            cause, reason = unmet_cause(cover, place)
            rows.append(
                shared
                | {
                    Assignment.assigned_seconds: left * MINUTE,
                    Assignment.assignment_basis: UNMET,
                    Assignment.is_elsewhere: False,
                    Assignment.unmet_cause: cause,
                    Assignment.reason: reason,
                }
            )
    return rows
