"""Charts of dependencies: who gives to whom, and what late hand-overs do to the projects' finishes.

Each takes a frame that its `…_data` function prepared. The map is laid out in
layers (Sugiyama, Tagawa and Toda 1981): what gives stands left of what waits,
and within a layer by the mean place of its givers. A chart's title is its
finding; a colour is a role's name, which the theme knows.
"""

from __future__ import annotations

import altair as alt
import numpy as np
import pandas as pd

from pmo_analytics.numerals import day, number
from pmo_analytics.performance.handovers import DANGLING, IN_TIME, LATE, UNDATED, HandoverOutlook
from pmo_analytics.performance.slip_propagation import ProjectSlip, SlipProbability

MOST_PROJECTS = 40
_STYLES = {UNDATED: "muted", IN_TIME: "better", LATE: "worse"}
_ROW_HEIGHT, _LEAST_HEIGHT = 46, 180
_BAR_ROW = 34
_MONTH_AXIS = "utcmonth(datum.value) == 0 ? utcFormat(datum.value, '%Y') : utcFormat(datum.value, '%b')"
_UTC = alt.Scale(type="utc")


def dependency_map_data(outlook: pd.DataFrame) -> pd.DataFrame:
    """A row for each pair of projects that a `HandoverOutlook` ties, worst tie first, with the places of both.

    Of more than forty projects those are shown whose ties hold up most.
    """
    first, second = HandoverOutlook.predecessor_project_id, HandoverOutlook.successor_project_id
    known = outlook[(outlook[HandoverOutlook.handover_state] != DANGLING) & outlook[first].notna()]
    known = known[known[second].notna() & (known[first] != known[second])]
    rank = known[HandoverOutlook.handover_state].map({LATE: 0, IN_TIME: 1, UNDATED: 2})
    pairs = known.assign(rank=rank).sort_values(["rank", HandoverOutlook.late_days], ascending=[True, False])
    pairs = pairs.drop_duplicates([first, second])
    members = list(dict.fromkeys(pairs[[first, second]].to_numpy().ravel()))
    shown = set(members[:MOST_PROJECTS])
    pairs = pairs[pairs[first].isin(shown) & pairs[second].isin(shown)]
    if pairs.empty:
        return pairs
    places = layered_places(list(zip(pairs[first], pairs[second], strict=True)))
    data = pd.DataFrame(
        {
            "giver": pairs[first], "waits": pairs[second], "state": pairs[HandoverOutlook.handover_state],
            "late_days": pairs[HandoverOutlook.late_days],
            "x": [places[name][0] for name in pairs[first]], "y": [places[name][1] for name in pairs[first]],
            "to_x": [places[name][0] for name in pairs[second]], "to_y": [places[name][1] for name in pairs[second]],
        }
    ).reset_index(drop=True)  # fmt: skip
    late = data[data["state"] == LATE]
    data["title"] = _map_title(late, len(data))
    left = len(members) - len(shown)
    data["subtitle"] = (
        "Left gives to right: orange comes after it is needed, blue in time, grey has no dates; dashed runs back"
        + (f"; not shown: {number(left)} projects" if left > 0 else "")
    )
    told = "; ".join(
        f"{r['giver']} to {r['waits']}, {number(r['late_days'])} days late" for r in late.to_dict("records")
    )
    data["description"] = f"{number(len(data))} pairs of projects. {told or 'None is late'}."
    return data


def _map_title(late: pd.DataFrame, count: int) -> str:
    if late.empty:
        return f"None of {number(count)} hand-overs between projects is forecast later than needed"
    worst = late.iloc[int(late["late_days"].to_numpy().argmax())]
    many = f"{number(len(late))} of {number(count)} hand-overs come late"
    return f"{many}; {worst['waits']} waits longest, {number(worst['late_days'])} days for {worst['giver']}"


