from __future__ import annotations

import json
import re

import altair as alt
import pandas as pd
import pytest

from pmo_analytics.reporting import page_tables, theme
from pmo_analytics.reporting.figures import Figure, figure, figure_html, script_json
from pmo_analytics.reporting.fragments import Fragment, fragment, with_code

HOSTILE = "</script><script>alert(1)</script>"
MISSING = pd.DataFrame(
    [
        ("budget", "No plan", 0, None, "fill `registers/budget.csv`"),
        ("person", "No persons", 0, None, "fill it"),
    ],
    columns=["subject", "finding", "rows", "duration_seconds", "remedy"],
)


def draw(data: pd.DataFrame) -> alt.Chart:
    return (
        alt.Chart(data)
        .mark_bar(style="better")
        .encode(x=alt.X("name", type="nominal"))
        .properties(title=alt.Title(HOSTILE, subtitle="units & <b>"), description=f"about {HOSTILE}")
    )


@pytest.fixture
def html() -> str:
    made = figure(
        draw,
        pd.DataFrame({"name": [HOSTILE], "is_off": [True]}),
        topic="T",
        source="<i>rows</i>",
        missing=MISSING,
        needs=[],
    )
    assert isinstance(made, Figure)
    return figure_html(made.spec, 3)


def test_text_of_exports_never_becomes_markup(html: str) -> None:
    assert html.count("<script") == html.count("</script>") == 1
    assert "<i>" not in html
    assert "<b>" not in html
    assert "&lt;script&gt;alert(1)" in html


def test_title_and_subtitle_leave_the_drawing(html: str) -> None:
    found = re.search(r'<script type="application/json" id="spec-3">(.*?)</script>', html, re.DOTALL)
    assert found
    spec = json.loads(found[1])
    assert "title" not in spec
    assert "description" not in spec
    assert spec["config"] == theme.page_config()
    assert next(iter(spec["datasets"].values()))[0]["name"] == HOSTILE
    assert "<h3>" in html


def test_the_numbers_stand_in_a_table_without_what_only_the_drawing_needs(html: str) -> None:
    assert '<th scope="col">name</th>' in html
    assert "is off" not in html


def test_the_lab_gets_the_key_it_draws() -> None:
    made = Figure(draw(pd.DataFrame({"name": ["a"]})), "", pd.DataFrame({"name": ["a"]}))
    bundle = made._repr_mimebundle_()
    assert set(bundle) == {"application/vnd.vegalite.v5+json", "text/plain", page_tables.MIME}
    assert bundle[theme.CHART_MIME]["config"] == theme.lab_config()


def test_the_rows_go_with_it_typed_without_what_only_the_drawing_needs() -> None:
    data = pd.DataFrame(
        {"name": [HOSTILE], "duration_seconds": [1800], "month": ["2026-06-01"], "label": ["x"], "wide_dx": [1.0]}
    )
    (table,) = Figure(draw(data), "", data)._repr_mimebundle_()[page_tables.MIME]["tables"]
    assert (table["title"], table["note"]) == (HOSTILE, "units & <b>")
    assert table["columns"] == [["name", "text"], ["duration_hours", "number"], ["month", "date"]]
    assert table["rows"] == [[HOSTILE, 0.5, "2026-06-01"]]


def test_without_data_a_note_says_what_is_needed() -> None:
    made = figure(draw, pd.DataFrame({"name": []}), topic="Bars", source="", missing=MISSING, needs=["budget"])
    assert isinstance(made, Fragment)
    assert "Bars: not shown" in made.html
    assert "No plan" in made.html
    assert "No persons" not in made.html
    assert "<code>registers/budget.csv</code>" in made.html


def test_without_data_and_without_a_known_cause_the_note_names_the_tables() -> None:
    made = figure(
        draw, pd.DataFrame({"name": []}), topic="Bars", source="", missing=MISSING, needs=["absence", "issue"]
    )
    assert isinstance(made, Fragment)
    assert "absence, issue" in made.html


def test_json_cannot_leave_its_script_element() -> None:
    text = script_json({"a": "</script><!--", "b": "&amp;"})
    assert "<" not in text
    assert ">" not in text
    assert json.loads(text) == {"a": "</script><!--", "b": "&amp;"}


def test_code_between_backticks_is_escaped_like_the_rest() -> None:
    assert with_code("run `<b>` or <i>") == "run <code>&lt;b&gt;</code> or &lt;i&gt;"
    assert "<code>" in fragment("findings", findings=[{"finding": "x", "duration_seconds": None, "remedy": "`y`"}]).html
