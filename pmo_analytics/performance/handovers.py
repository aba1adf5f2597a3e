"""Who waits for whom, what comes later than it is needed, and which dependencies are stale or lead nowhere.

This project's own reading of the usual dependency log: what is waited for comes
on its forecast and its lag, and not before today where that has passed; it is
late by the calendar days past the day needed. Delay at stake is those days
times the projects that wait, directly or through others; money at stake is the
budget of these projects, which is what a delay holds up and not what it costs.
A link is stale where its day has passed, nothing came, and nobody has touched
it for sixty days.

Worked example: B needs it by 10 June and A forecasts 20 June; C waits for B.
On 1 June that is 10 days late, and 20 days at stake for B and C together. Had A
forecast 25 May and not delivered, it were in time still; on 15 June, 5 days late.
"""

from __future__ import annotations

import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Flag, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.dependency_marts import (
    CANCELLED,
    DELIVERED,
    OPEN,
    ORIGINS,
    UNKNOWN,
    WITHDRAWN,
    IssueDependency,
    ScheduleTie,
)
from pmo_analytics.contracts.dependency_marts import ProjectDependency as Tie
from pmo_analytics.contracts.portfolio import Project
from pmo_analytics.forecasting.schedule_axis import task_keys

STALE_AFTER_DAYS = 60
LATE, IN_TIME, UNDATED, DANGLING = "late", "in time", "not dated", "leads nowhere"
NOT_KNOWN, OF_CANCELLED, STALE = "an end is not known", "its giver was cancelled", "stale"


class HandoverOutlook(Contract):
    """One row per dependency that is neither delivered nor withdrawn, by delay at stake, most first.

    Key: origin, dependency_id, predecessor_project_id, successor_project_id.
    `late_days` is below 0 for what comes early, and missing where a date is, or
    where nothing will come. `waiting_count` counts projects that wait for it.
    `stake_amount` sums the budgets that are known; `unpriced_count` says how many
    of the projects have none. It is missing without any, or in several currencies.
    """

    origin: Text = required(isin=ORIGINS)
    dependency_id: Text = optional()
    predecessor_project_id: Text = optional()
    successor_project_id: Text = optional()
    predecessor_ref: Text = optional()
    successor_ref: Text = optional()
    needed_by_date: Date = optional()
    forecast_date: Date = optional()
    forecast_basis: Text = optional()
    handover_state: Text = required(isin=[LATE, IN_TIME, UNDATED, DANGLING])
    late_days: Number = optional()
    waiting_count: Whole = required(ge=0)
    delay_at_stake_days: Number = optional(ge=0)
    stake_amount: Number = optional()
    unpriced_count: Whole = required(ge=0)
    currency: Text = optional()
    is_stale: Flag = required()
    updated_on_date: Date = optional()
    link_count: Whole = required(ge=0)


class DoubtfulLink(Contract):
    """One row per link that leads to nothing known or to what was cancelled, or that is stale; oldest first."""

    origin: Text = required(isin=ORIGINS)
    finding: Text = required(isin=[NOT_KNOWN, OF_CANCELLED, STALE])
    predecessor_ref: Text = optional()
    successor_ref: Text = optional()
    predecessor_project_id: Text = optional()
    successor_project_id: Text = optional()
    needed_by_date: Date = optional()
    updated_on_date: Date = optional()


def late_days(ties: pd.DataFrame, status_date: pd.Timestamp) -> pd.Series:
    """Calendar days that each open tie of `project_dependency` comes past the day needed; NaN without both dates."""
    comes = ties[Tie.forecast_date].mask(ties[Tie.forecast_date] < status_date, status_date)
    days = (comes - ties[Tie.needed_by_date]).dt.days.astype(float) + ties[Tie.lag_days].fillna(0.0)
    found: pd.Series = days.where(ties[Tie.link_state] == OPEN)
    return found


def handover_outlook(
    project_dependency: pd.DataFrame,
    project: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
    stale_after_days: int = STALE_AFTER_DAYS,
    portfolio: str | None = None,
) -> DataFrame[HandoverOutlook]:
    """What each project waits for, with the days it comes late and what hangs on it.

    Takes the mart `project_dependency` and the register `project`. With
    `portfolio` those rows alone of which an end is one of its projects; what
    waits is counted over all.
    """
    waits = project_dependency[~project_dependency[Tie.link_state].isin([DELIVERED, WITHDRAWN])]
    rows = waits.reset_index(drop=True)
    days = late_days(rows, status_date)
    rows[HandoverOutlook.late_days] = days
    state = pd.Series(IN_TIME, index=rows.index, dtype=object).mask(days > 0, LATE).mask(days.isna(), UNDATED)
    rows[HandoverOutlook.handover_state] = state.mask(rows[Tie.link_state].isin([CANCELLED, UNKNOWN]), DANGLING)
    rows[HandoverOutlook.is_stale] = is_stale(rows, status_date, stale_after_days)
    waiting = _all_that_wait(rows)
    held_up = [waiting.get(name, {name}) if pd.notna(name) else set() for name in rows[Tie.successor_project_id]]
    rows[HandoverOutlook.waiting_count] = [len(names) for names in held_up]
    rows[HandoverOutlook.delay_at_stake_days] = days.clip(lower=0) * rows[HandoverOutlook.waiting_count].astype(float)
    stakes = [_budget(project, names) for names in held_up]
    rows[HandoverOutlook.stake_amount] = [amount for amount, _, _ in stakes]
    rows[HandoverOutlook.unpriced_count] = [count for _, count, _ in stakes]
    rows[HandoverOutlook.currency] = pd.Series([currency for _, _, currency in stakes], dtype=object)
    if portfolio is not None:
        inside = project.loc[project[Project.portfolio] == portfolio, Project.project_id]
        ends = [Tie.predecessor_project_id, Tie.successor_project_id]
        rows = rows[rows[ends].isin(set(inside)).any(axis=1)]
    rows = rows.sort_values(
        [HandoverOutlook.delay_at_stake_days, HandoverOutlook.late_days, Tie.needed_by_date, *_KEY],
        ascending=[False, False, True, *[True] * len(_KEY)], ignore_index=True, kind="stable",
    )  # fmt: skip
    return checked(HandoverOutlook, rows.reindex(columns=list(HandoverOutlook.to_schema().columns)))


