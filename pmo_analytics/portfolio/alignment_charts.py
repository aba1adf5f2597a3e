"""Charts of strategy: shares of objectives beside their weights, and which project serves what.

Each takes a frame that its `…_data` function prepared. A chart's title is its
finding; a colour is a role's name, which the theme knows, and never says
anything alone.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from pmo_analytics.contracts.portfolio import Project
from pmo_analytics.contracts.selection import Contribution, Objective
from pmo_analytics.heat_map import heat_map
from pmo_analytics.numerals import NBSP, number
from pmo_analytics.portfolio.alignment import (
    BUDGET,
    HOURS,
    SPEND,
    ObjectiveAlignment,
    contribution_shares,
)

_ROW, _CELL_ROW = 34, 30
_MOST_OBJECTIVES, _MOST_PROJECTS = 30, 40
_MOST_LEGEND, _WHOLE = 8, 100.5
_CLASS_ENDS, _DEEP_FROM = (19, 39, 59, 79), 4
# Pixels of names before a chart, and of the words behind the last mark.
_NAMES, _WORDS = 174, 110
_INDENT = f"{NBSP}{NBSP}{NBSP}"


def main_measure(alignment: pd.DataFrame) -> pd.DataFrame:
    """The rows of an `ObjectiveAlignment` frame of the measure that is shown: spend, else hours, else budget.

    Of several currencies that with the largest sum. No rows where no objective is known.
    """
    if alignment[ObjectiveAlignment.objective_id].isna().all():
        return alignment.iloc[0:0]
    for kind in (SPEND, HOURS, BUDGET):
        rows = alignment[alignment[ObjectiveAlignment.measure_kind] == kind]
        sums = rows.groupby(ObjectiveAlignment.unit)[ObjectiveAlignment.measure_value].sum()
        if len(sums) and sums.max() > 0:
            return rows[rows[ObjectiveAlignment.unit] == sums.idxmax()]
    return alignment.iloc[0:0]


def in_tree_order(alignment: pd.DataFrame) -> list[tuple[str, int]]:
    """Objectives of one measure's rows with their depth, each below what it belongs to, the heaviest first."""
    known = alignment[alignment[ObjectiveAlignment.objective_id].notna()]
    pairs = zip(
        known[ObjectiveAlignment.objective_id].astype(str), known[ObjectiveAlignment.parent_objective_id], strict=True
    )
    names = set(known[ObjectiveAlignment.objective_id].astype(str))
    below: dict[str, list[str]] = {}
    for name, parent in pairs:
        below.setdefault(str(parent) if parent in names else "", []).append(name)

    def walked(parent: str, depth: int) -> list[tuple[str, int]]:
        return [found for name in below.get(parent, []) for found in ((name, depth), *walked(name, depth + 1))]

    return walked("", 0)


def share_by_objective_data(alignment: pd.DataFrame) -> pd.DataFrame:
    """Share and weight of each objective in per cent, from `ObjectiveAlignment`, those below another one set in.

    What serves none stands last, without a weight.
    """
    rows = main_measure(alignment)
    if rows.empty:
        return rows
    of = {row[ObjectiveAlignment.objective_id]: row for row in rows.to_dict("records")}
    order: list[tuple[str | None, int]] = [*in_tree_order(rows)[:_MOST_OBJECTIVES]]
    rest = next(row for row in rows.to_dict("records") if pd.isna(row[ObjectiveAlignment.objective_id]))
    data = pd.DataFrame(
        [
            {
                "objective": f"{_INDENT * depth}{row[ObjectiveAlignment.name]}", "depth": depth,
                "share_pct": 100 * row[ObjectiveAlignment.measure_share],
                "weight_pct": 100 * row[ObjectiveAlignment.weight_share],
                "is_orphan": bool(row[ObjectiveAlignment.is_orphan]), "projects": row[ObjectiveAlignment.project_count],
            }
            for row, depth in (*((of[name], depth) for name, depth in order), (rest, 0))
        ]
    )  # fmt: skip
    data["weight_pct"] = data["weight_pct"].astype(float)
    data["objective"] = _told_apart(data["objective"])
    data["series"] = np.where(data["is_orphan"] | data["weight_pct"].isna(), "worse", "better")
    data["label"] = [_share_label(row) for row in data.to_dict("records")]
    kind, unit = rows[ObjectiveAlignment.measure_kind].iloc[0], rows[ObjectiveAlignment.unit].iloc[0]
    what = "hours booked" if kind == HOURS else f"{kind} in {unit}"
    data["title"] = _share_title(data, str(kind))
    left = len(in_tree_order(rows)) - len(order)
    data["subtitle"] = (
        f"Share of {what} (dot) beside the weight stated (line); what is set in belongs to the one above"
        + (f". {number(left)} more are in the table" if left else "")
    )
    told = "; ".join(f"{row['objective'].strip()}: {row['label']}" for row in data.to_dict("records")[:12])
    data["description"] = f"Share of {what} by objective against its weight. {told}."
    return data


