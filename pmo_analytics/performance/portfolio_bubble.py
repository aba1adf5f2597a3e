"""The portfolio bubble: projects by cost and schedule index, area by budget.

Data preparation is apart from drawing, so that what is shown can be tested.
"""

from __future__ import annotations

import math

import altair as alt
import numpy as np
import pandas as pd

from pmo_analytics.numerals import number
from pmo_analytics.performance.health import RED_BELOW, ProjectHealth
from pmo_analytics.performance.label_places import PLOT_HEIGHT, label_places

_MOST_LABELS = 8
# Plots that labels are placed for, by least width in px: a column of a screen, a telephone.
_PLOTS = {"wide": 440.0, "narrow": 290.0}
_SMALLEST_BUBBLE, _LARGEST_BUBBLE = 60.0, 1_200.0


def _index_range(values: pd.Series) -> tuple[float, float]:
    """What an axis of indices spans: every value and 1, and an eighth more at either end for bubbles and labels."""
    low, high = min(float(values.min()), 1.0), max(float(values.max()), 1.0)
    room = max((high - low) / 8, 0.02)
    return low - room, high + room


def _shares(values: pd.Series) -> list[float]:
    """Values as shares of the way along their axis."""
    low, high = _index_range(values)
    return [(float(value) - low) / (high - low) for value in values]


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
    radius = np.sqrt(rows["bubble_area"] / math.pi).to_list()
    labels = rows["label"].to_list()
    for name, width in _PLOTS.items():
        places = label_places(_shares(rows[cpi]), _shares(rows[spi]), radius, labels, width=width)
        rows[f"{name}_label"] = [label if place.side else "" for label, place in zip(labels, places, strict=True)]
        rows[f"{name}_dx"] = [place.dx for place in places]
        rows[f"{name}_dy"] = [place.dy for place in places]
        rows[f"{name}_align"] = [place.align for place in places]
    off = int(rows["is_off"].sum())
    rows["title"] = (
        f"{off} of {len(rows)} projects {'is' if off == 1 else 'are'} below {number(RED_BELOW, 2)} in cost or schedule"
        if off
        else f"None of {len(rows)} projects is below {number(RED_BELOW, 2)} in cost or schedule"
    )
    rows["subtitle"] = (
        "CPI across, SPI(t) upwards, 1 is on plan; area is the budget. "
        f"{len(rows)} projects with plan, progress and cost; left out: {len(health) - len(rows)}"
    )
    worst = [
        f"{r[ProjectHealth.name]} (CPI {number(r[cpi], 2)}, SPI(t) {number(r[spi], 2)})"
        for _, r in rows.head(3).iterrows()
    ]
    rows["description"] = f"Cost and schedule index of {len(rows)} projects. Lowest: {', '.join(worst)}."
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
        "is_off",
        *(f"{name}_{part}" for name in _PLOTS for part in ("label", "dx", "dy", "align")),
    ]
    base = alt.Chart(data[columns]).encode(
        x=alt.X(ProjectHealth.cost_performance_index, type="quantitative")
        .scale(domain=_index_range(data[ProjectHealth.cost_performance_index]), nice=False, zero=False)
        .axis(title="CPI, cost", format=".2f", tickCount=6, titleAnchor="end"),
        y=alt.Y(ProjectHealth.time_schedule_performance_index, type="quantitative")
        .scale(domain=_index_range(data[ProjectHealth.time_schedule_performance_index]), nice=False, zero=False)
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
        *(_labels(base, name) for name in _PLOTS),
    ).properties(
        title=alt.Title(first["title"], subtitle=first["subtitle"]),
        description=first["description"],
        height=PLOT_HEIGHT,
        padding={"left": 0, "top": 20, "right": 8, "bottom": 8},
    )


def _labels(base: alt.Chart, name: str) -> alt.Chart:
    """The labels as they were placed for one width of plot, shown on plots as wide."""
    is_shown = f"width >= {_PLOTS['wide']}" if name == "wide" else f"width < {_PLOTS['wide']}"
    marks: alt.Chart = base.mark_text(
        style="label",
        align=alt.expr(f"datum.{name}_align"),
        dx=alt.expr(f"datum.{name}_dx"),
        dy=alt.expr(f"datum.{name}_dy"),
        opacity=alt.expr(f"{is_shown} ? 1 : 0"),
    ).encode(text=alt.Text(f"{name}_label", type="nominal"))
    return marks
