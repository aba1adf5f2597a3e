"""Working time to come by skill and level, as draws: who leaves, leave taken, and what reaches projects.

A person's time is there once, whatever they can do. It is shared out over the
skills and levels they can serve so that loads, demand over time, come as near to
equal as skills allow: each person's shares go again and again with the
load they meet, until they rest (proportional response, Wu and Zhang 2007). Time
that nothing asks for is shared equally.

From the calendar's time are taken: leave, as large a share as in the same month
of the last year; what did not reach projects, by the share of available time
that was booked on them in the last twelve months, drawn in blocks of three; and
persons who leave, at the rate of the last two years, drawn by skill. Nobody is
hired. Source of the parts: by the usual definition of focus and attrition.

Worked example: Ann has skills a and b, Bo has b alone, 100 hours each; 60 are
asked of a and 90 of b. Equal loads would be 150/200 = 0.75: Ann gives 80 of her
hours to a and 20 to b, so that a has 60 of 80 and b 90 of 120.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Number, Text, checked, required
from pmo_analytics.contracts.marts import AvailabilityByPersonMonth as Available
from pmo_analytics.contracts.marts import EffortByPersonMonth as Effort
from pmo_analytics.contracts.people import Person, PersonSkill
from pmo_analytics.forecasting.quantile_scores import Floats

TOP_LEVEL = 7
YEAR, BLOCK = 12, 3
ROUNDS, NEAR = 500, 1e-5
_PURPOSE = ["skill_id", "asked_level"]
FEWEST_MONTHS = 9
ATTRITION_MONTHS = 24
DAYS_A_MONTH = 365.25 / 12
FOCUS, LEAVE, ATTRITION = "focus", "leave", "attrition"


class DeliveryFactor(Contract):
    """One row per factor and month of the past; attrition has one, in the month of the status date.

    Key: factor_kind, period_month. `factor_share`, 0 to 1 as a rule: focus is
    time booked on known projects over time available, above 1 with overtime;
    leave is absence over the calendar's time; attrition the chance that a person
    leaves within a month.
    """

    factor_kind: Text = required(isin=[FOCUS, LEAVE, ATTRITION])
    period_month: Date = required()
    factor_share: Number = required(ge=0)


@dataclass(frozen=True)
class SkillTime:
    """Calendar time to come, shared out: `seconds` has the shape (skills, levels 0 to 7, months).

    `persons` (skills, months) are the shares of persons that stand behind it.
    """

    skills: tuple[str, ...]
    months: tuple[pd.Timestamp, ...]
    seconds: Floats
    persons: Floats


def equal_loads(
    shares: Floats, hours: Floats, demand: Floats, person: NDArray[np.int64], purpose: NDArray[np.int64]
) -> Floats:
    """Shares of persons' time by pair of person and purpose, moved until loads are as near to equal as they can be.

    `shares`, `person` and `purpose` have one entry per pair, `hours` one per
    person, `demand` one per purpose. A person none of whose purposes is asked
    for keeps the shares given. Sums of shares stay 1.
    """
    for _ in range(ROUNDS):
        time = np.bincount(purpose, weights=shares * hours[person], minlength=len(demand))
        load = np.divide(demand, time, out=np.zeros(len(demand)), where=time > 0)
        pulled = shares * load[purpose]
        total = np.bincount(person, weights=pulled, minlength=len(hours))
        moved = np.where(total[person] > 0, pulled / np.where(total > 0, total, 1.0)[person], shares)
        if np.abs(moved - shares).max(initial=0.0) < NEAR:
            return moved
        shares = moved
    return shares


def shared_time(
    planned_calendar: pd.DataFrame, person_skill: pd.DataFrame, asked: pd.DataFrame, months: tuple[pd.Timestamp, ...]
) -> SkillTime:
    """Calendar time of `months` by skill and level, from the mart of planned calendars and the last assessments.

    `asked` has skill_id, level, period_month and expected_seconds; a skill of it
    that nobody has is there without time. Persons without a skill are in nothing.
    """
    last = person_skill.sort_values(PersonSkill.assessed_on_date).drop_duplicates(
        [PersonSkill.person_id, PersonSkill.skill_id], keep="last"
    )
    last = last[last[PersonSkill.person_id].isin(planned_calendar["person_id"])]
    known = sorted({*last[PersonSkill.skill_id], *asked[PersonSkill.skill_id]})
    people = pd.Index(sorted(last[PersonSkill.person_id].unique()))
    levels = asked[PersonSkill.level].fillna(0).astype("int64")
    wanted = asked.assign(asked_level=levels).pivot_table(
        index=_PURPOSE, columns="period_month", values="expected_seconds", aggfunc="sum"
    )
    wanted = wanted.reindex(columns=list(months)).fillna(0.0)
    pairs = _pairs(last, wanted.index.to_frame(index=False))
    person = people.get_indexer(pd.Index(pairs[PersonSkill.person_id]))
    skill = pd.Index(known).get_indexer(pd.Index(pairs[PersonSkill.skill_id]))
    level = pairs[PersonSkill.level].to_numpy(dtype=np.int64)
    # What nothing is asked of in any month is a purpose of its own, the last.
    purpose = wanted.index.get_indexer(pd.MultiIndex.from_frame(pairs[_PURPOSE]))
    purpose = np.where(purpose < 0, len(wanted), purpose)
    demand = np.vstack([wanted.to_numpy(dtype=float), np.zeros((1, len(months)))])
    table = planned_calendar.pivot_table(index="person_id", columns="period_month", values="calendar_seconds")
    hours = table.reindex(index=people, columns=list(months)).fillna(0.0).to_numpy(dtype=float)
    start = 1.0 / np.bincount(person, minlength=len(people))[person] if len(person) else np.empty(0)
    seconds = np.zeros((len(known), TOP_LEVEL + 1, len(months)))
    persons = np.zeros((len(known), len(months)))
    for place in range(len(months)):
        shares = equal_loads(start, hours[:, place], demand[:, place], person, purpose)
        np.add.at(seconds[:, :, place], (skill, level), shares * hours[person, place])
        persons[:, place] = np.bincount(skill, weights=shares * (hours[person, place] > 0), minlength=len(known))
    return SkillTime(tuple(known), months, seconds, persons)


def _pairs(last: pd.DataFrame, purposes: pd.DataFrame) -> pd.DataFrame:
    """A row for each person and purpose they can serve: a level of a skill that is asked for, not above their own.

    A skill of theirs that nothing reachable is asked of is a row with level -1.
    """
    columns = [PersonSkill.person_id, PersonSkill.skill_id, PersonSkill.level]
    both = last[columns].merge(purposes, on=PersonSkill.skill_id)
    both = both[both["asked_level"] <= both[PersonSkill.level]]
    served = pd.MultiIndex.from_frame(both[columns[:2]])
    idle = last[columns][~pd.MultiIndex.from_frame(last[columns[:2]]).isin(served)]
    found = pd.concat([both, idle.assign(asked_level=-1)], ignore_index=True)
    return found.astype({"asked_level": "int64"})


def delivery_factor(
    effort_by_person_month: pd.DataFrame,
    availability_by_person_month: pd.DataFrame,
    person: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
) -> DataFrame[DeliveryFactor]:
    """What stands between a calendar's time and projects, from the last year or two up to `status_date`.

    Takes the marts of effort and availability by person and month and the
    register `person`. Rows are by factor and month.
    """
    focus = _focus(effort_by_person_month, availability_by_person_month, status_date).tail(YEAR)
    leave = _leave(availability_by_person_month, status_date)
    first = pd.Timestamp(status_date.year, status_date.month, 1)
    found = [(FOCUS, month, share) for month, share in focus.items()]
    found += [(LEAVE, month, share) for month, share in leave.items()]
    found.append((ATTRITION, first, _attrition(person, status_date)))
    frame = pd.DataFrame(found, columns=list(DeliveryFactor.to_schema().columns))
    return checked(DeliveryFactor, frame)


def _focus(effort: pd.DataFrame, availability: pd.DataFrame, status_date: pd.Timestamp) -> pd.Series[float]:
    """Share of available time that was booked on known projects, by whole month.

    Persons whose availability is not known are in neither part. A month in which
    nothing at all was booked is left out, since its timesheets are missing.
    """
    whole = availability[Available.period_month] + pd.offsets.MonthBegin(1) <= status_date + pd.Timedelta(days=1)
    booked = effort[effort[Effort.project_id].notna()]
    key = [Effort.person_id, Effort.period_month]
    sums = availability[whole].merge(
        booked.groupby(key, as_index=False)[Effort.duration_seconds].sum(), on=key, how="left"
    )
    by_month = sums.groupby(Available.period_month)[[Effort.duration_seconds, Available.available_seconds]].sum()
    booked_seconds, available = by_month[Effort.duration_seconds], by_month[Available.available_seconds]
    is_known = (booked_seconds > 0) & (available > 0)
    return (booked_seconds[is_known] / available[is_known]).sort_index()


def _leave(availability: pd.DataFrame, status_date: pd.Timestamp) -> pd.Series[float]:
    """Share of the calendar's time that was leave, by month of the last twelve."""
    since = status_date - pd.DateOffset(months=YEAR)
    month = availability[Available.period_month]
    columns = [Available.absence_seconds, Available.calendar_seconds]
    sums = availability[(month > since) & (month <= status_date)].groupby(Available.period_month)[columns].sum()
    sums = sums[sums[Available.calendar_seconds] > 0]
    return sums[Available.absence_seconds] / sums[Available.calendar_seconds]


