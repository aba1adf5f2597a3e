"""Charts of the flow of work. Each takes a frame that its `…_data` function prepared.

A chart's title is its finding; a colour is a role's name, which the theme
knows; statuses and keys are data, never markup. Where no start is known, lead
times stand in for cycle times, and the title says so.
"""

from __future__ import annotations

import altair as alt
import pandas as pd

from pmo_analytics.contracts.flow_marts import IssueFlow
from pmo_analytics.numerals import number
from pmo_analytics.performance.flow_forecast import WHEN, ThroughputForecastRows
from pmo_analytics.performance.flow_times import ALL, CLOCKS, CYCLE_TIME, DAY_SECONDS, DONE, LEAD_TIME
from pmo_analytics.performance.flow_weeks import FlowByWeek, FlowRate
from pmo_analytics.performance.work_item_age import PAST_P95, UNKNOWN, WITHIN_P50, WITHIN_P85, WorkItemAge

_MONTH_AXIS = "utcmonth(datum.value) == 0 ? utcFormat(datum.value, '%Y') : utcFormat(datum.value, '%b')"
_UTC = alt.Scale(type="utc")
_NAMES = {CYCLE_TIME: "Cycle time", LEAD_TIME: "Lead time"}
_SINCE = {CYCLE_TIME: "from the first start", LEAD_TIME: "from the creation, for no start is known,"}
_LEVELS = {"p50_days": "P50", "p85_days": "P85", "p95_days": "P95"}
_LETTER, _LABEL_DISTANCE = 6.8, 8
_HEIGHT, _LINE_OF_TEXT = 300, 15.0
_MOST_STATUSES = 8


def clock_of(percentiles: pd.DataFrame) -> str:
    """Cycle time where any item has one, else lead time, from a `CycleTimePercentiles` frame."""
    rows = percentiles[(percentiles["grouping"] == ALL) & (percentiles["clock"] == CYCLE_TIME)]
    return CYCLE_TIME if (rows["items_finished"] > 0).any() else LEAD_TIME


def _limits(percentiles: pd.DataFrame, clock: str) -> dict[str, float]:
    """The percentiles of all items by their column, those that are told."""
    row = percentiles[(percentiles["grouping"] == ALL) & (percentiles["clock"] == clock)].iloc[0]
    return {name: float(row[name]) for name in _LEVELS if pd.notna(row[name])}


def _marked(data: pd.DataFrame, limits: dict[str, float]) -> pd.DataFrame:
    """`data` with the percentiles beside every row, for the rules across the chart."""
    return data.assign(**{name: limits.get(name) for name in _LEVELS})


def _rules(first: pd.Series, top: float) -> list[alt.Chart]:
    """A rule for each percentile, named at its right end, names that would touch moved up."""
    layers = []
    lowest = float("inf")
    for name, label in _LEVELS.items():
        if pd.isna(first[name]):
            continue
        at = _HEIGHT * (1 - first[name] / top)
        shown = min(at, lowest - _LINE_OF_TEXT)
        lowest = shown
        data = pd.DataFrame({"days": [first[name]], "label": [f"{label} {number(first[name], 0)}"]})
        base = alt.Chart(data).encode(y=alt.Y("days", type="quantitative"))
        layers += [
            base.mark_rule(style="limit"),
            base.mark_text(style="label-quiet", align="left", dx=_LABEL_DISTANCE, dy=shown - at).encode(
                x=alt.value("width"), text=alt.Text("label", type="nominal")
            ),
        ]
    return layers


def _time_axis(name: str) -> alt.X:
    axis = alt.Axis(labelExpr=_MONTH_AXIS, tickCount={"interval": "month", "step": 3}, labelOverlap="greedy")
    return alt.X(name, type="temporal").scale(_UTC).axis(axis)


def cycle_time_scatter_data(issue_flow: pd.DataFrame, percentiles: pd.DataFrame) -> pd.DataFrame:
    """Every finished item by the day of its finish and the days it took, with the percentiles of all items.

    Takes the mart `issue_flow` and its `CycleTimePercentiles`.
    """
    clock = clock_of(percentiles)
    rows = issue_flow[(issue_flow[IssueFlow.state] == DONE) & issue_flow[CLOCKS[clock]].notna()]
    if rows.empty:
        return rows
    limits = _limits(percentiles, clock)
    data = pd.DataFrame(
        {
            "finished": rows[IssueFlow.finished_on_date].dt.strftime("%Y-%m-%d"),
            "days": rows[CLOCKS[clock]] / DAY_SECONDS,
            "issue": rows[IssueFlow.issue_key],
        }
    )
    limit = limits.get("p85_days", float("inf"))
    data["is_late"] = data["days"] > limit
    promise = (
        f"85 % of items are done within {number(limit, 0)} days" if "p85_days" in limits else "Too many items are open"
    )
    data["title"] = f"{promise}; the slowest took {number(data['days'].max(), 0)}"
    data["subtitle"] = (
        f"{_NAMES[clock]} {_SINCE[clock]} to the last finish, elapsed days; open items count in the lines"
    )
    told = ", ".join(f"{_LEVELS[name]} {number(value, 1)} days" for name, value in limits.items())
    data["description"] = f"{_NAMES[clock]} of {number(len(data))} finished items by the day of their finish. {told}."
    return _marked(data.sort_values(["finished", "issue"], ignore_index=True), limits)


