"""The chart of benefits over time: the baseline, the plan, what was realised, and what is to come with its cone.

It takes a frame that `benefit_curves` prepared, one for each currency. A chart's
title is its finding; a colour is a role's name, which the theme knows.
"""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt
import numpy as np
import pandas as pd

from pmo_analytics.forecasting.passport import ForecastPassport
from pmo_analytics.numerals import long_month, money, number
from pmo_analytics.portfolio.benefit_outlook import BenefitOutlook

_HEIGHT, _LINE_OF_TEXT = 320, 16.0
_LETTER, _LABEL_DISTANCE = 6.8, 8
_MILLION, _THOUSAND = 1e6, 1e3
_SEVERAL_YEARS = 48
_MONTH = "utcmonth(datum.value) == 0 ? utcFormat(datum.value, '%Y') : utcFormat(datum.value, '%b')"
_UTC = alt.Scale(type="utc")
_BASELINE, _PLAN, _REALISED, _EXPECTED = "baseline", "planned", "realised", "expected"
_LINES = {
    _BASELINE: (BenefitOutlook.baseline_amount, "Baseline"),
    _PLAN: (BenefitOutlook.planned_amount, "Plan"),
    _REALISED: (BenefitOutlook.realised_amount, "Realised"),
    _EXPECTED: (BenefitOutlook.p50_amount, "P50"),
}
_BAND = ("p20", "p80")
_QUANTILES = (BenefitOutlook.p20_amount, BenefitOutlook.p50_amount, BenefitOutlook.p80_amount)


def benefit_curves(outlook: pd.DataFrame, record: pd.DataFrame, *, status_date: pd.Timestamp) -> list[pd.DataFrame]:
    """Frames for the chart, one for each currency of a `BenefitOutlook` frame, that with the largest plan first.

    Month, series, amount in millions or thousands, the band beside what is
    expected, and a label on the last point of each line. `record` is the
    passport of such forecasts; where it refuses them none is drawn.
    """
    largest = outlook.groupby(BenefitOutlook.currency)[BenefitOutlook.planned_amount].max()
    order = largest.sort_values(ascending=False, kind="stable").index
    shown = outlook.assign(**dict.fromkeys(_QUANTILES, np.nan)) if is_refused(record) else outlook
    verdict = str(record[ForecastPassport.verdict].iloc[0])
    return [
        _long(shown[shown[BenefitOutlook.currency] == name].reset_index(drop=True), status_date, verdict)
        for name in order
    ]


def benefit_curve_data(outlook: pd.DataFrame, record: pd.DataFrame, *, status_date: pd.Timestamp) -> pd.DataFrame:
    """The first of `benefit_curves`; no rows where there is none."""
    return next(iter(benefit_curves(outlook, record, status_date=status_date)), outlook.iloc[0:0])


def is_refused(record: pd.DataFrame) -> bool:
    """Whether a `ForecastPassport` says that its forecasts are not to be used."""
    return bool(record[ForecastPassport.is_refused].any())


def _long(rows: pd.DataFrame, status_date: pd.Timestamp, verdict: str) -> pd.DataFrame:
    values = [column for column, _ in _LINES.values()]
    largest = float(np.nanmax(np.abs(rows[values].to_numpy(dtype=float))))
    scale, unit = (_MILLION, "million") if largest >= 2 * _MILLION else (_THOUSAND, "thousand")
    months = rows[BenefitOutlook.period_month].dt.strftime("%Y-%m-%d")
    decimals = 2 if scale == _MILLION else 0
    is_moved = bool((rows[BenefitOutlook.baseline_amount] != rows[BenefitOutlook.planned_amount]).any())
    has_cone = bool(rows[BenefitOutlook.p50_amount].notna().any())
    parts = []
    for name, (column, label) in _LINES.items():
        known = rows[column].notna()
        if not known.any() or (name == _BASELINE and not is_moved):
            continue
        amounts = rows[column][known] / scale
        part = pd.DataFrame({"month": months[known], "series": name, "amount": amounts})
        told = "Plan and baseline" if name == _PLAN and not is_moved else label
        part["label"] = [""] * (len(part) - 1) + [f"{told} {number(amounts.iloc[-1], decimals)}"]
        if name == _EXPECTED:
            part[list(_BAND)] = rows[[BenefitOutlook.p20_amount, BenefitOutlook.p80_amount]][known].to_numpy() / scale
            part = pd.concat([_joint(rows, scale), part], ignore_index=True)
        parts.append(part)
    data = pd.concat(parts, ignore_index=True)
    ends = data[data["label"] != ""].groupby("series", sort=False)["amount"].last()
    top = float(np.nanmax(data.reindex(columns=["amount", *_BAND]).to_numpy(dtype=float))) or 1.0
    heights = {str(name): (1 - float(end) / top) * _HEIGHT for name, end in ends.items()}
    # What is realised ends where the cone begins: its label stands below.
    shifts = labels_apart({name: at for name, at in heights.items() if name != _REALISED})
    shifts[_REALISED] = _LINE_OF_TEXT if has_cone else 0.0
    data["label_shift"] = data["series"].map(shifts).fillna(0.0)
    now = status_date.replace(day=1)
    data["now"], data["now_label"] = now.strftime("%Y-%m-%d"), long_month(status_date)
    currency = str(rows[BenefitOutlook.currency].iloc[0])
    data["title"] = _title(rows, currency)
    data["subtitle"] = f"{currency} {unit}, cumulative, benefits less drawbacks. " + (
        "Dotted: P50 of what will have come; band: P20 to P80" if has_cone else _why_none(rows, verdict)
    )
    data["description"] = f"Benefits over time, {currency} {unit}. {data['title'].iloc[0]}."
    return data


