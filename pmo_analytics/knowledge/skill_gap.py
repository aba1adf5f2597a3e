"""What is asked of each skill beyond who has it, by level and month, in hours and persons.

A level is met by persons of it or above, so that demand at a level and above is
held against time at it and above; demand of no level counts at 0. What falls
short of a skill in a month is the largest shortage over levels, and that level
is the binding one. Plans count by their certainty, time is the calendar's, of
every skill of a person once more: where no forecast is passed a gap is thus the
least that plans alone tell. Where the forecast of capacity is passed, its chance
and hours stand beside, and its mean is what there is to close: no
distribution is made here. Sources: by the usual definition of a capacity gap;
levels after SFIA.

Worked example: 100 hours of SQL at level 4 and 80 at level 3 are asked for in
July, the second with a certainty of 0.5. One person has level 4 and 160 hours,
one level 2. At level 4 nothing is short, at 3 and above 140 of 160 are asked.
With 90 hours there, 10 are short at 4 and 50 at 3, which binds: of a person of
90 hours a month that is 0.56.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Flag, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.marts import CapacityBySkillMonth as Capacity
from pmo_analytics.contracts.marts import DemandBySkillMonth as Asked
from pmo_analytics.contracts.people import Skill
from pmo_analytics.knowledge.skill_matrix import NO_CATEGORY

MONTHS = 12
_KEY = ["skill_id", "period_month"]
# Of the analysis `capacity_outlook`, which another domain makes.
_FORECAST = ["shortfall_probability", "mean_short_seconds", "p50_short_seconds", "p80_short_seconds"]


class SkillGap(Contract):
    """One row per skill, level and month to come in which the level is asked for.

    Key: skill_id, asked_level, period_month. Times and persons are of the level
    and above; `expected_seconds` are by certainty. `gap_seconds` is what is short
    by plan, `gap_fte` that over the calendar month of one person of the skill.
    `is_binding` marks the level at which the month is shortest. Chance and
    hours of the forecast are of the skill and month, the same in every row of
    it. `to_close_seconds` is the forecast's mean where there is one, else
    the gap by plan; it stands in the binding row alone, so that it may be summed.
    """

    skill_id: Text = required()
    category: Text = required()
    asked_level: Whole = required(ge=0, le=7)
    period_month: Date = required()
    demand_seconds: Number = required(ge=0)
    expected_seconds: Number = required(ge=0)
    capacity_seconds: Number = required(ge=0)
    person_count: Whole = required(ge=0)
    gap_seconds: Number = required(ge=0)
    gap_fte: Number = optional(ge=0)
    is_binding: Flag = required()
    shortfall_probability: Number = optional(ge=0, le=1)
    p50_short_seconds: Number = optional(ge=0)
    p80_short_seconds: Number = optional(ge=0)
    to_close_seconds: Number = required(ge=0)
    quality_note: Text = required()


def skill_gap(
    demand_by_skill_month: pd.DataFrame,
    capacity_by_skill_month: pd.DataFrame,
    capacity_outlook: pd.DataFrame,
    skill: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
    months: int = MONTHS,
) -> DataFrame[SkillGap]:
    """Gaps of the whole months after the reporting date, from two marts, the capacity forecast and a register.

    An empty `capacity_outlook` leaves the forecast's columns empty. Plans with
    no certainty at all ask for nothing. Rows are by category, skill, month and level.
    """
    axis = _months(status_date, months)
    asked = demand_by_skill_month[
        demand_by_skill_month[Asked.period_month].isin(axis) & (demand_by_skill_month[Asked.expected_seconds] > 0)
    ]
    there = dict(list(capacity_by_skill_month.groupby(_KEY)))
    none = capacity_by_skill_month.iloc[:0]
    rows: list[dict[str, object]] = []
    for (skill_id, month), group in asked.groupby(_KEY):
        rows += _levels(str(skill_id), month, group, there.get((skill_id, month), none))
    frame = pd.DataFrame(rows, columns=[*_OWN]).astype({SkillGap.period_month: "datetime64[ns]"})
    frame = frame.merge(capacity_outlook[[*_KEY, *_FORECAST]], on=_KEY, how="left")
    known = skill.set_index(Skill.skill_id)[Skill.category].dropna()
    frame[SkillGap.category] = frame[SkillGap.skill_id].map(known).fillna(NO_CATEGORY)
    mean = frame["mean_short_seconds"].astype(float)
    is_binding = frame[SkillGap.is_binding].astype(bool)
    gap = frame[SkillGap.gap_seconds].astype(float)
    frame[SkillGap.to_close_seconds] = mean.fillna(gap).where(is_binding, 0.0)
    frame[SkillGap.quality_note] = np.where(mean.isna(), "by plan alone: no forecast of this skill and month", "")
    order = [SkillGap.category, SkillGap.skill_id, SkillGap.period_month, SkillGap.asked_level]
    frame = frame.sort_values(order, ignore_index=True)
    return checked(SkillGap, frame.reindex(columns=list(SkillGap.to_schema().columns)))


def _months(status_date: pd.Timestamp, months: int) -> pd.DatetimeIndex:
    first = (status_date.normalize() + pd.Timedelta(days=1) + pd.offsets.MonthBegin(0)).normalize()
    return pd.date_range(first, periods=months, freq="MS")


_OWN = (
    SkillGap.skill_id, SkillGap.asked_level, SkillGap.period_month, SkillGap.demand_seconds, SkillGap.expected_seconds,
    SkillGap.capacity_seconds, SkillGap.person_count, SkillGap.gap_seconds, SkillGap.gap_fte, SkillGap.is_binding,
)  # fmt: skip


def _levels(skill_id: str, month: object, asked: pd.DataFrame, there: pd.DataFrame) -> list[dict[str, object]]:
    """A row for each level that is asked for in a month, the binding one marked."""
    wanted = asked[Asked.level].fillna(0)
    persons = int(there[Capacity.person_count].sum())
    one = float(there[Capacity.capacity_seconds].sum()) / persons if persons else 0.0
    rows: list[dict[str, object]] = []
    short: list[float] = []
    for level in sorted(int(value) for value in wanted.unique()):
        above, able = asked[wanted >= level], there[there[Capacity.level] >= level]
        expected = float(above[Asked.expected_seconds].sum())
        capacity = float(able[Capacity.capacity_seconds].sum())
        short.append(expected - capacity)
        gap = max(0.0, expected - capacity)
        rows.append(
            {
                SkillGap.skill_id: skill_id,
                SkillGap.asked_level: level,
                SkillGap.period_month: month,
                SkillGap.demand_seconds: float(above[Asked.demand_seconds].sum()),
                SkillGap.expected_seconds: expected,
                SkillGap.capacity_seconds: capacity,
                SkillGap.person_count: int(able[Capacity.person_count].sum()),
                SkillGap.gap_seconds: gap,
                SkillGap.gap_fte: gap / one if one > 0 else (0.0 if gap == 0 else None),
                SkillGap.is_binding: False,
            }
        )
    # Of levels equally short the highest binds: who reaches it serves the others too.
    binding = max(range(len(short)), key=lambda place: (short[place], place))
    rows[binding][SkillGap.is_binding] = True
    return rows
