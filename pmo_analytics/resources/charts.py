"""Charts of people's time and of estimates. Each takes a frame that its `…_data` function prepared.

A chart's title is its finding; a colour is a role's name, which the theme
knows. Utilisation is by team, never by person.
"""

from __future__ import annotations

import math

import altair as alt
import numpy as np
import pandas as pd

from pmo_analytics.numerals import long_month, number
from pmo_analytics.resources.effort import ProjectEffort
from pmo_analytics.resources.estimation import THIN, EstimateCalibration
from pmo_analytics.resources.utilisation import TeamUtilisation

_MONTHS = 12
_MONTHS_NARROW = 6
_FULL, _HIGH = 100, 110
_CLASS_ENDS = (70, 85, _FULL, _HIGH)
_DEEP_FROM = 4
_MOST_BARS = 15
_HOUR = 3600.0
_TEAM_ROW, _BAND_ROW, _PROJECT_ROW = 34, 36, 26


def utilisation_heat_map_data(teams: pd.DataFrame) -> pd.DataFrame:
    """The last twelve months of a `TeamUtilisation` frame: per cent, colour class 1 to 5, ink.

    Months in which a group is too small to be shown have no number and the
    sign – instead. Classes end at 70, 85, 100 and 110 %.
    """
    months = sorted(teams[TeamUtilisation.period_month].unique())[-_MONTHS:]
    rows = teams[teams[TeamUtilisation.period_month].isin(months)].copy()
    ratio = rows[TeamUtilisation.utilisation_ratio]
    if ratio.fillna(0).sum() == 0:
        return rows.iloc[0:0]
    # Rounded first, so that the colour agrees with the number a reader sees.
    rows["percent"] = (ratio * 100).round()
    classes = np.searchsorted(_CLASS_ENDS, rows["percent"], side="left") + 1
    rows["colour_class"] = pd.Series(classes, index=rows.index).astype(str).where(ratio.notna(), "none")
    rows["ink"] = np.where(ratio.notna() & (classes >= _DEEP_FROM), "deep", "pale")
    rows["cell"] = rows["percent"].map(number).where(ratio.notna(), "–")
    rows["month"] = rows[TeamUtilisation.period_month].dt.strftime("%Y-%m")
    last = pd.Timestamp(months[-1])
    rows["months_ago"] = (last.year - rows[TeamUtilisation.period_month].dt.year) * 12 + (
        last.month - rows[TeamUtilisation.period_month].dt.month
    )
    now = rows[(rows["months_ago"] == 0) & ratio.notna()].sort_values("percent", ascending=False)
    over = now[now["percent"] > _FULL]
    month = long_month(last)
    if len(over):
        share = number(over.iloc[0]["percent"])
        rows["title"] = (
            f"{over.iloc[0][TeamUtilisation.team]} booked {share}\u00a0% of its available hours "
            f"in {month}" + (f", the highest of {len(over)} teams over 100\u00a0%" if len(over) > 1 else "")
        )
    else:
        rows["title"] = f"No team booked more than its available hours in {month}"
    hidden = sorted(rows.loc[ratio.isna(), TeamUtilisation.team].unique())
    rows["subtitle"] = (
        f"Hours booked per 100 available, by team and month, up to {month}; registered persons with a calendar"
        + (f". –: group too small to be shown ({', '.join(hidden)})" if hidden else "")
    )
    figures = [f"{r[TeamUtilisation.team]} {number(r['percent'])}" for _, r in now.iterrows()]
    rows["description"] = f"Utilisation by team in per cent. {month}: {', '.join(figures) or 'none known'}."
    return rows.sort_values([TeamUtilisation.team, TeamUtilisation.period_month], ignore_index=True)


