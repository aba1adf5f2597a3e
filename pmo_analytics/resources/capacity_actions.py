"""What to do about a gap of capacity: hire or train by when, how many persons, who could be trained, at what cost.

A skill has a gap where the chance of a shortfall reaches the limit in a month;
the gap is all such months, of which the first sets the dates: what is to be
there then is begun a lead time before. Persons to hire are what is short over
the gap, by draw, over what one person delivers in it. Where it waits instead,
work that is short is done as soon as own time is left over. Costs are hours
times rates: own hours at what an hour has cost (`resources.effort_cost`),
others at what the organisation states; what is not stated costs nothing known
and is named. Source: by the usual definition of a hire-by date, the date of the
gap less lead times; waiting after Lindley (1952).

Worked example: 160 hours are short in every October to come, 80 of which one
person delivers: two persons are to be hired, by 3 July at a lead time of 90
days. At 50 euros an hour and 1,000 for each hiring that is 8,000 and 2,000.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Flag, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.capacity_marts import PlannedCalendarByPersonMonth as Planned
from pmo_analytics.contracts.people import PersonSkill, Skill
from pmo_analytics.forecasting.quantile_scores import Floats
from pmo_analytics.resources.capacity_demand import PlannedDemand
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
from pmo_analytics.resources.effort_cost import HourlyCost, hourly_cost

SHORTFALL_LIMIT, HIRE_LEAD_DAYS, TRAIN_LEAD_DAYS = 0.5, 90, 60
HIRE, TRAIN, CONTRACTOR, DELAY = "hire", "train", "contractor", "delay"
_NEAR_LEVELS = 2
_HOUR = 3600.0
_LEVELS = (50, 80)


class CapacityAction(Contract):
    """One row per skill with a gap, by the month of the gap and name.

    Key: skill_id. The gap is the `gap_month_count` months whose chance of a
    shortfall is at or above the limit, from `gap_start_month` on;
    `shortfall_probability` is the largest of them. What is short over them all,
    and persons to hire as full persons, are P50 and P80 of joint draws.
    A date that lies before the status date `is_…_late`; who is hired today is
    there from `hire_from_month`. `open_courses` says what is left to choose
    from. `lower_level_count` persons have the skill one or two levels below the
    `asked_level`, `neighbour_count` others have it or more in a skill of the
    same category. Where work waits, months until nothing waits are missing if
    that is beyond the months looked at. Amounts are in `currency`, and missing
    where a rate is not stated or not known, which `quality_note` says.
    """

    skill_id: Text = required()
    gap_start_month: Date = required()
    gap_month_count: Whole = required(ge=1)
    shortfall_probability: Number = required(ge=0, le=1)
    asked_level: Whole = optional(ge=0, le=7)
    p50_short_seconds: Number = required(ge=0)
    p80_short_seconds: Number = required(ge=0)
    p50_hire_fte: Number = optional(ge=0)
    p80_hire_fte: Number = optional(ge=0)
    hire_by_date: Date = required()
    is_hire_late: Flag = required()
    hire_from_month: Date = required()
    train_by_date: Date = required()
    is_train_late: Flag = required()
    open_courses: Text = required()
    lower_level_count: Whole = required(ge=0)
    neighbour_count: Whole = required(ge=0)
    p50_delay_months: Number = optional(ge=0)
    p80_delay_months: Number = optional(ge=0)
    currency: Text = optional()
    p50_hire_amount: Number = optional(ge=0)
    p80_hire_amount: Number = optional(ge=0)
    p50_contractor_amount: Number = optional(ge=0)
    p80_contractor_amount: Number = optional(ge=0)
    p50_delay_amount: Number = optional(ge=0)
    p80_delay_amount: Number = optional(ge=0)
    quality_note: Text = required()


def capacity_actions(  # noqa: PLR0917 - marts, registers and analyses are bound by name
    planned_demand: pd.DataFrame,
    planned_calendar_by_person_month: pd.DataFrame,
    person_skill: pd.DataFrame,
    delivery_factor: pd.DataFrame,
    project_effort_ratio: pd.DataFrame,
    skill: pd.DataFrame,
    cost_by_project_month: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
    months: int = MONTHS,
    draws: int = DRAWS,
    seed: int = SEED,
    shortfall_limit: float | None = None,
    hire_lead_days: float | None = None,
    train_lead_days: float | None = None,
    currency: str | None = None,
    hire_cost_amount: float | None = None,
    contractor_hourly_amount: float | None = None,
    delay_hourly_amount: float | None = None,
) -> DataFrame[CapacityAction]:
    """What each gap of the months to come asks to be done, from analyses, marts and registers so named.

    Options are what `[capacity]` of pmo.toml states; a limit of 0.5 and lead
    times of 90 and 60 days hold where it does not, and are named as such.
    `delay_hourly_amount` is what an hour of work costs for each month that it
    waits.
    """
    inputs = CapacityInputs(
        planned_demand, planned_calendar_by_person_month, person_skill, delivery_factor, project_effort_ratio,
        skill=skill,
    )  # fmt: skip
    made = capacity_draws(inputs, status_date=status_date, months=months, draws=draws, seed=seed)
    found = actions_of(
        made, hourly_cost(cost_by_project_month, None, status_date=status_date), status_date=status_date,
        shortfall_limit=shortfall_limit, hire_lead_days=hire_lead_days, train_lead_days=train_lead_days,
        currency=currency, hire_cost_amount=hire_cost_amount, contractor_hourly_amount=contractor_hourly_amount,
        delay_hourly_amount=delay_hourly_amount,
    )  # fmt: skip
    return checked(CapacityAction, found)


def actions_of(
    made: CapacityDraws,
    own: HourlyCost | None,
    *,
    status_date: pd.Timestamp,
    shortfall_limit: float | None = None,
    hire_lead_days: float | None = None,
    train_lead_days: float | None = None,
    currency: str | None = None,
    hire_cost_amount: float | None = None,
    contractor_hourly_amount: float | None = None,
    delay_hourly_amount: float | None = None,
) -> pd.DataFrame:
    """The rows of `CapacityAction` that draws give; `own` is what an hour of own work has cost."""
    limit = SHORTFALL_LIMIT if shortfall_limit is None else shortfall_limit
    leads = (
        HIRE_LEAD_DAYS if hire_lead_days is None else hire_lead_days,
        TRAIN_LEAD_DAYS if train_lead_days is None else train_lead_days,
    )
    amount, unit, unknown = rates_of(own, currency)
    rates = {HIRE: amount, CONTRACTOR: contractor_hourly_amount, DELAY: delay_hourly_amount}
    lacking = [*unknown, *_unstated(hire_cost_amount, contractor_hourly_amount, delay_hourly_amount)]
    named = {"limit": shortfall_limit, "hire": hire_lead_days, "train": train_lead_days}
    rows = []
    for skill in made.skills:
        # Rounded first, so that what is a gap agrees with the chance that a reader sees.
        gap = np.flatnonzero((skill.short > 0).mean(axis=0).round(2) >= limit)
        if not len(gap):
            continue
        start = made.plan.time.months[gap[0]]
        row = _gap(skill, gap, made.plan) | _dates(start, leads, status_date)
        row |= _trainable(made.inputs, skill.skill_id, row[CapacityAction.asked_level], start)
        row[CapacityAction.open_courses] = ", ".join(_open(row))
        row |= {CapacityAction.currency: unit} | _costs(skill, gap, rates, hire_cost_amount)
        row[CapacityAction.quality_note] = "; ".join([*_defaults(named), *lacking])
        rows.append(row)
    frame = pd.DataFrame(rows).reindex(columns=list(CapacityAction.to_schema().columns))
    return frame.sort_values([CapacityAction.gap_start_month, CapacityAction.skill_id], ignore_index=True)


def rates_of(own: HourlyCost | None, currency: str | None) -> tuple[float | None, str | None, list[str]]:
    """What an own hour costs in the currency of the amounts stated, that currency, and why it is not known."""
    if own is None:
        return None, currency, ["own hours have no cost: no hour of twelve months has a rate"]
    if currency is not None and own.currency != currency:
        told = f"own hours cost {own.currency}, amounts are in {currency}: nothing is converted"
        return None, currency, [told]
    return own.amount, own.currency, []


def _unstated(hire: float | None, contractor: float | None, delay: float | None) -> list[str]:
    given = {"hire_cost_amount": hire, "contractor_hourly_amount": contractor, "delay_hourly_amount": delay}
    names = [name for name, value in given.items() if value is None]
    return [f"[capacity] does not state {', '.join(names)}"] if names else []


def _defaults(given: dict[str, float | None]) -> list[str]:
    """What holds because nothing is stated."""
    words = {
        "limit": f"a gap is a chance of {SHORTFALL_LIMIT:g} or more",
        "hire": f"hiring takes {HIRE_LEAD_DAYS} days",
        "train": f"training takes {TRAIN_LEAD_DAYS} days",
    }
    told = [words[name] for name, value in given.items() if value is None]
    return [f"by default, not stated in [capacity]: {', '.join(told)}"] if told else []


def _quantiles(values: Floats) -> tuple[float, float]:
    low, high = np.quantile(values, [level / 100 for level in _LEVELS])
    return float(low), float(high)


def _gap(made: SkillDraws, gap: np.ndarray, plan: CapacityPlan) -> dict[str, object]:
    """When the gap is, what it asks for, how much is short over it and how many persons that is."""
    short, one = made.short[:, gap].sum(axis=1), made.one[:, gap].sum(axis=1)
    persons = np.divide(short, one, out=np.full(short.shape, math.nan), where=one > 0)
    asked = plan.plans[
        (plan.plans[PlannedDemand.skill_id] == made.skill_id)
        & plan.plans[PlannedDemand.period_month].isin([plan.time.months[place] for place in gap])
    ]
    waiting = _waiting(made, int(gap[0]))
    late = (waiting > 0).sum(axis=1).astype(float)
    # What still waits at the end waits for longer than can be seen.
    late[waiting[:, -1] > 0] = math.inf
    found = {"short_seconds": _quantiles(short), "hire_fte": _quantiles(persons), "delay_months": _ranked(late)}
    row: dict[str, object] = {
        CapacityAction.skill_id: made.skill_id,
        CapacityAction.gap_start_month: plan.time.months[gap[0]],
        CapacityAction.gap_month_count: len(gap),
        CapacityAction.shortfall_probability: float((made.short[:, gap] > 0).mean(axis=0).max()),
        CapacityAction.asked_level: asked[PlannedDemand.level].max(),
    }
    return row | {f"p{level}_{name}": pair[at] for name, pair in found.items() for at, level in enumerate(_LEVELS)}


def _ranked(months: Floats) -> tuple[float, float]:
    """Quantiles of months, missing where they are not seen to end."""
    low, high = np.sort(months)[[math.ceil(len(months) * level / 100) - 1 for level in _LEVELS]]
    return tuple(float(value) if np.isfinite(value) else math.nan for value in (low, high))  # type: ignore[return-value]


def _waiting(made: SkillDraws, first: int) -> Floats:
    """Work that waits at the end of each month from the gap's first on, where own time left over goes into it."""
    spare = np.clip(made.supply - made.demand, 0.0, None)
    waits = np.zeros(len(made.short))
    months = []
    for month in range(first, made.short.shape[1]):
        waits = np.maximum(0.0, waits + made.short[:, month] - np.where(made.short[:, month] > 0, 0.0, spare[:, month]))
        months.append(waits)
    found: Floats = np.column_stack(months)
    return found


