"""Contracts of the marts of dependencies: who waits for whom, by issues, tasks of schedules and projects."""

from __future__ import annotations

from pmo_analytics.contracts.base import MARTS, Contract, Date, Number, Text, Whole, optional, required, table
from pmo_analytics.contracts.portfolio import RELATIONS
from pmo_analytics.contracts.schedule import CONSTRAINTS, LAG_CALENDARS, TASK_TYPES

REGISTER, ISSUE, SCHEDULE = "register", "issue", "schedule"
ORIGINS = [REGISTER, ISSUE, SCHEDULE]
OPEN, DELIVERED, CANCELLED, UNKNOWN, WITHDRAWN = "open", "delivered", "cancelled", "unknown", "withdrawn"


@table(key=["predecessor_key", "successor_key"], lake=MARTS)
class IssueDependency(Contract):
    """One row per pair of issues of which one waits for the other and is not done.

    Key: predecessor_key, successor_key. Links are read as dependencies where
    their type is one of Jira's usual names for blocking, depending, requiring
    or preceding; others tie nothing. `link_state` is that of the issue waited
    for: open, delivered, cancelled, or unknown where either issue is not
    loaded, or is withheld since its state at the reporting date is not told;
    no project is known of such an issue.
    """

    predecessor_key: Text = required()
    successor_key: Text = required()
    predecessor_project_id: Text = optional()
    successor_project_id: Text = optional()
    link_state: Text = required(isin=[OPEN, DELIVERED, CANCELLED, UNKNOWN])
    needed_by_date: Date = optional()
    forecast_date: Date = optional()
    updated_on_date: Date = optional()


@table(key=["schedule_id", "task_id"], lake=MARTS)
class ScheduleActivity(Contract):
    """One row per task of a schedule that stands for work, or milestone, in the schedule's last state.

    Key: schedule_id, task_id. Summaries, levels of effort, tasks of other
    schedules and inactive ones are left out. `remaining_duration_seconds` is
    0 for what is done, as the schedule states it, or the share of the duration
    that is not complete; empty where no duration is stated. Local times and
    `baseline_finish_date` are of the organisation's time zone. The float is the schedule's own.
    """

    schedule_id: Text = required()
    task_id: Text = required()
    status_date: Date = required()
    project_id: Text = optional()
    name: Text = optional()
    state: Text = required(isin=["to_do", "in_progress", "done"])
    duration_seconds: Number = optional(ge=0)
    remaining_duration_seconds: Number = optional(ge=0)
    start_at: Date = optional()
    finish_at: Date = optional()
    baseline_start_at: Date = optional()
    baseline_finish_at: Date = optional()
    actual_start_at: Date = optional()
    actual_finish_at: Date = optional()
    constraint_type: Text = optional(isin=CONSTRAINTS)
    constraint_at: Date = optional()
    calendar: Text = optional()
    local_start_at: Date = optional()
    local_constraint_at: Date = optional()
    baseline_finish_date: Date = optional()
    task_type: Text = optional(isin=TASK_TYPES)
    total_float_seconds: Number = optional()


@table(
    key=["origin", "predecessor_schedule_id", "predecessor_id", "schedule_id", "successor_id", "relation"], lake=MARTS
)
class ScheduleTie(Contract):
    """One row per tie of two tasks, from links of schedules and from the register where it names tasks.

    Key: origin, predecessor_schedule_id, predecessor_id, schedule_id,
    successor_id, relation. `schedule_id` is the schedule of what waits. A lag
    given as a share of the predecessor is that share of its duration.
    `link_state` is unknown where either task is no work or milestone of the
    schedules' last states; else delivered or open by the predecessor's finish.
    """

    origin: Text = required(isin=[REGISTER, SCHEDULE])
    predecessor_schedule_id: Text = required()
    predecessor_id: Text = required()
    schedule_id: Text = required()
    successor_id: Text = required()
    relation: Text = required(isin=RELATIONS)
    lag_seconds: Number = required()
    lag_calendar: Text = optional(isin=LAG_CALENDARS)
    predecessor_project_id: Text = optional()
    successor_project_id: Text = optional()
    link_state: Text = required(isin=[OPEN, DELIVERED, UNKNOWN])
    needed_by_date: Date = optional()
    forecast_date: Date = optional()
    updated_on_date: Date = optional()


@table(key=["origin", "dependency_id", "predecessor_project_id", "successor_project_id"], lake=MARTS)
class ProjectDependency(Contract):
    """One row per dependency of the register, and per pair of projects that issues or tasks of schedules tie.

    Key: origin, dependency_id, predecessor_project_id, successor_project_id; an
    empty project is one that nothing known names. Of a pair the dates and
    references are those of its latest open link, by days past the day needed;
    counts are of all its links. What the register says is expected when its
    milestone, issue or task is, else when the project is; `forecast_basis` says
    which. `link_state`: open, delivered, cancelled where the giver's project or
    issue is, unknown where nothing known is meant, or withdrawn by the register.
    """

    origin: Text = required(isin=ORIGINS)
    dependency_id: Text = optional()
    predecessor_project_id: Text = optional()
    successor_project_id: Text = optional()
    predecessor_ref: Text = optional()
    successor_ref: Text = optional()
    relation: Text = optional(isin=RELATIONS)
    lag_days: Number = optional()
    needed_by_date: Date = optional()
    forecast_date: Date = optional()
    forecast_basis: Text = optional(isin=["milestone", "issue", "task", "project"])
    link_state: Text = required(isin=[OPEN, DELIVERED, CANCELLED, UNKNOWN, WITHDRAWN])
    updated_on_date: Date = optional()
    link_count: Whole = required(ge=1)
    open_link_count: Whole = required(ge=0)
    dangling_count: Whole = required(ge=0)
