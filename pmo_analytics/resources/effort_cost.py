"""What forecast hours cost: at the mean rate that hours on such work were booked at in the last twelve months.

The rate is the cost of timesheets at dated rates over the hours that have a
rate, of the project where it has any, else of the organisation, in the currency
that most of those hours are in. It is what an hour has cost, not a forecast of
rates; hours without a rate are told and left out. Source: by the usual
definition of a blended rate.

Worked example: 100 hours of a project were booked at 6,000 euros, and 20 hours
without a rate. The rate is 60 euros; a P80 of 12 hours costs 720 euros.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from pmo_analytics.contracts.marts import CostByProjectMonth

MONTHS = 12
_HOUR = 3600.0


@dataclass(frozen=True)
class HourlyCost:
    """Cost of an hour in `currency`, from `hours` booked with a rate; `uncosted_hours` had none or another currency.

    `project_id` is None where it is the whole organisation's.
    """

    amount: float
    currency: str
    hours: float
    uncosted_hours: float
    project_id: str | None

    def of(self, hours: Mapping[int, float]) -> dict[int, float]:
        """The cost of hours by level."""
        return {level: self.amount * value for level, value in hours.items()}


def hourly_cost(
    cost_by_project_month: pd.DataFrame, project_id: str | None, *, status_date: pd.Timestamp
) -> HourlyCost | None:
    """The mean cost of an hour in the twelve months up to `status_date`; None where no hour of them has a rate.

    Takes the mart `cost_by_project_month`.
    """
    months = cost_by_project_month[CostByProjectMonth.period_month]
    first = status_date.normalize().replace(day=1) - pd.DateOffset(months=MONTHS - 1)
    recent = cost_by_project_month[(months >= first) & (months <= status_date)]
    own = recent[recent[CostByProjectMonth.project_id] == project_id] if project_id is not None else recent.iloc[0:0]
    for rows, whose in ((own, project_id), (recent, None)):
        seconds = rows.groupby(CostByProjectMonth.currency)[CostByProjectMonth.costed_seconds].sum().astype(float)
        if not len(seconds) or not seconds.max() > 0:
            continue
        currency = str(seconds.idxmax())
        cost = (
            rows.loc[rows[CostByProjectMonth.currency] == currency, CostByProjectMonth.cost_amount].astype(float).sum()
        )
        booked = float(
            rows[[CostByProjectMonth.costed_seconds, CostByProjectMonth.uncosted_seconds]].astype(float).sum().sum()
        )
        used = float(seconds[currency])
        return HourlyCost(cost / (used / _HOUR), currency, used / _HOUR, (booked - used) / _HOUR, whose)
    return None
