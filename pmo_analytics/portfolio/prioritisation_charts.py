"""Charts of priorities: how likely each place in the order is, and what each value is made of.

Each takes a frame that its `…_data` function prepared. A chart's title is its
finding; a colour is a role's name, which the theme knows, and never says
anything alone.
"""

from __future__ import annotations

import altair as alt
import numpy as np
import pandas as pd

from pmo_analytics.contracts.portfolio import Project
from pmo_analytics.contracts.selection import Criterion, Proposal
from pmo_analytics.heat_map import heat_map
from pmo_analytics.numerals import NBSP, number
from pmo_analytics.portfolio.prioritisation import PriorityComponent, PriorityScore, RankChance

_MOST_SUBJECTS, _NARROW_PLACES = 30, 6
_ROW, _BAR = 30, 20
_CLASS_ENDS, _DEEP_FROM = (4, 19, 49, 79), 4
# A number stands in a part that is wide enough for it, on a phone too.
_HAS_ROOM = "(width > 300 || datum.points >= 12)"
_TONES, _LEAST_TOLD, _WORDS = 5, 4, 60


def subject_names(proposal: pd.DataFrame, project: pd.DataFrame) -> dict[str, str]:
    """What proposals and projects are called; those of one name with their identifiers."""
    found = {
        **dict(zip(project[Project.project_id].astype(str), project[Project.name], strict=True)),
        **dict(zip(proposal[Proposal.proposal_id].astype(str), proposal[Proposal.name], strict=True)),
    }
    known = {identifier: str(name) for identifier, name in found.items() if pd.notna(name)}
    names = list(known.values())
    return {
        identifier: f"{name}, {identifier}" if names.count(name) > 1 else name for identifier, name in known.items()
    }


