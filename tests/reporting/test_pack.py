"""The pack tells what stands in a folder, from the pages themselves, whatever happened to them since."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from pmo_analytics.errors import ReportError
from pmo_analytics.reporting.cited_figures import linked, unlinked
from pmo_analytics.reporting.pack import read_pack
from pmo_analytics.reporting.pipeline import KEPT, PUBLISHED, run_pipeline
from pmo_analytics.workspace import Workspace
from tests.exports import Desk
from tests.pages import COSTS, HOSTILE, page_workspace, write_notebook

NAMED = """
from pmo_analytics import open_warehouse
from pmo_analytics.reporting import blocks
from pmo_analytics.reporting.key_figures import KeyFigure
from pmo_analytics.reporting.references import Shown, refer
register = open_warehouse().at(as_of=as_of, version=version).table("project")
name = refer(register, {"project_id": "A-1"}, "name", Shown("text"))
blocks.key_figures(KeyFigure("Name", "Alpha", "n", reference=name))
"""


@pytest.fixture
def workspace(desk: Desk) -> Workspace:
    return page_workspace(desk)


def folder(workspace: Workspace) -> Path:
    return workspace.reports / "own" / "2026-03-31"


def told(workspace: Workspace) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder(workspace) / "pack.json").read_text())
    return found


def run(workspace: Workspace, **options: Any) -> list[str]:
    return [page.state for page in run_pipeline("own", workspace=workspace, as_of="2026-03", **options)]


def test_it_tells_key_figures_with_their_history_and_the_files(workspace: Workspace) -> None:
    write_notebook(workspace, "costs", COSTS)
    run(workspace)
    pack = told(workspace)
    assert (pack["title"], pack["as_of"], pack["version"]) == ("Own <pack>", "2026-03-31", 2)
    (page,) = pack["pages"]
    assert page["key_figures"] == [
        {
            "label": "Cost", "shown": "EUR 3,000,000", "exact": 3e6, "unit": "EUR", "form": "money", "decimals": 0,
            "change": "+1", "is_worse": True,
            "history": [["2026-01-01", 1e6], ["2026-02-01", 2e6], ["2026-03-01", 3e6]],
        }
    ]  # fmt: skip
    book = (folder(workspace) / "costs.xlsx").read_bytes()
    assert page["workbook"] == {"file": "costs.xlsx", "sha256": sha256(book).hexdigest()}
    assert (page["pdf"], page["last_good"]) == (None, None)


def test_projects_stand_in_it_with_both_statuses(workspace: Workspace) -> None:
    cell = (
        "import pandas as pd\nfrom pmo_analytics.performance.earned_value import EarnedValue\n"
        "from pmo_analytics.performance.health import ProjectHealth\nfrom pmo_analytics.reporting import blocks\n"
        "columns = list(ProjectHealth.to_schema().columns)\n"
        f"row = dict.fromkeys(columns) | dict(project_id='A', name={HOSTILE!r}, state='active', rag_status='green', "
        "computed_rag='red', quality_note='')\n"
        "blocks.project_table(pd.DataFrame([row], columns=columns), "
        "pd.DataFrame(columns=list(EarnedValue.to_schema().columns)))"
    )
    write_notebook(workspace, "projects", cell)
    run(workspace)
    (project,) = told(workspace)["pages"][0]["projects"]
    assert project == {"project_id": "A", "name": HOSTILE, "state": "active", "declared": "green", "computed": "red"}


def test_links_to_evidence_are_not_counted_and_stand_through_a_resumed_run(workspace: Workspace) -> None:
    write_notebook(workspace, "costs", NAMED)
    run(workspace)
    page, before = folder(workspace) / "costs.html", told(workspace)
    text = page.read_text()
    assert linked(text, "costs") != text
    assert unlinked(linked(text, "costs")) == unlinked(text) == text
    page.write_text(linked(text, "costs"))
    assert run(workspace, resume=True) == [KEPT]
    before["pages"][0]["state"] = KEPT
    assert told(workspace) == before
    assert before["pages"][0]["sha256"] == sha256(text.encode()).hexdigest()


def test_a_resumed_run_makes_a_page_again_whose_workbook_is_gone(workspace: Workspace) -> None:
    write_notebook(workspace, "costs", COSTS)
    run(workspace)
    book = folder(workspace) / "costs.xlsx"
    before = book.read_bytes()
    assert run(workspace, resume=True) == [KEPT]
    book.unlink()
    assert run(workspace, resume=True) == [PUBLISHED]
    assert book.read_bytes() == before


def test_a_kept_page_tells_its_figures_even_where_the_pack_was_lost(workspace: Workspace) -> None:
    write_notebook(workspace, "costs", COSTS)
    run(workspace)
    before, index = told(workspace)["pages"][0]["key_figures"], (folder(workspace) / "index.html").read_bytes()
    for name in ("pack.json", "index.html"):
        (folder(workspace) / name).unlink()
    assert run(workspace, resume=True) == [KEPT]
    assert told(workspace)["pages"][0]["key_figures"] == before
    assert (folder(workspace) / "index.html").read_bytes() == index


def test_a_page_whose_word_was_broken_is_made_again(workspace: Workspace) -> None:
    write_notebook(workspace, "costs", COSTS)
    run(workspace)
    page = folder(workspace) / "costs.html"
    good = page.read_text()
    page.write_text(good.replace('"exact":3000000.0', '"exact":"much"'))
    assert page.read_text() != good
    assert run(workspace, resume=True) == [PUBLISHED]
    assert page.read_text() == good


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("as_of", "June"),
        ("version", None),
        ("pages", [1]),
        ("pages", [{"name": "x"}]),
        ("pages", "text"),
    ],
)
def test_a_pack_that_is_none_is_told(tmp_path: Path, part: str, value: Any) -> None:
    good = {"title": "T", "as_of": "2026-06-30", "version": 1, "pages": []}
    (tmp_path / "pack.json").write_text(json.dumps(good))
    assert read_pack(tmp_path / "pack.json").pages == []
    (tmp_path / "pack.json").write_text(json.dumps(good | {part: value}))
    with pytest.raises(ReportError, match="cannot be read as what a run left"):
        read_pack(tmp_path / "pack.json")
    (tmp_path / "pack.json").write_text("[" * 100_000)
    with pytest.raises(ReportError, match="cannot be read as what a run left"):
        read_pack(tmp_path / "pack.json")
