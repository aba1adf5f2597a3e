"""Tasks of different projects that are scheduled in one week and together ask for more than a person or team has.

Who does a task is told by what its project asks for, as `performance.resource_load`
says: schedules state no assignments. A resource overlaps in a week in which two
projects or more with tasks in it ask for it and all together ask for more than
it has. The bottleneck is the resource that takes longest to work off what it is
short of: its short time over what it has on a working day of those weeks. A
person's time is also their team's and that of their skills, so that rows of
different kinds are never added. Sources: PMI, Practice Standard for Scheduling,
resource loading; Goldratt 1997, the constraint as what the rest waits for.

Worked example: in July, of 23 weekdays, Ann has 184 hours and is allocated to A
for 100 and to B for 92. A's one task runs through the week from 6 July alone, B's
from 6 to 17 July. That week A asks for 100 hours and B for 46 of the 40 that she
has: 106 hours are short. The week after B alone asks for 46, which is no overlap.
She is the bottleneck: 106 hours take her 13.25 days of eight hours.
"""

from __future__ import annotations

import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.dependency_marts import ScheduleActivity as Task
from pmo_analytics.performance.resource_load import PERSON, RESOURCE, SECONDS, SKILL, TEAM, UNTOLD, resource_load
from pmo_analytics.performance.schedule_paths import SchedulePath

WEEKDAYS = 5
_LEAST_SECONDS = 60.0
_NAMED = 5


class ScheduleOverlap(Contract):
    """One row per resource and week in which tasks of several projects ask for more than it has, most short first.

    Key: resource_kind, resource_id, start_date, the Monday of the week. Of a
    skill the level from which on most is short is meant. `task_names` are the
    tasks that ask for most. `demand_seconds` holds what no task carries too.
    """

    resource_kind: Text = required(isin=[PERSON, TEAM, SKILL])
    resource_id: Text = required()
    start_date: Date = required()
    project_count: Whole = required(ge=0)
    project_ids: Text = required()
    task_count: Whole = required(ge=0)
    critical_task_count: Whole = required(ge=0)
    task_names: Text = required()
    demand_seconds: Number = required(ge=0)
    capacity_seconds: Number = required(ge=0)
    short_seconds: Number = required(ge=0)


class ScheduleBottleneck(Contract):
    """One row per resource that overlaps, the one that takes longest to catch up first.

    Key: resource_kind, resource_id. Counts and times are of the weeks in which
    it overlaps. `catch_up_days` are its working days; missing where it has no
    time in these weeks, which stands first.
    """

    resource_kind: Text = required(isin=[PERSON, TEAM, SKILL])
    resource_id: Text = required()
    catch_up_days: Number = optional(ge=0)
    short_seconds: Number = required(ge=0)
    overlap_week_count: Whole = required(ge=0)
    project_count: Whole = required(ge=0)
    project_ids: Text = required()
    task_count: Whole = required(ge=0)
    critical_task_count: Whole = required(ge=0)


def schedule_overlaps(  # noqa: PLR0917 - marts and registers are bound by name
    schedule_paths: pd.DataFrame,
    schedule_activity: pd.DataFrame,
    allocation: pd.DataFrame,
    person: pd.DataFrame,
    demand: pd.DataFrame,
    planned_calendar_by_person_month: pd.DataFrame,
    capacity_by_skill_month: pd.DataFrame,
) -> DataFrame[ScheduleOverlap]:
    """Weeks in which tasks of several projects ask for more of a resource than there is.

    Takes the analysis `schedule_paths` for when tasks run, marts, and the
    registers of allocations, persons and demand, for whole months to come that
    calendars of persons reach.
    """
    rows = _overlapping(
        schedule_paths, schedule_activity,
        (allocation, person, demand, planned_calendar_by_person_month, capacity_by_skill_month),
    )  # fmt: skip
    key = [ScheduleOverlap.resource_kind, ScheduleOverlap.resource_id, ScheduleOverlap.start_date]
    found = [
        dict(zip(key, named, strict=True))
        | _counted(own)
        | {ScheduleOverlap.task_names: _names(own)}
        | own[["demand_seconds", "capacity_seconds", "short_seconds"]].iloc[0].to_dict()
        for named, own in rows.groupby(key)
    ]
    frame = pd.DataFrame(found, columns=list(ScheduleOverlap.to_schema().columns))
    order = frame.sort_values([ScheduleOverlap.short_seconds, *key], ascending=[False, *[True] * 3], ignore_index=True)
    return checked(ScheduleOverlap, order)


