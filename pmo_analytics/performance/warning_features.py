"""What was known of every project at every month's end: the features that a warning may rest on.

Each month reads what was dated by its last day and nothing later: the baseline
then approved, the reports then written. Rows added later change no month before
them. What was not known is missing and named, never zero. Figures of a team are
sums over those who booked on the project, of five or more persons. Whether a
project is in breach is this project's own reading of tolerance in management by
exception (PRINCE2), with the tolerances of `decisions_needed`.

Worked example: a project of 1,000 has earned 350 for 410, so that with the rest
at plan it comes to 1,060, 6 % above its budget, and uses 0.6 of a tolerance of
10 %; expected to finish 45 days late of 60 allowed it uses 0.75. The larger one
is told: 0.75, no breach.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Flag, Number, Text, checked, optional, required
from pmo_analytics.contracts.portfolio import Project, ProjectStatus
from pmo_analytics.performance.baselines import BaselineHistory, baseline_history, earned_value_as_baselined
from pmo_analytics.performance.completion_outlook import CompletionOutlook, completion_outlook
from pmo_analytics.performance.decisions_needed import COST_TOLERANCE, DELAY_TOLERANCE_DAYS, LATE, OVER_BUDGET
from pmo_analytics.performance.earned_value import EarnedValue
from pmo_analytics.performance.warning_signals import (
    AT,
    KEY,
    change,
    growth_pct,
    last_known,
    missing_names,
    month_grid,
    running_months,
    with_exposure,
    with_milestones,
    with_team,
    with_work,
)

MINIMUM_GROUP_SIZE = 5


class WarningFeatures(Contract):
    """One row per project and month from its first report or baselined month to its end or the status date.

    Key: project_id, period_month. All figures are as known at `status_date`, the
    month's last day or the reporting date in its own month. Changes are over
    three months. Cost and finish are those that `completion_outlook` shows at
    the month; `finish_delay_days` is against the baseline then in force, or the
    register's. `tolerance_used_ratio` may be negative, ahead of plan.
    `is_in_breach` is missing where neither cost nor finish is known; where one
    is, it speaks of that one. `missing_features` names what is missing in the row.
    """

    project_id: Text = required()
    period_month: Date = required()
    status_date: Date = required()
    state: Text = optional()
    rag_status: Text = optional()
    currency: Text = optional()
    budget_at_completion_amount: Number = optional()
    cost_performance_index: Number = optional()
    cost_performance_index_change: Number = optional()
    time_schedule_performance_index: Number = optional()
    time_schedule_performance_index_change: Number = optional()
    cost_overrun_pct: Number = optional()
    finish_delay_days: Number = optional()
    finish_delay_change_days: Number = optional()
    tolerance_used_ratio: Number = optional()
    elapsed_pct: Number = optional()
    milestone_slip_days: Number = optional()
    milestone_slip_change_days: Number = optional()
    baseline_change_count: Number = optional()
    budget_growth_pct: Number = optional()
    open_count: Number = optional()
    backlog_growth_pct: Number = optional()
    in_progress_age_days: Number = optional()
    utilisation_ratio: Number = optional()
    turnover_pct: Number = optional()
    status_age_days: Number = optional()
    risk_exposure_pct: Number = optional()
    risk_exposure_change_pct: Number = optional()
    missing_features: Text = required()
    breached_tolerances: Text = required()
    is_in_breach: Flag = optional()


COLUMNS = list(WarningFeatures.to_schema().columns)
FEATURES = COLUMNS[COLUMNS.index("cost_performance_index") : COLUMNS.index("missing_features")]


def warning_features(  # noqa: PLR0917 - marts and registers are bound by name
    planned_earned_actual: pd.DataFrame,
    budget: pd.DataFrame,
    project: pd.DataFrame,
    project_status: pd.DataFrame,
    milestone_slip: pd.DataFrame,
    open_issues_by_project: pd.DataFrame,
    issue_status_history: pd.DataFrame,
    effort_by_person_month: pd.DataFrame,
    availability_by_person_month: pd.DataFrame,
    risk: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
    cost_tolerance: float = COST_TOLERANCE,
    delay_tolerance_days: float = DELAY_TOLERANCE_DAYS,
    minimum_group_size: int = MINIMUM_GROUP_SIZE,
) -> DataFrame[WarningFeatures]:
    """The features of every month up to `status_date`, from marts and registers.

    `cost_tolerance` is a ratio of the budget. Groups of fewer than
    `minimum_group_size` persons tell neither utilisation nor turnover.
    """
    earned = earned_value_as_baselined(planned_earned_actual, budget, status_date=status_date)
    outlook = completion_outlook(earned, project_status, status_date=status_date)
    history = baseline_history(budget, status_date=status_date)
    approved = history.groupby(BaselineHistory.project_id, as_index=False)[BaselineHistory.baselined_on_date].min()
    # Before the first approval no plan was known, though the months are held against it elsewhere.
    earned = earned.merge(approved, on=EarnedValue.project_id)
    earned = earned[earned[EarnedValue.status_date] >= earned[BaselineHistory.baselined_on_date]]
    first, last = running_months(project_status, earned, status_date)
    grid = month_grid(first, last, status_date)
    if grid.empty:
        return checked(WarningFeatures, pd.DataFrame(columns=COLUMNS))
    grid = _with_reports(grid, project_status)
    grid = _with_outlook(grid, outlook, approved)
    grid = _with_baselines(grid, history, project)
    grid = _with_indices(grid, earned)
    grid = with_milestones(grid, milestone_slip)
    grid["milestone_slip_change_days"] = change(grid, "milestone_slip_days")
    grid = with_work(grid, open_issues_by_project, issue_status_history)
    grid["backlog_growth_pct"] = growth_pct(grid, "open_count")
    grid = with_team(grid, effort_by_person_month, availability_by_person_month, minimum_group_size)
    grid = with_exposure(grid, risk)
    amount = grid[EarnedValue.budget_at_completion_amount]
    grid["risk_exposure_pct"] = 100 * grid["exposure_amount"] / amount.where(amount > 0)
    grid["risk_exposure_change_pct"] = change(grid, "risk_exposure_pct")
    grid = _with_tolerances(grid, cost_tolerance, delay_tolerance_days)
    grid[WarningFeatures.missing_features] = missing_names(grid, FEATURES)
    return checked(WarningFeatures, grid.reindex(columns=COLUMNS).sort_values(KEY, ignore_index=True))


def _with_reports(grid: pd.DataFrame, project_status: pd.DataFrame) -> pd.DataFrame:
    """State, declared status and forecast finish of the last report, and its age."""
    columns = [ProjectStatus.state, ProjectStatus.rag_status, ProjectStatus.forecast_finish_date]
    reports = project_status[[ProjectStatus.project_id, ProjectStatus.status_date, *columns]]
    found = last_known(grid, reports, AT)
    if "reported_on" not in found:
        found["reported_on"] = pd.Series(pd.NaT, index=found.index, dtype="datetime64[ns]")
    found["status_age_days"] = (found[AT] - found["reported_on"]).dt.days.astype(float)
    return found.drop(columns="reported_on")


def _with_outlook(grid: pd.DataFrame, outlook: pd.DataFrame, approved: pd.DataFrame | pd.Series) -> pd.DataFrame:
    """Cost and finish that were shown at each month; before the first approval the finish that was reported."""
    columns = [CompletionOutlook.estimate_at_completion_amount, CompletionOutlook.expected_finish_date]
    found = grid.merge(outlook[[*KEY, *columns]], on=KEY, how="left").merge(
        approved, on=EarnedValue.project_id, how="left"
    )
    is_early = found[AT] < found[BaselineHistory.baselined_on_date]
    found[columns[0]] = found[columns[0]].mask(is_early)
    found[columns[1]] = found[columns[1]].mask(is_early, pd.to_datetime(found[ProjectStatus.forecast_finish_date]))
    return found.drop(columns=BaselineHistory.baselined_on_date)


def _with_baselines(grid: pd.DataFrame, history: pd.DataFrame, project: pd.DataFrame) -> pd.DataFrame:
    """What the baseline in force changed, and the delay against its finish."""
    day = BaselineHistory.baselined_on_date
    by_project = history.groupby(BaselineHistory.project_id)
    total = history[BaselineHistory.budget_at_completion_amount]
    begun = by_project[BaselineHistory.budget_at_completion_amount].transform("first")
    columns = [BaselineHistory.project_id, day, BaselineHistory.baseline_finish_date]
    plans = history[columns].assign(
        baseline_change_count=by_project.cumcount().astype(float),
        budget_growth_pct=100 * (total / begun.where(begun > 0) - 1),
    )
    found = last_known(grid, plans, day)
    # The register tells one state: months before its date may not read it.
    stated = project[[Project.project_id, Project.status_date, Project.baseline_finish_date]].set_axis(
        ["project_id", "stated_on", "stated_finish"], axis="columns"
    )
    found = found.merge(stated, on="project_id", how="left")
    of_register = found["stated_finish"].where(found["stated_on"] <= found[AT])
    finish = found[BaselineHistory.baseline_finish_date].fillna(of_register)
    delay = pd.to_datetime(found[CompletionOutlook.expected_finish_date]) - pd.to_datetime(finish)
    found["finish_delay_days"] = delay.dt.days.astype(float)
    found["finish_delay_change_days"] = change(found, "finish_delay_days")
    return found


def _with_indices(grid: pd.DataFrame, earned: pd.DataFrame) -> pd.DataFrame:
    """CPI, SPI(t), their trends, and the part of the duration that has passed."""
    columns = [
        EarnedValue.currency,
        EarnedValue.budget_at_completion_amount,
        EarnedValue.cost_performance_index,
        EarnedValue.time_schedule_performance_index,
        EarnedValue.actual_time_months,
        EarnedValue.planned_duration_months,
    ]
    found = grid.merge(earned[[*KEY, *columns]], on=KEY, how="left")
    for name in (EarnedValue.cost_performance_index, EarnedValue.time_schedule_performance_index):
        found[f"{name}_change"] = change(found, name)
    budget = found[EarnedValue.budget_at_completion_amount]
    estimate = found[CompletionOutlook.estimate_at_completion_amount]
    found["cost_overrun_pct"] = 100 * (estimate / budget.where(budget > 0) - 1)
    duration = found[EarnedValue.planned_duration_months]
    found["elapsed_pct"] = 100 * found[EarnedValue.actual_time_months] / duration.where(duration > 0)
    return found


def _with_tolerances(grid: pd.DataFrame, cost_tolerance: float, delay_tolerance_days: float) -> pd.DataFrame:
    """How much of its tolerances each project uses, and which of them it has left."""
    overrun, delay = grid["cost_overrun_pct"] / 100, grid["finish_delay_days"]
    shares = [
        figure / tolerance if tolerance > 0 else figure * np.nan
        for figure, tolerance in ((overrun, cost_tolerance), (delay, delay_tolerance_days))
    ]
    found = grid.assign(tolerance_used_ratio=pd.concat(shares, axis="columns").max(axis="columns"))
    breached = {OVER_BUDGET: overrun > cost_tolerance, LATE: delay > delay_tolerance_days}
    names = np.array(list(breached))
    marks = np.stack([each.to_numpy(dtype=bool) for each in breached.values()], axis=1)
    found[WarningFeatures.breached_tolerances] = [", ".join(names[each]) for each in marks]
    is_known = (overrun.notna() | delay.notna()).to_numpy()
    found[WarningFeatures.is_in_breach] = pd.Series(marks.any(axis=1), index=found.index, dtype="boolean").where(
        is_known
    )
    return found
