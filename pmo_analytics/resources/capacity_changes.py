"""A scenario applied to the frames that capacity is reckoned from: new frames, the given ones as they were.

Whom a change is of is chosen by a rule and nowhere told: those away have the
fewest skills, those trained are nearest to the level. Changes are made in the
order of absences, training, hires, contractors, projects, focus, whatever their
order in the file.

Worked example: one person of Java has 160 hours in each month. With a hire of
half a full time from October on there are 80 hours more, of a second person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import pandas as pd

from pmo_analytics.contracts.capacity_marts import PlannedCalendarByPersonMonth as Planned
from pmo_analytics.contracts.people import PersonSkill, Skill
from pmo_analytics.errors import UsageError, nearest
from pmo_analytics.resources.capacity_actions import near_persons
from pmo_analytics.resources.capacity_demand import STATED, PlannedDemand
from pmo_analytics.resources.capacity_draws import CONTRACTED, CapacityInputs
from pmo_analytics.resources.capacity_scenarios import (
    Away,
    Contractor,
    FocusChange,
    Hire,
    ProjectChange,
    Scenario,
    Training,
)

_HOUR = 3600.0
_ORDER: tuple[type, ...] = (Away, Training, Hire, Contractor, ProjectChange, FocusChange)


def applied(scenario: Scenario, inputs: CapacityInputs, *, status_date: pd.Timestamp) -> CapacityInputs:
    """The inputs as the scenario would have them.

    Raises UsageError, with the file of the scenario, for a skill, project or
    month that the inputs do not know, and for more persons than there are.
    """
    makers: dict[type, Callable[..., CapacityInputs]] = {
        Away: _without, Training: _trained, Hire: _hired, Contractor: _bought, ProjectChange: _moved,
        FocusChange: _focused,
    }  # fmt: skip
    for kind in _ORDER:
        for change in (each for each in scenario.changes if isinstance(each, kind)):
            _check_known(change, inputs, scenario.file)
            inputs = makers[kind](change, inputs, status_date, scenario.file)
    return inputs


def full_month(inputs: CapacityInputs) -> pd.Series[float]:
    """What a person at full time has by month: the working time that most persons have, the longer one of equals."""
    calendar = inputs.planned_calendar_by_person_month
    counted = calendar.groupby([Planned.period_month, Planned.calendar_seconds]).size().rename("count").reset_index()
    ordered = counted.sort_values(["count", Planned.calendar_seconds])
    last = ordered.drop_duplicates(Planned.period_month, keep="last").set_index(Planned.period_month)
    return last[Planned.calendar_seconds].sort_index()


def _check_known(change: Any, inputs: CapacityInputs, file: str | None) -> None:
    skills = {
        *inputs.person_skill[PersonSkill.skill_id], *inputs.planned_demand[PlannedDemand.skill_id],
        *inputs.skill[Skill.skill_id],
    }  # fmt: skip
    projects = set(inputs.planned_demand[PlannedDemand.project_id])
    for kind, known in (("skill", skills), ("project", projects)):
        name = getattr(change, kind, None)
        if name is not None and name not in known:
            close = nearest(name, known)
            raise UsageError(
                f"no {kind} {name!r} is known to capacity", file=file, found=change.words,
                expected=", ".join(sorted(known)[:20]), hint=f"did you mean {close!r}?" if close else None,
            )  # fmt: skip
    months = _months(inputs)
    since = getattr(change, "since", None)
    if since is not None and len(months) and not months[0] <= since <= months[-1]:
        raise UsageError(
            "a change begins in a month that no calendar or plan reaches", file=file, found=change.words,
            expected=f"from {months[0]:%Y-%m} to {months[-1]:%Y-%m}",
        )  # fmt: skip


def _months(inputs: CapacityInputs) -> list[pd.Timestamp]:
    """The months that calendars or plans are of."""
    calendar, plans = inputs.planned_calendar_by_person_month, inputs.planned_demand
    return sorted({*calendar[Planned.period_month], *plans[PlannedDemand.period_month]})


def added(frame: pd.DataFrame, rows: Iterable[dict[str, object]]) -> pd.DataFrame:
    """A frame with further rows, its types kept."""
    more = pd.DataFrame(list(rows), columns=list(frame.columns))
    if not len(more):
        return frame
    if not len(frame):
        return more
    return pd.concat([frame, more.astype(frame.dtypes.to_dict())], ignore_index=True)


def _without(change: Away, inputs: CapacityInputs, _: pd.Timestamp, file: str | None) -> CapacityInputs:
    calendar = inputs.planned_calendar_by_person_month
    there = calendar.loc[calendar[Planned.period_month] >= change.since, Planned.person_id].unique()
    rows = inputs.person_skill[inputs.person_skill[PersonSkill.person_id].isin(there)]
    skills = rows.groupby(PersonSkill.person_id)[PersonSkill.skill_id].nunique().rename("count").reset_index()
    able = set(rows.loc[rows[PersonSkill.skill_id] == change.skill, PersonSkill.person_id])
    ordered = skills[skills[PersonSkill.person_id].isin(able)].sort_values(["count", PersonSkill.person_id])
    _check_count(change, len(ordered), file)
    gone = ordered[PersonSkill.person_id].head(change.count)
    is_gone = calendar[Planned.person_id].isin(gone) & (calendar[Planned.period_month] >= change.since)
    if change.until is not None:
        is_gone &= calendar[Planned.period_month] <= change.until
    return replace(inputs, planned_calendar_by_person_month=calendar[~is_gone].reset_index(drop=True))


def _check_count(change: Away | Training, there: int, file: str | None) -> None:
    if change.count > there:
        raise UsageError(
            "a change is of more persons than there are", file=file, found=change.words, expected=f"at most {there}"
        )


def _trained(change: Training, inputs: CapacityInputs, status_date: pd.Timestamp, file: str | None) -> CapacityInputs:
    below, neighbours = near_persons(inputs, change.skill, change.to_level, change.since)
    _check_count(change, len(below) + len(neighbours), file)
    calendar, can = inputs.planned_calendar_by_person_month, inputs.person_skill
    later: dict[object, object] = {}
    rows: list[dict[str, object]] = []
    for person in [*below, *neighbours][: change.count]:
        # From then on another person to the reckoning, with what this one can do and the level beside it.
        name = f"{person}, trained in {change.skill} to {change.to_level}"
        later[person] = name
        own = can[can[PersonSkill.person_id] == person]
        rows += [{str(k): v for k, v in row.items()} | {PersonSkill.person_id: name} for row in own.to_dict("records")]
        rows.append(_level(can, name, change.skill, change.to_level, status_date + pd.Timedelta(days=1)))
    is_later = calendar[Planned.person_id].isin(later) & (calendar[Planned.period_month] >= change.since)
    moved = calendar.copy()
    moved.loc[is_later, Planned.person_id] = calendar.loc[is_later, Planned.person_id].map(later)
    return replace(inputs, planned_calendar_by_person_month=moved, person_skill=added(can, rows))


def _level(can: pd.DataFrame, person: str, skill: str, level: int, day: pd.Timestamp) -> dict[str, object]:
    row: dict[str, object] = dict.fromkeys(can.columns)
    return row | {
        PersonSkill.person_id: person, PersonSkill.skill_id: skill, PersonSkill.assessed_on_date: day,
        PersonSkill.level: level,
    }  # fmt: skip


def _hired(change: Hire, inputs: CapacityInputs, status_date: pd.Timestamp, _: str | None) -> CapacityInputs:
    calendar, can = inputs.planned_calendar_by_person_month, inputs.person_skill
    known = set(can[PersonSkill.person_id]) | set(calendar[Planned.person_id])
    base = f"hired for {change.skill}, {change.level}, {change.since:%Y-%m}, "
    number = 1 + sum(str(name).startswith(base) for name in known)
    names = [f"{base}{place}" for place in range(number, number + change.count)]
    time = full_month(inputs)
    time = time[time.index >= change.since] * change.full_time_pct / 100
    rows = [
        {Planned.person_id: name, Planned.period_month: month, Planned.calendar_seconds: seconds}
        for name in names
        for month, seconds in time.items()
    ]
    levels = [_level(can, name, change.skill, change.level, status_date) for name in names]
    return replace(inputs, planned_calendar_by_person_month=added(calendar, rows), person_skill=added(can, levels))


def _bought(change: Contractor, inputs: CapacityInputs, _: pd.Timestamp, __: str | None) -> CapacityInputs:
    months = pd.date_range(change.since, change.until, freq="MS")
    rows = [dict(zip(CONTRACTED, (change.skill, change.level, month, change.hours_a_month * _HOUR), strict=True))
            for month in months]  # fmt: skip
    return replace(inputs, contracted=added(inputs.contracted, rows))


def _moved(
    change: ProjectChange, inputs: CapacityInputs, status_date: pd.Timestamp, file: str | None
) -> CapacityInputs:
    plans = inputs.planned_demand.copy()
    is_its = plans[PlannedDemand.project_id] == change.project
    if change.cancel:
        return replace(inputs, planned_demand=plans[~is_its].reset_index(drop=True))
    if change.certainty is not None:
        plans.loc[is_its, PlannedDemand.certainty] = change.certainty
        plans.loc[is_its, PlannedDemand.certainty_basis] = STATED
        plans.loc[is_its, PlannedDemand.expected_seconds] = (
            plans.loc[is_its, PlannedDemand.demand_seconds] * change.certainty
        )
        return replace(inputs, planned_demand=plans)
    months = plans.loc[is_its, PlannedDemand.period_month] + pd.DateOffset(months=change.move_months or 0)
    if (months <= status_date).any():
        raise UsageError(
            "a project moves into months that are over", file=file, found=change.words,
            expected=f"its first month, {plans.loc[is_its, PlannedDemand.period_month].min():%Y-%m}, or later",
        )  # fmt: skip
    plans.loc[is_its, PlannedDemand.period_month] = months
    return replace(inputs, planned_demand=plans)


def _focused(change: FocusChange, inputs: CapacityInputs, _: pd.Timestamp, __: str | None) -> CapacityInputs:
    factor = dict(inputs.focus_factor)
    for month in _months(inputs):
        if (change.since or month) <= month <= (change.until or month):
            factor[month] = factor.get(month, 1.0) * change.factor
    return replace(inputs, focus_factor=factor)
