"""What stands between a calendar's time and projects: focus, leave and leavers, as they were.

Focus is time booked on projects over time available, so that what else there is
to do, run work included, is not in it. It is told for all persons, and for each
skill that five persons or more have had in every month; of fewer it would tell
how persons work. Who has several skills counts in each by an equal part. How
far persons' own shares lie apart says how much a small group may differ. Source
of the parts: by the usual definition of focus, absence and attrition.

Worked example: two persons had 160 hours each in May. One was away for 40 and
booked 60 on projects, the other booked 130 on them: leave is 40/320 = 0.125,
focus 190/280 = 0.68. Their own shares of leave, 0.25 and 0, lie 0.125 from that.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Number, Text, checked, optional, required
from pmo_analytics.contracts.marts import AvailabilityByPersonMonth as Available
from pmo_analytics.contracts.marts import EffortByPersonMonth as Effort
from pmo_analytics.contracts.people import Person, PersonSkill
from pmo_analytics.contracts.portfolio import Project

YEAR = 12
FEWEST_MONTHS, FEWEST_PERSONS = 9, 5
ATTRITION_MONTHS = 24
DAYS_A_MONTH = 365.25 / 12
FOCUS, LEAVE, ATTRITION = "focus", "leave", "attrition"
_KEY = [Effort.person_id, Effort.period_month]


class DeliveryFactor(Contract):
    """One row per factor, skill and month of the past; attrition has one, in the month of the status date.

    Key: factor_kind, skill_id, period_month; without a skill it is of all
    persons. `factor_share`, 0 to 1 as a rule: focus is time booked on projects
    over time available, above 1 with overtime; leave is absence over the
    calendar's time; attrition the chance that a person leaves within a month.
    `person_spread` is the standard deviation of persons' own shares, missing
    where it is not used. `person_months` are the persons behind a month, and of
    attrition the months that persons were there in two years.
    """

    factor_kind: Text = required(isin=[FOCUS, LEAVE, ATTRITION])
    skill_id: Text = optional()
    period_month: Date = required()
    factor_share: Number = required(ge=0)
    person_spread: Number = optional(ge=0)
    person_months: Number = required(ge=0)


def delivery_factor(
    effort_by_person_month: pd.DataFrame,
    availability_by_person_month: pd.DataFrame,
    person: pd.DataFrame,
    person_skill: pd.DataFrame,
    project: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
    run_categories: Sequence[str] = (),
) -> DataFrame[DeliveryFactor]:
    """What stands between a calendar's time and projects, from the last year or two up to `status_date`.

    Takes the marts of effort and availability by person and month and three
    registers. `run_categories` are categories of projects that are run work,
    whatever their capitals. Rows are by factor, all persons before skills, and month.
    """
    run = {name.casefold() for name in run_categories}
    of_run = project[Project.project_id][project[Project.category].fillna("").astype(str).str.casefold().isin(run)]
    booked = effort_by_person_month[
        effort_by_person_month[Effort.project_id].notna() & ~effort_by_person_month[Effort.project_id].isin(of_run)
    ]
    sums = booked.groupby(_KEY, as_index=False)[Effort.duration_seconds].sum()
    rows = availability_by_person_month.merge(sums, on=_KEY, how="left")
    rows[Effort.duration_seconds] = rows[Effort.duration_seconds].fillna(0.0)
    focus, months = _focus(rows, status_date)
    parts = [focus, _focus_of_skills(rows, person_skill, months), _leave(rows, status_date)]
    parts.append(_attrition(person, status_date))
    found = pd.concat([part.reindex(columns=list(DeliveryFactor.to_schema().columns)) for part in parts])
    return checked(DeliveryFactor, found.reset_index(drop=True))


def _shares(rows: pd.DataFrame, part: str, whole: str) -> pd.DataFrame:
    """Sum over sum by month, the spread of persons' own shares around it, and how many persons there are."""
    used = rows[rows[whole] > 0]
    sums = used.groupby(Available.period_month)[[part, whole]].sum()
    share = sums[part] / sums[whole]
    apart = used[part] / used[whole] - used[Available.period_month].map(share)
    squares = (used[whole] * apart**2).groupby(used[Available.period_month]).sum()
    return pd.DataFrame(
        {
            DeliveryFactor.factor_share: share.clip(lower=0.0),
            DeliveryFactor.person_spread: np.sqrt(squares / sums[whole]),
            DeliveryFactor.person_months: used.groupby(Available.period_month).size().astype(float),
        }
    ).sort_index()


