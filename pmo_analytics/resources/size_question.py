"""What work of a stated size took: one question put to the models of size, with their record on this history.

Sizes are in the unit of their class, so that a size is asked within a class.
The answer is that of `project_size_estimate` on the class's last 200 finished
items with a size. Sources: those of `project_size_models`.

Worked example: ten finished features of 1 to 10 points took two hours a point
each. One of eight points is asked: every model but the median says 16 hours,
and the one that the gate left is told, with its verdict.
"""

from __future__ import annotations

import math

import pandas as pd

from pmo_analytics.contracts.marts import EstimateHistory
from pmo_analytics.errors import UsageError
from pmo_analytics.resources.project_size_models import (
    EFFORT,
    ProjectSizeEstimate,
    SizedOutcome,
    project_size_estimate,
    sized_outcome,
)

MOST_SIZED = 200
_ASKED = "asked"


def size_answer(
    estimate_history: pd.DataFrame, work_class: str | None, size: float, *, status_date: pd.Timestamp
) -> pd.DataFrame:
    """The `ProjectSizeEstimate` row of work of that size, its effort in hours.

    Takes the mart `estimate_history`. UsageError for a size that is not above
    zero, and where no class is said.
    """
    if not (math.isfinite(size) and size > 0):
        raise UsageError("a size must be above zero", found=f"{size:g}", expected="such as 8")
    if work_class is None:
        raise UsageError(
            "a size is in the unit of its class",
            found=f"a size of {size:g} and no class",
            expected="the class of the work",
            hint="add --class, or state the estimate in --hours",
        )
    is_known = (estimate_history[EstimateHistory.work_class] == work_class) & (
        estimate_history[EstimateHistory.state] == "finished"
    )
    order = [EstimateHistory.finished_on_date, EstimateHistory.item_id]
    known = estimate_history[is_known & (estimate_history[EstimateHistory.size] > 0)].sort_values(order)
    outcomes = sized_outcome(known.tail(MOST_SIZED), status_date=status_date)
    outcomes = outcomes[outcomes[SizedOutcome.outcome_kind] == EFFORT]
    asked = pd.DataFrame(
        {
            SizedOutcome.item_id: [_ASKED], SizedOutcome.work_class: work_class, SizedOutcome.outcome_kind: EFFORT,
            SizedOutcome.outcome_unit: "hours", SizedOutcome.size: size, SizedOutcome.state: "open",
        }
    )  # fmt: skip
    asked = asked.reindex(columns=outcomes.columns).astype(outcomes.dtypes.to_dict())
    found = project_size_estimate(pd.concat([outcomes, asked], ignore_index=True))
    return found[found[ProjectSizeEstimate.item_id] == _ASKED].reset_index(drop=True)
