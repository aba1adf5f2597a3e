"""Charts of capacity to come: demand against supply, chances of a shortfall, dates to act by.

Each takes a frame that its `…_data` function prepared. A chart's title is its
finding; a colour is a role's name, which the theme knows, and never says
anything alone.
"""

from __future__ import annotations

from datetime import date

import altair as alt
import numpy as np
import pandas as pd

from pmo_analytics.heat_map import heat_map, months_axis
from pmo_analytics.numerals import day, long_month, number
from pmo_analytics.resources.capacity import CapacityOutlook
from pmo_analytics.resources.capacity_actions import CapacityAction

_HOUR = 3600.0
_MOST_PANELS, _PANEL_HEIGHT = 12, 110
_MOST_SKILLS, _MOST_MONTHS, _NARROW_MONTHS = 30, 18, 5
_CLASS_ENDS, _DEEP_FROM = (4, 19, 49, 79), 4
_ROW, _GAP_ROW = 34, 44
_MONTH = "utcmonth(datum.value) == 0 ? utcFormat(datum.value, '%Y') : utcFormat(datum.value, '%b')"
_SERIES = {
    "asked": (CapacityOutlook.p50_demand_seconds, CapacityOutlook.p80_demand_seconds),
    "there": (CapacityOutlook.p20_supply_seconds, CapacityOutlook.p50_supply_seconds),
}


def _titles(skill: pd.DataFrame) -> dict[str, str]:
    """What skills are called; those of one name with their identifiers, one of no register by it alone."""
    alike = skill["name"].duplicated(keep=False)
    pairs = zip(skill["skill_id"].astype(str), skill["name"].astype(str), alike, strict=True)
    return {identifier: f"{name}, {identifier}" if is_alike else name for identifier, name, is_alike in pairs}


def _worst_first(outlook: pd.DataFrame) -> list[str]:
    """Skills that are asked for and have chances, the largest chance first."""
    rows = outlook[outlook[CapacityOutlook.shortfall_probability].notna()]
    sums = rows.groupby(CapacityOutlook.skill_id).agg(
        chance=(CapacityOutlook.shortfall_probability, "max"), asked=(CapacityOutlook.demand_seconds, "sum")
    )
    return [str(name) for name in sums[sums["asked"] > 0].sort_values("chance", ascending=False, kind="stable").index]