def _dates(start: pd.Timestamp, leads: tuple[float, float], status_date: pd.Timestamp) -> dict[str, object]:
    today = status_date.normalize()
    hire, train = (start - pd.Timedelta(days=math.ceil(days)) for days in leads)
    there = today + pd.Timedelta(days=math.ceil(leads[0]))
    return {
        CapacityAction.hire_by_date: hire,
        CapacityAction.is_hire_late: hire < today,
        CapacityAction.hire_from_month: max(start, (there + pd.offsets.MonthBegin(0)).normalize()),
        CapacityAction.train_by_date: train,
        CapacityAction.is_train_late: train < today,
    }


def _open(row: dict[str, object]) -> list[str]:
    can_train = bool(row[CapacityAction.lower_level_count]) or bool(row[CapacityAction.neighbour_count])
    is_open = {
        HIRE: not row[CapacityAction.is_hire_late],
        TRAIN: can_train and not row[CapacityAction.is_train_late],
        CONTRACTOR: True,
        DELAY: True,
    }
    return [course for course, holds in is_open.items() if holds]


def near_persons(inputs: CapacityInputs, skill_id: str, level: int, since: pd.Timestamp) -> tuple[list[str], list[str]]:
    """Persons who could be trained to a level of a skill and are there then: one or two levels below, neighbours.

    Those below are nearest first; neighbours have the level or more in a skill
    of the same category of the register, and are not below.
    """
    calendar = inputs.planned_calendar_by_person_month
    there = calendar.loc[calendar[Planned.period_month] >= since, Planned.person_id].unique()
    rows = inputs.person_skill[inputs.person_skill[PersonSkill.person_id].isin(there)]
    last = rows.sort_values(PersonSkill.assessed_on_date).drop_duplicates(
        [PersonSkill.person_id, PersonSkill.skill_id], keep="last"
    )
    own = last[last[PersonSkill.skill_id] == skill_id]
    is_below = (own[PersonSkill.level] < level) & (own[PersonSkill.level] >= max(1, level - _NEAR_LEVELS))
    below = own[is_below].sort_values([PersonSkill.level, PersonSkill.person_id], ascending=[False, True])
    category = inputs.skill.set_index(Skill.skill_id)[Skill.category].dropna().to_dict()
    alike = [name for name, kind in category.items() if name != skill_id and kind == category.get(skill_id)]
    others = last[last[PersonSkill.skill_id].isin(alike) & (last[PersonSkill.level] >= max(1, level))]
    can = set(own.loc[own[PersonSkill.level] >= max(1, level), PersonSkill.person_id]) | set(
        below[PersonSkill.person_id]
    )
    return below[PersonSkill.person_id].to_list(), sorted(set(others[PersonSkill.person_id]) - can)


