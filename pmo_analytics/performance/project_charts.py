"""Charts of one project's course. Each takes a frame that its `…_data` function prepared.

A chart's title is its finding; a colour is a role's name, which the theme
knows.
"""

from __future__ import annotations

import altair as alt
import pandas as pd

from pmo_analytics.numerals import long_month, number
from pmo_analytics.performance.earned_value import EarnedValue
from pmo_analytics.performance.health import AMBER_BELOW, RED_BELOW
from pmo_analytics.performance.issue_backlog import IssueBacklog

_MONTHS = 18
_INDEX_HEIGHT, _BACKLOG_HEIGHT = 320, 200
_LINE_OF_TEXT = 15.0
_LABEL_ROOM = 64
_LOWEST, _HIGHEST = 0.5, 1.5
_MONTH_AXIS = "utcmonth(datum.value) == 0 ? utcFormat(datum.value, '%Y') : utcFormat(datum.value, '%b')"
_UTC = alt.Scale(type="utc")
_SERIES = {EarnedValue.cost_performance_index: "CPI", EarnedValue.time_schedule_performance_index: "SPI(t)"}


def _iso(dates: pd.Series) -> pd.Series:
    """Dates as texts that a browser reads as UTC."""
    texts: pd.Series = dates.dt.strftime("%Y-%m-%d")
    return texts


def month_axis(*, step: int = 3) -> alt.X:
    """A month's axis with the year at each January."""
    return (
        alt.X("month", type="temporal")
        .scale(_UTC)
        .axis(
            labelExpr=_MONTH_AXIS,
            tickCount={"interval": "month", "step": step},
            labelOverlap="greedy",
            labelSeparation=8,
        )
    )


def index_course_data(earned: pd.DataFrame) -> pd.DataFrame:
    """CPI and SPI(t) of one project by month in long form, the last 18 months of an `EarnedValue` frame.

    Values are drawn between 0.5 and 1.5; `value` keeps what they are.
    """
    recent = earned.sort_values(EarnedValue.period_month).tail(_MONTHS)
    long = recent.melt([EarnedValue.period_month], list(_SERIES), "series", "value").dropna()
    if long.empty:
        return long
    long["series"] = long["series"].map(_SERIES)
    long["month"] = _iso(long[EarnedValue.period_month])
    long["drawn_value"] = long["value"].clip(_LOWEST, _HIGHEST)
    is_last = ~long.duplicated("series", keep="last")
    long["label"] = (long["series"] + " " + long["value"].map(lambda value: number(value, 2))).where(is_last, "")
    long["axis_low"] = min(0.8, long["drawn_value"].min())
    long["axis_high"] = max(1.1, long["drawn_value"].max())
    long["label_shift"] = _shifts(long, is_last)
    long["title"] = " and ".join(_finding(rows) for _, rows in long.groupby("series", sort=True))
    beyond = f"; values beyond {_LOWEST}–{_HIGHEST} at the edge" if (long["drawn_value"] != long["value"]).any() else ""
    long["subtitle"] = (
        f"By month; 1 is on plan, below {number(RED_BELOW, 2)} red, below {number(AMBER_BELOW, 2)} amber{beyond}"
    )
    now = ", ".join(f"{row['series']} {number(row['value'], 2)}" for _, row in long[is_last].iterrows())
    long["description"] = f"CPI and SPI(t) by month. In {long_month(long[EarnedValue.period_month].max())}: {now}."
    return long.drop(columns=EarnedValue.period_month).reset_index(drop=True)


def _finding(rows: pd.DataFrame) -> str:
    """A series in words: where it stands, and since when below the tolerance."""
    name, values = rows["series"].iloc[0], rows["value"].to_numpy()
    if values[-1] >= RED_BELOW:
        where = "on plan or better" if values[-1] >= 1 else f"{number(1 - values[-1], 2)} short of plan"
        return f"{name} is {where}"
    run = 0
    for value in values[::-1]:
        if value >= RED_BELOW:
            break
        run += 1
    begin = rows[EarnedValue.period_month].iloc[-run]
    return f"{name} has been below {number(RED_BELOW, 2)} since {long_month(begin)}"


