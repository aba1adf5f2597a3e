"""Headline and key figures of the page on risk."""

from __future__ import annotations

import pandas as pd

from pmo_analytics import numerals
from pmo_analytics.performance.contingency import ContingencyBurnDown
from pmo_analytics.performance.cost_risk import PortfolioCostRisk
from pmo_analytics.performance.risk_calibration import ALL, RiskCalibration
from pmo_analytics.performance.risk_charts import largest_currency
from pmo_analytics.performance.risk_register import ExposureTrend, RegisterSummary
from pmo_analytics.reporting.key_figures import KeyFigure, change_of, days_of
from pmo_analytics.reporting.references import Shown, refer

_MONTHS = 12
_THOUSAND = 1e3


def headline(portfolio: pd.DataFrame, burn_down: pd.DataFrame, summary: pd.DataFrame) -> str:
    """What a board has to know, from `PortfolioCostRisk`, `ContingencyBurnDown` and `RegisterSummary`."""
    parts = []
    row = _main(portfolio, PortfolioCostRisk.base_amount)
    if row is not None and not pd.isna(row[PortfolioCostRisk.p80_amount]):
        currency = row[PortfolioCostRisk.currency]
        parts.append(
            f"Known risks take {numerals.money(row[PortfolioCostRisk.contingency_amount], currency)} over the base of "
            f"{numerals.money(row[PortfolioCostRisk.base_amount], currency)} to be covered four times in five"
        )
    left = _main(burn_down, ContingencyBurnDown.required_contingency_amount)
    if left is not None and len(burn_down) > 1:
        amount, currency = left[ContingencyBurnDown.remaining_contingency_amount], left[ContingencyBurnDown.currency]
        told = numerals.money(abs(amount), currency)
        parts.append(f"{told} of contingency is left" if amount >= 0 else f"Contingency is overdrawn by {told}")
    row = summary.iloc[0]
    flagged, count = int(row[RegisterSummary.flagged_count]), int(row[RegisterSummary.risk_count])
    if not count:
        return "No risk register is loaded: this page shows what it can and names what is missing."
    parts.append(f"{flagged} of {count} entries of the register lack{'s' if flagged == 1 else ''} something")
    return ". ".join(parts) + "."


def _main(frame: pd.DataFrame, column: str) -> pd.Series | None:
    """The last row of the currency with the largest amount; None where there is none."""
    rows = frame[frame["currency"] == largest_currency(frame, column)]
    return None if rows.empty else rows.iloc[-1]


def contingency_figure(portfolio: pd.DataFrame) -> KeyFigure | None:
    """P80 less the base of the running projects together, from `PortfolioCostRisk`."""
    row = _main(portfolio, PortfolioCostRisk.base_amount)
    if row is None or pd.isna(row[PortfolioCostRisk.p80_amount]):
        return None
    currency = str(row[PortfolioCostRisk.currency])
    saved = row[PortfolioCostRisk.summed_p80_amount] - row[PortfolioCostRisk.p80_amount]
    shown = Shown("money", (currency,))
    column = PortfolioCostRisk.contingency_amount
    return KeyFigure(
        "Contingency to P80",
        shown.text(row[column]),
        f"of {numerals.number(row[PortfolioCostRisk.project_count])} projects together; {shown.text(saved)} less than "
        "that of each one summed",
        reference=refer(portfolio, {PortfolioCostRisk.currency: currency}, column, shown),
        exact=float(row[column]),
        unit=currency,
        form=shown,
    )


def tail_figure(portfolio: pd.DataFrame) -> KeyFigure | None:
    """Mean of the worst fifth of draws (conditional value at risk), from `PortfolioCostRisk`."""
    row = _main(portfolio, PortfolioCostRisk.base_amount)
    if row is None or pd.isna(row[PortfolioCostRisk.p80_amount]):
        return None
    currency = str(row[PortfolioCostRisk.currency])
    shown = Shown("money", (currency,))
    column = PortfolioCostRisk.conditional_value_at_risk_amount
    return KeyFigure(
        "Cost in a bad case",
        shown.text(row[column]),
        f"mean of the worst fifth of draws; the mean of all is {shown.text(row[PortfolioCostRisk.mean_amount])}",
        reference=refer(portfolio, {PortfolioCostRisk.currency: currency}, column, shown),
        exact=float(row[column]),
        unit=currency,
        form=shown,
    )


