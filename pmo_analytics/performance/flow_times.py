"""Cycle time and lead time of work items, the open ones counted in, and how an expectation made of them held.

Cycle time runs from the first start to the last finish, lead time from the
creation; both in elapsed days, nights and weekends included. Open items are
censored, not dropped: each has lasted so long and is not done. Cancelled ones
are in neither, and counted. The service level expectation is the percentile of
the cycle times known on a day, and is held against what was started afterwards.
Sources: Kaplan and Meier (1958); Brookmeyer and Crowley (1982) for the
intervals; the Kanban Guide (2020) for the terms; Clopper and Pearson (1934).

Worked example: four items took 1, 2, 3 and 4 days, and a fifth is open for 10:
half of the five are done within 3 days, though half of the four were within 2,
and no P85 is told, for no more than four of five are done.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.flow_marts import IssueFlow
from pmo_analytics.forecasting.coverage import clopper_pearson
from pmo_analytics.forecasting.kaplan_meier import cycle_times

CYCLE_TIME, LEAD_TIME = "cycle_time", "lead_time"
CLOCKS = {CYCLE_TIME: IssueFlow.cycle_seconds, LEAD_TIME: IssueFlow.lead_seconds}
ALL, NOT_STATED = "all", "not stated"
GROUPINGS = (IssueFlow.issue_type, IssueFlow.project_id, IssueFlow.team)
LEVELS = (0.5, 0.85, 0.95)
EXPECTED = 0.85
THIN = 10
FEW = f"fewer than {THIN} finished items"
DAY_SECONDS = 86_400.0
CANCELLED, DONE, TO_DO = "cancelled", "done", "to_do"


class CycleTimePercentiles(Contract):
    """One row per clock (cycle or lead time) and group: all items, then each issue type, project and team.

    Key: clock, grouping, group_name. P50, P85 and P95 are elapsed days by which
    that share of items is done, with the ends of 95 % intervals; missing where
    too few are done to tell. `items_finished` and `items_open` are those behind
    them; cancelled ones, and those of which no time is known, are left out and
    counted. Read a row with a `quality_note` with care.
    """

    clock: Text = required(isin=list(CLOCKS))
    grouping: Text = required(isin=[ALL, *GROUPINGS])
    group_name: Text = required()
    items_finished: Whole = required(ge=0)
    items_open: Whole = required(ge=0)
    items_cancelled: Whole = required(ge=0)
    items_left_out: Whole = required(ge=0)
    p50_days: Number = optional(ge=0)
    p50_low_days: Number = optional(ge=0)
    p50_high_days: Number = optional(ge=0)
    p85_days: Number = optional(ge=0)
    p85_low_days: Number = optional(ge=0)
    p85_high_days: Number = optional(ge=0)
    p95_days: Number = optional(ge=0)
    p95_low_days: Number = optional(ge=0)
    p95_high_days: Number = optional(ge=0)
    quality_note: Text = optional()


class ServiceLevelRecord(Contract):
    """One row per month in which items were started, with the expectation known on its eve.

    Key: period_month. `expected_days` is the percentile, at `level_pct`, of the
    cycle times known before the month. Of the items started in it so many were
    done within that time; beyond are those that took longer or are open for
    longer; undecided are those whose time is not over by the status date, done
    or not, and those given up within it. Held is within over
    within and beyond, 0 to 100, with Clopper and Pearson's 95 % band; the
    record keeps its promise where the band holds the level.
    """

    period_month: Date = required()
    level_pct: Number = required(gt=0, lt=100)
    expected_days: Number = required(ge=0)
    items_known: Whole = required(ge=0)
    items_within: Whole = required(ge=0)
    items_beyond: Whole = required(ge=0)
    items_undecided: Whole = required(ge=0)
    held_pct: Number = optional(ge=0, le=100)
    held_low_pct: Number = required(ge=0, le=100)
    held_high_pct: Number = required(ge=0, le=100)


def grouped(issue_flow: pd.DataFrame) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """All items, then those of each group of each grouping that any item states."""
    if len(issue_flow):
        yield ALL, ALL, issue_flow
    for grouping in GROUPINGS:
        if issue_flow[grouping].notna().any():
            for name, rows in issue_flow.groupby(issue_flow[grouping].fillna(NOT_STATED)):
                yield grouping, str(name), rows


def cycle_time_percentiles(issue_flow: pd.DataFrame) -> DataFrame[CycleTimePercentiles]:
    """P50, P85 and P95 of cycle time and lead time, open items censored. Takes the mart `issue_flow`."""
    rows = [
        {"clock": clock, "grouping": grouping, "group_name": name} | _percentiles(items, column)
        for clock, column in CLOCKS.items()
        for grouping, name, items in grouped(issue_flow)
    ]
    columns = list(CycleTimePercentiles.to_schema().columns)
    return checked(CycleTimePercentiles, pd.DataFrame(rows).reindex(columns=columns))


def _percentiles(items: pd.DataFrame, column: str) -> dict[str, object]:
    is_cancelled = items[IssueFlow.state] == CANCELLED
    is_timed = ~is_cancelled & items[column].notna()
    # What waits to be started has no cycle time yet, and lacks none.
    waits = (items[IssueFlow.state] == TO_DO) & items[IssueFlow.quality_note].isna()
    is_open = items.loc[is_timed, IssueFlow.state] != DONE
    found = cycle_times(items.loc[is_timed, column] / DAY_SECONDS, is_open, LEVELS)
    row: dict[str, object] = {
        "items_finished": found.finished,
        "items_open": found.still_open,
        "items_cancelled": int(is_cancelled.sum()),
        "items_left_out": int((~is_cancelled & ~is_timed & ~waits).sum()),
        "quality_note": FEW if found.finished < THIN else None,
    }
    for quantile in found.quantiles:
        name = f"p{round(100 * quantile.level)}"
        ends = {f"{name}_days": quantile.value, f"{name}_low_days": quantile.low, f"{name}_high_days": quantile.high}
        row |= {each: np.nan if value is None else value for each, value in ends.items()}
    return row


def service_level_record(
    issue_flow: pd.DataFrame, *, status_date: pd.Timestamp, level: float = EXPECTED, clock: str = CYCLE_TIME
) -> DataFrame[ServiceLevelRecord]:
    """How the expectation of each month held for the items started in it. Takes the mart `issue_flow`.

    What was known on the eve of a month are the items started by then: those
    finished by then with their time, the others as open so long, whatever
    became of them. Months with fewer than ten finished items known are left out.
    With the clock lead_time items count from their creation.
    """
    known = issue_flow[issue_flow[CLOCKS[clock]].notna()]
    started = known[IssueFlow.started_at if clock == CYCLE_TIME else IssueFlow.created_at]
    ended, is_done = known[IssueFlow.finished_at], known[IssueFlow.state] == DONE
    days = known[CLOCKS[clock]] / DAY_SECONDS
    rows = []
    first = started.min().normalize().replace(day=1) if len(known) else status_date
    for month in pd.date_range(first, status_date, freq="MS"):
        # One cancelled by then is in neither; one cancelled later was open.
        was_known = (started < month) & ~(~is_done & (ended < month))
        was_open = ~(ended < month)
        if int((was_known & ~was_open).sum()) < THIN:
            continue
        lasted = days.where(~was_open, (month - started).dt.total_seconds() / DAY_SECONDS)
        expected = cycle_times(lasted[was_known], was_open[was_known], (level,))
        limit = expected.at(level)
        is_asked = (started >= month) & (started < month + pd.DateOffset(months=1))
        if limit is None or not is_asked.any():
            continue
        # Of one begun late a quick finish would be known and a slow one not: both wait until the time is over.
        is_over = is_asked & (started + pd.Timedelta(days=limit) <= status_date + pd.Timedelta(days=1))
        within = int((is_over & is_done & (days <= limit)).sum())
        # One that was given up late was beyond as well; given up early it tells nothing.
        beyond = int((is_over & (days > limit)).sum())
        low, high = clopper_pearson(within, within + beyond)
        rows.append(
            {
                "period_month": month, "level_pct": 100 * level, "expected_days": limit,
                "items_known": int(was_known.sum()), "items_within": within, "items_beyond": beyond,
                "items_undecided": int(is_asked.sum()) - within - beyond,
                "held_pct": 100 * within / (within + beyond) if within + beyond else np.nan,
                "held_low_pct": 100 * low, "held_high_pct": 100 * high,
            }
        )  # fmt: skip
    columns = list(ServiceLevelRecord.to_schema().columns)
    return checked(ServiceLevelRecord, pd.DataFrame(rows).reindex(columns=columns))
