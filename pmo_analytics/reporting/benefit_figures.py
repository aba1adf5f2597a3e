"""Headline and key figures of the page on benefits."""

from __future__ import annotations

import pandas as pd

from pmo_analytics import numerals
from pmo_analytics.forecasting.passport import ForecastPassport
from pmo_analytics.portfolio.benefit_charts import is_refused
from pmo_analytics.portfolio.benefit_outlook import BenefitOutlook
from pmo_analytics.portfolio.benefit_totals import BenefitMeasurement, BenefitTotal
from pmo_analytics.portfolio.investment_worth import InvestmentWorth
from pmo_analytics.reporting.key_figures import KeyFigure, days_of
from pmo_analytics.reporting.references import Shown, refer

_MONTHS = 12


def headline(totals: pd.DataFrame, measurement: pd.DataFrame, worth: pd.DataFrame) -> str:
    """What a sponsor has to know, from `BenefitTotal`, `BenefitMeasurement` and `InvestmentWorth`."""
    if measurement.empty:
        return "No benefit is known: this page names what is missing."
    parts = []
    if len(totals):
        first, currency = totals.iloc[0], str(totals[BenefitTotal.currency].iloc[0])
        if pd.notna(first[BenefitTotal.realisation_rate]):
            parts.append(
                f"{numerals.percent(first[BenefitTotal.realisation_rate])} of the benefits planned so far have come, "
                f"{numerals.money(first[BenefitTotal.realised_amount], currency)} of "
                f"{numerals.money(first[BenefitTotal.due_planned_amount], currency)}"
            )
        else:
            parts.append("Nothing that was planned by now has a realised figure")
    known = worth[worth[InvestmentWorth.expected_net_present_amount].notna()]
    if len(known):
        less = int((known[InvestmentWorth.expected_net_present_amount] < 0).sum())
        parts.append(
            f"{numerals.number(less)} of {numerals.number(len(known))} projects with benefits are expected to cost "
            "more than they are worth"
        )
    overdue = int(measurement[BenefitMeasurement.overdue_count].iloc[0])
    if overdue:
        parts.append(f"{_months(overdue)} {'has' if overdue == 1 else 'have'} passed without a measurement")
    return ". ".join(parts or ["Benefits are known, and none is in money"]) + "."


def _months(count: int) -> str:
    return f"{numerals.number(count)} month{'' if count == 1 else 's'}"


def realised_figure(totals: pd.DataFrame, outlook: pd.DataFrame) -> KeyFigure | None:
    """What came, against the plan of the same months, in the currency with the largest plan."""
    if totals.empty or pd.isna(totals[BenefitTotal.realisation_rate].iloc[0]):
        return None
    row, currency = totals.iloc[0], str(totals[BenefitTotal.currency].iloc[0])
    shown = Shown("money", (currency,))
    past = outlook[
        (outlook[BenefitOutlook.currency] == currency) & outlook[BenefitOutlook.realised_amount].notna()
    ].tail(_MONTHS)
    return KeyFigure(
        "Realised so far", shown.text(row[BenefitTotal.realised_amount]),
        f"{numerals.percent(row[BenefitTotal.realisation_rate])} of the "
        f"{numerals.money(row[BenefitTotal.due_planned_amount], currency)} planned for the same months",
        history=[float(value) for value in past[BenefitOutlook.realised_amount]],
        reference=refer(totals, {BenefitTotal.currency: currency}, BenefitTotal.realised_amount, shown),
        exact=float(row[BenefitTotal.realised_amount]), unit=currency, form=shown,
        months=days_of(past[BenefitOutlook.period_month]),
    )  # fmt: skip


def expected_figure(totals: pd.DataFrame, outlook: pd.DataFrame, record: pd.DataFrame) -> KeyFigure | None:
    """P50 of all that will have come, against the baseline; None where nothing is forecast, or its record refuses."""
    if is_refused(record) or totals.empty or pd.isna(totals[BenefitTotal.p50_amount].iloc[0]):
        return None
    row, currency = totals.iloc[0], str(totals[BenefitTotal.currency].iloc[0])
    shown = Shown("money", (currency,))
    end = outlook[outlook[BenefitOutlook.currency] == currency][BenefitOutlook.period_month].max()
    low, high = (numerals.money(row[name], currency) for name in (BenefitTotal.p20_amount, BenefitTotal.p80_amount))
    return KeyFigure(
        "Expected in the end, P50", shown.text(row[BenefitTotal.p50_amount]),
        f"by {numerals.long_month(end)}, against a baseline of "
        f"{numerals.money(row[BenefitTotal.baseline_amount], currency)}; P20 {low}, P80 {high}",
        reference=refer(totals, {BenefitTotal.currency: currency}, BenefitTotal.p50_amount, shown),
        exact=float(row[BenefitTotal.p50_amount]), unit=currency, form=shown,
        basis=str(record[ForecastPassport.verdict].iloc[0]),
    )  # fmt: skip


def overdue_figure(measurement: pd.DataFrame) -> KeyFigure | None:
    """Months that have passed without a measurement, over all benefits."""
    if measurement.empty:
        return None
    row, shown = measurement.iloc[0], Shown("number")
    unowned = int(row[BenefitMeasurement.unowned_count])
    return KeyFigure(
        "Measurements overdue", shown.text(row[BenefitMeasurement.overdue_count]),
        f"months, of {numerals.number(row[BenefitMeasurement.overdue_benefit_count])} of "
        f"{numerals.number(row[BenefitMeasurement.benefit_count])} benefits"
        + (f"; nobody owns {numerals.number(unowned)}" if unowned else ""),
        reference=refer(measurement, {}, BenefitMeasurement.overdue_count, shown),
        exact=float(row[BenefitMeasurement.overdue_count]), unit="months", form=shown,
    )  # fmt: skip


def worth_figure(worth: pd.DataFrame) -> KeyFigure | None:
    """The project whose expected worth is the least; None where no rate is stated."""
    known = worth[worth[InvestmentWorth.expected_net_present_amount].notna()]
    if known.empty:
        return None
    row = known.sort_values(InvestmentWorth.expected_net_present_amount, kind="stable").iloc[0]
    currency = str(row[InvestmentWorth.currency])
    shown = Shown("money", (currency,))
    return KeyFigure(
        "Least worth of a project", shown.text(row[InvestmentWorth.expected_net_present_amount]),
        f"{row[InvestmentWorth.project_id]}, present value as expected; planned were "
        f"{numerals.money(row[InvestmentWorth.planned_net_present_amount], currency)}",
        reference=refer(
            worth, {InvestmentWorth.project_id: row[InvestmentWorth.project_id]},
            InvestmentWorth.expected_net_present_amount, shown,
        ),
        exact=float(row[InvestmentWorth.expected_net_present_amount]), unit=currency, form=shown,
    )  # fmt: skip
