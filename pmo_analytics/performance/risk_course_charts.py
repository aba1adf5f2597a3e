"""Charts of contingency and exposure by month. Each takes a frame that its `…_data` function prepared.

Where there are several currencies, that of the largest amount is drawn and the
subtitle names the others. A chart's title is its finding; a colour is a role's
name, which the theme knows.
"""

from __future__ import annotations

import altair as alt
import pandas as pd

from pmo_analytics.numerals import long_month, money, number
from pmo_analytics.performance.contingency import ContingencyBurnDown as Burn
from pmo_analytics.performance.project_charts import month_axis
from pmo_analytics.performance.risk_charts import largest_currency, not_drawn, titled
from pmo_analytics.performance.risk_register import ExposureTrend

_MONTHS = 13
_COURSE_HEIGHT = 260
_LABEL_ROOM, _SHORT_LABEL_ROOM = 118, 64
_LINE_OF_TEXT = 15.0

_BURN = {
    Burn.required_contingency_amount: ("required", "P80 of open risks"),
    Burn.remaining_contingency_amount: ("left", "contingency left"),
    Burn.remaining_exposure_amount: ("exposure", "exposure"),
}


def burn_down_data(burn_down: pd.DataFrame) -> pd.DataFrame:
    """Contingency left, exposure and P80 of the open risks by month, from `ContingencyBurnDown`, in thousands, long."""
    currency = largest_currency(burn_down, Burn.required_contingency_amount)
    rows = burn_down[burn_down[Burn.currency] == currency].tail(_MONTHS)
    if len(rows) < 2:
        return rows.iloc[0:0]
    last, first = rows.iloc[-1], rows.iloc[0]
    long = rows.melt([Burn.period_month], list(_BURN), "series", "amount")
    is_last = long[Burn.period_month] == last[Burn.period_month]
    long["amount"] /= 1000
    long["label"] = long["series"].map(lambda name: _BURN[name][1]).where(is_last, "")
    long["series"] = long["series"].map(lambda name: _BURN[name][0])
    long["month"] = long[Burn.period_month].dt.strftime("%Y-%m-%d")
    long["label_shift"] = _shifts(long, is_last)
    left, asked = last[Burn.remaining_contingency_amount], last[Burn.required_contingency_amount]
    need = f"the {money(asked, currency)} that open risks ask for"
    if left < 0:
        state = f"Contingency is overdrawn by {money(-left, currency)}, beside {need}"
    else:
        covers = "which covers" if left >= asked else "short of"
        state = f"{money(left, currency)} of contingency is left, {covers} {need}"
    long["title"] = state
    opened = first[Burn.remaining_contingency_amount] + first[Burn.drawn_amount]
    long["subtitle"] = (
        f"{currency} thousand at month's end. {money(opened, currency)} set aside in "
        f"{long_month(first[Burn.period_month])}; what happened since drew {money(last[Burn.drawn_amount], currency)}"
        f"{not_drawn(burn_down, currency)}"
    )
    long["description"] = f"Contingency left by month. {long['title'].iloc[0]}."
    return long.drop(columns=Burn.period_month)


def burn_down(data: pd.DataFrame) -> alt.LayerChart | alt.FacetChart:
    """Contingency left, exposure, and what the open risks ask for, by month."""
    base = alt.Chart(data[["month", "series", "amount", "label", "label_shift"]]).encode(
        x=month_axis(),
        y=alt.Y("amount", type="quantitative").axis(format=",.0f", tickCount=5),
        tooltip=[
            alt.Tooltip("month", type="temporal", format="%b %Y", title="Month", timeUnit="utcyearmonth"),
            alt.Tooltip("series", type="nominal", title="Line"),
            alt.Tooltip("amount", type="quantitative", format=",.1f", title="Thousand"),
        ],
    )
    layers: list[alt.Chart] = [
        alt.Chart(pd.DataFrame({"amount": [0.0]}))
        .mark_rule(style="limit")
        .encode(y=alt.Y("amount", type="quantitative"))
    ]
    for name, line, label in (
        ("exposure", "plan", "label-quiet"), ("required", "actual", "label-actual"), ("left", "earned", "label-earned"),
    ):  # fmt: skip
        series = base.transform_filter(f"datum.series == '{name}'")
        layers += [series.mark_line(style=line), _end_label(series, label)]
    return titled(alt.layer(*layers), data.iloc[0], _COURSE_HEIGHT, label_room=_LABEL_ROOM)


