"""Chart of levelled work: projects by month, what moves marked.

It takes a frame that its `…_data` function prepared. The chart's title is its
finding; a colour is a role's name, which the theme knows, and never says
anything alone.
"""

from __future__ import annotations

import altair as alt
import pandas as pd

from pmo_analytics.contracts.portfolio import Project
from pmo_analytics.numerals import day, number
from pmo_analytics.resources.levelled_projects import LevelledProject, ProjectMonthLoad

_HOUR = 3600.0
_MOST_PROJECTS, _NARROW_MONTHS = 30, 6
_ROW, _THINNEST, _THICKEST = 48, 3.0, 16.0
_MONTH = "utcmonth(datum.value) == 0 ? utcFormat(datum.value, '%Y') : utcFormat(datum.value, '%b')"
PLANNED, LESS, MORE = "as planned", "gives work to later months", "takes work of earlier months"
_STYLES = {PLANNED: "better", LESS: "muted", MORE: "worse"}


def allocation_gantt_data(loads: pd.DataFrame, projects: pd.DataFrame, project: pd.DataFrame) -> pd.DataFrame:
    """A row for each project and month with its hours before and after, from `ProjectMonthLoad`.

    `projects` is a `LevelledProject`, `project` the register. Projects of which
    work moves stand first, the latest on top; thirty at most.
    """
    if loads.empty:
        return loads
    moved = projects[LevelledProject.project_id].astype(str).to_list()
    rest = [name for name in loads[ProjectMonthLoad.project_id].drop_duplicates() if name not in set(moved)]
    shown = [*moved, *rest][:_MOST_PROJECTS]
    rows = loads[loads[ProjectMonthLoad.project_id].isin(shown)].reset_index(drop=True)
    month, months = rows[ProjectMonthLoad.period_month], sorted(loads[ProjectMonthLoad.period_month].unique())
    hours = rows[[c for c in rows.columns if c.endswith("_seconds")]] / _HOUR
    data = pd.DataFrame(
        {
            "project": rows[ProjectMonthLoad.project_id].astype(str),
            "month": month.dt.strftime("%Y-%m-%d"),
            "month_end": (month + pd.DateOffset(months=1)).dt.strftime("%Y-%m-%d"),
            "planned_hours": hours[ProjectMonthLoad.demand_seconds],
            "moved_hours": hours[ProjectMonthLoad.moved_seconds],
            "arrived_hours": hours[ProjectMonthLoad.arrived_seconds],
            "levelled_hours": hours[ProjectMonthLoad.levelled_seconds],
            "late_months": rows[ProjectMonthLoad.late_months],
        }
    )
    data["state"] = PLANNED
    data.loc[data["moved_hours"] > 0, "state"] = LESS
    data.loc[data["arrived_hours"] > data["moved_hours"], "state"] = MORE
    data["arrived_label"] = [f"+{_hours(value)}" if value else "" for value in data["arrived_hours"]]
    data["moved_label"] = [f"−{_hours(value)}" if value else "" for value in data["moved_hours"]]
    data["baseline_ends"] = _ends(data["project"], month, project)
    data["months_ahead"] = month.map({name: place for place, name in enumerate(months)}).astype(int)
    data["position"] = data["project"].map({name: place for place, name in enumerate(shown)})
    data["title"] = _title(projects, loads)
    left = len(moved) + len(rest) - len(shown)
    data["subtitle"] = (
        "A project's hours by month, the thicker the more. Orange takes work of earlier months, +; grey gives some to "
        "later ones, −. Mark: the baseline ends" + (f". {number(left)} projects are not drawn" if left else "")
    )
    told = "; ".join(
        f"{row['project']} {row['month'][:7]} {row['moved_label']}{row['arrived_label']}"
        for row in data[data["state"] != PLANNED].head(12).to_dict("records")
    )
    data["description"] = f"Hours by project and month once work has moved. {told or data['title'].iloc[0]}."
    return data.sort_values(["position", "month"], ignore_index=True)


def _hours(value: float) -> str:
    return f"{number(value, 0 if value >= 10 else 1)} h".replace(".0 h", " h")


