"""Charts of cost and schedule. Each takes a frame that its `…_data` function prepared.

A chart's title is its finding; a colour is a role's name, which the theme
knows; the text of projects is data, never markup.
"""

from __future__ import annotations

import math

import altair as alt
import numpy as np
import pandas as pd

from pmo_analytics.performance.earned_value import EarnedValue
from pmo_analytics.performance.health import RED_BELOW, ProjectHealth
from pmo_analytics.performance.label_places import label_places
from pmo_analytics.performance.s_curve import SCurve

_MOST_LABELS = 8
_MOST_PANELS = 12
_PANEL_LOW, _PANEL_HIGH = 0.5, 1.5
_SMALLEST_BUBBLE, _LARGEST_BUBBLE = 60.0, 1_200.0
_MONTHS_FOR_LABELS = 7
_MONTH_AXIS = "utcmonth(datum.value) == 0 ? utcFormat(datum.value, '%Y') : utcFormat(datum.value, '%b')"
_UTC = alt.Scale(type="utc")


def _iso(dates: pd.Series) -> pd.Series:
    """Dates as texts that a browser reads as UTC."""
    texts: pd.Series = dates.dt.strftime("%Y-%m-%d")
    return texts


def _words(names: list[str]) -> str:
    return " and ".join(", ".join(names).rsplit(", ", 1)) if names else ""


def _shares(values: pd.Series) -> list[float]:
    """Values as shares of the way from the least, or 1 if lower, to the greatest, or 1 if higher."""
    low, high = min(float(values.min()), 1.0), max(float(values.max()), 1.0)
    return [(float(value) - low) / ((high - low) or 1.0) for value in values]


def portfolio_bubble_data(health: pd.DataFrame) -> pd.DataFrame:
    """The projects of a `ProjectHealth` frame with both indices: position, bubble's area in px², label.

    `is_off` marks an index below the red tolerance; the worst of those are
    labelled. `title`, `subtitle` and `description` are the chart's, in every row.
    """
    cpi, spi = ProjectHealth.cost_performance_index, ProjectHealth.time_schedule_performance_index
    rows = health[health[cpi].notna() & health[spi].notna()].copy()
    if rows.empty:
        return rows
    budget = rows[ProjectHealth.budget_at_completion_amount].fillna(0.0)
    share = budget / budget.max() if budget.max() > 0 else budget
    rows["bubble_area"] = _SMALLEST_BUBBLE + share * (_LARGEST_BUBBLE - _SMALLEST_BUBBLE)
    rows["is_off"] = rows[ProjectHealth.lowest_index] < RED_BELOW
    rows = rows.sort_values([ProjectHealth.lowest_index, ProjectHealth.project_id], ignore_index=True)
    rows["label"] = rows[ProjectHealth.name].where(rows["is_off"] & (rows.index < _MOST_LABELS), "")
    radius = np.sqrt(rows["bubble_area"] / math.pi)
    places = label_places(_shares(rows[cpi]), _shares(rows[spi]), radius.to_list(), rows["label"].to_list())
    rows["label"] = [label if place.side else "" for label, place in zip(rows["label"], places, strict=True)]
    rows["label_dx"], rows["label_dy"] = [place.dx for place in places], [place.dy for place in places]
    rows["label_align"] = [place.align for place in places]
    off = int(rows["is_off"].sum())
    rows["title"] = (
        f"{off} of {len(rows)} projects {'is' if off == 1 else 'are'} below {RED_BELOW:.2f} in cost or schedule"
        if off
        else f"None of {len(rows)} projects is below {RED_BELOW:.2f} in cost or schedule"
    )
    rows["subtitle"] = (
        "CPI across, SPI(t) upwards, 1 is on plan; area is the budget. "
        f"{len(rows)} projects with plan, progress and cost; left out: {len(health) - len(rows)}"
    )
    worst = [f"{r[ProjectHealth.name]} (CPI {r[cpi]:.2f}, SPI(t) {r[spi]:.2f})" for _, r in rows.head(3).iterrows()]
    rows["description"] = f"Cost and schedule index of {len(rows)} projects. Lowest: {_words(worst)}."
    return rows


def portfolio_bubble(data: pd.DataFrame) -> alt.LayerChart | alt.FacetChart:
    """Projects by cost and schedule index, area by budget."""
    first = data.iloc[0]
    columns = [
        ProjectHealth.name,
        ProjectHealth.cost_performance_index,
        ProjectHealth.time_schedule_performance_index,
        ProjectHealth.budget_at_completion_amount,
        "bubble_area",
        "label",
        "label_dx",
        "label_dy",
        "label_align",
        "is_off",
    ]
    base = alt.Chart(data[columns]).encode(
        x=alt.X(ProjectHealth.cost_performance_index, type="quantitative")
        .scale(zero=False, nice=True, padding=24)
        .axis(title="CPI, cost", format=".2f", tickCount=6, titleAnchor="end"),
        y=alt.Y(ProjectHealth.time_schedule_performance_index, type="quantitative")
        .scale(zero=False, nice=True, padding=24)
        .axis(title="SPI(t), schedule", format=".2f", titleAngle=0, titleAlign="left", titleAnchor="end", titleY=-12),
        tooltip=[
            alt.Tooltip(ProjectHealth.name, type="nominal", title="Project"),
            alt.Tooltip(ProjectHealth.cost_performance_index, type="quantitative", format=".2f", title="CPI"),
            alt.Tooltip(
                ProjectHealth.time_schedule_performance_index, type="quantitative", format=".2f", title="SPI(t)"
            ),
            alt.Tooltip(ProjectHealth.budget_at_completion_amount, type="quantitative", format=",.0f", title="Budget"),
        ],
    )
    size = alt.Size("bubble_area", type="quantitative", scale=None)
    plan = alt.Chart(pd.DataFrame({"index": [1.0]}))
    return alt.layer(
        plan.mark_rule(style="limit").encode(x=alt.X("index", type="quantitative")),
        plan.mark_rule(style="limit").encode(y=alt.Y("index", type="quantitative")),
        base.transform_filter("!datum.is_off").mark_point(style="muted", fillOpacity=0.55).encode(size=size),
        base.transform_filter("datum.is_off").mark_point(style="worse", fillOpacity=0.8).encode(size=size),
        base.mark_text(
            style="label",
            align=alt.expr("datum.label_align"),
            dx=alt.expr("datum.label_dx"),
            dy=alt.expr("datum.label_dy"),
            limit=170,
        ).encode(text=alt.Text("label", type="nominal")),
    ).properties(
        title=alt.Title(first["title"], subtitle=first["subtitle"]),
        description=first["description"],
        height=340,
        padding={"left": 0, "top": 20, "right": 24, "bottom": 8},
    )