def layered_places(pairs: list[tuple[str, str]]) -> dict[str, tuple[int, float]]:
    """Layer and height, 0 to 1, of each name; a pair that closes a circle is left out of the layers."""
    names = sorted({name for pair in pairs for name in pair})
    onward: dict[str, set[str]] = {name: set() for name in names}
    for before, after in pairs:
        if not _reaches(onward, after, before):
            onward[before].add(after)
    layer = dict.fromkeys(names, 0)
    for _ in names:
        for before, afters in onward.items():
            for after in afters:
                layer[after] = max(layer[after], layer[before] + 1)
    height: dict[str, float] = {}
    for depth in sorted(set(layer.values())):
        inside = [name for name in names if layer[name] == depth]
        givers = {name: [height[b] for b in names if name in onward[b] and b in height] for name in inside}
        inside.sort(key=lambda name: (np.mean(givers[name]) if givers[name] else 0.5, name))
        # Layers are set off from each other, so that a line seldom runs through a name between them.
        shift = 0.5 + (0.12 if depth % 2 else -0.12)
        for place, name in enumerate(inside):
            height[name] = (place + shift) / len(inside)
    return {name: (layer[name], height[name]) for name in names}


def _reaches(onward: dict[str, set[str]], start: str, goal: str) -> bool:
    seen, waiting = {start}, [start]
    while waiting:
        name = waiting.pop()
        if name == goal:
            return True
        waiting += onward[name] - seen
        seen |= onward[name]
    return False


def dependency_map(data: pd.DataFrame) -> alt.LayerChart | alt.FacetChart:
    """Projects in layers with a line for each hand-over."""
    first = data.iloc[0]
    ends = [
        data[[n, x, y]].set_axis(["name", "x", "y"], axis=1)
        for n, x, y in (("giver", "x", "y"), ("waits", "to_x", "to_y"))
    ]
    nodes = pd.concat(ends).drop_duplicates("name").sort_values("name", ignore_index=True)
    last = int(nodes["x"].max())
    across = alt.X("x", type="quantitative", axis=None).scale(domain=[-0.25, last + 0.35], nice=False, zero=False)
    down = alt.Y("y", type="quantitative", axis=None).scale(domain=[0, 1], reverse=True)
    lines = alt.Chart(data[["giver", "waits", "state", "late_days", "x", "y", "to_x", "to_y"]]).encode(
        x=across, y=down, x2="to_x", y2="to_y",
        tooltip=[
            alt.Tooltip("giver", type="nominal", title="Gives"), alt.Tooltip("waits", type="nominal", title="Waits"),
            alt.Tooltip("late_days", type="quantitative", format=",.0f", title="Days late"),
        ],
    )  # fmt: skip
    layers: list[alt.Chart] = []
    for state, style in _STYLES.items():
        for is_back, dash in ((False, [1, 0]), (True, [4, 3])):
            kept = lines.transform_filter(
                f"datum.state == '{state}' && {'' if is_back else '!'}(datum.to_x <= datum.x)"
            )
            layers.append(kept.mark_rule(style=style, strokeWidth=2.5 if state == LATE else 1.5, strokeDash=dash))
    base = alt.Chart(nodes).encode(x=across, y=down)
    layers += [
        base.mark_circle(style="total", size=70),
        base.mark_text(style="label", align="center", dy=-13).encode(text=alt.Text("name", type="nominal")),
    ]
    most = int(nodes.groupby("x").size().max())
    return _finished(alt.layer(*layers), first, max(_LEAST_HEIGHT, most * _ROW_HEIGHT), 10)


