"""How old the work in progress is, against what work took so far.

An item's age is held against the percentiles of the same clock over all items:
past P85 it is later than the service level expected. Where the start is not
known its age counts from the creation, against lead times. Source: the Kanban
Guide (2020), work item age; the percentiles are those of `flow_times`.

Worked example: half of all items were done within 5 days and 85 % within 20. An
item in progress for 12 days is between P50 and P85; one for 21 is past P85.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Flag, Number, Text, checked, optional, required
from pmo_analytics.contracts.flow_marts import IssueFlow
from pmo_analytics.performance.flow_times import ALL, CYCLE_TIME, DAY_SECONDS, LEAD_TIME, CycleTimePercentiles

IN_PROGRESS = ("in_progress", "blocked")
WITHIN_P50, WITHIN_P85, WITHIN_P95, PAST_P95 = "within P50", "P50 to P85", "P85 to P95", "past P95"
UNKNOWN = "not known"
BANDS = (WITHIN_P50, WITHIN_P85, WITHIN_P95, PAST_P95)


class WorkItemAge(Contract):
    """One row per item in progress or blocked, the oldest first.

    Key: issue_key. `age_days` is since the start (`clock` cycle_time) or, where
    that is not known, since the creation (lead_time); `age_band` says between
    which percentiles of the same clock it lies, `P85` missing where those are.
    `status_days` is the time in its status, `blocked_days` that in waiting ones
    or under Jira's flag, which it carries now where `is_flagged`.
    """

    issue_key: Text = required()
    project_id: Text = optional()
    issue_type: Text = optional()
    summary: Text = optional()
    status: Text = required()
    state: Text = required(isin=IN_PROGRESS)
    clock: Text = required(isin=[CYCLE_TIME, LEAD_TIME])
    age_days: Number = required(ge=0)
    status_days: Number = optional(ge=0)
    blocked_days: Number = optional(ge=0)
    is_flagged: Flag = optional()
    p85_days: Number = optional(ge=0)
    age_band: Text = required(isin=[*BANDS, UNKNOWN])


def work_item_age(issue_flow: pd.DataFrame, cycle_time_percentiles: pd.DataFrame) -> DataFrame[WorkItemAge]:
    """Age of the items in progress against percentiles. Takes the mart `issue_flow`, and `cycle_time_percentiles`."""
    rows = issue_flow[issue_flow[IssueFlow.state].isin(IN_PROGRESS) & issue_flow[IssueFlow.lead_seconds].notna()]
    has_start = rows[IssueFlow.cycle_seconds].notna()
    limits = cycle_time_percentiles[cycle_time_percentiles[CycleTimePercentiles.grouping] == ALL].set_index("clock")
    clock = has_start.map({True: CYCLE_TIME, False: LEAD_TIME})
    age = rows[IssueFlow.cycle_seconds].where(has_start, rows[IssueFlow.lead_seconds]) / DAY_SECONDS
    named = ("p50_days", "p85_days", "p95_days")
    bounds = {name: clock.map(limits[name]).astype(float) for name in named}
    # A percentile that nothing reached yet lies beyond every age.
    passed = sum((age > bounds[name]).astype(int) for name in named)
    band = pd.Series(np.array(BANDS)[np.asarray(passed, dtype=int)], index=rows.index, dtype=object)
    made = rows.assign(
        clock=clock,
        age_days=age,
        status_days=rows[IssueFlow.status_seconds] / DAY_SECONDS,
        blocked_days=rows[IssueFlow.blocked_seconds] / DAY_SECONDS,
        p85_days=bounds["p85_days"],
        age_band=band.where(bounds["p50_days"].notna(), UNKNOWN),
    )
    ordered = made.sort_values(["age_days", IssueFlow.issue_key], ascending=[False, True], ignore_index=True)
    return checked(WorkItemAge, ordered[list(WorkItemAge.to_schema().columns)])
