"""Pages made again from what they cite."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path

import pytest

from pmo_analytics.errors import ReportError, UsageError
from pmo_analytics.reporting.reproduction import figures, reproduce
from tests.exports import Desk, toggl_row

PAGE = """<div class="key-figure"><h3>CPI</h3><p class="value">0.91</p><p class="context">Down.</p></div>
<h2>Projects</h2><table><thead><tr><th>Project</th><th>Cost</th></tr></thead>
<tbody><tr><td>A</td><td>10</td></tr><tr><td>B</td><td>20</td></tr></tbody></table>"""


def test_figures_are_known_by_their_place() -> None:
    assert dict(figures(PAGE)) == {
        "CPI": "0.91", "CPI, note": "Down.", "Projects / A / Cost": "10", "Projects / B / Cost": "20",
    }  # fmt: skip


def page_citing(folder: Path, parameters: object) -> Path:
    """A page that cites these parameters, whoever wrote it."""
    record = {"notebook": "portfolio_review", "parameters": parameters}
    page = folder / "page.html"
    page.write_text(f'<meta name="pmo-provenance" content="{escape(json.dumps(record))}">')
    return page


def test_a_parameter_that_the_notebook_does_not_take_never_becomes_code_of_it(desk: Desk, tmp_path: Path) -> None:
    desk.toggl(toggl_row())
    mark = tmp_path / "mark"
    name = f"as_of = open({str(mark)!r}, 'w') or None; y"
    page = page_citing(tmp_path, {"as_of": "2026-03-31", "version": 1, name: 1})
    with pytest.raises(UsageError, match="takes no parameter"):
        reproduce(page, desk.workspace)
    assert not mark.exists()


@pytest.mark.parametrize(
    "parameters", [["as_of", "version"], {"as_of": "2026-01-31", "version": "x"}, {"as_of": 1, "version": 1}, None]
)
def test_what_cites_no_date_and_version_is_told(desk: Desk, tmp_path: Path, parameters: object) -> None:
    with pytest.raises(ReportError, match="does not say how it was made"):
        reproduce(page_citing(tmp_path, parameters), desk.workspace)


@pytest.mark.parametrize(
    "text",
    ["<html>", '<meta name="pmo-provenance" content="{}">', '<meta name="pmo-provenance" content="[1]">', "\x00"],
)
def test_what_is_no_published_page_is_told(desk: Desk, tmp_path: Path, text: str) -> None:
    page = tmp_path / "page.html"
    page.write_text(text)
    with pytest.raises(ReportError, match="does not say how it was made"):
        reproduce(page, desk.workspace)
