"""Charts of a choice of projects: the road map, hours by skill and month, value against cost.

Each takes a frame that its `…_data` function prepared. A chart's title is its
finding; a colour is a role's name, which the theme knows, and never says
anything alone.
"""

from __future__ import annotations

import altair as alt
import numpy as np
import pandas as pd

from pmo_analytics.heat_map import heat_map, months_axis
from pmo_analytics.numerals import long_month, number, percent
from pmo_analytics.portfolio.project_selection import SelectedProposal
from pmo_analytics.portfolio.selection_frames import FrontierChoice, SelectionLoad
from pmo_analytics.portfolio.selection_hours import FROM_LEVEL
from pmo_analytics.portfolio.selection_reasons import CORE

_MOST_ROWS, _MOST_SKILLS, _MOST_MONTHS, _NARROW_MONTHS = 40, 30, 18, 5
_ROW, _HEIGHT, _LABEL_ROOM, _FAR = 30, 300, 0.09, 0.75
_CLASS_ENDS, _DEEP_FROM = (24, 49, 74, 99), 4
_MONTH = "utcmonth(datum.value) == 0 ? utcFormat(datum.value, '%Y') : utcFormat(datum.value, '%b')"


def _scaled(amounts: pd.Series) -> tuple[float, str]:
    """What amounts are divided by, and what that is called; weighted values stay as they are."""
    most = float(amounts.abs().max()) if len(amounts) else 0.0
    return (1e6, "million") if most >= 2e6 else (1e3, "thousand") if most >= 1e3 else (1.0, "")


def road_map_data(chosen: pd.DataFrame) -> pd.DataFrame:
    """A row for each chosen subject with its first and last month, from `SelectedProposal`; forty at most."""
    rows = chosen[chosen[SelectedProposal.is_chosen].astype(bool) & chosen[SelectedProposal.start_month].notna()]
    if rows.empty:
        return rows.iloc[0:0]
    shown = rows.sort_values([SelectedProposal.start_month, SelectedProposal.subject_id]).head(_MOST_ROWS)
    scale, unit = _scaled(chosen[SelectedProposal.counted_value])
    names = shown[SelectedProposal.subject_id].astype(str).str.cat(shown[SelectedProposal.name].astype(str), sep="  ")
    begins = shown[SelectedProposal.start_month]
    lengths = np.ceil(shown[SelectedProposal.duration_months]).astype(int)
    ends = [first + pd.DateOffset(months=int(length)) for first, length in zip(begins, lengths, strict=True)]
    values = shown[SelectedProposal.counted_value] / scale
    data = pd.DataFrame(
        {
            "subject": names, "begins": begins.dt.strftime("%Y-%m-%d"),
            "ends": [f"{end:%Y-%m-%d}" for end in ends], "standing": shown[SelectedProposal.standing],
            "value": values, "label": [number(value, _digits(scale)) for value in values],
        }
    )  # fmt: skip
    worth = rows[SelectedProposal.counted_value] + rows[SelectedProposal.tied_value]
    total, cost = worth.sum() / scale, rows[SelectedProposal.cost_amount].sum() / scale
    currency = str(rows[SelectedProposal.currency].iloc[0])
    data["title"] = (
        f"{number(len(rows))} of {number(len(chosen))} fit: worth {number(total, _digits(scale))} for a cost of "
        f"{currency} {number(cost, _digits(scale))}{f' {unit}' if unit else ''}"
    )
    left = len(rows) - len(shown)
    data["subtitle"] = (
        f"What each is worth{f', {unit}' if unit else ''}, behind its months. Blue: in every choice worth nearly as "
        "much; grey: not" + (f". {number(left)} that start later are not drawn" if left else "")
    )
    told = "; ".join(f"{row['subject']} from {row['begins'][:7]}" for row in data.head(12).to_dict("records"))
    data["description"] = f"Chosen subjects by month. {told}."
    return data.reset_index(drop=True)


def _digits(scale: float) -> int:
    return 3 if scale == 1.0 else 1 if scale == 1e6 else 0


