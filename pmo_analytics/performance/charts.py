"""Charts of cost and schedule. Each takes a frame that its `…_data` function prepared.

A chart's title is its finding; a colour is a role's name, which the theme
knows; the text of projects is data, never markup.
"""

from __future__ import annotations

import altair as alt
import pandas as pd

from pmo_analytics.numerals import long_month, number
from pmo_analytics.performance.earned_value import EarnedValue
from pmo_analytics.performance.health import ProjectHealth
from pmo_analytics.performance.s_curve import SCurve

_MOST_PANELS = 12
_PANEL_LOW, _PANEL_HIGH = 0.5, 1.5
_MONTHS_FOR_LABELS = 7
_S_CURVE_HEIGHT, _LINE_OF_TEXT = 320, 15.0
_LETTER, _LABEL_DISTANCE = 6.8, 8
_MONTH_AXIS = "utcmonth(datum.value) == 0 ? utcFormat(datum.value, '%Y') : utcFormat(datum.value, '%b')"
_UTC = alt.Scale(type="utc")


def _iso(dates: pd.Series) -> pd.Series:
    """Dates as texts that a browser reads as UTC."""
    texts: pd.Series = dates.dt.strftime("%Y-%m-%d")
    return texts


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
        labels = [""] * (len(rows) - 1) + [f"{label} {number(amounts.iloc[-1], 1)}"]
        parts.append(
            pd.DataFrame({"month": _iso(rows[SCurve.period_month]), "series": name, "amount": amounts, "label": labels})
        )
    data = pd.concat(parts, ignore_index=True)
    planned, earned, actual = (float(now[c]) / scale for c, _, _ in series.values())
    gap = actual - earned
    money = f"{now[SCurve.currency]} {number(abs(gap), 1)} {unit}"
    behind = earned - planned
    side = "behind" if behind < 0 else "ahead of"
    where = f"{number(abs(behind), 1)} {side}" if round(abs(behind), 1) else "at"
    data["now"] = now[SCurve.period_month].strftime("%Y-%m-%d")
    data["now_label"] = long_month(status_date)
    data["label_shift"] = data["series"].map(_label_shifts(planned, earned, actual, float(data["amount"].max())))
    data["title"] = (
        f"Cost runs {money} {'ahead of' if gap > 0 else 'below'} what was earned, and earned value stands {where} plan"
    )
    counted, left = int(now[SCurve.projects_counted]), int(now[SCurve.projects_left_out])
    data["subtitle"] = f"{now[SCurve.currency]} {unit}, cumulative" + (
        f"; {counted} projects with plan, progress and cost; left out: {left}" if counted + left > 1 else ""
    )
    data["description"] = (
        f"Cumulative planned, earned and actual cost. In {long_month(status_date)}: planned {number(planned, 1)}, "
        f"earned {number(earned, 1)}, cost {number(actual, 1)} {now[SCurve.currency]} {unit}; "
        f"the budget is {number(float(now[SCurve.budget_at_completion_amount]) / scale, 1)}."
    )
    return data


def _label_shifts(planned: float, earned: float, actual: float, top: float) -> dict[str, float]:
    """Pixels by which end labels move, so that they lie apart from each other and from the plan's line or label."""
    ends = {name: (1 - value / top) * _S_CURVE_HEIGHT for name, value in (("earned", earned), ("actual", actual))}
    plan = (1 - planned / top) * _S_CURVE_HEIGHT
    shifts = {"plan": 0.0}
    for side in (1, -1):
        nearest = plan
        for name in sorted(
            (n for n, y in ends.items() if (1 if y >= plan else -1) == side), key=lambda n: side * ends[n]
        ):
            nearest = side * max(side * ends[name], side * nearest + _LINE_OF_TEXT)
            shifts[name] = nearest - ends[name]
    return shifts


def s_curve(data: pd.DataFrame) -> alt.LayerChart | alt.FacetChart:
    """Planned, earned and actual cost, cumulative, with the status date."""
    first = data.iloc[0]
    columns = ["month", "series", "amount", "label", "label_shift"]
    base = alt.Chart(data[columns]).encode(
        x=alt.X("month", type="temporal")
        .scale(_UTC)
        .axis(
            labelExpr=_MONTH_AXIS, tickCount={"interval": "month", "step": 3}, labelOverlap="greedy", labelSeparation=8
        ),
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
        height=_S_CURVE_HEIGHT,
        padding={"left": 0, "top": 4, "right": 8, "bottom": 8},
        usermeta={"label_room": _room(data)},
    )


def _room(data: pd.DataFrame) -> int:
    """Pixels that labels take beside the lines whose end they stand at; the plan's goes on after the others."""
    return int(data["label"].str.len().max() * _LETTER) + _LABEL_DISTANCE


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