_KEY = [Tie.origin, Tie.dependency_id, Tie.predecessor_project_id, Tie.successor_project_id]


def is_stale(ties: pd.DataFrame, status_date: pd.Timestamp, stale_after_days: int) -> pd.Series:
    """Whether ties that still wait passed the day they were needed and were left alone for so many days."""
    untouched = (status_date - ties["updated_on_date"]).dt.days
    waits = ~ties["link_state"].isin([DELIVERED, WITHDRAWN])
    found: pd.Series = waits & (ties["needed_by_date"] < status_date) & (untouched > stale_after_days)
    return found


def _all_that_wait(ties: pd.DataFrame) -> dict[str, set[str]]:
    """Each project with all that wait for it through open ties, itself among them."""
    known = ties[(ties[Tie.link_state] == OPEN) & ties[Tie.predecessor_project_id].notna()]
    onward: dict[str, set[str]] = {}
    for before, after in zip(known[Tie.predecessor_project_id], known[Tie.successor_project_id], strict=True):
        if pd.notna(after):
            onward.setdefault(str(before), set()).add(str(after))
    found: dict[str, set[str]] = {}
    for first in {*onward, *(name for names in onward.values() for name in names)}:
        reached, waiting = {first}, [first]
        while waiting:
            new = onward.get(waiting.pop(), set()) - reached
            reached |= new
            waiting += new
        found[first] = reached
    return found


def _budget(project: pd.DataFrame, names: set[str]) -> tuple[float, int, str | None]:
    """The budgets of projects, how many have none, and their currency."""
    rows = project[project[Project.project_id].isin(names) & project[Project.budget_at_completion_amount].notna()]
    currencies = rows[Project.currency].dropna().unique()
    unpriced = len(names) - rows[Project.project_id].nunique()
    if len(currencies) != 1:
        return float("nan"), unpriced, None
    return float(rows[Project.budget_at_completion_amount].sum()), unpriced, str(currencies[0])


def doubtful_links(
    project_dependency: pd.DataFrame,
    issue_dependency: pd.DataFrame,
    schedule_tie: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
    stale_after_days: int = STALE_AFTER_DAYS,
) -> DataFrame[DoubtfulLink]:
    """Links to look after, each with what is wrong; one that leads nowhere is not called stale as well.

    Takes the marts of dependencies; of the projects' one only what the register states.
    """
    issues = issue_dependency.assign(
        origin="issue",
        predecessor_ref=issue_dependency[IssueDependency.predecessor_key],
        successor_ref=issue_dependency[IssueDependency.successor_key],
    )
    ties = schedule_tie[schedule_tie[ScheduleTie.origin] == "schedule"]
    tasks = ties.assign(
        predecessor_ref=task_keys(ties[ScheduleTie.predecessor_schedule_id], ties[ScheduleTie.predecessor_id]),
        successor_ref=task_keys(ties[ScheduleTie.schedule_id], ties[ScheduleTie.successor_id]),
    )
    register = project_dependency[project_dependency[Tie.origin] == "register"]
    columns = [name for name in DoubtfulLink.to_schema().columns if name != DoubtfulLink.finding] + ["link_state"]
    parts = [part.reindex(columns=columns) for part in (register, issues, tasks) if len(part)]
    rows = pd.concat(parts, ignore_index=True) if parts else register.reindex(columns=columns)
    finding = pd.Series(None, index=rows.index, dtype=object).mask(is_stale(rows, status_date, stale_after_days), STALE)
    finding = finding.mask(rows["link_state"] == CANCELLED, OF_CANCELLED)
    rows[DoubtfulLink.finding] = finding.mask(rows["link_state"] == UNKNOWN, NOT_KNOWN)
    found = rows[rows[DoubtfulLink.finding].notna()].sort_values(
        [DoubtfulLink.updated_on_date, DoubtfulLink.origin, DoubtfulLink.predecessor_ref, DoubtfulLink.successor_ref],
        ignore_index=True,
    )
    return checked(DoubtfulLink, found.reindex(columns=list(DoubtfulLink.to_schema().columns)))