def road_map(data: pd.DataFrame) -> alt.LayerChart | alt.FacetChart:
    """A bar a subject from its first month to its last, its value behind."""
    first = data.iloc[0]
    subjects = data["subject"].to_list()
    base = alt.Chart(data[["subject", "begins", "ends", "standing", "value", "label"]]).encode(
        y=alt.Y("subject", type="nominal").sort(subjects).axis(style="names", labelLimit=240, labelPadding=8),
        x=alt.X("begins", type="temporal")
        .scale(alt.Scale(type="utc"))
        .axis(labelExpr=_MONTH, tickCount={"interval": "month", "step": 2}, labelOverlap="greedy", grid=True),
        tooltip=[
            alt.Tooltip("subject", type="nominal", title="Chosen"),
            alt.Tooltip("begins", type="temporal", format="%b %Y", title="Starts", timeUnit="utcyearmonth"),
            alt.Tooltip("standing", type="nominal", title="Stands"),
            alt.Tooltip("label", type="nominal", title="Worth"),
        ],
    )
    is_core = data["standing"] == CORE
    bars = [
        base.transform_filter(f"datum.standing {sign} '{CORE}'").mark_bar(style=style, height=14).encode(x2="ends")
        for sign, style, has_rows in (("==", "better", is_core.any()), ("!=", "muted", (~is_core).any()))
        if has_rows
    ]
    labels = base.mark_text(style="label-quiet", align="left", dx=4).encode(
        x=alt.X("ends", type="temporal"), text=alt.Text("label", type="nominal")
    )
    return alt.layer(*bars, labels).properties(
        title=alt.Title(first["title"], subtitle=first["subtitle"]), description=first["description"],
        height=_ROW * len(data),
    )  # fmt: skip


def load_heat_map_data(loads: pd.DataFrame, skill: pd.DataFrame) -> pd.DataFrame:
    """What is chosen asks for, in per cent of the hours free, by skill and month, from `SelectionLoad`.

    `skill` is the register. Where nothing is free, a month counts as 100 per
    cent; where nothing is known, it has no cell. Thirty skills and eighteen months at most.
    """
    known = loads[loads[SelectionLoad.free_seconds].notna()].copy()
    if known.empty:
        return known
    free = known[SelectionLoad.free_seconds].clip(lower=0.0)
    share = (known[SelectionLoad.chosen_seconds] / free.where(free > 0)).fillna(1.0)
    known["percent"] = (100 * share).round()
    months = pd.date_range(known[SelectionLoad.period_month].min(), known[SelectionLoad.period_month].max(), freq="MS")
    months = months[:_MOST_MONTHS]
    order = known.groupby(SelectionLoad.skill_id)["percent"].max().sort_values(ascending=False, kind="stable").index
    shown = [str(name) for name in order[:_MOST_SKILLS]]
    alike = skill["name"].duplicated(keep=False)
    named = skill[~alike]
    titles = dict(zip(named["skill_id"].astype(str), named["name"].astype(str), strict=True))
    known = known[known[SelectionLoad.skill_id].isin(shown) & known[SelectionLoad.period_month].isin(months)]
    ids = known[SelectionLoad.skill_id].astype(str)
    classes = np.searchsorted(_CLASS_ENDS, known["percent"], side="left") + 1
    data = pd.DataFrame(
        {
            "skill": [_line(name, titles) for name in ids],
            "month": known[SelectionLoad.period_month].dt.strftime("%Y-%m"),
            "percent": known["percent"], "cell": known["percent"].map(number),
            "asked_hours": known[SelectionLoad.chosen_seconds] / 3600,
            "free_hours": known[SelectionLoad.free_seconds] / 3600,
            "colour_class": classes.astype(str), "ink": np.where(classes >= _DEEP_FROM, "deep", "pale"),
            "months_ahead": months.get_indexer(pd.DatetimeIndex(known[SelectionLoad.period_month])),
            "position": ids.map({name: place for place, name in enumerate(shown)}),
        }
    )  # fmt: skip
    data = data.sort_values(["position", "month"], ignore_index=True)
    worst = data.sort_values("percent", kind="stable", ascending=False).iloc[0]
    when = long_month(pd.Timestamp(f"{worst['month']}-01"))
    data["title"] = (
        f"{worst['skill']} is the tightest: {number(worst['percent'])}\u00a0% of its free hours go in {when}"
    )
    data["subtitle"] = (
        "Hours of what is chosen in per cent of those that running work leaves; no cell where none are asked"
    )
    data["description"] = f"Load of skills by month in per cent. {data['title'].iloc[0]}."
    return data


def _line(name: str, titles: dict[str, str]) -> str:
    """A line of hours by what its skill is called, with the level that it begins at."""
    skill, _, level = name.partition(FROM_LEVEL)
    return titles.get(skill, skill) + (f", level {level} up" if level else "")