def _attrition(person: pd.DataFrame, status_date: pd.Timestamp) -> float:
    """Chance that a person leaves within a month: leavers of the last two years over the months worked in them."""
    start = status_date - pd.DateOffset(months=ATTRITION_MONTHS)
    joined, left = person[Person.joined_date].fillna(start), person[Person.left_date]
    begin, end = joined.mask(joined < start, start), left.fillna(status_date).mask(left > status_date, status_date)
    worked = float(((end - begin).dt.days.clip(lower=0) / DAYS_A_MONTH).sum())
    leavers = int(((left > start) & (left <= status_date)).sum())
    return leavers / worked if worked > 0 else 0.0


def leave_shares(delivery_factor: pd.DataFrame) -> Floats:
    """Share of leave by calendar month, January first, shape (12,); a month that is not known has the mean of all."""
    rows = delivery_factor[delivery_factor[DeliveryFactor.factor_kind] == LEAVE]
    by_month = rows.groupby(rows[DeliveryFactor.period_month].dt.month)[DeliveryFactor.factor_share].mean()
    mean = float(by_month.mean()) if len(by_month) else 0.0
    found: Floats = by_month.reindex(range(1, YEAR + 1)).fillna(mean).to_numpy(dtype=float)
    return found


def supply_draws(
    time: SkillTime, focus: Floats, leave: Floats, attrition: float, generator: np.random.Generator, *, draws: int
) -> Floats:
    """Time that reaches projects, shape (draws, skills, levels, months); `focus` are past shares by month, in order.

    A draw's months of focus come in blocks of three neighbouring past months.
    How many of a skill's persons are left is binomial, taken as normal, and goes
    with one chance over all months of a draw, since who has left stays away.
    """
    recent = np.asarray(focus, dtype=float)[-YEAR:]
    n = len(time.months)
    starts = generator.integers(0, len(recent), size=(draws, -(-n // BLOCK)))
    places = (starts[:, :, None] + np.arange(BLOCK)).reshape(draws, -1)[:, :n] % len(recent)
    there = recent[places] * (1.0 - leave[[month.month - 1 for month in time.months]])
    stay = (1.0 - attrition) ** np.arange(1, n + 1)
    spread = np.sqrt(stay * (1.0 - stay) / np.maximum(time.persons, 1.0))
    chance = generator.standard_normal((draws, len(time.skills), 1))
    left = np.clip(stay + chance * spread, 0.0, 1.0)
    found: Floats = time.seconds[None] * (left * there[:, None, :])[:, :, None, :]
    return found
