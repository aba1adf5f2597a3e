"""Charts of estimates by quarter and of forecasts' records. Each takes a frame that its `…_data` function prepared.

A chart's title is its finding; a colour is a role's name, which the theme
knows.
"""

from __future__ import annotations

import math

import altair as alt
import numpy as np
import pandas as pd

from pmo_analytics.forecasting.passport import ALL_SIZES, ForecastPassport
from pmo_analytics.numerals import number
from pmo_analytics.resources.estimate_drift import UNDATED, EstimateDrift
from pmo_analytics.resources.estimation import BAND_ORDER, THIN

_QUARTERS = 12
_BAND_ROW, _DRIFT_HEIGHT, _RELIABILITY_HEIGHT = 36, 240, 300
_JUDGED = 80
_ENDS = (EstimateDrift.median_ratio_low, EstimateDrift.median_ratio_high)


def estimate_drift_chart_data(drift: pd.DataFrame) -> pd.DataFrame:
    """The last twelve quarters of an `EstimateDrift` frame that have a median, with axis ends and the finding."""
    dated = drift[drift[EstimateDrift.quarter] != UNDATED].tail(_QUARTERS)
    rows = dated[dated[EstimateDrift.median_ratio].notna()].reset_index(drop=True)
    if rows.empty:
        return rows
    reach = float(np.abs(np.log2(rows[[*_ENDS, EstimateDrift.p80_ratio]].to_numpy())).max())
    rows["axis_high"] = 2.0 ** max(0.5, math.ceil(2 * reach) / 2)
    rows["axis_low"] = 1 / rows["axis_high"]
    last = rows.iloc[-1]
    rows["title"] = _drift_finding(rows)
    thin = len(dated) - len(rows)
    rows["subtitle"] = "Actual over estimate by quarter of finish: dot median, bar its 95 % interval, tick P80" + (
        f". {thin} quarter{'s' if thin > 1 else ''} of fewer than {THIN} items left out" if thin else ""
    )
    rows["description"] = (
        f"Median of actual over estimate by quarter. {last[EstimateDrift.quarter]}: "
        f"{number(last[EstimateDrift.median_ratio], 2)}, {int(last[EstimateDrift.items_finished])} items."
    )
    return rows


def _drift_finding(rows: pd.DataFrame) -> str:
    last, before = rows.iloc[-1], rows.iloc[:-1]
    low, high = (last[name] for name in _ENDS)
    if low <= 1 <= high:
        text = f"No bias is seen in {last[EstimateDrift.quarter]}"
    else:
        ratio = number(last[EstimateDrift.median_ratio], 2)
        text = f"Half of the items of {last[EstimateDrift.quarter]} took more than {ratio} times their estimates"
    if before.empty:
        return text
    apart = (before[_ENDS[1]] < low) | (before[_ENDS[0]] > high)
    if not apart.any():
        return f"{text}, and no quarter before differs from it for certain"
    count = int(apart.sum())
    return f"{text}; {count} of the quarters before {'differs' if count == 1 else 'differ'} for certain"


def estimate_drift_chart(data: pd.DataFrame) -> alt.LayerChart | alt.FacetChart:
    """Actual over estimate by quarter: median with its interval, and P80."""
    first = data.iloc[0]
    columns = [name for name in data.columns if name.endswith("_ratio")]
    columns += [EstimateDrift.quarter, EstimateDrift.items_finished, *_ENDS]
    ratio = (
        alt.Y(EstimateDrift.median_ratio, type="quantitative")
        .scale(type="log", base=2, domain=[first["axis_low"], first["axis_high"]], nice=False)
        .axis(format="~g", tickCount=5)
    )
    base = alt.Chart(data[columns]).encode(
        x=alt.X(EstimateDrift.quarter, type="ordinal").axis(labelAngle=0, labelOverlap="greedy"),
        tooltip=[
            alt.Tooltip(EstimateDrift.quarter, type="nominal", title="Quarter"),
            alt.Tooltip(EstimateDrift.items_finished, type="quantitative", title="Items"),
            alt.Tooltip(EstimateDrift.median_ratio, type="quantitative", format=".2f", title="Median"),
            alt.Tooltip(EstimateDrift.p80_ratio, type="quantitative", format=".2f", title="P80"),
        ],
    )
    return _titled(
        alt.layer(
            _rule("exact", 1.0, is_upright=False),
            base.mark_rule(style="interval").encode(y=alt.Y(_ENDS[0], type="quantitative"), y2=_ENDS[1]),
            base.mark_tick(style="p80", orient="horizontal", width=18, thickness=2).encode(
                y=alt.Y(EstimateDrift.p80_ratio, type="quantitative")
            ),
            base.mark_point(style="better", size=90).encode(y=ratio),
        ),
        first,
        _DRIFT_HEIGHT,
    )


def reliability_data(passport: pd.DataFrame) -> pd.DataFrame:
    """Share of outcomes within each quantile over all sizes, from a `ForecastPassport` frame, with the finding."""
    rows = _told(passport[passport[ForecastPassport.size_band] == ALL_SIZES])
    if rows.empty:
        return rows
    off = rows[rows["is_off"]]
    shown = rows[rows["level"].isin([50, _JUDGED, 90])]
    held = ", ".join(f"P{number(r['level'])} held {number(r['held'])}\u00a0%" for _, r in shown.iterrows())
    count = number(rows["forecasts"].iloc[0])
    rows["title"] = f"Of {count} forecasts of the past {held}"
    rows["subtitle"] = "Share of outcomes within each quantile, with 95 % band; the line is where they should lie" + (
        f". Off for certain: {', '.join('P' + number(level) for level in off['level'])}" if len(off) else ""
    )
    rows["description"] = f"Coverage of the quantiles P10 to P90 in {count} forecasts. {held}."
    return rows


