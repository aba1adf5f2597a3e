"""A heat map carries what it is told to, in the order of the data; a row without a text keeps its place."""

from __future__ import annotations

import altair as alt
import pandas as pd

from pmo_analytics.heat_map import heat_map, months_axis
from tests.specs import marks, rows_of_spec, styles

DATA = pd.DataFrame(
    {
        "skill": ["Welding", "Java", "Welding"], "month": ["2026-02", "2026-01", "2026-01"], "cell": ["7", "", "9"],
        "colour_class": ["5", "1", "2"], "ink": ["deep", "pale", "pale"], "title": "T", "subtitle": "S",
        "description": "D", "unused": 1,
    }
)  # fmt: skip


def drawn(*, has_gaps: bool) -> dict[str, object]:
    chart = heat_map(
        DATA, months_axis(DATA), "skill", [alt.Tooltip("skill", type="nominal")], columns=["skill", "month"],
        row_height=30, label_limit=100, has_gaps=has_gaps,
    )  # fmt: skip
    spec: dict[str, object] = chart.to_dict()
    return spec


def test_rows_stand_in_the_order_of_the_data_and_months_in_theirs() -> None:
    spec = drawn(has_gaps=False)
    (first, *_) = spec["layer"]  # type: ignore[misc, index]
    assert first["encoding"]["y"]["sort"] == ["Welding", "Java"]
    assert first["encoding"]["x"]["sort"] == ["2026-01", "2026-02"]
    assert (spec["height"], spec["description"], spec["title"]) == (60, "D", {"text": "T", "subtitle": "S"})
    assert {"unused"}.isdisjoint(rows_of_spec(spec, "skill")[0])
    assert {"cell", "on-pale", "on-deep"} <= styles(spec)


def test_a_row_without_a_text_has_no_cell_where_there_are_gaps() -> None:
    spec = drawn(has_gaps=True)
    layers = spec["layer"]
    assert len(layers) == 1 + len(drawn(has_gaps=False)["layer"])  # type: ignore[arg-type]
    assert all("datum.cell != ''" in str(layer["transform"]) for layer in layers[1:])  # type: ignore[index]
    assert marks(spec) >= {"rect", "text"}