def _ends(names: pd.Series, month: pd.Series, project: pd.DataFrame) -> list[str | None]:
    """The day that each project's baseline ends, in the row of its month."""
    known = project.dropna(subset=[Project.baseline_finish_date])
    ends = dict(zip(known[Project.project_id].astype(str), known[Project.baseline_finish_date], strict=True))
    found: list[str | None] = []
    for name, first in zip(names, month, strict=True):
        end = ends.get(name)
        is_its = end is not None and (end.year, end.month) == (first.year, first.month)
        found.append(f"{end:%Y-%m-%d}" if is_its else None)
    return found


def _title(projects: pd.DataFrame, loads: pd.DataFrame) -> str:
    """What moves and whom it makes late."""
    count = loads[ProjectMonthLoad.project_id].nunique()
    if projects.empty:
        return f"No work of {number(count)} projects moves"
    sums = projects[LevelledProject.moved_seconds].sum() / _HOUR
    whose = str(projects[LevelledProject.project_id].iloc[0])
    many = whose if len(projects) == 1 else f"{number(len(projects))} of {number(count)} projects"
    first = f"{_hours(sums)} of {many} move to later months"
    late = projects[projects[LevelledProject.late_months] > 0]
    if late.empty:
        return f"{first}, and no project ends late for it"
    worst = late.iloc[0]
    by = float(worst[LevelledProject.late_months])
    months = "1 month" if by == 1 else f"{number(by)} months"
    name, due = worst[LevelledProject.project_id], worst[LevelledProject.baseline_finish_date]
    told = f"{name} ends {months} late" if len(late) == 1 else f"{number(len(late))} end late, {name} most: by {months}"
    return f"{first}; {told} for it" + ("" if pd.isna(due) else f", its baseline ends on {day(due)}")


def allocation_gantt(data: pd.DataFrame) -> alt.LayerChart | alt.FacetChart:
    """A row a project, a bar a month, what moves in the bar's colour and beside it as hours."""
    first = data.iloc[0]
    projects = data["project"].drop_duplicates().to_list()
    columns = [
        "project", "month", "month_end", "levelled_hours", "planned_hours", "state", "arrived_label", "moved_label",
        "baseline_ends", "months_ahead",
    ]  # fmt: skip
    when = alt.Axis(labelExpr=_MONTH, tickCount={"interval": "month", "step": 1}, labelOverlap="greedy", grid=True)
    base = alt.Chart(data[columns]).encode(
        y=alt.Y("project", type="nominal").sort(projects).axis(style="names", labelLimit=120, labelPadding=8),
        x=alt.X("month", type="temporal").scale(alt.Scale(type="utc")).axis(when),
        tooltip=[
            alt.Tooltip("project", type="nominal", title="Project"),
            alt.Tooltip("month", type="temporal", format="%b %Y", title="Month", timeUnit="utcyearmonth"),
            alt.Tooltip("planned_hours", type="quantitative", format=",.0f", title="Hours planned"),
            alt.Tooltip("levelled_hours", type="quantitative", format=",.0f", title="Hours levelled"),
            alt.Tooltip("state", type="nominal", title="Month"),
        ],
    )
    most = float(data["levelled_hours"].max())
    thickness = alt.Size("levelled_hours", type="quantitative", legend=None).scale(
        alt.Scale(domain=[0, max(most, 1.0)], range=[_THINNEST, _THICKEST])
    )
    layers: list[alt.Chart] = [
        base.transform_filter(f"datum.levelled_hours > 0 && datum.state == '{state}'")
        .mark_bar(style=style)
        .encode(x2="month_end", size=thickness)
        for state, style in _STYLES.items()
        if (data["state"] == state).any()
    ]
    for label, style, dy in (("arrived_label", "label-actual", -15), ("moved_label", "label-quiet", 15)):
        if (data[label] != "").any():
            layers.append(
                base.transform_filter(f"datum.{label} != ''")
                .mark_text(style=style, align="left", dx=2, dy=dy)
                .encode(text=alt.Text(label, type="nominal"))
            )
    if data["baseline_ends"].notna().any():
        layers.append(
            base.transform_filter("isValid(datum.baseline_ends)")
            .mark_tick(style="total", height=26, thickness=2)
            .encode(x=alt.X("baseline_ends", type="temporal").scale(alt.Scale(type="utc")).axis(when))
        )
    return alt.layer(*layers).properties(
        title=alt.Title(first["title"], subtitle=first["subtitle"]),
        description=first["description"],
        height=_ROW * len(projects),
        usermeta={"narrow_filter": f"datum.months_ahead < {_NARROW_MONTHS}"},
    )
