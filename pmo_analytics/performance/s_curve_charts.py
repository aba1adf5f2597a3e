"""The S-curve as a chart: what was planned, earned and spent, and what is expected, with its cone.

It takes the frame that `s_curve_data` prepared. A chart's title is its finding; a
colour is a role's name, which the theme knows.
"""

from __future__ import annotations

import altair as alt
import pandas as pd

from pmo_analytics.numerals import long_month, number
from pmo_analytics.performance.completion_forecasts import CostAtCompletion
from pmo_analytics.performance.completion_outlook import AMOUNTS
from pmo_analytics.performance.completion_trial import LEVELS
from pmo_analytics.performance.s_curve import SEVERAL, SCurve

_HEIGHT, _LINE_OF_TEXT = 320, 15.0
_LETTER, _LABEL_DISTANCE = 6.8, 8
_MONTH_AXIS = "utcmonth(datum.value) == 0 ? utcFormat(datum.value, '%Y') : utcFormat(datum.value, '%b')"
_UTC = alt.Scale(type="utc")
_SOONEST, _LATEST = SCurve.p10_finish_date, SCurve.p90_finish_date
_QUANTILES = [name.removesuffix("_amount") for name in AMOUNTS]
_LINES = {
    "plan": (SCurve.planned_value_amount, "Planned"),
    "earned": (SCurve.earned_value_amount, "Earned"),
    "actual": (SCurve.actual_cost_amount, "Cost"),
    "expected": (SCurve.expected_amount, "Expected"),
}
_STYLES = {
    "plan": ("plan", "label-quiet"), "earned": ("earned", "label-earned"), "actual": ("actual", "label-actual"),
    "expected": ("forecast", "label-actual"), "P80": ("p80", "label-quiet"),
}  # fmt: skip


def _iso(dates: pd.Series) -> pd.Series:
    """Dates as texts that a browser reads as UTC."""
    texts: pd.Series = dates.dt.strftime("%Y-%m-%d")
    return texts


def _place(day: pd.Timestamp) -> str:
    """Where a day stands on the axis: a month's figures, which are those of its end, stand at its first day."""
    return (day - pd.DateOffset(months=1) + pd.Timedelta(days=1)).strftime("%Y-%m-%d")


def s_curve_data(curve: pd.DataFrame, *, status_date: pd.Timestamp, costs: pd.DataFrame | None = None) -> pd.DataFrame:
    """An `SCurve` frame in long form: month, series, amount in millions or thousands, label on the last point.

    `costs` are the project's rows of a `CostAtCompletion` frame: where there is
    no cone, each named forecast is a point at the expected finish.
    """
    if curve.empty:
        return curve
    scale, unit = (1e6, "million") if curve[SCurve.budget_at_completion_amount].max() >= 2e6 else (1e3, "thousand")
    now = curve[curve[SCurve.period_month] <= status_date].iloc[-1]
    has_cone = bool(curve[AMOUNTS].notna().any(axis=None))
    parts = []
    for name, (column, label) in _LINES.items():
        rows = curve[curve[column].notna()]
        if rows.empty or (name == "expected" and len(rows) < 2):
            continue
        amounts = rows[column] / scale
        labels = [""] * (len(rows) - 1) + [f"{label} {number(amounts.iloc[-1], 1)}"]
        part = pd.DataFrame(
            {"month": _iso(rows[SCurve.period_month]), "series": name, "amount": amounts, "label": labels}
        )
        if has_cone and name == "expected":
            part[_QUANTILES] = rows[AMOUNTS].to_numpy(dtype=float) / scale
        parts.append(part)
    if has_cone:
        parts.append(_p80(parts[-1]))
    elif costs is not None and pd.notna(now[SCurve.expected_finish_date]):
        parts.append(_points(costs, now[SCurve.expected_finish_date], scale))
    data = pd.concat(parts, ignore_index=True)
    values = {name: float(now[column]) / scale for name, (column, _) in _LINES.items() if name != "expected"}
    data["now"], data["now_label"] = now[SCurve.period_month].strftime("%Y-%m-%d"), long_month(status_date)
    data["label_shift"] = data["series"].map(_label_shifts(data)).fillna(0.0)
    if has_cone and now[[_SOONEST, _LATEST]].notna().all():
        data["axis_begin"], data["axis_end"] = _place(now[_SOONEST]), _place(now[_LATEST])
    data["title"] = _title(values, str(now[SCurve.currency]), unit)
    is_ahead = bool((data["series"] == "expected").any())
    data["subtitle"] = _subtitle(now, unit, scale, is_ahead=is_ahead, has_cone=has_cone, has_points=costs is not None)
    data["description"] = _description(now, values, unit, scale, status_date)
    return data


