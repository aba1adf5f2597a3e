"""Declared against computed health of projects, in one table.

The computed status compares CPI and SPI(t) with two tolerances, which are the
PMO's convention and not a standard: red below 0.90, amber below 0.95.

Worked example: CPI 0.97 and SPI(t) 0.92 compute amber, whatever was declared;
CPI 0.88 alone, with no plan to compute SPI(t) from, computes red already; CPI
1.02 alone computes nothing, since the schedule is unknown. Of SPI(t) 0.85, 0.92
and none, one of two projects is behind. A finish expected on 10 July against a
baseline of 30 June is 10 days late, whatever day its manager reports.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.portfolio import Project, ProjectStatus
from pmo_analytics.performance.completion_outlook import latest_outlook
from pmo_analytics.performance.earned_value import EarnedValue, latest

RED_BELOW = 0.90
AMBER_BELOW = 0.95
UNKNOWN = "unknown"
WORST_FIRST = ("red", "amber", "green", UNKNOWN)
NOT_RUNNING = ("proposed", "cancelled")


class ProjectHealth(Contract):
    """One row per project of the register, worst computed status first.

    `computed_rag` is red, amber, green or unknown; `lowest_index` the lower of
    CPI and SPI(t). Cost at completion and `expected_finish_date` are those that
    `completion_outlook` shows, each with its assumption and why it is that one;
    `forecast_finish_date` is the manager's. `finish_delay_days` is expected finish
    less baseline finish, positive when late. `comment` is the manager's, of the last report.
    """

    project_id: Text = required()
    name: Text = required()
    portfolio: Text = optional()
    state: Text = optional()
    rag_status: Text = optional()
    computed_rag: Text = required(isin=WORST_FIRST)
    currency: Text = optional()
    budget_at_completion_amount: Number = optional()
    earned_value_amount: Number = optional()
    actual_cost_amount: Number = optional()
    cost_performance_index: Number = optional()
    time_schedule_performance_index: Number = optional()
    lowest_index: Number = optional()
    estimate_at_completion_amount: Number = optional()
    variance_at_completion_amount: Number = optional()
    cost_assumption: Text = optional()
    cost_assumption_reason: Text = optional()
    p80_amount: Number = optional()
    baseline_finish_date: Date = optional()
    expected_finish_date: Date = optional()
    finish_assumption: Text = optional()
    finish_assumption_reason: Text = optional()
    p80_finish_date: Date = optional()
    forecast_finish_date: Date = optional()
    finish_delay_days: Number = optional()
    reported_on_date: Date = optional()
    quality_note: Text = required()
    comment: Text = optional()


class ProjectsBehind(Contract):
    """One row: how many projects are behind by SPI(t), of those that have one."""

    projects_behind: Whole = required()
    projects_measured: Whole = required()


_AT_COMPLETION = [
    ProjectHealth.estimate_at_completion_amount, ProjectHealth.variance_at_completion_amount,
    ProjectHealth.cost_assumption, ProjectHealth.cost_assumption_reason, ProjectHealth.p80_amount,
]  # fmt: skip
_AT_FINISH = [
    ProjectHealth.expected_finish_date, ProjectHealth.finish_assumption, ProjectHealth.finish_assumption_reason,
    ProjectHealth.p80_finish_date,
]  # fmt: skip


def project_health(
    earned_value: pd.DataFrame,
    completion_outlook: pd.DataFrame,
    project: pd.DataFrame,
    project_status: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
) -> DataFrame[ProjectHealth]:
    """The latest figures of every project beside what its manager declared by `status_date`.

    Takes `EarnedValue` and `CompletionOutlook` frames and the registers. A
    project that is proposed or cancelled computes no status, and has no cost at
    completion: it will not be completed.
    """
    reported = project_status[project_status[ProjectStatus.status_date] <= status_date]
    declared = reported.sort_values(ProjectStatus.status_date).groupby(ProjectStatus.project_id).tail(1)
    figures = latest(earned_value).drop(columns=[EarnedValue.currency, EarnedValue.budget_at_completion_amount])
    budgets = latest(earned_value).set_index(EarnedValue.project_id)[EarnedValue.budget_at_completion_amount]
    columns = [ProjectStatus.state, ProjectStatus.rag_status, ProjectStatus.forecast_finish_date, ProjectStatus.comment]
    shown = latest_outlook(completion_outlook, status_date)[[Project.project_id, *_AT_COMPLETION, *_AT_FINISH]]
    rows = project.merge(figures, on=Project.project_id, how="left").merge(shown, on=Project.project_id, how="left")
    rows = rows.merge(declared[[ProjectStatus.project_id, *columns]], on=Project.project_id, how="left")
    register_budget = rows[Project.budget_at_completion_amount]
    rows[Project.budget_at_completion_amount] = rows[Project.project_id].map(budgets).fillna(register_budget)
    indices = rows[[EarnedValue.cost_performance_index, EarnedValue.time_schedule_performance_index]]
    rows[ProjectHealth.lowest_index] = indices.min(axis="columns")
    is_stopped = rows[ProjectStatus.state].isin(NOT_RUNNING)
    rows[_AT_COMPLETION] = rows[_AT_COMPLETION].mask(is_stopped)
    rows[ProjectHealth.computed_rag] = computed_status(indices, ~is_stopped)
    delay = rows[ProjectHealth.expected_finish_date] - rows[ProjectHealth.baseline_finish_date]
    rows[ProjectHealth.finish_delay_days] = delay.dt.days.astype(float)
    rows[ProjectHealth.quality_note] = rows[ProjectHealth.quality_note].fillna("")
    rank = rows[ProjectHealth.computed_rag].map({name: i for i, name in enumerate(WORST_FIRST)})
    ordered = rows.assign(rank=rank).sort_values(["rank", ProjectHealth.lowest_index, ProjectHealth.project_id])
    result = ordered.reindex(columns=list(ProjectHealth.to_schema().columns)).reset_index(drop=True)
    return checked(ProjectHealth, result)


def projects_behind(project_health: pd.DataFrame, *, red_below: float = RED_BELOW) -> DataFrame[ProjectsBehind]:
    """How many projects of a `ProjectHealth` frame have an SPI(t) below `red_below`; clocks are never averaged."""
    index = project_health[ProjectHealth.time_schedule_performance_index]
    counts = {"projects_behind": [int((index < red_below).sum())], "projects_measured": [int(index.notna().sum())]}
    return checked(ProjectsBehind, pd.DataFrame(counts))


def live(health: pd.DataFrame) -> pd.DataFrame:
    """The projects of a `ProjectHealth` frame that are neither proposed nor cancelled."""
    return health[~health[ProjectHealth.state].isin(NOT_RUNNING)].reset_index(drop=True)


def computed_status(indices: pd.DataFrame, is_running: pd.Series) -> np.ndarray:
    """Red, amber, green or unknown of each row, from the columns of CPI and SPI(t)."""
    lowest = indices.min(axis="columns")
    is_whole = indices.notna().all(axis="columns")
    conditions = [
        ~is_running,
        lowest < RED_BELOW,
        lowest < AMBER_BELOW,
        is_whole,
    ]
    return np.select([c.to_numpy(dtype=bool) for c in conditions], [UNKNOWN, "red", "amber", "green"], UNKNOWN)
