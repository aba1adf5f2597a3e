"""How many persons stand behind each skill and level, and where a project hangs on one of them.

The cover of a skill at a level is the number of persons who have it at that
level or above: how many may be gone before nobody can do it. Below two with
demand ahead it is critical. A project has a single point of failure in a skill
when demand ahead asks for it and one person, or nobody, of those on the project
has it at the level; on a project is who is allocated to it in a month to come or
booked time on it in the last three. Source: by the usual definition of a bus
factor; that fewer than two are critical is this project's own convention.

Worked example: Ann has SQL at 4, Bo at 2; A asks for SQL at 3 in July. Two
persons have SQL at 2, one at 3: critical at 3, not at 2. Both are on A: A hangs
on Ann, and nobody beside her has SQL at 3.
"""

from __future__ import annotations

import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Flag, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.marts import EffortByPersonMonth as Effort
from pmo_analytics.contracts.people import Allocation, Demand, Skill, planned_demand_of
from pmo_analytics.knowledge.skill_matrix import NO_CATEGORY, SkillMatrix

FEWEST, BOOKED_MONTHS = 2, 3


class SkillCover(Contract):
    """One row per skill and level from 1 to the highest that anybody has or a plan asks for.

    Key: skill_id, level. `person_count` have the level or above, `stale_count`
    of them by a stale assessment and `self_count` by their own word alone.
    `demand_seconds` ahead ask for this level, what asks for any level for level
    1; `first_month` is the first of them. `is_thin` where fewer than two cover
    a level that is asked for.
    """

    skill_id: Text = required()
    category: Text = required()
    level: Whole = required(ge=1, le=7)
    person_count: Whole = required(ge=0)
    stale_count: Whole = required(ge=0)
    self_count: Whole = required(ge=0)
    demand_seconds: Number = required(ge=0)
    first_month: Date = optional()
    is_thin: Flag = required()


class SinglePoint(Contract):
    """One row per project, skill and level asked of it ahead that one person on it has, or nobody.

    Key: project_id, skill_id, asked_level. `person_id` is the one on the
    project who has it, empty where nobody has. `other_count` persons elsewhere
    have it too, and could step in. Months and time are those of the demand.
    """

    project_id: Text = required()
    skill_id: Text = required()
    asked_level: Whole = required(ge=0, le=7)
    person_id: Text = optional()
    on_project_count: Whole = required(ge=0)
    other_count: Whole = required(ge=0)
    first_month: Date = required()
    last_month: Date = required()
    demand_seconds: Number = required(ge=0)


def skill_cover(
    skill_matrix: pd.DataFrame,
    demand: pd.DataFrame,
    skill: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
    fewest: int = FEWEST,
) -> DataFrame[SkillCover]:
    """Persons by skill at or above each level beside demand ahead, from a `SkillMatrix` frame and two registers."""
    ahead = _ahead(demand, status_date)
    category = skill.set_index(Skill.skill_id)[Skill.category].dropna().to_dict()
    names = sorted({*skill_matrix[SkillMatrix.skill_id], *ahead[Demand.skill_id], *skill[Skill.skill_id]})
    rows: list[dict[str, object]] = []
    for name in names:
        held = skill_matrix[skill_matrix[SkillMatrix.skill_id] == name]
        asked = ahead[ahead[Demand.skill_id] == name]
        wanted = asked["asked"].clip(lower=1)
        top = max([1, *held[SkillMatrix.level], *wanted])
        for level in range(1, int(top) + 1):
            able = held[held[SkillMatrix.level] >= level]
            here = asked[wanted == level]
            rows.append(
                {
                    SkillCover.skill_id: name,
                    SkillCover.category: category.get(name, NO_CATEGORY),
                    SkillCover.level: level,
                    SkillCover.person_count: len(able),
                    SkillCover.stale_count: int(able[SkillMatrix.is_stale].sum()),
                    SkillCover.self_count: int((able[SkillMatrix.assessor_kind].str.lower() == "self").sum()),
                    SkillCover.demand_seconds: float(here[Demand.demand_seconds].sum()),
                    SkillCover.first_month: here[Demand.period_month].min(),
                    SkillCover.is_thin: len(able) < fewest and not here.empty,
                }
            )
    frame = pd.DataFrame(rows, columns=list(SkillCover.to_schema().columns))
    order = [SkillCover.category, SkillCover.skill_id, SkillCover.level]
    return checked(SkillCover, frame.sort_values(order, ignore_index=True))


def single_point(
    demand: pd.DataFrame,
    skill_matrix: pd.DataFrame,
    allocation: pd.DataFrame,
    effort_by_person_month: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
) -> DataFrame[SinglePoint]:
    """Where projects hang on one person or nobody, the most demand first, from registers, a matrix and a mart.

    A project on which nobody is, by plan or by bookings, is left out: that is
    a question of staffing.
    """
    ahead = _ahead(demand, status_date)
    team = _on_projects(allocation, effort_by_person_month, status_date)
    rows: list[dict[str, object]] = []
    for (project, name, wanted), asked in ahead.groupby([Demand.project_id, Demand.skill_id, "asked"]):
        level = int(str(wanted))
        if project not in team:
            continue
        held = skill_matrix[skill_matrix[SkillMatrix.skill_id] == name]
        able = set(held.loc[held[SkillMatrix.level] >= max(1, level), SkillMatrix.person_id])
        here = sorted(able & team[project])
        if len(here) > 1:
            continue
        rows.append(
            {
                SinglePoint.project_id: project,
                SinglePoint.skill_id: name,
                SinglePoint.asked_level: level,
                SinglePoint.person_id: here[0] if here else None,
                SinglePoint.on_project_count: len(here),
                SinglePoint.other_count: len(able) - len(here),
                SinglePoint.first_month: asked[Demand.period_month].min(),
                SinglePoint.last_month: asked[Demand.period_month].max(),
                SinglePoint.demand_seconds: float(asked[Demand.demand_seconds].sum()),
            }
        )
    frame = pd.DataFrame(rows, columns=list(SinglePoint.to_schema().columns))
    order = [SinglePoint.on_project_count, SinglePoint.demand_seconds, SinglePoint.project_id, SinglePoint.skill_id]
    return checked(SinglePoint, frame.sort_values(order, ascending=[True, False, True, True], ignore_index=True))


def _ahead(demand: pd.DataFrame, status_date: pd.Timestamp) -> pd.DataFrame:
    """Demand of months that begin after the reporting date and may come about, with the level asked for, 0 for any."""
    planned = planned_demand_of(demand)
    rows = planned[(planned[Demand.period_month] > status_date) & (planned[Demand.demand_seconds] > 0)]
    return rows.assign(asked=rows[Demand.level].fillna(0).astype("int64"))


def _on_projects(allocation: pd.DataFrame, effort: pd.DataFrame, status_date: pd.Timestamp) -> dict[str, set[str]]:
    since = status_date.normalize().replace(day=1) - pd.DateOffset(months=BOOKED_MONTHS - 1)
    planned = allocation[(allocation[Allocation.period_month] > status_date) & (allocation["allocated_seconds"] > 0)]
    booked = effort[(effort[Effort.period_month] >= since) & (effort[Effort.period_month] <= status_date)]
    both = pd.concat([part[["person_id", "project_id"]] for part in (planned, booked)]).dropna()
    return {str(project): set(rows["person_id"]) for project, rows in both.groupby("project_id")}
