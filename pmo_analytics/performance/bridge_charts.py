"""The chart of a bridge between two months: a figure as it was, what moved it, and what it came to."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt
import pandas as pd

from pmo_analytics.numerals import NBSP, money, number, signed
from pmo_analytics.performance.forecast_bridge import BENEFITS, FIGURES, Bridge

_UNITS, _THOUSAND, _BAR, _ROOM = 10_000, 1_000, 31, 0.16
# The least width of plot, in px, on which the largest part stands beside its bar; on others the table tells it.
_WIDE = 440
_TOTAL, _WORSE, _BETTER, _NONE = "total", "worse", "better", "muted"
_NAMES = {"new forecasts and plans": "new forecasts, plans", "changed rules or code": "rules and code"}


def bridge_data(bridge: Bridge, names: Mapping[str, str], before: pd.Timestamp, now: pd.Timestamp) -> pd.DataFrame:
    """A bridge of money as rows of a chart, in thousands, the two figures at either end; exact amounts as text.

    `names` are the projects', of which the largest part of each step is told.
    """
    rows = [_end(f"{before:%Y-%m}", bridge.before, 0)]
    reached = bridge.before
    for step in bridge.steps:
        part = step.parts[0] if step.parts else None
        who = names.get(part.project_id, part.project_id) if part else ""
        is_worse = (step.moved < 0) if bridge.figure == BENEFITS else (step.moved > 0)
        rows.append({
            "step": _capital(_NAMES.get(step.name, step.name)),
            "moved": _signed(step.moved, by=1), "reached": number(step.reached / _UNITS, 2),
            "largest_part": f"{who} {_signed(part.moved, by=1)}" if part else "none",
            "label_part": f"({who} {_signed(part.moved)})" if part else "",
            "axis_begin": _thousands(reached), "axis_end": _thousands(step.reached),
            "ink": (_WORSE if is_worse else _BETTER) if step.moved else _NONE, "label": _signed(step.moved),
            "other_order": signed(step.other_order / _UNITS, 2),
        })  # fmt: skip
        reached = step.reached
    rows.append(_end(f"{now:%Y-%m}", bridge.after, bridge.after - bridge.before))
    data = pd.DataFrame(rows)
    ends = data[["axis_begin", "axis_end"]]
    low, high = float(ends.min().min()), float(ends.max().max())
    room = (high - low) or max(abs(high), 1.0)
    data["axis_low"], data["axis_high"] = low - room / 20, high + (2 * _ROOM) * room
    data["label_at"] = ends.max(axis="columns")
    return data.assign(**_titles(bridge, before, now))


def _titles(bridge: Bridge, before: pd.Timestamp, now: pd.Timestamp) -> dict[str, str]:
    change = bridge.after - bridge.before
    name = _capital(FIGURES[bridge.figure])
    verb = "rose by" if change > 0 else "fell by"
    amount = money(abs(change) / _UNITS, bridge.unit)
    first = max(bridge.steps, key=lambda step: abs(step.moved))
    most = f", most by {first.name}" if first.moved else ""
    reached = money(bridge.after / _UNITS, bridge.unit)
    title = f"{name} {verb} {amount} to {reached}{most}" if change else f"{name} stands at {reached}, as it did"
    steps = ", ".join(f"{step.name} {_signed(step.moved)}" for step in bridge.steps)
    return {
        "title": title,
        "subtitle": f"{bridge.unit} thousand, from {before:%Y-%m} to {now:%Y-%m} in a fixed order; up is orange where "
        "it is for the worse; the axis does not begin at zero",
        "description": f"Bridge in {bridge.unit} thousand: {_thousands(bridge.before):,.1f}; {steps}; "
        f"{_thousands(bridge.after):,.1f}.",
    }


def _end(month: str, amount: int, change: int) -> dict[str, object]:
    """The row of a figure at either end."""
    return {
        "step": f"Pack of {month}", "moved": _signed(change, by=1) if change else "",
        "reached": number(amount / _UNITS, 2), "largest_part": "", "label_part": "", "axis_begin": _thousands(amount),
        "axis_end": _thousands(amount), "ink": _TOTAL, "label": number(_thousands(amount), 2), "other_order": "",
    }  # fmt: skip


def _signed(amount: int, *, by: int = _THOUSAND) -> str:
    return signed(amount / _UNITS / by, 2) if amount else number(0, 2)


def _thousands(amount: int) -> float:
    return amount / _UNITS / _THOUSAND


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def bridge_chart(data: pd.DataFrame) -> alt.LayerChart | alt.FacetChart:
    """Bars that begin where the one above ended, the largest part of each beside it; ticks at either end."""
    first = data.iloc[0]
    extent = alt.Scale(domain=[first["axis_low"], first["axis_high"]], nice=False, zero=False)
    shown = data[
        ["step", "moved", "reached", "largest_part", "axis_begin", "axis_end", "ink", "label", "label_part", "label_at"]
    ]
    shown = shown.assign(told=[f"{row.label}{NBSP}{NBSP}{row.label_part}" for row in shown.itertuples()])
    base = alt.Chart(shown).encode(
        y=alt.Y("step", type="nominal").sort(data["step"].to_list()).axis(style="names", labelLimit=180),
        tooltip=[
            alt.Tooltip("step", type="nominal", title="Step"),
            alt.Tooltip("moved", type="nominal", title="Moved"),
            alt.Tooltip("reached", type="nominal", title="Reached"),
            alt.Tooltip("largest_part", type="nominal", title="Largest part"),
        ],
    )
    x = alt.X("axis_begin", type="quantitative").scale(extent).axis(grid=True, tickCount=4, format=",.1f")
    layers: list[alt.Chart] = [
        base.transform_filter(f"datum.ink == '{role}'").mark_bar(style=role, height=16).encode(x=x, x2="axis_end")
        for role in (_WORSE, _BETTER)
    ]
    layers += [
        base.transform_filter(f"datum.ink == '{role}'").mark_tick(style=role, size=18, thickness=3).encode(x=x)
        for role in (_TOTAL, _NONE)
    ]
    at = alt.X("label_at", type="quantitative").scale(extent)
    layers += [
        base.mark_text(style="label", align="left", dx=6, opacity=alt.expr(f"width {side} {_WIDE} ? 1 : 0")).encode(
            x=at, text=alt.Text(column, type="nominal")
        )
        for side, column in ((">=", "told"), ("<", "label"))
    ]
    return alt.layer(*layers).properties(
        title=alt.Title(first["title"], subtitle=first["subtitle"]),
        description=first["description"],
        height=_BAR * len(data),
    )
