"""Work items by week: how many came, were started and were done, and how many stood where at each week's end.

Throughput counts items by the day of their last finish. Weeks begin on Monday
(ISO 8601); the last one is not whole where the reporting date is no Sunday.
Source: by the usual definitions of the Kanban Guide (2020); the counts at the
weeks' ends are the bands of a cumulative flow diagram, after Reinertsen (2009).

Worked example: three items are created on a Monday, one is started on Tuesday
and done on Friday: at the week's end two are to do, none is in progress and one
is done, and the week's throughput is 1.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Flag, Number, Text, Whole, checked, required
from pmo_analytics.contracts.flow_marts import IssueFlow
from pmo_analytics.forecasting.block_bootstrap import mean_interval
from pmo_analytics.performance.flow_times import CANCELLED, DONE

RATE_WEEKS, SEED = 13, 20_260_101
UNMAPPED = "unmapped"
BEFORE_CREATION, NO_FINISH = "finished before it was created", "finish not known"


class FlowByWeek(Contract):
    """One row per week from the first item on, to the status date.

    Key: start_date. `arrival_count`, `start_count`, `throughput_count` and
    `cancelled_count` are of the week; the open ones and those in progress at its
    end, `done_total` up to then. An item in progress was started and is not
    finished, wherever it stands; without a known start it counts as open alone.
    """

    start_date: Date = required()
    end_date: Date = required()
    is_whole: Flag = required()
    arrival_count: Whole = required(ge=0)
    start_count: Whole = required(ge=0)
    throughput_count: Whole = required(ge=0)
    cancelled_count: Whole = required(ge=0)
    open_items: Whole = required(ge=0)
    in_progress_items: Whole = required(ge=0)
    done_total: Whole = required(ge=0)


class FlowRate(Contract):
    """One row: throughput and arrivals a week over the last whole weeks, and what is open now; none without weeks.

    The rates are means with 95 % percentile intervals of a circular block
    bootstrap over the weeks.
    """

    weeks_counted: Whole = required(ge=1)
    throughput_per_week: Number = required(ge=0)
    throughput_low: Number = required(ge=0)
    throughput_high: Number = required(ge=0)
    arrivals_per_week: Number = required(ge=0)
    arrivals_low: Number = required(ge=0)
    arrivals_high: Number = required(ge=0)
    open_items: Whole = required(ge=0)
    in_progress_items: Whole = required(ge=0)


class FlowLeftOut(Contract):
    """One row per reason for which items are in no count of weeks, or have no cycle time.

    Key: quality_note. `is_counted` where they are in the weeks all the same.
    """

    quality_note: Text = required()
    issue_count: Whole = required(ge=1)
    is_counted: Flag = required()


def is_counted(issue_flow: pd.DataFrame) -> pd.Series[bool]:
    """Which rows of the mart `issue_flow` can be placed in time: mapped, and not finished before they were created."""
    note = issue_flow[IssueFlow.quality_note]
    return (issue_flow[IssueFlow.state] != UNMAPPED) & ~note.isin([BEFORE_CREATION, NO_FINISH])


def flow_left_out(issue_flow: pd.DataFrame) -> DataFrame[FlowLeftOut]:
    """Why items lack a time, and how many. Takes the mart `issue_flow`, whose rows name them."""
    noted = issue_flow[issue_flow[IssueFlow.quality_note].notna()]
    groups = noted.assign(is_counted=is_counted(noted)).groupby(IssueFlow.quality_note)
    rows = groups.agg(issue_count=(IssueFlow.issue_key, "size"), is_counted=("is_counted", "all")).reset_index()
    return checked(FlowLeftOut, rows.sort_values("issue_count", ascending=False, kind="stable", ignore_index=True))


def flow_by_week(issue_flow: pd.DataFrame, *, status_date: pd.Timestamp) -> DataFrame[FlowByWeek]:
    """Arrivals, starts and throughput by week, and what stood where at its end. Takes the mart `issue_flow`."""
    items = issue_flow[is_counted(issue_flow)]
    if items.empty:
        return checked(FlowByWeek, pd.DataFrame(columns=list(FlowByWeek.to_schema().columns)))
    created, started, ended = (
        items[name] for name in (IssueFlow.created_on_date, IssueFlow.started_on_date, IssueFlow.finished_on_date)
    )
    is_done, is_cancelled = items[IssueFlow.state] == DONE, items[IssueFlow.state] == CANCELLED
    first = min(created.min(), status_date)
    weeks = pd.date_range(first - pd.Timedelta(days=first.weekday()), status_date, freq="7D", unit="ns")
    ends = weeks + pd.Timedelta(days=6)

    def by_then(days: pd.Series[pd.Timestamp]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.searchsorted(np.sort(days.dropna().to_numpy()), ends.to_numpy(), side="right").astype(np.int64)

    come, done, cancelled = by_then(created), by_then(ended[is_done]), by_then(ended[is_cancelled])
    begun, over = by_then(started), by_then(ended[started.notna()])
    return checked(
        FlowByWeek,
        pd.DataFrame(
            {
                FlowByWeek.start_date: weeks,
                FlowByWeek.end_date: ends.where(ends <= status_date, status_date),
                FlowByWeek.is_whole: ends <= status_date,
                FlowByWeek.arrival_count: np.diff(come, prepend=0),
                FlowByWeek.start_count: np.diff(begun, prepend=0),
                FlowByWeek.throughput_count: np.diff(done, prepend=0),
                FlowByWeek.cancelled_count: np.diff(cancelled, prepend=0),
                FlowByWeek.open_items: come - done - cancelled,
                FlowByWeek.in_progress_items: begun - over,
                FlowByWeek.done_total: done,
            }
        ),
    )


def flow_rate(flow_by_week: pd.DataFrame, *, weeks: int = RATE_WEEKS) -> DataFrame[FlowRate]:
    """Mean throughput and arrivals of the last whole weeks, with intervals. Takes the frame of `flow_by_week`."""
    whole = flow_by_week[flow_by_week[FlowByWeek.is_whole]].tail(weeks)
    columns = list(FlowRate.to_schema().columns)
    if whole.empty:
        return checked(FlowRate, pd.DataFrame(columns=columns))
    now = flow_by_week.iloc[-1]
    row: dict[str, object] = {
        FlowRate.weeks_counted: len(whole),
        FlowRate.open_items: now[FlowByWeek.open_items],
        FlowRate.in_progress_items: now[FlowByWeek.in_progress_items],
    }
    for name, column in (("throughput", FlowByWeek.throughput_count), ("arrivals", FlowByWeek.arrival_count)):
        found = mean_interval(whole[column].astype(float), np.random.default_rng(SEED))
        row |= {f"{name}_per_week": found.value, f"{name}_low": found.low, f"{name}_high": found.high}
    return checked(FlowRate, pd.DataFrame([row])[columns])
