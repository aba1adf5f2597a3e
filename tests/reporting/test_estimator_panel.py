"""The panel answers as `pmo estimate` does, and shows what it is given as text."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from html import unescape
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from pmo_analytics.errors import UsageError
from pmo_analytics.reporting.estimator_panel import estimator
from pmo_analytics.reporting.notebooks import shipped
from pmo_analytics.warehouse import Warehouse
from pmo_analytics.workspace import Workspace
from tests.commands import Command, in_new_workspace
from tests.test_cli_estimate import load

AS_OF = "2025-12-31"
needs_widgets = pytest.mark.skipif(not importlib.util.find_spec("ipywidgets"), reason="ipywidgets is not installed")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return in_new_workspace(tmp_path, monkeypatch, capsys)


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<style>.*?</style>|<[^>]+>", " ", html, flags=re.DOTALL)).split())


@needs_widgets
def test_each_field_that_is_left_gives_the_answer_of_the_command_line(run: Command) -> None:
    load(run, 60)
    with Warehouse(Workspace.find()).at(AS_OF, None) as view:
        text, work_class, project, hours, answer = estimator(view).children
        assert work_class.options == (("any", None), ("Feature", "Feature"))
        assert project.options == (("any", None),)
        without = answer.value
        text.value, work_class.value, hours.value = "migrate billing", "Feature", 10.0
    told: dict[str, Any] = json.loads(
        run("estimate", "--as-of", AS_OF, "migrate billing", "--class", "Feature", "--hours", 10, "--json").out
    )
    shown = words(answer.value)
    assert shown.startswith("P50 P80 P90 Hours 15.0 20.0 20.0 Actual over estimate 1.50 2.00 2.00")
    assert told["record"] in shown
    assert [f"<td>{item['item_id']}</td>" in answer.value for item in told["similar_items"]] == [True] * 10
    assert words(without).startswith("P50 P80 P90 Hours 6.0 8.0 8.0")


@needs_widgets
def test_hostile_text_stays_text_and_a_wrong_question_is_told_in_place(run: Command) -> None:
    load(run, 60)
    with Warehouse(Workspace.find()).at(AS_OF, None) as view:
        text, _, _, hours, answer = estimator(view).children
        text.value = "billing <script>alert(1)</script>"
        assert "&lt;img src=x&gt;" in answer.value
        assert "<img" not in answer.value
        assert "<script" not in answer.value
        hours.value = -1
        assert "an estimate must be above zero hours" in answer.value


@pytest.mark.slow
@needs_widgets
def test_the_notebook_of_the_panel_runs_in_a_kernel(run: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    load(run, 20)
    monkeypatch.setenv("PMO_WORKSPACE", str(Workspace.find().root))
    notebook = nbformat.read(shipped("notebooks") / "explore" / "estimator.ipynb", as_version=4)  # type: ignore[no-untyped-call]
    for cell in notebook.cells:
        assert not cell.get("outputs")
    NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    shown = notebook.cells[-1].outputs[0].data
    assert "application/vnd.jupyter.widget-view+json" in shown


def test_without_ipywidgets_it_says_how_to_install_it(run: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    load(run, 1)
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    with Warehouse(Workspace.find()).at(AS_OF, None) as view, pytest.raises(UsageError, match="not installed"):
        estimator(view)