def s_curve_data(curve: pd.DataFrame, *, status_date: pd.Timestamp) -> pd.DataFrame:
    """An `SCurve` frame in long form: month, series, amount in millions or thousands, label on the last point."""
    if curve.empty:
        return curve
    scale, unit = (1e6, "million") if curve[SCurve.budget_at_completion_amount].max() >= 2e6 else (1e3, "thousand")
    past = curve[curve[SCurve.period_month] <= status_date]
    now = past.iloc[-1]
    series = {
        "plan": (SCurve.planned_value_amount, "Planned", curve),
        "earned": (SCurve.earned_value_amount, "Earned", past),
        "actual": (SCurve.actual_cost_amount, "Cost", past),
    }
    parts = []
    for name, (column, label, rows) in series.items():
        amounts = rows[column] / scale
        labels = [""] * (len(rows) - 1) + [f"{label} {amounts.iloc[-1]:,.1f}"]
        parts.append(
            pd.DataFrame({"month": _iso(rows[SCurve.period_month]), "series": name, "amount": amounts, "label": labels})
        )
    data = pd.concat(parts, ignore_index=True)
    planned, earned, actual = (float(now[c]) / scale for c, _, _ in series.values())
    gap = actual - earned
    money = f"{now[SCurve.currency]} {abs(gap):,.1f} {unit}"
    behind = earned - planned
    data["now"] = now[SCurve.period_month].strftime("%Y-%m-%d")
    data["now_label"] = status_date.strftime("%B %Y")
    data["label_shift"] = data["series"].map(_label_shifts(planned, earned, actual, len(curve) > len(past)))
    data["title"] = (
        f"Cost runs {money} {'ahead of' if gap > 0 else 'below'} what was earned, and earned value stands "
        f"{abs(behind):,.1f} {'behind' if behind < 0 else 'ahead of'} plan"
    )
    counted, left = int(now[SCurve.projects_counted]), int(now[SCurve.projects_left_out])
    data["subtitle"] = (
        f"{now[SCurve.currency]} {unit}, cumulative; {counted} projects with plan, progress and cost; left out: {left}"
    )
    data["description"] = (
        f"Cumulative planned, earned and actual cost. In {status_date.strftime('%B %Y')}: planned {planned:,.1f}, "
        f"earned {earned:,.1f}, cost {actual:,.1f} {now[SCurve.currency]} {unit}; "
        f"the budget is {float(now[SCurve.budget_at_completion_amount]) / scale:,.1f}."
    )
    return data


def _label_shifts(planned: float, earned: float, actual: float, plan_goes_on: bool) -> dict[str, int]:
    """Pixels by which end labels move apart: the lower of two neighbours goes down, the higher up."""
    ends = {"earned": earned, "actual": actual} | ({} if plan_goes_on else {"plan": planned})
    ranked = sorted(ends, key=lambda name: ends[name])
    shifts = dict(zip(ranked, (9, -7, -22) if len(ranked) == 3 else (8, -8), strict=False))
    return {"plan": 0} | shifts


def s_curve(data: pd.DataFrame) -> alt.LayerChart | alt.FacetChart:
    """Planned, earned and actual cost, cumulative, with the status date."""
    first = data.iloc[0]
    columns = ["month", "series", "amount", "label", "label_shift"]
    base = alt.Chart(data[columns]).encode(
        x=alt.X("month", type="temporal")
        .scale(_UTC)
        .axis(labelExpr=_MONTH_AXIS, tickCount={"interval": "month", "step": 3}, labelOverlap=True),
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
    layers: list[alt.Chart] = [
        now.mark_rule(style="today"),
        now.mark_text(style="label-quiet", align="right", dx=-5).encode(
            y=alt.value(6), text=alt.Text("label", type="nominal")
        ),
    ]
    for name, style in (("plan", "label-quiet"), ("earned", "label-earned"), ("actual", "label-actual")):
        line = base.transform_filter(f"datum.series == '{name}'")
        layers += [
            line.mark_line(style=name),
            line.mark_text(style=style, align="left", dx=6, dy=alt.expr("datum.label_shift")).encode(
                text=alt.Text("label", type="nominal")
            ),
        ]
    return alt.layer(*layers).properties(
        title=alt.Title(first["title"], subtitle=first["subtitle"]),
        description=first["description"],
        height=320,
        padding={"left": 0, "top": 4, "right": 96, "bottom": 8},
    )


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
    long["label"] = (long["series"] + " " + long["value"].map("{:.2f}".format)).where(is_last, "")
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
    worst = [f"{r[ProjectHealth.name]} {r[ProjectHealth.lowest_index]:.2f}" for _, r in shown.head(3).iterrows()]
    long["description"] = f"CPI and SPI(t) by month for {len(shown)} projects. Lowest index now: {_words(worst)}."
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
