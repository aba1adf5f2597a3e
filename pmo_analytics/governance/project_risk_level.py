"""How risky a project is for the tailoring of its method: what its open risks may cost, against its budget.

The exposures of a project's open risks in the currency of its budget are
summed and divided by it: below 5 % the level is low, below 15 % medium, above
high. Exposures are means, so the level says where more evidence is asked for
and nothing of a bad case. Without a budget, or without any open risk that has
an amount, it is unknown. Source: the limits are this project's convention, as
those of PRINCE2's tolerances are each organisation's.

Worked example: a budget of 100 thousand with open risks of 4 and 5 thousand
exposure is at 9 %, medium; one with a risk in another currency alone is unknown.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.portfolio import Project
from pmo_analytics.governance.register_rows import joined
from pmo_analytics.governance.tailoring import RISK_LEVELS, UNKNOWN

MEDIUM_FROM_PCT, HIGH_FROM_PCT = 5.0, 15.0


class ProjectRiskLevel(Contract):
    """One row per project of the register. Key: project_id.

    `exposure_pct` is open exposure over budget, negative where savings outweigh;
    `risk_count` counts the open risks in it. Missing where the level is unknown.
    """

    project_id: Text = required()
    risk_count: Whole = required(ge=0)
    exposure_pct: Number = optional()
    risk_level: Text = required(isin=[*RISK_LEVELS, UNKNOWN])


def project_risk_level(
    project: pd.DataFrame,
    open_risks: pd.DataFrame,
    *,
    medium_from_pct: float = MEDIUM_FROM_PCT,
    high_from_pct: float = HIGH_FROM_PCT,
) -> DataFrame[ProjectRiskLevel]:
    """The level of each project, from the register and an `OpenRisk` frame; limits are percentages of the budget."""
    rows = project[["project_id", "budget_at_completion_amount", "currency"]].reset_index(drop=True)
    counted = open_risks[open_risks["exposure_amount"].notna()]
    sums = counted.groupby(["project_id", "currency"])["exposure_amount"].agg(["sum", "size"]).reset_index()
    rows = joined(rows, sums, ["project_id", "currency"], how="left")
    budget = rows[Project.budget_at_completion_amount].astype(float)
    share = 100 * (rows["sum"].astype(float) / budget.where(budget > 0))
    level = np.select(
        [share.isna(), share < medium_from_pct, share < high_from_pct], [UNKNOWN, *RISK_LEVELS[:2]], "high"
    )
    found = pd.DataFrame(
        {
            ProjectRiskLevel.project_id: rows["project_id"],
            ProjectRiskLevel.risk_count: rows["size"].where(share.notna()).fillna(0).astype(int),
            ProjectRiskLevel.exposure_pct: share,
            ProjectRiskLevel.risk_level: pd.Series(level, index=rows.index, dtype=object),
        }
    )
    return checked(ProjectRiskLevel, found.sort_values(ProjectRiskLevel.project_id).reset_index(drop=True))
