"""A run: everything is checked first, failures leave what was good, and the pack says what there is."""

from __future__ import annotations

import fcntl
import json
from hashlib import sha256
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from pmo_analytics.errors import ReportError, UsageError
from pmo_analytics.reporting import pipeline
from pmo_analytics.reporting.parameters import months_of, typed
from pmo_analytics.reporting.pipeline import FAILED, KEPT, PUBLISHED, run_pipeline, run_report
from pmo_analytics.reporting.publishing import remove_orphans
from pmo_analytics.workspace import Workspace
from tests.exports import Desk, toggl_row

HEAD = "as_of = None\nversion = None\nportfolio = None\nproject = None\nlimit = 3\nshare = 0.5\nis_long = False"


def notebook(workspace: Workspace, name: str, *sources: str, runs: tuple[str, ...] = ("whole",)) -> Path:
    folder = workspace.root / "notebooks"
    folder.mkdir(exist_ok=True)
    parameters = new_code_cell(HEAD)
    parameters.metadata["tags"] = ["parameters"]
    made = new_notebook(cells=[parameters, *(new_code_cell(source) for source in sources)])
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    made.metadata["pmo"] = {"pipelines": ["own"], "runs": list(runs), "title": name.capitalize()}
    nbformat.write(made, folder / f"{name}.ipynb")
    return folder / f"{name}.ipynb"


@pytest.fixture
def workspace(desk: Desk) -> Workspace:
    desk.register(
        "project", "project_id,name,portfolio,status_date",
        ["A-1", "Alpha", "North", "2026-01-01"], ["B-2", "Beta", "South", "2026-01-01"],
    )  # fmt: skip
    desk.toggl(toggl_row("ann", "A-1", "2026-01-05"), toggl_row("ann", "B-2", "2026-03-31"))
    (desk.workspace.root / "pipelines").mkdir()
    (desk.workspace.root / "pipelines" / "own.toml").write_text('title = "Own"\n')
    return desk.workspace


def pack(workspace: Workspace, day: str) -> dict[str, tuple[str, str]]:
    folder = workspace.reports / "own" / day
    told = json.loads((folder / "pack.json").read_text())["pages"]
    for page in told:
        assert sha256((folder / page["file"]).read_bytes()).hexdigest() == page["sha256"]
    return {page["file"]: (page["state"], json.dumps(page["parameters"])) for page in told}


def test_pages_of_months_portfolios_and_projects_in_order(workspace: Workspace) -> None:
    notebook(workspace, "review", "as_of, portfolio, project", runs=("whole", "portfolio", "project"))
    done = run_pipeline("own", workspace=workspace, as_of=["2026-02", "2026-03", "2026-02"], jobs=3)
    names = ["Review", "Review, North", "Review, South", "Review, A-1", "Review, B-2"]
    assert [page.title for page in done] == names * 2
    assert {page.path.parent.name for page in done} == {"2026-02-28", "2026-03-31"}
    assert list(pack(workspace, "2026-03-31").values()) == [
        (PUBLISHED, "{}"),
        (PUBLISHED, '{"portfolio": "North"}'),
        (PUBLISHED, '{"portfolio": "South"}'),
        (PUBLISHED, '{"project": "A-1"}'),
        (PUBLISHED, '{"project": "B-2"}'),
    ]
    assert "(&#39;2026-02-28&#39;, None, &#39;A-1&#39;)" in done[3].path.read_text()


def test_a_page_that_fails_leaves_the_last_good_one_and_the_others_go_out(workspace: Workspace) -> None:
    notebook(workspace, "first", "1")
    path = notebook(workspace, "second", "'good'")
    run_pipeline("own", workspace=workspace, as_of="2026-03")
    good = (workspace.reports / "own" / "2026-03-31" / "second.html").read_bytes()
    path.write_text(path.read_text().replace("'good'", "raise ValueError('bad')"))
    first, second = run_pipeline("own", workspace=workspace, as_of="2026-03")
    assert (first.state, second.state, second.path.name) == (PUBLISHED, FAILED, "second.failed.html")
    assert "ValueError: bad" in str(second.error)
    assert "ValueError: bad" in second.path.read_text()
    assert second.path.with_name("second.html").read_bytes() == good
    assert [state for state, _ in pack(workspace, "2026-03-31").values()] == [PUBLISHED, FAILED]


