"""Demand and supply of each skill in joint draws, from what planning knows: what every answer on capacity is made of.

Draws are named by skill, project and person's seat, so that two sets of inputs
meet the same luck and differ by what was changed in them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from pmo_analytics.forecasting.quantile_scores import Floats
from pmo_analytics.resources import capacity_demand as asked_for
from pmo_analytics.resources import capacity_supply as there
from pmo_analytics.resources.capacity_demand import PlannedDemand, ProjectEffortRatio
from pmo_analytics.resources.delivery_factors import FOCUS, DeliveryFactor

MONTHS, DRAWS, SEED = 12, 1_000, 20_261_126
CONTRACTED = ["skill_id", "level", "period_month", "contracted_seconds"]


@dataclass(frozen=True)
class CapacityInputs:
    """The frames that capacity is reckoned from, each named after its mart, register or analysis.

    `contracted` is time bought by skill, level and month, which reaches projects
    whole; `focus_factor` multiplies focus by month. A plan as it is has neither.
    Without `skill` no skill has a neighbour.
    """

    planned_demand: pd.DataFrame
    planned_calendar_by_person_month: pd.DataFrame
    person_skill: pd.DataFrame
    delivery_factor: pd.DataFrame
    project_effort_ratio: pd.DataFrame
    skill: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["skill_id", "category"]))
    contracted: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=CONTRACTED))
    focus_factor: Mapping[pd.Timestamp, float] = field(default_factory=dict)

    @property
    def focus_months(self) -> int:
        """Months of timesheets that focus is known from."""
        rows = self.delivery_factor
        return int(((rows[DeliveryFactor.factor_kind] == FOCUS) & rows[DeliveryFactor.skill_id].isna()).sum())

    @property
    def past_projects(self) -> int:
        """Past projects that plans are corrected by."""
        return int(self.project_effort_ratio[ProjectEffortRatio.project_id].nunique())


@dataclass(frozen=True)
class SkillDraws:
    """One skill's draws: `demand`, `supply` and what is short, each of shape (draws, months).

    `one` is what one person of the skill delivers, or where nobody has it one
    of all; `persons` (months,) are those that have it.
    """

    skill_id: str
    demand: Floats
    supply: Floats
    short: Floats
    one: Floats
    persons: Floats


@dataclass(frozen=True)
class CapacityPlan:
    """Plans of the months asked about with time shared out among skills."""

    plans: pd.DataFrame
    time: there.SkillTime


@dataclass(frozen=True)
class CapacityDraws:
    """What answers on capacity are read from; without skills where too little of focus is known."""

    inputs: CapacityInputs
    plan: CapacityPlan
    skills: tuple[SkillDraws, ...]


def shortages(demand: Floats, supply: Floats) -> Floats:
    """What is short by draw and month, from draws of shape (draws, levels, months)."""
    above = np.cumsum((demand - supply)[:, ::-1], axis=1)
    # What asks for no level in particular stands at level 0, where all time counts; a level nobody asks for is no gap.
    is_asked = np.cumsum(demand[:, ::-1], axis=1) > 0
    found: Floats = np.where(is_asked, above, 0.0).max(axis=1).clip(min=0.0)
    # Sums of many rows leave a rest; a second of work is no shortage.
    return np.where(found < 1.0, 0.0, found)


def months_to_come(status_date: pd.Timestamp, months: int) -> tuple[pd.Timestamp, ...]:
    """The first days of the whole months after `status_date`."""
    first = (status_date + pd.Timedelta(days=1) + pd.offsets.MonthBegin(0)).normalize()
    return tuple(pd.date_range(first, periods=months, freq="MS"))


def capacity_plan(inputs: CapacityInputs, *, status_date: pd.Timestamp, months: int) -> CapacityPlan:
    """What is planned for the months after `status_date`, and persons' time shared out by it."""
    axis = months_to_come(status_date, months)
    plans = inputs.planned_demand[inputs.planned_demand[PlannedDemand.period_month].isin(axis)]
    left = _less_contracted(plans, inputs.contracted)
    time = there.shared_time(inputs.planned_calendar_by_person_month, inputs.person_skill, left, axis)
    unknown = sorted(set(inputs.contracted["skill_id"]) - set(time.skills))
    return CapacityPlan(plans, there.with_skills(time, unknown))


def _less_contracted(plans: pd.DataFrame, contracted: pd.DataFrame) -> pd.DataFrame:
    """Plans less what is bought, which persons' time is shared out by."""
    expected = plans[PlannedDemand.expected_seconds].to_numpy(dtype=float).copy()
    level = plans[PlannedDemand.level].fillna(0).to_numpy(dtype=np.int64)
    for row in contracted.to_dict("records"):
        is_met = (
            (plans[PlannedDemand.skill_id] == row["skill_id"])
            & (plans[PlannedDemand.period_month] == row["period_month"])
            & (level <= row["level"])
        ).to_numpy()
        total = expected[is_met].sum()
        if total > 0:
            expected[is_met] *= max(0.0, 1.0 - row["contracted_seconds"] / total)
    return plans.assign(expected_seconds=expected)


def capacity_draws(
    inputs: CapacityInputs, *, status_date: pd.Timestamp, months: int = MONTHS, draws: int = DRAWS, seed: int = SEED
) -> CapacityDraws:
    """The plan of the months after `status_date` and the draws of every skill."""
    plan = capacity_plan(inputs, status_date=status_date, months=months)
    return CapacityDraws(inputs, plan, tuple(skill_draws(inputs, plan, draws=draws, seed=seed)))


def skill_draws(
    inputs: CapacityInputs, plan: CapacityPlan, *, draws: int = DRAWS, seed: int = SEED
) -> Iterator[SkillDraws]:
    """Each skill's draws in order of their names; nothing where too little of focus is known."""
    time = plan.time
    delivered = there.delivery(inputs.delivery_factor, len(time.months), draws=draws, seed=seed)
    if delivered is None:
        return
    asked = asked_for.asked_time(plan.plans, time.skills, time.months)
    luck = asked_for.project_luck(asked, inputs.project_effort_ratio, draws=draws, seed=seed)
    factor = np.array([inputs.focus_factor.get(month, 1.0) for month in time.months])
    bought = _bought(inputs.contracted, time)
    everybody = np.maximum(time.persons.sum(axis=0), 1e-9)
    usual_hours = time.seconds.sum(axis=(0, 1)) / everybody
    for place, skill in enumerate(time.skills):
        demand = asked_for.skill_demand(asked, skill, place, luck)
        supply, share = there.skill_supply(time, place, delivered, factor)
        persons = time.persons[place]
        own_hours = time.seconds[place].sum(axis=0) / np.maximum(persons, 1e-9)
        supply = supply + bought[place]
        yield SkillDraws(
            skill,
            demand.sum(axis=1),
            supply.sum(axis=1),
            shortages(demand, supply),
            share * np.where(persons > 0, own_hours, usual_hours),
            persons,
        )


def _bought(contracted: pd.DataFrame, time: there.SkillTime) -> Floats:
    found = np.zeros_like(time.seconds)
    rows = contracted[contracted["period_month"].isin(time.months)]
    for row in rows.to_dict("records"):
        found[time.skills.index(row["skill_id"]), row["level"], time.months.index(row["period_month"])] += row[
            "contracted_seconds"
        ]
    return found
