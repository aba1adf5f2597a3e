"""Quality of the risk register, and its exposure by month from the dated reports that it keeps.

A register is worth as much as its entries say: an owner, a response, a day, a
probability, a range of the impact, a look at it lately, and an outcome once it
is closed. Each lack is counted by project and named by risk. Exposure
(probability times mean impact) ranks risks and shows a trend; it is a mean and
says nothing of a bad case, which `cost_risk` simulates.
Sources: ISO 31000 and PMI's Standard for Risk Management for what an entry
holds; the days after which one is stale are this project's convention.

Worked example: a risk was last reported 100 days ago, has an owner, and no
response. It has two findings, `no response` and `stale`. Reported in March with
a probability of 0.5 and an impact of 10 and in May with 0.2, its exposure is 5
in March and April and 2 in May.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.raid import Risk
from pmo_analytics.performance.raid_log import OpenRisk, is_closed, open_risks

STALE_DAYS = 92
NO_PROJECT = "no project"
# How a closed risk ended, of the states of the log: others close a risk without saying whether it happened.
HAPPENED = frozenset({"occurred"})
DID_NOT_HAPPEN = frozenset({"expired", "retired"})
COST = (Risk.cost_low_amount, Risk.cost_most_likely_amount, Risk.cost_high_amount)
DELAY = (Risk.delay_low_days, Risk.delay_most_likely_days, Risk.delay_high_days)
NO_OUTCOME = "closed without an outcome"
OPEN_FINDINGS = (
    "no owner", "no response", "no date", "no probability", "no range of the impact", "range out of order",
    "certain or impossible", "stale", "past its date",
)  # fmt: skip
FINDINGS = (*OPEN_FINDINGS, NO_OUTCOME)


class RiskFinding(Contract):
    """One row per risk and what its last report lacks, by project and risk.

    Key: risk_id, finding. `status_date` is that of the report.
    """

    project_id: Text = required()
    risk_id: Text = required()
    title: Text = required()
    finding: Text = required(isin=FINDINGS)
    status_date: Date = required()


class RegisterQuality(Contract):
    """One row per project and possible finding: how many of the risks it can apply to have it.

    Key: project_id, finding. `considered_count` are the project's open risks,
    for the finding on outcomes its closed ones. A project without either has
    no row.
    """

    project_id: Text = required()
    finding: Text = required(isin=FINDINGS)
    considered_count: Whole = required()
    risk_count: Whole = required()


class RegisterSummary(Contract):
    """One row: the risks of the register by their last reports, and how many of them have a finding."""

    risk_count: Whole = required()
    open_count: Whole = required()
    flagged_count: Whole = required()


class ExposureTrend(Contract):
    """One row per month and currency: open risks and their exposure at the month's end, or the status date.

    Key: currency, period_month. Each risk is as its last report by then. A row
    without a currency counts the risks without an amount. `exposure_days` adds
    days of different projects and shows a course only. `unquantified_count`
    are open risks without a probability, a cost or its currency: they are no
    part of an exposure.
    """

    currency: Text = optional()
    period_month: Date = required()
    risk_count: Whole = required()
    unquantified_count: Whole = required()
    exposure_amount: Number = optional()
    exposure_days: Number = optional()


def last_reports(risk: pd.DataFrame, status_date: pd.Timestamp) -> pd.DataFrame:
    """The last report of every risk up to `status_date`, in order of project and risk; no project is named so."""
    reported = risk[risk[Risk.status_date] <= status_date]
    rows = reported.sort_values([Risk.risk_id, Risk.status_date]).groupby(Risk.risk_id).tail(1).copy()
    rows[Risk.project_id] = rows[Risk.project_id].fillna(NO_PROJECT)
    return rows.sort_values([Risk.project_id, Risk.risk_id], ignore_index=True)


def outcomes(state: pd.Series) -> pd.Series:
    """Whether closed risks of these states happened: true, false, or missing where the state does not say."""
    words = state.fillna("").astype(str).str.strip().str.lower()
    told = pd.Series(pd.NA, index=state.index, dtype="boolean")
    told[words.isin(HAPPENED)] = True
    told[words.isin(DID_NOT_HAPPEN)] = False
    return told


def has_range_in_order(rows: pd.DataFrame, columns: tuple[str, str, str]) -> pd.Series:
    """Whether low, most likely and high are all stated and do not fall."""
    low, likely, high = (rows[name] for name in columns)
    ordered: pd.Series = (low <= likely) & (likely <= high)
    return ordered


def risk_findings(
    risk: pd.DataFrame, *, status_date: pd.Timestamp, stale_days: int = STALE_DAYS
) -> DataFrame[RiskFinding]:
    """What the last reports of the register `risk` lack; `stale_days` is the age beyond which a report is stale."""
    rows = last_reports(risk, status_date)
    has = _lacks(rows, status_date, stale_days)
    order = {name: place for place, name in enumerate(FINDINGS)}
    found = pd.concat([rows[has[name]].assign(finding=name) for name in FINDINGS]) if len(rows) else rows
    found = found.assign(place=found["finding"].map(order) if len(rows) else 0)
    found = found.sort_values([Risk.project_id, Risk.risk_id, "place"], ignore_index=True)
    return checked(RiskFinding, found.reindex(columns=list(RiskFinding.to_schema().columns)))


def _lacks(rows: pd.DataFrame, status_date: pd.Timestamp, stale_days: int) -> dict[str, pd.Series]:
    """Which rows have each finding."""
    closed = is_closed(rows[Risk.state])
    is_whole = [rows[list(columns)].notna().all(axis=1) for columns in (COST, DELAY)]
    is_wrong = [
        whole & ~has_range_in_order(rows, columns) for whole, columns in zip(is_whole, (COST, DELAY), strict=True)
    ]
    lacks = {
        "no owner": _is_blank(rows[Risk.owner_id]),
        "no response": _is_blank(rows[Risk.response]),
        "no date": rows[Risk.proximity_date].isna(),
        "no probability": rows[Risk.probability].isna(),
        "no range of the impact": ~(is_whole[0] | is_whole[1]),
        "range out of order": is_wrong[0] | is_wrong[1],
        "certain or impossible": rows[Risk.probability].isin([0.0, 1.0]),
        "stale": (status_date - rows[Risk.status_date]).dt.days > stale_days,
        "past its date": rows[Risk.proximity_date] < status_date,
    }
    of_open = {name: lacking & ~closed for name, lacking in lacks.items()}
    return of_open | {NO_OUTCOME: closed & outcomes(rows[Risk.state]).isna()}


def _is_blank(texts: pd.Series) -> pd.Series:
    blank: pd.Series = texts.fillna("").astype(str).str.strip().eq("")
    return blank


def register_quality(
    risk: pd.DataFrame, *, status_date: pd.Timestamp, stale_days: int = STALE_DAYS
) -> DataFrame[RegisterQuality]:
    """How many risks of each project have each finding, of how many that can; takes the register `risk`."""
    rows = last_reports(risk, status_date)
    found = risk_findings(risk, status_date=status_date, stale_days=stale_days)
    counts = found.groupby([RiskFinding.project_id, RiskFinding.finding]).size()
    made = []
    for project, reports in rows.groupby(Risk.project_id, sort=True):
        closed = int(is_closed(reports[Risk.state]).sum())
        for name in FINDINGS:
            considered = closed if name == NO_OUTCOME else len(reports) - closed
            if considered:
                made.append((str(project), name, considered, int(counts.get((project, name), 0))))
    return checked(RegisterQuality, pd.DataFrame(made, columns=list(RegisterQuality.to_schema().columns)))


def register_summary(
    risk: pd.DataFrame, *, status_date: pd.Timestamp, stale_days: int = STALE_DAYS
) -> DataFrame[RegisterSummary]:
    """How many risks the register `risk` holds, how many are open and how many have at least one finding."""
    rows = last_reports(risk, status_date)
    found = risk_findings(risk, status_date=status_date, stale_days=stale_days)
    counts = (len(rows), int((~is_closed(rows[Risk.state])).sum()), found[RiskFinding.risk_id].nunique())
    return checked(RegisterSummary, pd.DataFrame([counts], columns=list(RegisterSummary.to_schema().columns)))


def month_ends(first: pd.Timestamp, status_date: pd.Timestamp) -> list[pd.Timestamp]:
    """The ends of the months from that of `first` to that of `status_date`, the last at the status date itself."""
    ends = pd.date_range(first.normalize() + pd.offsets.MonthEnd(0), status_date, freq="ME", unit="ns").to_list()
    return ends if ends and ends[-1] == status_date else [*ends, status_date]


def exposure_trend(risk: pd.DataFrame, *, status_date: pd.Timestamp) -> DataFrame[ExposureTrend]:
    """Exposure of the risks open at each month's end since the first report of the register `risk`."""
    reported = risk[risk[Risk.status_date] <= status_date]
    made: list[dict[str, object]] = []
    currencies = sorted(reported[Risk.currency].dropna().unique())
    for end in month_ends(reported[Risk.status_date].min(), status_date) if len(reported) else []:
        rows = open_risks(reported, status_date=end)
        known = rows[OpenRisk.currency].where(rows[OpenRisk.exposure_amount].notna())
        groups = [(currency, rows[known == currency]) for currency in currencies]
        if known.isna().any():
            groups.append((None, rows[known.isna()]))
        for currency, group in groups:
            made.append({
                ExposureTrend.currency: currency,
                ExposureTrend.period_month: end.replace(day=1),
                ExposureTrend.risk_count: len(group),
                ExposureTrend.unquantified_count: 0 if currency else len(group),
                ExposureTrend.exposure_amount: group[OpenRisk.exposure_amount].sum() if currency else np.nan,
                ExposureTrend.exposure_days: group[OpenRisk.exposure_days].sum(min_count=1),
            })  # fmt: skip
    frame = pd.DataFrame(made, columns=list(ExposureTrend.to_schema().columns))
    frame = frame.sort_values([ExposureTrend.currency, ExposureTrend.period_month], ignore_index=True)
    return checked(ExposureTrend, frame)