def reliability(data: pd.DataFrame) -> alt.LayerChart | alt.FacetChart:
    """Coverage of each quantile against the level that it states."""
    first = data.iloc[0]
    share = alt.Y("held", type="quantitative").scale(domain=[0, 100]).axis(tickCount=5)
    base = alt.Chart(data[["level", "held", "held_low", "held_high"]]).encode(
        x=alt.X("level", type="quantitative").scale(domain=[0, 100]).axis(tickCount=5, grid=True),
        tooltip=_record_tips("level"),
    )
    ideal = alt.Chart(pd.DataFrame({"level": [0.0, 100.0], "held": [0.0, 100.0]}))
    return _titled(
        alt.layer(
            ideal.mark_line(style="plan").encode(
                x=alt.X("level", type="quantitative"), y=alt.Y("held", type="quantitative")
            ),
            base.mark_rule(style="interval").encode(y=alt.Y("held_low", type="quantitative"), y2="held_high"),
            base.mark_point(style="better", size=70).encode(y=share),
        ),
        first,
        _RELIABILITY_HEIGHT,
    )


def coverage_by_size_data(passport: pd.DataFrame) -> pd.DataFrame:
    """Share of outcomes within P80 by size band, from a `ForecastPassport` frame, all sizes first, with the finding."""
    rows = _told(passport[passport[ForecastPassport.level_pct].round() == _JUDGED])
    if rows.empty:
        return rows
    order = {name: place for place, name in enumerate((ALL_SIZES, *BAND_ORDER))}
    rows = rows.sort_values("size", key=lambda names: names.map(order), ignore_index=True)
    rows["row"] = rows["size"].replace(ALL_SIZES, "all sizes") + rows["forecasts"].map(lambda n: f" ({number(n)})")
    bands = rows[rows["size"] != ALL_SIZES]
    off = bands[bands["is_off"]]
    low, high = (number(each) for each in (bands["held"].min(), bands["held"].max()))
    if bands.empty:
        rows["title"] = f"P80 held {number(rows['held'].iloc[0])}\u00a0% of the outcomes"
    elif off.empty:
        span = f"{low}\u00a0%" if low == high else f"{low} to {high}\u00a0%"
        rows["title"] = f"P80 held {span} of the outcomes in every size of work: none is off for certain"
    else:
        worst = off.assign(gap=(off["held"] - _JUDGED).abs()).sort_values("gap").iloc[-1]
        kind = "wide" if worst["held"] > _JUDGED else "narrow"
        rows["title"] = f"P80 is too {kind} for work of {worst['size']}: it held {number(worst['held'])}\u00a0%"
    rows["subtitle"] = "Share of outcomes within the forecast's P80, with 95 % band; forecasts in brackets"
    parts = [f"{r['size']}: {number(r['held'])} per cent" for _, r in rows.iterrows()]
    rows["description"] = f"Coverage of P80 by size of the estimate. {'; '.join(parts)}."
    return rows


def coverage_by_size(data: pd.DataFrame) -> alt.LayerChart | alt.FacetChart:
    """Coverage of P80 by size of the estimate."""
    base = alt.Chart(data[["row", "held", "held_low", "held_high"]]).encode(
        y=alt.Y("row", type="nominal").sort(data["row"].to_list()).axis(style="names", labelLimit=170, labelPadding=8),
        tooltip=_record_tips("row"),
    )
    share = alt.X("held", type="quantitative").scale(domain=[0, 100]).axis(tickCount=5, grid=True)
    return _titled(
        alt.layer(
            _rule("level", float(_JUDGED), is_upright=True),
            base.mark_rule(style="interval").encode(x=alt.X("held_low", type="quantitative"), x2="held_high"),
            base.mark_point(style="better", size=90).encode(x=share),
        ),
        data.iloc[0],
        _BAND_ROW * len(data),
    )


def _told(passport: pd.DataFrame) -> pd.DataFrame:
    """The rows of a passport that have a level, named for a reader, with whether the level lies outside the band."""
    names = {
        ForecastPassport.size_band: "size",
        ForecastPassport.level_pct: "level",
        ForecastPassport.forecast_count: "forecasts",
        ForecastPassport.coverage_pct: "held",
        ForecastPassport.coverage_low_pct: "held_low",
        ForecastPassport.coverage_high_pct: "held_high",
    }
    rows = passport.loc[passport[ForecastPassport.level_pct].notna(), list(names)].rename(columns=names)
    rows = rows[rows["forecasts"] >= THIN].reset_index(drop=True)
    rows["is_off"] = (rows["level"] < rows["held_low"]) | (rows["level"] > rows["held_high"])
    return rows


def _record_tips(first: str) -> list[alt.Tooltip]:
    return [
        alt.Tooltip(first, type="nominal", title="Level" if first == "level" else "Size"),
        alt.Tooltip("held", type="quantitative", format=".1f", title="Held, %"),
        alt.Tooltip("held_low", type="quantitative", format=".1f", title="from"),
        alt.Tooltip("held_high", type="quantitative", format=".1f", title="to"),
    ]


def _rule(name: str, value: float, *, is_upright: bool) -> alt.Chart:
    rule: alt.Chart = alt.Chart(pd.DataFrame({name: [value]})).mark_rule(style="limit")
    placed: alt.Chart = (
        rule.encode(x=alt.X(name, type="quantitative"))
        if is_upright
        else rule.encode(y=alt.Y(name, type="quantitative"))
    )
    return placed


def _titled(chart: alt.LayerChart | alt.FacetChart, first: pd.Series, height: int) -> alt.LayerChart | alt.FacetChart:
    return chart.properties(
        title=alt.Title(first["title"], subtitle=first["subtitle"]), description=first["description"], height=height
    )
