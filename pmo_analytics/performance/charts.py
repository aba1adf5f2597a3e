"""Charts of cost and schedule. Each takes a frame that its `…_data` function prepared.

A chart's title is its finding; a colour is a role's name, which the theme
knows; the text of projects is data, never markup.
"""

from __future__ import annotations

import altair as alt
import pandas as pd

from pmo_analytics.numerals import number
from pmo_analytics.performance.earned_value import EarnedValue
from pmo_analytics.performance.health import ProjectHealth

_MOST_PANELS = 12
_PANEL_LOW, _PANEL_HIGH = 0.5, 1.5
_MONTHS_FOR_LABELS = 7
_MONTH_AXIS = "utcmonth(datum.value) == 0 ? utcFormat(datum.value, '%Y') : utcFormat(datum.value, '%b')"
_UTC = alt.Scale(type="utc")


def _iso(dates: pd.Series) -> pd.Series:
    """Dates as texts that a browser reads as UTC."""
    texts: pd.Series = dates.dt.strftime("%Y-%m-%d")
    return texts


def index_trend_data(earned: pd.DataFrame, health: pd.DataFrame) -> pd.DataFrame:
    """CPI and SPI(t) by month in long form, for at most twelve projects, the worst first.

    Takes `EarnedValue` and `ProjectHealth` frames of the same date. Labels of
    a project's two lines are moved apart where they would overlap.
    """
    series = {EarnedValue.cost_performance_index: "CPI", EarnedValue.time_schedule_performance_index: "SPI(t)"}
    ranked = health[health[ProjectHealth.lowest_index].notna()].sort_values(
        [ProjectHealth.lowest_index, ProjectHealth.project_id]
    )
    shown = ranked.head(_MOST_PANELS)
    names = shown.set_index(ProjectHealth.project_id)[ProjectHealth.name]
    rows = earned[earned[EarnedValue.project_id].isin(shown[ProjectHealth.project_id])]
    long = rows.melt([EarnedValue.project_id, EarnedValue.period_month], list(series), "series", "value").dropna()
    if long.empty:
        return long
    long["series"] = long["series"].map(series)
    long = long.sort_values([EarnedValue.project_id, "series", EarnedValue.period_month], ignore_index=True)
    is_last = ~long.duplicated([EarnedValue.project_id, "series"], keep="last")
    long["label"] = (long["series"] + " " + long["value"].map(lambda value: number(value, 2))).where(is_last, "")
    long["label_at"] = _apart(long, is_last)
    long["month"] = _iso(long[EarnedValue.period_month])
    long["project"] = long[EarnedValue.project_id].map(names)
    order = {project: position for position, project in enumerate(shown[ProjectHealth.project_id])}
    long["position"] = long[EarnedValue.project_id].map(order)
    end = long[EarnedValue.period_month].max() + pd.DateOffset(months=_MONTHS_FOR_LABELS)
    long["axis_begin"], long["axis_end"] = long["month"].min(), end.strftime("%Y-%m-%d")
    falling = _falling(rows)
    long["title"] = (
        f"The cost index of {falling} of {rows[EarnedValue.project_id].nunique()} projects fell over the last three "
        "months"
    )
    more = f"; the worst {len(shown)} of {len(ranked)} projects" if len(ranked) > len(shown) else ""
    long["subtitle"] = (
        f"CPI orange, SPI(t) blue, 1 is on plan{more}. Worst first; values beyond "
        f"{_PANEL_LOW}–{_PANEL_HIGH} run off the panel"
    )
    worst = [f"{r[ProjectHealth.name]} {number(r[ProjectHealth.lowest_index], 2)}" for _, r in shown.head(3).iterrows()]
    long["description"] = f"CPI and SPI(t) by month for {len(shown)} projects. Lowest index now: {', '.join(worst)}."
    return long.sort_values(["position", "series", "month"], ignore_index=True)


def _apart(long: pd.DataFrame, is_last: pd.Series) -> pd.Series:
    """Heights of labels, inside the panel, neighbours at least 0.16 from each other."""
    at = long["value"].clip(_PANEL_LOW + 0.05, _PANEL_HIGH - 0.05)
    for _, ends in long[is_last].groupby(EarnedValue.project_id):
        if len(ends) == 2:
            low, high = ends["value"].sort_values().index
            gap = 0.16 - (at[high] - at[low])
            if gap > 0:
                at[low], at[high] = at[low] - gap / 2, at[high] + gap / 2
    return at


def _falling(rows: pd.DataFrame) -> int:
    """Projects whose CPI is lower than it was three months before."""
    fell = 0
    for _, project in rows.sort_values(EarnedValue.period_month).groupby(EarnedValue.project_id):
        cpi = project[EarnedValue.cost_performance_index].to_numpy()
        fell += bool(len(cpi) > 3 and cpi[-1] < cpi[-4])
    return fell


def index_trend(data: pd.DataFrame) -> alt.FacetChart:
    """CPI and SPI(t) by month, a panel for each project."""
    first = data.iloc[0]
    order = data["project"].drop_duplicates().to_list()
    columns = ["month", "series", "value", "label", "label_at", "project", "axis_begin"]
    base = alt.Chart().encode(
        x=alt.X("month", type="temporal")
        .scale(alt.Scale(type="utc", domain=[first["axis_begin"], first["axis_end"]]))
        .axis(labelExpr=_MONTH_AXIS, tickCount={"interval": "month", "step": 6}, labelOverlap=True, grid=False),
        y=alt.Y("value", type="quantitative")
        .scale(domain=[_PANEL_LOW, _PANEL_HIGH], nice=False)
        .axis(values=[_PANEL_LOW, 1, _PANEL_HIGH], format=".1f", grid=False),
    )
    # One rule a panel, and none under the labels.
    on_plan = (
        alt.Chart()
        .transform_filter("datum.series == 'CPI' && datum.label != ''")
        .mark_rule(style="limit")
        .encode(x=alt.X("axis_begin", type="temporal"), x2="month", y=alt.datum(1.0))
    )
    layers: list[alt.Chart] = [on_plan]
    for name, line, label in (("CPI", "actual", "label-actual"), ("SPI(t)", "earned", "label-earned")):
        series = base.transform_filter(f"datum.series == '{name}'")
        layers += [
            series.mark_line(style=line, clip=True),
            series.transform_filter("datum.label != ''")
            .mark_text(style=label, align="left", dx=4)
            .encode(y=alt.Y("label_at", type="quantitative"), text=alt.Text("label", type="nominal")),
        ]
    return (
        alt.layer(*layers, data=data[columns])
        .properties(width=200, height=110)
        .facet(alt.Facet("project", type="nominal", sort=order).title(None).header(labelAnchor="start"), columns=3)
        .properties(
            title=alt.Title(first["title"], subtitle=first["subtitle"]),
            description=first["description"],
        )
    )
