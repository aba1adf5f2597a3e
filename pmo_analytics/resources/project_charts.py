"""Chart of one project's hours. It takes the frame that its `…_data` function prepared.

A chart's title is its finding; a colour is a role's name, which the theme
knows. Hours are of the project, never of a person.
"""

from __future__ import annotations

import altair as alt
import pandas as pd

from pmo_analytics.numerals import long_month, number
from pmo_analytics.resources.project_hours import ProjectHours

_MONTHS_BEFORE, _MONTHS_AHEAD = 11, 3
_HOUR = 3600.0
_HEIGHT = 200
_BAR_PIXELS = 14


def project_hours_chart_data(hours: pd.DataFrame, *, status_date: pd.Timestamp) -> pd.DataFrame:
    """Hours of one project in the last twelve months and allocated ones in the next three, from `ProjectHours`.

    A month without a row has no hours booked; where nobody is allocated the plan is missing.
    """
    month = status_date.normalize().replace(day=1)
    begin, end = month - pd.DateOffset(months=_MONTHS_BEFORE), month + pd.DateOffset(months=_MONTHS_AHEAD)
    near = hours[hours[ProjectHours.period_month].between(begin, end)].set_index(ProjectHours.period_month)
    booked = near[ProjectHours.duration_seconds] / _HOUR
    if not booked.sum() and near[ProjectHours.allocated_seconds].isna().all():
        return hours.iloc[0:0]
    months = pd.date_range(max(begin, near.index.min()), max(month, near.index.max()), freq="MS", unit="ns")
    data = pd.DataFrame({"month": months.strftime("%Y-%m"), "booked": booked.reindex(months).fillna(0.0).to_numpy()})
    planned = near[ProjectHours.allocated_seconds].reindex(months).to_numpy(dtype=float) / _HOUR
    data["allocated"] = planned
    now, plan = float(booked.get(month, 0.0)), near[ProjectHours.allocated_seconds].get(month, float("nan")) / _HOUR
    name = long_month(status_date)
    if pd.notna(plan):
        data["title"] = (
            f"{number(now)} hours were booked in {name}, {_against(now - plan)} the {number(plan)} allocated"
        )
    else:
        before = data.loc[data["month"] < f"{month:%Y-%m}", "booked"].tail(3)
        usual = f", against {number(before.mean())} a month in the {len(before)} before" if len(before) else ""
        data["title"] = f"{number(now)} hours were booked in {name}{usual}"
    known = "; the mark is what was allocated" if data["allocated"].notna().any() else ""
    data["subtitle"] = f"Hours booked by month{known}"
    data["description"] = f"Hours booked by month. {name}: {number(now)}."
    return data


def _against(difference: float) -> str:
    if round(difference) == 0:
        return "as many as"
    return f"{number(abs(difference))} {'more' if difference > 0 else 'fewer'} than"


def project_hours_chart(data: pd.DataFrame) -> alt.LayerChart | alt.FacetChart:
    """Hours booked as bars, the allocated ones as marks across them."""
    first = data.iloc[0]
    label = "utcFormat(utcParse(datum.value, '%Y-%m'), utcmonth(utcParse(datum.value, '%Y-%m')) == 0 ? '%Y' : '%b')"
    base = alt.Chart(data[["month", "booked", "allocated"]]).encode(
        x=alt.X("month", type="ordinal")
        .sort(data["month"].to_list())
        .axis(labelExpr=label, labelAngle=0, labelOverlap=True, labelFlush=False)
    )
    layers: list[alt.Chart] = [
        base.mark_bar(style="muted", size=_BAR_PIXELS).encode(
            y=alt.Y("booked", type="quantitative").axis(format=",d", tickCount=4)
        )
    ]
    if data["allocated"].notna().any():
        layers.append(
            base.transform_filter("isValid(datum.allocated)")
            .mark_tick(style="total", size=_BAR_PIXELS + 8)
            .encode(y=alt.Y("allocated", type="quantitative"))
        )
    return alt.layer(*layers).properties(
        title=alt.Title(first["title"], subtitle=first["subtitle"]),
        description=first["description"],
        height=_HEIGHT,
        padding={"left": 0, "top": 8, "right": 8, "bottom": 8},
    )