def contingency_left_figure(burn_down: pd.DataFrame) -> KeyFigure | None:
    """Contingency left of what was set aside, from `ContingencyBurnDown`."""
    required = ContingencyBurnDown.required_contingency_amount
    row = _main(burn_down, required)
    if row is None:
        return None
    note = "open risks ask for {} at P80"
    return _course(
        "Contingency left", burn_down, ContingencyBurnDown.remaining_contingency_amount, str(row["currency"]),
        note.format(numerals.money(row[required], row["currency"])), lower_is_worse=True,
    )  # fmt: skip


def exposure_figure(trend: pd.DataFrame) -> KeyFigure | None:
    """Probability times mean impact of the open risks, from `ExposureTrend`."""
    known = trend[trend[ExposureTrend.currency].notna()]
    row = _main(known, ExposureTrend.exposure_amount)
    if row is None:
        return None
    count = int(row[ExposureTrend.risk_count])
    note = f"probability times mean impact of {count} open {'risk' if count == 1 else 'risks'}: to rank by"
    return _course(
        "Exposure of open risks", trend, ExposureTrend.exposure_amount, str(row[ExposureTrend.currency]), note,
        lower_is_worse=False,
    )  # fmt: skip


def _course(
    label: str, frame: pd.DataFrame, column: str, currency: str, note: str, *, lower_is_worse: bool
) -> KeyFigure:  # fmt: skip
    """A figure with its last twelve months; `frame` has `currency` and `period_month`."""
    rows = frame[frame["currency"] == currency].tail(_MONTHS)
    shown, last = Shown("money", (currency,)), rows.iloc[-1]
    change, is_worse = change_of(rows[column] / _THOUSAND, 0, "\u00a0k", lower_is_worse=lower_is_worse)
    key = {"currency": currency, "period_month": last["period_month"]}
    return KeyFigure(
        label,
        shown.text(last[column]),
        note,
        change,
        is_worse,
        [float(value) for value in rows[column]],
        refer(frame, key, column, shown),
        exact=float(last[column]),
        unit=currency,
        form=shown,
        months=days_of(rows["period_month"]),
    )


def calibration_figure(calibration: pd.DataFrame) -> KeyFigure | None:
    """Brier skill of the probabilities stated, from `RiskCalibration`; None where it is not scored."""
    rows = calibration[calibration[RiskCalibration.group_kind] == ALL]
    if rows.empty or pd.isna(rows[RiskCalibration.brier_skill].iloc[0]):
        return None
    row = rows.iloc[0]
    shown = Shown("number", (2,))
    low, high = (shown.text(row[name]) for name in (RiskCalibration.brier_skill_low, RiskCalibration.brier_skill_high))
    return KeyFigure(
        "Skill of probabilities",
        shown.text(row[RiskCalibration.brier_skill]),
        f"1 is perfect, 0 the base rate; 95\u00a0% interval {low} to {high}, "
        f"{numerals.number(row[RiskCalibration.risk_count])} closed risks",
        reference=refer(
            calibration,
            {name: row[name] for name in (RiskCalibration.group_kind, RiskCalibration.group_name)},
            RiskCalibration.brier_skill,
            shown,
        ),
        exact=float(row[RiskCalibration.brier_skill]),
        unit="ratio",
        form=shown,
    )


def register_figure(summary: pd.DataFrame) -> KeyFigure | None:
    """How many entries of the register lack something, from `RegisterSummary`; None where it has none."""
    row = summary.iloc[0]
    if not row[RegisterSummary.risk_count]:
        return None
    count = numerals.number(row[RegisterSummary.risk_count])
    return KeyFigure(
        "Entries that lack something",
        f"{numerals.number(row[RegisterSummary.flagged_count])} of {count}",
        f"{numerals.number(row[RegisterSummary.open_count])} of them all are open",
        reference=refer(summary, {}, RegisterSummary.flagged_count, Shown("number", behind=f" of {count}")),
        exact=float(row[RegisterSummary.flagged_count]),
        unit="risks",
        form=Shown("number"),
    )
