"""What was known of each project at each month's end, register by register, from rows dated by then alone."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from pmo_analytics.contracts.marts import AvailabilityByPersonMonth as Available
from pmo_analytics.contracts.marts import EffortByPersonMonth as Effort
from pmo_analytics.contracts.marts import IssueStatusHistory as Stay
from pmo_analytics.contracts.marts import MilestoneSlip as Slip
from pmo_analytics.contracts.portfolio import ProjectStatus
from pmo_analytics.contracts.raid import Risk
from pmo_analytics.performance.issue_backlog import IssueBacklog, issue_backlog
from pmo_analytics.performance.last_reports import last_reports
from pmo_analytics.performance.raid_log import is_closed, pert_mean

KEY, AT = ["project_id", "period_month"], "status_date"
CHANGE_MONTHS = 3


def month_grid(first: pd.Series, last: pd.Series, status_date: pd.Timestamp) -> pd.DataFrame:
    """One row per project and month from its `first` to its `last`, both by project, with the month's last day.

    The last day is `status_date` in its own month; months after it are left out.
    """
    parts = [
        pd.DataFrame({"project_id": project, "period_month": pd.date_range(begin, last[project], freq="MS")})
        for project, begin in zip(first.index.astype(str), first, strict=True)
    ]
    if not parts:
        return pd.DataFrame({"project_id": pd.Series(dtype=str), "period_month": pd.Series(dtype="datetime64[ns]")})
    grid = pd.concat(parts, ignore_index=True)
    grid = grid[grid["period_month"] <= status_date].reset_index(drop=True)
    ends = grid["period_month"] + pd.offsets.MonthEnd(0)
    grid[AT] = ends.where(ends <= status_date, status_date)
    return grid


def last_known(grid: pd.DataFrame, reports: pd.DataFrame, day: str) -> pd.DataFrame:
    """The last report of each project dated `day` by each month's end, as columns beside the grid."""
    if reports.empty or grid.empty:
        others = [column for column in reports.columns if column not in grid.columns]
        return grid.assign(**{column: pd.Series(dtype=reports[column].dtype) for column in others})
    right = reports.rename(columns={day: "known_on"}).assign(**{day: reports[day]}) if day != AT else reports
    key = "known_on" if day != AT else "reported_on"
    right = right if day != AT else reports.rename(columns={AT: "reported_on"})
    found = last_reports(grid, right, asked_on=AT, told_on=key, by=["project_id"])
    return found.drop(columns=["known_on"], errors="ignore").sort_values(KEY, ignore_index=True)


def change(grid: pd.DataFrame, column: str) -> pd.Series:
    """A column less what it was three months before; the grid has every month of a project, in order."""
    changed: pd.Series = grid[column] - grid.groupby("project_id")[column].shift(CHANGE_MONTHS)
    return changed


def growth_pct(grid: pd.DataFrame, column: str) -> pd.Series:
    """By what share a column grew over three months, in percent; missing where it was 0."""
    before = grid.groupby("project_id")[column].shift(CHANGE_MONTHS)
    grown: pd.Series = 100 * (grid[column] / before.where(before > 0) - 1)
    return grown


def _at_each_month(grid: pd.DataFrame, name: str, figure: Callable[[pd.Timestamp], pd.Series]) -> pd.DataFrame:
    """The grid with a figure by project, reckoned anew at each month's end."""
    parts = []
    for day in grid[AT].drop_duplicates():
        rows = grid[grid[AT] == day]
        parts.append(rows.assign(**{name: rows["project_id"].map(figure(day)).astype(float)}))
    found = pd.concat(parts) if parts else grid.assign(**{name: pd.Series(dtype=float)})
    return found.sort_values(KEY, ignore_index=True)


def with_milestones(grid: pd.DataFrame, milestone_slip: pd.DataFrame) -> pd.DataFrame:
    """`milestone_slip_days`: the largest slip of the milestones as last reported."""
    ordered = milestone_slip.sort_values(Slip.status_date)

    def largest(day: pd.Timestamp) -> pd.Series:
        known = ordered[ordered[Slip.status_date] <= day].groupby([Slip.project_id, Slip.milestone_id]).tail(1)
        return known.groupby(Slip.project_id)[Slip.slip_days].max()

    return _at_each_month(grid, "milestone_slip_days", largest)