def load_heat_map(data: pd.DataFrame) -> alt.LayerChart | alt.FacetChart:
    """Per cent by skill and month, the number in the cell."""
    chart = heat_map(
        data, months_axis(data), "skill",
        [
            alt.Tooltip("skill", type="nominal", title="Skill"),
            alt.Tooltip("month", type="ordinal", title="Month"),
            alt.Tooltip("asked_hours", type="quantitative", format=",.0f", title="Hours asked"),
            alt.Tooltip("free_hours", type="quantitative", format=",.0f", title="Hours free"),
        ],
        columns=["skill", "month", "months_ahead", "asked_hours", "free_hours"], row_height=34, label_limit=220,
    )  # fmt: skip
    return chart.properties(usermeta={"narrow_filter": f"datum.months_ahead < {_NARROW_MONTHS}"})


def frontier_data(frontier: pd.DataFrame, *, currency: str) -> pd.DataFrame:
    """Points of value against cost, the choice itself marked, from `FrontierChoice`."""
    if len(frontier) < 2:
        return frontier.iloc[0:0]
    rows = frontier.sort_values(FrontierChoice.cost_amount, ignore_index=True)
    scale, unit = _scaled(rows[FrontierChoice.cost_amount])
    gains, _ = _scaled(rows[FrontierChoice.counted_value])
    value, cost = rows[FrontierChoice.counted_value] / gains, rows[FrontierChoice.cost_amount] / scale
    best = int(value.to_numpy().argmax())
    data = pd.DataFrame(
        {
            "cost": cost, "value": value, "chosen": rows[FrontierChoice.chosen_count],
            "is_best": [place == best for place in range(len(rows))],
            "is_far": cost > _FAR * float(cost.max()),
            "label": _labels_apart(cost, rows[FrontierChoice.chosen_count]),
        }
    )  # fmt: skip
    steps = np.diff(value) / np.maximum(np.diff(cost), 1e-12)
    share = float(value.iloc[len(rows) // 2] / value.iloc[best]) if value.iloc[best] else 0.0
    middle = float(cost.iloc[len(rows) // 2] / cost.iloc[best]) if cost.iloc[best] else 0.0
    data["title"] = f"{percent(middle)} of the cost bring {percent(share)} of the value"
    word = f", {currency} {unit}" if unit else f", {currency}"
    data["subtitle"] = f"What can be had at most for each cost{word}; the larger point is the choice"
    data["description"] = (
        f"Value against cost of {number(len(rows))} choices. {data['title'].iloc[0]}; the last step brings "
        f"{number(float(steps[-1]), 2)} a unit."
    )
    return data


def _labels_apart(cost: pd.Series, counts: pd.Series) -> list[str]:
    """How many are chosen, where the label has room after the one before."""
    found, last, room = [], -np.inf, _LABEL_ROOM * float(cost.max() or 1.0)
    for at, count in zip(cost, counts, strict=True):
        has_room = at - last >= room
        found.append(f"{number(count)} chosen" if has_room else "")
        last = at if has_room else last
    return found


def _labels(base: alt.Chart, data: pd.DataFrame) -> list[alt.Chart]:
    """Labels right of their points, left of those that lie far right."""
    told = data["label"] != ""
    text = base.encode(text=alt.Text("label", type="nominal"))
    near = text.transform_filter("datum.label != '' && !datum.is_far")
    far = text.transform_filter("datum.label != '' && datum.is_far")
    sides = (
        (near.mark_text(style="label-quiet", align="left", dx=8, dy=10), told & ~data["is_far"]),
        (far.mark_text(style="label-quiet", align="right", dx=-10, dy=-6), told & data["is_far"]),
    )
    return [layer for layer, holds in sides if holds.any()]


def frontier_chart(data: pd.DataFrame) -> alt.LayerChart | alt.FacetChart:
    """Value against cost as points on a line, each with how many are chosen."""
    first = data.iloc[0]
    base = alt.Chart(data[["cost", "value", "chosen", "is_best", "is_far", "label"]]).encode(
        x=alt.X("cost", type="quantitative").title("Cost").scale(zero=True, nice=True),
        y=alt.Y("value", type="quantitative").title("Value").scale(zero=True, nice=True),
        tooltip=[
            alt.Tooltip("chosen", type="quantitative", title="Chosen"),
            alt.Tooltip("cost", type="quantitative", format=",.1f", title="Cost"),
            alt.Tooltip("value", type="quantitative", format=",.1f", title="Value"),
        ],
    )
    return alt.layer(
        base.mark_line(style="plan"),
        base.transform_filter("!datum.is_best").mark_point(style="better", filled=True, size=60),
        base.transform_filter("datum.is_best").mark_point(style="worse", filled=True, size=160),
        *_labels(base, data),
    ).properties(
        title=alt.Title(first["title"], subtitle=first["subtitle"]), description=first["description"], height=_HEIGHT
    )
