"""Every notebook to explore with runs to its end, on the sample and on a workspace with a single export."""

from __future__ import annotations

import os
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from pmo_analytics.reporting.notebooks import shipped
from pmo_analytics.synthetic import write_sample
from tests.exports import Desk, toggl_row

pytestmark = pytest.mark.slow
NOTEBOOKS = sorted(path.stem for path in (shipped("notebooks") / "explore").glob("*.ipynb"))


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("explore")
    desk = Desk(folder)
    write_sample(folder / "sample")
    desk.load_all(folder / "sample")
    return desk


@pytest.fixture(scope="module")
def little(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = Desk(tmp_path_factory.mktemp("little"))
    desk.toggl(toggl_row())
    return desk


def run(desk: Desk, name: str, monkeypatch: pytest.MonkeyPatch) -> list[nbformat.NotebookNode]:
    """The outputs of the notebook, run as an analyst runs it."""
    root = Path(__file__).resolve().parents[2]
    monkeypatch.setenv("PMO_WORKSPACE", str(desk.workspace.root))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(root), os.environ.get("PYTHONPATH", "")]))
    notebook = nbformat.read(shipped("notebooks") / "explore" / f"{name}.ipynb", as_version=4)
    client = NotebookClient(
        notebook, timeout=300, allow_errors=True, resources={"metadata": {"path": str(desk.workspace.root)}}
    )
    client.execute()
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_it_runs_on_the_sample(sample: Desk, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    outputs = run(sample, name, monkeypatch)
    assert [output for output in outputs if output.output_type == "error"] == []
    if name == "start_here":
        assert all(text in str(outputs) for text in ("core.project", "hours", "source_line"))


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_it_runs_on_a_single_export(little: Desk, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a notebook lacks it says in words: which register, and no line of code."""
    errors = [output for output in run(little, name, monkeypatch) if output.output_type == "error"]
    assert all(len(each.traceback) == 1 and "do: " in each.traceback[0] for each in errors), errors