def with_exposure(grid: pd.DataFrame, risk: pd.DataFrame) -> pd.DataFrame:
    """`exposure_amount` of the open risks in the project's `currency`.

    None open is 0 where risks were ever reported; missing where an open risk
    states no probability or cost, or another currency: nothing is summed past it.
    """
    costs = risk[[Risk.cost_low_amount, Risk.cost_most_likely_amount, Risk.cost_high_amount]].astype(float)
    impacts = pd.Series([pert_mean(*each) for each in costs.itertuples(index=False)], index=risk.index, dtype=float)
    reports = risk.assign(exposure=impacts * risk[Risk.probability], is_open=~is_closed(risk[Risk.state]))
    reports = reports.sort_values([Risk.risk_id, Risk.status_date])

    def exposure(day: pd.Timestamp) -> pd.Series:
        currency = grid[grid[AT] == day].set_index("project_id")["currency"]
        known = reports[reports[Risk.status_date] <= day].groupby(Risk.risk_id).tail(1)
        ever = known[Risk.project_id].dropna().unique()
        rows = known[known["is_open"]]
        amount = rows["exposure"].where(rows[Risk.currency] == rows[Risk.project_id].map(currency))
        sums = amount.groupby(rows[Risk.project_id]).agg(lambda each: each.sum(skipna=False))
        none: pd.Series = sums.reindex(ever).where(pd.Index(ever).isin(sums.index), 0.0)
        return none

    return _at_each_month(grid, "exposure_amount", exposure)


def with_work(grid: pd.DataFrame, open_issues: pd.DataFrame, stays: pd.DataFrame) -> pd.DataFrame:
    """`open_count` of issues and `in_progress_age_days`, the median age of what is in progress."""
    if len(grid):
        backlog = issue_backlog(open_issues, status_date=grid[AT].max())
        grid = grid.merge(backlog[[*KEY, IssueBacklog.open_count]], on=KEY, how="left")
    else:
        grid = grid.assign(open_count=pd.Series(dtype=float))
    grid["open_count"] = grid["open_count"].astype(float)
    working = stays[(stays[Stay.status_category] == "in_progress") & stays[Stay.entered_at].notna()]

    def age(day: pd.Timestamp) -> pd.Series:
        end = day + pd.Timedelta(days=1)
        rows = working[(working[Stay.entered_at] < end) & ~(working[Stay.left_at] < end)]
        days = (end - rows[Stay.entered_at]).dt.total_seconds() / 86_400
        median: pd.Series = days.groupby(rows[Stay.project_id]).median()
        return median

    return _at_each_month(grid, "in_progress_age_days", age)


def with_team(
    grid: pd.DataFrame, effort: pd.DataFrame, availability: pd.DataFrame, minimum_group_size: int
) -> pd.DataFrame:
    """`utilisation_ratio` and `turnover_pct` of those who booked on a project, of groups large enough alone.

    Utilisation is everything that they booked in the month over what they had
    available, of those whose availability is known.
    """
    person_month = [Effort.person_id, Effort.period_month]
    booked = effort.groupby(person_month, as_index=False)[Effort.duration_seconds].sum()
    known = booked.merge(availability[[*person_month, Available.available_seconds]], on=person_month)
    known = known[known[Available.available_seconds] > 0]
    on = effort.loc[effort[Effort.project_id].notna(), [Effort.person_id, *KEY]].drop_duplicates()
    sums = (
        on.merge(known, on=person_month)
        .groupby(KEY)
        .agg(n=("person_id", "size"), booked=("duration_seconds", "sum"), available=("available_seconds", "sum"))
    )
    ratio = (sums["booked"] / sums["available"]).where(sums["n"] >= minimum_group_size).rename("utilisation_ratio")
    after = on.assign(period_month=on["period_month"] + pd.offsets.MonthBegin(1), was=1)
    stayed = after.merge(on.assign(stays=1), on=[*KEY, Effort.person_id], how="left")
    counts = stayed.groupby(KEY).agg(was=("was", "sum"), stays=("stays", "count"))
    left = 100 * (1 - counts["stays"] / counts["was"])
    turnover = left.where(counts["was"] >= minimum_group_size).rename("turnover_pct")
    return grid.merge(ratio.reset_index(), on=KEY, how="left").merge(turnover.reset_index(), on=KEY, how="left")


def running_months(
    project_status: pd.DataFrame, earned: pd.DataFrame, status_date: pd.Timestamp
) -> tuple[pd.Series, pd.Series]:
    """The first month of each project with a report or a baselined month, and its last: that of its end, or now's."""
    reports = project_status[project_status[ProjectStatus.status_date] <= status_date]
    months = reports.assign(period_month=reports[ProjectStatus.status_date].dt.to_period("M").dt.to_timestamp())
    seen = pd.concat([months[KEY], earned[KEY]])
    first = seen.groupby("project_id")["period_month"].min()
    is_over = months[ProjectStatus.state].isin(["complete", "cancelled"])
    over = months[is_over].groupby("project_id")["period_month"].min()
    now = pd.Timestamp(status_date).to_period("M").to_timestamp()
    return first, over.reindex(first.index).fillna(now)


def missing_names(rows: pd.DataFrame, names: list[str]) -> np.ndarray:
    """The names of the columns without a value, row by row, with a comma between."""
    absent = rows[names].isna().to_numpy()
    return np.array([", ".join(np.array(names)[each]) for each in absent], dtype=object)