def capacity_ribbon_data(outlook: pd.DataFrame, skill: pd.DataFrame) -> pd.DataFrame:
    """P50 and P80 of demand, P50 and P20 of supply in hours by skill and month, long, from `CapacityOutlook`.

    `skill` is the register. Twelve skills at most, the largest chance of a
    shortfall first; a month in which nothing is asked or there is 0.
    """
    shown = _worst_first(outlook)
    if not shown:
        return outlook.iloc[0:0]
    rows = outlook[outlook[CapacityOutlook.skill_id].isin(shown[:_MOST_PANELS])]
    months = sorted(outlook[CapacityOutlook.period_month].unique())
    index = pd.MultiIndex.from_product([shown[:_MOST_PANELS], months], names=["skill_id", "period_month"])
    levels = [column for pair in _SERIES.values() for column in pair]
    wide = rows.set_index(["skill_id", "period_month"])[levels].reindex(index).fillna(0.0) / _HOUR
    parts = [
        wide[list(pair)].set_axis(["low", "high"], axis=1).assign(series=name).reset_index()
        for name, pair in _SERIES.items()
    ]
    long = pd.concat(parts, ignore_index=True)
    long["middle"] = long["low"].where(long["series"] == "asked", long["high"])
    names = _titles(skill)
    long["skill"] = long["skill_id"].map(lambda name: names.get(name, name))
    long["month"] = long["period_month"].dt.strftime("%Y-%m-%d")
    is_last = long["period_month"] == months[-1]
    long["label"] = long["series"].where(is_last, "")
    long["label_at"] = _labels_apart(long, is_last)
    long["axis_end"] = (pd.Timestamp(months[-1]) + pd.DateOffset(months=max(2, len(months) // 4))).strftime("%Y-%m-%d")
    # Room for the scale's numbers, which stand in the panel.
    long["axis_begin"] = (pd.Timestamp(months[0]) - pd.DateOffset(months=max(1, len(months) // 6))).strftime("%Y-%m-%d")
    far = len(shown) - len(shown[:_MOST_PANELS])
    long["title"] = _ribbon_title(wide, names)
    long["subtitle"] = (
        "Hours by month. Asked: P50, the band up to P80. There: P50, the band down to P20; what reaches projects"
        + (f". {number(far)} skills of smaller chances are not drawn" if far else "")
    )
    long["description"] = f"Demand and supply by skill and month. {long['title'].iloc[0]}."
    return long.drop(columns=["skill_id", "period_month"])


def _ribbon_title(wide: pd.DataFrame, names: dict[str, str]) -> str:
    asked, there = wide[CapacityOutlook.p80_demand_seconds], wide[CapacityOutlook.p20_supply_seconds]
    gap = (asked - there).rename("gap").reset_index()
    worst = gap.iloc[int(gap["gap"].to_numpy().argmax())]
    if worst["gap"] <= 0:
        return "Even in a bad case every skill has the hours that are asked of it"
    name = names.get(str(worst["skill_id"]), str(worst["skill_id"]))
    place = (worst["skill_id"], worst["period_month"])
    return (
        f"In a bad case {name} has {number(there[place])} of the {number(asked[place])} hours asked of it in "
        f"{long_month(worst['period_month'])}"
    )


def _labels_apart(long: pd.DataFrame, is_last: pd.Series) -> pd.Series:
    """Heights of the two labels of a panel, a sixth of it from each other."""
    at = long["middle"].copy()
    for _, panel in long.groupby("skill", sort=False):
        ends = panel[is_last.loc[panel.index]]
        room = max(float(panel["high"].max()), 1.0) / 6
        low, high = ends["middle"].sort_values().index
        if at[high] - at[low] < room:
            centre = max((at[high] + at[low]) / 2, room / 2)
            at[low], at[high] = centre - room / 2, centre + room / 2
    return at


def capacity_ribbon(data: pd.DataFrame) -> alt.FacetChart:
    """Demand and supply with their bands by month, a panel for each skill on a scale of its own."""
    first = data.iloc[0]
    columns = ["month", "series", "low", "high", "middle", "label", "label_at", "skill"]
    base = alt.Chart().encode(
        x=alt.X("month", type="temporal")
        .scale(alt.Scale(type="utc", domain=[first["axis_begin"], first["axis_end"]]))
        .axis(labelExpr=_MONTH, tickCount={"interval": "month", "step": 3}, labelOverlap=True, grid=False),
        tooltip=[
            alt.Tooltip("month", type="temporal", format="%b %Y", title="Month", timeUnit="utcyearmonth"),
            alt.Tooltip("series", type="nominal", title="Hours"),
            alt.Tooltip("middle", type="quantitative", format=",.0f", title="P50"),
            alt.Tooltip("low", type="quantitative", format=",.0f", title="from"),
            alt.Tooltip("high", type="quantitative", format=",.0f", title="to"),
        ],
    )
    # Labels stand in the panel, so that panels with scales of their own are as wide as the page expects.
    scale = alt.Axis(grid=True, tickCount=2, labelAlign="left", labelPadding=-4, labelBaseline="bottom", format=",.0f")
    layers: list[alt.Chart] = []
    for name, band, line, label in (
        ("there", "better", "earned", "label-earned"), ("asked", "worse", "actual", "label-actual"),
    ):  # fmt: skip
        series = base.transform_filter(f"datum.series == '{name}'")
        layers += [
            series.mark_area(style=band, opacity=0.25).encode(
                y=alt.Y("low", type="quantitative", axis=scale), y2="high"
            ),
            series.mark_line(style=line).encode(y=alt.Y("middle", type="quantitative", axis=scale)),
            series.transform_filter("datum.label != ''")
            .mark_text(style=label, align="left", dx=4)
            .encode(y=alt.Y("label_at", type="quantitative", axis=scale), text=alt.Text("label", type="nominal")),
        ]
    order = data["skill"].drop_duplicates().to_list()
    panels: alt.FacetChart = (
        alt.layer(*layers, data=data[columns])
        .properties(width=200, height=_PANEL_HEIGHT)
        .facet(alt.Facet("skill", type="nominal", sort=order).title(None).header(labelAnchor="start"), columns=3)
        .resolve_scale(y="independent")
        .properties(title=alt.Title(first["title"], subtitle=first["subtitle"]), description=first["description"])
    )
    return panels


def shortfall_heat_map_data(outlook: pd.DataFrame, skill: pd.DataFrame) -> pd.DataFrame:
    """The chance of a shortfall by skill and month in per cent, colour class and ink, from `CapacityOutlook`.

    A month in which nothing is asked has no cell. Thirty skills and eighteen
    months at most.
    """
    shown = _worst_first(outlook)
    months = sorted(outlook[CapacityOutlook.period_month].unique())[:_MOST_MONTHS]
    rows = outlook[
        outlook[CapacityOutlook.skill_id].isin(shown[:_MOST_SKILLS])
        & outlook[CapacityOutlook.period_month].isin(months)
        & (outlook[CapacityOutlook.demand_seconds] > 0)
    ].copy()
    if rows.empty:
        return rows
    names = _titles(skill)
    rows["skill"] = rows[CapacityOutlook.skill_id].map(lambda name: names.get(str(name), str(name)))
    # Rounded first, so that the colour agrees with the number a reader sees.
    rows["percent"] = (100 * rows[CapacityOutlook.shortfall_probability]).round()
    rows["p80_short_hours"] = rows[CapacityOutlook.p80_short_seconds] / _HOUR
    classes = np.searchsorted(_CLASS_ENDS, rows["percent"], side="left") + 1
    rows["colour_class"], rows["ink"] = classes.astype(str), np.where(classes >= _DEEP_FROM, "deep", "pale")
    rows["cell"] = rows["percent"].map(number)
    rows["month"] = rows[CapacityOutlook.period_month].dt.strftime("%Y-%m")
    rows["months_ahead"] = [months.index(month) for month in rows[CapacityOutlook.period_month]]
    rows["position"] = rows[CapacityOutlook.skill_id].map({name: place for place, name in enumerate(shown)})
    rows = rows.sort_values(["position", "month"], ignore_index=True)
    worst = rows.sort_values("percent", kind="stable", ascending=False).iloc[0]
    even = rows[rows["percent"] >= 50]
    count = even["skill"].nunique()
    if count:
        many = "1 skill falls" if count == 1 else f"{number(count)} skills fall"
        rows["title"] = (
            f"{many} short as likely as not in some month, {worst['skill']} most: {number(worst['percent'])}\u00a0% in "
            f"{long_month(worst[CapacityOutlook.period_month])}"
        )
    else:
        rows["title"] = (
            f"No skill is as likely as not to fall short; {worst['skill']} comes nearest, {number(worst['percent'])}"
            f"\u00a0% in {long_month(worst[CapacityOutlook.period_month])}"
        )
    left = len(shown) - len(shown[:_MOST_SKILLS])
    rows["subtitle"] = "Chance in per cent that hours of the skill are short; no cell where nothing is asked" + (
        f". {number(left)} skills of smaller chances left out" if left else ""
    )
    told = ", ".join(f"{r['skill']} {r['month']} {number(r['percent'])}" for _, r in even.head(12).iterrows())
    rows["description"] = f"Chance of a shortfall by skill and month in per cent. {told or rows['title'].iloc[0]}."
    kept = ["skill", "month", "percent", "p80_short_hours", "colour_class", "ink", "cell", "months_ahead", "position"]
    return rows[[*kept, "title", "subtitle", "description"]]


def shortfall_heat_map(data: pd.DataFrame) -> alt.LayerChart | alt.FacetChart:
    """Chances by skill and month, the number in the cell."""
    chart = heat_map(
        data, months_axis(data), "skill",
        [
            alt.Tooltip("skill", type="nominal", title="Skill"),
            alt.Tooltip("month", type="ordinal", title="Month"),
            alt.Tooltip("cell", type="nominal", title="Per cent"),
            alt.Tooltip("p80_short_hours", type="quantitative", format=",.0f", title="Hours short, P80"),
        ],
        columns=["skill", "month", "months_ahead", "p80_short_hours"], row_height=_ROW, label_limit=140,
    )  # fmt: skip
    return chart.properties(usermeta={"narrow_filter": f"datum.months_ahead < {_NARROW_MONTHS}"})


def act_by_data(actions: pd.DataFrame, skill: pd.DataFrame, *, status_date: date) -> pd.DataFrame:
    """Dates of each gap from `CapacityAction`, long: to hire by, to train by, and the gap's first day."""
    if actions.empty:
        return actions.iloc[0:0]
    names, today = _titles(skill), pd.Timestamp(status_date)
    rows = actions.head(_MOST_SKILLS)
    marks = {
        "hire by": CapacityAction.hire_by_date, "train by": CapacityAction.train_by_date,
        "gap begins": CapacityAction.gap_start_month,
    }  # fmt: skip
    parts = [
        pd.DataFrame({
            "skill": [names.get(str(name), str(name)) for name in rows[CapacityAction.skill_id]],
            "mark": mark, "day": rows[column].dt.strftime("%Y-%m-%d"),
            "begins": rows[CapacityAction.gap_start_month].dt.strftime("%Y-%m-%d"),
            "is_over": rows[column] < today,
        })
        for mark, column in marks.items()
    ]  # fmt: skip
    long = pd.concat(parts, ignore_index=True)
    long["now"] = today.strftime("%Y-%m-%d")
    late = rows[rows[CapacityAction.is_hire_late]]
    nearest = rows[~rows[CapacityAction.is_hire_late]].sort_values(CapacityAction.hire_by_date).head(1)
    parts_told = [f"It is too late to hire for {number(len(late))} of {number(len(rows))} gaps"] if len(late) else []
    for row in nearest.to_dict("records"):
        name = names.get(str(row["skill_id"]), str(row["skill_id"]))
        parts_told.append(f"{name} is the next to hire for, by {day(row['hire_by_date'])}")
    long["title"] = "; ".join(parts_told)
    long["subtitle"] = f"Diamond: hire by; triangle: train by; square: the gap begins. Line: {day(today)}"
    long["description"] = f"Dates to act by for {number(len(rows))} gaps. {long['title'].iloc[0]}."
    return long


def act_by(data: pd.DataFrame) -> alt.LayerChart | alt.FacetChart:
    """A line a gap: diamond and triangle for the last days to hire and to train, square where it begins."""
    first = data.iloc[0]
    skills = data["skill"].drop_duplicates().to_list()
    when = alt.X("day", type="temporal").scale(alt.Scale(type="utc", padding=14)).axis(
        labelExpr=_MONTH, tickCount={"interval": "month", "step": 1}, labelOverlap="greedy",
        labelSeparation=8, grid=True,
    )  # fmt: skip
    base = alt.Chart(data[["skill", "mark", "day", "begins"]]).encode(
        x=when,
        y=alt.Y("skill", type="nominal").sort(skills).axis(style="names", labelLimit=150, labelPadding=8),
        tooltip=[
            alt.Tooltip("skill", type="nominal", title="Skill"),
            alt.Tooltip("mark", type="nominal", title="Date"),
            alt.Tooltip("day", type="temporal", format="%d %b %Y", title="Day", timeUnit="utcyearmonthdate"),
        ],
    )
    marked = (("hire by", "total", "diamond", 150), ("train by", "better", "triangle-up", 110),
              ("gap begins", "worse", "square", 110))  # fmt: skip
    return alt.layer(
        alt.Chart(pd.DataFrame({"day": [first["now"]]})).mark_rule(style="today").encode(x=when),
        base.transform_filter("datum.mark == 'hire by'").mark_rule(style="plan").encode(x2="begins"),
        *(
            base.transform_filter(f"datum.mark == '{mark}'").mark_point(
                style=style, shape=shape, size=size, filled=True
            )
            for mark, style, shape, size in marked
        ),
    ).properties(
        title=alt.Title(first["title"], subtitle=first["subtitle"]),
        description=first["description"],
        height=_GAP_ROW * len(skills),
    )