def _trainable(inputs: CapacityInputs, skill_id: str, level: Any, since: pd.Timestamp) -> dict[str, object]:
    asked = 0 if pd.isna(level) else int(level)
    below, neighbours = near_persons(inputs, skill_id, asked, since)
    return {CapacityAction.lower_level_count: len(below), CapacityAction.neighbour_count: len(neighbours)}


def _costs(
    made: SkillDraws, gap: np.ndarray, rates: dict[str, float | None], hire_cost: float | None
) -> dict[str, object]:
    """What the gap costs as hire, contractor and delay, P50 and P80; missing where a part is not stated or known."""
    short, one = made.short[:, gap].sum(axis=1) / _HOUR, made.one[:, gap].sum(axis=1) / _HOUR
    persons = np.ceil(np.divide(short, one, out=np.full(short.shape, math.nan), where=one > 0).round(9))
    own, bought, waited = rates[HIRE], rates[CONTRACTOR], rates[DELAY]
    parts = {
        HIRE: None if own is None or hire_cost is None else short * own + persons * hire_cost,
        CONTRACTOR: None if bought is None else short * bought,
        DELAY: None if waited is None else _waiting(made, int(gap[0])).sum(axis=1) / _HOUR * waited,
    }
    found: dict[str, object] = {}
    for course, values in parts.items():
        pair = (math.nan, math.nan) if values is None else _quantiles(values)
        found |= {f"p{level}_{course}_amount": pair[at] for at, level in enumerate(_LEVELS)}
    return found
