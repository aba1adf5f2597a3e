"""The chart of sprints: what was committed to, what of it was completed, what came in after the start."""

from __future__ import annotations

import altair as alt
import pandas as pd

from pmo_analytics.numerals import day, number
from pmo_analytics.performance.flow_times import ALL
from pmo_analytics.performance.sprint_predictability import FEWEST, OPEN, SprintPredictability, SprintRecord

_MOST_SPRINTS = 14
_BAR, _LETTER = 26, 7.0


def shown_sprints(predictability: pd.DataFrame) -> pd.DataFrame:
    """The sprints of all projects that are told of, the latest first, from `SprintPredictability`: scored and open."""
    rows = predictability[predictability[SprintPredictability.grouping] == ALL]
    is_open = rows[SprintPredictability.sprint_state] == OPEN
    return rows[is_open | rows[SprintPredictability.is_scored].astype(bool)]


def kept_promises_data(predictability: pd.DataFrame, record: pd.DataFrame) -> pd.DataFrame:
    """Items committed, completed and added by sprint, from `SprintPredictability` and `SprintRecord` frames."""
    rows = shown_sprints(predictability).head(_MOST_SPRINTS).reset_index(drop=True)
    if rows.empty:
        return rows
    committed, completed, added = (
        rows[name].astype(float) for name in ("items_committed", "items_completed", "items_added")
    )
    ends = rows[SprintPredictability.end_date]
    names = rows[SprintPredictability.sprint]
    repeated = names.duplicated(keep=False)
    begun = rows[SprintPredictability.start_date].map(day)
    data = pd.DataFrame(
        {
            "sprint": names.where(~repeated, names + " · " + begun + " · " + rows[SprintPredictability.sprint_id]),
            "committed": committed, "completed": completed, "added": added, "with_added": committed + added,
            "ended": [day(end) if pd.notna(end) else "goes on" for end in ends],
        }
    )  # fmt: skip
    data["label"] = [
        f"{number(row['completed'])} of {number(row['committed'])}"
        + (f", +{number(row['added'])}" if row["added"] else "")
        + (" so far" if row["ended"] == "goes on" else "")
        for row in data.to_dict("records")
    ]
    data["axis_end"] = max(1.0, float(data["with_added"].max()))
    data["title"] = _finding(record)
    data["subtitle"] = (
        "Items by sprint, the latest first: blue was completed of what was committed to at the start, grey was not, "
        "dashed was added after it"
    )
    shown = "; ".join(f"{row['sprint']}: {row['label']}" for row in data.head(6).to_dict("records"))
    data["description"] = f"Items completed of those committed to, and added. {shown}."
    return data


def _finding(record: pd.DataFrame) -> str:
    rows = record[record[SprintRecord.grouping] == ALL]
    scored = int(rows[SprintRecord.sprints_scored].iloc[0]) if len(rows) else 0
    if not scored:
        return "No sprint has ended of which it is known what was committed to"
    share = number(rows[SprintRecord.completed_pct].iloc[0])
    if scored < FEWEST:
        return f"{number(scored)} {'sprint has' if scored == 1 else 'sprints have'} ended: too few to judge by"
    return f"Half of the last {number(scored)} sprints completed {share} % or more of what they had committed to"


def kept_promises(data: pd.DataFrame) -> alt.LayerChart | alt.FacetChart:
    """A bar for each sprint: completed within committed, and behind it what was added."""
    first, order = data.iloc[0], data["sprint"].to_list()
    base = alt.Chart(data[["sprint", "committed", "completed", "added", "with_added", "label", "ended"]]).encode(
        y=alt.Y("sprint", type="nominal").sort(order).axis(style="names", labelLimit=120, labelPadding=8),
        tooltip=[
            alt.Tooltip("sprint", type="nominal", title="Sprint"),
            alt.Tooltip("ended", type="nominal", title="Ended"),
            alt.Tooltip("committed", type="quantitative", title="Committed"),
            alt.Tooltip("completed", type="quantitative", title="Completed of these"),
            alt.Tooltip("added", type="quantitative", title="Added after the start"),
        ],
    )

    scale = alt.Scale(domain=[0, first["axis_end"]], nice=False)
    axis = alt.Axis(grid=True, tickMinStep=1, tickCount=3, format=",.0f")

    def until(end: str) -> alt.X:
        return alt.X(end, type="quantitative").scale(scale).axis(axis)

    layers = [
        base.transform_filter("datum.added > 0")
        .mark_bar(style="plan", height=14, filled=False)
        .encode(x=until("with_added"), x2=alt.X2("committed")),
        base.mark_bar(style="muted", height=14, opacity=0.45).encode(x=until("committed"), x2=alt.datum(0)),
        base.mark_bar(style="better", height=14).encode(x=until("completed"), x2=alt.datum(0)),
        base.mark_text(style="label", align="left", dx=6).encode(
            x=alt.X("with_added", type="quantitative"), text=alt.Text("label", type="nominal")
        ),
    ]
    return alt.layer(*layers).properties(
        title=alt.Title(first["title"], subtitle=first["subtitle"]),
        description=first["description"],
        height=_BAR * len(data),
        padding={"left": 0, "top": 4, "right": 8, "bottom": 8},
        usermeta={"label_room": int(_LETTER * data["label"].str.len().max()) + 8},
    )
