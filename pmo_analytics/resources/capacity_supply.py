"""Working time to come by skill and level, as draws: who leaves, leave taken, and what reaches projects.

A person's time is there once, whatever they can do. It is shared out over the
skills and levels they can serve so that loads, demand over time, come as near to
equal as skills allow: each person's shares go again and again with the
load they meet, until they rest (proportional response, Wu and Zhang 2007). Time
that nothing asks for is shared equally.

From the calendar's time are taken: leave, as large a share as in the same month
of the last year; what did not reach projects, by the share of available time
that was booked on them in the last twelve months, drawn in blocks of three, of
the skill's own persons where they are enough; and persons who leave, at a rate
as uncertain as the leavers of two years are few (gamma with Jeffreys' prior).
The fewer persons, the further leave, and where the skill has no focus of its
own that too, may lie from the mean: by persons' own spread over the root of
their number. Nobody is hired. Draws are named by what they are of, so that one
more person, skill or project changes no other draw. Sources: by the usual
definition of focus and attrition; common random numbers after Law (2015).

Worked example: Ann has skills a and b, Bo has b alone, 100 hours each; 60 are
asked of a and 90 of b. Equal loads would be 150/200 = 0.75: Ann gives 80 of her
hours to a and 20 to b, so that a has 60 of 80 and b 90 of 120.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pmo_analytics.contracts.people import PersonSkill
from pmo_analytics.forecasting.discrete_risks import stream
from pmo_analytics.forecasting.quantile_scores import Floats
from pmo_analytics.resources.delivery_factors import ATTRITION, FEWEST_MONTHS, FOCUS, LEAVE, YEAR, DeliveryFactor

TOP_LEVEL, BLOCK = 7, 3
ROUNDS, NEAR = 500, 1e-5
_PURPOSE = ["skill_id", "asked_level"]


@dataclass(frozen=True)
class SkillTime:
    """Calendar time to come, shared out: `seconds` has the shape (skills, levels 0 to 7, months).

    `persons` (skills, months) are the shares of persons that stand behind it.
    """

    skills: tuple[str, ...]
    months: tuple[pd.Timestamp, ...]
    seconds: Floats
    persons: Floats


@dataclass(frozen=True)
class Delivery:
    """What of a calendar's time reaches projects, in draws that all skills share.

    `focus` (past months, in order) is that of all persons, `own_focus` that of
    skills with enough of them; `spread` is that of persons' own focus. `leave`,
    `leave_spread` and `leave_persons` (12,) are by calendar month, January first. `places`
    (draws, months) picks past months, `stays` (draws,) is the chance to stay
    for a month.
    """

    focus: Floats
    spread: float
    own_focus: dict[str, Floats]
    leave: Floats
    leave_spread: Floats
    leave_persons: Floats
    places: NDArray[np.int64]
    stays: Floats
    seed: int


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
    last = last[last[PersonSkill.person_id].isin(planned_calendar["person_id"].unique())]
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


def with_skills(time: SkillTime, more: list[str]) -> SkillTime:
    """The same time with further skills, which nobody has."""
    if not more:
        return time
    skills = tuple(sorted({*time.skills, *more}))
    places = [skills.index(skill) for skill in time.skills]
    seconds = np.zeros((len(skills), *time.seconds.shape[1:]))
    persons = np.zeros((len(skills), len(time.months)))
    seconds[places], persons[places] = time.seconds, time.persons
    return SkillTime(skills, time.months, seconds, persons)


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


def delivery(delivery_factor: pd.DataFrame, months: int, *, draws: int, seed: int) -> Delivery | None:
    """The draws of `months` from a `DeliveryFactor` frame; None where fewer than nine months of focus are known."""
    kind, skill = delivery_factor[DeliveryFactor.factor_kind], delivery_factor[DeliveryFactor.skill_id]
    of_all = delivery_factor[(kind == FOCUS) & skill.isna()].tail(YEAR)
    focus = of_all[DeliveryFactor.factor_share].to_numpy(dtype=float)
    if len(focus) < FEWEST_MONTHS:
        return None
    own = delivery_factor[(kind == FOCUS) & skill.notna()].groupby(DeliveryFactor.skill_id)
    by_skill = {str(name): rows[DeliveryFactor.factor_share].to_numpy(dtype=float)[-YEAR:] for name, rows in own}
    leave, leave_spread, leave_persons = _by_calendar_month(delivery_factor[kind == LEAVE])
    # Blocks are drawn of blocks drawn before, so that a year's being few months shows in all months of a draw.
    generator, kept = stream(seed, FOCUS), YEAR // BLOCK
    year = generator.integers(0, len(focus), size=(draws, kept))
    # Blocks come first, so that looking further ahead changes no nearer month.
    starts = np.take_along_axis(year, generator.integers(0, kept, size=(-(-months // BLOCK), draws)).T, axis=1)
    places = (starts[:, :, None] + np.arange(BLOCK)).reshape(draws, -1)[:, :months] % len(focus)
    known = delivery_factor[kind == ATTRITION].iloc[0]
    exposed = float(known[DeliveryFactor.person_months])
    leavers = float(known[DeliveryFactor.factor_share]) * exposed
    rate = stream(seed, ATTRITION).gamma(leavers + 0.5, 1.0 / exposed, draws) if exposed > 0 else np.zeros(draws)
    spread = float(of_all[DeliveryFactor.person_spread].fillna(0.0).mean())
    return Delivery(focus, spread, by_skill, leave, leave_spread, leave_persons, places, np.exp(-rate), seed)


def _by_calendar_month(leave: pd.DataFrame) -> tuple[Floats, Floats, Floats]:
    """Share of leave, persons' spread and number, January first, (12,); a month not known has the mean of all."""
    months = leave[DeliveryFactor.period_month].dt.month
    found = []
    for name in (DeliveryFactor.factor_share, DeliveryFactor.person_spread, DeliveryFactor.person_months):
        by_month = leave[name].groupby(months).mean()
        mean = float(by_month.mean()) if len(by_month) else 0.0
        found.append(by_month.reindex(range(1, YEAR + 1)).fillna(mean).to_numpy(dtype=float))
    return found[0], found[1], found[2]


