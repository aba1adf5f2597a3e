"""Charts of pages without script: right in size and colour, inert whatever an export holds, the same every time."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import altair as alt
import nbformat
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_notebook, new_output
from playwright.sync_api import Page

from pmo_analytics.errors import ReportError
from pmo_analytics.reporting import theme
from pmo_analytics.reporting.figures import Figure, figure_html
from pmo_analytics.reporting.page import page_html
from pmo_analytics.reporting.static_charts import COLUMN, NARROW, static_chart

HOSTILE = [
    "</script><script>alert(1)</script>",
    "</text></svg><img src=x onerror=alert(1)>",
    "{{ page.title }}{% raw %}",
    "\u202egnp.exe\u202c שלום",
    "javascript:alert(1)",
    "url(#clip0) ]]> &lt; &#60; <!-- \" ' `",
    "bell\x07 null\x00 whole",
]


def drawing() -> dict[str, object]:
    """A chart with a clipped bar for each hostile text, which is an axis label and a mark's text."""
    data = pd.DataFrame({"name": HOSTILE, "value": range(len(HOSTILE)), "link": "javascript:alert(1)"})
    base = alt.Chart(data).encode(
        y=alt.Y("name", type="nominal").axis(labelLimit=0), x=alt.X("value", type="quantitative")
    )
    chart = alt.layer(
        base.mark_bar(style="better", clip=True).encode(href=alt.Href("link", type="nominal")),
        base.mark_text(style="label-actual").encode(text=alt.Text("name", type="nominal")),
        alt.Chart(pd.DataFrame({"url": ["javascript:alert(1)"]}))
        .mark_image(width=9, height=9)
        .encode(url=alt.Url("url", type="nominal")),
    )
    return figure_of(chart, data).spec


def figure_of(chart: alt.Chart | alt.LayerChart | alt.FacetChart, data: pd.DataFrame) -> Figure:
    return Figure(chart.properties(title="A finding", description="Bars: 1 and 2."), "rows", data[["value"]])


@pytest.fixture(scope="module")
def html() -> str:
    return figure_html(drawing(), 4, is_static=True)


def drawings(html: str) -> list[ET.Element]:
    return [ET.fromstring(text) for text in re.findall(r"<svg .*?</svg>", html, re.DOTALL)]


def test_text_of_exports_is_text_and_nothing_else(html: str) -> None:
    allowed = {"svg", "g", "path", "line", "rect", "circle", "text", "tspan", "defs", "clipPath"}
    for svg in drawings(html):
        assert {each.tag for each in svg.iter()} <= allowed
        names = {name for each in svg.iter() for name in each.attrib}
        assert not {name for name in names if name.startswith("on") or "href" in name or name == "style"}
    soup = BeautifulSoup(html, "html.parser")
    assert soup.find_all(["script", "img", "a", "image", "iframe", "style"]) == []
    # Shown whole, as an axis label and as a mark's text, in both drawings, less what no text can hold.
    texts = [text.get_text() for text in soup.find_all("text")]
    for hostile in HOSTILE[:-1]:
        assert sum(hostile.strip() == text.strip() for text in texts) == 4, hostile
    assert sum(text.startswith("bell null whole") for text in texts) == 4


def test_a_chart_is_drawn_for_a_column_and_for_a_phone(html: str) -> None:
    wide, narrow = drawings(html)
    assert (wide.get("class"), narrow.get("class")) == ("wide", "narrow")
    data = pd.DataFrame({"x": [1, 2], "value": [1, 2]})
    spec = figure_of(alt.Chart(data).mark_line(style="earned").encode(x="x:Q", y="value:Q"), data).spec
    wide, narrow = drawings(figure_html(spec, 1, is_static=True))
    assert COLUMN - 60 < float(wide.get("width", 0)) <= COLUMN
    assert NARROW - 60 < float(narrow.get("width", 0)) <= NARROW


def test_the_figures_are_read_aloud_once_and_the_title_is_no_part_of_the_drawing(html: str) -> None:
    for svg in drawings(html):
        assert svg.get("role") == "img"
        assert svg.get("aria-label") == "Bars: 1 and 2."
        assert "A finding" not in "".join(svg.itertext())
    assert html.count("<h3>A finding</h3>") == 1


