"""Work asked for by month, levelled: what moves to a later month so that nobody is asked for more than there is.

Plans state demand by project, skill and month, in hours that can be divided.
What cannot be covered in its month is done later, or what weighs less makes
room for it. Goals in their order, each kept while the next is improved: (1) as
much as can be is done by the last month planned for, of what weighs more first;
(2) little is late: hours times months past the month in which the project's
baseline ends, or past the month they are planned for where that is later, times
the project's weight; (3) few rows of demand move; (4) these by little. Who
could do it is held person by person, so that nobody's hours count for two skills at
once. Nothing moves to an earlier month, and one skill's work is not known to
wait for another's. Source: resource levelling by the usual definition (PMI,
Practice Standard for Scheduling), as a flow with a fixed charge a move.

Worked example: in July A, of weight 2, and B, of weight 1, each ask for 150
hours of SQL, and there are 250, in August 250 more. 50 hours of B move to August:
the 50 that were short are gone, and B, due in July, is one month late. Were B
due in August, it would be in time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Flag, Number, Text, Whole, checked, required
from pmo_analytics.contracts.people import Demand
from pmo_analytics.contracts.portfolio import Project
from pmo_analytics.forecasting.ordered_goals import NODES, GoalProgramme, Terms, ordered_goals
from pmo_analytics.resources.assignment import assigned, ranks
from pmo_analytics.resources.demand_move_reasons import MoveReasons, months_between, months_late, project_waits
from pmo_analytics.resources.pooled_time import pooled_flows
from pmo_analytics.resources.staffing import MINUTE, Need, Staffing, staffing


class DemandMove(Contract):
    """One row per need (project, skill, level and month) and later month that some of it moves to.

    Key: project_id, skill_id, level, period_month, to_month. What moves is what
    it frees of the skill in `period_month`. `late_months` are those past the
    project's baseline, or past the month planned for where that is later.
    `is_proven` where no plan is better in any of the goals.
    """

    project_id: Text = required()
    skill_id: Text = required()
    level: Whole = required()
    period_month: Date = required()
    to_month: Date = required()
    moved_seconds: Number = required(gt=0)
    late_months: Number = required(ge=0)
    weight: Number = required(gt=0)
    resolved_overload: Text = required()
    delayed_work: Text = required()
    is_proven: Flag = required()


class SkillLoad(Contract):
    """One row per skill and month planned for in which it is asked for, or has been moved to.

    Key: skill_id, period_month. `capacity_seconds` is the time of everybody who
    has the skill at the lowest level asked for, and counts for each of their
    skills; short is what nobody covers, person by person, before and after.
    """

    skill_id: Text = required()
    period_month: Date = required()
    capacity_seconds: Number = required(ge=0)
    demand_seconds: Number = required(ge=0)
    short_seconds: Number = required(ge=0)
    levelled_seconds: Number = required(ge=0)
    left_short_seconds: Number = required(ge=0)


@dataclass(frozen=True)
class LevelledDemand:
    """A plan as it is, what moves, and once it is asked for the plan after that and what each skill is asked for."""

    staff: Staffing
    later: Staffing
    before: pd.DataFrame
    moves: DataFrame[DemandMove]
    on_site: bool

    @cached_property
    def after(self) -> pd.DataFrame:
        """Who covers what once work has moved: an `Assignment`, as `before` is."""
        return assigned(self.later, on_site=self.on_site) if len(self.moves) else self.before

    @cached_property
    def loads(self) -> DataFrame[SkillLoad]:
        """What each skill is asked for, before and after."""
        return _loads(self.staff, self.later.needs, self.before, self.after)


def demand_levelling(  # noqa: PLR0917 - marts and registers are bound by name
    demand: pd.DataFrame,
    availability_to_come: pd.DataFrame,
    person: pd.DataFrame,
    person_skill: pd.DataFrame,
    allocation: pd.DataFrame,
    effort_by_person_month: pd.DataFrame,
    project: pd.DataFrame,
    project_dependency: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
    priority: pd.DataFrame | None = None,
    nodes: int = NODES,
) -> DataFrame[DemandMove]:
    """What moves of the demand in the months that `availability_to_come` covers, and what each move is for.

    `priority` has the contract `ProjectPriority`; `nodes` limits the search.
    """
    staff = staffing(
        demand, availability_to_come, person, person_skill, allocation, effort_by_person_month,
        status_date=status_date, priority=priority,
    )  # fmt: skip
    return levelled(staff, project, project_dependency, nodes=nodes).moves


def skill_load(  # noqa: PLR0917
    demand: pd.DataFrame,
    availability_to_come: pd.DataFrame,
    person: pd.DataFrame,
    person_skill: pd.DataFrame,
    allocation: pd.DataFrame,
    effort_by_person_month: pd.DataFrame,
    project: pd.DataFrame,
    project_dependency: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
    priority: pd.DataFrame | None = None,
    nodes: int = NODES,
) -> DataFrame[SkillLoad]:
    """What each skill is asked for by month beside what there is, before `demand_levelling` and after."""
    staff = staffing(
        demand, availability_to_come, person, person_skill, allocation, effort_by_person_month,
        status_date=status_date, priority=priority,
    )  # fmt: skip
    return levelled(staff, project, project_dependency, nodes=nodes).loads


def levelled(
    staff: Staffing,
    project: pd.DataFrame,
    project_dependency: pd.DataFrame,
    *,
    on_site: bool = False,
    nodes: int = NODES,
) -> LevelledDemand:
    """The levelled plan of a staff, with what it was before."""
    before = assigned(staff, on_site=on_site)
    due = _due(staff, project)
    moved, is_proven = (
        _moved(staff, due, on_site=on_site, nodes=nodes) if before["person_id"].isna().any() else ({}, True)
    )
    later = replace(staff, needs=_needs_after(staff.needs, moved))
    told = MoveReasons(staff, due, _uncovered(before), project_waits(project_dependency))
    rows = [
        {
            DemandMove.project_id: need.project_id,
            DemandMove.skill_id: need.skill_id,
            DemandMove.level: need.level,
            DemandMove.period_month: need.month,
            DemandMove.to_month: month,
            DemandMove.moved_seconds: minutes * MINUTE,
            DemandMove.late_months: months_late(need, month, due),
            DemandMove.weight: need.weight,
            DemandMove.resolved_overload: told.resolved(need),
            DemandMove.delayed_work: told.delayed(need, month),
            DemandMove.is_proven: is_proven,
        }
        for (place, month), minutes in sorted(moved.items())
        for need in (staff.needs[place],)
    ]
    moves = pd.DataFrame(rows, columns=list(DemandMove.to_schema().columns))
    return LevelledDemand(staff, later, before, checked(DemandMove, moves), on_site)


def _moved(
    staff: Staffing, due: dict[str, pd.Timestamp], *, on_site: bool, nodes: int
) -> tuple[dict[tuple[int, pd.Timestamp], int], bool]:
    """Minutes by place of the need and later month, and whether no plan is better."""
    programme = GoalProgramme(stand_after=3)
    done = pooled_flows(programme, staff, on_site=on_site)
    rank = ranks(need.weight for need in staff.needs)
    weights = _whole_weights(need.weight for need in staff.needs)
    covered: Terms = {}
    late: Terms = {}
    shift: Terms = {}
    moves: Terms = {}
    later: dict[int, Terms] = {}
    for (place, month), unknowns in done.items():
        need = staff.needs[place]
        covered |= dict.fromkeys(unknowns, -rank[need.weight])
        late |= dict.fromkeys(unknowns, weights[need.weight] * months_late(need, month, due))
        if months := months_between(need.month, month):
            shift |= dict.fromkeys(unknowns, months)
            later.setdefault(place, {}).update(dict.fromkeys(unknowns, 1))
    for place, terms in later.items():
        is_moved = programme.choice()
        moves[is_moved] = 1
        programme.at_most(terms | {is_moved: -staff.needs[place].minutes}, 0)
    for goal in (covered, late, moves, shift):
        programme.minimise(goal)
    answer = ordered_goals(programme, nodes=nodes)
    found = {
        (place, month): sum(int(answer.amounts[unknown]) for unknown in unknowns)
        for (place, month), unknowns in done.items()
        if month > staff.needs[place].month
    }
    return {key: minutes for key, minutes in found.items() if minutes}, all(answer.is_proven)


def _whole_weights(weights: Iterable[float]) -> dict[float, int]:
    """Weights in hundredths of the least, since goals count in whole numbers."""
    known = set(weights)
    least = min(known, default=1.0)
    return {weight: round(100 * weight / least) for weight in known}


def _needs_after(needs: tuple[Need, ...], moved: dict[tuple[int, pd.Timestamp], int]) -> tuple[Need, ...]:
    """Needs by the months that they are done in, in order."""
    minutes = Counter({need: need.minutes for need in needs})
    for (place, month), value in moved.items():
        need = needs[place]
        minutes[need] -= value
        minutes[replace(need, month=month, minutes=0)] += value
    found: Counter[Need] = Counter()
    for need, value in minutes.items():
        found[replace(need, minutes=0)] += value
    kept = [replace(need, minutes=value) for need, value in found.items() if value]
    return tuple(sorted(kept, key=lambda need: (need.project_id, need.skill_id, need.level, need.month)))


def _due(staff: Staffing, project: pd.DataFrame) -> dict[str, pd.Timestamp]:
    """The month in which each project's baseline ends, or its last demand where none is known."""
    last: dict[str, pd.Timestamp] = {}
    for need in staff.needs:
        last[need.project_id] = max(need.month, last.get(need.project_id, need.month))
    known = project.dropna(subset=[Project.baseline_finish_date])
    finish = zip(known[Project.project_id].astype(str), known[Project.baseline_finish_date], strict=True)
    return last | {name: day.replace(day=1).normalize() for name, day in finish}


