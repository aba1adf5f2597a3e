"""The course by month of every figure that a rule of escalation can be held against.

Earned value has its months; for the others each month's end is looked at with
the reports that there were by then. The last month ends on the reporting date.
Source: the figures are those of the analyses they come from, which name theirs.

Worked example: a report of 31 January is 28 days old at the end of February and
59 at the end of March; an escalation due on 10 February and decided on 5 March
is 18 days overdue at the end of February, and none is a month later.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from pmo_analytics.contracts.marts import MilestoneSlip as Slip
from pmo_analytics.contracts.portfolio import ProjectStatus
from pmo_analytics.contracts.raid import Escalation, Risk
from pmo_analytics.performance.completion_outlook import CompletionOutlook
from pmo_analytics.performance.earned_value import EarnedValue
from pmo_analytics.performance.escalation_rules import Rule
from pmo_analytics.performance.health import ProjectHealth
from pmo_analytics.performance.last_reports import last_reports
from pmo_analytics.performance.milestones import OVERDUE, expected_dates, milestone_states
from pmo_analytics.performance.raid_log import exposure_amounts, is_closed

PROJECT, MONTH, DAY, FIGURE = "project_id", "period_month", "day", "figure"
EVIDENCE, CURRENCY, NOTE = "figure_evidence", "currency", "quality_note"
COLUMNS = [PROJECT, MONTH, FIGURE, EVIDENCE, CURRENCY, NOTE]
_MOST_MONTHS = 120


@dataclass(frozen=True)
class Given:
    """What figures are made of: marts, registers and analyses, cut at the reporting date."""

    health: pd.DataFrame
    earned: pd.DataFrame
    outlook: pd.DataFrame
    status: pd.DataFrame
    milestones: pd.DataFrame
    escalations: pd.DataFrame
    risks: pd.DataFrame
    status_date: pd.Timestamp

    @cached_property
    def months(self) -> pd.DataFrame:
        """One row per project and month that may be told of: its first day, and the day that it is looked at."""
        last = self.status_date.normalize().replace(day=1)
        begun = [
            frame[column].min()
            for frame, column in (
                (self.earned, EarnedValue.period_month),
                (self.status, ProjectStatus.status_date),
                (self.milestones, Slip.status_date),
                (self.risks, Risk.status_date),
                (self.escalations, Escalation.raised_on_date),
            )
        ]
        known = [day for day in begun if pd.notna(day)]
        first = max(min([*known, last]), last - pd.DateOffset(months=_MOST_MONTHS - 1)).normalize().replace(day=1)
        months = pd.DataFrame({MONTH: pd.date_range(first, last, freq="MS")})
        months[DAY] = months[MONTH] + pd.offsets.MonthEnd(0)
        months[DAY] = months[DAY].where(months[DAY] < self.status_date, self.status_date.normalize())
        return self.health[[ProjectHealth.project_id]].merge(months, how="cross").sort_values([DAY, PROJECT])


def given(
    project_health: pd.DataFrame,
    earned_value_as_baselined: pd.DataFrame,
    completion_outlook: pd.DataFrame,
    *,
    project_status: pd.DataFrame,
    milestone_slip: pd.DataFrame,
    escalation: pd.DataFrame,
    risk: pd.DataFrame,
    status_date: pd.Timestamp,
) -> Given:
    """What figures are made of. A project's months are held against the baseline then in force, where it has any."""
    earned, outlook = earned_value_as_baselined, completion_outlook
    return Given(
        project_health,
        earned[earned[EarnedValue.status_date] <= status_date],
        outlook[outlook[CompletionOutlook.status_date] <= status_date],
        project_status[project_status[ProjectStatus.status_date] <= status_date],
        milestone_slip[milestone_slip[Slip.status_date] <= status_date],
        escalation,
        risk[risk[Risk.status_date] <= status_date],
        status_date,
    )


def _words(table: str, column: str, **key: Any) -> str:
    """What opens a figure: the words that `pmo explain` takes."""
    return shlex.join([table, column, *(f"{name}={_written(value)}" for name, value in key.items())])


def _written(value: Any) -> Any:
    return value.date().isoformat() if isinstance(value, pd.Timestamp) else value


def _frame(rows: pd.DataFrame, figure: pd.Series, evidence: list[str | None], absent: str, **more: Any) -> pd.DataFrame:
    """A course from the rows it is of: `absent` is said where the figure is not known."""
    given: dict[str, Any] = {FIGURE: figure.astype(float), EVIDENCE: evidence, CURRENCY: None} | more
    made = rows[[PROJECT, MONTH]].assign(**given)
    if NOTE not in made:
        made[NOTE] = np.where(made[FIGURE].isna(), absent, "")
    return made[COLUMNS].sort_values([PROJECT, MONTH], ignore_index=True)