def test_every_colour_is_a_token_so_that_dark_and_print_need_no_redraw(html: str) -> None:
    colours = {
        value
        for svg in drawings(html)
        for each in svg.iter()
        for name, value in each.attrib.items()
        if name in {"fill", "stroke"}
    }
    assert colours - {"none", "transparent"} <= {f"var({token})" for token in theme.tokens()["dark"]}
    assert {"var(--blue)", "var(--orange)"} <= colours
    assert "font-family" not in html


def test_ids_are_the_figures_own_and_every_reference_finds_its_id(html: str) -> None:
    again = figure_html(drawing(), 5, is_static=True)
    ids = re.findall(r'<clipPath id="([^"]+)"', html + again)
    assert len(ids) == len(set(ids)) == 4
    assert set(re.findall(r'clip-path="url\(#([^)]+)\)"', html + again)) == set(ids)


def test_the_same_chart_is_the_same_bytes_however_many_were_drawn_before(html: str) -> None:
    assert figure_html(drawing(), 4, is_static=True) == html


def test_a_narrow_filter_and_room_for_labels_are_heeded() -> None:
    data = pd.DataFrame({"x": [1, 2, 3], "value": [1, 2, 3]})
    chart = alt.Chart(data).mark_text(style="label").encode(x="x:Q", y="value:Q", text=alt.Text("x", type="nominal"))
    spec = chart.to_dict() | {"usermeta": {"narrow_filter": "datum.x > 1", "label_room": 100}}
    wide, narrow = drawings(static_chart(spec, 1, "x"))
    labels = [[t.text for t in svg.iter("text") if t.get("fill") == "var(--ink)"] for svg in (wide, narrow)]
    assert labels == [["1", "2", "3"], ["2", "3"]]
    assert float(wide.get("width", 0)) < COLUMN - 60


def test_panels_of_a_facet_wrap_at_the_width() -> None:
    data = pd.DataFrame({"x": [1, 2] * 4, "value": [1, 2] * 4, "panel": list("aabbccdd")})
    chart = alt.Chart(data).mark_line(style="earned").encode(x="x:Q", y="value:Q").properties(height=50)
    wide, narrow = drawings(static_chart(chart.facet("panel:N", columns=3).to_dict(), 1, "x"))
    assert float(wide.get("width", 0)) <= COLUMN + 8
    assert float(narrow.get("width", 0)) <= NARROW + 8
    assert float(narrow.get("height", 0)) > float(wide.get("height", 0)) * 1.5


def test_data_from_elsewhere_are_not_fetched() -> None:
    spec = {"data": {"url": "http://127.0.0.1:9/rows.json"}, "mark": "bar", "encoding": {}}
    with pytest.raises(ReportError, match=r"(?s)cannot be drawn.*not allowed"):
        static_chart(spec, 1, "x")


def notebook(charts: str | None) -> nbformat.NotebookNode:
    about = {} if charts is None else {"charts": charts}
    output = new_output("display_data", {theme.CHART_MIME: drawing()})
    return new_notebook(cells=[new_code_cell("x", outputs=[output])], metadata={"pmo": about})


def made(charts: str | None) -> str:
    return page_html(notebook(charts), title="T", facts=[], record={}, command="pmo")


def test_a_page_of_static_charts_runs_no_script() -> None:
    page = made("static")
    assert "script-src 'none'" in page
    assert "<script" not in page
    assert page.count('<svg class="wide"') == page.count('<svg class="narrow"') == 1
    assert len(page.encode()) < 80_000


def test_a_page_that_says_nothing_of_its_charts_draws_them_in_the_browser() -> None:
    page = made(None)
    assert "vegaEmbed" in page
    assert '<svg class="wide"' not in page


def test_a_word_that_is_no_kind_of_chart_is_refused() -> None:
    with pytest.raises(ReportError, match=r"(?s)statik.*interactive or static"):
        made("statik")


@pytest.mark.browser
def test_hostile_text_in_a_drawing_does_nothing_in_a_browser(page: Page) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.on("request", lambda request: said.append(request.url))
    # Without the policy, which would hide that something tried.
    page.set_content(re.sub(r"<meta http-equiv[^>]*>", "", made("static")))
    page.wait_for_timeout(200)
    assert said == []
    assert page.locator("svg.wide text").count() >= 2 * len(HOSTILE)
