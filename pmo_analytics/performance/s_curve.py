"""Planned, earned and actual cost of several projects together by month, and what they come to: the S-curve.

The three lines are sums over the same projects, or the gaps between them would
mean nothing. Ahead of the reporting date what is left of the one forecast of
each project is drawn as spent evenly until its expected finish, which is a
picture and no forecast of its course. One project alone has a cone: at any
time the same share of what is left at P10 to P90, which come from what its
forecasts missed by on other projects. P80s of several do not add up, and below
nine finished projects there are none. Source: PMI's performance measurement
baseline and its S-curve; the cone is this project's own.

Worked example: project A plans 10 and 20, earned 8 and spent 9 in its first
month, which is the status date; project B plans 5, 5 and has no cost. The curve
has A alone: PV 10, 20; EV 8; AC 9; one project counted, one left out. A comes to
21 and is expected to finish in 56 days, of which 28 are the next month's: it will
have cost 15 by then, and 17 at a P80 of 25.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.marts import PlannedEarnedActual as Pea
from pmo_analytics.performance.completion_outlook import (
    ALL_EARNED,
    AMOUNTS,
    FINISHES,
    CompletionOutlook,
    latest_outlook,
)

SEVERAL = "P80s of several projects do not add up"
_MOST_MONTHS_AHEAD = 240


class SCurve(Contract):
    """One row per month of the projects' common course in one currency, cumulative.

    Earned value and cost are missing after the status date, what is expected
    before it. `estimate_at_completion_amount` and the finishes are those of all
    months; `expected_amount` and P10 to P90 are by month, each at its end. The
    last month is that of the plan, of the expected finish or of its P90,
    whichever is latest. Without a cone `quality_note` says why, and with one it
    is empty. `projects_left_out` lack a plan, progress or cost, or count in another currency.
    """

    currency: Text = required()
    period_month: Date = required()
    budget_at_completion_amount: Number = required()
    planned_value_amount: Number = required()
    earned_value_amount: Number = optional()
    actual_cost_amount: Number = optional()
    estimate_at_completion_amount: Number = optional()
    cost_assumption: Text = optional()
    expected_amount: Number = optional()
    p10_amount: Number = optional()
    p50_amount: Number = optional()
    p80_amount: Number = optional()
    p90_amount: Number = optional()
    expected_finish_date: Date = optional()
    p10_finish_date: Date = optional()
    p50_finish_date: Date = optional()
    p80_finish_date: Date = optional()
    p90_finish_date: Date = optional()
    quality_note: Text = required()
    projects_counted: Whole = required()
    projects_left_out: Whole = required()


def main_currency(planned_earned_actual: pd.DataFrame) -> str | None:
    """The currency that most projects are planned in, the first by name where two tie; None where none is known."""
    known = planned_earned_actual[planned_earned_actual[Pea.currency].notna()]
    counts = known.groupby(Pea.currency)[Pea.project_id].nunique()
    return None if counts.empty else str(counts.sort_index().idxmax())


def s_curve(
    planned_earned_actual: pd.DataFrame, completion_outlook: pd.DataFrame, *, status_date: pd.Timestamp
) -> DataFrame[SCurve]:
    """The S-curve of the projects that have plan, progress and cost in the main currency.

    Takes the mart `planned_earned_actual` and a `CompletionOutlook` frame. A
    project counts 0 before its first figure and keeps its last one after its
    plan's end. Empty where no project has all three.
    """
    currency = main_currency(planned_earned_actual)
    parts = [Pea.planned_value_amount, Pea.earned_value_amount, Pea.actual_cost_amount]
    past = planned_earned_actual[planned_earned_actual[Pea.period_month] <= status_date]
    last = past.sort_values(Pea.period_month).groupby(Pea.project_id).tail(1)
    whole = last[last[parts].notna().all(axis="columns") & (last[Pea.currency] == currency)]
    columns = list(SCurve.to_schema().columns)
    if whole.empty:
        return checked(SCurve, pd.DataFrame(columns=columns))
    rows = planned_earned_actual[planned_earned_actual[Pea.project_id].isin(whole[Pea.project_id])]
    outlook = latest_outlook(completion_outlook, status_date)
    outlook = outlook[outlook[Pea.project_id].isin(whole[Pea.project_id])]
    months = _months(rows, outlook, status_date)
    curve = pd.DataFrame({SCurve.currency: currency, SCurve.period_month: months})
    curve[SCurve.budget_at_completion_amount] = float(whole[Pea.budget_at_completion_amount].sum())
    for column in parts:
        by_project = rows.pivot(index=Pea.period_month, columns=Pea.project_id, values=column)  # noqa: PD010
        summed = by_project.reindex(months).ffill().fillna(0.0).sum(axis="columns")
        curve[column] = summed.to_numpy()
    is_future = curve[SCurve.period_month] > status_date
    for column in parts[1:]:
        curve[column] = curve[column].mask(is_future)
    curve[SCurve.projects_counted] = len(whole)
    curve[SCurve.projects_left_out] = planned_earned_actual[Pea.project_id].nunique() - len(whole)
    curve = _with_expected(curve, outlook, status_date, len(whole))
    return checked(SCurve, curve.reindex(columns=columns))


def _months(rows: pd.DataFrame, outlook: pd.DataFrame, status_date: pd.Timestamp) -> pd.DatetimeIndex:
    """From the first month to the last of the plans and finishes that are drawn."""
    days = [rows[Pea.period_month].max(), *outlook[CompletionOutlook.expected_finish_date].dropna()]
    if len(outlook) == 1:
        days += [*outlook[CompletionOutlook.p90_finish_date].dropna()]
    last = min(max(days), status_date + pd.DateOffset(months=_MOST_MONTHS_AHEAD))
    return pd.date_range(rows[Pea.period_month].min(), max(last, days[0]), freq="MS", unit="ns")


def _with_expected(curve: pd.DataFrame, outlook: pd.DataFrame, status_date: pd.Timestamp, counted: int) -> pd.DataFrame:
    """The curve with what is expected ahead, and with one project's cone."""
    estimate = outlook[CompletionOutlook.estimate_at_completion_amount]
    is_known = len(outlook) == counted and bool(estimate.notna().all())
    ends = curve[SCurve.period_month] + pd.offsets.MonthEnd(0)
    now = status_date.normalize().replace(day=1)
    # In the month of the reporting date what is expected is what it has cost.
    ends = ends.where(curve[SCurve.period_month] > now, status_date.normalize())
    is_ahead = (curve[SCurve.period_month] >= now).to_numpy()
    paths = {name: np.full(len(curve), np.nan) for name in (SCurve.expected_amount, *AMOUNTS)}
    note = SEVERAL if counted > 1 else "its cost at completion is not known"
    if is_known:
        targets = [estimate, *(outlook[name] for name in AMOUNTS)] if counted == 1 else [estimate]
        for name, target in zip(paths, targets, strict=False):
            paths[name][is_ahead] = _spent(outlook, target, ends[is_ahead], status_date)
        if counted == 1:
            note = "" if outlook[AMOUNTS].notna().all(axis=None) else _why(outlook.iloc[0])
    told = set(outlook[CompletionOutlook.cost_assumption].dropna())
    # What is wholly earned assumes nothing.
    assumptions = sorted(told - {ALL_EARNED} or told)
    single = outlook if counted == 1 and is_known else outlook.iloc[:0]
    found = curve.assign(
        estimate_at_completion_amount=float(estimate.sum()) if is_known else np.nan,
        cost_assumption=" or ".join(assumptions) or None,
        quality_note=note,
    )
    found[SCurve.expected_finish_date] = outlook[CompletionOutlook.expected_finish_date].max()
    for name, path in paths.items():
        found[name] = path
    for name in FINISHES:
        found[name] = single[name].iloc[0] if len(single) else pd.NaT
    return found


def _spent(outlook: pd.DataFrame, target: pd.Series, ends: pd.Series, today: pd.Timestamp) -> np.ndarray:
    """What projects will have cost by each day, together, where each comes to its target at its expected finish."""
    spent = outlook[CompletionOutlook.actual_cost_amount].to_numpy(dtype=float)
    length = (outlook[CompletionOutlook.expected_finish_date] - today.normalize()).dt.days.to_numpy(dtype=float)
    passed = (pd.DatetimeIndex(ends) - today.normalize()).days.to_numpy(dtype=float)
    # What has no finish ahead is spent at once.
    share = np.clip(passed[:, None] / np.where(length > 0, length, 1e-9), 0.0, 1.0)
    found: np.ndarray = (spent + share * (target.to_numpy(dtype=float) - spent)).sum(axis=1)
    return found


def _why(row: pd.Series) -> str:
    reason = row[CompletionOutlook.cost_assumption_reason]
    return str(reason) if isinstance(reason, str) and reason else str(row[CompletionOutlook.cost_assumption])
