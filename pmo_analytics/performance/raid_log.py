"""Open risks by exposure and open issues of the RAID log by how long they are overdue.

Exposure is probability times impact. The impact of a risk with three values is
their PERT mean, (low + 4 most likely + high) / 6; where not all three are
stated it is the most likely value. Source: ISO 31010; Malcolm and others 1959.

Worked example: a risk of probability 0.3 costs 10, most likely 20 or 60
thousand: (10 + 80 + 60) / 6 = 25 thousand, exposure 7.5 thousand.

>>> pert_mean(10.0, 20.0, 60.0)
25.0
>>> pert_mean(math.nan, 20.0, 60.0)
20.0
"""

from __future__ import annotations

import math

import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Flag, Number, Text, checked, optional, required
from pmo_analytics.contracts.raid import RaidIssue, Risk

# States in which an entry is no longer open, by this project's convention; an entry without a state is open.
CLOSED = frozenset(
    {"closed", "done", "resolved", "retired", "expired", "occurred", "cancelled", "rejected", "decided", "complete"}
)


class OpenRisk(Contract):
    """One row per risk that is open in its last report up to the status date.

    Those whose proximity has passed come first, then the largest exposure.
    `exposure_amount` is in `currency` and `exposure_days` in calendar days:
    probability times impact, negative for a saving or a gain; missing where
    either is. Exposures are means: adding them says nothing of a bad case.
    """

    risk_id: Text = required()
    project_id: Text = optional()
    status_date: Date = required()
    title: Text = required()
    category: Text = optional()
    probability: Number = optional(ge=0, le=1)
    exposure_amount: Number = optional()
    currency: Text = optional()
    exposure_days: Number = optional()
    proximity_date: Date = optional()
    is_past_proximity: Flag = required()
    owner_id: Text = optional()
    response: Text = optional()
    state: Text = optional()


class OpenRaidIssue(Contract):
    """One row per open issue of the RAID log, the longest overdue first, those without a due date last.

    `overdue_days` are calendar days from the due date to the status date,
    negative for one that is due later.
    """

    raid_issue_id: Text = required()
    project_id: Text = optional()
    title: Text = required()
    severity: Text = optional()
    state: Text = optional()
    owner_id: Text = optional()
    raised_on_date: Date = optional()
    due_date: Date = optional()
    overdue_days: Number = optional()


def pert_mean(low: float, most_likely: float, high: float) -> float:
    """The mean of three values as PERT weighs them; the most likely one where another is missing (NaN)."""
    if math.isnan(low) or math.isnan(high):
        return most_likely
    return (low + 4 * most_likely + high) / 6


def open_risks(risk: pd.DataFrame, *, status_date: pd.Timestamp) -> DataFrame[OpenRisk]:
    """The risks open on `status_date` with their exposure. Takes the register `risk`, every report of it."""
    reported = risk[risk[Risk.status_date] <= status_date]
    rows = reported.sort_values([Risk.risk_id, Risk.status_date]).groupby(Risk.risk_id).tail(1)
    rows = rows[~is_closed(rows[Risk.state])].copy()
    delay = [Risk.delay_low_days, Risk.delay_most_likely_days, Risk.delay_high_days]
    rows[OpenRisk.exposure_amount] = exposure_amounts(rows)
    rows[OpenRisk.exposure_days] = _impact(rows, delay) * rows[Risk.probability]
    rows[OpenRisk.is_past_proximity] = (rows[Risk.proximity_date] < status_date).astype("boolean")
    rows = rows.sort_values(
        [OpenRisk.is_past_proximity, OpenRisk.exposure_amount, OpenRisk.exposure_days, Risk.risk_id],
        ascending=[False, False, False, True],
        ignore_index=True,
    )
    ordered = rows.reindex(columns=list(OpenRisk.to_schema().columns))
    return checked(OpenRisk, ordered)


def exposure_amounts(risks: pd.DataFrame) -> pd.Series:
    """Probability times the impact on cost of each row of the register `risk`; missing where either is."""
    cost = [Risk.cost_low_amount, Risk.cost_most_likely_amount, Risk.cost_high_amount]
    exposure: pd.Series = risks[Risk.probability] * _impact(risks, cost)
    return exposure


def open_raid_issues(raid_issue: pd.DataFrame, *, status_date: pd.Timestamp) -> DataFrame[OpenRaidIssue]:
    """The issues of the RAID log that are open on `status_date`. Takes the register `raid_issue`."""
    rows = raid_issue[~is_closed(raid_issue[RaidIssue.state])].copy()
    rows[OpenRaidIssue.overdue_days] = (status_date - rows[RaidIssue.due_date]).dt.days.astype(float)
    rows = rows.sort_values(
        [OpenRaidIssue.overdue_days, RaidIssue.raid_issue_id], ascending=[False, True], ignore_index=True
    )
    ordered = rows.reindex(columns=list(OpenRaidIssue.to_schema().columns))
    return checked(OpenRaidIssue, ordered)


def is_closed(state: pd.Series) -> pd.Series:
    """Which states of an entry of the log are those of one that is no longer open."""
    closed: pd.Series = state.fillna("").astype(str).str.strip().str.lower().isin(CLOSED)
    return closed


def _impact(rows: pd.DataFrame, columns: list[str]) -> list[float]:
    return [pert_mean(*values) for values in rows[columns].astype(float).itertuples(index=False)]