def _p80(expected: pd.DataFrame) -> pd.DataFrame:
    """Where P80 ends, as a row of its own."""
    last = expected.iloc[[-1]]
    name = _QUANTILES[LEVELS.index(0.8)]
    return last[["month"]].assign(
        series="P80", amount=last[name], label=[f"P80 {number(float(last[name].iloc[0]), 1)}"]
    )  # fmt: skip


def _points(costs: pd.DataFrame, finish: pd.Timestamp, scale: float) -> pd.DataFrame:
    """The named forecasts of one project's cost, apart from the one that is shown, at its expected finish."""
    rows = costs[~costs[CostAtCompletion.is_shown] & costs[CostAtCompletion.estimate_at_completion_amount].notna()]
    return pd.DataFrame({
        "month": _place(finish),
        "series": rows[CostAtCompletion.assumption],
        "amount": rows[CostAtCompletion.estimate_at_completion_amount] / scale,
        "label": "",
    })  # fmt: skip


def _title(values: dict[str, float], currency: str, unit: str) -> str:
    planned, earned, actual = (values[name] for name in ("plan", "earned", "actual"))
    gap, behind = actual - earned, earned - planned
    side = "behind" if behind < 0 else "ahead of"
    where = f"{number(abs(behind), 1)} {side}" if round(abs(behind), 1) else "at"
    return (
        f"Cost runs {currency} {number(abs(gap), 1)} {unit} {'ahead of' if gap > 0 else 'below'} what was earned, "
        f"and earned value stands {where} plan"
    )


def _subtitle(now: pd.Series, unit: str, scale: float, *, is_ahead: bool, has_cone: bool, has_points: bool) -> str:
    counted, left = int(now[SCurve.projects_counted]), int(now[SCurve.projects_left_out])
    parts = [f"{now[SCurve.currency]} {unit}, cumulative"]
    if counted + left > 1:
        parts.append(f"{counted} projects with plan, progress and cost; left out: {left}")
    estimate, note = now[SCurve.estimate_at_completion_amount], str(now[SCurve.quality_note])
    if not is_ahead:
        return "; ".join(parts)
    if pd.notna(now[SCurve.cost_assumption]):
        parts.append(f"dotted: {number(estimate / scale, 1)} expected, {now[SCurve.cost_assumption]}")
    if has_cone:
        parts.append("bands: P10 to P90 and, darker, P50 to P80; blue: the finish, P10 to P90")
    elif note == SEVERAL:
        parts.append(f"no cone: {SEVERAL}")
    elif note and has_points:
        parts.append(f"no cone: {note}; points: the other forecasts")
    return "; ".join(parts)


def _description(now: pd.Series, values: dict[str, float], unit: str, scale: float, status_date: pd.Timestamp) -> str:
    told = (
        f"Cumulative planned, earned and actual cost. In {long_month(status_date)}: planned "
        f"{number(values['plan'], 1)}, earned {number(values['earned'], 1)}, cost {number(values['actual'], 1)} "
        f"{now[SCurve.currency]} {unit}; the budget is "
        f"{number(float(now[SCurve.budget_at_completion_amount]) / scale, 1)}"
    )
    estimate, p80 = (now[name] for name in (SCurve.estimate_at_completion_amount, SCurve.p80_amount))
    told += "" if pd.isna(estimate) else f", {number(estimate / scale, 1)} is expected"
    return f"{told}." if pd.isna(p80) else f"{told}, with a cone from P10 to P90."