def schedule_bottlenecks(  # noqa: PLR0917 - marts and registers are bound by name
    schedule_paths: pd.DataFrame,
    schedule_activity: pd.DataFrame,
    allocation: pd.DataFrame,
    person: pd.DataFrame,
    demand: pd.DataFrame,
    planned_calendar_by_person_month: pd.DataFrame,
    capacity_by_skill_month: pd.DataFrame,
) -> DataFrame[ScheduleBottleneck]:
    """Which resource holds the most work up, from what `schedule_overlaps` takes."""
    rows = _overlapping(
        schedule_paths, schedule_activity,
        (allocation, person, demand, planned_calendar_by_person_month, capacity_by_skill_month),
    )  # fmt: skip
    found = []
    for (kind, name), own in rows.groupby([ScheduleBottleneck.resource_kind, ScheduleBottleneck.resource_id]):
        weeks = own.drop_duplicates(ScheduleOverlap.start_date)
        short, there = weeks["short_seconds"].sum(), weeks["capacity_seconds"].sum()
        found.append(
            {
                ScheduleBottleneck.resource_kind: kind,
                ScheduleBottleneck.resource_id: name,
                ScheduleBottleneck.catch_up_days: short * len(weeks) * WEEKDAYS / there if there else None,
                ScheduleBottleneck.short_seconds: short,
                ScheduleBottleneck.overlap_week_count: len(weeks),
            }
            | _counted(own)
        )
    frame = pd.DataFrame(found, columns=list(ScheduleBottleneck.to_schema().columns))
    frame[ScheduleBottleneck.catch_up_days] = frame[ScheduleBottleneck.catch_up_days].astype(float)
    order = [ScheduleBottleneck.catch_up_days, ScheduleBottleneck.short_seconds, *RESOURCE[:2]]
    ordered = frame.sort_values(order, ascending=[False, False, True, True], na_position="first", ignore_index=True)
    return checked(ScheduleBottleneck, ordered)


def _overlapping(
    schedule_paths: pd.DataFrame, schedule_activity: pd.DataFrame, registers: tuple[pd.DataFrame, ...]
) -> pd.DataFrame:
    """A row for each overlap and task in it, the task's own seconds with it, those that ask for most first."""
    left = [Task.schedule_id, Task.task_id, Task.remaining_duration_seconds]
    tasks = schedule_paths.merge(schedule_activity[left], on=left[:2], how="left")
    load = resource_load(tasks, *registers)
    week = [*RESOURCE, ScheduleOverlap.start_date]
    rows = load.asked[load.asked["task"] != UNTOLD]
    sums = load.asked.groupby(week)[SECONDS].sum().rename("demand_seconds").to_frame()
    sums["project_count"] = rows.groupby(week)["project_id"].nunique()
    sums = sums.join(load.there.set_index(week)[SECONDS].rename("capacity_seconds")).fillna(0.0)
    sums["short_seconds"] = sums["demand_seconds"] - sums["capacity_seconds"]
    worst = sums[(sums["project_count"] > 1) & (sums["short_seconds"] > _LEAST_SECONDS)].reset_index()
    # Of a skill, the level that is shortest.
    one = [ScheduleOverlap.resource_kind, ScheduleOverlap.resource_id, ScheduleOverlap.start_date]
    worst = worst.sort_values("short_seconds", ascending=False, kind="stable").drop_duplicates(one)
    found = worst.drop(columns="project_count").merge(rows, on=week)
    about = tasks[[SchedulePath.schedule_id, SchedulePath.task_id, SchedulePath.name, SchedulePath.is_critical]]
    joined = found.join(about, on="task")
    return joined.sort_values([*one, SECONDS, "task"], ascending=[True, True, True, False, True], ignore_index=True)


def _counted(rows: pd.DataFrame) -> dict[str, object]:
    """Projects and tasks of some rows."""
    tasks, projects = rows.drop_duplicates("task"), sorted(rows["project_id"].unique())
    return {
        ScheduleOverlap.project_count: len(projects),
        ScheduleOverlap.project_ids: ", ".join(projects),
        ScheduleOverlap.task_count: len(tasks),
        ScheduleOverlap.critical_task_count: int(tasks[SchedulePath.is_critical].sum()),
    }


def _names(rows: pd.DataFrame) -> str:
    """The tasks that ask for most, each with its project; those of every project before the rest."""
    ranked = rows.assign(place=rows.groupby("project_id").cumcount()).sort_values("place", kind="stable")
    names = ranked[SchedulePath.name].fillna(ranked[SchedulePath.task_id])
    shown = [f"{project}: {name}" for project, name in zip(ranked["project_id"], names, strict=True)]
    rest = len(shown) - _NAMED
    return "; ".join(shown[:_NAMED]) + (f"; and {rest} more" if rest > 0 else "")
