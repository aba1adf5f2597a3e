"""The one way that charts draw a heat map: a cell for each place, its number or sign in it, five tones by class.

Charts of any domain share it as they share `numerals`. What a tone says the
text of its cell says too, in ink that can be read on it.
"""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

_CLASSES = ["1", "2", "3", "4", "5"]
_INKS = ("pale", "deep")
# Months as 2026-06: the year where one begins, else the month's name.
MONTH_LABEL = "utcFormat(utcParse(datum.value, '%Y-%m'), utcmonth(utcParse(datum.value, '%Y-%m')) == 0 ? '%Y' : '%b')"


def months_axis(data: pd.DataFrame, field: str = "month") -> alt.X:
    """Months as the columns of a heat map, above it."""
    axis = alt.X(field, type="ordinal").sort(sorted(data[field].unique()))
    return axis.axis(orient="top", domain=False, ticks=False, labelAngle=0, labelExpr=MONTH_LABEL, labelFlush=False)


def heat_map(
    data: pd.DataFrame, x: alt.X, rows: str, tooltip: Sequence[alt.Tooltip], *, columns: Sequence[str],
    row_height: int, label_limit: int, has_gaps: bool = False,
) -> alt.LayerChart | alt.FacetChart:  # fmt: skip
    """A heat map of `data`, whose `columns` it carries, with the values of `rows` down its side in their order.

    `data` has `cell`, the text; `colour_class`, "1" to "5"; `ink`, pale or deep; and
    in its first row title, subtitle and description. Heights and the limit of
    labels are pixels. With `has_gaps` a row without a text has no cell, and keeps its place.
    """
    first = data.iloc[0]
    base = alt.Chart(data[[*columns, "cell", "colour_class", "ink"]]).encode(
        x=x,
        y=alt.Y(rows, type="nominal")
        .sort(data[rows].drop_duplicates().to_list())
        .axis(style="names", labelLimit=label_limit, labelPadding=8),
    )
    filled = base.transform_filter("datum.cell != ''") if has_gaps else base
    texts = [
        filled.transform_filter(f"datum.ink == '{ink}'")
        .mark_text(style=f"on-{ink}", align="center")
        .encode(text=alt.Text("cell", type="nominal"))
        for ink in _INKS
        if (data["ink"] == ink).any()
    ]
    cells = filled.mark_rect(style="cell").encode(
        color=alt.Color("colour_class", type="ordinal").scale(domain=_CLASSES, range="heatmap"), tooltip=list(tooltip)
    )
    return alt.layer(*([base.mark_rect(opacity=0)] if has_gaps else []), cells, *texts).properties(
        title=alt.Title(first["title"], subtitle=first["subtitle"]),
        description=first["description"],
        height=row_height * data[rows].nunique(),
    )
