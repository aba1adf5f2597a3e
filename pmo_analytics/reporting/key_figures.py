"""The month in a few figures: value, change since the month before, a line of the last twelve months."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd

from pmo_analytics import numerals
from pmo_analytics.performance.earned_value import EarnedValue
from pmo_analytics.performance.health import RED_BELOW, ProjectHealth, ProjectsBehind
from pmo_analytics.performance.portfolio_earned_value import PortfolioEarnedValue
from pmo_analytics.performance.s_curve import SCurve
from pmo_analytics.reporting.completion_words import portfolio_basis
from pmo_analytics.reporting.references import Reference, Shown, refer
from pmo_analytics.resources.estimation import ALL, THIN, EstimateAccuracy
from pmo_analytics.resources.utilisation import OrganisationUtilisation

_MONTHS = 12
_WIDTH, _HEIGHT = 84.0, 26.0


@dataclass(frozen=True)
class KeyFigure:
    """One figure of the page's head. `change` is since the month before; `is_worse` None where neither is said.

    `reference` says what `value` is made of; None where that is not known.
    `exact` is the value as a number in `unit` (a currency's code, `ratio`, or
    what is counted), written as `form` says; `months` are those of the
    `history`, which is in the same unit. `basis` says what a forecast assumes,
    and why it is the one shown.
    """

    label: str
    value: str
    note: str
    change: str = ""
    is_worse: bool | None = None
    history: list[float] = field(default_factory=list)
    reference: Reference | None = None
    exact: float | None = None
    unit: str = ""
    form: Shown | None = None
    months: list[date] = field(default_factory=list)
    basis: str = ""

    @property
    def line(self) -> str:
        """The history as an SVG path in a box of 84 × 26, empty below two points."""
        return spark_line(self.history)

    @property
    def end(self) -> tuple[str, str]:
        """Where the line ends."""
        return spark_end(self.line)


def spark_line(values: Iterable[float]) -> str:
    """Values as an SVG path in a box of 84 × 26 on their own scale, empty below two of them."""
    known = [v for v in values if math.isfinite(v)]
    if len(known) < 2:
        return ""
    low, high = min(known), max(known)
    step, spread = _WIDTH / (len(known) - 1), (high - low) or 1.0
    points = [f"{i * step:.1f},{_HEIGHT - (v - low) / spread * _HEIGHT:.1f}" for i, v in enumerate(known)]
    return "M" + "L".join(points)


def spark_end(line: str) -> tuple[str, str]:
    """Where an SVG path of `spark_line` ends."""
    x, y = line.rsplit("L", 1)[-1].split(",")
    return x, y


def days_of(months: Iterable[Any]) -> list[date]:
    """The months of a history as the dates that frames hold for them."""
    return [pd.Timestamp(month).date() for month in months]


def change_of(history: pd.Series, decimals: int, unit: str = "", *, lower_is_worse: bool) -> tuple[str, bool | None]:
    """The last value less the one before, with sign and unit, and whether that is worse; empty and None below two."""
    known = history.dropna()
    if len(known) < 2:
        return "", None
    difference = float(known.iloc[-1] - known.iloc[-2])
    text = numerals.signed(difference, decimals)
    if not text.strip("+\u22120.,"):
        return f"unchanged{unit and ' '}".strip(), None
    return f"{text}{unit}", (difference < 0) == lower_is_worse


def cost_figure(portfolio: pd.DataFrame, curve: pd.DataFrame, health: pd.DataFrame) -> KeyFigure | None:
    """Estimate at completion of the projects that have plan, progress and cost, from `PortfolioEarnedValue`.

    `health` is the `ProjectHealth` of these projects, which says what it assumes.
    """
    if curve.empty:
        return None
    currency = str(curve[SCurve.currency].iloc[0])
    rows = portfolio[portfolio[PortfolioEarnedValue.currency] == currency].tail(_MONTHS)
    last = rows.iloc[-1]
    estimate = rows[PortfolioEarnedValue.estimate_at_completion_amount]
    if pd.isna(estimate.iloc[-1]):
        return None
    budget = float(last[PortfolioEarnedValue.budget_at_completion_amount])
    over = float(estimate.iloc[-1]) / budget - 1 if budget else float("nan")
    change, is_worse = change_of(estimate / 1e6, 2, "\u00a0m", lower_is_worse=False)
    return KeyFigure(
        "Cost at completion",
        numerals.money(float(estimate.iloc[-1]), currency),
        f"{numerals.percent(abs(over), 1)} {'over' if over > 0 else 'under'} the budget of "
        f"{numerals.money(budget, currency)}, {int(last[PortfolioEarnedValue.projects_counted])} projects",
        change,
        is_worse,
        [float(v) for v in estimate],
        _of_month(portfolio, last, PortfolioEarnedValue.estimate_at_completion_amount, Shown("money", (currency,))),
        exact=float(estimate.iloc[-1]),
        unit=currency,
        form=Shown("money", (currency,)),
        months=days_of(rows[PortfolioEarnedValue.period_month]),
        basis=portfolio_basis(health),
    )


def _of_month(portfolio: pd.DataFrame, row: pd.Series, column: str, shown: Shown) -> Reference | None:
    names = (PortfolioEarnedValue.currency, PortfolioEarnedValue.period_month)
    return refer(portfolio, {name: row[name] for name in names}, column, shown)


def cost_index_figure(portfolio: pd.DataFrame, curve: pd.DataFrame) -> KeyFigure | None:
    """CPI of the portfolio as a ratio of sums, from `PortfolioEarnedValue`."""
    if curve.empty:
        return None
    rows = portfolio[portfolio[PortfolioEarnedValue.currency] == curve[SCurve.currency].iloc[0]].tail(_MONTHS)
    index = rows[PortfolioEarnedValue.cost_performance_index]
    change, is_worse = change_of(index, 2, lower_is_worse=True)
    return KeyFigure(
        "Cost index, CPI",
        numerals.number(index.iloc[-1], 2),
        "earned for each unit of cost: the sum of earned value over the sum of cost",
        change,
        is_worse,
        [float(v) for v in index],
        _of_month(portfolio, rows.iloc[-1], PortfolioEarnedValue.cost_performance_index, Shown("number", (2,))),
        exact=float(index.iloc[-1]),
        unit="ratio",
        form=Shown("number", (2,)),
        months=days_of(rows[PortfolioEarnedValue.period_month]),
    )


def schedule_figure(
    earned: pd.DataFrame, health: pd.DataFrame, counted: pd.DataFrame | None = None
) -> KeyFigure | None:
    """Number of projects late by SPI(t), from `EarnedValue`; projects' clocks are never averaged.

    `counted`, the `ProjectsBehind` of `health`, is what the figure refers to.
    """
    column = EarnedValue.time_schedule_performance_index
    known = health[health[ProjectHealth.time_schedule_performance_index].notna()]
    if known.empty:
        return None
    by_month = earned[earned[column].notna()].groupby(EarnedValue.period_month)[column]
    late = by_month.apply(lambda values: int((values < RED_BELOW).sum())).tail(_MONTHS).astype(float)
    now = int((known[ProjectHealth.time_schedule_performance_index] < RED_BELOW).sum())
    late.iloc[-1] = float(now)
    change, is_worse = change_of(late, 0, lower_is_worse=False)
    return KeyFigure(
        "Projects behind schedule",
        f"{now} of {len(known)}",
        f"SPI(t) below {numerals.number(RED_BELOW, 2)}: the plan had earned today's value more than a tenth earlier",
        change,
        is_worse,
        [float(v) for v in late],
        None
        if counted is None
        else refer(counted, {}, ProjectsBehind.projects_behind, Shown("number", behind=f" of {len(known)}")),
        exact=float(now),
        unit="projects",
        form=Shown("number"),
        months=days_of(late.index),
    )


def utilisation_figure(organisation: pd.DataFrame, status_date: pd.Timestamp) -> KeyFigure | None:
    """Booked over available hours of the reporting month, from `OrganisationUtilisation`."""
    rows = organisation[organisation[OrganisationUtilisation.period_month] <= status_date].tail(_MONTHS)
    ratio = rows[OrganisationUtilisation.utilisation_ratio]
    # A month in which nobody booked anything is a month without timesheets, not one at 0 %.
    if rows.empty or pd.isna(ratio.iloc[-1]) or ratio.iloc[-1] == 0:
        return None
    last = rows.iloc[-1]
    change, is_worse = change_of(ratio * 100, 0, "\u00a0points", lower_is_worse=False)
    return KeyFigure(
        "Utilisation",
        numerals.percent(ratio.iloc[-1]),
        f"{numerals.hours(last[OrganisationUtilisation.duration_seconds])} booked by "
        f"{int(last[OrganisationUtilisation.persons])} persons with "
        f"{numerals.hours(last[OrganisationUtilisation.available_seconds])} available, whole organisation",
        change,
        is_worse if ratio.iloc[-1] > 1 else None,
        [float(v) for v in ratio],
        refer(
            organisation,
            {OrganisationUtilisation.period_month: last[OrganisationUtilisation.period_month]},
            OrganisationUtilisation.utilisation_ratio,
            Shown("percent"),
        ),
        exact=float(ratio.iloc[-1]),
        unit="ratio",
        form=Shown("percent"),
        months=days_of(rows[OrganisationUtilisation.period_month]),
    )


def estimate_figure(accuracy: pd.DataFrame) -> KeyFigure | None:
    """Pooled actual over estimate of all finished items, from `EstimateAccuracy`."""
    row = accuracy[accuracy[EstimateAccuracy.work_class] == ALL].iloc[0]
    used = int(row[EstimateAccuracy.items_finished] - row[EstimateAccuracy.items_withheld])
    if used < THIN:
        return None
    return KeyFigure(
        "Actual over estimate",
        numerals.number(row[EstimateAccuracy.pooled_ratio], 2),
        f"{numerals.number(used)} finished items; one in five took more than "
        f"{numerals.number(row[EstimateAccuracy.p80_ratio], 2)} times its estimate",
        reference=refer(
            accuracy, {EstimateAccuracy.work_class: ALL}, EstimateAccuracy.pooled_ratio, Shown("number", (2,))
        ),
        exact=float(row[EstimateAccuracy.pooled_ratio]),
        unit="ratio",
        form=Shown("number", (2,)),
    )


def headline(health: pd.DataFrame, cost: KeyFigure | None) -> str:
    """The month's news in one sentence, from a `ProjectHealth` frame and the cost figure."""
    rags = health[ProjectHealth.computed_rag].value_counts()
    declared_green = (health[ProjectHealth.rag_status] == "green") & (health[ProjectHealth.computed_rag] == "red")
    parts = []
    if cost is not None:
        parts.append(f"Cost at completion is forecast at {cost.value}, {cost.note.rpartition(',')[0]}")
    if rags.get("red", 0) or rags.get("amber", 0) or rags.get("green", 0):
        red = int(rags.get("red", 0))
        text = f"{red} of {len(health)} projects compute{'s' if red == 1 else ''} red"
        hidden = int(declared_green.sum())
        parts.append(text + (f", {hidden} of them while reporting green" if hidden else ""))
    if not parts:
        return (
            "What was loaded holds neither plans nor progress: this page shows what it can and names what is missing."
        )
    return ". ".join(parts) + "."