def _told_apart(names: pd.Series) -> pd.Series:
    """Names, with a number behind those that stand twice."""
    place = names.groupby(names).cumcount() + 1
    found: pd.Series = names.where(place == 1, names + " (" + place.astype(str) + ")")
    return found


def _share_label(row: dict[Hashable, Any]) -> str:
    share = f"{number(row['share_pct'])}{NBSP}%"
    if pd.isna(row["weight_pct"]):
        return share
    if row["is_orphan"]:
        return f"nothing for {number(row['weight_pct'])}{NBSP}%"
    return f"{share} for {number(row['weight_pct'])}{NBSP}%"


def _share_title(data: pd.DataFrame, kind: str) -> str:
    orphans = data[data["is_orphan"]].sort_values("weight_pct", ascending=False, kind="stable")
    if len(orphans):
        first = orphans.iloc[0]
        more = f", and {number(len(orphans) - 1)} more have none" if len(orphans) > 1 else ""
        return (
            f"Nothing serves \u201c{first['objective'].strip()}\u201d, which weighs "
            f"{number(first['weight_pct'])}{NBSP}%{more}"
        )
    known = data[data["weight_pct"].notna()]
    gaps = (known["share_pct"] - known["weight_pct"]).abs().to_numpy(dtype=float)
    worst = known.iloc[int(np.argmax(gaps))]
    return (
        f"\u201c{worst['objective'].strip()}\u201d has {number(worst['share_pct'])}{NBSP}% of the {kind} and weighs "
        f"{number(worst['weight_pct'])}{NBSP}%, the widest gap"
    )


def share_by_objective(data: pd.DataFrame) -> alt.LayerChart | alt.FacetChart:
    """A dot for the share, a line for the weight, and the way between them, by objective."""
    first = data.iloc[0]
    columns = ["objective", "share_pct", "weight_pct", "series", "label"]
    top = float(np.nanmax(data[["share_pct", "weight_pct"]].to_numpy(dtype=float))) or 1.0
    scale = alt.Scale(domain=[0, 1.05 * top])
    axis = alt.Axis(values=[at for at in range(0, 101, 10) if at <= top + 5], labelExpr="datum.value + ' %'", grid=True)
    base = alt.Chart(data[columns]).encode(
        y=alt.Y("objective", type="nominal")
        .sort(data["objective"].to_list())
        .axis(style="names", labelLimit=_NAMES - 2, labelPadding=_NAMES, labelAlign="left"),
        tooltip=[
            alt.Tooltip("objective", type="nominal", title="Objective"),
            alt.Tooltip("share_pct", type="quantitative", format=".1f", title="Share, %"),
            alt.Tooltip("weight_pct", type="quantitative", format=".1f", title="Weight, %"),
        ],
    )
    share = alt.X("share_pct", type="quantitative", scale=scale, axis=axis)
    weighed = base.transform_filter("isValid(datum.weight_pct)")
    layers: list[alt.Chart] = [
        weighed.mark_rule(style="muted", strokeWidth=2, opacity=0.5).encode(x=share, x2="weight_pct"),
        weighed.mark_tick(style="total", thickness=2, size=20).encode(
            x=alt.X("weight_pct", type="quantitative", scale=scale, axis=axis)
        ),
    ]
    for name, label in (("better", "label-quiet"), ("worse", "label-actual")):
        rows = base.transform_filter(f"datum.series == '{name}'")
        layers += [
            rows.mark_point(style=name, size=110, filled=True).encode(x=share),
            # At the edge, so that the room that words take does not depend on where the mark is.
            rows.mark_text(style=label, align="left", dx=8).encode(
                x=alt.value("width"), text=alt.Text("label", type="nominal")
            ),
        ]
    return alt.layer(*layers).properties(
        title=alt.Title(first["title"], subtitle=first["subtitle"]),
        description=first["description"],
        height=_ROW * len(data),
        usermeta={"label_room": _NAMES + _WORDS},
    )


