"""Pages made again from what they cite."""

from __future__ import annotations

from pathlib import Path

import pytest

from pmo_analytics.errors import ReportError
from pmo_analytics.reporting.reproduction import figures, reproduce
from tests.exports import Desk

PAGE = """<div class="key-figure"><h3>CPI</h3><p class="value">0.91</p><p class="context">Down.</p></div>
<h2>Projects</h2><table><thead><tr><th>Project</th><th>Cost</th></tr></thead>
<tbody><tr><td>A</td><td>10</td></tr><tr><td>B</td><td>20</td></tr></tbody></table>"""


def test_figures_are_known_by_their_place() -> None:
    assert dict(figures(PAGE)) == {
        "CPI": "0.91", "CPI, note": "Down.", "Projects / A / Cost": "10", "Projects / B / Cost": "20",
    }  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["<html>", '<meta name="pmo-provenance" content="{}">', '<meta name="pmo-provenance" content="[1]">', "\x00"],
)
def test_what_is_no_published_page_is_told(desk: Desk, tmp_path: Path, text: str) -> None:
    page = tmp_path / "page.html"
    page.write_text(text)
    with pytest.raises(ReportError, match="does not say how it was made"):
        reproduce(page, desk.workspace)
