"""One project's month in a few figures, its news in a sentence, and why it computes the status it does."""

from __future__ import annotations

import math

import pandas as pd

from pmo_analytics import numerals
from pmo_analytics.performance.completion_outlook import CompletionOutlook
from pmo_analytics.performance.earned_value import EarnedValue
from pmo_analytics.performance.health import AMBER_BELOW, NOT_RUNNING, RED_BELOW, UNKNOWN, ProjectHealth
from pmo_analytics.performance.index_band import IndexBand
from pmo_analytics.reporting.completion_words import basis
from pmo_analytics.reporting.key_figures import KeyFigure, change_of, days_of
from pmo_analytics.reporting.references import Reference, Shown, refer
from pmo_analytics.resources.project_hours import ProjectHours

_MONTHS = 12
_MILLION, _THOUSAND = 1e6, 1e3
_INDICES = (("CPI", ProjectHealth.cost_performance_index), ("SPI(t)", ProjectHealth.time_schedule_performance_index))


def cost_figure(outlook: pd.DataFrame, health: pd.DataFrame) -> KeyFigure | None:
    """Estimate at completion against the budget, from the project's `CompletionOutlook` and `ProjectHealth`."""
    row = health.iloc[0]
    estimate = row[ProjectHealth.estimate_at_completion_amount]
    budget = row[ProjectHealth.budget_at_completion_amount]
    if pd.isna(estimate):
        return None
    currency = row[ProjectHealth.currency]
    rows = outlook.sort_values(CompletionOutlook.period_month).tail(_MONTHS)
    history = rows[CompletionOutlook.estimate_at_completion_amount]
    scale, decimals, unit = (_MILLION, 2, "\u00a0m") if estimate >= _MILLION else (_THOUSAND, 0, "\u00a0k")
    change, is_worse = change_of(history / scale, decimals, unit, lower_is_worse=False)
    return KeyFigure(
        "Cost at completion",
        numerals.money(estimate, currency),
        _against_budget(estimate, budget, currency) + _p80(row, currency),
        change,
        is_worse,
        [float(value) for value in history],
        _of_project(health, ProjectHealth.estimate_at_completion_amount, Shown("money", (currency,))),
        exact=float(estimate),
        unit=str(currency),
        form=Shown("money", (currency,)),
        months=days_of(rows[CompletionOutlook.period_month]),
        basis=basis(row[ProjectHealth.cost_assumption], row[ProjectHealth.cost_assumption_reason]),
    )


def _p80(row: pd.Series, currency: str) -> str:
    p80 = row[ProjectHealth.p80_amount]
    return "" if pd.isna(p80) else f"; P80 is {numerals.money(p80, currency)}"


def _against_budget(estimate: float, budget: float, currency: str) -> str:
    if math.isnan(budget) or not budget:
        return "no budget to hold it against"
    over = estimate / budget - 1
    if not round(over, 3):
        return f"as the budget of {numerals.money(budget, currency)}"
    return f"{numerals.percent(abs(over), 1)} {'over' if over > 0 else 'under'} the budget of " + numerals.money(
        budget, currency
    )


def cost_index_figure(earned: pd.DataFrame, band: pd.DataFrame) -> KeyFigure | None:
    """CPI with its band, from the project's `IndexBand`, and what the rest of the work needs to meet the budget."""
    need = earned[EarnedValue.to_complete_performance_index].iloc[-1] if len(earned) else float("nan")
    span = _span(band, IndexBand.cost_performance_index_low, IndexBand.cost_performance_index_high)
    note = f"earned for each unit of cost{span}" + (
        "" if pd.isna(need) or need <= 0 else f"; the rest needs {numerals.number(need, 2)} to meet the budget"
    )
    return _index_figure(earned, "Cost index, CPI", EarnedValue.cost_performance_index, note)


def _span(band: pd.DataFrame, low: str, high: str) -> str:
    """The band of an index in words; empty where there is none."""
    if band.empty or pd.isna(band.iloc[0][low]):
        return ""
    ends = (numerals.number(band.iloc[0][name], 2) for name in (low, high))
    return f"; 95\u00a0% band {' to '.join(ends)}"