def cycle_time_scatter(data: pd.DataFrame) -> alt.LayerChart | alt.FacetChart:
    """A point for each finished item, those past P85 apart, with a line for each percentile."""
    first, top = data.iloc[0], _top(data, "days")
    base = alt.Chart(data[["finished", "days", "issue", "is_late"]]).encode(
        x=_time_axis("finished"),
        y=alt.Y("days", type="quantitative").scale(domain=[0, top]),
        tooltip=[
            alt.Tooltip("issue", type="nominal", title="Issue"),
            alt.Tooltip("days", type="quantitative", format=",.1f", title="Days"),
        ],
    )
    points = [
        base.transform_filter(f"{'' if is_late else '!'}datum.is_late").mark_circle(style=style, size=26, opacity=0.6)
        for style, is_late in (("better", False), ("worse", True))
    ]
    return _finished(alt.layer(*points, *_rules(first, top)), first, room=9)


def _top(data: pd.DataFrame, column: str) -> float:
    known = [
        float(data[column].max()),
        *(float(data[name].iloc[0]) for name in _LEVELS if pd.notna(data[name].iloc[0])),
    ]
    return max(known) * 1.05 or 1.0


def _finished(
    chart: alt.LayerChart | alt.FacetChart, first: pd.Series, *, room: int
) -> alt.LayerChart | alt.FacetChart:
    """The chart with its title, size, and room for labels of so many letters at its right."""
    return chart.properties(
        title=alt.Title(first["title"], subtitle=first["subtitle"]),
        description=first["description"],
        height=_HEIGHT,
        padding={"left": 0, "top": 4, "right": 8, "bottom": 8},
        usermeta={"label_room": int(room * _LETTER) + _LABEL_DISTANCE},
    )


def cumulative_flow_data(flow_by_week: pd.DataFrame) -> pd.DataFrame:
    """How many items were done, in progress and not started at each week's end, in long form, from `FlowByWeek`."""
    if flow_by_week.empty:
        return flow_by_week
    waiting = flow_by_week[FlowByWeek.open_items] - flow_by_week[FlowByWeek.in_progress_items]
    has_starts = bool((flow_by_week[FlowByWeek.in_progress_items] > 0).any())
    bands = {
        "Done": flow_by_week[FlowByWeek.done_total],
        "In progress": flow_by_week[FlowByWeek.in_progress_items],
        "To do" if has_starts else "Open": waiting,
    }
    parts = []
    below = pd.Series(0.0, index=flow_by_week.index)
    for position, (name, counts) in enumerate(bands.items()):
        if not has_starts and name == "In progress":
            continue
        values = counts.astype(float)
        label = [""] * (len(values) - 1) + [f"{name} {number(values.iloc[-1])}"]
        parts.append(
            pd.DataFrame(
                {
                    "week": flow_by_week[FlowByWeek.end_date].dt.strftime("%Y-%m-%d"),
                    "band": name, "items": values, "position": position, "below": below, "above": below + values,
                    "label": label,
                }
            )
        )  # fmt: skip
        below = below + values
    data = pd.concat(parts, ignore_index=True)
    then = flow_by_week.iloc[max(0, len(flow_by_week) - 14)]
    now = flow_by_week.iloc[-1]
    change = int(now[FlowByWeek.open_items] - then[FlowByWeek.open_items])
    grown = f"{number(abs(change))} {'more' if change > 0 else 'fewer'} than" if change else "as many as"
    data["title"] = f"{number(now[FlowByWeek.open_items])} items are open, {grown} a quarter of a year ago"
    note = "" if has_starts else "; no history tells what was in progress"
    data["subtitle"] = f"Items at the end of each week, added up from the first{note}"
    data["description"] = "Cumulative flow. " + ", ".join(text for text in data["label"] if text) + " at the end."
    return data