def _label_shifts(data: pd.DataFrame) -> dict[str, float]:
    """Pixels by which end labels move, so that those of one month lie apart, and none on the line that goes on from it.

    The plan's stays where it is. Cost ends where the expected line begins: its
    label stands below, and that of a higher earned value above.
    """
    top = max(float(data[name].max()) for name in ("amount", *_QUANTILES) if name in data)
    ends = data[data["label"] != ""].set_index("series")
    shares = 1 - ends["amount"].to_numpy(dtype=float) / top
    heights = {str(name): float(share) * _HEIGHT for name, share in zip(ends.index, shares, strict=True)}
    placed = dict(heights)
    if "expected" in placed:
        placed["actual"] += _LINE_OF_TEXT
        placed["earned"] -= _LINE_OF_TEXT if heights["earned"] < heights["actual"] else 0.0
    for names in ends.groupby("month").groups.values():
        ordered = sorted(map(str, names), key=lambda name: placed[name])
        anchor = placed["plan" if "plan" in ordered else ordered[0]]
        below = [name for name in ordered if placed[name] >= anchor]
        above = [name for name in reversed(ordered) if placed[name] < anchor]
        for side, outward in ((1, sorted(below, key=lambda name: (placed[name], name != "plan"))), (-1, above)):
            nearest = anchor if side < 0 else anchor - _LINE_OF_TEXT
            for name in outward:
                nearest = placed[name] = side * max(side * placed[name], side * nearest + _LINE_OF_TEXT)
    return {name: placed[name] - height for name, height in heights.items()}


def s_curve(data: pd.DataFrame) -> alt.LayerChart | alt.FacetChart:
    """Planned, earned and actual cost, cumulative, with the status date and what is expected."""
    first = data.iloc[0]
    quantiles = [name for name in _QUANTILES if name in data]
    base = alt.Chart(data[["month", "series", "amount", "label", "label_shift", *quantiles]]).encode(
        x=alt.X("month", type="temporal")
        .scale(_UTC)
        .axis(
            labelExpr=_MONTH_AXIS, tickCount={"interval": "month", "step": 3}, labelOverlap="greedy", labelSeparation=8
        ),
        y=alt.Y("amount", type="quantitative").axis(format=",.1~f"),
        tooltip=[
            alt.Tooltip("month", type="temporal", format="%b %Y", title="Month", timeUnit="utcyearmonth"),
            alt.Tooltip("series", type="nominal", title="Line"),
            alt.Tooltip("amount", type="quantitative", format=",.2f", title="Amount"),
        ],
    )
    now = alt.Chart(pd.DataFrame({"month": [first["now"]], "label": [first["now_label"]]})).encode(
        x=alt.X("month", type="temporal").scale(_UTC)
    )
    layers: list[alt.Chart] = [
        *(_cone(data) if quantiles else []),
        now.mark_rule(style="today"),
        now.mark_text(style="label-quiet", align="right", dx=-5).encode(
            y=alt.value(6), text=alt.Text("label", type="nominal")
        ),
    ]
    if points := [str(name) for name in data["series"].unique() if name not in _STYLES]:
        are_points = alt.FieldOneOfPredicate(field="series", oneOf=points)
        layers.append(base.transform_filter(are_points).mark_point(style="muted", size=24))
    for name in (name for name in _STYLES if (data["series"] == name).any()):
        style, label = _STYLES[name]
        line = base.transform_filter(f"datum.series == '{name}'")
        layers += [line.mark_line(style=style)] if name in _LINES else []
        layers.append(
            line.mark_text(style=label, align="left", dx=6, dy=alt.expr("datum.label_shift")).encode(
                text=alt.Text("label", type="nominal")
            )
        )
    return alt.layer(*layers).properties(
        title=alt.Title(first["title"], subtitle=first["subtitle"]),
        description=first["description"],
        height=_HEIGHT,
        padding={"left": 0, "top": 4, "right": 8, "bottom": 8},
        usermeta={"label_room": _room(data)},
    )


def _cone(data: pd.DataFrame) -> list[alt.Chart]:
    """The bands of cost by month, and the span of the finish at the height of the expected cost."""
    rows = data[data["series"] == "expected"]
    x = alt.X("month", type="temporal").scale(_UTC)
    base = alt.Chart(rows[["month", *_QUANTILES]]).encode(x=x)
    low, middle, high, top = _QUANTILES
    layers = [
        base.mark_area(style="cone-outer").encode(y=alt.Y(low, type="quantitative"), y2=top),
        base.mark_area(style="cone-inner").encode(y=alt.Y(middle, type="quantitative"), y2=high),
    ]
    if "axis_begin" in data:
        span = alt.Chart(rows[["axis_begin", "axis_end", "amount"]].tail(1))
        layers.append(
            span.mark_rule(style="interval").encode(
                x=alt.X("axis_begin", type="temporal").scale(_UTC),
                x2="axis_end",
                y=alt.Y("amount", type="quantitative"),
            )
        )
    return layers


def _room(data: pd.DataFrame) -> int:
    """Pixels that labels take beside the lines whose end they stand at."""
    return int(data["label"].str.len().max() * _LETTER) + _LABEL_DISTANCE
