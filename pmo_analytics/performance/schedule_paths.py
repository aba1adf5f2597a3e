"""Critical and near-critical paths across the schedules of all projects.

The critical path method over one network of all open tasks, with the ties
between schedules and projects among them: FS, SS, FF and SF, with lags. Each
task works by its own calendar, as `performance.calendar_axis` says, which says
too what is not held. Critical is what has no float: a task that ends before a
rest of the calendar that follows has that rest as float. Criticality and finishes by draws: each task's time left is
drawn from the ratios of time taken to baseline that finished tasks had here,
independently; below nine of them they are refused. Draws go by one axis for all
tasks, Monday to Friday and eight hours a day (`forecasting.schedule_axis`), since
ten thousand walks by many calendars take too long. Sources: Kelley and Walker
1959; GAO-16-89G; Van Slyke 1963.

Worked example: on Friday A of one schedule has 16 hours left; B of another, of
8 hours, waits for it and nothing else does: A is worked on Monday and Tuesday,
B on Wednesday, and both are critical. C of 8 hours beside them has 2 days of
float. Were Tuesday a day off in A's calendar, all would end on Thursday.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Flag, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.dependency_marts import ScheduleActivity as Task
from pmo_analytics.forecasting.input_distributions import InputDistribution, Lognormal
from pmo_analytics.forecasting.quantile_scores import Floats
from pmo_analytics.forecasting.schedule_axis import ScheduleAxis, schedule_axis
from pmo_analytics.forecasting.schedule_network import ScheduleNetwork, schedule_network
from pmo_analytics.forecasting.schedule_simulation import simulated_schedule
from pmo_analytics.forecasting.time_to_go import LEAST_RATIOS
from pmo_analytics.performance.calendar_axis import calendar_axis

DRAWS, SEED, BATCH = 10_000, 20_260_630, 128
NEAR_CRITICAL_DAYS = 5.0
NO_DURATION = "no duration is stated"


class SchedulePath(Contract):
    """One row per open task of all schedules, least float first, then by its early start.

    Key: schedule_id, task_id. Floats are counted on the task's own calendar, the
    one that `calendar` names, in its usual days; `finish_slip_days` are calendar
    days of the early finish past the baseline's, missing without one.
    `quality_note` says where no duration is stated, so that the task takes no
    time here, and where the calendar that the task names is not the one used.
    """

    schedule_id: Text = required()
    task_id: Text = required()
    project_id: Text = optional()
    name: Text = optional()
    calendar: Text = required()
    early_start_date: Date = required()
    early_finish_date: Date = required()
    baseline_finish_date: Date = optional()
    finish_slip_days: Number = optional()
    total_float_days: Number = required(ge=0)
    free_float_days: Number = required(ge=0)
    is_critical: Flag = required()
    is_near_critical: Flag = required()
    quality_note: Text = optional()


class ScheduleCriticality(Contract):
    """One row per open task of all schedules, most critical first, or one without numbers where it is refused.

    Key: schedule_id, task_id. `criticality_index` is the share of draws in which
    the last finish of all hangs on the task, 0 to 1. The finishes are those of
    the task's project, the schedule's where it has none.
    """

    schedule_id: Text = required()
    task_id: Text = required()
    project_id: Text = optional()
    name: Text = optional()
    criticality_index: Number = optional(ge=0, le=1)
    p50_finish_date: Date = optional()
    p80_finish_date: Date = optional()
    outcome_count: Whole = required(ge=0)
    is_refused: Flag = required()
    verdict: Text = required()


def schedule_paths(
    schedule_activity: pd.DataFrame,
    schedule_tie: pd.DataFrame,
    schedule_calendar: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
    near_critical_days: float = NEAR_CRITICAL_DAYS,
) -> DataFrame[SchedulePath]:
    """Dates and floats of every open task, each by its own calendar.

    Takes the marts `schedule_activity` and `schedule_tie` and the register `schedule_calendar`.
    """
    axis = calendar_axis(schedule_activity, schedule_tie, schedule_calendar, status_date)
    tasks, path, day = axis.schedule.tasks, axis.path, axis.day_seconds()
    # What ends at midnight ends on the day before.
    finishes = axis.days(path.earliest_finish - (path.earliest_finish > path.earliest_start))
    baseline, total = tasks[Task.baseline_finish_date], path.total_float / day
    rows = pd.DataFrame(
        {
            SchedulePath.schedule_id: tasks[Task.schedule_id],
            SchedulePath.task_id: tasks[Task.task_id],
            SchedulePath.project_id: tasks[Task.project_id],
            SchedulePath.name: tasks[Task.name],
            SchedulePath.calendar: axis.calendar_name,
            SchedulePath.early_start_date: axis.days(path.earliest_start),
            SchedulePath.early_finish_date: finishes,
            SchedulePath.baseline_finish_date: baseline,
            SchedulePath.finish_slip_days: (finishes - baseline).dt.days.astype(float),
            SchedulePath.total_float_days: total,
            SchedulePath.free_float_days: path.free_float / day,
            SchedulePath.is_critical: path.total_float == 0,
            SchedulePath.is_near_critical: (path.total_float > 0) & (total <= near_critical_days),
            SchedulePath.quality_note: _notes(tasks[Task.remaining_duration_seconds].isna(), axis.note),
        }
    )
    order = [SchedulePath.total_float_days, SchedulePath.early_start_date, *_KEY]
    return checked(SchedulePath, rows.sort_values(order, ignore_index=True))


_KEY = [Task.schedule_id, Task.task_id]


def _notes(is_unknown: pd.Series, of_calendar: pd.Series) -> pd.Series:
    """What is to be said of each task: that it has no duration, and what is wrong with its calendar."""
    alone = pd.Series(None, index=is_unknown.index, dtype=object).mask(is_unknown, NO_DURATION)
    found: pd.Series = alone.where(~is_unknown, NO_DURATION + "; " + of_calendar).fillna(alone).fillna(of_calendar)
    return found


def duration_ratios(schedule_activity: pd.DataFrame) -> Floats:
    """Elapsed time taken over that of the baseline, a ratio for each finished task that has both."""
    done = schedule_activity[schedule_activity[Task.state] == "done"]
    taken = done[Task.actual_finish_at] - done[Task.actual_start_at]
    planned = done[Task.baseline_finish_at] - done[Task.baseline_start_at]
    zero = pd.Timedelta(0)
    ratios = (taken / planned)[(planned > zero) & (taken > zero)]
    found: Floats = ratios.to_numpy(dtype=np.float64)
    return found


def schedule_criticality(
    schedule_activity: pd.DataFrame,
    schedule_tie: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
    draws: int = DRAWS,
) -> DataFrame[ScheduleCriticality]:
    """On which tasks the end hangs, and when each project's tasks end, by draws from this record's own ratios.

    Takes the marts `schedule_activity` and `schedule_tie`. A task's time is
    lognormal with the median and spread of the ratios. The same tables give the
    same draws.
    """
    axis, ratios = schedule_axis(schedule_activity, schedule_tie, status_date), duration_ratios(schedule_activity)
    rows = axis.tasks[[*_KEY, Task.project_id, Task.name]].reindex(
        columns=list(ScheduleCriticality.to_schema().columns)
    )
    is_refused = len(ratios) < LEAST_RATIOS
    rows[ScheduleCriticality.outcome_count] = len(ratios)
    rows[ScheduleCriticality.is_refused] = is_refused
    rows[ScheduleCriticality.verdict] = (
        f"refused: {len(ratios)} finished tasks have a baseline, {LEAST_RATIOS} are needed"
        if is_refused
        else f"drawn from {len(ratios)} finished tasks, which took {np.median(ratios):.2f} times their baseline"
    )
    if rows.empty or is_refused:
        dated = dict.fromkeys((ScheduleCriticality.p50_finish_date, ScheduleCriticality.p80_finish_date))
        return checked(ScheduleCriticality, rows.astype(dict.fromkeys(dated, "datetime64[ns]")))
    groups = rows[Task.project_id].fillna(rows[Task.schedule_id])
    names = sorted(groups.unique())
    network, ends = _with_ends(axis, groups, names)
    spread, median = float(np.std(np.log(ratios), ddof=1)), float(np.median(ratios))
    lines: list[InputDistribution | float] = [
        Lognormal(hours * median, spread) if hours > 0 else 0.0 for hours in axis.hours
    ]
    run = simulated_schedule(
        network, [*lines, *[0.0] * len(names)], draws, np.random.default_rng(SEED), batch=BATCH, watched=ends,
        not_before=np.concatenate([axis.not_before, np.zeros(len(names))]),
    )  # fmt: skip
    if run.criticality_index is not None:
        rows[ScheduleCriticality.criticality_index] = run.criticality_index[: len(rows)]
    time = axis.working_time(status_date, float(run.finish.max()))
    for column, share in ((ScheduleCriticality.p50_finish_date, 0.5), (ScheduleCriticality.p80_finish_date, 0.8)):
        days = pd.Series(time.instants(np.quantile(run.watched, share, axis=1)), index=names).dt.floor("D")
        rows[column] = groups.map(days)
    rows = rows.sort_values([ScheduleCriticality.criticality_index, *_KEY], ascending=[False, True, True])
    return checked(ScheduleCriticality, rows.reset_index(drop=True))


def _with_ends(axis: ScheduleAxis, groups: pd.Series, names: Sequence[str]) -> tuple[ScheduleNetwork, range]:
    """The network with an end for each group, which waits for its tasks that no other of it waits for."""
    net, count = axis.network, len(axis.tasks)
    code = pd.Index(names).get_indexer(pd.Index(groups)).astype(np.int64)
    has_onward = np.zeros(count, dtype=bool)
    within = (code[net.predecessor] == code[net.successor]) & net.from_finish & ~net.to_finish & (net.lag >= 0)
    has_onward[net.predecessor[within]] = True
    last = np.flatnonzero(~has_onward)
    relation = np.array([["SS", "SF"], ["FS", "FF"]])[net.from_finish.astype(int), net.to_finish.astype(int)]
    made = schedule_network(
        range(count + len(names)),
        [*net.predecessor.tolist(), *last.tolist()],
        [*net.successor.tolist(), *(count + code[last]).tolist()],
        [*relation.tolist(), *["FS"] * len(last)],
        np.concatenate([net.lag, np.zeros(len(last))]),
    )
    return made, range(count, count + len(names))