def utilisation_heat_map(data: pd.DataFrame) -> alt.LayerChart | alt.FacetChart:
    """Utilisation by team and month, the number in the cell."""
    first = data.iloc[0]
    columns = [TeamUtilisation.team, "month", "cell", "colour_class", "ink", "months_ago", TeamUtilisation.persons]
    months = sorted(data["month"].unique())
    label = "utcFormat(utcParse(datum.value, '%Y-%m'), utcmonth(utcParse(datum.value, '%Y-%m')) == 0 ? '%Y' : '%b')"
    base = alt.Chart(data[columns]).encode(
        x=alt.X("month", type="ordinal")
        .sort(months)
        .axis(orient="top", domain=False, ticks=False, labelAngle=0, labelExpr=label, labelFlush=False),
        y=alt.Y(TeamUtilisation.team, type="nominal").axis(style="names", labelLimit=140, labelPadding=8),
    )
    cells = base.transform_filter("datum.colour_class != 'none'").mark_rect(style="cell")
    return alt.layer(
        cells.encode(
            color=alt.Color("colour_class", type="ordinal").scale(domain=["1", "2", "3", "4", "5"], range="heatmap"),
            tooltip=[
                alt.Tooltip(TeamUtilisation.team, type="nominal", title="Team"),
                alt.Tooltip("month", type="ordinal", title="Month"),
                alt.Tooltip("cell", type="nominal", title="Per cent"),
                alt.Tooltip(TeamUtilisation.persons, type="quantitative", title="Persons"),
            ],
        ),
        base.transform_filter("datum.ink == 'pale'")
        .mark_text(style="on-pale", align="center")
        .encode(text=alt.Text("cell", type="nominal")),
        base.transform_filter("datum.ink == 'deep'")
        .mark_text(style="on-deep", align="center")
        .encode(text=alt.Text("cell", type="nominal")),
    ).properties(
        title=alt.Title(first["title"], subtitle=first["subtitle"]),
        description=first["description"],
        height=_TEAM_ROW * data[TeamUtilisation.team].nunique(),
        usermeta={"narrow_filter": f"datum.months_ago < {_MONTHS_NARROW}"},
    )


def estimate_calibration_data(calibration: pd.DataFrame) -> pd.DataFrame:
    """An `EstimateCalibration` frame with axis ends, row labels with n, and the finding."""
    rows = calibration[calibration[EstimateCalibration.median_ratio].notna()].copy()
    if rows.empty:
        return rows
    quantiles = rows[[EstimateCalibration.p10_ratio, EstimateCalibration.p90_ratio]]
    reach = float(np.abs(np.log2(quantiles.to_numpy())).max())
    rows["axis_high"] = 2.0 ** max(1, math.ceil(reach))
    rows["axis_low"] = 1 / rows["axis_high"]
    rows["row"] = rows[EstimateCalibration.size_band] + rows[EstimateCalibration.items_finished].map(
        lambda value: f" ({number(value)})"
    )
    worst = rows.sort_values(EstimateCalibration.p80_ratio).iloc[-1]
    rows["title"] = (
        f"One in five items estimated at {worst[EstimateCalibration.size_band]} took more than "
        f"{number(worst[EstimateCalibration.p80_ratio], 2)} times its estimate"
    )
    thin = len(calibration) - len(rows)
    rows["subtitle"] = "Actual over estimate: dot median, bar P10 to P90, tick P80; 1 is exact; items in brackets" + (
        f". {thin} band{'s' if thin > 1 else ''} of fewer than {THIN} items left out" if thin else ""
    )
    parts = [
        f"{r[EstimateCalibration.size_band]}: median {number(r[EstimateCalibration.median_ratio], 2)}, "
        f"P80 {number(r[EstimateCalibration.p80_ratio], 2)}"
        for _, r in rows.iterrows()
    ]
    rows["description"] = f"Actual over estimate by size of the estimate. {'; '.join(parts)}."
    return rows


def estimate_calibration(data: pd.DataFrame) -> alt.LayerChart | alt.FacetChart:
    """Actual over estimate by size of the estimate: P10 to P90, median and P80."""
    first = data.iloc[0]
    columns = ["row", *[c for c in data.columns if c.endswith("_ratio")]]
    ratio = (
        alt.X(EstimateCalibration.median_ratio, type="quantitative")
        .scale(type="log", base=2, domain=[first["axis_low"], first["axis_high"]])
        .axis(format="~g", grid=True, tickCount=5, labelFlush=False)
    )
    base = alt.Chart(data[columns]).encode(
        y=alt.Y("row", type="nominal").sort(data["row"].to_list()).axis(style="names", labelLimit=170, labelPadding=8),
        tooltip=[
            alt.Tooltip(column, type="quantitative", format=".2f", title=column.removesuffix("_ratio"))
            for column in columns[1:]
        ],
    )
    return alt.layer(
        alt.Chart(pd.DataFrame({"exact": [1.0]}))
        .mark_rule(style="limit")
        .encode(x=alt.X("exact", type="quantitative")),
        base.mark_rule(style="interval").encode(
            x=alt.X(EstimateCalibration.p10_ratio, type="quantitative"), x2=EstimateCalibration.p90_ratio
        ),
        base.mark_tick(style="p80", orient="vertical", height=14, thickness=2).encode(
            x=alt.X(EstimateCalibration.p80_ratio, type="quantitative")
        ),
        base.mark_point(style="better", size=90).encode(x=ratio),
    ).properties(
        title=alt.Title(first["title"], subtitle=first["subtitle"]),
        description=first["description"],
        height=_BAND_ROW * len(data),
    )