def exposure_chart_data(trend: pd.DataFrame) -> pd.DataFrame:
    """Exposure of the open risks at the last thirteen months' ends, from `ExposureTrend`, in thousands."""
    known = trend[trend[ExposureTrend.currency].notna()]
    currency = largest_currency(known, ExposureTrend.exposure_amount)
    rows = known[known[ExposureTrend.currency] == currency].tail(_MONTHS)
    if rows.empty:
        return rows
    last = rows.iloc[-1]
    data = pd.DataFrame({
        "month": rows[ExposureTrend.period_month].dt.strftime("%Y-%m-%d"),
        "amount": rows[ExposureTrend.exposure_amount] / 1000,
        "open_risks": rows[ExposureTrend.risk_count].astype(int),
    }).reset_index(drop=True)  # fmt: skip
    count = int(last[ExposureTrend.risk_count])
    data["label"] = [""] * (len(data) - 1) + [f"{count} open"]
    data["label_shift"] = 0.0
    now = last[ExposureTrend.exposure_amount]
    text = f"Open risks expose {money(now, currency)}"
    if len(rows) > 1:
        # A quarter before, or as far back as there is.
        back = min(3, len(rows) - 1)
        moved = now - rows[ExposureTrend.exposure_amount].iloc[-1 - back]
        way = "more" if moved > 0 else "less"
        text += f", {money(abs(moved), currency)} {way} than {number(back)} months before" if round(moved) else ""
    data["title"] = text.replace(" 1 months", " a month")
    data["subtitle"] = f"{currency} thousand at month's end: probability times mean impact, to compare and rank by"
    data["subtitle"] += not_drawn(known, currency)
    data["description"] = f"Exposure of the open risks by month. {data['title'].iloc[0]}."
    return data


def exposure_chart(data: pd.DataFrame) -> alt.LayerChart | alt.FacetChart:
    """Exposure at each month's end, the last with the number of open risks."""
    base = alt.Chart(data[["month", "amount", "label", "label_shift", "open_risks"]]).encode(
        x=month_axis(),
        y=alt.Y("amount", type="quantitative").axis(format=",.0f", tickCount=5),
        tooltip=[
            alt.Tooltip("month", type="temporal", format="%b %Y", title="Month", timeUnit="utcyearmonth"),
            alt.Tooltip("amount", type="quantitative", format=",.1f", title="Exposure, thousand"),
            alt.Tooltip("open_risks", type="quantitative", format=",d", title="Open risks"),
        ],
    )
    last = base.transform_filter("datum.label != ''")
    layers = [
        base.mark_line(style="earned"),
        last.mark_point(style="better", size=40),
        _end_label(base, "label-earned"),
    ]
    return titled(alt.layer(*layers), data.iloc[0], _COURSE_HEIGHT, label_room=_SHORT_LABEL_ROOM)


def _shifts(long: pd.DataFrame, is_last: pd.Series) -> pd.Series:
    """Pixels by which end labels move down, so that each has a line of its own, the topmost staying."""
    shifts = pd.Series(0.0, index=long.index)
    low, high = min(0.0, long["amount"].min()), max(0.0, long["amount"].max())
    per_pixel = (high - low) / _COURSE_HEIGHT or 1.0
    free = float("-inf")
    for at, amount in long.loc[is_last, "amount"].sort_values(ascending=False).items():
        place = (high - amount) / per_pixel
        shifts[at] = max(0.0, free - place)
        free = place + shifts[at] + _LINE_OF_TEXT
    return shifts


def _end_label(series: alt.Chart, style: str) -> alt.Chart:
    ends: alt.Chart = series.transform_filter("datum.label != ''")
    named: alt.Chart = ends.mark_text(style=style, align="left", dx=8, dy=alt.expr("datum.label_shift")).encode(
        text=alt.Text("label", type="nominal")
    )
    return named