def cumulative_flow(data: pd.DataFrame) -> alt.LayerChart | alt.FacetChart:
    """Bands of items done, in progress and to do, by week."""
    first, columns = data.iloc[0], ["week", "band", "items", "below", "above", "label"]
    base = alt.Chart(data[columns]).encode(x=_time_axis("week"), y=alt.Y("above", type="quantitative"))
    layers: list[alt.Chart] = []
    styles = {"Done": "muted", "In progress": "better", "To do": "worse", "Open": "worse"}
    for name in data["band"].unique():
        band = base.transform_filter(f"datum.band == '{name}'")
        layers.append(band.mark_area(style=styles[name], opacity=0.85).encode(y2="below"))
    ends = data[data["label"] != ""]
    top = float(data["above"].max()) or 1.0
    lowest = float("inf")
    for row in ends.to_dict("records"):
        at = _HEIGHT * (1 - (row["below"] + row["above"]) / 2 / top)
        shown = min(at, lowest - _LINE_OF_TEXT)
        lowest = shown
        layers.append(
            alt.Chart(pd.DataFrame([{"week": row["week"], "above": row["above"], "label": row["label"]}]))
            .mark_text(style="label", align="left", dx=_LABEL_DISTANCE)
            .encode(x=_time_axis("week"), y=alt.value(shown), text=alt.Text("label", type="nominal"))
        )
    return _finished(alt.layer(*layers), first, room=int(data["label"].str.len().max()))


def throughput_run_data(flow_by_week: pd.DataFrame, rate: pd.DataFrame) -> pd.DataFrame:
    """Items done in each whole week, with the mean of the last ones, from `FlowByWeek` and `FlowRate` frames."""
    whole = flow_by_week[flow_by_week[FlowByWeek.is_whole]]
    if whole.empty or rate.empty:
        return whole.iloc[:0]
    told = rate.iloc[0]
    done, come = told[FlowRate.throughput_per_week], told[FlowRate.arrivals_per_week]
    data = pd.DataFrame(
        {
            "week": whole[FlowByWeek.start_date].dt.strftime("%Y-%m-%d"),
            "done": whole[FlowByWeek.throughput_count].astype(float),
            "mean": float(done),
        }
    )
    data["is_counted"] = [False] * (len(data) - int(told[FlowRate.weeks_counted])) + [True] * int(
        told[FlowRate.weeks_counted]
    )
    side = "more than came in" if done > come else "fewer than came in" if done < come else "as many as came in"
    data["title"] = f"{number(done, 1)} items a week were done of late, {side}"
    data["subtitle"] = (
        f"Items done by week; the last {int(told[FlowRate.weeks_counted])} whole weeks: mean {number(done, 1)} "
        f"({number(told[FlowRate.throughput_low], 1)} to {number(told[FlowRate.throughput_high], 1)} with 95 %), "
        f"{number(come, 1)} came in"
    )
    data["description"] = f"{data['title'].iloc[0]}; the best week had {number(data['done'].max())}."
    return data.reset_index(drop=True)


def throughput_run(data: pd.DataFrame) -> alt.LayerChart | alt.FacetChart:
    """A bar for each week; those that the mean is of stand out."""
    first = data.iloc[0]
    base = alt.Chart(data[["week", "done", "is_counted", "mean"]]).encode(
        x=_time_axis("week"), y=alt.Y("done", type="quantitative").axis(tickMinStep=1)
    )
    bars = [
        base.transform_filter(f"{'' if is_counted else '!'}datum.is_counted").mark_bar(style=style, width=5)
        for style, is_counted in (("muted", False), ("better", True))
    ]
    mean = (
        base.transform_filter("datum.is_counted").mark_line(style="limit").encode(y=alt.Y("mean", type="quantitative"))
    )
    return _finished(alt.layer(*bars, mean), first, room=1)


