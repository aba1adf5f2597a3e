"""Chart of methods: each project on its way through the gates of its method.

It takes a frame that `gate_pipeline_data` prepared. A chart's title is its
finding; what a mark says by its colour it says by its shape and its sign too.
"""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from pmo_analytics.governance.gate_standing import (
    EXCUSED,
    NEXT,
    OUT_OF_TURN,
    PASSED,
    REFUSED,
    UNEVIDENCED,
    UNREACHABLE,
    GateStanding,
    ProjectGate,
)
from pmo_analytics.numerals import number

_MOST_PROJECTS = 40
_ROW, _NAMES, _WORDS = 30, 150, 210
_LONGEST = 34
# The mark of each state: style, whether it is filled, and the sign in it.
_MARKS = {
    PASSED: ("better", True, "✓"),
    UNEVIDENCED: ("worse", True, "!"),
    OUT_OF_TURN: ("worse", True, "↷"),
    REFUSED: ("worse", False, "✕"),
    NEXT: ("total", False, ""),
}
_QUIET = ("muted", False, "")
_ENDED = {"done": "all gates passed", "stopped": "cancelled"}


def gate_pipeline_data(project_gates: pd.DataFrame, standing: pd.DataFrame) -> pd.DataFrame:
    """One row per project and gate with the mark of its state, from `ProjectGate` and `GateStanding`.

    Projects with a breach come first, then those whose next gate lacks most.
    Gates that a project is excused from, or that cannot be reached, are left
    out. Forty projects at most.
    """
    rows = project_gates[~project_gates[ProjectGate.gate_state].isin([EXCUSED, UNREACHABLE])]
    if rows.empty:
        return rows
    of = standing[standing[GateStanding.project_id].isin(rows[ProjectGate.project_id])]
    breaches = of[GateStanding.unevidenced_count] + of[GateStanding.out_of_turn_count]
    lacking = of[GateStanding.required_count] - of[GateStanding.approved_count]
    order = of.assign(breaches=-breaches, lacking=-lacking).sort_values(
        ["breaches", "lacking", GateStanding.project_id], kind="stable"
    )
    shown = order.head(_MOST_PROJECTS)
    labels = {row[GateStanding.project_id]: _label(row) for row in shown.to_dict("records")}
    place = {project: at for at, project in enumerate(labels)}
    rows = rows[rows[ProjectGate.project_id].isin(labels)]
    marks = [_MARKS.get(state, _QUIET) for state in rows[ProjectGate.gate_state]]
    data = pd.DataFrame(
        {
            "project": rows[ProjectGate.project_id].to_numpy(),
            "gate_place": rows.groupby(ProjectGate.project_id).cumcount().to_numpy() + 1,
            "gate": rows[ProjectGate.gate_name].to_numpy(), "state": rows[ProjectGate.gate_state].to_numpy(),
            "series": [mark[0] for mark in marks], "is_filled": [mark[1] for mark in marks],
            "sign": [mark[2] for mark in marks],
        }
    )  # fmt: skip
    data["place"] = data["project"].map(place)
    data = data.sort_values(["place", "gate_place"]).reset_index(drop=True)
    is_last = ~data.duplicated("project", keep="last")
    data["label"] = np.where(is_last, data["project"].map(labels), "")
    data["last_place"] = int(data["gate_place"].max())
    breached = int((-order["breaches"] > 0).sum())
    ready = int((of[GateStanding.gate_verdict] == "ready").sum())
    data["title"] = (
        f"{number(breached)} of {number(len(of))} projects passed a gate without its evidence or out of turn"
        if breached else f"{number(ready)} of {number(len(of))} projects have all that their next gate asks for"
    )  # fmt: skip
    left = len(order) - len(shown)
    data["subtitle"] = (
        "Gates from the left: ✓ passed, ! without evidence, ↷ out of turn, ✕ refused, a ring is next. At the right: "
        "what the next gate says" + (f". {number(left)} more are in the table" if left else "")
    )
    told = "; ".join(f"{project}: {label}" for project, label in list(labels.items())[:12])
    data["description"] = f"Projects on their way through gates. {told}."
    return data


def gate_pipeline(data: pd.DataFrame) -> alt.LayerChart | alt.FacetChart:
    """A line of gates for each project."""
    first = data.iloc[0]
    columns = ["project", "gate_place", "gate", "state", "series", "is_filled", "sign", "label", "last_place"]
    base = alt.Chart(data[columns]).encode(
        y=alt.Y("project", type="nominal")
        .sort(data["project"].drop_duplicates().to_list())
        .axis(style="names", labelLimit=_NAMES - 2, labelPadding=8),
        tooltip=[
            alt.Tooltip("project", type="nominal", title="Project"),
            alt.Tooltip("gate", type="nominal", title="Gate"),
            alt.Tooltip("state", type="nominal", title="State"),
        ],
    )
    domain = [1, max(2, int(first["last_place"]))]
    x = alt.X("gate_place", type="quantitative").scale(domain=domain, padding=16)
    x = x.axis(title=None, values=list(range(1, domain[1] + 1)), format="d", grid=False, orient="top", domain=False)
    layers: list[alt.Chart] = [
        base.mark_line(style="muted", strokeWidth=1.5, opacity=0.5).encode(x=x, detail="project")
    ]
    for series, is_filled in sorted({(str(row["series"]), bool(row["is_filled"])) for row in data.to_dict("records")}):
        rows = base.transform_filter(f"datum.series == '{series}' && datum.is_filled == {str(is_filled).lower()}")
        size = 60 if series == "muted" else 230
        layers.append(rows.mark_point(style=series, size=size, filled=is_filled, strokeWidth=2.5).encode(x=x))
    signed = base.transform_filter("datum.sign != ''")
    layers.append(
        signed.mark_text(style="on-deep", align="center", baseline="middle", fontSize=12).encode(x=x, text="sign:N")
    )
    layers.append(
        base.transform_filter("datum.label != ''").mark_text(style="label-quiet", align="left", dx=10)
        .encode(x=alt.value("width"), text=alt.Text("label", type="nominal"))
    )  # fmt: skip
    return alt.layer(*layers).properties(
        title=alt.Title(first["title"], subtitle=first["subtitle"]),
        description=first["description"],
        height=_ROW * int(data["project"].nunique()),
        usermeta={"label_room": _NAMES + _WORDS},
    )


def _label(row: dict[Any, Any]) -> str:
    if row[GateStanding.gate_verdict] in _ENDED:
        return _ENDED[row[GateStanding.gate_verdict]]
    if pd.isna(row[GateStanding.next_gate_name]):
        return "no next gate"
    name, verdict = str(row[GateStanding.next_gate_name]), str(row[GateStanding.gate_verdict])
    told = f"{name}: {verdict}"
    if verdict != "ready":
        told += f", {row[GateStanding.approved_count]} of {row[GateStanding.required_count]}"
    return told if len(told) <= _LONGEST else f"{told[: _LONGEST - 1]}…"
