"""One figure of each kind on the pages of governance and knowledge, opened to the rows behind it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pmo_analytics.reporting.cited_figures import cited_page
from pmo_analytics.reporting.evidence_folder import cited_view, figure_html, opened_figures
from pmo_analytics.reporting.pipeline import run_report
from pmo_analytics.synthetic import write_sample
from tests.exports import Desk

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The sample portfolio, loaded."""
    folder: Path = tmp_path_factory.mktemp("open")
    desk = Desk(folder)
    write_sample(folder / "sample")
    desk.load_all(folder / "sample")
    return desk


@pytest.mark.parametrize("name", ["audit", "methodology", "lessons", "people_development"])
def test_a_figure_of_each_kind_opens(desk: Desk, name: str) -> None:
    page = cited_page(run_report(name, {}, workspace=desk.workspace, as_of="2026-06").path)
    kinds: dict[tuple[str, str], str] = {}
    for figure in page.figures.values():
        kinds.setdefault((figure.reference.made.name, figure.reference.column), figure.name)
    with cited_view(page, desk.workspace) as view:
        found = list(opened_figures(page, kinds.values(), view))
        # A figure may rest on that there is no row at all; most rest on some.
        rested = [figure for figure in found if figure.opened.stored_rows()]
        assert [figure.cited.name for figure in found if "<h1" not in figure_html(figure, page, view)] == []
    assert len(found) == len(kinds)
    assert 2 * len(rested) > len(kinds) > 3