def _focus(rows: pd.DataFrame, status_date: pd.Timestamp) -> tuple[pd.DataFrame, pd.Index]:
    """Focus of all persons in the last twelve whole months with timesheets, and these months.

    A month in which nothing at all was booked is left out, since its timesheets
    are missing; persons whose availability is not known are in neither part.
    """
    is_whole = rows[Available.period_month] + pd.offsets.MonthBegin(1) <= status_date + pd.Timedelta(days=1)
    found = _shares(rows[is_whole], Effort.duration_seconds, Available.available_seconds)
    found = found[found[DeliveryFactor.factor_share] > 0].tail(YEAR)
    return found.reset_index().assign(factor_kind=FOCUS), found.index


def _focus_of_skills(rows: pd.DataFrame, person_skill: pd.DataFrame, months: pd.Index) -> pd.DataFrame:
    """Focus by skill in `months`, of skills that enough persons have in each of them."""
    pairs = person_skill[[PersonSkill.person_id, PersonSkill.skill_id]].drop_duplicates()
    part = 1.0 / pairs.groupby(PersonSkill.person_id)[PersonSkill.skill_id].transform("size")
    used = rows[rows[Available.period_month].isin(months) & (rows[Available.available_seconds] > 0)]
    both = used.merge(pairs.assign(part=part), on=PersonSkill.person_id)
    for name in (Effort.duration_seconds, Available.available_seconds):
        both[name] *= both["part"]
    by_month = both.groupby([PersonSkill.skill_id, Available.period_month])
    sums = by_month[[Effort.duration_seconds, Available.available_seconds]].sum()
    sums[DeliveryFactor.person_months] = by_month.size().astype(float)
    sums[DeliveryFactor.factor_share] = sums[Effort.duration_seconds] / sums[Available.available_seconds]
    least = sums.groupby(PersonSkill.skill_id)[DeliveryFactor.person_months].agg(["min", "size"])
    told = least.index[(least["min"] >= FEWEST_PERSONS) & (least["size"] == len(months))]
    found = sums[sums.index.get_level_values(PersonSkill.skill_id).isin(told)]
    return found.reset_index().assign(factor_kind=FOCUS, person_spread=math.nan)


def _leave(rows: pd.DataFrame, status_date: pd.Timestamp) -> pd.DataFrame:
    """Share of the calendar's time that was leave, by month of the last twelve."""
    since = status_date - pd.DateOffset(months=YEAR)
    month = rows[Available.period_month]
    found = _shares(
        rows[(month > since) & (month <= status_date)], Available.absence_seconds, Available.calendar_seconds
    )
    return found.reset_index().assign(factor_kind=LEAVE)


def _attrition(person: pd.DataFrame, status_date: pd.Timestamp) -> pd.DataFrame:
    """Chance that a person leaves within a month: leavers of the last two years over the months worked in them."""
    start = status_date - pd.DateOffset(months=ATTRITION_MONTHS)
    joined, left = person[Person.joined_date].fillna(start), person[Person.left_date]
    begin, end = joined.mask(joined < start, start), left.fillna(status_date).mask(left > status_date, status_date)
    worked = float(((end - begin).dt.days.clip(lower=0) / DAYS_A_MONTH).sum())
    leavers = int(((left > start) & (left <= status_date)).sum())
    return pd.DataFrame(
        [
            {
                DeliveryFactor.factor_kind: ATTRITION,
                DeliveryFactor.period_month: pd.Timestamp(status_date.year, status_date.month, 1),
                DeliveryFactor.factor_share: leavers / worked if worked > 0 else 0.0,
                DeliveryFactor.person_months: worked,
            }
        ]
    )
