"""What a running project's cost is simulated from: its base, the ranges of the remaining work, the open risks.

Nothing is counted twice. The base is what was spent and the rest at plan,
AC + BAC - EV, which holds no allowance for risks. Ranges are those of the
register `estimate`: how far the remaining work as such may cost less or more,
scaled to the rest at plan. Events stand in the register `risk` alone and enter
as events, never as a wider range; a closed one does not, for where it happened
its cost is in what was spent. Ranges drawn from past overruns would hold such
events already: they are `completion_forecasts`', and never added to these.
Sources: GAO-20-195G, step 9; AACE 57R-09.

Worked example: 60 of a budget of 100 are earned at a cost of 70: base 70 + 40 =
110. Its items are estimated at 9, 10 or 14 hours, so that the rest may cost 36
to 56, most likely 40. A risk of 0.3 that costs 5 to 20 is drawn beside it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from pmo_analytics.contracts.effort import Estimate
from pmo_analytics.contracts.raid import Risk
from pmo_analytics.forecasting.discrete_risks import Fixed, RiskEvent
from pmo_analytics.forecasting.input_distributions import InputDistribution, Triangular
from pmo_analytics.performance.earned_value import EarnedValue, latest
from pmo_analytics.performance.raid_log import is_closed
from pmo_analytics.performance.risk_register import COST, DELAY, last_reports

UNCLASSED = "unclassed"


@dataclass(frozen=True)
class ProjectCost:
    """One project: its base in `currency`, the lines that what is left may come to, the risks, and what is left out.

    `spent` and `lines` sum to the base where each line is at its most likely value.
    """

    project_id: str
    currency: str
    base: float
    spent: float
    lines: tuple[InputDistribution, ...]
    risks: tuple[RiskEvent, ...]
    titles: dict[str, str]
    unquantified: tuple[str, ...]
    has_ranges: bool

    @property
    def is_drawn(self) -> bool:
        """Whether there is anything to draw: a range of the remaining work or a risk with figures."""
        return self.has_ranges or bool(self.risks)

    @property
    def note(self) -> str:
        """What the reader of its figures has to know; empty where nothing is left out."""
        if not self.is_drawn:
            return "not simulated: no range of the remaining work and no open risk with figures"
        notes = [] if self.has_ranges else ["the remaining work has no range: its spread is left out"]
        if self.unquantified:
            notes.append(f"{len(self.unquantified)} open risks without a probability and a cost in the currency")
        return "; ".join(notes)


def open_events(rows: pd.DataFrame, currency: str) -> tuple[list[RiskEvent], list[str]]:
    """The events of last reports of open risks, and the identifiers of those that have no usable figures.

    A risk with three costs in order gets their PERT distribution, one with the
    most likely value alone just that; others, and those in another currency,
    are not drawn.
    """
    in_currency = (rows[Risk.currency] == currency).fillna(False).astype(bool)
    return _events(rows.assign(probability=rows[Risk.probability].where(in_currency)), COST)


def delay_events(rows: pd.DataFrame) -> tuple[list[RiskEvent], list[str]]:
    """As `open_events`, of the days that the risks delay by."""
    return _events(rows, DELAY)


def _events(rows: pd.DataFrame, columns: tuple[str, str, str]) -> tuple[list[RiskEvent], list[str]]:
    events, left_out = [], []
    for row in rows.to_dict("records"):
        points = _three_points(*(float(row[name]) for name in columns))
        probability, driver = row[Risk.probability], row[Risk.driver]
        if points is None or pd.isna(probability):
            left_out.append(str(row[Risk.risk_id]))
            continue
        shared = None if pd.isna(driver) or not str(driver).strip() else str(driver).strip()
        events.append(RiskEvent(str(row[Risk.risk_id]), float(probability), *points, shared))
    return events, left_out


def _three_points(low: float, likely: float, high: float) -> tuple[float, float, float] | None:
    if math.isnan(likely):
        return None
    if math.isnan(low) or math.isnan(high):
        return likely, likely, likely
    return (low, likely, high) if low <= likely <= high else None


def project_costs(
    earned_value: pd.DataFrame, risk: pd.DataFrame, estimate: pd.DataFrame, *, status_date: pd.Timestamp
) -> list[ProjectCost]:
    """The running projects of an `EarnedValue` frame that have a budget, in order of project.

    A project with neither progress nor cost has its whole budget left; where one
    of the two is not known, the base is not, and the project is left out. One
    that has earned it all runs no risk of cost any more and is left out too.
    """
    reports = last_reports(risk, status_date)
    reports = reports[~is_closed(reports[Risk.state])]
    ranges = _ranges(estimate, status_date)
    made = []
    for row in latest(earned_value).sort_values(EarnedValue.project_id).to_dict("records"):
        project, budget = str(row[EarnedValue.project_id]), row[EarnedValue.budget_at_completion_amount]
        given = (row[EarnedValue.actual_cost_amount], row[EarnedValue.earned_value_amount])
        spent, earned = (0.0, 0.0) if all(math.isnan(each) for each in given) else given
        left = budget - earned
        if pd.isna(budget) or pd.isna(row[EarnedValue.currency]) or math.isnan(spent + earned) or left <= 0:
            continue
        currency = str(row[EarnedValue.currency])
        own = reports[reports[Risk.project_id] == project]
        events, left_out = open_events(own, currency)
        lines = ranges.get(project)
        made.append(ProjectCost(
            project, currency, spent + left, spent,
            (Fixed(left),) if lines is None else _lines(lines, left),
            tuple(events), dict(zip(own[Risk.risk_id], own[Risk.title], strict=True)), tuple(left_out),
            lines is not None,
        ))  # fmt: skip
    return made


def _ranges(estimate: pd.DataFrame, status_date: pd.Timestamp) -> dict[str, pd.DataFrame]:
    """Sums of low, most likely and high seconds by class of work, of the projects with items that have all three.

    The last estimate of an item counts, the mean of those who made it that day.
    """
    columns = [Estimate.low_seconds, Estimate.most_likely_seconds, Estimate.high_seconds]
    known = estimate[estimate[Estimate.estimated_on_date] <= status_date]
    low, likely, high = (known[name] for name in columns)
    known = known[(low <= likely) & (likely <= high) & (likely > 0) & known[Estimate.project_id].notna()]
    newest = known.groupby(Estimate.item_id)[Estimate.estimated_on_date].transform("max")
    known = known[known[Estimate.estimated_on_date] == newest]
    classes = known[Estimate.work_class].fillna(UNCLASSED).rename(Estimate.work_class)
    items = known.groupby([known[Estimate.project_id], classes, known[Estimate.item_id]])[columns].mean()
    sums = items.groupby(level=[0, 1]).sum()
    return {str(project): rows for project, rows in sums.groupby(level=0)} if len(sums) else {}


def _lines(sums: pd.DataFrame, left: float) -> tuple[InputDistribution, ...]:
    """A triangle for each class of work: its share of the rest at plan, as far down and up as its estimates go."""
    scaled = sums * (left / sums[Estimate.most_likely_seconds].sum())
    return tuple(
        Fixed(float(likely)) if low == high else Triangular(float(low), float(likely), float(high))
        for low, likely, high in scaled.itertuples(index=False)
    )
