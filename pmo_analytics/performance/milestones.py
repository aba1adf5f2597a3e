"""Where each milestone stands: planned, expected, slipped, reached or overdue.

Slip is this project's own reading of the usual one: calendar days from the
baseline to the day reached, or else to the forecast.

Worked example: a milestone planned for 10 May was forecast for 20 May in April
and for 4 June in May, and is not reached: 25 days of slip, 15 of them since the
report before. On 30 June it is overdue, since its own forecast has passed.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Number, Text, checked, optional, required
from pmo_analytics.contracts.marts import MilestoneSlip as Slip

REACHED, OVERDUE, AHEAD, UNDATED = "reached", "overdue", "ahead", "undated"


class MilestoneOutlook(Contract):
    """One row per project and milestone as last reported by the status date, in order of baseline.

    `milestone_state` is reached; overdue, where the forecast, or without one
    the baseline, lies before the status date; ahead; or undated where the
    report states no date. Slip is positive when later; missing without a
    baseline or a date expected.
    """

    project_id: Text = required()
    milestone_id: Text = required()
    name: Text = optional()
    status_date: Date = required()
    baseline_date: Date = optional()
    forecast_date: Date = optional()
    actual_date: Date = optional()
    slip_days: Number = optional()
    slip_since_report_days: Number = optional()
    milestone_state: Text = required(isin=[REACHED, OVERDUE, AHEAD, UNDATED])


def milestone_outlook(milestone_slip: pd.DataFrame, *, status_date: pd.Timestamp) -> DataFrame[MilestoneOutlook]:
    """The last report of every milestone up to `status_date`, with what became of it.

    Takes the mart `milestone_slip`. A milestone reached after `status_date` is not reached yet.
    """
    reported = milestone_slip[milestone_slip[Slip.status_date] <= status_date]
    key = [Slip.project_id, Slip.milestone_id]
    rows = reported.sort_values([*key, Slip.status_date]).groupby(key).tail(1).copy()
    rows[MilestoneOutlook.milestone_state] = milestone_states(rows, status_date)
    rows = rows.sort_values([Slip.project_id, Slip.baseline_date, Slip.milestone_id], ignore_index=True)
    ordered = rows.reindex(columns=list(MilestoneOutlook.to_schema().columns))
    return checked(MilestoneOutlook, ordered)


def expected_dates(rows: pd.DataFrame) -> pd.Series:
    """When milestones are expected: the forecast of a report, or without one the baseline."""
    return rows[Slip.forecast_date].fillna(rows[Slip.baseline_date])


def milestone_states(rows: pd.DataFrame, day: pd.Timestamp | pd.Series) -> np.ndarray:
    """What became of the milestones of these reports by a day, or each by its own."""
    expected = expected_dates(rows)
    conditions = [rows[Slip.actual_date] <= day, expected.isna(), expected < day]
    return np.select([condition.to_numpy(dtype=bool) for condition in conditions], [REACHED, UNDATED, OVERDUE], AHEAD)
