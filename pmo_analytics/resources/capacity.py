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
from pmo_analytics.resources import capacity_demand as asked_for
from pmo_analytics.resources import capacity_supply as there
from pmo_analytics.resources.capacity_demand import PlannedDemand, ProjectEffortRatio

MONTHS, DRAWS, SEED = 12, 1_000, 20_261_126
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
    p50_short_seconds: Number = optional(ge=0)
    p80_short_seconds: Number = optional(ge=0)
    short_fte: Number = optional(ge=0)
    quality_note: Text = required()


def shortages(demand: Floats, supply: Floats) -> Floats:
    """What is short by draw, skill and month, from draws of shape (draws, skills, levels, months)."""
    gap = (demand - supply)[:, :, ::-1]
    above = np.cumsum(gap, axis=2)
    # What asks for no level in particular stands at level 0, where all time counts; a level nobody asks for is no gap.
    is_asked = np.cumsum(demand[:, :, ::-1], axis=2) > 0
    found: Floats = np.where(is_asked, above, 0.0).max(axis=2).clip(min=0.0)
    # Sums of many rows leave a rest; a second of work is no shortage.
    return np.where(found < 1.0, 0.0, found)


def months_to_come(status_date: pd.Timestamp, months: int) -> tuple[pd.Timestamp, ...]:
    """The first days of the whole months after `status_date`."""
    first = (status_date + pd.Timedelta(days=1) + pd.offsets.MonthBegin(0)).normalize()
    return tuple(pd.date_range(first, periods=months, freq="MS"))


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
    axis = months_to_come(status_date, months)
    plans = planned_demand[planned_demand[PlannedDemand.period_month].isin(axis)]
    time = there.shared_time(planned_calendar_by_person_month, person_skill, plans, axis)
    rows = _planned(plans, time)
    kinds = delivery_factor.groupby(there.DeliveryFactor.factor_kind)[there.DeliveryFactor.factor_share]
    shares = {str(kind): values.to_numpy(dtype=np.float64) for kind, values in kinds}
    focus = shares.get(there.FOCUS, np.empty(0))
    if len(focus) < there.FEWEST_MONTHS:
        rows[CapacityOutlook.quality_note] = _UNKNOWN.format(len(focus))
        return checked(CapacityOutlook, rows.reindex(columns=list(CapacityOutlook.to_schema().columns)))
    ratios = project_effort_ratio[ProjectEffortRatio.pooled_ratio].to_numpy(dtype=np.float64)
    is_thin = len(ratios) < asked_for.FEWEST_PROJECTS
    generator = np.random.default_rng(seed)
    asked = asked_for.asked_time(plans, time.skills, axis)
    made = asked_for.demand_draws(asked, ratios[:0] if is_thin else ratios, generator, draws=draws)
    leave, attrition = there.leave_shares(delivery_factor), float(shares[there.ATTRITION][0])
    supply = there.supply_draws(time, focus, leave, attrition, generator, draws=draws)
    rows = rows.join(_drawn(made, supply, time), on=_KEY)
    note = f"plans count as they are: {len(ratios)} past projects, 9 are needed to correct them" if is_thin else ""
    is_lacking = (rows[CapacityOutlook.person_equivalent] <= 0) & (rows[CapacityOutlook.demand_seconds] > 0)
    rows[CapacityOutlook.quality_note] = np.where(is_lacking, "nobody has this skill then", note)
    return checked(CapacityOutlook, rows.reindex(columns=list(CapacityOutlook.to_schema().columns)))


def _index(time: there.SkillTime) -> pd.MultiIndex:
    return pd.MultiIndex.from_product([time.skills, time.months], names=_KEY)


def _planned(plans: pd.DataFrame, time: there.SkillTime) -> pd.DataFrame:
    """What is asked for and there by plan, one row per skill and month where either is above 0."""
    asked = plans.groupby(_KEY).agg(
        project_count=(PlannedDemand.project_id, "nunique"),
        demand_seconds=(PlannedDemand.demand_seconds, "sum"),
        expected_seconds=(PlannedDemand.expected_seconds, "sum"),
    )
    frame = asked.reindex(_index(time)).fillna(0.0)
    frame[CapacityOutlook.capacity_seconds] = time.seconds.sum(axis=1).ravel()
    frame[CapacityOutlook.person_equivalent] = time.persons.ravel()
    kept = (frame[CapacityOutlook.demand_seconds] > 0) | (frame[CapacityOutlook.capacity_seconds] > 0)
    return frame[kept].reset_index()


def _drawn(demand: Floats, supply: Floats, time: there.SkillTime) -> pd.DataFrame:
    """Quantiles and chances by skill and month."""
    asked, given, short = demand.sum(axis=2), supply.sum(axis=2), shortages(demand, supply)

    def level(draws: Floats, share: float) -> Floats:
        found: Floats = np.quantile(draws, share, axis=0).ravel()
        return found

    half_short, half_there = level(short, 0.5), level(given, 0.5)
    one = np.divide(
        half_there, time.persons.ravel(), out=np.full(half_there.shape, math.nan), where=time.persons.ravel() > 0
    )
    usual = np.divide(given.sum(axis=1).mean(axis=0), np.maximum(time.persons.sum(axis=0), 1e-9))
    one = np.where(np.isnan(one) | (one <= 0), np.tile(usual, len(time.skills)), one)
    return pd.DataFrame(
        {
            CapacityOutlook.p50_demand_seconds: level(asked, 0.5),
            CapacityOutlook.p80_demand_seconds: level(asked, 0.8),
            CapacityOutlook.p50_supply_seconds: half_there,
            CapacityOutlook.p20_supply_seconds: level(given, 0.2),
            CapacityOutlook.shortfall_probability: (short > 0).mean(axis=0).ravel(),
            CapacityOutlook.p50_short_seconds: half_short,
            CapacityOutlook.p80_short_seconds: level(short, 0.8),
            CapacityOutlook.short_fte: np.divide(
                half_short, one, out=np.full(half_short.shape, math.nan), where=one > 0
            ),
        },
        index=_index(time),
    )
