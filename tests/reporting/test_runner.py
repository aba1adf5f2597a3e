from __future__ import annotations

import os
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from pmo_analytics.errors import UsageError
from pmo_analytics.reporting.notebooks import check_parameters, find_notebook, report_notebooks
from pmo_analytics.reporting.runner import NotebookFailedError, run_notebook
from pmo_analytics.workspace import Workspace


def write(workspace: Workspace, name: str, *sources: str, **about: object) -> Path:
    folder = workspace.root / "notebooks"
    folder.mkdir(exist_ok=True)
    parameters = new_code_cell("as_of = None\nlimit = 3")
    parameters.metadata["tags"] = ["parameters"]
    notebook = new_notebook(cells=[parameters, *(new_code_cell(source) for source in sources)])
    notebook.metadata["kernelspec"] = {"name": "some-other-kernel", "display_name": "x", "language": "python"}
    notebook.metadata["pmo"] = about
    path = folder / f"{name}.ipynb"
    nbformat.write(notebook, path)
    return path


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.create(tmp_path / "w")


def test_two_runs_and_a_moved_workspace_give_the_same_notebook(workspace: Workspace, tmp_path: Path) -> None:
    path = write(workspace, "page", "import os\nlimit, os.path.basename(os.environ['PMO_WORKSPACE']), {'a', 'b', 'c'}")
    first = run_notebook(path, {"limit": 5}, workspace)
    moved = tmp_path / "elsewhere" / "w"
    moved.parent.mkdir()
    workspace.root.rename(moved)
    again = run_notebook(moved / "notebooks" / "page.ipynb", {"limit": 5}, Workspace.find(moved))
    assert nbformat.writes(first) == nbformat.writes(again)
    text = first.cells[-1].outputs[0].data["text/plain"]
    assert text.startswith("(5, 'w',")
    assert "PMO_WORKSPACE" not in os.environ


def test_a_failing_cell_is_named_with_its_code_and_error(workspace: Workspace) -> None:
    path = write(workspace, "page", "1 + 1", "raise ValueError('no plan')")
    with pytest.raises(NotebookFailedError) as caught:
        run_notebook(path, {}, workspace)
    failure = caught.value.failure
    assert failure.error == "ValueError: no plan"
    assert failure.code == "raise ValueError('no plan')"
    assert "\x1b" not in failure.trace
    assert caught.value.exit_code == 4


def test_unknown_parameters_are_refused_with_the_nearest_name(workspace: Workspace) -> None:
    write(workspace, "page", "1", title="A page")
    notebook = find_notebook("page", workspace)
    check_parameters(notebook, {"as_of": "2026-06"})
    with pytest.raises(UsageError, match="did you mean 'as_of'"):
        check_parameters(notebook, {"as_off": "2026-06"})


def test_a_notebook_of_the_workspace_goes_before_the_shipped_one(workspace: Workspace) -> None:
    shipped = find_notebook("portfolio_review", workspace)
    own = write(workspace, "portfolio_review", "1", title="Ours", pipelines=["own"])
    assert find_notebook("portfolio_review", workspace).path == own
    assert shipped.path != own
    assert report_notebooks(workspace)["portfolio_review"].title == "Ours"


def test_an_unknown_notebook_is_named_with_the_nearest(workspace: Workspace) -> None:
    with pytest.raises(UsageError, match="did you mean 'portfolio_review'"):
        find_notebook("portfolio_revue", workspace)