def slip_gantt_data(slip: pd.DataFrame, probability: pd.DataFrame) -> pd.DataFrame:
    """Baseline, forecast, slip passed on and P80 of each project, from `ProjectSlip` and `SlipProbability`."""
    if slip.empty:
        return slip
    rows = slip.merge(probability[[SlipProbability.project_id, SlipProbability.p80_finish_date]], how="left")
    rows = rows.sort_values([ProjectSlip.passed_on_days, ProjectSlip.slipped_finish_date], ascending=False)
    left, rows = max(0, len(rows) - MOST_PROJECTS), rows.head(MOST_PROJECTS)
    dates = {
        "baseline_start": ProjectSlip.baseline_start_date, "baseline_finish": ProjectSlip.baseline_finish_date,
        "forecast": ProjectSlip.forecast_finish_date, "with_slip": ProjectSlip.slipped_finish_date,
        "p80": SlipProbability.p80_finish_date,
    }  # fmt: skip
    data = pd.DataFrame({name: rows[column].dt.strftime("%Y-%m-%d") for name, column in dates.items()})
    data.insert(0, "project", rows[ProjectSlip.project_id])
    data["passed_on_days"] = rows[ProjectSlip.passed_on_days]
    data["label"] = [f"+{number(days)} days" if days > 0 else "" for days in data["passed_on_days"]]
    worst = rows.iloc[0]
    moved = int((rows[ProjectSlip.passed_on_days] > 0).sum())
    data["title"] = (
        f"Late hand-overs move {number(moved)} of {number(len(rows))} projects, {worst[ProjectSlip.project_id]} most: "
        f"by {number(worst[ProjectSlip.passed_on_days])} days to {day(worst[ProjectSlip.slipped_finish_date])}"
        if moved
        else f"No hand-over is forecast to move any of {number(len(rows))} projects"
    )
    has_p80 = bool(data["p80"].notna().any())
    data["subtitle"] = (
        "Grey: baseline. Blue: to the project's own forecast. Orange: what hand-overs add"
        + ("; mark: P80" if has_p80 else "; P80 is refused")
        + (f"; not shown: {number(left)}" if left else "")
    )
    data["description"] = "Finishes by project: " + "; ".join(
        f"{r['project']} forecast {r['forecast']}, with slip {r['with_slip']}" for r in data.to_dict("records")
    )
    return data.reset_index(drop=True)


def slip_gantt(data: pd.DataFrame) -> alt.LayerChart | alt.FacetChart:
    """A bar for each project's baseline, one to its forecast with what is added, and a mark at P80."""
    first = data.iloc[0]
    columns = ["project", "baseline_start", "baseline_finish", "forecast", "with_slip", "p80", "label"]
    base = alt.Chart(data[columns]).encode(
        y=alt.Y("project", type="nominal", sort=None).axis(style="names", labelLimit=120)
    )

    def at(name: str) -> alt.X:
        axis = alt.Axis(labelExpr=_MONTH_AXIS, tickCount={"interval": "month", "step": 3}, labelOverlap="greedy")
        return alt.X(name, type="temporal").scale(_UTC).axis(axis)

    is_moved = base.transform_filter("datum.label != ''")
    layers = [
        base.mark_bar(style="muted", height=6, yOffset=-9, opacity=0.7).encode(
            x=at("baseline_start"), x2="baseline_finish"
        ),
        base.mark_bar(style="better", height=10).encode(x=at("baseline_start"), x2="forecast"),
        is_moved.mark_bar(style="worse", height=10).encode(x=at("forecast"), x2="with_slip"),
        base.transform_filter("isValid(datum.p80)")
        .mark_tick(style="total", height=18, thickness=2)
        .encode(x=at("p80")),
        is_moved.mark_text(style="label-quiet", align="left", dx=4, dy=12).encode(
            x=at("forecast"), text=alt.Text("label", type="nominal")
        ),
    ]
    return _finished(alt.layer(*layers), first, max(120, len(data) * _BAR_ROW), 2)


def _finished(
    chart: alt.LayerChart | alt.FacetChart, first: pd.Series, height: int, room: int
) -> alt.LayerChart | alt.FacetChart:
    return chart.properties(
        title=alt.Title(first["title"], subtitle=first["subtitle"]),
        description=first["description"],
        height=height,
        padding={"left": 0, "top": 8, "right": 8, "bottom": 8},
        usermeta={"label_room": room},
    )
