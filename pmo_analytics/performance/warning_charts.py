"""The timeline of alerts: which months were warned of, and which were in breach.

Data preparation is apart from drawing, so that what is shown can be tested.
"""

from __future__ import annotations

import altair as alt
import pandas as pd

from pmo_analytics.numerals import long_month, number
from pmo_analytics.performance.early_warning import WarningHistory
from pmo_analytics.performance.project_charts import month_axis

_MONTHS, _MOST_PROJECTS = 18, 20
_ROW = 22
ALERT, BREACH, WITHIN = "alert", "in breach", "within tolerance"
# Of projects of equal score each gets a part of an alert; from half on it is drawn as one.
_DRAWN_FROM = 0.5


def alert_timeline_data(history: pd.DataFrame, names: pd.DataFrame) -> pd.DataFrame:
    """The last 18 months of a `WarningHistory` frame of the projects that were warned of or in breach.

    `names` has project_id and name. Those last warned of or in breach come first, twenty at most.
    """
    now = history[WarningHistory.period_month].max()
    since = now - pd.DateOffset(months=_MONTHS - 1) if len(history) else now
    rows: pd.DataFrame = history[
        (history[WarningHistory.period_month] >= since) & history[WarningHistory.is_in_breach].notna()
    ].copy()
    is_alert = (rows[WarningHistory.alert_ratio] >= _DRAWN_FROM).to_numpy(dtype=bool)
    rows["mark"] = WITHIN
    rows.loc[is_alert, "mark"] = ALERT
    rows.loc[rows[WarningHistory.is_in_breach].to_numpy(dtype=bool), "mark"] = BREACH
    marked = rows[rows["mark"] != WITHIN]
    if marked.empty:
        return rows.iloc[0:0]
    last = marked.groupby(WarningHistory.project_id)[WarningHistory.period_month].max()
    order = last.sort_values(ascending=False, kind="stable").index[:_MOST_PROJECTS]
    told = dict(zip(names[WarningHistory.project_id], names["name"], strict=True))
    rows = rows[rows[WarningHistory.project_id].isin(order)].reset_index(drop=True)
    rows["project"] = [str(told.get(each, each)) for each in rows[WarningHistory.project_id]]
    rows["place"] = rows[WarningHistory.project_id].map({each: at for at, each in enumerate(order)})
    rows["month"] = rows[WarningHistory.period_month].dt.strftime("%Y-%m-%d")
    lead = rows[WarningHistory.months_to_breach].where(rows["mark"] == ALERT)
    rows["followed"] = [
        "" if mark != ALERT else "none yet" if pd.isna(months) else f"a breach after {number(months)} mo."
        for mark, months in zip(rows["mark"], lead, strict=True)
    ]
    alerts, hits = int((rows["mark"] == ALERT).sum()), int((lead <= 3).sum())
    rows["title"] = f"{hits} of {alerts} alerts were followed by a breach within three months"
    rows["subtitle"] = (
        f"By month up to {long_month(now)}; the last alerts may yet be followed. "
        f"Projects warned of or in breach: {len(order)} of {len(last)} shown"
    )
    rows["description"] = (
        f"Months of alerts and of breach of {len(order)} projects. {alerts} alerts, {hits} followed by a breach within "
        f"three months; {int((rows['mark'] == BREACH).sum())} months in breach."
    )
    ordered: pd.DataFrame = rows.sort_values(["place", "month"], ignore_index=True)
    return ordered


def alert_timeline(data: pd.DataFrame) -> alt.LayerChart | alt.FacetChart:
    """A line a project: a small dot within tolerance, a diamond for an alert, a square in breach."""
    first = data.iloc[0]
    columns = ["project", "place", "month", "mark", "followed"]
    base = alt.Chart(data[columns]).encode(
        x=month_axis(),
        y=alt.Y("project", type="nominal")
        .sort(field="place", op="min", order="ascending")
        .axis(style="names", labelLimit=180, labelPadding=8),
        tooltip=[
            alt.Tooltip("project", type="nominal", title="Project"),
            alt.Tooltip("month", type="temporal", format="%b %Y", title="Month"),
            alt.Tooltip("mark", type="nominal", title="State"),
            alt.Tooltip("followed", type="nominal", title="Followed by"),
        ],
    )

    def marked(mark: str) -> alt.Chart:
        found: alt.Chart = base.transform_filter(f"datum.mark == '{mark}'")
        return found

    return alt.layer(
        marked(WITHIN).mark_point(style="muted", shape="circle", size=12, filled=True),
        marked(BREACH).mark_point(style="worse", shape="square", size=90, filled=True),
        marked(ALERT).mark_point(style="total", shape="diamond", size=130, filled=True),
    ).properties(
        title=alt.Title(first["title"], subtitle=f"{first['subtitle']}. Diamond: alert; square: in breach"),
        description=first["description"],
        height=_ROW * int(data["project"].nunique()) + _ROW,
    )
