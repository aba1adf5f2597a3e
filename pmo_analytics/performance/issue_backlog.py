"""Open Jira issues at each month's end.

Open is, as Jira counts and by the usual definition, what has no resolution.

Worked example: a project opened three issues on 10 May and resolved one on 20
June: three are open at the end of May and two at the end of June, one fewer.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.marts import OpenIssuesByProject as Spans


class IssueBacklog(Contract):
    """One row per project and month from its first issue to the status date's month.

    `open_count` is at the end of `counted_on_date`, the month's last day or the
    status date in its own month; `change_count` is against the month before,
    missing in the first. An empty project_id gathers the issues of unknown
    projects. Issues withheld for want of history are in no number.
    """

    project_id: Text = optional()
    period_month: Date = required()
    counted_on_date: Date = required()
    open_count: Whole = required(ge=0)
    change_count: Number = optional()


def issue_backlog(open_issues_by_project: pd.DataFrame, *, status_date: pd.Timestamp) -> DataFrame[IssueBacklog]:
    """Issues open at every month's end up to `status_date`. Takes the mart `open_issues_by_project`."""
    past = open_issues_by_project[open_issues_by_project[Spans.start_date] <= status_date]
    parts = []
    for project, spans in past.groupby(Spans.project_id, dropna=False):
        ordered = spans.sort_values(Spans.start_date)
        first = ordered[Spans.start_date].iloc[0].replace(day=1)
        months = pd.date_range(first, status_date, freq="MS", unit="ns")
        days = (months + pd.offsets.MonthEnd(0)).where(months + pd.offsets.MonthEnd(0) <= status_date, status_date)
        # The span that a day lies in is the last that begins by then.
        places = np.searchsorted(ordered[Spans.start_date].to_numpy(), days.to_numpy(), side="right") - 1
        counts = ordered[Spans.open_count].to_numpy()[places]
        parts.append(
            pd.DataFrame(
                {
                    IssueBacklog.project_id: project,
                    IssueBacklog.period_month: months,
                    IssueBacklog.counted_on_date: days,
                    IssueBacklog.open_count: counts,
                    IssueBacklog.change_count: pd.Series(counts, dtype=float).diff(),
                }
            )
        )
    columns = list(IssueBacklog.to_schema().columns)
    rows = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
    return checked(IssueBacklog, rows[columns])