def schedule_figure(earned: pd.DataFrame, band: pd.DataFrame) -> KeyFigure | None:
    """SPI(t) with its band, from the project's `IndexBand`, and the months it is made of."""
    if earned.empty:
        return None
    schedule, time = (
        earned[column].iloc[-1] for column in (EarnedValue.earned_schedule_months, EarnedValue.actual_time_months)
    )
    note = (
        f"SPI(t): the plan had earned today’s value after {numerals.number(schedule, 1)} months; "
        f"it took {numerals.number(time, 1)}"
        + _span(band, IndexBand.time_schedule_performance_index_low, IndexBand.time_schedule_performance_index_high)
    )
    return _index_figure(earned, "Schedule index", EarnedValue.time_schedule_performance_index, note)


def _index_figure(earned: pd.DataFrame, label: str, column: str, note: str) -> KeyFigure | None:
    history = earned[column].tail(_MONTHS)
    if history.empty or pd.isna(history.iloc[-1]):
        return None
    change, is_worse = change_of(history, 2, lower_is_worse=True)
    key = {name: earned[name].iloc[-1] for name in (EarnedValue.project_id, EarnedValue.period_month)}
    return KeyFigure(
        label,
        numerals.number(history.iloc[-1], 2),
        note,
        change,
        is_worse,
        [float(value) for value in history],
        refer(earned, key, column, Shown("number", (2,))),
        exact=float(history.iloc[-1]),
        unit="ratio",
        form=Shown("number", (2,)),
        months=days_of(earned[EarnedValue.period_month].tail(_MONTHS)),
    )


def finish_figure(outlook: pd.DataFrame, health: pd.DataFrame) -> KeyFigure | None:
    """Expected finish against the baseline, from the project's `CompletionOutlook` and `ProjectHealth`.

    The line is of the delay against the baseline of today, in days.
    """
    row = health.iloc[0]
    finish, baseline = row[ProjectHealth.expected_finish_date], row[ProjectHealth.baseline_finish_date]
    if pd.isna(finish):
        return None
    rows = outlook.sort_values(CompletionOutlook.period_month).tail(_MONTHS)
    planned = finish if pd.isna(baseline) else baseline
    delays = (rows[CompletionOutlook.expected_finish_date] - planned).dt.days.astype(float)
    change, is_worse = change_of(delays, 0, "\u00a0days", lower_is_worse=False)
    return KeyFigure(
        "Expected finish",
        numerals.month(finish),
        _against_baseline(row[ProjectHealth.finish_delay_days], baseline) + _reported(row),
        change,
        is_worse,
        [float(value) for value in delays],
        _of_project(health, ProjectHealth.expected_finish_date, Shown("month")),
        exact=None if pd.isna(row[ProjectHealth.finish_delay_days]) else float(row[ProjectHealth.finish_delay_days]),
        unit="days late",
        form=Shown("number"),
        months=days_of(rows[CompletionOutlook.period_month]),
        basis=basis(row[ProjectHealth.finish_assumption], row[ProjectHealth.finish_assumption_reason]),
    )


def _reported(row: pd.Series) -> str:
    """What the manager reports, where that is another day, and how late it may become."""
    reported, p80 = row[ProjectHealth.forecast_finish_date], row[ProjectHealth.p80_finish_date]
    told = "" if pd.isna(p80) else f"; P80 is {numerals.day(p80)}"
    if pd.isna(reported) or reported == row[ProjectHealth.expected_finish_date]:
        return told
    return f"{told}; its manager reports {numerals.day(reported)}"


def _against_baseline(delay: float, baseline: pd.Timestamp) -> str:
    if math.isnan(delay):
        return "no baseline to hold it against"
    if not delay:
        return f"as the baseline, {numerals.day(baseline)}"
    days = "day" if abs(delay) == 1 else "days"
    where = "after" if delay > 0 else "before"
    return f"{numerals.number(abs(delay))} {days} {where} the baseline, {numerals.day(baseline)}"


