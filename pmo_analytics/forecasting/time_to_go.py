"""How much longer than forecast things took here: the record that ranges of open ones are drawn from.

For each milestone that was reached, the time from its first report at least
thirty days ahead to the day it was reached, over the time that the report
forecast. Source: the outside view, Kahneman and Tversky 1979, Flyvbjerg 2006.
One that is past that forecast and not reached counts with the time so far,
since to leave it out would flatter; the true ratio is higher. Below nine ratios
nothing is drawn.

Worked example: reported on 1 March for 31 March, 30 days ahead, and reached on
15 April, 45 days after: 1.5.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pmo_analytics.contracts.marts import MilestoneSlip
from pmo_analytics.forecasting.quantile_scores import Floats

LEAST_RATIOS = 9
LEAST_DAYS_AHEAD = 30


def time_ratios(milestone_slip: pd.DataFrame, status_date: pd.Timestamp, ended: frozenset[str] = frozenset()) -> Floats:
    """Time taken over time forecast, a ratio for each milestone of the mart `milestone_slip`, in its order.

    `ended` are projects of which nothing more is reached: their open milestones are left out.
    """
    reports = milestone_slip[milestone_slip[MilestoneSlip.status_date] <= status_date]
    key = [MilestoneSlip.project_id, MilestoneSlip.milestone_id]
    forecast = (reports[MilestoneSlip.forecast_date] - reports[MilestoneSlip.status_date]).dt.days
    ahead = reports[(forecast >= LEAST_DAYS_AHEAD) & reports[MilestoneSlip.actual_date].isna()]
    first = ahead.sort_values([*key, MilestoneSlip.status_date]).groupby(key).head(1).set_index(key)
    reached = reports.groupby(key)[MilestoneSlip.actual_date].max()
    reached = reached.reindex(first.index).where(lambda day: day <= status_date)
    is_open = reached.isna()
    is_ended = first.index.get_level_values(0).isin(sorted(ended))
    kept = ~is_open | (~is_ended & (first[MilestoneSlip.forecast_date] < status_date))
    taken = (reached.fillna(status_date) - first[MilestoneSlip.status_date]).dt.days
    asked = (first[MilestoneSlip.forecast_date] - first[MilestoneSlip.status_date]).dt.days
    found: Floats = np.asarray((taken / asked)[kept], dtype=np.float64)
    return found
