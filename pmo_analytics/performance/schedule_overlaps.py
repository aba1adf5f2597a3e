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
from pmo_analytics.performance.resource_load import PERSON, RESOURCE, SECONDS, SKILL, TEAM, resource_load
from pmo_analytics.performance.schedule_paths import SchedulePath

WEEKDAYS = 5
_LEAST_SECONDS = 60.0
_NAMED = 5
_WEEK = ["resource_kind", "resource_id", "start_date"]
_TIMES = ["demand_seconds", "capacity_seconds", "short_seconds"]


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
    weeks = rows.drop_duplicates(_WEEK).set_index(_WEEK)[_TIMES]
    frame = weeks.join(_counted(rows, _WEEK)).join(_names(rows)).reset_index()
    order = frame.sort_values(
        [ScheduleOverlap.short_seconds, *_WEEK], ascending=[False, *[True] * 3], ignore_index=True
    )
    return checked(ScheduleOverlap, order[list(ScheduleOverlap.to_schema().columns)])


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
    key = _WEEK[:2]
    weeks = rows.drop_duplicates(_WEEK).groupby(key)
    frame = weeks[["short_seconds", "capacity_seconds"]].sum()
    frame[ScheduleBottleneck.overlap_week_count] = weeks.size()
    a_day = frame["capacity_seconds"] / (frame[ScheduleBottleneck.overlap_week_count] * WEEKDAYS)
    frame[ScheduleBottleneck.catch_up_days] = frame["short_seconds"] / a_day.where(a_day > 0)
    frame = frame.join(_counted(rows, key)).reset_index()
    order = [ScheduleBottleneck.catch_up_days, ScheduleBottleneck.short_seconds, *RESOURCE[:2]]
    ordered = frame.sort_values(order, ascending=[False, False, True, True], na_position="first", ignore_index=True)
    return checked(ScheduleBottleneck, ordered[list(ScheduleBottleneck.to_schema().columns)])


def _overlapping(
    schedule_paths: pd.DataFrame, schedule_activity: pd.DataFrame, registers: tuple[pd.DataFrame, ...]
) -> pd.DataFrame:
    """A row for each overlap and task in it, the task's own seconds with it, those that ask for most first."""
    left = [Task.schedule_id, Task.task_id, Task.remaining_duration_seconds]
    tasks = schedule_paths.merge(schedule_activity[left], on=left[:2], how="left")
    load = resource_load(tasks, *registers)
    week = [*RESOURCE, ScheduleOverlap.start_date]
    sums = load.asked.groupby(week)[SECONDS].sum().rename("demand_seconds").to_frame()
    sums["project_count"] = load.asked[load.asked["has_task"]].groupby(week)["project_id"].nunique()
    sums = sums.join(load.there.set_index(week)[SECONDS].rename("capacity_seconds")).fillna(0.0)
    sums["short_seconds"] = sums["demand_seconds"] - sums["capacity_seconds"]
    worst = sums[(sums["project_count"] > 1) & (sums["short_seconds"] > _LEAST_SECONDS)].reset_index()
    # Of a skill, the level that is shortest.
    worst = worst.sort_values("short_seconds", ascending=False, kind="stable").drop_duplicates(_WEEK)
    found = worst.drop(columns="project_count").merge(load.by_task(worst), on=week)
    about = tasks[[SchedulePath.task_id, SchedulePath.name, SchedulePath.is_critical]]
    joined = found.join(about, on="task")
    return joined.sort_values([*_WEEK, SECONDS, "task"], ascending=[True, True, True, False, True], ignore_index=True)


def _counted(rows: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """Projects and tasks by key."""
    tasks = rows.drop_duplicates([*key, "task"]).groupby(key)
    projects = rows[[*key, "project_id"]].drop_duplicates().sort_values([*key, "project_id"]).groupby(key)["project_id"]
    return pd.DataFrame(
        {
            ScheduleOverlap.project_count: projects.size(),
            ScheduleOverlap.project_ids: projects.agg(", ".join),
            ScheduleOverlap.task_count: tasks.size(),
            ScheduleOverlap.critical_task_count: tasks[SchedulePath.is_critical].sum().astype("int64"),
        }
    )


def _names(rows: pd.DataFrame) -> pd.Series:
    """The tasks that ask for most in each week, with their projects; one of every project before the rest."""
    ranked = rows.assign(place=rows.groupby([*_WEEK, "project_id"]).cumcount())
    ranked = ranked.sort_values([*_WEEK, "place"], kind="stable")
    shown = ranked[ranked.groupby(_WEEK).cumcount() < _NAMED]
    names = shown["project_id"] + ": " + shown[SchedulePath.name].fillna(shown[SchedulePath.task_id])
    found = names.groupby([shown[name] for name in _WEEK]).agg("; ".join)
    rest = rows.groupby(_WEEK).size() - _NAMED
    told = found.where(rest <= 0, found + "; and " + rest.astype(str) + " more")
    return told.rename(ScheduleOverlap.task_names)