def _joint(rows: pd.DataFrame, scale: float) -> pd.DataFrame:
    """The last realised point, as that at which the cone begins."""
    known = rows[rows[BenefitOutlook.realised_amount].notna()].tail(1)
    amount = known[BenefitOutlook.realised_amount] / scale
    return pd.DataFrame(
        {
            "month": known[BenefitOutlook.period_month].dt.strftime("%Y-%m-%d"), "series": _EXPECTED, "amount": amount,
            "label": "", **dict.fromkeys(_BAND, amount),
        }
    )  # fmt: skip


def _why_none(rows: pd.DataFrame, verdict: str) -> str:
    is_over = bool(rows[BenefitOutlook.realised_amount].notna().all())
    return "Nothing is to come" if is_over else f"No cone: {verdict}"


def _title(rows: pd.DataFrame, currency: str) -> str:
    past = rows[rows[BenefitOutlook.realised_amount].notna()]
    end = rows.iloc[-1]
    came = float(past[BenefitOutlook.realised_amount].iloc[-1]) if len(past) else 0.0
    if pd.isna(end[BenefitOutlook.p50_amount]):
        return f"{money(came, currency)} of {money(end[BenefitOutlook.planned_amount], currency)} planned have come"
    gap = float(end[BenefitOutlook.p50_amount] - end[BenefitOutlook.baseline_amount])
    side = "short of" if gap < 0 else "above"
    return (
        f"{money(came, currency)} have come; {money(end[BenefitOutlook.p50_amount], currency)} are expected by "
        f"{long_month(end[BenefitOutlook.period_month])}, {money(abs(gap), currency)} {side} the baseline"
    )


def labels_apart(heights: Mapping[str, float]) -> dict[str, float]:
    """Pixels by which labels at these heights move, so that each has a line of text of its own, in their order."""
    order = sorted(heights, key=lambda name: heights[name])
    placed: list[float] = []
    for name in order:
        placed.append(max(heights[name], placed[-1] + _LINE_OF_TEXT) if placed else heights[name])
    # What was pushed down is moved back by half, so that the labels lie about their lines.
    over = max((at - heights[name] for name, at in zip(order, placed, strict=True)), default=0.0) / 2
    return {name: at - over - heights[name] for name, at in zip(order, placed, strict=True)}


def benefit_curve(data: pd.DataFrame) -> alt.LayerChart | alt.FacetChart:
    """Baseline, plan, what was realised and what is expected, with the status date."""
    first = data.iloc[0]
    several = data["month"].nunique() > _SEVERAL_YEARS
    axis = alt.Axis(
        labelExpr=_MONTH, tickCount={"interval": "year", "step": 1} if several else {"interval": "month", "step": 3},
        labelOverlap="greedy", labelSeparation=8,
    )  # fmt: skip
    x = alt.X("month", type="temporal", scale=_UTC, axis=axis)
    has_cone = bool((data["series"] == _EXPECTED).any())
    columns = ["month", "series", "amount", "label", "label_shift", *(_BAND if has_cone else ())]
    base = alt.Chart(data[columns]).encode(
        x=x,
        y=alt.Y("amount", type="quantitative").axis(format=",.1~f"),
        tooltip=[
            alt.Tooltip("month", type="temporal", format="%b %Y", title="Month", timeUnit="utcyearmonth"),
            alt.Tooltip("series", type="nominal", title="Line"),
            alt.Tooltip("amount", type="quantitative", format=",.2f", title="Amount"),
        ],
    )
    now = alt.Chart(pd.DataFrame({"month": [first["now"]], "label": [first["now_label"]]})).encode(
        x=alt.X("month", type="temporal").scale(_UTC)
    )
    layers: list[alt.Chart] = []
    if has_cone:
        low, high = _BAND
        band = alt.Chart(data[data["series"] == _EXPECTED][["month", *_BAND]])
        layers.append(
            band.mark_area(style="better", opacity=0.2).encode(x=x, y=alt.Y(low, type="quantitative"), y2=high)
        )
    layers += [
        now.mark_rule(style="today"),
        now.mark_text(style="label-quiet", align="right", dx=-5).encode(
            y=alt.value(6), text=alt.Text("label", type="nominal")
        ),
    ]
    for name in (each for each in _LINES if (data["series"] == each).any()):
        line = base.transform_filter(f"datum.series == '{name}'")
        drawn = {
            _BASELINE: line.mark_line(style="muted", strokeWidth=1.5),
            _PLAN: line.mark_line(style="plan"),
            _REALISED: line.mark_line(style="earned"),
            _EXPECTED: line.mark_line(style="earned", strokeWidth=2, strokeDash=[2, 3]),
        }[name]
        label = "label-quiet" if name in {_BASELINE, _PLAN} else "label-earned"
        layers += [
            drawn,
            line.mark_text(style=label, align="left", dx=6, dy=alt.expr("datum.label_shift")).encode(
                text=alt.Text("label", type="nominal")
            ),
        ]
    return alt.layer(*layers).properties(
        title=alt.Title(first["title"], subtitle=first["subtitle"]),
        description=first["description"],
        height=_HEIGHT,
        padding={"left": 0, "top": 4, "right": 8, "bottom": 8},
        usermeta={"label_room": int(data["label"].str.len().max() * _LETTER) + _LABEL_DISTANCE},
    )
