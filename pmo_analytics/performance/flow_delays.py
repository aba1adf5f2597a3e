"""What holds work up: time in blocked and waiting statuses or under Jira's flag, and work that came back from done.

Blocked time is pooled, the sum of it over the sum of cycle times, never a mean
of shares. An item came back where it left a done status; the share is of the
items that were done at least once. Source: by the usual definitions; Clopper
and Pearson (1934) for the interval of the share.

Worked example: one item took 8 days of which it was blocked for 2, another took
2: 20 % of 10 days. Of four that were done one came back: 25 %, 0.6 to 80.6 %.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.flow_marts import IssueFlow
from pmo_analytics.forecasting.coverage import clopper_pearson
from pmo_analytics.performance.flow_times import ALL, GROUPINGS, grouped


class FlowDelay(Contract):
    """One row per group: all items, then each issue type, project and team.

    Key: grouping, group_name. Shares are 0 to 100; blocked is of the cycle time
    of items with a known start, whether by status or by flag, returned of the items that were ever done and
    have a whole history. Missing where there are none.
    """

    grouping: Text = required(isin=[ALL, *GROUPINGS])
    group_name: Text = required()
    items_timed: Whole = required(ge=0)
    items_blocked: Whole = required(ge=0)
    cycle_seconds: Number = required(ge=0)
    blocked_seconds: Number = required(ge=0)
    items_flagged: Whole = required(ge=0)
    flagged_seconds: Number = required(ge=0)
    blocked_pct: Number = optional(ge=0, le=100)
    items_done: Whole = required(ge=0)
    items_returned: Whole = required(ge=0)
    return_count: Whole = required(ge=0)
    returned_pct: Number = optional(ge=0, le=100)
    returned_low_pct: Number = required(ge=0, le=100)
    returned_high_pct: Number = required(ge=0, le=100)


def flow_delays(issue_flow: pd.DataFrame) -> DataFrame[FlowDelay]:
    """Blocked time and returns from done by group. Takes the mart `issue_flow`."""
    rows = [
        {"grouping": grouping, "group_name": name} | _delays(items) for grouping, name, items in grouped(issue_flow)
    ]
    return checked(FlowDelay, pd.DataFrame(rows).reindex(columns=list(FlowDelay.to_schema().columns)))


def _delays(items: pd.DataFrame) -> dict[str, object]:
    timed = items[items[IssueFlow.cycle_seconds].notna()]
    cycle, blocked = (float(timed[name].sum()) for name in (IssueFlow.cycle_seconds, IssueFlow.blocked_seconds))
    flagged = timed[IssueFlow.flagged_seconds].fillna(0)
    returns = items[IssueFlow.return_count]
    # Done now, or come back and not done again.
    was_done = returns.notna() & ((items[IssueFlow.state] == "done") | (returns.fillna(0) > 0))
    came_back = was_done & (returns.fillna(0) > 0)
    n, hits = int(was_done.sum()), int(came_back.sum())
    low, high = clopper_pearson(hits, n)
    return {
        "items_timed": len(timed),
        "items_blocked": int((timed[IssueFlow.blocked_seconds] > 0).sum()),
        "cycle_seconds": cycle,
        "blocked_seconds": blocked,
        "items_flagged": int((flagged > 0).sum()),
        "flagged_seconds": float(flagged.sum()),
        "blocked_pct": 100 * (blocked / cycle) if cycle else np.nan,
        "items_done": n,
        "items_returned": hits,
        "return_count": int(returns[was_done].sum()),
        "returned_pct": 100 * hits / n if n else np.nan,
        "returned_low_pct": 100 * low,
        "returned_high_pct": 100 * high,
    }
