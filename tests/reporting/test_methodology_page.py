"""The page on methods and gates, published: what it says, that names stay text, and that its figures open."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from pmo_analytics.reporting import methodology_figures
from pmo_analytics.reporting.cited_figures import CitedPage, cited_page
from pmo_analytics.reporting.evidence_folder import cited_view, figure_html, opened_figures
from pmo_analytics.reporting.pipeline import run_report
from tests.exports import Desk

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Three projects: one passed its first gate on evidence, one without it, one names a method that nobody states."""
    desk = Desk(tmp_path_factory.mktemp("methods"))
    desk.register(
        "project", "project_id,name,methodology,status_date",
        ["A", HOSTILE, "own", "2026-01-31"], ["B", "Beta", "own", "2026-01-31"], ["C", "Gamma", "owm", "2026-01-31"],
    )  # fmt: skip
    desk.register("methodology", "methodology_id,version,name,status_date", ["own", "1", "Own way", "2026-01-01"])
    desk.register(
        "stage_gate", "methodology_id,version,gate_id,position,name,status_date",
        ["own", "1", "G1", 1, "Start", "2026-01-01"], ["own", "1", "G2", 2, "End", "2026-01-01"],
    )  # fmt: skip
    desk.register(
        "required_artefact", "methodology_id,version,gate_id,artefact_kind,status_date",
        ["own", "1", "G1", "charter", "2026-01-01"], ["own", "1", "G2", "final_report", "2026-01-01"],
    )  # fmt: skip
    desk.register("artefact", "project_id,artefact_kind,version,approved_on_date,status_date",
                  ["A", "charter", "1", "2026-02-01", "2026-02-01"])  # fmt: skip
    desk.register("gate_review", "project_id,gate_id,review_date,outcome",
                  ["A", "G1", "2026-02-10", "passed"], ["B", "G1", "2026-02-10", "passed"])  # fmt: skip
    return desk


@pytest.fixture(scope="module")
def page(desk: Desk) -> CitedPage:
    return cited_page(run_report("methodology", {}, workspace=desk.workspace, as_of="2026-02").path)


def test_the_page_says_what_stands_and_what_lacks(page: CitedPage) -> None:
    text = Path(page.path).read_text(encoding="utf-8")
    assert "1 of 3 projects passed gates they should not have; the next gate of 2 lacks evidence and is warned" in text
    assert "final report" in text
    assert "no register states the method &#39;owm&#39;: did it mean &#39;own&#39;?" in text
    assert HOSTILE not in text


def test_every_figure_of_the_page_opens(page: CitedPage, desk: Desk) -> None:
    with cited_view(page, desk.workspace) as view:
        found = {each.cited.name: each for each in opened_figures(page, page.figures, view)}
        assert len(found) == len(page.figures) > 10
        passed, without = (found[f"gate-B-{column}"].opened for column in ("gates_passed_count", "unevidenced_count"))
        assert (passed.value, without.value) == (1, 1)
        assert "gate_review" in passed.stored_rows()
        assert without.stored_rows()["required_artefact"]["artefact_kind"].tolist() == ["charter"]
        breach = found["gates-passed-in-breach"].opened
        (row,) = breach.stored_rows()["artefact"].to_dict("records")
        assert (row["artefact_kind"], row["stated_version"]) == ("charter", "1")
        assert all("<script>alert" not in figure_html(each, page, view) for each in found.values())


def test_without_projects_or_methods_the_headline_says_so() -> None:
    nothing = pd.DataFrame()
    assert methodology_figures.headline(nothing, nothing) == "No project is known: this page names what is missing."
