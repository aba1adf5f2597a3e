"""What scheduled tasks ask of persons, teams and skills week by week, and what these have.

Schedules do not say who does a task: assignments stay in the archived file. What
projects ask for by month does: allocations of persons, and of the teams that
these belong to, and demand for skills. A project's month is divided among its
open tasks by the working time that they have left, spread evenly over the
weekdays from their earliest start to their earliest finish; what no task carries lies
evenly over the month. A skill is asked for from a level on: each level asked for
is held against all who reach it. Time that is there is spread over the weekdays
of its month. This project's own convention, as `resources.task_needs` has it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pmo_analytics.contracts.capacity_marts import PlannedCalendarByPersonMonth
from pmo_analytics.contracts.dependency_marts import ScheduleActivity as Task
from pmo_analytics.contracts.marts import CapacityBySkillMonth
from pmo_analytics.contracts.people import Allocation, Demand, Person, planned_demand_of

PERSON, TEAM, SKILL = "person", "team", "skill"
RESOURCE = ["resource_kind", "resource_id", "level"]
MONTH, WEEK, PROJECT, SECONDS = "period_month", "start_date", "project_id", "seconds"


@dataclass(frozen=True)
class ResourceLoad:
    """What is asked for by resource, project and part of a month in a week, and what is there by resource and week.

    `has_task` says whether tasks of the project run then; `task_weeks` is the
    share of each task, a row of the frame of tasks, in what they ask for.
    """

    asked: pd.DataFrame
    there: pd.DataFrame
    task_weeks: pd.DataFrame

    def by_task(self, weeks: pd.DataFrame) -> pd.DataFrame:
        """What each task asks for in some weeks of some resources: a row for each of these and task."""
        key = [*RESOURCE, WEEK]
        rows = self.asked[self.asked["has_task"]].merge(weeks[key], on=key)
        carried = rows.merge(self.task_weeks, on=[PROJECT, MONTH, WEEK])
        carried[SECONDS] = carried[SECONDS] * carried["share"]
        return carried.groupby([*key, PROJECT, "task"], as_index=False)[[SECONDS]].sum()


def resource_load(  # noqa: PLR0917 - marts and registers are bound by name
    tasks: pd.DataFrame,
    allocation: pd.DataFrame,
    person: pd.DataFrame,
    demand: pd.DataFrame,
    planned_calendar_by_person_month: pd.DataFrame,
    capacity_by_skill_month: pd.DataFrame,
) -> ResourceLoad:
    """Loads of the months to come that calendars of persons reach.

    `tasks` are rows of `SchedulePath` with the working time that is left of each.
    """
    calendar = planned_calendar_by_person_month
    months = pd.DatetimeIndex(sorted(calendar[PlannedCalendarByPersonMonth.period_month].unique()))
    pieces = _pieces(months)
    needs = _needs(allocation, person, demand)
    needs = needs[needs[MONTH].isin(months) & (needs[SECONDS] > 0)]
    weights = _task_weeks(tasks, pieces)
    by_week = weights.groupby([PROJECT, MONTH, WEEK], as_index=False)[["weight"]].sum()
    share = by_week["weight"] / by_week.groupby([PROJECT, MONTH])["weight"].transform("sum")
    carried = needs.merge(by_week.assign(share=share, has_task=True), on=[PROJECT, MONTH], how="left")
    is_told = carried["has_task"].notna()
    untold = carried.loc[~is_told, needs.columns].merge(pieces[[MONTH, WEEK, "share"]], on=MONTH)
    asked = pd.concat([carried[is_told].drop(columns="weight"), untold.assign(has_task=False)], ignore_index=True)
    asked[SECONDS] = asked[SECONDS] * asked["share"]
    there = _time(person, calendar, capacity_by_skill_month, needs).merge(pieces, on=MONTH)
    there[SECONDS] = there[SECONDS] * there["share"]
    weights["share"] = weights["weight"] / weights.groupby([PROJECT, MONTH, WEEK])["weight"].transform("sum")
    return ResourceLoad(
        asked.drop(columns="share").astype({"has_task": bool}),
        there.groupby([*RESOURCE, WEEK], as_index=False)[[SECONDS]].sum(),
        weights.drop(columns="weight"),
    )


def _pieces(months: pd.DatetimeIndex) -> pd.DataFrame:
    """What each week, named by its Monday, has of each month: its days, and its share of the month's weekdays."""
    days = pd.DatetimeIndex([day for first in months for day in pd.date_range(first, periods=first.days_in_month)])
    frame = pd.DataFrame({"day": days, WEEK: days - pd.to_timedelta(days.day_of_week, unit="D")})
    frame[MONTH] = days.to_period("M").start_time
    frame["share"] = (days.day_of_week < 5).astype(float)
    found = frame.groupby([MONTH, WEEK], as_index=False).agg(
        first=("day", "min"), last=("day", "max"), share=("share", "sum")
    )
    found["share"] /= found.groupby(MONTH)["share"].transform("sum")
    return found