def _evidence(analysis: str, column: str, rows: pd.DataFrame) -> list[str | None]:
    """What opens a figure of an analysis by project and month."""
    keys = rows[[PROJECT, MONTH]].itertuples(index=False, name=None)
    return [_words(analysis, column, project_id=project, period_month=month) for project, month in keys]


def _index(column: str, absent: str) -> Callable[[Given], pd.DataFrame]:
    def course(of: Given) -> pd.DataFrame:
        rows = of.earned
        evidence = _evidence("earned_value_as_baselined", column, rows)
        # Why an index is missing, its own row says best.
        values = rows[column].astype(float)
        own = rows[EarnedValue.quality_note].where(rows[EarnedValue.quality_note] != "", absent)
        return _frame(rows, values, evidence, absent, **{NOTE: own.where(values.isna(), "")})

    return course


def _last_known(days: pd.DataFrame, reports: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Each row of `days` with the last report of its keys by then, empty where there was none."""
    if days.empty or reports.empty:
        return days.merge(reports, on=keys, how="left")
    return last_reports(days, reports, asked_on=DAY, told_on=ProjectStatus.status_date, by=keys)


def _reported(of: Given) -> pd.DataFrame:
    """The last status report by the end of each month."""
    return _last_known(of.months, of.status[[PROJECT, ProjectStatus.status_date]], [PROJECT])


def _cost_over_budget(of: Given) -> pd.DataFrame:
    """What projects come to over their budgets; why that is missing, the row of their earned value says best."""
    rows = of.outlook.merge(of.earned[[PROJECT, MONTH, NOTE]], on=[PROJECT, MONTH], how="left")
    budget = rows[CompletionOutlook.budget_at_completion_amount]
    over = 100 * (rows[CompletionOutlook.estimate_at_completion_amount] / budget.where(budget > 0) - 1)
    note = rows[NOTE].where(rows[NOTE].fillna("") != "", "no cost at completion")
    evidence = _evidence("completion_outlook", CompletionOutlook.estimate_at_completion_amount, rows)
    return _frame(rows, over, evidence, "", **{NOTE: note.where(over.isna(), "")})


def _finish_delay(of: Given) -> pd.DataFrame:
    planned = of.health[[PROJECT, ProjectHealth.baseline_finish_date]]
    finish = CompletionOutlook.expected_finish_date
    rows = of.outlook[[PROJECT, MONTH, finish]].merge(planned, on=PROJECT, how="left")
    delay = rows[finish] - rows[ProjectHealth.baseline_finish_date]
    evidence = _evidence("completion_outlook", finish, rows)
    return _frame(rows, delay.dt.days, evidence, "no forecast of the finish, or no baseline")


def _report_age(of: Given) -> pd.DataFrame:
    rows = _reported(of)
    pairs = zip(rows[PROJECT], rows[ProjectStatus.status_date], strict=True)
    evidence = [
        None if pd.isna(day) else _words("project_status", "status_date", project_id=project, status_date=day)
        for project, day in pairs
    ]
    age = (rows[DAY] - rows[ProjectStatus.status_date]).dt.days
    return _frame(rows, age, evidence, "no status report")


def _milestone_overdue(of: Given) -> pd.DataFrame:
    known = of.milestones[[Slip.project_id, Slip.milestone_id]].drop_duplicates()
    grid = of.months.merge(known, on=PROJECT)
    dates = [Slip.baseline_date, Slip.forecast_date, Slip.actual_date]
    reports = of.milestones[[Slip.project_id, Slip.milestone_id, Slip.status_date, *dates]]
    rows = _last_known(grid, reports, [Slip.project_id, Slip.milestone_id])
    late = (rows[DAY] - expected_dates(rows)).dt.days.astype(float)
    is_overdue = milestone_states(rows, rows[DAY]) == OVERDUE
    rows[FIGURE] = late.where(is_overdue, 0.0).where(rows[Slip.status_date].notna())
    rows[EVIDENCE] = [
        _words("milestone_outlook", "milestone_state", project_id=project, milestone_id=milestone)
        for project, milestone in rows[[PROJECT, Slip.milestone_id]].itertuples(index=False, name=None)
    ]
    return _largest(of, rows, absent="no milestone is reported")


def _escalation_overdue(of: Given) -> pd.DataFrame:
    """Open escalations by how long they are overdue; one that was closed without a date never was open."""
    all_ = of.escalations
    rows = of.months.merge(all_.drop(columns=[Escalation.title]), on=PROJECT)
    is_raised = ~(rows[Escalation.raised_on_date] > rows[DAY])
    is_decided = rows[Escalation.decided_on_date] <= rows[DAY]
    is_shut = is_closed(rows[Escalation.state]) & rows[Escalation.decided_on_date].isna()
    late = (rows[DAY] - rows[Escalation.due_date]).dt.days.astype(float).clip(lower=0.0)
    rows[FIGURE] = late.where(is_raised & ~is_decided & ~is_shut & rows[Escalation.due_date].notna(), 0.0)
    rows[EVIDENCE] = [
        _words("escalation", "due_date", escalation_id=name, status_date=day)
        for name, day in rows[[Escalation.escalation_id, Escalation.status_date]].itertuples(index=False, name=None)
    ]
    return _largest(of, rows, absent="no escalation register", otherwise=None if all_.empty else 0.0)


def _largest(of: Given, rows: pd.DataFrame, *, absent: str, otherwise: float | None = None) -> pd.DataFrame:
    """Of several rows of a project and month the one with the largest figure; `otherwise` where there is none."""
    ordered = rows.sort_values([PROJECT, MONTH, FIGURE, EVIDENCE], ascending=[True, True, False, True])
    first = ordered.drop_duplicates([PROJECT, MONTH])[[PROJECT, MONTH, FIGURE, EVIDENCE]]
    whole = of.months.merge(first, on=[PROJECT, MONTH], how="left")
    figure = whole[FIGURE].astype(float)
    figure = figure if otherwise is None else figure.fillna(otherwise)
    evidence = [text if isinstance(text, str) else None for text in whole[EVIDENCE]]
    return _frame(whole, figure, evidence, absent)


def risk_exposure(of: Given, rule: Rule) -> pd.DataFrame:
    """The exposures of a project's open risks in the rule's currency, added up by month.

    Those that cannot be added are counted and named, and with any of them a
    sum that is not beyond the limit is no known figure.
    """
    currency = rule.currency
    known = of.risks[[Risk.risk_id]].drop_duplicates()
    days = of.months[[MONTH, DAY]].drop_duplicates()
    reports = of.risks.assign(exposure=exposure_amounts(of.risks))
    columns = [Risk.risk_id, Risk.status_date, PROJECT, Risk.currency, Risk.state, "exposure"]
    grid = days.merge(known, how="cross")
    rows = _last_known(grid, reports[columns], [Risk.risk_id])
    rows = rows[rows[Risk.status_date].notna() & ~is_closed(rows[Risk.state])]
    is_counted = (rows[Risk.currency] == currency) & rows["exposure"].notna()
    counted = rows[is_counted].sort_values(["exposure", Risk.risk_id], ascending=[False, True])
    by = counted.groupby([PROJECT, MONTH], as_index=False)
    sums = by.agg(**{FIGURE: ("exposure", "sum"), "risk": (Risk.risk_id, "first")})
    left_out = rows[~is_counted].groupby([PROJECT, MONTH]).size().rename("left_out").reset_index()
    whole = of.months.merge(sums, on=[PROJECT, MONTH], how="left").merge(left_out, on=[PROJECT, MONTH], how="left")
    number = whole["left_out"].fillna(0).astype(int)
    # Where no risk of a register is open nothing is at stake; without a register, who knows.
    total = whole[FIGURE].astype(float).where(whole[FIGURE].notna() | of.risks.empty, 0.0)
    figure = total.where((number == 0) | total.map(rule.is_beyond))
    notes = [
        f"{count} open risks have no exposure in {currency}; the others come to {value:,.0f}" if count else ""
        for count, value in zip(number, total, strict=True)
    ]
    evidence = [
        _words("open_risks", "exposure_amount", risk_id=risk) if isinstance(risk, str) else None
        for risk in whole["risk"]
    ]
    note = ["no risk register"] * len(whole) if of.risks.empty else notes
    return _frame(whole, figure, evidence, "", **{CURRENCY: currency, NOTE: note})


COURSES: dict[str, Callable[[Given], pd.DataFrame]] = {
    "cost_over_budget_pct": _cost_over_budget,
    "cost_performance_index": _index(EarnedValue.cost_performance_index, "no CPI"),
    "time_schedule_performance_index": _index(EarnedValue.time_schedule_performance_index, "no SPI(t)"),
    "finish_delay_days": _finish_delay,
    "status_report_age_days": _report_age,
    "milestone_overdue_days": _milestone_overdue,
    "escalation_overdue_days": _escalation_overdue,
}