def rank_map_data(chances: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """The chance of each place by subject in per cent, colour class and ink, from `RankChance`, in their order.

    A chance below half a per cent has no number. Thirty subjects at most.
    """
    if chances.empty:
        return chances
    order = [str(name) for name in chances[RankChance.subject_id].drop_duplicates()]
    rows = chances[chances[RankChance.subject_id].isin(order[:_MOST_SUBJECTS])]
    rows = rows[rows[RankChance.rank_place] <= _MOST_SUBJECTS]
    # Rounded first, so that the colour agrees with the number a reader sees.
    percent = (100 * rows[RankChance.rank_probability].astype(float)).round()
    data = pd.DataFrame(
        {
            "subject": [names.get(str(name), str(name)) for name in rows[RankChance.subject_id]],
            "rank_place": rows[RankChance.rank_place].astype(int), "percent": percent,
            "cell": [number(value) if value else "" for value in percent],
        }
    ).reset_index(drop=True)  # fmt: skip
    classes = np.searchsorted(_CLASS_ENDS, data["percent"], side="left") + 1
    data["colour_class"], data["ink"] = classes.astype(str), np.where(classes >= _DEEP_FROM, "deep", "pale")
    firsts = data[data["rank_place"] == 1].sort_values("percent", ascending=False, kind="stable")
    first, second = firsts.iloc[0], firsts.iloc[min(1, len(firsts) - 1)]
    data["title"] = f"{first['subject']} comes first with a chance of {number(first['percent'])}{NBSP}%" + (
        f", {second['subject']} with {number(second['percent'])}{NBSP}%" if len(firsts) > 1 else ""
    )
    left = len(order) - len(order[:_MOST_SUBJECTS])
    data["subtitle"] = "Chance of each place in per cent, under weights drawn around the stated ones" + (
        f". {number(left)} further down are not drawn" if left else ""
    )
    told = "; ".join(
        f"{subject} {number(most['percent'])} per cent for place {most['rank_place']}"
        for subject, own in data.groupby("subject", sort=False)
        for most in [own.iloc[int(own["percent"].to_numpy().argmax())]]
    )
    data["description"] = f"Chance of each place by proposal. The likeliest: {told}."
    return data


def rank_map(data: pd.DataFrame) -> alt.LayerChart | alt.FacetChart:
    """Chances by subject and place, the number in the cell."""
    chart = heat_map(
        data, alt.X("rank_place", type="ordinal").axis(orient="top", domain=False, ticks=False, labelAngle=0),
        "subject",
        [
            alt.Tooltip("subject", type="nominal", title="Proposal"),
            alt.Tooltip("rank_place", type="ordinal", title="Place"),
            alt.Tooltip("percent", type="quantitative", title="Per cent"),
        ],
        columns=["subject", "rank_place", "percent"], row_height=_ROW, label_limit=180,
    )  # fmt: skip
    return chart.properties(usermeta={"narrow_filter": f"datum.rank_place <= {_NARROW_PLACES}"})


def value_parts_data(
    components: pd.DataFrame, scores: pd.DataFrame, criterion: pd.DataFrame, names: dict[str, str]
) -> pd.DataFrame:
    """Points of each value by criterion, long, from `PriorityComponent` and `PriorityScore`, in the order of values.

    Where a score is missing the criterion has no part, and the words at the end tell the range.
    """
    if components.empty:
        return components
    order = [str(name) for name in scores[PriorityScore.subject_id]][:_MOST_SUBJECTS]
    rows = components[components[PriorityComponent.subject_id].isin(order)]
    criteria = list(dict.fromkeys(rows[PriorityComponent.criterion_id].astype(str)))
    titles = dict(zip(criterion[Criterion.criterion_id].astype(str), criterion[Criterion.name], strict=True))
    place = [criteria.index(str(name)) for name in rows[PriorityComponent.criterion_id]]
    points = 100 * rows[PriorityComponent.value_part].astype(float).fillna(0.0)
    data = pd.DataFrame(
        {
            "subject": [names.get(str(name), str(name)) for name in rows[PriorityComponent.subject_id]],
            "criterion": [str(titles.get(str(name), name)) for name in rows[PriorityComponent.criterion_id]],
            "points": points, "criterion_place": place,
            "cell": [number(value) if value >= _LEAST_TOLD else "" for value in points],
        }
    ).reset_index(drop=True)  # fmt: skip
    # The heaviest criterion has the deepest tone.
    classes = _TONES - np.minimum(data["criterion_place"].to_numpy(), _TONES - 1)
    data["colour_class"], data["ink"] = classes.astype(str), np.where(classes >= _DEEP_FROM, "deep", "pale")
    ends = data.groupby("subject", sort=False)["points"].cumsum()
    data["points_end"], data["points_middle"] = ends, ends - data["points"] / 2
    data["points_begin"] = ends - data["points"]
    labels = {names.get(str(row[PriorityScore.subject_id]), str(row[PriorityScore.subject_id])): _range_label(row)
              for _, row in scores.iterrows()}  # fmt: skip
    is_last = ~data.duplicated("subject", keep="last")
    data["label"] = data["subject"].map(labels).where(is_last, "")
    best = scores.iloc[0]
    data["title"] = _parts_title(
        data, names.get(str(best[PriorityScore.subject_id]), str(best[PriorityScore.subject_id]))
    )
    weights = rows.drop_duplicates(PriorityComponent.criterion_id)
    told = ", ".join(
        f"{titles.get(str(row[PriorityComponent.criterion_id]), row[PriorityComponent.criterion_id])} "
        f"{number(100 * row[PriorityComponent.weight_share])}{NBSP}%"
        for _, row in weights.iterrows()
    )
    data["subtitle"] = f"Points of 100 by criterion, from the left: {told}. At the right: the value, or its range"
    data["description"] = f"What each value is made of. {data['title'].iloc[0]}."
    return data


def _range_label(row: pd.Series) -> str:
    low, high = 100 * row[PriorityScore.value_low], 100 * row[PriorityScore.value_high]
    return number(high) if number(low) == number(high) else f"{number(low)} to {number(high)}"


def _parts_title(data: pd.DataFrame, best: str) -> str:
    own = data[data["subject"] == best]
    most = own.iloc[int(own["points"].to_numpy(dtype=float).argmax())]
    return (
        f"{number(most['points'])} of {best}'s {own['label'].iloc[-1]} points come from \u201c{most['criterion']}\u201d"
    )


def value_parts(data: pd.DataFrame) -> alt.LayerChart | alt.FacetChart:
    """A bar a subject, its parts one behind the other in the order of the criteria's weights."""
    first = data.iloc[0]
    columns = [
        "subject", "criterion", "points", "points_begin", "points_end", "points_middle", "cell", "colour_class", "ink",
        "label",
    ]  # fmt: skip
    scale = alt.Scale(domain=[0, 1.02 * float(data["points_end"].max())], nice=False)
    axis = alt.Axis(tickCount=5, grid=True, labelOverlap="greedy", labelSeparation=6)
    base = alt.Chart(data[columns]).encode(
        y=alt.Y("subject", type="nominal")
        .sort(data["subject"].drop_duplicates().to_list())
        .axis(style="names", labelLimit=180, labelPadding=8),
        tooltip=[
            alt.Tooltip("subject", type="nominal", title="Proposal"),
            alt.Tooltip("criterion", type="nominal", title="Criterion"),
            alt.Tooltip("points", type="quantitative", format=".1f", title="Points"),
        ],
    )
    middle = alt.X("points_middle", type="quantitative", scale=scale, axis=axis)
    texts = [
        base.transform_filter(f"datum.ink == '{ink}' && datum.cell != '' && {_HAS_ROOM}")
        .mark_text(style=f"on-{ink}", align="center")
        .encode(x=middle, text=alt.Text("cell", type="nominal"))
        for ink in ("pale", "deep")
        if ((data["ink"] == ink) & (data["cell"] != "")).any()
    ]
    return alt.layer(
        base.mark_bar(style="cell", size=_BAR).encode(
            x=alt.X("points_begin", type="quantitative", scale=scale, axis=axis),
            x2="points_end",
            color=alt.Color("colour_class", type="ordinal").scale(domain=["1", "2", "3", "4", "5"], range="heatmap"),
        ),
        *texts,
        base.transform_filter("datum.label != ''")
        .mark_text(style="label", align="left", dx=8)
        .encode(x=alt.value("width"), text=alt.Text("label", type="nominal")),
    ).properties(
        title=alt.Title(first["title"], subtitle=first["subtitle"]),
        description=first["description"],
        height=_ROW * data["subject"].nunique(),
        usermeta={"label_room": _WORDS},
    )