def hours_figure(hours: pd.DataFrame, *, status_date: pd.Timestamp) -> KeyFigure | None:
    """Hours booked in the reporting month, against the plan where it is known, from the project's `ProjectHours`."""
    past = hours[hours[ProjectHours.period_month] <= status_date].tail(_MONTHS)
    month = status_date.normalize().replace(day=1)
    if past.empty or past[ProjectHours.period_month].iloc[-1] != month:
        return None
    last = past.iloc[-1]
    months = pd.date_range(past[ProjectHours.period_month].iloc[0], month, freq="MS", unit="ns")
    booked = past.set_index(ProjectHours.period_month)[ProjectHours.duration_seconds].reindex(months).fillna(0.0)
    change, _ = change_of(booked / 3600, 0, "\u00a0h", lower_is_worse=False)
    plan = last[ProjectHours.allocated_seconds]
    return KeyFigure(
        "Hours this month",
        numerals.hours(last[ProjectHours.duration_seconds]),
        "no allocation to hold them against" if pd.isna(plan) else f"{numerals.hours(plan)} were allocated",
        change,
        None,
        [float(value) / 3600 for value in booked.tail(_MONTHS)],
        refer(
            hours,
            {name: last[name] for name in (ProjectHours.project_id, ProjectHours.period_month)},
            ProjectHours.duration_seconds,
            Shown("hours"),
        ),
        exact=float(last[ProjectHours.duration_seconds]) / 3600,
        unit="hours",
        form=Shown("number"),
        months=days_of(booked.tail(_MONTHS).index),
    )


def _of_project(health: pd.DataFrame, column: str, shown: Shown) -> Reference | None:
    return refer(health, {ProjectHealth.project_id: health[ProjectHealth.project_id].iloc[0]}, column, shown)


def differs(row: pd.Series) -> bool:
    """Whether a row of `ProjectHealth` declares another status than it computes."""
    declared, computed = row[ProjectHealth.rag_status], row[ProjectHealth.computed_rag]
    return bool(pd.notna(declared) and computed not in {declared, UNKNOWN})


def reasons(row: pd.Series) -> list[str]:
    """Why a row of `ProjectHealth` computes its status, in words, the graver first."""
    if row[ProjectHealth.state] in NOT_RUNNING:
        return [f"the project is {row[ProjectHealth.state]}"]
    found: list[tuple[int, str]] = []
    for name, column in _INDICES:
        value = row[column]
        if pd.isna(value):
            found.append((2, f"{name} is not known"))
        elif value < RED_BELOW:
            found.append((0, f"{name} {numerals.number(value, 2)} is below {numerals.number(RED_BELOW, 2)}"))
        elif value < AMBER_BELOW:
            found.append((1, f"{name} {numerals.number(value, 2)} is below {numerals.number(AMBER_BELOW, 2)}"))
        else:
            found.append((3, f"{name} {numerals.number(value, 2)} is {numerals.number(AMBER_BELOW, 2)} or more"))
    return [text for _, text in sorted(found, key=lambda each: each[0])]


def headline(health: pd.DataFrame, cost: KeyFigure | None, finish: KeyFigure | None) -> str:
    """The month's news in one sentence, from the project's `ProjectHealth` and its figures of cost and finish."""
    row = health.iloc[0]
    parts = []
    if cost is not None:
        moved = "" if not cost.change or cost.is_worse is None else f" ({cost.change} in the month)"
        parts.append(f"cost at completion is forecast at {cost.value}{moved}, {cost.note}")
    if finish is not None:
        is_done = row[ProjectHealth.state] == "complete"
        parts.append(f"the finish {'was in' if is_done else 'is forecast for'} {finish.value}, {finish.note}")
    news = ", and ".join(parts)
    if row[ProjectHealth.state] in NOT_RUNNING:
        return f"The project is {row[ProjectHealth.state]}" + (f"; {news}." if news else ".")
    if differs(row):
        first = f"It reports {row[ProjectHealth.rag_status]} and computes {row[ProjectHealth.computed_rag]}"
        return f"{first}: {news}." if news else f"{first}."
    if not news:
        return "Neither cost nor finish can be forecast from what was loaded; what is missing is named below."
    return f"{news[0].upper()}{news[1:]}."
