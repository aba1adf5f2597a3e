"""A scenario of capacity applied to what levelling and assignment are reckoned from.

The scenarios are those of `capacity_scenarios`, and are applied as capacity
applies them (`capacity_changes`), to what people have and plans ask for here:
persons who are hired or bought have a name that says so, work of a project that
moves or is cancelled moves or is gone, with what is allocated to it. Levelling knows no focus and no chance of
a plan, so that a change of focus or certainty is refused; and so is training,
since whose work it takes is not stated.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from pmo_analytics.contracts.base import checked
from pmo_analytics.contracts.capacity_marts import PlannedCalendarByPersonMonth as Planned
from pmo_analytics.contracts.people import Allocation, Demand, PersonSkill
from pmo_analytics.errors import UsageError
from pmo_analytics.resources.availability import AvailabilityToCome
from pmo_analytics.resources.capacity_changes import added, applied
from pmo_analytics.resources.capacity_draws import CONTRACTED, CapacityInputs
from pmo_analytics.resources.capacity_scenarios import FocusChange, ProjectChange, Scenario, Training

_LONG_AGO = pd.Timestamp("1970-01-01")


@dataclass(frozen=True)
class StaffFrames:
    """What is asked for, what people have in months to come, what they can do and what they are allocated to."""

    demand: pd.DataFrame
    availability_to_come: pd.DataFrame
    person_skill: pd.DataFrame
    allocation: pd.DataFrame


def with_scenario(
    scenario: Scenario, frames: StaffFrames, skill: pd.DataFrame, *, status_date: pd.Timestamp
) -> StaffFrames:
    """The frames as the scenario would have them; `skill` is the register.

    Raises UsageError, with the file of the scenario, for what levelling cannot
    take in, and as `capacity_changes.applied` does.
    """
    for change in scenario.changes:
        is_certainty = isinstance(change, ProjectChange) and change.certainty is not None
        if is_certainty or isinstance(change, FocusChange | Training):
            raise UsageError(
                "levelling cannot take in a change", file=scenario.file, found=change.words,
                expected="hire, contractor, leave, leavers, or a project that moves or is cancelled",
                hint="ask `pmo capacity --scenario` about it",
            )  # fmt: skip
    time = frames.availability_to_come
    demand = frames.demand.copy()
    demand[Demand.period_month] = demand[Demand.period_month].dt.to_period("M").dt.start_time
    inputs = CapacityInputs(
        demand,
        time[[Planned.person_id, Planned.period_month]].assign(
            **{Planned.calendar_seconds: time[AvailabilityToCome.available_seconds]}
        ),
        frames.person_skill,
        pd.DataFrame(),
        pd.DataFrame(),
        skill=skill,
    )
    made = applied(scenario, inputs, status_date=status_date)
    calendar, can = _with_bought(made)
    available = calendar.copy()
    available[AvailabilityToCome.available_seconds] = calendar[Planned.calendar_seconds]
    available[AvailabilityToCome.absence_seconds] = 0.0
    kept = available[available[Planned.period_month].isin(time[AvailabilityToCome.period_month])]
    columns = list(AvailabilityToCome.to_schema().columns)
    return StaffFrames(
        made.planned_demand,
        checked(AvailabilityToCome, kept[columns].reset_index(drop=True)),
        can,
        _allocated(scenario, frames.allocation),
    )


def _allocated(scenario: Scenario, allocation: pd.DataFrame) -> pd.DataFrame:
    """Allocations that follow their projects."""
    found = allocation
    for change in scenario.changes:
        if isinstance(change, ProjectChange):
            is_its = found[Allocation.project_id] == change.project
            if change.cancel:
                found = found[~is_its]
                continue
            month = found[Allocation.period_month]
            later = month + pd.DateOffset(months=change.move_months or 0)
            found = found.assign(**{Allocation.period_month: month.mask(is_its, later)})
    return found.reset_index(drop=True)


def _with_bought(inputs: CapacityInputs) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Calendar and skills with a person for what is bought of each skill and level."""
    time: dict[tuple[str, pd.Timestamp], float] = {}
    levels: dict[str, dict[str, object]] = {}
    for skill, level, month, seconds in inputs.contracted[CONTRACTED].itertuples(index=False, name=None):
        name = f"bought of {skill}, {level}"
        time[name, month] = time.get((name, month), 0.0) + seconds
        levels[name] = {
            PersonSkill.person_id: name, PersonSkill.skill_id: skill, PersonSkill.level: level,
            PersonSkill.assessed_on_date: _LONG_AGO,
        }  # fmt: skip
    more = [
        {Planned.person_id: name, Planned.period_month: month, Planned.calendar_seconds: seconds}
        for (name, month), seconds in time.items()
    ]
    return added(inputs.planned_calendar_by_person_month, more), added(inputs.person_skill, levels.values())