def _task_weeks(tasks: pd.DataFrame, pieces: pd.DataFrame) -> pd.DataFrame:
    """Working time of each task in each piece of a week that it runs in."""
    begin = tasks["early_start_date"].to_numpy(dtype="datetime64[D]")
    end = tasks["early_finish_date"].to_numpy(dtype="datetime64[D]")
    first, last = (pieces[name].to_numpy(dtype="datetime64[D]") for name in ("first", "last"))
    begins, stops = np.searchsorted(last, begin, side="left"), np.searchsorted(first, end, side="right")
    is_asked = tasks[PROJECT].notna().to_numpy() & (tasks[Task.remaining_duration_seconds].fillna(0) > 0).to_numpy()
    counts = np.where(is_asked, np.maximum(stops - begins, 0), 0)
    task = np.repeat(np.arange(len(tasks)), counts)
    piece = np.arange(len(task)) - np.repeat(np.cumsum(counts) - counts, counts) + begins[task]
    days = _days(np.maximum(begin[task], first[piece]), np.minimum(end[task], last[piece]))
    whole = _days(begin, end)[task]
    # What runs on a weekend alone is all in its week.
    is_weekend = whole == 0
    whole = np.where(is_weekend, 1, whole)
    left = tasks[Task.remaining_duration_seconds].to_numpy(dtype=float)
    return pd.DataFrame(
        {
            PROJECT: tasks[PROJECT].to_numpy()[task],
            MONTH: pieces[MONTH].to_numpy()[piece],
            WEEK: pieces[WEEK].to_numpy()[piece],
            "task": task,
            "weight": left[task] * np.where(is_weekend, 1, days) / whole,
        }
    )


def _days(first: NDArray[np.datetime64], last: NDArray[np.datetime64]) -> NDArray[np.int64]:
    """Weekdays from the first to the last of two days."""
    found: NDArray[np.int64] = np.busday_count(first, last + np.timedelta64(1, "D"))
    return found


def _needs(allocation: pd.DataFrame, person: pd.DataFrame, demand: pd.DataFrame) -> pd.DataFrame:
    """What projects ask of each resource in each month."""
    demand = planned_demand_of(demand)
    own = allocation.rename(columns={Allocation.person_id: "resource_id", Allocation.allocated_seconds: SECONDS})
    own = own.assign(resource_kind=PERSON, level=0)
    team = own.assign(resource_kind=TEAM, resource_id=own["resource_id"].map(_teams(person)))
    levels = demand[Demand.level].fillna(0).astype("int64")
    skill = demand.rename(columns={Demand.skill_id: "resource_id", Demand.demand_seconds: SECONDS})
    skill = _from_levels(skill.assign(resource_kind=SKILL, level=levels), _asked_levels(demand))
    columns = [*RESOURCE, PROJECT, MONTH, SECONDS]
    rows = pd.concat([part[columns] for part in (own, team.dropna(subset=["resource_id"]), skill)], ignore_index=True)
    rows[MONTH] = rows[MONTH].dt.to_period("M").dt.start_time
    return rows.groupby([*RESOURCE, PROJECT, MONTH], as_index=False)[[SECONDS]].sum()


def _time(
    person: pd.DataFrame, calendar: pd.DataFrame, capacity_by_skill_month: pd.DataFrame, needs: pd.DataFrame
) -> pd.DataFrame:
    """What each resource has in each month."""
    named = {
        PlannedCalendarByPersonMonth.person_id: "resource_id",
        PlannedCalendarByPersonMonth.calendar_seconds: SECONDS,
    }
    own = calendar.rename(columns=named).assign(resource_kind=PERSON, level=0)
    team = own.assign(resource_kind=TEAM, resource_id=own["resource_id"].map(_teams(person)))
    named = {CapacityBySkillMonth.skill_id: "resource_id", CapacityBySkillMonth.capacity_seconds: SECONDS}
    asked = needs.loc[needs["resource_kind"] == SKILL, ["resource_id", "level"]].drop_duplicates()
    skill = _from_levels(
        capacity_by_skill_month.rename(columns=named).assign(resource_kind=SKILL),
        asked.rename(columns={"level": "least"}),
    )
    rows = pd.concat([part[[*RESOURCE, MONTH, SECONDS]] for part in (own, team.dropna(subset=["resource_id"]), skill)])
    return rows.groupby([*RESOURCE, MONTH], as_index=False)[[SECONDS]].sum()


def _teams(person: pd.DataFrame) -> dict[str, str]:
    known = person.dropna(subset=[Person.team])
    return dict(zip(known[Person.person_id], known[Person.team], strict=True))


def _asked_levels(demand: pd.DataFrame) -> pd.DataFrame:
    """Levels from which on each skill is asked for, the lowest among them."""
    levels = demand[Demand.level].fillna(0).astype("int64")
    rows = pd.DataFrame({"resource_id": demand[Demand.skill_id], "least": levels})
    return pd.concat([rows, rows.assign(least=0)]).drop_duplicates()


def _from_levels(rows: pd.DataFrame, asked: pd.DataFrame) -> pd.DataFrame:
    """Rows of skills once for each level that they reach."""
    found = rows.merge(asked, on="resource_id")
    return found[found["level"] >= found["least"]].assign(level=lambda frame: frame["least"])