def hours_by_project_data(effort: pd.DataFrame) -> pd.DataFrame:
    """A `ProjectEffort` frame in hours, at most fifteen bars, the rest in one."""
    rows = effort[(effort[ProjectEffort.duration_seconds] != 0) | (effort[ProjectEffort.average_before_seconds] != 0)]
    if rows[ProjectEffort.duration_seconds].sum() == 0:
        return rows.iloc[0:0]
    rows = rows.assign(
        hours=rows[ProjectEffort.duration_seconds] / _HOUR,
        average_before=rows[ProjectEffort.average_before_seconds] / _HOUR,
        is_unmapped=rows[ProjectEffort.project_id].isna(),
    )
    columns = [ProjectEffort.name, "hours", "average_before", "is_unmapped"]
    total, month = rows["hours"].sum(), long_month(rows[ProjectEffort.period_month].iloc[0])
    top = rows[~rows["is_unmapped"]].iloc[0] if not rows["is_unmapped"].all() else rows.iloc[0]
    bars = rows[columns]
    if len(bars) > _MOST_BARS:
        rest = bars.iloc[_MOST_BARS - 1 :]
        other = {
            ProjectEffort.name: f"{len(rest)} others",
            "hours": rest["hours"].sum(),
            "average_before": rest["average_before"].sum(),
            "is_unmapped": False,
        }
        bars = pd.concat([bars.iloc[: _MOST_BARS - 1], pd.DataFrame([other])], ignore_index=True)
    unmapped = rows.loc[rows["is_unmapped"], "hours"].sum()
    return bars.assign(
        label=bars["hours"].map(number),
        title=f"{top[ProjectEffort.name]} took {number(top['hours'] / total * 100)}\u00a0% of the hours of {month}",
        subtitle=(
            f"Hours booked in {month}, {number(total)} in all; tick: average of the three months before"
            + (f"; {number(unmapped)} on codes that no register knows" if unmapped else "")
        ),
        description=(
            f"Hours by project in {month}. Most: "
            + ", ".join(f"{r[ProjectEffort.name]} {number(r['hours'])}" for _, r in rows.head(3).iterrows())
            + f"; {number(total)} in all."
        ),
    )


def hours_by_project(data: pd.DataFrame) -> alt.LayerChart | alt.FacetChart:
    """Hours of the reporting month by project, with the average of the months before."""
    first = data.iloc[0]
    names = data[ProjectEffort.name].to_list()
    base = alt.Chart(data[[ProjectEffort.name, "hours", "average_before", "is_unmapped", "label"]]).encode(
        y=alt.Y(ProjectEffort.name, type="nominal").sort(names).axis(style="names", labelLimit=150, labelPadding=8),
        x=alt.X("hours", type="quantitative").axis(format=",.0f", grid=True, tickCount=5),
        tooltip=[
            alt.Tooltip(ProjectEffort.name, type="nominal", title="Project"),
            alt.Tooltip("hours", type="quantitative", format=",.1f", title="Hours"),
            alt.Tooltip("average_before", type="quantitative", format=",.1f", title="Average before"),
        ],
    )
    # A layer without rows has no extent, which the page's script complains of.
    bars = [
        base.transform_filter(f"datum.is_unmapped === {str(is_unmapped).lower()}").mark_bar(style=style, height=14)
        for is_unmapped, style in ((False, "better"), (True, "muted"))
        if (data["is_unmapped"] == is_unmapped).any()
    ]
    return alt.layer(
        *bars,
        base.mark_tick(style="total", orient="vertical", height=20, thickness=2).encode(
            x=alt.X("average_before", type="quantitative")
        ),
        base.mark_text(style="label-quiet", align="left", dx=6).encode(text=alt.Text("label", type="nominal")),
    ).properties(
        title=alt.Title(first["title"], subtitle=first["subtitle"]),
        description=first["description"],
        height=_PROJECT_ROW * len(data),
        padding={"left": 0, "top": 4, "right": 40, "bottom": 8},
    )
