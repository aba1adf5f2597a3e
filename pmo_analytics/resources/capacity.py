"""How likely each skill falls short in each month to come: demand and supply as distributions.

Demand is drawn by `capacity_demand`, supply by `capacity_supply`; a level is met
by persons of that level or a higher one, so that what is short in a draw is the
largest shortage over levels, demand at a level and above less supply at it and
above. Where fewer than nine months of timesheets tell what share of available
time reaches projects, no chance is stated. Source: by the usual definition of a
capacity gap; levels after SFIA.

Worked example: 100 hours of Java are asked for in July with a certainty of 0.5,
all estimates were kept, and 80 hours of it reach projects: in half of the draws
20 hours are short. The chance of a shortfall is 0.5, its P80 is 20 hours.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Number, Text, Whole, checked, optional, required
from pmo_analytics.forecasting.quantile_scores import Floats
from pmo_analytics.resources.capacity_demand import FEWEST_PROJECTS, PlannedDemand
from pmo_analytics.resources.capacity_draws import (
    DRAWS,
    MONTHS,
    SEED,
    CapacityDraws,
    CapacityInputs,
    CapacityPlan,
    SkillDraws,
    capacity_draws,
)
from pmo_analytics.resources.delivery_factors import FEWEST_MONTHS

_KEY = ["skill_id", "period_month"]
_UNKNOWN = "how much of the available time reaches projects is not known: {} months of timesheets, 9 are needed"


class CapacityOutlook(Contract):
    """One row per skill and whole month to come in which it is asked for or there.

    Key: skill_id, period_month. `demand_seconds` is what plans ask for,
    `expected_seconds` the same by certainty; `capacity_seconds` is the calendar's
    time that falls to the skill, of `person_equivalent` persons, before leave,
    other work and leavers. P50 and P80 of demand are what it stays within with
    that chance; P50 and P20 of supply what is there or more with 50 and 80 %.
    `shortfall_probability` is the chance, 0 to 1, that anything is short; P50
    and P80 of it are in hours of work, `short_fte` is its P50 over what one
    person delivers in the month. Chances and quantiles are missing where
    history is too thin, which `quality_note` says.
    """

    skill_id: Text = required()
    period_month: Date = required()
    project_count: Whole = required(ge=0)
    demand_seconds: Number = required(ge=0)
    expected_seconds: Number = required(ge=0)
    capacity_seconds: Number = required(ge=0)
    person_equivalent: Number = required(ge=0)
    p50_demand_seconds: Number = optional(ge=0)
    p80_demand_seconds: Number = optional(ge=0)
    p50_supply_seconds: Number = optional(ge=0)
    p20_supply_seconds: Number = optional(ge=0)
    shortfall_probability: Number = optional(ge=0, le=1)
    mean_short_seconds: Number = optional(ge=0)
    p50_short_seconds: Number = optional(ge=0)
    p80_short_seconds: Number = optional(ge=0)
    short_fte: Number = optional(ge=0)
    quality_note: Text = required()


def capacity_outlook(
    planned_demand: pd.DataFrame,
    planned_calendar_by_person_month: pd.DataFrame,
    person_skill: pd.DataFrame,
    delivery_factor: pd.DataFrame,
    project_effort_ratio: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
    months: int = MONTHS,
    draws: int = DRAWS,
    seed: int = SEED,
) -> DataFrame[CapacityOutlook]:
    """Demand, supply and the chance of a shortfall by skill and month, from analyses, a mart and a register so named.

    Rows are by skill and month. The same seed gives the same draws.
    """
    inputs = CapacityInputs(
        planned_demand, planned_calendar_by_person_month, person_skill, delivery_factor, project_effort_ratio
    )
    made = capacity_draws(inputs, status_date=status_date, months=months, draws=draws, seed=seed)
    return checked(CapacityOutlook, outlook_of(made))


def outlook_of(made: CapacityDraws) -> pd.DataFrame:
    """The rows of `CapacityOutlook` that draws give."""
    rows, inputs = _planned(made.plan), made.inputs
    columns = list(CapacityOutlook.to_schema().columns)
    if not made.skills:
        note = _UNKNOWN.format(inputs.focus_months) if inputs.focus_months < FEWEST_MONTHS else ""
        return rows.assign(quality_note=note).reindex(columns=columns)
    rows = rows.join(pd.concat([_drawn(skill, made.plan) for skill in made.skills]), on=_KEY)
    past = inputs.past_projects
    note = (
        ""
        if past >= FEWEST_PROJECTS
        else f"plans count as they are: {past} past projects, 9 are needed to correct them"
    )
    is_lacking = (rows[CapacityOutlook.person_equivalent] <= 0) & (rows[CapacityOutlook.demand_seconds] > 0)
    rows[CapacityOutlook.quality_note] = np.where(is_lacking, "nobody has this skill then", note)
    return rows.reindex(columns=columns)


def _planned(plan: CapacityPlan) -> pd.DataFrame:
    """What is asked for and there by plan, one row per skill and month where either is above 0."""
    asked = plan.plans.groupby(_KEY).agg(
        project_count=(PlannedDemand.project_id, "nunique"),
        demand_seconds=(PlannedDemand.demand_seconds, "sum"),
        expected_seconds=(PlannedDemand.expected_seconds, "sum"),
    )
    index = pd.MultiIndex.from_product([plan.time.skills, plan.time.months], names=_KEY)
    frame = asked.reindex(index).fillna(0.0)
    frame[CapacityOutlook.capacity_seconds] = plan.time.seconds.sum(axis=1).ravel()
    frame[CapacityOutlook.person_equivalent] = plan.time.persons.ravel()
    kept = (frame[CapacityOutlook.demand_seconds] > 0) | (frame[CapacityOutlook.capacity_seconds] > 0)
    return frame[kept].reset_index()


def _drawn(made: SkillDraws, plan: CapacityPlan) -> pd.DataFrame:
    """Quantiles and chances of one skill by month."""

    def level(draws: Floats, share: float) -> Floats:
        found: Floats = np.quantile(draws, share, axis=0)
        return found

    half_short, one = level(made.short, 0.5), level(made.one, 0.5)
    return pd.DataFrame(
        {
            CapacityOutlook.p50_demand_seconds: level(made.demand, 0.5),
            CapacityOutlook.p80_demand_seconds: level(made.demand, 0.8),
            CapacityOutlook.p50_supply_seconds: level(made.supply, 0.5),
            CapacityOutlook.p20_supply_seconds: level(made.supply, 0.2),
            CapacityOutlook.shortfall_probability: (made.short > 0).mean(axis=0),
            CapacityOutlook.mean_short_seconds: made.short.mean(axis=0),
            CapacityOutlook.p50_short_seconds: half_short,
            CapacityOutlook.p80_short_seconds: level(made.short, 0.8),
            CapacityOutlook.short_fte: np.divide(
                half_short, one, out=np.full(half_short.shape, math.nan), where=one > 0
            ),
        },
        index=pd.MultiIndex.from_product([[made.skill_id], plan.time.months], names=_KEY),
    )