def _shifts(long: pd.DataFrame, is_last: pd.Series) -> pd.Series:
    """Pixels by which the two end labels move apart, so that neither lies on the other."""
    ends = long[is_last].sort_values("drawn_value")
    shifts = pd.Series(0.0, index=long.index)
    if len(ends) < 2:
        return shifts
    height = _INDEX_HEIGHT / float(long["axis_high"].iloc[0] - long["axis_low"].iloc[0])
    lack = _LINE_OF_TEXT - float(ends["drawn_value"].iloc[1] - ends["drawn_value"].iloc[0]) * height
    if lack > 0:
        shifts[ends.index[0]], shifts[ends.index[1]] = lack / 2, -lack / 2
    return shifts


def index_course(data: pd.DataFrame) -> alt.LayerChart | alt.FacetChart:
    """CPI and SPI(t) by month, with the plan at 1 and the tolerance."""
    first = data.iloc[0]
    base = alt.Chart(data[["month", "series", "drawn_value", "label", "label_shift"]]).encode(
        x=month_axis(),
        y=alt.Y("drawn_value", type="quantitative")
        .scale(domain=[first["axis_low"], first["axis_high"]], nice=False, zero=False)
        .axis(format=".2f", tickCount=5),
    )
    limits = alt.Chart(pd.DataFrame({"limit": [1.0, RED_BELOW], "name": ["plan", "red"]})).encode(
        y=alt.Y("limit", type="quantitative")
    )
    layers: list[alt.Chart] = [
        limits.transform_filter("datum.name == 'plan'").mark_rule(style="today"),
        limits.transform_filter("datum.name == 'red'").mark_rule(style="limit"),
    ]
    for name, line, label in (("CPI", "actual", "label-actual"), ("SPI(t)", "earned", "label-earned")):
        series = base.transform_filter(f"datum.series == '{name}'")
        layers += [
            series.mark_line(style=line),
            series.transform_filter("datum.label != ''")
            .mark_text(style=label, align="left", dx=6, dy=alt.expr("datum.label_shift"))
            .encode(text=alt.Text("label", type="nominal")),
        ]
    return _titled(alt.layer(*layers), first, _INDEX_HEIGHT)


def issue_backlog_chart_data(backlog: pd.DataFrame) -> pd.DataFrame:
    """Open issues of one project at the last 18 months' ends, from an `IssueBacklog` frame."""
    rows = backlog.sort_values(IssueBacklog.period_month).tail(_MONTHS).reset_index(drop=True)
    if rows.empty or not rows[IssueBacklog.open_count].any():
        return rows.iloc[0:0]
    last = rows.iloc[-1]
    change = last[IssueBacklog.change_count]
    data = pd.DataFrame({"month": _iso(rows[IssueBacklog.period_month]), "open": rows[IssueBacklog.open_count]})
    data["label"] = [""] * (len(data) - 1) + [f"{int(last[IssueBacklog.open_count])} open"]
    moved = "" if pd.isna(change) else f", {abs(int(change))} {'more' if change > 0 else 'fewer'} than a month before"
    if change == 0:
        moved = ", as many as a month before"
    count = int(last[IssueBacklog.open_count])
    data["title"] = f"{count} {'issue is' if count == 1 else 'issues are'} open{moved}"
    data["subtitle"] = "Jira issues without a resolution at each month's end"
    data["description"] = (
        f"Open issues at month's end. Now {count}; the most in these months were {int(data['open'].max())}."
    )
    return data


def issue_backlog_chart(data: pd.DataFrame) -> alt.LayerChart | alt.FacetChart:
    """Open issues at each month's end, the last with its number."""
    first = data.iloc[0]
    base = alt.Chart(data[["month", "open", "label"]]).encode(
        x=month_axis(), y=alt.Y("open", type="quantitative").axis(format=",d", tickCount=4, tickMinStep=1)
    )
    last = base.transform_filter("datum.label != ''")
    layers = [
        base.mark_line(style="earned", interpolate="step-after"),
        last.mark_point(style="better", size=40),
        last.mark_text(style="label-earned", align="left", dx=8).encode(text=alt.Text("label", type="nominal")),
    ]
    return _titled(alt.layer(*layers), first, _BACKLOG_HEIGHT)


def _titled(chart: alt.LayerChart | alt.FacetChart, first: pd.Series, height: int) -> alt.LayerChart | alt.FacetChart:
    return chart.properties(
        title=alt.Title(first["title"], subtitle=first["subtitle"]),
        description=first["description"],
        height=height,
        padding={"left": 0, "top": 8, "right": 8, "bottom": 8},
        usermeta={"label_room": _LABEL_ROOM},
    )
