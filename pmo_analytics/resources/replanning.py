"""Who takes over when somebody leaves: as much as can be stays covered, and as little as can be changes.

The plan is what `assignment` makes of allocations and demand as if nobody left;
what the leaver no longer has time for is handed over by `least_change`, month by
month. What the leaver is allocated to without a demand that states the skill is
not covered: whom it takes is not known. This project's own arrangement; its
sources are those of `least_change`.

Worked example: in July Ann does 100 hours of SQL for A, Bob 40 for B; Bob has 70
hours in all, Cid 60, and both know SQL; Bob has worked on A. Ann leaves on 30 June.
All of Bob's and Cid's free time, 30 and 60 hours, goes to A, 10 hours of A stay
uncovered, and nothing is taken off B, which weighs as much. Were 60 hours all that
Ann does, Cid alone would take over: one change instead of two.
"""

from __future__ import annotations

import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Flag, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.people import Person
from pmo_analytics.errors import UsageError, nearest
from pmo_analytics.forecasting.ordered_goals import NODES
from pmo_analytics.resources.assignment import covered
from pmo_analytics.resources.assignment_reasons import Minutes
from pmo_analytics.resources.availability import MONTHS, AvailabilityToCome, availability_to_come
from pmo_analytics.resources.least_change import least_change
from pmo_analytics.resources.replanning_reasons import HandoverReasons
from pmo_analytics.resources.staffing import EVEN, MINUTE, Staffing, staffing, weights

LEAVES, LESS, MORE, TAKES_OVER, UNCOVERED = "leaves", "does less", "does more", "takes over", "uncovered"
_ORDER = (LEAVES, LESS, MORE, TAKES_OVER, UNCOVERED)
_SHOWN = 10


class Replanning(Contract):
    """One row per need and person whose share of it changes, and per need of which something stays uncovered.

    Key: project_id, skill_id, level, period_month, person_id, which is missing
    for what nobody covers. Of a need, `assigned_seconds` and `replanned_seconds`
    sum to the same. Skill and level are missing where a project has the leaver
    allocated and states no demand. `is_proven` where no plan is better by any goal.
    """

    project_id: Text = required()
    skill_id: Text = optional()
    level: Whole = optional()
    period_month: Date = required()
    person_id: Text = optional()
    plan_change: Text = required(isin=list(_ORDER))
    assigned_seconds: Number = required(ge=0)
    replanned_seconds: Number = required(ge=0)
    weight: Number = required(gt=0)
    held_level: Whole = optional()
    is_elsewhere: Flag = required()
    reason: Text = required()
    is_proven: Flag = required()


