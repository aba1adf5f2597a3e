"""The chart of the repository of lessons. It takes a frame that its `…_data` function prepared.

Its title is its finding; a colour is a role's name, which the theme knows.
"""

from __future__ import annotations

import altair as alt
import pandas as pd

from pmo_analytics.knowledge.lesson_texts import DRAFT, IN_REVIEW, PUBLISHED, RETIRED
from pmo_analytics.knowledge.lesson_workflow import LessonRepository
from pmo_analytics.numerals import number

_PARTS = {
    PUBLISHED: ("published", "earned", 1.0),
    IN_REVIEW: ("in review", "total", 1.0),
    DRAFT: ("draft", "muted", 0.6),
    RETIRED: ("retired", "muted", 0.25),
}
_OTHER = ("another state", "worse", 1.0)
_ROW, _MOST = 40, 12


def repository_data(repository: pd.DataFrame) -> pd.DataFrame:
    """Lessons by category and state as parts of bars, the twelve largest categories, from `LessonRepository`."""
    if repository.empty:
        return repository
    parts = repository.assign(
        part=[_PARTS.get(str(state), _OTHER)[0] for state in repository[LessonRepository.state]],
        count=repository[LessonRepository.lesson_count].astype(int),
    )
    counts = parts.groupby([LessonRepository.category, "part"])["count"].sum().reset_index()
    sizes = counts.groupby(LessonRepository.category)["count"].sum().sort_values(ascending=False, kind="stable")
    shown = list(sizes.index[:_MOST])
    order = [label for label, *_ in (*_PARTS.values(), _OTHER)]
    data = counts[counts[LessonRepository.category].isin(shown)].copy()
    data["place"] = data[LessonRepository.category].map(shown.index)
    data = data.sort_values(["place", "part"], key=lambda c: c.map(order.index) if c.name == "part" else c)
    data["end"] = data.groupby("place")["count"].cumsum()
    data["begin"] = data["end"] - data["count"]
    ready = data[data["part"] == _PARTS[PUBLISHED][0]].set_index("place")["count"]
    ends = [f"{ready.get(place, 0)} of {int(sizes.iloc[place])}" for place in data["place"]]
    data["label"] = pd.Series(ends, index=data.index).where(~data.duplicated("place", keep="last"), "")
    # Room for what stands behind the longest bar.
    data["longest"] = 1.25 * float(sizes.iloc[0])
    total, published = int(sizes.sum()), int(counts.loc[counts["part"] == PUBLISHED, "count"].sum())
    data["title"] = f"{number(published)} of {number(total)} lessons are published"
    data["subtitle"] = (
        "By category, with how many are published. From the left: published, in review, draft, retired, others"
    )
    told = "; ".join(f"{row['category']}: {row['part']} {row['count']}" for _, row in data.iterrows())
    data["description"] = f"Lessons by category and state. {told}."
    return data.rename(columns={LessonRepository.category: "category"}).reset_index(drop=True)


def repository_chart(data: pd.DataFrame) -> alt.LayerChart | alt.FacetChart:
    """A bar for each category, the states beside one another; how many are published at its end."""
    first = data.iloc[0]
    base = alt.Chart(data[["category", "place", "part", "count", "begin", "end", "label"]]).encode(
        y=alt.Y("category", type="nominal", sort=alt.EncodingSortField("place")).axis(
            style="names", labelLimit=160, labelPadding=8
        ),
    )
    layers: list[alt.Chart] = []
    for label, style, opacity in (*_PARTS.values(), _OTHER):
        own = base.transform_filter(f"datum.part == '{label}'")
        layers.append(
            own.mark_bar(style=style, height=24, opacity=opacity).encode(
                x=alt.X("begin", type="quantitative")
                .scale(domain=[0, float(first["longest"])], nice=False)
                .axis(format=",d", tickCount=5, tickMinStep=1),
                x2="end",
                tooltip=[alt.Tooltip("part", type="nominal"), alt.Tooltip("count", type="quantitative")],
            )
        )
    layers.append(
        base.transform_filter("datum.label != ''")
        .mark_text(style="label-earned", align="left", dx=6)
        .encode(x=alt.X("end", type="quantitative"), text=alt.Text("label", type="nominal"))
    )
    return alt.layer(*layers).properties(
        title=alt.Title(first["title"], subtitle=first["subtitle"]),
        description=first["description"],
        height=_ROW * data["category"].nunique(),
    )