def contribution_map_data(
    alignment: pd.DataFrame, objective: pd.DataFrame, contribution: pd.DataFrame, project: pd.DataFrame
) -> pd.DataFrame:
    """Per cent of each project that is stated to serve each objective, from `ObjectiveAlignment` and three registers.

    Where no share is stated, equal ones stand. A project that serves none has
    one row without a cell. Forty projects and thirty objectives at most.
    """
    if objective.empty or project.empty:
        return contribution.iloc[0:0]
    known = [name for name, _ in in_tree_order(main_measure(alignment))] or objective[Objective.objective_id].to_list()
    shares = contribution_shares(contribution, set(known))
    used = {name for served in shares.values() for name in served}
    parents = set(objective[Objective.parent_objective_id].dropna())
    columns = [name for name in known if name in used or name not in parents][:_MOST_OBJECTIVES]
    stated = {
        (str(row[Contribution.project_id]), str(row[Contribution.objective_id])): row[Contribution.share_pct]
        for row in contribution.to_dict("records")
    }
    names = sorted(project[Project.project_id].astype(str))
    rows: list[dict[str, object]] = []
    sums: dict[str, float] = {}
    for name in names:
        served = shares.get(name, {})
        cells = {
            each: 100 * share if pd.isna(stated[name, each]) else float(stated[name, each])
            for each, share in served.items()
        }
        sums[name] = sum(cells.values())
        rows += [{"project_id": name, "objective_id": each, "percent": round(cells[each])} for each in cells]
        rows += [] if cells else [{"project_id": name, "objective_id": columns[0], "percent": np.nan}]
    data = pd.DataFrame(rows)
    shown = names[:_MOST_PROJECTS]
    data = data[data["project_id"].isin(shown) & data["objective_id"].isin(columns)].reset_index(drop=True)
    data["project"] = data["project_id"].map(_project_labels(project, sums))
    data["objective_place"] = data["objective_id"].map({name: place for place, name in enumerate(columns)})
    classes = np.searchsorted(_CLASS_ENDS, data["percent"].fillna(0), side="left") + 1
    data["colour_class"], data["ink"] = classes.astype(str), np.where(classes >= _DEEP_FROM, "deep", "pale")
    data["cell"] = ["" if pd.isna(value) else number(value) for value in data["percent"]]
    data["axis_end"] = "\n".join(columns)
    over = [name for name in shown if sums[name] > _WHOLE]
    none = [name for name in shown if not sums[name]]
    data["title"] = _map_title(over, none, len(shown), sums)
    titles = dict(zip(objective[Objective.objective_id], objective[Objective.name], strict=True))
    data["subtitle"] = "Per cent of the project, as stated. " + "; ".join(
        f"{name} {titles[name]}" for name in columns[:_MOST_LEGEND]
    )
    data["description"] = f"Contributions of projects to objectives in per cent. {data['title'].iloc[0]}."
    return data


def _project_labels(project: pd.DataFrame, sums: Mapping[str, float]) -> dict[str, str]:
    """Names of projects, with their identifier where it is needed, and how much of themselves they state."""
    alike = project[Project.name].duplicated(keep=False) | project[Project.name].isna()
    found = {}
    for identifier, name, is_alike in zip(
        project[Project.project_id].astype(str), project[Project.name], alike, strict=True
    ):
        text = identifier if pd.isna(name) else f"{name}, {identifier}" if is_alike else str(name)
        total = sums[identifier]
        told = f": {number(total)}{NBSP}%" if total > _WHOLE else "" if total else ": none"
        found[identifier] = f"{text}{told}"
    return found


def _map_title(over: list[str], none: list[str], projects: int, sums: dict[str, float]) -> str:
    parts = []
    if none:
        verb = "serves" if len(none) == 1 else "serve"
        parts.append(f"{number(len(none))} of {number(projects)} projects {verb} no objective")
    if over:
        worst = max(over, key=lambda name: sums[name])
        parts.append(f"{worst} states {number(sums[worst])}{NBSP}% of itself")
    return "; ".join(parts) or f"Each of {number(projects)} projects serves an objective"


def contribution_map(data: pd.DataFrame) -> alt.LayerChart | alt.FacetChart:
    """Contributions by project and objective, the number in the cell; a project without a cell keeps its row."""
    order = str(data["axis_end"].iloc[0]).split("\n")
    objectives = alt.X("objective_id", type="nominal").sort(order).scale(domain=order)
    return heat_map(
        data,
        objectives.axis(
            orient="top", domain=False, ticks=False, labelAngle=0, labelLimit=70, labelOverlap="greedy",
            labelSeparation=-4,
        ),
        "project",
        [
            alt.Tooltip("project", type="nominal", title="Project"),
            alt.Tooltip("objective_id", type="nominal", title="Objective"),
            alt.Tooltip("cell", type="nominal", title="Per cent"),
        ],
        columns=["project", "objective_id", "objective_place", "percent"], row_height=_CELL_ROW, label_limit=150,
        has_gaps=True,
    )  # fmt: skip