def ageing_data(ages: pd.DataFrame, percentiles: pd.DataFrame) -> pd.DataFrame:
    """The items in progress by status and age with the percentiles, from `WorkItemAge` and `CycleTimePercentiles`.

    Of more than eight statuses those with most items are shown.
    """
    if ages.empty:
        return ages
    clock = clock_of(percentiles)
    if not (ages[WorkItemAge.clock] == clock).any():
        clock = ages[WorkItemAge.clock].iloc[0]
    known = ages[ages[WorkItemAge.clock] == clock]
    order = known[WorkItemAge.status].value_counts().head(_MOST_STATUSES).index
    rows = known[known[WorkItemAge.status].isin(order)]
    limits = _limits(percentiles, clock)
    data = pd.DataFrame(
        {
            "status": rows[WorkItemAge.status], "days": rows[WorkItemAge.age_days],
            "issue": rows[WorkItemAge.issue_key], "age_band": rows[WorkItemAge.age_band],
        }
    )  # fmt: skip
    past = int((~rows[WorkItemAge.age_band].isin([WITHIN_P50, WITHIN_P85, UNKNOWN])).sum())
    worst = int((rows[WorkItemAge.age_band] == PAST_P95).sum())
    data["is_late"] = ~data["age_band"].isin([WITHIN_P50, WITHIN_P85, UNKNOWN])
    data["title"] = f"{past} of {len(rows)} items in progress are older than 85 % of items ever were, {worst} than 95 %"
    others, left = len(ages) - len(known), len(known) - len(rows)
    notes = [f"{others} {'without' if clock == CYCLE_TIME else 'with'} a known start"] if others else []
    notes += [f"{left} in other statuses"] if left else []
    data["subtitle"] = f"Age in days {_SINCE[clock]} by status" + (f"; not shown: {', '.join(notes)}" if notes else "")
    oldest = ", ".join(f"{row['issue']} {number(row['days'], 0)}" for row in data.head(3).to_dict("records"))
    data["description"] = f"Age of {len(rows)} items in progress by status. The oldest, in days: {oldest}."
    return _marked(data.reset_index(drop=True), limits)


def ageing(data: pd.DataFrame) -> alt.LayerChart | alt.FacetChart:
    """A point for each item in progress by its status, with a line for each percentile."""
    first, top = data.iloc[0], _top(data, "days")
    base = alt.Chart(data[["status", "days", "issue", "is_late"]]).encode(
        x=alt.X("status", type="nominal").axis(labelAngle=0, labelLimit=110),
        y=alt.Y("days", type="quantitative").scale(domain=[0, top]),
        tooltip=[
            alt.Tooltip("issue", type="nominal", title="Issue"),
            alt.Tooltip("days", type="quantitative", format=",.1f", title="Days"),
        ],
    )
    points = [
        base.transform_filter(f"{'' if is_late else '!'}datum.is_late").mark_circle(style=style, size=60, opacity=0.75)
        for style, is_late in (("better", False), ("worse", True))
    ]
    return _finished(alt.layer(*points, *_rules(first, top)), first, room=9)


def forecast_data(forecast: pd.DataFrame) -> pd.DataFrame:
    """When all that is open is done, by chance, from a `ThroughputForecastRows` frame; empty where it is refused."""
    rows = forecast[(forecast[ThroughputForecastRows.question] == WHEN) & forecast["finish_date"].notna()]
    if rows.empty:
        return rows
    growing = rows[ThroughputForecastRows.is_growing].astype(bool)
    data = pd.DataFrame(
        {
            "finish": rows["finish_date"].dt.strftime("%Y-%m-%d"),
            "chance": rows[ThroughputForecastRows.level_pct],
            "line": growing.map({True: "New work comes in", False: "Nothing is added"}),
            "label": [f"{number(level)} %" for level in rows[ThroughputForecastRows.level_pct]],
        }
    )
    is_told = (~growing) & (rows[ThroughputForecastRows.level_pct] == 85)
    when = data.loc[is_told, "finish"]
    count = number(rows[ThroughputForecastRows.item_count].iloc[0])
    late = f"with 85 % chance by {when.iloc[0]}" if len(when) else "within five years at less than 85 %"
    data["title"] = f"The {count} items that are open now are done {late} if nothing is added"
    data["subtitle"] = "Day by which all are done, at a chance of 50, 85 and 95 %"
    data["description"] = (
        "; ".join(f"{r['line']}: {r['label']} by {r['finish']}" for r in data.to_dict("records")) + "."
    )
    return data.reset_index(drop=True)


def forecast(data: pd.DataFrame) -> alt.LayerChart | alt.FacetChart:
    """A line from the middling to the surest day for each assumption."""
    first = data.iloc[0]
    base = alt.Chart(data[["finish", "chance", "line", "label"]]).encode(
        y=alt.Y("line", type="nominal", sort=None).axis(style="names", labelLimit=140)
    )
    line = base.mark_line(style="earned").encode(x=_time_axis("finish"), detail="line")
    points = base.mark_circle(style="better", size=70).encode(x=_time_axis("finish"))
    labels = base.mark_text(style="label-quiet", align="center", dy=-14).encode(
        x=_time_axis("finish"), text=alt.Text("label", type="nominal")
    )
    return _finished(alt.layer(line, points, labels), first, room=3).properties(height=120)
