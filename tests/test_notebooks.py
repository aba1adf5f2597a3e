"""Every notebook is a report: no logic of its own, no outputs, parameters that are described."""

from __future__ import annotations

import ast
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from pmo_analytics.reporting.notebooks import shipped

NOTEBOOKS = sorted(shipped("notebooks").glob("*.ipynb"))
EVERY = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)


def code_cells(path: Path) -> list[dict[str, Any]]:
    return [cell for cell in json.loads(path.read_text())["cells"] if cell["cell_type"] == "code"]


@EVERY
def test_nothing_of_a_run_is_kept(path: Path) -> None:
    for cell in code_cells(path):
        assert cell["outputs"] == []
        assert cell["execution_count"] is None


@EVERY
def test_a_notebook_calls_and_shows_and_reckons_nothing(path: Path) -> None:
    for cell in code_cells(path):
        for node in ast.walk(ast.parse("".join(cell["source"]))):
            assert not isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Lambda | ast.BinOp | ast.For | ast.While)


@EVERY
def test_parameters_are_tagged_once_and_each_is_explained(path: Path) -> None:
    tagged = [cell for cell in code_cells(path) if "parameters" in cell["metadata"].get("tags", [])]
    assert len(tagged) == 1
    assert all("# " in line for line in "".join(tagged[0]["source"]).splitlines())


@EVERY
def test_it_names_pipelines_that_exist(path: Path) -> None:
    about = json.loads(path.read_text())["metadata"]["pmo"]
    known = {file.stem for file in shipped("pipelines").glob("*.toml")}
    assert about["title"]
    assert set(about["pipelines"]) <= known


def test_every_pipeline_can_be_read_and_runs_something() -> None:
    named = {name for path in NOTEBOOKS for name in json.loads(path.read_text())["metadata"]["pmo"]["pipelines"]}
    for file in shipped("pipelines").glob("*.toml"):
        assert tomllib.loads(file.read_text())["title"]
        assert file.stem in named
