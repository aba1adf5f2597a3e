"""The chart of how the shares of top objectives in the hours booked moved over months.

It takes a frame that its `…_data` function prepared. The chart's title is its
finding; a colour is a role's name, which the theme knows.
"""

from __future__ import annotations

import altair as alt
import numpy as np
import pandas as pd

from pmo_analytics.contracts.selection import Objective
from pmo_analytics.numerals import NBSP, long_month, number
from pmo_analytics.portfolio.alignment import AlignmentDrift, ObjectiveAlignment

_PANEL_HEIGHT = 110
_NONE = "no objective"
_MONTH = "utcmonth(datum.value) == 0 ? utcFormat(datum.value, '%Y') : utcFormat(datum.value, '%b')"


def drift_data(drift: pd.DataFrame, alignment: pd.DataFrame, objective: pd.DataFrame) -> pd.DataFrame:
    """Share of the hours booked by month and top objective in per cent, with its weight, from `AlignmentDrift`."""
    if drift.empty or objective.empty:
        return drift.iloc[0:0]
    names = _names(objective)
    weights = (
        alignment[alignment[ObjectiveAlignment.objective_id].notna()]
        .drop_duplicates(ObjectiveAlignment.objective_id)
        .set_index(ObjectiveAlignment.objective_id)[ObjectiveAlignment.weight_share]
    )
    data = pd.DataFrame(
        {
            "month": drift[AlignmentDrift.period_month].dt.strftime("%Y-%m-%d"),
            "objective": drift[AlignmentDrift.objective_id].map(names).fillna(_NONE).astype(str),
            "share_pct": 100 * drift[AlignmentDrift.measure_share],
            "weight_pct": 100 * drift[AlignmentDrift.objective_id].map(weights.to_dict()).astype(float),
        }
    )
    data["series"] = np.where(drift[AlignmentDrift.objective_id].isna(), "worse", "better")
    heaviest = data.sort_values("weight_pct", ascending=False, na_position="last", kind="stable")
    places = {name: place for place, name in enumerate(heaviest["objective"].drop_duplicates())}
    data["position"] = data["objective"].map(places)
    data = data.sort_values(["position", "month"], ignore_index=True)
    months = sorted(data["month"].unique())
    is_last, is_first = data["month"] == months[-1], data["month"] == months[0]
    data["label"] = [f"{number(value)}{NBSP}%" for value in data["share_pct"]]
    data["label"] = data["label"].where(is_last, "")
    room = max(1, len(months) // 5)
    data["axis_end"] = (pd.Timestamp(months[-1]) + pd.DateOffset(months=room)).strftime("%Y-%m-%d")
    data["axis_begin"] = (pd.Timestamp(months[0]) - pd.DateOffset(months=max(1, room))).strftime("%Y-%m-%d")
    before = data[is_first].set_index("objective")["share_pct"]
    moved = data[is_last].set_index("objective")["share_pct"] - before
    name = str(moved.abs().idxmax())
    verb = "rose" if moved[name] > 0 else "fell"
    after = before[name] + moved[name]
    data["title"] = (
        f"Hours for \u201c{name}\u201d {verb} from {number(before[name])} to {number(after)}{NBSP}% since "
        f"{long_month(pd.Timestamp(months[0]))}"
    )
    data["subtitle"] = (
        "Share of the hours booked by month, per cent, by today's contributions; dashed: the weight stated"
    )
    data["description"] = f"Shares of hours by top objective and month. {data['title'].iloc[0]}."
    return data


def _names(objective: pd.DataFrame) -> dict[str, str]:
    """What objectives are called; those of one name with their identifiers."""
    alike = objective[Objective.name].duplicated(keep=False)
    rows = zip(objective[Objective.objective_id].astype(str), objective[Objective.name], alike, strict=True)
    return {identifier: f"{name}, {identifier}" if is_alike else str(name) for identifier, name, is_alike in rows}


def drift(data: pd.DataFrame) -> alt.FacetChart:
    """Shares of hours by month, a panel an objective, all on one scale."""
    first = data.iloc[0]
    columns = ["month", "objective", "share_pct", "weight_pct", "series", "label"]
    scale = alt.Axis(grid=True, tickCount=3, labelAlign="left", labelPadding=-4, labelBaseline="bottom", format=".0f")
    base = alt.Chart().encode(
        x=alt.X("month", type="temporal")
        .scale(alt.Scale(type="utc", domain=[first["axis_begin"], first["axis_end"]]))
        .axis(labelExpr=_MONTH, tickCount={"interval": "month", "step": 3}, labelOverlap=True, grid=False),
        tooltip=[
            alt.Tooltip("month", type="temporal", format="%b %Y", title="Month", timeUnit="utcyearmonth"),
            alt.Tooltip("objective", type="nominal", title="Objective"),
            alt.Tooltip("share_pct", type="quantitative", format=".1f", title="Share, %"),
            alt.Tooltip("weight_pct", type="quantitative", format=".1f", title="Weight, %"),
        ],
    )
    share = alt.Y("share_pct", type="quantitative", axis=scale)
    layers: list[alt.Chart] = [
        base.transform_filter("isValid(datum.weight_pct)")
        .mark_line(style="plan")
        .encode(y=alt.Y("weight_pct", type="quantitative", axis=scale)),
    ]
    for name, line, label in (("better", "earned", "label-earned"), ("worse", "actual", "label-actual")):
        rows = base.transform_filter(f"datum.series == '{name}'")
        layers += [
            rows.mark_line(style=line).encode(y=share),
            rows.transform_filter("datum.label != ''")
            .mark_text(style=label, align="left", dx=4)
            .encode(y=share, text=alt.Text("label", type="nominal")),
        ]
    panels: alt.FacetChart = (
        alt.layer(*layers, data=data[columns])
        .properties(width=200, height=_PANEL_HEIGHT)
        .facet(
            alt.Facet("objective", type="nominal", sort=data["objective"].drop_duplicates().to_list())
            .title(None)
            .header(labelAnchor="start", labelLimit=210),
            columns=3,
        )
        .properties(title=alt.Title(first["title"], subtitle=first["subtitle"]), description=first["description"])
    )
    return panels