def test_an_output_that_no_page_can_show_fails_its_page_alone(workspace: Workspace) -> None:
    notebook(workspace, "first", "from IPython.display import display\ndisplay({'image/x': 'y'}, raw=True)")
    notebook(workspace, "second", "1")
    first, second = run_pipeline("own", workspace=workspace, as_of="2026-03")
    assert (first.state, second.state) == (FAILED, PUBLISHED)
    assert "no form that a page can show" in first.path.read_text()


def test_a_run_is_taken_up_where_it_stopped(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    notebook(workspace, "first", "1")
    second = notebook(workspace, "second", "1")
    before = run_pipeline("own", workspace=workspace, as_of="2026-03")
    second.write_text(second.read_text().replace('"1"', '"2"'))
    (before[0].path.with_suffix(".failed.html")).write_text("an earlier failure")
    asked: list[str] = []
    run = pipeline.run_notebook
    monkeypatch.setattr(pipeline, "run_notebook", lambda path, *a, **k: asked.append(path.stem) or run(path, *a, **k))
    after = run_pipeline("own", workspace=workspace, as_of="2026-03", resume=True)
    assert [page.state for page in after] == [KEPT, PUBLISHED]
    assert asked == ["second"]
    assert not before[0].path.with_suffix(".failed.html").exists()
    before[0].path.write_text(before[0].path.read_text()[:2000])
    assert [page.state for page in run_pipeline("own", workspace=workspace, as_of="2026-03", resume=True)] == [
        PUBLISHED,
        KEPT,
    ]
    assert [state for state, _ in pack(workspace, "2026-03-31").values()] == [PUBLISHED, KEPT]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"portfolio": "Nort"}, "did you mean 'North'"),
        ({"project": "A-11"}, "did you mean 'A-1'"),
        ({"limitt": "3"}, "did you mean 'limit'"),
        ({"limit": "three"}, "a whole number, such as 3"),
        ({"limit": 3.5}, "a whole number, such as 3"),
        ({"limit": True}, "a whole number, such as 3"),
        ({"share": "half"}, "a number, such as 0.5"),
        ({"is_long": "maybe"}, "true or false, such as False"),
        ({"as_of": "2062-03"}, "2026-01 to 2026-04"),
    ],
)
def test_what_is_wrong_is_told_before_anything_runs(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, given: dict[str, object], message: str
) -> None:
    notebook(workspace, "review", "1")
    monkeypatch.setattr(pipeline, "run_notebook", None)
    as_of = str(given.pop("as_of", "2026-03"))
    with pytest.raises(UsageError, match=message):
        run_report("review", given, workspace=workspace, as_of=as_of)
    assert not list(workspace.reports.rglob("*.html"))


def test_a_notebook_without_a_kernel_is_told(workspace: Workspace) -> None:
    path = notebook(workspace, "review", "1")
    path.write_text(path.read_text().replace("kernelspec", "other"))
    with pytest.raises(ReportError, match="No kernel name"):
        run_report("review", {}, workspace=workspace, as_of="2026-03")


def test_one_wrong_month_of_several_stops_the_run(workspace: Workspace) -> None:
    notebook(workspace, "review", "1")
    with pytest.raises(UsageError, match="no such month"):
        run_pipeline("own", workspace=workspace, as_of=["2026-02", "2026-09"])
    assert not list(workspace.reports.rglob("*.html"))


def test_texts_become_values_of_the_parameters_type() -> None:
    assert typed("n", "7", "3", "None") == 7
    assert typed("n", "7", "0.5", "None") == 7.0
    assert typed("n", 7, "0.5", "None") == 7.0
    assert typed("n", "yes", "False", "None") is True
    assert typed("n", "[1, 2]", "[]", "None") == [1, 2]
    assert typed("n", "7", "None", "int | None") == 7
    assert typed("n", "7", "None", "None") == "7"
    assert typed("n", "open('x')", "'text'", "None") == "open('x')"
    with pytest.raises(UsageError, match="wrong type"):
        typed("n", "open('x')", "[]", "None")


def test_ranges_of_months() -> None:
    assert months_of("2025-11..2026-02") == ["2025-11", "2025-12", "2026-01", "2026-02"]
    for text in ("2026-02..2025-11", "2026-13..2026-14", "2026-01", "0000-01..0000-02", ""):
        with pytest.raises(UsageError, match="no such range"):
            months_of(text)


def test_drafts_of_a_killed_run_go_and_those_of_one_alive_stay(tmp_path: Path) -> None:
    (tmp_path / ".killed.part").write_text("half")
    (tmp_path / "page.html").write_text("good")
    alive = tmp_path / ".alive.part"
    with alive.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        remove_orphans(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".alive.part", "page.html"]
