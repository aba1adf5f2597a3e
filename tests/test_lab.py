"""JupyterLab is started on the workspace, with notebooks that are the analyst's own to change."""

from __future__ import annotations

import importlib.util
import subprocess
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from pmo_analytics.errors import UsageError
from pmo_analytics.lab import copy_notebooks, start_lab
from pmo_analytics.workspace import Workspace


def test_an_analysts_copy_is_kept(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path)
    (copy,) = [path for path in copy_notebooks(workspace) if path.stem == "portfolio_review"]
    copy.write_text("changed")
    assert copy_notebooks(workspace) == []
    assert copy.read_text() == "changed"


def test_it_runs_in_the_workspace_with_the_options_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[list[str], dict[str, str]]] = []

    def call(command: list[str], env: dict[str, str]) -> int:
        calls.append((command, env))
        return 0

    monkeypatch.setattr(subprocess, "call", call)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: ModuleSpec(name, None))
    workspace = Workspace.create(tmp_path)
    assert start_lab(workspace, ["--no-browser"]) == 0
    ((command, environment),) = calls
    assert command[1:] == ["-m", "jupyterlab", f"--ServerApp.root_dir={tmp_path}", "--no-browser"]
    assert environment["PMO_WORKSPACE"] == str(tmp_path)


def test_without_jupyterlab_it_says_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(UsageError, match="JupyterLab is not installed"):
        start_lab(Workspace.create(tmp_path))
