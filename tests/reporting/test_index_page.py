"""The index page of a run: what its pages tell and what changed, from pack.json alone, with text as text."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Browser

from pmo_analytics.errors import ReportError
from pmo_analytics.reporting.index_page import publish_indexes
from pmo_analytics.reporting.pipeline import run_pipeline
from pmo_analytics.workspace import Workspace
from tests.exports import Desk
from tests.pages import COSTS, HOSTILE, page_workspace, write_notebook
from tests.readers import TWO_LOOKS, opened

FAILING = "import sys\nif as_of >= '2026-03':\n    raise ValueError('no <b>')"


@pytest.fixture
def workspace(desk: Desk) -> Workspace:
    return page_workspace(desk, portfolios=("North", HOSTILE))


def run(workspace: Workspace, *months: str, **options: Any) -> Path:
    run_pipeline("own", workspace=workspace, as_of=months, **options)
    return workspace.reports / "own"


def read(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def words(tag: Any) -> str:
    return " ".join(tag.get_text(" ").split())


def cells(page: BeautifulSoup, title: str) -> list[list[str]]:
    """The rows of the table behind a heading."""
    heading = next(tag for tag in page.find_all(["h2", "h3"]) if words(tag).startswith(title))
    table = heading.find_next("table")
    assert table is not None
    return [[words(cell) for cell in row.find_all(["th", "td"])] for row in table.select("tbody tr")]


def test_a_second_month_tells_what_moved_and_what_is_told_differently(workspace: Workspace) -> None:
    path = write_notebook(workspace, "costs", COSTS)
    reports = run(workspace, "2026-02")
    assert "no earlier pack" in words(read(reports / "2026-02-28" / "index.html"))
    path.write_text(path.read_text().replace("1e6 * n", "1e6 * n + 7"))
    reports = run(workspace, "2026-03")
    page = read(reports / "2026-03-31" / "index.html")
    assert words(page.select_one(".lead")) == (
        "1 page. 1 key figure moved since the pack before; 1 of its own is told differently now."
    )
    assert cells(page, "Figures that moved") == [["Costs", "Cost", "EUR 2,000,000", "EUR 3,000,007"]]
    assert cells(page, "Told differently now") == [["Costs", "Cost", "Feb 2026", "EUR 2,000,000", "EUR 2,000,007"]]
    link = page.select_one("#changes a")
    assert link is not None
    assert link["href"] == "../2026-02-28/index.html"


def test_pages_are_grouped_and_lead_to_what_stands_beside_them(workspace: Workspace) -> None:
    write_notebook(workspace, "costs", COSTS, runs=("whole", "portfolio", "project"))
    folder = run(workspace, "2026-03") / "2026-03-31"
    page = read(folder / "index.html")
    assert [words(tag) for tag in page.find_all("h2")] == [
        "Begin here", "What changed", "By portfolio", "Projects", "Evidence", "How this page was made",
    ]  # fmt: skip
    titles = [words(tag) for tag in page.select(".pack-page h3")]
    assert titles == ["Costs", f"Costs, {HOSTILE}", "Costs, North"]
    assert [row[0] for row in cells(page, "Projects")] == ["A-1 A-1", "B-2 B-2"]
    links = {str(tag["href"]) for tag in page.select("main a[href]")} - {"../index.html"}
    assert {link for link in links if link.startswith("#")} == {
        "#begin", "#changes", "#portfolios", "#projects", "#evidence",
    }  # fmt: skip
    links = {link for link in links if not link.startswith("#")}
    assert {path.name for path in folder.iterdir()} - {"pack.json", "index.html"} == links
    assert len(page.select(".pack-page svg.spark")) == 3


def test_pages_stand_under_their_domains_the_one_that_leads_first_and_alerts_are_led_to(workspace: Workspace) -> None:
    for name, about in {
        "aa": {"domain": "resources"}, "bb": {"domain": "governance"}, "cc": {"alerts": "broken"},
        "dd": {"domain": "resources"},
    }.items():  # fmt: skip
        runs = ("whole", "portfolio") if name in {"aa", "cc"} else ("whole",)
        path = write_notebook(workspace, name, COSTS, runs=runs)
        made = json.loads(path.read_text())
        made["metadata"]["pmo"] |= about
        path.write_text(json.dumps(made))
    folder = run(workspace, "2026-03") / "2026-03-31"
    page = read(folder / "index.html")
    assert [words(tag) for tag in page.find_all("h2")] == [
        "Begin here", "What changed", "Governance", "Resources", "By portfolio", "Alerts", "Evidence",
        "How this page was made",
    ]  # fmt: skip
    under = {str(tag["aria-labelledby"]): [words(h3) for h3 in tag.select("h3")] for tag in page.select("section")}
    assert under["begin"] == ["Cc"]
    assert under["governance"] == ["Bb"]
    assert under["resources"] == ["Aa", "Dd", f"Aa, {HOSTILE}", "Aa, North"]
    assert under["portfolios"] == [f"Cc, {HOSTILE}", "Cc, North"]
    assert [words(tag) for tag in page.select("details.by-portfolio > summary")] == ["By portfolio: 2 pages"]
    assert [str(tag["href"]) for tag in page.select("section[aria-labelledby=alerts] a")] == ["cc.html#broken"]
    links = {str(tag["href"]).partition("#")[0] for tag in page.select("main a[href]")} - {"", "../index.html"}
    assert {path.name for path in folder.iterdir()} - {"pack.json", "index.html"} == links


@pytest.mark.parametrize(
    ("every", "as_of", "heading"),
    [("week", "2026-03-29", "week to 29 March 2026"), ("quarter", "2026-03", "quarter to 31 March 2026"),
     ("month", "2026-03", "March 2026")],
)  # fmt: skip
def test_the_period_stands_in_the_heading(workspace: Workspace, every: str, as_of: str, heading: str) -> None:
    (workspace.root / "pipelines" / "own.toml").write_text(f'title = "Own"\nevery = "{every}"\n')
    write_notebook(workspace, "costs", COSTS)
    (index,) = run(workspace, as_of).glob("*/index.html")
    assert words(read(index).h1) == f"Own {heading}"


def test_a_pack_from_before_domains_were_told_is_read(workspace: Workspace) -> None:
    write_notebook(workspace, "costs", COSTS)
    folder = run(workspace, "2026-03") / "2026-03-31"
    before = (folder / "index.html").read_bytes()
    told = json.loads((folder / "pack.json").read_text())
    del told["every"]
    for page in told["pages"]:
        del page["domain"], page["alerts"]
    (folder / "pack.json").write_text(json.dumps(told))
    publish_indexes([folder])
    assert (folder / "index.html").read_bytes() == before


def test_a_failed_page_leads_to_its_failure_and_to_the_last_good_one(workspace: Workspace) -> None:
    write_notebook(workspace, "costs", COSTS)
    write_notebook(workspace, "later", COSTS)
    run(workspace, "2026-02", "2026-03")
    write_notebook(workspace, "later", FAILING)
    page = read(run(workspace, "2026-03") / "2026-03-31" / "index.html")
    assert "Failed now : Later" in words(page)
    links = [str(tag["href"]) for tag in page.select(".pack-page .links a")]
    assert links == ["costs.xlsx", "later.failed.html", "later.html"]
    assert words(page.select_one(".lead")).startswith("1 page, 1 more failed.")


def test_pages_that_came_and_went(workspace: Workspace) -> None:
    first = write_notebook(workspace, "first", COSTS)
    run(workspace, "2026-02")
    first.unlink()
    write_notebook(workspace, "second", COSTS)
    page = words(read(run(workspace, "2026-03") / "2026-03-31" / "index.html"))
    assert "New : Second Gone : First" in page


def test_an_earlier_month_made_later_is_what_the_next_one_is_compared_with(workspace: Workspace) -> None:
    write_notebook(workspace, "costs", COSTS)
    first = run(workspace, "2026-02", "2026-03") / "2026-03-31" / "index.html"
    together = first.read_bytes()
    for path in workspace.reports.rglob("*"):
        if path.is_file():
            path.unlink()
    run(workspace, "2026-03")
    assert "no earlier pack" in words(read(first))
    run(workspace, "2026-02")
    assert first.read_bytes() == together


@pytest.mark.slow
def test_the_same_packs_are_the_same_bytes_and_a_resumed_run_gives_them(workspace: Workspace) -> None:
    write_notebook(workspace, "costs", COSTS, runs=("whole", "portfolio", "project"))
    reports = run(workspace, "2026-02", "2026-03")

    def indexes() -> dict[str, bytes]:
        return {str(path.relative_to(reports)): path.read_bytes() for path in reports.rglob("index.html")}

    before = indexes()
    assert len(before) == 3
    run(workspace, "2026-02", "2026-03", resume=True)
    assert indexes() == before
    run(workspace, "2026-03", jobs=1)
    assert indexes() == before


def test_the_months_are_listed_the_newest_first(workspace: Workspace) -> None:
    write_notebook(workspace, "costs", COSTS)
    page = read(run(workspace, "2026-02", "2026-03") / "index.html")
    assert cells(page, "Reporting dates") == [
        ["31 March 2026", "EUR 3,000,000", "2", "1", "0"],
        ["28 February 2026", "EUR 2,000,000", "2", "1", "0"],
    ]


def test_text_is_text_and_no_script_may_run(workspace: Workspace) -> None:
    write_notebook(workspace, "costs", COSTS, runs=("portfolio",))
    reports = run(workspace, "2026-03")
    folder = reports / "2026-03-31"
    told = json.loads((folder / "pack.json").read_text())
    told["title"] = told["every"] = HOSTILE
    for page in told["pages"]:
        page |= {"domain": HOSTILE, "alerts": HOSTILE, "parameters": {}}
        page["key_figures"][0] |= {"label": HOSTILE, "shown": HOSTILE, "change": HOSTILE}
        page["projects"] = [dict.fromkeys(("project_id", "name", "state", "declared", "computed"), HOSTILE)]
        page |= {"file": "../../x\" onclick='y'", "workbook": {"file": "javascript:alert(1)"}}
    (folder / "pack.json").write_text(json.dumps(told))
    publish_indexes([folder])
    for path in (folder / "index.html", reports / "index.html"):
        text = path.read_text(encoding="utf-8")
        assert "script-src 'none'" in text
        assert "<script" not in text
        assert "</script" not in text
        assert "<b>{{" not in text
        assert "{{ 7*7 }}" in text
        hrefs = [str(tag["href"]) for tag in read(path).select("a[href]")]
        assert not [href for href in hrefs if "javascript:" in href or ("x" in href and "/x" in href)]
        assert not read(path).select("[onclick]")
        # What turns the direction of writing stays within its own words.
        turning = read(path).find_all(string=re.compile("\u202e"))
        assert turning
        assert all(node.find_parent(["bdi", "title"]) for node in turning)


def test_an_earlier_pack_that_cannot_be_read_is_told(workspace: Workspace) -> None:
    write_notebook(workspace, "costs", COSTS)
    reports = run(workspace, "2026-02")
    (reports / "2026-02-28" / "pack.json").write_text("{")
    run(workspace, "2026-03")
    assert "The pack of 2026-02-28 cannot be read" in words(read(reports / "2026-03-31" / "index.html"))
    assert "its pack.json cannot be read" in words(read(reports / "index.html"))
    with pytest.raises(ReportError, match="cannot be read as what a run left"):
        publish_indexes([reports / "2026-02-28"])


def test_no_notebook_takes_the_place_of_the_index(workspace: Workspace) -> None:
    write_notebook(workspace, "index", COSTS)
    with pytest.raises(ReportError, match="plain name"):
        run(workspace, "2026-03")


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The index of a second month, with a page that failed, and that of all months."""
    workspace = page_workspace(Desk(tmp_path_factory.mktemp("packs")), portfolios=("North", HOSTILE))
    path = write_notebook(workspace, "costs", COSTS, runs=("whole", "portfolio", "project"))
    write_notebook(workspace, "later", FAILING)
    run(workspace, "2026-02")
    path.write_text(path.read_text().replace("1e6 * n", "1e6 * n + 7"))
    reports = run(workspace, "2026-03")
    return [reports / "2026-03-31" / "index.html", reports / "index.html"]


@pytest.mark.browser
@pytest.mark.parametrize(("scheme", "width"), TWO_LOOKS)
def test_the_index_in_chromium(browser: Browser, packs: list[Path], scheme: str, width: int) -> None:
    for path in packs:
        reading = opened(browser, path, scheme=scheme, width=width)
        assert reading.faults(path) == []
        reading.close()
