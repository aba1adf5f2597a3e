"""Tasks of several projects levelled: which start later so that no week asks for more of a skill than there is.

A resource-constrained project over the open tasks of all schedules with their
ties, in working hours (`forecasting.resource_schedule`). Tasks that have begun
stay; the others start no earlier than scheduled, are not split, and ask for
skills as `resources.task_needs` says. Goals in their order, each kept while the
next is improved: little weighted lateness of projects, in hours past the finish
of their baseline, or past the plan where that is later; few tasks that move; by
little. What is approximated stands in `forecasting.schedule_axis`; leave within
a week lowers the whole week, and past the last month planned for the most that
was there before is assumed. Sources: Kolisch 1996; PMI, Practice Standard for
Scheduling.

Worked example: on 30 June A, of weight 2, and B each have a task of 40 hours that
asks for one person with SQL from 6 July on, and there is one. B starts on 13
July, which frees 40 hours in the week before and ends B five working days late.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Flag, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.dependency_marts import ScheduleActivity as Task
from pmo_analytics.forecasting.quantile_scores import Floats
from pmo_analytics.forecasting.schedule_axis import schedule_axis
from pmo_analytics.forecasting.schedule_network import Places
from pmo_analytics.forecasting.working_time import WorkingTime
from pmo_analytics.resources.availability import MONTHS, availability_to_come, months_to_come
from pmo_analytics.resources.levelled_tasks import LevelledTasks, Placed, level_tasks, uncovered, units_of, unlevelled
from pmo_analytics.resources.staffing import EVEN, staffing, weights
from pmo_analytics.resources.task_move_reasons import TaskMoveReasons
from pmo_analytics.resources.task_needs import GroupTime, days_off, spans_of, task_needs

HOURS_A_DAY = 8.0
# Of CP-SAT's deterministic time, for each goal: enough for a proof of lateness among 200 tasks.
LIMIT = 1.0
# Of every weekday of the longest month.
_HOURS_A_MONTH = 23 * 8
LONGER, IN_VAIN = "takes longer: asks for more at a time than there ever is", "nobody has time for"


class TaskLevelling(Contract):
    """One row per open task of all schedules, those that move first, then by their levelled start.

    Key: schedule_id, task_id. `shift_days` are working days. What is freed is
    what the task asks for in weeks that it leaves. `is_fixed` tasks have begun.
    `is_proven` where no schedule is better by any goal.
    """

    schedule_id: Text = required()
    task_id: Text = required()
    project_id: Text = optional()
    name: Text = optional()
    planned_start_date: Date = required()
    planned_finish_date: Date = required()
    levelled_start_date: Date = required()
    levelled_finish_date: Date = required()
    shift_days: Number = required(ge=0)
    weight: Number = required(gt=0)
    is_fixed: Flag = required()
    freed_seconds: Number = required(ge=0)
    freed_work: Text = optional()
    resolved_overload: Text = optional()
    delayed_work: Text = optional()
    quality_note: Text = optional()
    is_proven: Flag = required()


class WeeklySkillLoad(Contract):
    """One row per skill, level asked for and week planned for in which it is asked for, before or after levelling.

    Key: skill_id, level, start_date, a Monday. `capacity_seconds` is the time of all who
    can do it, and counts for each of their skills; short is what nobody covers,
    person by person. What stays where it is, since no task carries it or its
    task has begun, is asked for before and after.
    """

    skill_id: Text = required()
    level: Whole = required()
    start_date: Date = required()
    capacity_seconds: Number = required(ge=0)
    demand_seconds: Number = required(ge=0)
    short_seconds: Number = required(ge=0)
    levelled_seconds: Number = required(ge=0)
    left_short_seconds: Number = required(ge=0)


def task_levelling(  # noqa: PLR0917 - marts and registers are bound by name
    schedule_activity: pd.DataFrame,
    schedule_tie: pd.DataFrame,
    demand: pd.DataFrame,
    project: pd.DataFrame,
    person: pd.DataFrame,
    person_skill: pd.DataFrame,
    working_calendar: pd.DataFrame,
    absence: pd.DataFrame,
    allocation: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
    months: int = MONTHS,
    priority: pd.DataFrame | None = None,
    limit: float = LIMIT,
) -> DataFrame[TaskLevelling]:
    """Planned and levelled dates of every open task, and what each move is for.

    Demand of the `months` after the reporting date is levelled. `priority` has
    the contract `ProjectPriority`; `limit` is CP-SAT's deterministic time a goal.
    """
    plan = levelled_plan(
        schedule_activity, schedule_tie, demand, project, person, person_skill, working_calendar, absence, allocation,
        status_date=status_date, months=months, priority=priority, limit=limit,
    )  # fmt: skip
    return checked(TaskLevelling, task_rows(plan, weights(priority)))


def weekly_skill_load(  # noqa: PLR0917
    schedule_activity: pd.DataFrame,
    schedule_tie: pd.DataFrame,
    demand: pd.DataFrame,
    project: pd.DataFrame,
    person: pd.DataFrame,
    person_skill: pd.DataFrame,
    working_calendar: pd.DataFrame,
    absence: pd.DataFrame,
    allocation: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
    months: int = MONTHS,
    priority: pd.DataFrame | None = None,
    limit: float = LIMIT,
) -> DataFrame[WeeklySkillLoad]:
    """What each skill is asked for by week beside what there is, before `task_levelling` and after."""
    plan = levelled_plan(
        schedule_activity, schedule_tie, demand, project, person, person_skill, working_calendar, absence, allocation,
        status_date=status_date, months=months, priority=priority, limit=limit,
    )  # fmt: skip
    return checked(WeeklySkillLoad, load_rows(plan))


def levelled_plan(  # noqa: PLR0917
    schedule_activity: pd.DataFrame,
    schedule_tie: pd.DataFrame,
    demand: pd.DataFrame,
    project: pd.DataFrame,
    person: pd.DataFrame,
    person_skill: pd.DataFrame,
    working_calendar: pd.DataFrame,
    absence: pd.DataFrame,
    allocation: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
    months: int = MONTHS,
    priority: pd.DataFrame | None = None,
    limit: float = LIMIT,
) -> LevelledTasks:
    """The plan as it is and levelled, which the analyses tell in rows."""
    off = days_off(person, working_calendar)
    axis = schedule_axis(schedule_activity, schedule_tie, status_date, days_off=off, is_every_start_kept=True)
    start, duration = unlevelled(axis)
    time = axis.working_time(status_date, float((start + duration).max(initial=0)) + _HOURS_A_MONTH * months)
    available = availability_to_come(person, working_calendar, absence, status_date=status_date, months=months)
    staff = staffing(demand, available, person, person_skill, allocation, status_date=status_date, priority=priority)
    spans = spans_of(time, months_to_come(status_date, None, months))
    people = GroupTime.of_registers(person, working_calendar, absence, spans)
    needs = task_needs(axis, start, duration, spans, staff, people)
    planned = Placed(start, duration, units_of(needs.asked, duration))
    found = level_tasks(axis, time, needs, planned, project=project, weight=weights(priority), limit=limit)
    finish = float(max(found.levelled.finish.max(initial=0), found.planned.finish.max(initial=0)))
    return replace(found, time=axis.working_time(status_date, finish))


def task_rows(plan: LevelledTasks, weight: dict[str, float]) -> pd.DataFrame:
    """A row for each task of a levelled plan."""
    tasks, told = plan.axis.tasks, TaskMoveReasons(plan)
    names = tasks[Task.project_id]
    rows = pd.DataFrame(
        {
            TaskLevelling.schedule_id: tasks[Task.schedule_id],
            TaskLevelling.task_id: tasks[Task.task_id],
            TaskLevelling.project_id: names,
            TaskLevelling.name: tasks[Task.name],
            **_days(plan.time, plan.planned, TaskLevelling.planned_start_date, TaskLevelling.planned_finish_date),
            **_days(plan.time, plan.levelled, TaskLevelling.levelled_start_date, TaskLevelling.levelled_finish_date),
            TaskLevelling.shift_days: (plan.levelled.start - plan.planned.start) / HOURS_A_DAY,
            TaskLevelling.weight: names.map(weight).fillna(EVEN).astype(float),
            TaskLevelling.is_fixed: tasks[Task.state] == "in_progress",
            TaskLevelling.freed_seconds: [told.freed_seconds(task) for task in range(len(tasks))],
            TaskLevelling.freed_work: [told.freed(task) for task in range(len(tasks))],
            TaskLevelling.resolved_overload: [told.resolved(task) for task in range(len(tasks))],
            TaskLevelling.delayed_work: [told.delayed(task) for task in range(len(tasks))],
            TaskLevelling.quality_note: [_note(plan, task) for task in range(len(tasks))],
            TaskLevelling.is_proven: plan.is_proven,
        }
    )
    is_moved = rows[TaskLevelling.shift_days] > 0
    key = [TaskLevelling.levelled_start_date, TaskLevelling.schedule_id, TaskLevelling.task_id]
    ordered = rows.assign(stays=~is_moved).sort_values(["stays", *key], ignore_index=True)
    return checked(TaskLevelling, ordered.drop(columns="stays"))


def load_rows(plan: LevelledTasks) -> pd.DataFrame:
    """A row for each kind of need and week of a levelled plan."""
    needs, weeks = plan.needs, plan.needs.spans.monday.unique()
    hour_week = np.repeat(weeks.get_indexer(needs.spans.monday), needs.spans.hours)

    def by_week(units: Places) -> Floats:
        found = np.zeros((units.shape[0], len(weeks)))
        np.add.at(found.T, hour_week, units.T)
        return found

    able = needs.groups.T.astype(np.int64) @ needs.capacity
    frames = {WeeklySkillLoad.capacity_seconds: by_week(able)}
    for placed, asked, short in (
        (plan.planned, WeeklySkillLoad.demand_seconds, WeeklySkillLoad.short_seconds),
        (plan.levelled, WeeklySkillLoad.levelled_seconds, WeeklySkillLoad.left_short_seconds),
    ):
        frames[asked] = by_week(plan.load(placed) + needs.fixed + needs.short_fixed)
        frames[short] = by_week(uncovered(needs, placed)[0] + needs.short_fixed)
    rows = [
        {
            WeeklySkillLoad.skill_id: skill,
            WeeklySkillLoad.level: level,
            WeeklySkillLoad.start_date: week,
            **{column: values[kind, place] for column, values in frames.items()},
        }
        for kind, (skill, level) in enumerate(needs.kinds)
        for place, week in enumerate(weeks)
        if frames[WeeklySkillLoad.demand_seconds][kind, place] or frames[WeeklySkillLoad.levelled_seconds][kind, place]
    ]
    return checked(WeeklySkillLoad, pd.DataFrame(rows, columns=list(WeeklySkillLoad.to_schema().columns)))


def _days(time: WorkingTime, placed: Placed, first: str, last: str) -> dict[str, pd.Series[pd.Timestamp]]:
    # The start is the begin of the next hour worked, not the end of the one before.
    starts = time.instants(placed.start.astype(float) + np.where(placed.duration > 0, 1e-6, 0.0))
    ends = time.instants(placed.finish.astype(float))
    return {
        column: pd.Series(found, dtype="datetime64[ns]").dt.floor("D")
        for column, found in ((first, starts), (last, ends))
    }


def _note(plan: LevelledTasks, task: int) -> str | None:
    vain = [plan.needs.kinds[kind][0] for place, kind in plan.unmeetable if place == task]
    notes = [f"{IN_VAIN} {', '.join(sorted(set(vain)))}"] if vain else []
    if plan.levelled.duration[task] > plan.planned.duration[task]:
        notes.append(LONGER)
    return "; ".join(notes) or None
