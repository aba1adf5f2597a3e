"""Charts of utilisation: what working time went into, and where signs of overload last, by team.

Each takes a frame that its `…_data` function prepared. A chart's title is its
finding; a colour is a role's name, which the theme knows. Nothing is of persons.
"""

from __future__ import annotations

import altair as alt
import pandas as pd

from pmo_analytics.numerals import hours, month, number, percent
from pmo_analytics.resources.overload import TeamOverload
from pmo_analytics.resources.time_split import TimeSplit

_PARTS = {
    TimeSplit.project_seconds: ("projects", "earned", 1.0),
    TimeSplit.run_seconds: ("run", "total", 1.0),
    TimeSplit.unmapped_seconds: ("no known project", "worse", 1.0),
    TimeSplit.absence_seconds: ("leave", "earned", 0.25),
    TimeSplit.unbooked_seconds: ("not booked", "muted", 0.35),
}
_ROW, _MONTHS = 44, 12
_MONTH_AXIS = "utcmonth(datum.value) == 0 ? utcFormat(datum.value, '%Y') : utcFormat(datum.value, '%b')"


def time_split_data(split: pd.DataFrame) -> pd.DataFrame:
    """Share of each part of a team's calendar time in the last twelve months, from a `TimeSplit` frame.

    More booked than there was leaves no part for what was not booked.
    """
    shown = split[split[TimeSplit.calendar_seconds].fillna(0) > 0]
    if shown.empty:
        return shown
    months = sorted(shown[TimeSplit.period_month].unique())[-_MONTHS:]
    recent = shown[shown[TimeSplit.period_month].isin(months)]
    sums = recent.groupby(TimeSplit.team)[[*_PARTS]].sum().clip(lower=0.0)
    total = sums.sum(axis=1)
    rows = []
    for name, (label, *_) in _PARTS.items():
        shares = sums[name] / total
        rows += [
            {"team": str(team), "part": label, "share": float(share), "told": hours(seconds)}
            for team, share, seconds in zip(sums.index, shares, sums[name], strict=True)
        ]
    data = pd.DataFrame(rows)
    data = data[data["share"] > 0].reset_index(drop=True)
    data["begin"] = data.groupby("team")["share"].cumsum() - data["share"]
    data["end"] = data["begin"] + data["share"]
    data["middle"] = (data["begin"] + data["end"]) / 2
    data["label"] = [
        f"{row['part']} {percent(row['share'])}" if row["share"] >= 0.14 else "" for _, row in data.iterrows()
    ]
    everybody = sums.sum()
    share = float(everybody[TimeSplit.project_seconds] / everybody.sum())
    data["title"] = f"{percent(share)} of working time went into projects"
    data["subtitle"] = f"Calendar time by what it went into, {month(months[0])} to {month(months[-1])}, by team"
    told = "; ".join(f"{r['team']}: {r['part']} {percent(r['share'])}" for _, r in data.iterrows())
    data["description"] = f"Parts of calendar time by team. {told}."
    return data


def time_split(data: pd.DataFrame) -> alt.LayerChart | alt.FacetChart:
    """A bar for each team, its parts beside one another, the larger ones named within."""
    first = data.iloc[0]
    base = alt.Chart(data[["team", "part", "begin", "end", "middle", "label", "told"]]).encode(
        y=alt.Y("team", type="nominal").axis(style="names", labelLimit=160, labelPadding=8),
    )
    layers: list[alt.Chart] = []
    for label, style, opacity in _PARTS.values():
        layers.append(
            base.transform_filter(f"datum.part == '{label}'")
            .mark_bar(style=style, height=26, opacity=opacity)
            .encode(
                x=alt.X("begin", type="quantitative").scale(domain=[0, 1], nice=False).axis(format="%", tickCount=5),
                x2="end",
                tooltip=[alt.Tooltip("part", type="nominal"), alt.Tooltip("told", type="nominal", title="Time")],
            )
        )
    for label, _, opacity in _PARTS.values():
        named = base.transform_filter(f"datum.label != '' && datum.part == '{label}'")
        layers.append(
            named.mark_text(style="on-deep" if opacity == 1 else "names", align="center").encode(
                x=alt.X("middle", type="quantitative"), text=alt.Text("label", type="nominal")
            )
        )
    return alt.layer(*layers).properties(
        title=alt.Title(first["title"], subtitle=first["subtitle"]),
        description=first["description"],
        height=_ROW * data["team"].nunique(),
    )


def overload_data(overload: pd.DataFrame) -> pd.DataFrame:
    """Share of a team's persons with a sign of overload by month, from a `TeamOverload` frame."""
    shown = overload[overload[TeamOverload.overloaded_count].notna()].copy()
    if shown.empty:
        return shown
    last = shown[TeamOverload.period_month].max()
    now = shown[shown[TeamOverload.period_month] == last]
    count, of = int(now[TeamOverload.overloaded_count].sum()), int(now[TeamOverload.persons].sum())
    data = pd.DataFrame(
        {
            "team": shown[TeamOverload.team],
            "month": shown[TeamOverload.period_month].dt.strftime("%Y-%m-%d"),
            "share": shown[TeamOverload.overloaded_count].astype(float) / shown[TeamOverload.persons].astype(float),
            "told": [
                f"{int(row[TeamOverload.overloaded_count])} of {int(row[TeamOverload.persons])}"
                for _, row in shown.iterrows()
            ],
        }
    ).reset_index(drop=True)
    data["label"] = data["told"].where(data["month"] == last.strftime("%Y-%m-%d"), "")
    worst = (
        now.assign(share=now[TeamOverload.overloaded_count] / now[TeamOverload.persons]).sort_values("share").iloc[-1]
    )
    data["title"] = (
        f"{number(count)} of {number(of)} persons show a sign of sustained overload, most of them in "
        f"{worst[TeamOverload.team]}"
        if count
        else f"Nobody of {number(of)} persons shows a sign of sustained overload in {month(last)}"
    )
    data["subtitle"] = (
        "Share of a team with long hours or work on free days for three months, or no leave for six; groups of five "
        "or more"
    )
    told = "; ".join(f"{r['team']} {r['told']}" for _, r in data[data["label"] != ""].iterrows())
    data["description"] = f"Persons with a sign of sustained overload in {month(last)} by team: {told}."
    return data


def overload(data: pd.DataFrame) -> alt.FacetChart:
    """A panel for each team, the last month's count written at its bar."""
    first = data.iloc[0]
    base = alt.Chart().encode(
        x=alt.X("month", type="temporal")
        .scale(alt.Scale(type="utc"))
        .axis(labelExpr=_MONTH_AXIS, tickCount={"interval": "month", "step": 6}, labelOverlap=True, grid=False),
        y=alt.Y("share", type="quantitative").scale(domain=[0, 1], nice=False).axis(values=[0, 0.5, 1], format="%"),
        tooltip=[alt.Tooltip("month", type="temporal", format="%b %Y"), alt.Tooltip("told", type="nominal")],
    )
    layers = [
        base.mark_bar(style="worse", width=7),
        base.transform_filter("datum.label != ''")
        .mark_text(style="label-actual", align="right", dy=-8, dx=6)
        .encode(text=alt.Text("label", type="nominal")),
    ]
    return (
        alt.layer(*layers, data=data[["team", "month", "share", "told", "label"]])
        .properties(width=200, height=90)
        .facet(alt.Facet("team", type="nominal").title(None).header(labelAnchor="start"), columns=3)
        .properties(
            title=alt.Title(first["title"], subtitle=first["subtitle"]),
            description=first["description"],
        )
    )
