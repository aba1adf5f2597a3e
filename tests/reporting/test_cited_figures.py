"""Figures read from a page, and links laid into it."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import Any

import pytest

from pmo_analytics.errors import ReportError, UsageError
from pmo_analytics.reporting.cited_figures import cited_page, linked

FIGURE = [0, {"project_id": "A"}, "x", ["number", [2], "", ""]]
DATA = {"made": [{"name": "project_health"}], "figures": {"project-A-cpi": FIGURE}}
RECORD = {"notebook": "portfolio_review", "parameters": {"as_of": "2026-01-31", "version": 1}}
CELL = '<table><tr><th>Alpha</th><td data-label="CPI"><a class="figure" id="project-A-cpi">0.91</a></td></tr></table>'


def page(folder: Path, body: str = CELL, data: Any = DATA) -> Path:
    text = f'<meta name="pmo-provenance" content="{escape(json.dumps(RECORD))}">{body}'
    text += f'<script type="application/json" class="figures">{json.dumps(data)}</script>'
    path = folder / "page.html"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_figure_is_found_by_name_with_its_place_and_text(tmp_path: Path) -> None:
    found = cited_page(page(tmp_path)).figure("project-A-cpi")
    assert (found.place, found.published) == ("Alpha, CPI", "0.91")
    with pytest.raises(UsageError, match="did you mean 'project-A-cpi'"):
        cited_page(page(tmp_path)).figure("project-A-cip")


def test_links_are_laid_once_and_said_in_the_record(tmp_path: Path) -> None:
    path = page(tmp_path)
    text = linked(path.read_text(), "page")
    assert '<a class="figure" id="project-A-cpi" href="page.evidence/project-A-cpi.html">0.91</a>' in text
    assert linked(text, "page") == text
    assert 'href="a%22%20onclick%3D1.evidence/project-A-cpi.html"' in linked(text, 'a" onclick=1')
    assert 'href="%2F%2Felsewhere.test%2Fx.evidence/project-A-cpi.html"' in linked(text, "//elsewhere.test/x")
    path.write_text(text)
    assert cited_page(path).record["evidence"] == "page"
    assert cited_page(path).parameters == RECORD["parameters"]


def test_what_is_no_figure_of_the_page_is_never_linked(tmp_path: Path) -> None:
    body = CELL + '<a class="figure" id="other">1</a>'
    path = page(tmp_path, body)
    assert list(cited_page(path).figures) == ["project-A-cpi"]
    assert 'id="other">1</a>' in linked(path.read_text(), "page")


@pytest.mark.parametrize(
    ("body", "data", "words"),
    [
        (CELL * 2, DATA, "names a figure twice"),
        ("", DATA, "has no figure"),
        (CELL, {"figures": 1}, "cannot be read"),
        (CELL, {"made": [{"name": "x", "code": 1}], "figures": {}}, "cannot be read"),
    ],
)
def test_a_page_that_is_not_as_published_is_told(tmp_path: Path, body: str, data: Any, words: str) -> None:
    with pytest.raises(ReportError, match=words):
        cited_page(page(tmp_path, body, data))


def test_nested_data_ends_in_words(tmp_path: Path) -> None:
    path = page(tmp_path)
    path.write_text(path.read_text().replace(json.dumps(DATA), "[" * 100_000))
    with pytest.raises(ReportError, match="cannot be read"):
        cited_page(path)
