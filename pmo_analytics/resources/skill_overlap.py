"""Skills that several projects ask for in the same month, beyond what there is.

Demand of a level is met by persons of that level or a higher one, so what is
short is the largest shortage over levels: demand at a level and above, less
capacity at it and above. Source: by the usual definition of a capacity gap;
levels after SFIA. Demand of no level counts at the lowest.

Worked example: A asks for 100 hours at level 4 in June and B for 80 at level 3.
There are 60 hours at level 4 and 90 at level 3. At level 4 100 are asked for of
60: 40 short; at level 3 and above 180 of 150: 30 short. 40 hours are short.
"""

from __future__ import annotations

import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Number, Text, Whole, checked, required
from pmo_analytics.contracts.marts import CapacityBySkillMonth as Capacity
from pmo_analytics.contracts.people import Demand, planned_demand_of


class SkillOverlap(Contract):
    """One row per skill and month from the reporting month on in which two projects or more ask for more than is there.

    Key: skill_id, period_month; the largest shortage first. `demand_seconds` and
    `capacity_seconds` are of all levels, so their difference may be less than
    what is short. `project_ids` are joined by a comma.
    """

    skill_id: Text = required()
    period_month: Date = required()
    project_count: Whole = required(ge=0)
    project_ids: Text = required()
    demand_seconds: Number = required(ge=0)
    capacity_seconds: Number = required(ge=0)
    short_seconds: Number = required(ge=0)


def skill_overlap(
    demand: pd.DataFrame, capacity_by_skill_month: pd.DataFrame, *, status_date: pd.Timestamp
) -> DataFrame[SkillOverlap]:
    """Where projects compete for a skill. Takes the register `demand` and the mart `capacity_by_skill_month`.

    A skill and month that no capacity is known of has none. What is sure not to
    come about, as an undecided proposal's plan with a certainty of 0, competes
    with nothing.
    """
    month = status_date.replace(day=1)
    planned = planned_demand_of(demand)
    asked = planned[(planned[Demand.period_month] >= month) & (planned[Demand.demand_seconds] > 0)]
    key = [Demand.skill_id, Demand.period_month]
    there = dict(list(capacity_by_skill_month.groupby(key)))
    found = []
    for (skill, period), rows in asked.groupby(key):
        capacity = there.get((skill, period), capacity_by_skill_month.iloc[:0])
        projects = sorted(rows[Demand.project_id].unique())
        short = max(_short(rows, capacity, level) for level in (0, *rows[Demand.level].dropna()))
        if len(projects) > 1 and short > 0:
            found.append(
                {
                    SkillOverlap.skill_id: skill,
                    SkillOverlap.period_month: period,
                    SkillOverlap.project_count: len(projects),
                    SkillOverlap.project_ids: ", ".join(projects),
                    SkillOverlap.demand_seconds: rows[Demand.demand_seconds].sum(),
                    SkillOverlap.capacity_seconds: capacity[Capacity.capacity_seconds].sum(),
                    SkillOverlap.short_seconds: short,
                }
            )
    frame = pd.DataFrame(found, columns=list(SkillOverlap.to_schema().columns))
    order = [SkillOverlap.short_seconds, SkillOverlap.period_month, SkillOverlap.skill_id]
    return checked(SkillOverlap, frame.sort_values(order, ascending=[False, True, True], ignore_index=True))


def _short(demand: pd.DataFrame, capacity: pd.DataFrame, level: int) -> float:
    """Time asked for at a level and above, less what there is; above level 0 what asks for any level is left out."""
    asked = demand[demand[Demand.level].fillna(0) >= level][Demand.demand_seconds].sum()
    return float(asked - capacity[capacity[Capacity.level] >= level][Capacity.capacity_seconds].sum())