def replanning(  # noqa: PLR0917 - marts and registers are bound by name
    demand: pd.DataFrame,
    person: pd.DataFrame,
    working_calendar: pd.DataFrame,
    absence: pd.DataFrame,
    person_skill: pd.DataFrame,
    allocation: pd.DataFrame,
    effort_by_person_month: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
    person_id: str | None = None,
    left_date: pd.Timestamp | None = None,
    months: int = MONTHS,
    priority: pd.DataFrame | None = None,
    on_site: bool = False,
    nodes: int = NODES,
) -> DataFrame[Replanning]:
    """What changes in the `months` after the reporting date when a person's last day is `left_date`.

    By default the last day is the reporting date; one that the register knows
    before goes first. `priority` has the contract `ProjectPriority`. Nobody leaves
    where `person_id` is None. UsageError for a person that the register does not know.
    """
    if person_id is None:
        return checked(Replanning, pd.DataFrame(columns=list(Replanning.to_schema().columns)))
    is_leaver = _is_leaver(person, person_id)
    known = person.loc[is_leaver, Person.left_date].dropna()
    last = min([status_date if left_date is None else left_date, *known])
    stays, leaves = (_with_last_day(person, is_leaver, day) for day in (None, last))
    times = [
        availability_to_come(each, working_calendar, absence, status_date=status_date, months=months)
        for each in (stays, leaves)
    ]
    staff = staffing(
        demand, times[0], stays, person_skill, allocation, effort_by_person_month,
        status_date=status_date, priority=priority,
    )  # fmt: skip
    own = times[1][times[1][AvailabilityToCome.person_id] == person_id]
    left = {
        (person_id, month): int(seconds // MINUTE)
        for month, seconds in own[[AvailabilityToCome.period_month, AvailabilityToCome.available_seconds]].itertuples(
            index=False, name=None
        )
    }
    return _replanned(staff, left, weights(priority), person_id, last, on_site=on_site, nodes=nodes)


def _is_leaver(person: pd.DataFrame, person_id: str) -> pd.Series:
    found = person[Person.person_id] == person_id
    if not found.any():
        names = sorted(map(str, person[Person.person_id]))
        close = nearest(person_id, names)
        rest = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        raise UsageError(
            f"no person {person_id!r}",
            expected=(", ".join(names[:_SHOWN]) + rest) or "the register of persons, which is not loaded",
            hint=f"did you mean {close!r}?" if close else None,
        )
    return found


def _with_last_day(person: pd.DataFrame, is_leaver: pd.Series, day: pd.Timestamp | None) -> pd.DataFrame:
    last = person[Person.left_date].astype("datetime64[ns]").mask(is_leaver, day)
    return person.assign(**{Person.left_date: last})


def _replanned(
    staff: Staffing,
    left: dict[tuple[str, pd.Timestamp], int],
    weight: dict[str, float],
    leaver: str,
    last: pd.Timestamp,
    *,
    on_site: bool,
    nodes: int,
) -> DataFrame[Replanning]:
    planned, _ = covered(staff, on_site=on_site)
    lost, less = _elsewhere(staff, left, weight, leaver)
    found, is_proven = least_change(staff, planned, less, leaver=leaver, on_site=on_site, nodes=nodes)
    told = HandoverReasons(staff, planned, found, leaver, last, on_site=on_site)
    rows = [row for place in range(len(staff.needs)) for row in _of_need(staff, told, planned, found, place)]
    for (month, project), (had, kept) in lost.items():
        shared = {
            Replanning.project_id: project,
            Replanning.period_month: month,
            Replanning.weight: weight.get(project, EVEN),
            Replanning.is_elsewhere: False,
        }
        rows.append(
            shared | {Replanning.person_id: leaver, Replanning.plan_change: LEAVES, Replanning.reason: told.leaves()}
            | {Replanning.assigned_seconds: had * MINUTE, Replanning.replanned_seconds: kept * MINUTE}
        )  # fmt: skip
        rows.append(
            shared | {Replanning.plan_change: UNCOVERED, Replanning.reason: told.unstated(project)}
            | {Replanning.assigned_seconds: 0.0, Replanning.replanned_seconds: (had - kept) * MINUTE}
        )  # fmt: skip
    frame = pd.DataFrame(rows, columns=list(Replanning.to_schema().columns)).assign(is_proven=is_proven)
    place = frame[Replanning.plan_change].map(_ORDER.index).astype(float)
    order = ["period_month", "heaviest", "project_id", "skill_id", "level", "place", "person_id"]
    ordered = frame.assign(place=place, heaviest=-frame[Replanning.weight].astype(float)).sort_values(
        order, ignore_index=True
    )
    return checked(Replanning, ordered[list(Replanning.to_schema().columns)])


def _of_need(
    staff: Staffing, told: HandoverReasons, planned: Minutes, found: Minutes, place: int
) -> list[dict[str, object]]:
    """Rows of a need: who changes, and what nobody covers any more."""
    need, rows = staff.needs[place], []
    shared = {
        Replanning.project_id: need.project_id,
        Replanning.skill_id: need.skill_id,
        Replanning.level: need.level,
        Replanning.period_month: need.month,
        Replanning.weight: need.weight,
    }
    rest = 0
    for who in sorted({who for (at, who) in (*planned, *found) if at == place}):
        had, has = planned.get((place, who), 0), found.get((place, who), 0)
        rest += had - has
        if had == has:
            continue
        change = LEAVES if who == told.leaver else LESS if has < had else MORE if had else TAKES_OVER
        rows.append(
            shared
            | {
                Replanning.person_id: who,
                Replanning.plan_change: change,
                Replanning.assigned_seconds: had * MINUTE,
                Replanning.replanned_seconds: has * MINUTE,
                Replanning.held_level: staff.level_of(who, need.skill_id),
                Replanning.is_elsewhere: staff.is_elsewhere(who, need.project_id),
                Replanning.reason: told.of_share(place, who),
            }
        )
    if rest:
        rows.append(
            shared
            | {
                Replanning.plan_change: UNCOVERED,
                Replanning.assigned_seconds: 0.0,
                Replanning.replanned_seconds: rest * MINUTE,
                Replanning.is_elsewhere: False,
                Replanning.reason: told.uncovered(place),
            }
        )
    return rows


def _elsewhere(
    staff: Staffing, left: dict[tuple[str, pd.Timestamp], int], weight: dict[str, float], leaver: str
) -> tuple[dict[tuple[pd.Timestamp, str], tuple[int, int]], dict[tuple[str, pd.Timestamp], int]]:
    """What the leaver is allocated to without a demand, before and after, where it is less; and time left for needs.

    As while planning, it goes before what needs ask for; of what weighs more first.
    """
    lost: dict[tuple[pd.Timestamp, str], tuple[int, int]] = {}
    less = dict(left)
    for (who, month), projects in sorted(staff.elsewhere.items()):
        if who != leaver:
            continue
        for project, minutes in sorted(projects.items(), key=lambda each: (-weight.get(each[0], EVEN), each[0])):
            kept = min(minutes, less.get((who, month), 0))
            less[who, month] = less.get((who, month), 0) - kept
            if kept < minutes:
                lost[month, project] = (minutes, kept)
    return lost, less
