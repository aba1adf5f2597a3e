"""Headline and key figures of the page on capacity."""

from __future__ import annotations

import pandas as pd

from pmo_analytics import numerals
from pmo_analytics.forecasting.passport import ALL_SIZES, ForecastPassport
from pmo_analytics.reporting.key_figures import KeyFigure
from pmo_analytics.reporting.references import Shown, refer
from pmo_analytics.resources.capacity import CapacityOutlook
from pmo_analytics.resources.capacity_actions import CapacityAction
from pmo_analytics.resources.delivery_factors import FOCUS, DeliveryFactor

_WHOLE, _FTE = Shown("number"), Shown("number", (1,))
_FEWEST_SCORED = 9


def skill_names(skill: pd.DataFrame) -> dict[str, str]:
    """What skills are called, by their identifiers, from the register."""
    return {str(k): str(v) for k, v in zip(skill["skill_id"], skill["name"], strict=True)}


def _asked(outlook: pd.DataFrame) -> pd.DataFrame:
    return outlook[
        (outlook[CapacityOutlook.demand_seconds] > 0) & outlook[CapacityOutlook.shortfall_probability].notna()
    ]


def headline(outlook: pd.DataFrame, actions: pd.DataFrame, skill: pd.DataFrame) -> str:
    """What a line manager has to know, from `CapacityOutlook` and `CapacityAction`."""
    if outlook.empty:
        return "Nothing is asked for and nobody's skills are known: this page names what is missing."
    known = _asked(outlook)
    if known.empty:
        notes = [note for note in outlook[CapacityOutlook.quality_note].astype(str).to_list() if note]
        return f"No chance of a shortfall can be told: {notes[0] if notes else 'nothing is asked for'}."
    asked = known[CapacityOutlook.skill_id].nunique()
    if actions.empty:
        return f"None of {numerals.number(asked)} skills that are asked for has a gap."
    first, names = actions.iloc[0], skill_names(skill)
    name = names.get(str(first[CapacityAction.skill_id]), str(first[CapacityAction.skill_id]))
    count = len(actions)
    text = (
        f"{numerals.number(count)} of {numerals.number(asked)} skills that are asked for "
        f"{'has a gap' if count == 1 else 'have gaps'}; {name} comes first, in "
        f"{numerals.long_month(first[CapacityAction.gap_start_month])}"
    )
    late = int(actions[CapacityAction.is_hire_late].sum())
    if not late:
        return f"{text}, and there is time to hire for all of them."
    return f"{text}. It is too late to hire for {'it' if count == 1 else f'{numerals.number(late)} of them'}."


def chance_figure(outlook: pd.DataFrame, skill: pd.DataFrame) -> KeyFigure | None:
    """The largest chance of a shortfall, from `CapacityOutlook`; None where none is known."""
    known = _asked(outlook)
    if known.empty:
        return None
    row = known.sort_values(CapacityOutlook.shortfall_probability, ascending=False, kind="stable").iloc[0]
    name = skill_names(skill).get(str(row[CapacityOutlook.skill_id]), str(row[CapacityOutlook.skill_id]))
    key = {column: row[column] for column in (CapacityOutlook.skill_id, CapacityOutlook.period_month)}
    shown = Shown("percent")
    return KeyFigure(
        "Largest chance of a shortfall", shown.text(row[CapacityOutlook.shortfall_probability]),
        f"{name}, {numerals.long_month(row[CapacityOutlook.period_month])}; P80 of what is short is "
        f"{numerals.hours(row[CapacityOutlook.p80_short_seconds])}",
        reference=refer(outlook, key, CapacityOutlook.shortfall_probability, shown),
        exact=float(row[CapacityOutlook.shortfall_probability]), unit="ratio", form=shown,
    )  # fmt: skip


def hire_figure(actions: pd.DataFrame, skill: pd.DataFrame) -> KeyFigure | None:
    """Persons to hire for the gap that takes most of them, from `CapacityAction`; None without a gap."""
    known = actions[actions[CapacityAction.p80_hire_fte].notna()]
    if known.empty:
        return None
    row = known.sort_values(CapacityAction.p80_hire_fte, ascending=False, kind="stable").iloc[0]
    name = skill_names(skill).get(str(row[CapacityAction.skill_id]), str(row[CapacityAction.skill_id]))
    late = "too late, it was " if row[CapacityAction.is_hire_late] else ""
    return KeyFigure(
        "Full persons to hire", _FTE.text(row[CapacityAction.p80_hire_fte]),
        f"{name}: enough for its gap with a chance of 80\u00a0%; to hire by: {late}"
        f"{numerals.day(row[CapacityAction.hire_by_date])}",
        reference=refer(
            actions, {CapacityAction.skill_id: row[CapacityAction.skill_id]}, CapacityAction.p80_hire_fte, _FTE
        ),
        exact=float(row[CapacityAction.p80_hire_fte]), unit="persons", form=_FTE,
    )  # fmt: skip


def focus_figure(factors: pd.DataFrame) -> KeyFigure | None:
    """What share of available time reached projects in the last month known, from `DeliveryFactor`."""
    rows = factors[(factors[DeliveryFactor.factor_kind] == FOCUS) & factors[DeliveryFactor.skill_id].isna()]
    if rows.empty:
        return None
    last, shown = rows.iloc[-1], Shown("percent")
    key = {
        column: last[column]
        for column in (DeliveryFactor.factor_kind, DeliveryFactor.skill_id, DeliveryFactor.period_month)
    }
    low, high = rows[DeliveryFactor.factor_share].min(), rows[DeliveryFactor.factor_share].max()
    return KeyFigure(
        "Time that reaches projects", shown.text(last[DeliveryFactor.factor_share]),
        f"of what is available, {numerals.long_month(last[DeliveryFactor.period_month])}; between "
        f"{shown.text(low)} and {shown.text(high)} in {len(rows)} months",
        history=[float(value) for value in rows[DeliveryFactor.factor_share]],
        reference=refer(factors, key, DeliveryFactor.factor_share, shown),
        exact=float(last[DeliveryFactor.factor_share]), unit="ratio", form=shown,
        months=[pd.Timestamp(month).date() for month in rows[DeliveryFactor.period_month]],
    )  # fmt: skip


def record_figure(passport: pd.DataFrame) -> KeyFigure | None:
    """What P80 of the hours that teams deliver held, from `ForecastPassport`; None below nine forecasts."""
    rows = passport[
        (passport[ForecastPassport.size_band] == ALL_SIZES) & (passport[ForecastPassport.level_pct].round() == 80)
    ]
    if rows.empty or rows[ForecastPassport.forecast_count].iloc[0] < _FEWEST_SCORED:
        return None
    row, shown = rows.iloc[0], Shown("number", (0,), behind="\u00a0%")
    key = {name: row[name] for name in (ForecastPassport.size_band, ForecastPassport.level_pct)}
    return KeyFigure(
        "P80 of delivered hours held", shown.text(row[ForecastPassport.coverage_pct]),
        f"of {numerals.number(row[ForecastPassport.forecast_count])} past forecasts, one to six months ahead; "
        f"95\u00a0% band {numerals.number(row[ForecastPassport.coverage_low_pct])} to "
        f"{numerals.number(row[ForecastPassport.coverage_high_pct])}\u00a0%",
        reference=refer(passport, key, ForecastPassport.coverage_pct, shown),
        exact=float(row[ForecastPassport.coverage_pct]), unit="per cent", form=_WHOLE,
    )  # fmt: skip