def skill_supply(
    time: SkillTime, place: int, delivered: Delivery, focus_factor: Floats | None = None
) -> tuple[Floats, Floats]:
    """Time of one skill that reaches projects, shape (draws, levels, months), and the share of the calendar's that is.

    `focus_factor` (months,) multiplies focus. The share, shape (draws, months),
    is that of a person who does not leave.
    """
    skill, persons, n = time.skills[place], time.persons[place], len(time.months)
    root = np.sqrt(np.maximum(persons, 1.0))
    own = delivered.own_focus.get(skill)
    draws = len(delivered.stays)
    noise = stream(delivered.seed, "persons", skill)
    if own is not None and len(own) == len(delivered.focus):
        focus = own[delivered.places]
    else:
        # The same few persons month after month: one deviation for all months of a draw.
        focus = delivered.focus[delivered.places] + noise.standard_normal((draws, 1)) * delivered.spread / root
    month = [when.month - 1 for when in time.months]
    apart = stream(delivered.seed, LEAVE, skill).standard_normal((n, draws)).T
    # These persons differ from a mean that is itself one of so many persons.
    parts = np.sqrt(1.0 / root**2 + 1.0 / np.maximum(delivered.leave_persons[month], 1.0))
    leave = np.clip(delivered.leave[month] + apart * delivered.leave_spread[month] * parts, 0.0, 1.0)
    share = focus.clip(min=0.0) * (1.0 - leave) * (1.0 if focus_factor is None else focus_factor)
    found: Floats = time.seconds[place][None] * (share * _left(persons, delivered, skill))[:, None, :]
    return found, share


def _left(persons: Floats, delivered: Delivery, skill: str) -> Floats:
    """Share of a skill's persons that have not left, shape (draws, months): each stays until a month of their own."""
    seats = int(np.ceil(persons.max(initial=0.0)))
    draws, n = len(delivered.stays), len(persons)
    if seats == 0:
        return np.ones((draws, n))
    # Seats come first, so that one more person changes nobody else's month.
    chance = stream(delivered.seed, "leavers", skill).random((seats, draws), dtype=np.float32)
    stays = np.minimum(np.log(delivered.stays), -1e-12)
    # Who leaves in a month is there for half of it, taken over all.
    last = np.minimum(np.log(np.maximum(chance, 1e-12)) / stays + 0.5, n).astype(np.int16)
    found = np.ones((draws, n))
    for month in range(n):
        whole = int(persons[month])
        there = (last[:whole] > month).sum(axis=0, dtype=np.int32).astype(float)
        if persons[month] > whole:
            there += (persons[month] - whole) * (last[whole] > month)
        if persons[month] > 0:
            found[:, month] = there / persons[month]
    return found
