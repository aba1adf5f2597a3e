"""What levelling by month does to each project: its work by month before and after, and when it ends.

Source: sums of demand and of `demand_levelling`; nothing is reckoned anew.

Worked example: B asks for 150 hours of SQL in July and nothing else; 50 move to
August. July has 100 of 150, August 50 of none; B's last month was July and is
August, one month late where its baseline ends in July.
"""

from __future__ import annotations

import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Number, Text, checked, optional, required
from pmo_analytics.contracts.people import Demand, planned_demand_of
from pmo_analytics.contracts.portfolio import Project
from pmo_analytics.resources.demand_levelling import DemandMove

_KEY = ["project_id", "period_month"]


class ProjectMonthLoad(Contract):
    """One row per project and month planned for in which it asks for work, or work has moved to.

    Key: project_id, period_month. What is asked for, less what moves away, with
    what arrives is what is asked for once work has moved. `late_months` is the
    most by which what arrives is late.
    """

    project_id: Text = required()
    period_month: Date = required()
    demand_seconds: Number = required(ge=0)
    moved_seconds: Number = required(ge=0)
    arrived_seconds: Number = required(ge=0)
    levelled_seconds: Number = required(ge=0)
    late_months: Number = required(ge=0)


class LevelledProject(Contract):
    """One row per project of which work moves, the latest first, then what weighs more.

    Key: project_id. `late_months` are those past the baseline, or past the plan
    where that is later; 0 for a project that ends in time.
    """

    project_id: Text = required()
    weight: Number = required(gt=0)
    baseline_finish_date: Date = optional()
    planned_last_month: Date = required()
    levelled_last_month: Date = required()
    moved_seconds: Number = required(gt=0)
    late_months: Number = required(ge=0)


def project_month_load(
    demand: pd.DataFrame, availability_to_come: pd.DataFrame, demand_levelling: pd.DataFrame
) -> DataFrame[ProjectMonthLoad]:
    """Work asked for of each project by month before levelling and after, in the months that are planned for."""
    asked = _asked(demand, availability_to_come)
    arrives = demand_levelling.assign(**{DemandMove.period_month: demand_levelling[DemandMove.to_month]})
    sums = {
        ProjectMonthLoad.demand_seconds: asked.groupby(_KEY)[Demand.demand_seconds].sum(),
        ProjectMonthLoad.moved_seconds: demand_levelling.groupby(_KEY)[DemandMove.moved_seconds].sum(),
        ProjectMonthLoad.arrived_seconds: arrives.groupby(_KEY)[DemandMove.moved_seconds].sum(),
        ProjectMonthLoad.late_months: arrives.groupby(_KEY)[DemandMove.late_months].max(),
    }
    found = pd.concat([values.astype(float).rename(name) for name, values in sums.items()], axis=1).fillna(0.0)
    found[ProjectMonthLoad.levelled_seconds] = (
        found[ProjectMonthLoad.demand_seconds]
        - found[ProjectMonthLoad.moved_seconds]
        + found[ProjectMonthLoad.arrived_seconds]
    )
    rows = found.sort_index().reset_index()
    return checked(ProjectMonthLoad, rows[list(ProjectMonthLoad.to_schema().columns)])


def levelled_project(
    demand: pd.DataFrame, availability_to_come: pd.DataFrame, demand_levelling: pd.DataFrame, project: pd.DataFrame
) -> DataFrame[LevelledProject]:
    """When each project of which work moves asks for its last work, before and after, and how late that is."""
    asked = _asked(demand, availability_to_come).groupby(Demand.project_id)[Demand.period_month].max()
    moves = demand_levelling.groupby(DemandMove.project_id).agg(
        weight=(DemandMove.weight, "max"),
        moved_seconds=(DemandMove.moved_seconds, "sum"),
        late_months=(DemandMove.late_months, "max"),
        to_month=(DemandMove.to_month, "max"),
    )
    ends = project.set_index(Project.project_id)[Project.baseline_finish_date]
    planned = asked.reindex(moves.index)
    found = moves.assign(
        **{
            LevelledProject.planned_last_month: planned,
            LevelledProject.levelled_last_month: planned.where(planned > moves["to_month"], moves["to_month"]),
            LevelledProject.baseline_finish_date: ends.reindex(moves.index),
        }
    ).reset_index()
    order = [LevelledProject.late_months, LevelledProject.weight, LevelledProject.project_id]
    ordered = found.sort_values(order, ascending=[False, False, True], ignore_index=True)
    return checked(LevelledProject, ordered[list(LevelledProject.to_schema().columns)])


def _asked(demand: pd.DataFrame, availability_to_come: pd.DataFrame) -> pd.DataFrame:
    """Demand of the months planned for, by their first days."""
    demand = planned_demand_of(demand)
    month = demand[Demand.period_month].dt.to_period("M").dt.start_time
    rows = demand.assign(**{Demand.period_month: month})
    is_planned = month.isin(availability_to_come[Demand.period_month]) & (rows[Demand.demand_seconds] > 0)
    found: pd.DataFrame = rows[is_planned]
    return found