def _loads(staff: Staffing, later: tuple[Need, ...], before: pd.DataFrame, after: pd.DataFrame) -> DataFrame[SkillLoad]:
    asked, moved, lowest = Counter[tuple[str, pd.Timestamp]](), Counter[tuple[str, pd.Timestamp]](), dict[str, int]()
    for need in staff.needs:
        asked[need.skill_id, need.month] += need.minutes
        lowest[need.skill_id] = min(need.level, lowest.get(need.skill_id, need.level))
    for need in later:
        moved[need.skill_id, need.month] += need.minutes
    there: Counter[tuple[str, pd.Timestamp]] = Counter()
    for (who, month), minutes in staff.most.items():
        for skill, least in lowest.items():
            if staff.level_of(who, skill) >= least:
                there[skill, month] += minutes
    short, left = (_uncovered(frame) for frame in (before, after))
    rows = [
        {
            SkillLoad.skill_id: skill,
            SkillLoad.period_month: month,
            SkillLoad.capacity_seconds: there[skill, month] * MINUTE,
            SkillLoad.demand_seconds: asked[skill, month] * MINUTE,
            SkillLoad.short_seconds: sum(short.get((skill, month), {}).values()),
            SkillLoad.levelled_seconds: moved[skill, month] * MINUTE,
            SkillLoad.left_short_seconds: sum(left.get((skill, month), {}).values()),
        }
        for skill, month in sorted({*asked, *moved})
    ]
    return checked(SkillLoad, pd.DataFrame(rows, columns=list(SkillLoad.to_schema().columns)))


def _uncovered(assignment: pd.DataFrame) -> dict[tuple[str, pd.Timestamp], dict[str, float]]:
    """Seconds that nobody covers, by project, of each skill and month."""
    rows = assignment[assignment["person_id"].isna()]
    key = [Demand.skill_id, Demand.period_month, Demand.project_id]
    found: dict[tuple[str, pd.Timestamp], dict[str, float]] = {}
    for skill, month, project, seconds in (
        rows.groupby(key)["assigned_seconds"].sum().reset_index().itertuples(index=False, name=None)
    ):
        found.setdefault((str(skill), month), {})[str(project)] = float(seconds)
    return found
